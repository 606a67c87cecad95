"""The OSC process: `python -m livecoder.outputs.osc FOLDER`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from livecoder.outputs.host import run


def main() -> int:
    """Play the session in the folder named on the command line until told to quit."""
    parser = argparse.ArgumentParser(prog="python -m livecoder.outputs.osc", description=__doc__)
    parser.add_argument("folder", type=Path, help="the session's directory")
    options = parser.parse_args()
    from livecoder.outputs.osc.instrument import OscInstrument

    return run("osc", options.folder, OscInstrument)


if __name__ == "__main__":
    sys.exit(main())
