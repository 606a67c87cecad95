"""A JACK server of the benchmark's own, without a sound card, and a state folder of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from livecoder.core.errors import DeviceError
from livecoder.outputs.survey import survey

__all__ = ["jack_server", "own_state"]

_STARTS_IN = 10.0


@contextlib.contextmanager
def jack_server(rate: int = 48_000, period: int = 256, *, realtime: bool = False) -> Iterator[str]:
    """Run `jackd` with the dummy driver, and point every JACK client of this process to it.

    Args:
        rate: frames a second.
        period: frames a cycle.
        realtime: at real-time priority, as on a stage, if the system grants it.

    Yields:
        The command, as it is to be typed.

    Raises:
        DeviceError: there is no jackd, or it does not come up.
    """
    program = shutil.which("jackd")
    if program is None:
        message = "this benchmark needs jackd; type sudo apt install jackd2"
        raise DeviceError(message)
    name = f"livecoder-bench-{os.getpid()}"
    # -S: a client that is late makes the server wait, and no measurer loses what it measures.
    granted = realtime and bool(survey("priority").get("realtime"))
    scheduling = ["--realtime", "--no-mlock"] if granted else ["--no-realtime"]
    arguments = [*scheduling, "-S", "-d", "dummy", "-r", str(rate), "-p", str(period)]
    changes = {"JACK_DEFAULT_SERVER": name, "JACK_NO_AUDIO_RESERVATION": "1"}
    before = {key: os.environ.get(key) for key in changes}
    os.environ.update(changes)
    server = subprocess.Popen(
        [program, "-n", name, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(server, name)
        yield " ".join(["jackd", *arguments])
    finally:
        server.terminate()
        try:
            server.wait(5)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        for key, value in before.items():
            if value is None:
                os.environ.pop(key, None)
            else:
                os.environ[key] = value


def _wait_for(server: subprocess.Popen[bytes], name: str) -> None:
    import jack

    jack.set_error_function(lambda _message: None)
    jack.set_info_function(lambda _message: None)
    deadline = time.monotonic() + _STARTS_IN
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(jack.JackError):
            jack.Client("probe", no_start_server=True, servername=name).close()
            return
        time.sleep(0.1)
    message = "jackd did not start; jackd --no-realtime -d dummy says why"
    raise DeviceError(message)


@contextlib.contextmanager
def own_state() -> Iterator[Path]:
    """Keep journals and history of the benchmark out of the performer's."""
    with tempfile.TemporaryDirectory(prefix="livecoder-bench-") as folder:
        before = os.environ.get("XDG_STATE_HOME")
        os.environ["XDG_STATE_HOME"] = folder
        try:
            yield Path(folder)
        finally:
            if before is None:
                del os.environ["XDG_STATE_HOME"]
            else:
                os.environ["XDG_STATE_HOME"] = before
