"""Render notes to a file: the same rack as live, driven as fast as it will go.

pyo has one server a process and keeps it until the process ends, so a render is a process of its
own; two renders never meet. The same notes and seed give the same bytes.

Conventions: 48 kHz, 24 bits, stereo. The frame a note starts on is `round(at * 48000)`.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from livecoder.core.errors import DeviceError, RangeError, SessionFileError
from livecoder.outputs.audio.timed import TimedMix, TimedNote

__all__ = ["RATE", "Engine", "render"]

RATE = 48_000
_BUFFER = 512
_LONGEST = 6 * 3600.0
_FADE = 0.02
_FAILED = "the audio engine could not render ({}); livecoder doctor looks for the cause"


def render(
    notes: Sequence[TimedNote],
    mixes: Sequence[TimedMix] = (),
    *,
    seconds: float,
    wav: Path | None = None,
    stems: Path | None = None,
    seed: int = 0,
    bpm: float = 120.0,
    on_progress: Callable[[float], None] | None = None,
    engine: Engine | None = None,
) -> None:
    """Write what the notes sound like.

    Args:
        notes: in any order; what starts after `seconds` is left out.
        mixes: moves of the strips, in any order; the track `""` is the master, which takes `bpm`
            and `delaytime` (seconds).
        seconds: length of the files.
        wav: the mix.
        stems: a folder for one file a track, named after it (what its strip sends to the mix), and
            `returns.wav`, the delay and reverb of all; added up, the mix before its limiter.
        seed: of every noise.
        bpm: the delay is a dotted eighth of it.
        on_progress: told the share that is done, 0 to 1, on this thread.
        engine: one that was started already; it can be used once.

    Raises:
        RangeError: `seconds` is nonsense.
        SessionFileError: a file cannot be written there.
        DeviceError: the engine failed; says how.
    """
    if not (math.isfinite(seconds) and 0.0 < seconds <= _LONGEST):
        allowed = f"more than 0 and at most {_LONGEST:.0f}"
        raise RangeError("seconds", seconds, allowed, fix="render fewer bars")
    for path in (wav.parent if wav else None, stems):
        if path is not None:
            _writable(path)
    job = {
        "notes": [[n.at, n.lasts, n.track, _plain(n.controls)] for n in notes],
        "mixes": [[m.at, m.track, _plain(m.settings)] for m in mixes],
        "seconds": seconds,
        "wav": str(wav.absolute()) if wav else None,
        "stems": str(stems.absolute()) if stems else None,
        "seed": seed,
        "bpm": bpm,
    }
    with Engine() if engine is None else engine as started:
        started.run(json.dumps(job), on_progress)


class Engine:
    """The process that renders one job. Started early, it has imported what it needs by then."""

    def __init__(self) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-m", "livecoder.outputs.audio.offline"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.kill()
        with self._child:  # which closes its pipes and waits for it
            pass

    def run(self, job: str, on_progress: Callable[[float], None] | None) -> None:
        """Have it render a job, in JSON.

        Raises:
            DeviceError: it failed; says how.
        """
        child = self._child
        if child.stdin is None or child.stdout is None or child.stderr is None:
            raise DeviceError(_FAILED.format("it was started without its pipes"))
        with contextlib.suppress(BrokenPipeError):
            child.stdin.write(job)
            child.stdin.close()
        for line in child.stdout:
            with contextlib.suppress(ValueError):
                share = float(line)
                if on_progress is not None:
                    on_progress(share)
        said = child.stderr.read().strip()
        if child.wait():
            last = said.splitlines()[-1] if said else f"status {child.returncode}"
            raise DeviceError(_FAILED.format(last))


def _writable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        message = f"{folder} cannot be written to ({error.strerror or error}); try --wav out.wav"
        raise SessionFileError(message) from error


def _plain(controls: Mapping[str, Any]) -> dict[str, float | str]:
    plain: dict[str, float | str] = {}
    for name, value in controls.items():
        if isinstance(value, str):
            plain[name] = value
        elif isinstance(value, (int, float)) and math.isfinite(value):
            plain[name] = float(value)
    return plain


# What follows runs in the child.


def perform(job: Mapping[str, Any], tell: Callable[[float], None]) -> None:
    """Render a job in this process, which must not have had a pyo server before."""
    from livecoder.outputs.audio.rack import Rack
    from livecoder.outputs.audio.server import Server

    notes = [TimedNote(*note) for note in job["notes"] if note[0] < job["seconds"]]
    mixes = sorted((TimedMix(*mix) for mix in job["mixes"]), key=lambda mix: mix.at)
    tracks = sorted({note.track for note in notes}) if job["stems"] else []
    channels = 2 + (2 * len(tracks) + 2 if tracks else 0)
    server = Server("manual", rate=RATE, buffer=_BUFFER, channels=channels)
    rack = Rack(RATE, _BUFFER, int(job["seed"]))
    rack.set("", {"bpm": job["bpm"]})
    for number, track in enumerate(tracks):
        rack.mixer.strip(track).tap(2 + 2 * number)
    if tracks:
        rack.mixer.tap_returns(2 + 2 * len(tracks))
    for note in notes:
        frame = round(note.at * RATE) + rack.mixer.latency
        rack.note(frame, note.lasts, note.track, note.controls)
    server.start()
    length = round(job["seconds"] * RATE)
    skips = [rack.mixer.latency] + [rack.mixer.tap_latency] * len(tracks)
    skips += [rack.mixer.return_latency] if tracks else []
    with contextlib.ExitStack() as stack:
        files = [
            None if path is None else stack.enter_context(_Wav(path, skip, length))
            for path, skip in zip(_paths(job, tracks), skips, strict=True)
        ]
        end = length + max(skips)
        for now, block in _blocks(server, rack, mixes, end):
            for pair, file in enumerate(files):
                if file is not None:
                    file.take(now, block[:, 2 * pair : 2 * pair + 2])
            tell(min(1.0, now / end))


def _paths(job: Mapping[str, Any], tracks: Iterable[str]) -> Iterator[Path | None]:
    yield Path(job["wav"]) if job["wav"] else None
    if job["stems"] and tracks:
        for name in (*tracks, "returns"):
            safe = "".join(c if c.isalnum() or c in "-_ " else "_" for c in name)[:60]
            yield Path(job["stems"]) / f"{safe}.wav"


def _blocks(
    server: Any, rack: Any, mixes: Sequence[TimedMix], end: int
) -> Iterator[tuple[int, Any]]:
    """Compute about half a second at a time; give its first frame and its samples."""
    import numpy as np

    now, waiting = 0, list(reversed(mixes))
    while now < end:
        begin, blocks = now, []
        for _ in range(48):
            while waiting and waiting[-1].at * RATE + rack.mixer.latency <= now:
                mix = waiting.pop()
                rack.set(mix.track, mix.settings)
            rack.tick(now)
            blocks.append(server.process().copy())
            now += _BUFFER
        yield begin, np.concatenate(blocks)


class _Wav:
    """A file being written, which is there under its name only once it is whole."""

    def __init__(self, path: Path, skip: int, length: int) -> None:
        import soundfile

        self._path, self._part = path, path.with_name(f".{path.name}.part")
        self._skip, self._length = skip, length
        self._file = soundfile.SoundFile(
            self._part, "w", samplerate=RATE, channels=2, subtype="PCM_24", format="WAV"
        )

    def __enter__(self) -> _Wav:
        return self

    def take(self, begin: int, block: Any) -> None:
        """Write the part of a block that belongs in the file."""
        import numpy as np

        first, last = self._skip - begin, self._skip + self._length - begin
        kept = block[max(first, 0) : max(last, 0)]
        if not len(kept):
            return
        fade = int(_FADE * RATE)
        left = last - max(first, 0) - np.arange(len(kept))
        if left[-1] < fade:
            kept = kept * np.clip(left / fade, 0.0, 1.0)[:, None]
        self._file.write(kept)

    def __exit__(self, kind: object, *_: object) -> None:
        self._file.close()
        if kind is None:
            self._part.replace(self._path)
        else:
            self._part.unlink(missing_ok=True)


def main() -> int:
    """Render the job on standard input; tell the share that is done, a line each time."""
    # What takes time is done before the job is there.
    importlib.import_module("livecoder.outputs.audio.rack")
    importlib.import_module("livecoder.outputs.audio.server")
    text = sys.stdin.read()
    if not text:
        return 0
    job = json.loads(text)

    def tell(share: float) -> None:
        sys.stdout.write(f"{share:.4f}\n")
        sys.stdout.flush()

    perform(job, tell)
    sys.stdout.flush()
    # pyo takes its time to take a graph apart; there is nothing left to save.
    os._exit(0)


if __name__ == "__main__":
    raise SystemExit(main())
