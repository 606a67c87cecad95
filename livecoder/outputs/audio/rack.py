"""The rack: voices of every sound for every track, and which note plays on which.

Frames here are of the stream that leaves the mixer. Notes come a little ahead of their frame; a
voice is programmed while it is silent, wakes, and starts by itself on its frame. Voices of a sound
are made when a track first needs them, sleep when they are silent, and give way oldest first.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from livecoder.core.errors import LivecoderError
from livecoder.outputs.audio.mixer import Mixer, Strip
from livecoder.outputs.audio.sounds import SoundSpec, resolve
from livecoder.outputs.audio.sounds.builders import BUILDERS, FRAMES, LOOPS, Board, Graph, Strike

__all__ = ["DEFAULT_SOUND", "Rack"]

# What plays a note that names no sound.
DEFAULT_SOUND = "pluck"
# Seconds before its frame that a note is given its voice: a stolen voice has faded by then.
AHEAD = 0.03
_FADE = 0.006
_LONGEST = 120.0


class _Due(NamedTuple):
    at: int
    order: int
    track: str
    lasts: float
    controls: Mapping[str, Any]
    voice: _Voice | None = None


@dataclass(slots=True, eq=False)
class _Voice:
    """A voice and what it is doing."""

    key: str
    graph: Graph
    streams: tuple[Any, ...]
    at: int = 0
    start: int = 0
    until: int = 0
    awake: bool = False
    fading: int = 0
    """Frame at which it will have faded; 0 when it does not fade."""


class _Pool:
    """The voices of one sound on one track."""

    def __init__(self, spec: SoundSpec, strip: Strip, name: str) -> None:
        self.spec = spec
        self.strip = strip
        self.name = name
        self.voices: list[_Voice] = []

    def grow(self, board: Board) -> _Voice:
        """Make one more voice, asleep."""
        graph = BUILDERS[self.spec.name](board)
        voice = _Voice(f"{self.name}.{len(self.voices)}", graph, _streams(graph.objects))
        for stream in voice.streams:
            stream.stop()
        self.voices.append(voice)
        return voice


def _streams(objects: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return what pyo computes for these objects: the objects in C behind them, faders included."""
    found: list[Any] = []
    for one in objects:
        for name in ("_in_fader", "_in_fader2", "_trig_objs"):
            if helper := getattr(one, name, None):
                found.extend(helper.getBaseObjects())
        found.extend(one.getBaseObjects())
    return tuple(found)


class Rack:
    """All voices, and the notes that wait for one."""

    def __init__(
        self,
        rate: float,
        buffer: int,
        seed: int,
        *,
        frame_of: Callable[[int], int] = lambda at: at,
        computed: Callable[[], int] = lambda: 0,
    ) -> None:
        """Set up on a booted server.

        Args:
            rate: frames a second.
            buffer: frames pyo computes at a time.
            seed: of everything that is noise.
            frame_of: turns the moments notes come with into frames. A note that was given its voice
                is asked about again until it starts, so that a clock that slips takes it along.
            computed: tells, where sound is computed on another thread, the first frame that may not
                be computed yet at this very moment.
        """
        self.rate = rate
        self.mixer = Mixer(rate, buffer)
        self.late = 0
        self.sounded = 0
        self._buffer = buffer
        self._frame_of = frame_of
        self._computed = computed
        self._board = Board(rate, seed)
        self._pools: dict[tuple[str, str], _Pool] = {}
        self._awake: list[tuple[_Pool, _Voice]] = []
        self._due: list[_Due] = []
        self._cuts: list[tuple[int, int, _Pool, _Voice, int]] = []
        self._order = 0
        self._rests = self._gate_opens = -1

    def warm(self) -> None:
        """Make every long table now (a quarter of a second), so that none is made while playing."""
        for loop in LOOPS:
            self._board.table(*loop)

    @property
    def voices(self) -> int:
        """How many voices are awake."""
        return len(self._awake)

    def prepare(self, track: str, controls: Mapping[str, Any]) -> bool:
        """Make what a note will need, a voice a call; return whether all is there.

        An unknown sound needs nothing: the note will be left out, and the front has said why.
        """
        try:
            pool = self._pool(track, controls)
        except LivecoderError:
            return True
        if len(pool.voices) < pool.spec.voices:
            pool.grow(self._board)
        return len(pool.voices) >= pool.spec.voices

    def note(self, at: int, lasts: float, track: str, controls: Mapping[str, Any]) -> None:
        """Have a note start at a moment (`frame_of` it); at once if that has gone by."""
        self._order += 1
        heapq.heappush(self._due, _Due(at, self._order, track, lasts, controls))

    def set(self, track: str, settings: Mapping[str, float]) -> None:
        """Move a track's strip; the track with no name is the master, which has `bpm`.

        The delay is a dotted eighth of `bpm`, or `delaytime` seconds.
        """
        if track:
            self.mixer.strip(track).set(settings)
        if "bpm" in settings:
            self.mixer.echo(0.75 * 60.0 / max(float(settings["bpm"]), 1.0))
        if "delaytime" in settings:
            self.mixer.echo(float(settings["delaytime"]))

    def panic(self, now: int) -> None:
        """Silence everything and forget what waits; `now` is the next frame to be computed."""
        self._due.clear()
        self._cuts.clear()
        self.mixer.close_gate()
        # Shut, voices are put to rest; once what they left behind has gone through the mixer, what
        # rings in the effects is forgotten, and sound may pass again.
        self._rests = now + int(0.02 * self.rate)
        self._gate_opens = self._rests + 2 * self.mixer.latency + int(0.02 * self.rate)

    def hush(self, now: int) -> None:
        """Let everything that sounds fade within 6 ms and forget what waits; effects ring on."""
        self._due.clear()
        for pool, voice in self._awake:
            if not voice.fading:
                self._fade(pool, voice, now)

    def tick(self, now: int) -> None:
        """Give voices to the notes that are near and rest those that are done.

        Args:
            now: first frame pyo has not computed yet, counted from the start of the counter.
        """
        if 0 <= self._rests <= now:
            self._rests = -1
            for pool, voice in self._awake:
                self._rest(pool, voice)
            self._awake.clear()
        if 0 <= self._gate_opens <= now:
            self._gate_opens = -1
            self.mixer.open_gate()
        if self._awake:
            done = [(p, v) for p, v in self._awake if v.until <= now or 0 < v.fading <= now]
            for pool, voice in done:
                self._rest(pool, voice)
            if done:
                self._awake = [(p, v) for p, v in self._awake if v.awake]
            self._retime(now)
        while self._cuts and self._cuts[0][0] <= now + self._buffer:
            _, _, pool, voice, start = heapq.heappop(self._cuts)
            if voice.awake and voice.start == start:
                self._fade(pool, voice, now)
        horizon = now + self.mixer.latency + int(AHEAD * self.rate)
        waiting: list[_Due] = []
        while self._due and self._frame_of(self._due[0].at) <= horizon:
            if self._gate_opens >= 0:
                break
            if (still := self._give(heapq.heappop(self._due), now)) is not None:
                waiting.append(still)
        for due in waiting:
            heapq.heappush(self._due, due)
        self.mixer.tick(now / self.rate)

    # Inside

    def _retime(self, now: int) -> None:
        """Move what has a voice and has not started to where the clock has it now."""
        for _, voice in self._awake:
            if voice.start > max(now, self._computed()) + self._buffer:
                moved = self._frame_of(voice.at) - self.mixer.latency - voice.start
                if moved and voice.start + moved > now + self._buffer:
                    voice.start += moved
                    voice.until += moved
                    voice.graph.objects[0].value = voice.start % FRAMES

    def _pool(self, track: str, controls: Mapping[str, Any]) -> _Pool:
        note = controls.get("note")
        spec = resolve(str(controls.get("s") or DEFAULT_SOUND), note)
        pool = self._pools.get((track, spec.name))
        if pool is None:
            strip = self.mixer.strip(track)
            pool = self._pools[track, spec.name] = _Pool(spec, strip, f"{track}.{spec.name}")
        return pool

    def _give(self, due: _Due, now: int) -> _Due | None:
        """Program a voice for a note; return the note if its voice has to fade first."""
        try:
            pool = self._pool(due.track, due.controls)
        except LivecoderError:
            return None
        voice = due.voice or self._take(pool, now)
        if voice.awake:
            return due._replace(voice=voice)
        start = self._frame_of(due.at) - self.mixer.latency
        if start < now:
            # A buffer of grace: the one being computed may not see the number any more.
            start = now + self._buffer
            self.late += 1
        self._strike(pool, voice, due, start)
        return None

    def _take(self, pool: _Pool, now: int) -> _Voice:
        """Return a voice: one that sleeps, a new one, or the oldest, which then fades."""
        for voice in pool.voices:
            if not voice.awake:
                return voice
        if len(pool.voices) < pool.spec.voices:
            return pool.grow(self._board)
        free = [voice for voice in pool.voices if not voice.fading] or pool.voices
        voice = min(free, key=lambda one: one.start)
        if not voice.fading:
            self._fade(pool, voice, now)
        return voice

    def _fade(self, pool: _Pool, voice: _Voice, now: int) -> None:
        pool.strip.level(voice.key, voice.graph.outs, 0.0, 0.5)
        voice.fading = now + int(_FADE * self.rate) + self._buffer

    def _strike(self, pool: _Pool, voice: _Voice, due: _Due, start: int) -> None:
        controls, spec = due.controls, pool.spec
        note = _number(controls, "note", 60.0, -1.0, 160.0)
        velocity = _number(controls, "velocity", 0.8, 0.0, 1.0)
        gain = _number(controls, "gain", 1.0, 0.0, 4.0)
        strike = Strike(
            440.0 * 2.0 ** ((note - 69.0) / 12.0),
            min(max(due.lasts, 0.0), _LONGEST),
            velocity,
            spec.values(controls),
        )
        graph = voice.graph
        rings = graph.program(strike)
        graph.objects[0].value = start % FRAMES
        pool.strip.attach(voice.key, graph.outs)
        pool.strip.level(
            voice.key, graph.outs, gain * velocity**1.5, _number(controls, "pan", 0.5, 0.0, 1.0)
        )
        for stream in voice.streams:
            stream.play()
        while (computed := self._computed()) > start:
            # This thread was held up until its frame had gone by: the number would never come.
            start = computed + 2 * self._buffer
            graph.objects[0].value = start % FRAMES
        voice.at, voice.start, voice.awake, voice.fading = due.at, start, True, 0
        voice.until = start + int(rings * self.rate) + 2 * self._buffer
        self._awake.append((pool, voice))
        self.sounded += 1
        sends = {
            name: _number(controls, name, 0.0, 0.0, 1.0)
            for name in ("delay", "room")
            if name in controls
        }
        if sends:
            pool.strip.set(sends)
        if spec.cuts and (other := self._pools.get((due.track, spec.cuts))):
            for ringing in other.voices:
                if ringing.awake and ringing.start < start:
                    self._order += 1
                    cut = (start, self._order, other, ringing, ringing.start)
                    heapq.heappush(self._cuts, cut)

    def _rest(self, pool: _Pool, voice: _Voice) -> None:
        for stream in voice.streams:
            stream.stop()
        voice.graph.objects[0].value = -1
        pool.strip.detach(voice.key, voice.graph.outs)
        voice.awake, voice.fading = False, 0


def _number(
    controls: Mapping[str, Any], name: str, default: float, low: float, high: float
) -> float:
    given = controls.get(name)
    if not isinstance(given, (int, float)) or given != given:
        return default
    return float(min(max(given, low), high))
