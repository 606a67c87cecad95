"""From notes that were performed to files: WAV, stems, MIDI."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from livecoder.core.errors import SessionFileError
from livecoder.core.events import Event
from livecoder.outputs.audio import offline
from livecoder.outputs.audio.timed import TimedMix, TimedNote
from livecoder.outputs.midi.file import write_midi
from livecoder.session.drum_names import drum_numbers
from livecoder.session.events import wants_audio, wants_midi, wants_osc
from livecoder.session.offline import Performed

__all__ = ["check_writable", "write_audio", "write_notes"]

# Seconds the last notes have to die away.
_TAIL = 3.0
_DRUM_CHANNEL = 10


def check_writable(*paths: Path | None) -> None:
    """Refuse a path that cannot be written, before any time is spent.

    Raises:
        SessionFileError: names the path and what is wrong.
    """
    for path in paths:
        if path is None:
            continue
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            existed = path.exists()
            with path.open("ab"):
                pass
            if not existed:
                path.unlink()
        except OSError as error:
            message = f"{path} cannot be written ({error.strerror}); give another path"
            raise SessionFileError(message) from error


def write_notes(performed: Performed, path: Path) -> None:
    """Write a Standard MIDI File, a track for each track; equal performances give equal bytes.

    Drum sounds become General MIDI notes on channel 10. What goes to lights and visuals, by OSC
    alone, is in no file.

    Raises:
        SessionFileError: it cannot be written.
    """
    write_midi(
        path,
        {
            name: tuple(map(_as_note, filter(_is_written, events)))
            for name, events in performed.tracks.items()
        },
        performed.tempi,
        beats_per_cycle=performed.beats_per_cycle,
    )


def write_audio(
    performed: Performed,
    *,
    wav: Path | None,
    stems: Path | None,
    seed: int,
    on_progress: Callable[[float], None],
    engine: offline.Engine | None = None,
) -> float:
    """Write the mix and, if wanted, each track by itself; returns the seconds written.

    Args:
        performed: what is to be heard.
        wav: where the mix goes.
        stems: folder of the tracks.
        seed: of every noise.
        on_progress: told the share that is done, 0 to 1.
        engine: a process that was started already.

    Raises:
        SessionFileError: a file cannot be written.
        DeviceError: the engine failed.
    """
    notes = []
    for track, events in performed.tracks.items():
        for event in filter(_sounds, events):
            at = performed.seconds(event.beat)
            until = performed.seconds(event.beat + event.duration)
            notes.append(TimedNote(at, until - at, track, event.controls))
    mixes = [
        TimedMix(performed.seconds(beat), mix.track, mix.settings) for beat, mix in performed.mixes
    ]
    seconds = performed.seconds(performed.beats) + _TAIL
    offline.render(
        sorted(notes, key=lambda note: (note.at, note.track)),
        mixes,
        seconds=seconds,
        wav=wav,
        stems=stems,
        seed=seed,
        bpm=performed.tempi[0][1],
        on_progress=on_progress,
        engine=engine,
    )
    return seconds


def _sounds(event: Event) -> bool:
    return wants_audio(event.controls)


def _is_written(event: Event) -> bool:
    return wants_midi(event.controls) or not wants_osc(event.controls)


def _as_note(event: Event) -> Event:
    """Give a drum sound, which has no note, the one its kit has for it."""
    number = drum_numbers().get(str(event.controls.get("s")))
    if "note" in event.controls or number is None:
        return event
    controls = {**event.controls, "note": float(number), "midichan": _DRUM_CHANNEL}
    return event._replace(controls=controls)
