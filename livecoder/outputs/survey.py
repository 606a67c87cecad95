"""What devices there are: asked in processes of their own, since a driver may hang or crash.

`python -m livecoder.outputs.survey PART` prints one JSON object as its last line.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

__all__ = ["PARTS", "survey"]


def survey(part: str, *, seconds: float = 20.0) -> dict[str, Any]:
    """Return what a part of the machine answers, or `{"error": why}`.

    Args:
        part: one of `PARTS`: `"jack"` (server, rate, period, ports), `"audio"` (PortAudio
            outputs), `"midi"` (ports), `"priority"` (what is granted), or `"libraries"` (what
            cannot be imported, and why).
        seconds: how long it may take.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", __name__, part],
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        return {"error": f"no answer in {seconds:g} s"}
    lines = done.stdout.splitlines()
    if done.returncode != 0 or not lines:
        said = done.stderr.strip().splitlines()
        return {"error": said[-1] if said else f"it died ({done.returncode})"}
    answer: dict[str, Any] = json.loads(lines[-1])
    return answer


def _jack() -> dict[str, Any]:
    try:
        import jack
    except OSError as error:
        return {"error": str(error), "library": False}
    jack.set_error_function(lambda _text: None)
    jack.set_info_function(lambda _text: None)
    try:
        client = jack.Client("livecoder-survey", no_start_server=True)
    except jack.JackError:
        return {"error": "no server answers", "library": True}
    with client:
        ports = [
            {
                "name": port.name,
                "kind": "midi" if port.is_midi else "audio",
                "takes": port.is_input,
            }
            for port in client.get_ports()
            if not port.name.startswith(client.name)
        ]
        return {
            "rate": client.samplerate,
            "period": client.blocksize,
            "realtime": client.realtime,
            "ports": ports,
        }


def _audio() -> dict[str, Any]:
    from livecoder.outputs.audio.silent import pyo

    names, numbers = pyo.pa_get_output_devices()
    return {
        "outputs": [{"number": i, "name": name} for i, name in zip(numbers, names, strict=True)]
    }


def _midi() -> dict[str, Any]:
    from livecoder.outputs.midi.ports import list_ports

    return {"ports": [str(port) for port in list_ports()]}


def _priority() -> dict[str, Any]:
    """Ask for what an output asks for; this process ends, so nothing is left of it."""
    from livecoder.outputs.urgency import favour_process, favour_thread

    granted = {"nice": favour_process(), "realtime": favour_thread(1)}
    return {**granted, "system": sys.platform}


def _libraries() -> dict[str, Any]:
    from importlib import import_module
    from importlib.metadata import PackageNotFoundError, version

    wanted = {
        "JACK-Client": "jack", "gmpy2": "gmpy2", "jedi": "jedi", "lark": "lark", "mido": "mido",
        "numba": "numba", "numpy": "numpy", "prompt_toolkit": "prompt_toolkit",
        "pygments": "pygments", "pyo": "livecoder.outputs.audio.silent", "python-rtmidi": "rtmidi",
        "rich": "rich", "safetensors": "safetensors", "setproctitle": "setproctitle",
        "soundfile": "soundfile", "soxr": "soxr", "torch": "torch", "typer": "typer",
    }  # fmt: skip
    found, missing = {}, {}
    for name, module in wanted.items():
        try:
            import_module(module)
            found[name] = version(name)
        except (ImportError, OSError, PackageNotFoundError) as error:
            missing[name] = str(error)
    return {"found": found, "missing": missing}


PARTS: Mapping[str, Callable[[], dict[str, Any]]] = MappingProxyType(
    {"jack": _jack, "audio": _audio, "midi": _midi, "priority": _priority, "libraries": _libraries}
)
"""What can be asked for."""


if __name__ == "__main__":
    sys.stdout.write(json.dumps(PARTS[sys.argv[1]]()) + "\n")
