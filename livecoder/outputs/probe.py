"""Whether this machine can sound right now."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

__all__ = ["audible", "jack_runs", "sound_card"]

_COUNT = (
    "import contextlib, io\n"
    "with contextlib.redirect_stdout(io.StringIO()):\n"
    "    from pyo import pa_get_output_devices\n"
    "    found = pa_get_output_devices()[1]\n"
    "raise SystemExit(0 if found else 3)"
)


def jack_runs() -> bool:
    """Whether a JACK server answers; none is started."""
    try:
        import jack
    except (ImportError, OSError):
        return False
    jack.set_error_function(lambda _text: None)
    jack.set_info_function(lambda _text: None)
    try:
        jack.Client("livecoder-probe", no_start_server=True).close()
    except jack.JackError:
        return False
    return True


def sound_card() -> bool:
    """Whether PortAudio finds an output; asked in a process of its own, as drivers may hang."""
    if sys.platform == "linux" and not Path("/dev/snd").exists():
        return False
    try:
        done = subprocess.run(
            [sys.executable, "-c", _COUNT], check=False, capture_output=True, timeout=20
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def audible() -> bool:
    """Whether music can be heard here: JACK, or a sound card."""
    return jack_runs() or sound_card()
