"""`livecoder doctor`: one line a thing, and what to type where it is wrong.

What is missing is seldom fatal: without JACK, a sound card or MIDI the rest works. Only what
keeps livecoder from running at all is counted as wrong, and makes the exit status 1.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from livecoder.cli.priority import granted_to, mend
from livecoder.core.errors import LivecoderError
from livecoder.models import weights
from livecoder.models.registry import MODELS
from livecoder.outputs.survey import survey
from livecoder.session.runtime import runtime_root, state_root

__all__ = ["Finding", "command", "examine"]


class Finding(NamedTuple):
    """One thing looked at.

    Attributes:
        state: `"good"`, `"lacking"` (the rest works) or `"wrong"` (livecoder cannot run).
        what: what was found.
        fix: what to type; empty when good.
    """

    state: str
    what: str
    fix: str = ""


_MARKS = {"good": "ok", "lacking": "--", "wrong": "!!"}


def command() -> int:
    """Check this machine, and say what to type where it is wrong."""
    worst = 0
    for finding in examine():
        print(f"{_MARKS[finding.state]}  {finding.what}", flush=True)
        if finding.fix:
            print(f"      {finding.fix}", flush=True)
        worst |= finding.state == "wrong"
    return int(worst)


def examine() -> Iterator[Finding]:
    """Look at one thing after the other; the slow ones in processes of their own, at once."""
    with ThreadPoolExecutor() as pool:
        asked = [
            pool.submit(look)
            for look in (
                _python, _libraries, _jack, _audio, _midi, _priority, _folders, _kernels, _weights,
            )
        ]  # fmt: skip
        for answer in asked:
            yield from answer.result()


def _python() -> list[Finding]:
    what = f"Python {platform.python_version()} at {sys.executable}"
    if sys.version_info[:2] != (3, 11):
        return [Finding("lacking", what, "it is tested with 3.11: make play PYTHON=python3.11")]
    return [Finding("good", what)]


def _libraries() -> list[Finding]:
    answer = survey("libraries", seconds=120.0)
    if "error" in answer:
        fix = "reinstall them: pip install --force-reinstall -c constraints.txt ."
        return [Finding("wrong", f"libraries: {answer['error']}", fix)]
    findings = []
    for name, why in sorted(answer["missing"].items()):
        if name == "JACK-Client" and "JACK library" in why:
            continue  # said with JACK itself
        fix = f"type: {sys.executable} -m pip install -c constraints.txt {name}"
        findings.append(Finding("wrong", f"{name} cannot be used: {why}", fix))
    if not findings:
        torch = answer["found"].get("torch", "none")
        findings = [Finding("good", f"{len(answer['found'])} libraries, torch {torch} among them")]
    return findings


def _jack() -> list[Finding]:
    answer = survey("jack")
    if "rate" in answer:
        what = f"JACK answers: {answer['rate']} Hz, {answer['period']} frames a period"
        if not answer["realtime"]:
            fix = "it runs without real-time priority; for a stage: jackd -R -d alsa"
            return [Finding("good", what), Finding("lacking", "JACK may miss periods", fix)]
        return [Finding("good", what)]
    if not answer.get("library", True):
        fix = "type: sudo apt-get install -y jackd2"
        return [Finding("lacking", "JACK is not installed; MIDI goes by ALSA", fix)]
    fix = "type: jackd -d alsa -r 48000 -p 256    (or start PipeWire, or QjackCtl)"
    return [Finding("lacking", f"JACK: {answer['error']}; MIDI goes by ALSA", fix)]


def _audio() -> list[Finding]:
    if sys.platform == "linux" and not Path("/dev/snd").exists():
        fix = (
            "livecoder plays by MIDI and renders to files: livecoder render SCRIPT.py --wav out.wav"
        )
        return [Finding("lacking", "no sound card", fix)]
    answer = survey("audio")
    outputs = answer.get("outputs", ())
    if not outputs:
        why = answer.get("error", "no output device")
        return [Finding("lacking", f"PortAudio: {why}", "type: sudo usermod -aG audio $USER")]
    return [Finding("good", f"{len(outputs)} audio outputs; livecoder devices lists them")]


def _midi() -> list[Finding]:
    answer = survey("midi")
    if "error" in answer:
        fix = "type: sudo modprobe snd-seq    (JACK's MIDI works without it)"
        return [Finding("lacking", f"MIDI: {answer['error']}", fix)]
    if not answer["ports"]:
        fix = 'd1 >> note("c e g").midi("synth") opens a port of that name for a DAW to connect to'
        return [Finding("lacking", "no MIDI ports", fix)]
    return [Finding("good", f"{len(answer['ports'])} MIDI ports; livecoder devices lists them")]


def _priority() -> list[Finding]:
    answer = survey("priority")
    if answer.get("realtime"):
        return [Finding("good", "outputs run at real-time priority")]
    refused = "real-time priority is refused: timing under load is less exact"
    if not answer.get("nice"):
        refused = f"{refused}, the more so as no priority is granted at all"
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [Finding("lacking", refused, mend(answer, root=root, groups=granted_to()))]


def _folders() -> list[Finding]:
    findings = []
    places: tuple[tuple[str, Callable[[], Path], str], ...] = (
        ("journals and history", state_root, "XDG_STATE_HOME"),
        ("sockets of running sessions", runtime_root, "XDG_RUNTIME_DIR"),
    )
    for what, place, variable in places:
        fix = f"type: export {variable}=FOLDER, one that you can write"
        try:
            folder = place()
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                findings.append(Finding("good", f"{folder} can be written ({what})"))
        except LivecoderError as error:
            findings.append(Finding("wrong", str(error), fix))
        except OSError as error:
            message = f"{error.filename or 'a folder'} cannot be written: {error.strerror} ({what})"
            findings.append(Finding("wrong", message, fix))
    return findings


def _kernels() -> list[Finding]:
    from livecoder.theory.kernels import snap_each
    from livecoder.theory.snap import warm

    warm()
    where = snap_each.compiled.stats.cache_path
    if where is None:
        fix = "type: export NUMBA_CACHE_DIR=~/.cache/numba"
        return [Finding("lacking", "kernels compile anew at each start, for a second", fix)]
    return [Finding("good", f"compiled kernels are kept in {where}")]


def _weights() -> list[Finding]:
    findings = []
    for name, spec in MODELS.items():
        if name not in weights.names():
            fix = f"type: livecoder train {name} --sources    (which says how)"
            findings.append(Finding("lacking", f"network {name} is not trained yet", fix))
            continue
        module, function = spec.loader.split(":")
        try:
            getattr(import_module(module), function)()
            findings.append(Finding("good", f"network {name} is whole"))
        except (LivecoderError, ImportError, OSError) as error:
            fix = "type: pip install --force-reinstall --no-deps . (where you got livecoder)"
            findings.append(Finding("wrong", f"network {name}: {error}", fix))
    return findings
