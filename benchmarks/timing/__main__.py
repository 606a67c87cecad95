"""How exactly the music is on the beat: `livecoder bench timing --seconds 30 --load`.

Without `--all`, one performance through JACK is measured: 16ths at 120 bpm on four MIDI channels
and an audio track, against the beat grid (see `timing.session`). With `--load` a network composes
all the while, a busy loop runs in the front's main thread, where a performer's code would, and
another process burns a core.

With `--all` everything is measured that is published, quiet and under load: intervals into a sink,
drift and CPU; notes and clock through JACK; following a clock; and the peers that `make peers` has
installed. A table and a plot are written to docs/timing.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from support.server import jack_server, own_state

from timing import session, suite

_SECONDS = 30.0
_DOCS = Path(__file__).resolve().parents[2] / "docs" / "timing"


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print a table and, last, one JSON object."""
    parser = _parser()
    options = parser.parse_args(argv)
    seconds = options.seconds
    if seconds is not None and not 1 <= seconds <= 500:
        parser.error("--seconds must be from 1 to 500; try --seconds 30")
    if options.minutes is not None and not 0.1 <= options.minutes <= 60:
        parser.error("--minutes must be from 0.1 to 60; try --minutes 10")
    if unknown := set(options.only) - set(suite.PARTS):
        parser.error(f"no part is called {min(unknown)!r}; --only takes {list(suite.PARTS)}")
    with own_state():
        if options.all or options.only:
            figures = suite.measure(
                options.only or list(suite.PARTS),
                seconds=seconds,
                minutes=options.minutes,
                say=lambda line: print(line, file=sys.stderr, flush=True),
                before={} if options.all else suite.earlier(options.out),
            )
            suite.publish(figures, options.out)
            figures.pop("samples")
        else:
            with jack_server() as server:
                measured = session.measure(seconds or _SECONDS, load=options.load)
            figures = {"benchmark": "timing", "server": server, "load": options.load, **measured}
            if not options.json:
                _print(figures)
    print(json.dumps(figures))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="livecoder bench timing",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--seconds",
        type=float,
        help="how long to record (default 30; with --all long enough for 2000 of each)",
    )
    parser.add_argument("--load", action="store_true", help="keep everything busy meanwhile")
    parser.add_argument("--all", action="store_true", help="all that is published, and the peers")
    parser.add_argument(
        "--only",
        nargs="+",
        default=[],
        metavar="PART",
        help="of --all, some: sink jack follow ...; what was published of the others stays",
    )
    parser.add_argument(
        "--minutes", type=float, help="with --all, how long to look for drift: --minutes 10"
    )
    parser.add_argument("--out", type=Path, default=_DOCS, help="folder of the table and the plot")
    parser.add_argument("--json", action="store_true", help="the last line alone")
    return parser


def _print(figures: dict[str, dict[str, object]]) -> None:
    for kind in ("midi", "audio"):
        for name, value in figures[kind].items():
            print(f"{kind + ' ' + name:22} {value}")


if __name__ == "__main__":
    sys.exit(main())
