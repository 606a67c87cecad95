"""The stage: what every track is set to, and every change a performer makes to it.

It drives a scheduler and knows no device, so the prompt, a replay and a render perform on the
same code. All edits of one block share one **edge**: the first cycle that is not yet committed
when the block starts. An edit takes effect at the first boundary of its quantum at or after the
edge; the edge is what the journal keeps, and what makes a replay put the edit in the same place.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from livecoder.clock.scheduler import Scheduler
from livecoder.clock.tempo import TempoMap
from livecoder.core.errors import PatternError, RangeError
from livecoder.core.events import Configure, Event, Mix, Order, Panic
from livecoder.core.haps import Hap
from livecoder.core.protocols import Output, Source
from livecoder.core.rational import ONE, ZERO, Rational, floor
from livecoder.outputs.osc.places import Place
from livecoder.patterns.pattern import Pattern
from livecoder.session.edges import Edge
from livecoder.session.events import check_pattern, event_of
from livecoder.session.feel import Feels, changed_feel, nudge_of
from livecoder.session.looking import Look, described
from livecoder.session.loops import Loop, as_pattern, at_or_after, loop_before
from livecoder.session.networks import Networks
from livecoder.session.scene import Scene
from livecoder.session.timing import Timing
from livecoder.session.tracks import TrackState
from livecoder.studio.stream import Stream
from livecoder.theory.scales import Key

__all__ = ["Stage"]

_NOW = Rational(1, 16)
# Blocks that `undo` takes back, and patterns of one track that its own does.
_UNDO, _UNDO_TRACK = 200, 32
_STRIP = MappingProxyType({"gain": 1.0, "pan": 0.5, "lpf": 20_000.0, "delay": 0.0, "room": 0.0})
_NEVER = Pattern(lambda _span: [])


class Stage:
    """Tracks, key, tempo and meter of one performance."""

    def __init__(
        self,
        scheduler: Scheduler,
        output: Output,
        networks: Networks,
        *,
        uncommitted: Callable[[], Rational],
        defer: Callable[[Callable[[], None]], None],
    ) -> None:
        """Set up an empty stage.

        Args:
            scheduler: asks the patterns.
            output: takes mixer settings and panic; the scheduler sends events there too.
            networks: opens streams.
            uncommitted: the first cycle an edit could still reach at this moment.
            defer: runs something when the music reaches the edge of the block (at once, live).
        """
        self.scheduler = scheduler
        self.networks = networks
        self.tracks: dict[str, TrackState] = {}
        self._output = output
        self._edge = Edge(uncommitted)
        self._defer = defer
        networks.edge = self.edge
        self.timing = Timing(
            scheduler,
            edge=self.edge,
            defer=defer,
            send=self.tempo_changed,
            edit_from=self._edit_from,
        )
        self.keep: Callable[[str], bool] = lambda _source: False
        self._past: dict[str, tuple[Pattern | None, ...]] = {}
        self._frozen: dict[str, Pattern | None] = {}
        self._since: dict[str, Rational] = {}
        self._feels = Feels()
        self.nudge_ms = 0.0
        self.places: dict[str, Place] = {}
        self.after_panic: Callable[[], None] = lambda: None
        self._scenes: tuple[Scene, ...] = ()
        self._before: tuple[Scene, tuple[Scene, ...]] | None = None

    # Blocks

    def begin_block(self, at: Rational | None = None) -> Rational:
        """Fix the edge of the block that is about to run, and return it, in cycles."""
        self._before = (self._scene(), self._scenes)
        return self._edge.begin(at)

    def end_block(self, *, ok: bool) -> Rational:
        """Forget the edge and return it, and if the block failed take back whatever it had changed.

        A block that ends in an error counts as never played, so that a script without it plays
        the same. One that changed nothing leaves nothing to undo.
        """
        if self._before is not None and self._before[0] != self._scene():
            before, scenes = self._before
            if not ok:
                self._restore(before)
                self._past, self._scenes = dict(before.past), scenes
            elif self._scenes is scenes:  # else `undo` has taken one away itself
                self._scenes = (*scenes[1 - _UNDO :], before)
        edge = self.edge()
        self._before = None
        self._edge.end()
        return edge

    @property
    def given(self) -> bool:
        """Whether the block that runs is of a script or a journal, and was told its edge."""
        return self._edge.given

    def edge(self) -> Rational:
        """Return the cycle that edits made now start from; see `edges.Edge`."""
        return self._edge.cycle()

    def boundary(self, *, now: bool = False) -> Rational:
        """Return the cycle at which an edit made now takes effect."""
        return at_or_after(self.edge(), _NOW if now else self.timing.state.quantum)

    # Tracks

    def assign(self, name: str, pattern: Any, *, now: bool = False) -> None:
        """Give a track a pattern, a mini-notation text, or None.

        Raises:
            LivecoderError: it cannot be played; the track keeps what it has.
        """
        made = None if pattern is None else as_pattern(pattern)
        at = self.boundary(now=now)
        if made is not None:
            self._check(made, at)
        state = self._state(name)
        self._remember(name)
        self._frozen.pop(name, None)
        self._put({name: replace(state, pattern=made)}, at)

    def change(self, name: str, *, muted: bool | None = None, soloed: bool | None = None) -> None:
        """Mute, unmute, solo or unsolo a track at once."""
        state = self._state(name)
        changed = replace(
            state,
            muted=state.muted if muted is None else muted,
            soloed=state.soloed if soloed is None else soloed,
        )
        self._put({name: changed}, self.boundary(now=True))

    def undo_track(self, name: str) -> None:
        """Put a track's last pattern back."""
        *past, last = self._past.get(name) or (_NEVER,)
        if last is _NEVER:
            message = f"{name} has played nothing before; {name} >> s('bd*4') gives it something"
            raise PatternError(message)
        self._past[name] = tuple(past)
        self._frozen.pop(name, None)
        self._put({name: replace(self._state(name), pattern=last)}, self.boundary())

    def mix(self, name: str, settings: Mapping[str, float]) -> None:
        """Set a track's strip of the mixer."""
        state = self._state(name)
        self.tracks[name] = replace(state, mix=MappingProxyType({**state.mix, **settings}))
        self._send(Mix(name, dict(settings)))

    def feel(self, name: str, **given: Any) -> None:
        """Play a track with another swing, groove or nudge, at once; see `feel.changed_feel`."""
        state = self._state(name)
        changed = replace(state.feel, **changed_feel(state.feel, given))
        self._put({name: replace(state, feel=changed)}, self.boundary(now=True))

    def freeze(self, name: str, bars: int) -> None:
        """Loop the last bars a track played."""
        if not isinstance(bars, int) or bars < 1:
            raise RangeError("bars", bars, "a whole number from 1", fix="try d1.freeze(2)")
        state, plays = self._state(name), self.plays(name)
        at = at_or_after(self.edge(), ONE)
        base = self._frozen.get(name, plays)
        played = floor(at - self._since.get(name, ZERO))
        loop = loop_before(plays, self._song(at), max(1, min(bars, played)))
        self._put({name: replace(state, pattern=loop)}, at)
        self._frozen[name] = base

    def last(self, name: str, bars: int) -> Loop:
        """Return the last bars a track played; what it will play, where it has played none."""
        at = Rational(floor(self.edge()))
        played = min(bars, max(0, floor(at - self._since.get(name, ZERO))))
        end = self._song(at) + (0 if played else bars)
        return loop_before(self.plays(name), end, played or bars)

    def thaw(self, name: str) -> None:
        """Let a frozen track go on."""
        if name not in self._frozen:
            message = f"{name} is not frozen; {name}.freeze(2) loops its last two bars"
            raise PatternError(message)
        base = self._frozen.pop(name)
        self._put({name: replace(self._state(name), pattern=base)}, at_or_after(self.edge(), ONE))

    def retune(self, name: str, **settings: Any) -> None:
        """Change settings of the networks on a track from the next bar."""
        at = at_or_after(self.edge(), ONE)
        self._touch(self.networks.retune(self._streams(name, at), at, settings), at)

    def again(self, name: str) -> None:
        """Have the networks on a track compose anew from the next bar."""
        at = at_or_after(self.edge(), ONE)
        self._touch(self.networks.again(self._streams(name, at), at), at)

    def describe(self, name: str) -> str:
        """Say in a line what a track does."""
        return described(name, self._state(name), frozen=name in self._frozen)

    def look(self, name: str) -> Look:
        """Return what there is to see of a track at this moment."""
        before = (self._past.get(name) or (None,))[-1]
        now = self.scheduler.cycle_now()
        ahead = self.scheduler.ahead(now)
        since, now = self._since.get(name, ZERO) + ahead, now + ahead
        beats = float(self.scheduler.tempo_map.beats_per_cycle)
        return Look(self.describe(name), self.playing(name), before, since, now, beats)

    def audible(self, name: str) -> bool:
        """Whether a track sounds, as mutes and solos stand."""
        state = self._state(name)
        soloed = any(other.soloed for other in self.tracks.values())
        return state.pattern is not None and not state.muted and (state.soloed or not soloed)

    def improvises(self, name: str) -> bool:
        """Whether a track plays a network."""
        return bool(self._streams(name, self.edge()))

    def playing(self, name: str) -> Pattern | None:
        """Return the pattern a track is set to."""
        return self._state(name).pattern

    # What is set for all tracks

    def set_key(self, key: Key | None) -> None:
        """Move the networks to a key from the next bar on."""
        at = at_or_after(self.edge(), ONE)
        self._touch(self.networks.rekey(key, at), at)

    def located(self, ahead: int, at: Rational) -> None:
        """Take in, between two windows, that the song is elsewhere from a cycle on."""
        self.timing.located(ahead)
        names = tuple(self.tracks)  # in the scheduler's thread, while the prompt may add one
        streams = frozenset[Stream]().union(*(self._streams(name, at) for name in names))
        self.networks.withdraw(streams, at)

    def tempo_changed(self, mix: Mix) -> None:
        """Take in that the tempo is another: the echo follows it, and so do nudges."""
        self._output.send(mix)
        for name, state in tuple(self.tracks.items()):
            if state.feel.nudge_ms:
                # A nudge is told in beats; what is queued has those of the last tempo.
                self.scheduler.resend(name)

    def nudge(self, ms: float) -> None:
        """Play everything so many milliseconds later than the timeline."""
        self.nudge_ms = nudge_of(ms, "nudge(10)")
        self._send(Configure({"nudge": self.nudge_ms}))

    def hush(self) -> None:
        """Silence every track at once."""
        at = self.boundary(now=True)
        for name, state in self.tracks.items():
            if state.pattern is not None:
                self._remember(name)
        self._frozen.clear()
        self._put({n: replace(state, pattern=None) for n, state in self.tracks.items()}, at)

    def panic(self) -> None:
        """Hush, and end what sounds."""
        self.hush()
        self._send(Panic())
        self._defer(self.after_panic)

    def undo(self) -> None:
        """Take back the last block that changed something.

        Raises:
            PatternError: there is none.
        """
        if not self._scenes:
            message = "there is nothing to undo yet"
            raise PatternError(message)
        *earlier, last = self._scenes
        self._scenes = tuple(earlier)
        self._restore(last)

    # Inside

    def event_of(self, _track: str, hap: Hap, tempo: TempoMap) -> Event | None:
        """See `session.events.event_of`; the form the scheduler calls."""
        return event_of(hap, tempo.beat_of_cycle, tempo.bpm_at, self.places)

    def _song(self, at: Rational) -> Rational:
        """Return the cycle of the song at one of the session: what patterns are asked for."""
        return at + self.scheduler.ahead(at)

    def _state(self, name: str) -> TrackState:
        return self.tracks.get(name, TrackState())

    def plays(self, name: str) -> Pattern:
        """Return the pattern a track was given."""
        if (pattern := self._state(name).pattern) is None:
            message = f"{name} plays nothing; {name} >> note('c e g') gives it something"
            raise PatternError(message)
        return pattern

    def _streams(self, name: str, at: Rational) -> frozenset[Stream]:
        return self.networks.streams(self._frozen.get(name) or self._state(name).pattern, at)

    def _remember(self, name: str) -> None:
        past = self._past.get(name, ())
        self._past[name] = (*past[1 - _UNDO_TRACK :], self._state(name).pattern)

    def _scene(self) -> Scene:
        return Scene(
            dict(self.tracks), dict(self._past), dict(self._frozen), dict(self._since),
            self.networks.key, self.timing.state, self.nudge_ms, self.networks.mark(),
        )  # fmt: skip

    def _restore(self, scene: Scene) -> None:
        """Put everything back as it was, from the next boundary."""
        for name, state in scene.tracks.items():
            if state.mix != self._state(name).mix:
                self._send(Mix(name, {**_STRIP, **state.mix}))
        for name in self.tracks.keys() - scene.tracks.keys():
            self._send(Mix(name, _STRIP))
        self.timing.restore(scene.timing)
        if scene.nudge_ms != self.nudge_ms:
            self.nudge(scene.nudge_ms)
        at = at_or_after(self.edge(), ONE)
        self._touch(self.networks.restore(scene.networks, at), at)
        self._frozen = dict(scene.frozen)
        gone = {name: TrackState() for name in self.tracks.keys() - scene.tracks.keys()}
        self._put({**scene.tracks, **gone}, self.boundary())
        for name in gone:
            del self.tracks[name]
        self._since = dict(scene.since) | {
            name: since for name, since in self._since.items() if name not in scene.since
        }

    def _edit_from(self, at: Rational, act: Callable[[], None]) -> None:
        """Do something that changes what every track plays from a cycle on."""
        with self.networks.editing(at):
            act()
            for name in self.tracks:
                self._touch(self._streams(name, at), at)

    def _send(self, order: Order) -> None:
        self._defer(lambda: self._output.send(order))

    def _check(self, pattern: Pattern, at: Rational) -> None:
        """Ask for the first bars as the scheduler will, so that a mistake is heard of now."""
        with self.networks.probing():
            check_pattern(pattern, Rational(floor(self._song(at))), self.places)

    def _put(self, states: Mapping[str, TrackState], at: Rational) -> None:
        """Set tracks, and have the scheduler play what became audible or inaudible from `at`."""
        before = {name: self._heard(name) for name in {*self.tracks, *states}}
        refelt = {name for name, to in states.items() if to.feel != self._state(name).feel}
        self.tracks.update(states)
        changed = {
            name: new
            for name in before
            if (new := self._heard(name)) is not before[name] or (new and name in refelt)
        }
        among = [source for name, new in changed.items() for source in (before[name], new)]
        streams = frozenset[Stream]().union(*(self.networks.streams(one, at) for one in among))
        with self.networks.editing(at):
            for name, new in changed.items():
                self._since[name] = at
                self.scheduler.set(name, self._source(name, new), at=at)
            self._touch(streams, at, besides=changed.keys())

    def _source(self, name: str, pattern: Pattern | None) -> Source | None:
        return self._feels.source(name, pattern, self._state(name).feel)

    def _heard(self, name: str) -> Pattern | None:
        return self._state(name).pattern if self.audible(name) else None

    def _touch(
        self, streams: frozenset[Stream], at: Rational, *, besides: Collection[str] = ()
    ) -> None:
        """Ask again, from a cycle on, every track that plays one of these streams."""
        with self.networks.editing(at):
            self.networks.withdraw(streams, at)
            for name in (name for name in self.tracks if streams and name not in besides):
                if (source := self._heard(name)) is not None and streams & self._streams(name, at):
                    self.scheduler.set(name, self._source(name, source), at=at)
