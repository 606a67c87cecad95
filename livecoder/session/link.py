"""`sync.link()`: tempo, place in the bar, start and stop shared with Ableton Link.

A thread looks at Link forty times a second. Who last changed the tempo has it: a change of ours
goes to Link, one of a peer's comes from there, and is kept in the journal, since a replay has no
peers. Our place in the bar is brought to Link's by bending the tempo (`steering`), so no note is
ever moved by a step; before the first bar, bar 1 waits for Link's next bar instead.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from livecoder.clock.scheduler import Scheduler
from livecoder.clock.tempo import FASTEST, SLOWEST
from livecoder.core.errors import DeviceError, LivecoderError
from livecoder.core.events import Mix
from livecoder.inputs.link import LinkMoment, LinkPeer
from livecoder.session.stage import Stage
from livecoder.session.steering import bent, error_beats

__all__ = ["LinkSync"]

_EVERY_S = 0.025
# Tempi that are as near as this are the same: Link keeps whole microseconds a beat.
_SAME = 2e-5
# How long a newcomer waits for peers before it takes itself for the first.
_ALONE_AFTER_S = 1.5
_NS_PER_MINUTE = 60e9
# After so many looks in which all went well, a second of them, what goes wrong is news.
_WELL_AFTER = 40


class LinkSync:
    """Leads our time from Link's while it is on.

    Attributes:
        error_ms: how far we were behind at the last look, milliseconds.
    """

    def __init__(
        self,
        stage: Stage,
        scheduler: Scheduler,
        say: Callable[[str], None],
        keep: Callable[[str], object],
        *,
        alone: Callable[[], bool] = lambda: False,
        join: Callable[..., LinkPeer] = LinkPeer,
    ) -> None:
        """Share nothing yet.

        Args:
            stage: has the tempo as it is set.
            scheduler: whose time is bent.
            say: tells the performer a line.
            keep: keeps a line for the journal, of what a peer did to the music.
            alone: whether somebody else leads time, so that Link must not.
            join: becomes a peer of Link; takes what `LinkPeer` takes.
        """
        self.error_ms = 0.0
        self._stage, self._scheduler = stage, scheduler
        self._say, self._keep, self._alone, self._join = say, keep, alone, join
        self._peer: LinkPeer | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._start_stop = False
        self._agreed = 0.0
        self._peers = 0
        self._looks = 0
        self._well = _WELL_AFTER
        self._ours = self._theirs = self._goes_on = False

    @property
    def on(self) -> bool:
        """Whether time is shared."""
        return self._peer is not None

    def turn(self, on: bool, *, start_stop: bool) -> None:
        """Join or leave.

        Raises:
            DeviceError: Link is not there, or a MIDI clock is followed.
        """
        if not on:
            self.close()
            return
        if self._alone():
            message = "a MIDI clock leads time; sync.free() first, then sync.link()"
            raise DeviceError(message)
        if self._peer is not None:
            if start_stop == self._start_stop:
                return
            self.close()
        bpm = self._stage.timing.state.bpm
        self._start_stop, self._agreed, self._looks = start_stop, bpm, 0
        self._peers, self._ours, self._theirs, self._goes_on = 0, False, False, False
        self._well = _WELL_AFTER
        self._peer = self._join(bpm, quantum=self._quantum(), start_stop=start_stop)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="link sync", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Leave; the music goes on in the tempo it has."""
        peer, self._peer = self._peer, None
        if peer is None:
            return
        self._stop.set()
        if self._thread is not None:
            self._thread.join(1.0)
        try:
            peer.close()
        except Exception as error:  # it is left all the same
            self._tell(error)
        if self._scheduler.playing and not self._ramps(self._scheduler.now_ns()):
            self._scheduler.set_tempo(self._agreed)

    def wait_ns(self, earliest_ns: int) -> int:
        """Return when bar 1 may begin, at or after a time: on Link's bar, if there are peers."""
        peer = self._peer
        if peer is None:
            return earliest_ns
        try:
            moment, quantum = peer.read(), self._quantum()
        except Exception as error:  # bar 1 does not wait for who is not there
            self._tell(error)
            return earliest_ns
        if moment.peers == 0:
            return earliest_ns
        per_beat = _NS_PER_MINUTE / moment.bpm
        place = (moment.beat + (earliest_ns - moment.ns) / per_beat) % quantum
        return earliest_ns + round((quantum - place) % quantum * per_beat)

    def text(self) -> str:
        """Return what the toolbar shows."""
        if self._peer is None:
            return ""
        others = "alone" if not self._peers else f"{self._peers} peer{'s' * (self._peers > 1)}"
        return f"Link {others} {self.error_ms:+.1f} ms"

    # The thread

    def _run(self) -> None:
        stop = self._stop
        while not stop.wait(_EVERY_S):
            peer = self._peer
            if peer is None:
                return
            try:
                self._look(peer)
            except Exception as error:  # whatever it was, the next look must come
                self._tell(error)
            else:
                self._well += 1

    def _tell(self, error: Exception) -> None:
        """Say what went wrong, if all went well for a while before it."""
        if self._well >= _WELL_AFTER:
            kind = "" if isinstance(error, LivecoderError) else f"{type(error).__name__}: "
            self._say(
                f"Link could not be followed ({kind}{error}); the music goes on, and Link is "
                "looked at again: sync.link(False) leaves it"
            )
        self._well = 0

    def _look(self, peer: LinkPeer) -> None:
        self._looks += 1
        moment = peer.read()
        if moment.peers != self._peers:
            self._peers = moment.peers
            self._say(f"Link: {moment.peers or 'no'} other peer{'s' * (moment.peers != 1)}")
        peer.set_quantum(self._quantum())
        if self._start_stop:
            self._follow_transport(peer, moment)
        tempo = self._scheduler.tempo_map
        beat = tempo.beat_at(moment.ns)
        if self._ramps(moment.ns):
            # We lead through a ramp; Link follows it step by step.
            self._agreed = tempo.bpm_at(beat)
            peer.set_tempo(self._agreed)
            return
        self._agree(peer, moment)
        if self._scheduler.playing:
            self._steer(peer, moment, float(beat))

    def _ramps(self, ns: int) -> bool:
        tempo = self._scheduler.tempo_map
        over = tempo.anchor_beat + tempo.ramp_beats
        return self._scheduler.playing and bool(tempo.ramp_beats) and tempo.beat_at(ns) < over

    def _steer(self, peer: LinkPeer, moment: LinkMoment, ours: float) -> None:
        """Bring our place in the bar to Link's; or Link's to ours, where nobody else is."""
        tempo = self._scheduler.tempo_map
        if moment.peers == 0 and self._looks * _EVERY_S < _ALONE_AFTER_S:
            return
        error = error_beats(moment.beat, ours, self._quantum())
        self.error_ms = error * 60_000.0 / moment.bpm
        if moment.peers == 0:
            # Nobody is there to mind: Link takes our place, as a newcomer will take it from us.
            if abs(self.error_ms) > 1.0:
                peer.force_beat(float(tempo.beat_at(self._scheduler.now_ns())))
            return
        wanted = min(max(bent(self._agreed, error), SLOWEST), FASTEST)
        if abs(wanted - tempo.bpm) > _SAME * wanted:
            self._scheduler.set_tempo(wanted)

    def _agree(self, peer: LinkPeer, moment: LinkMoment) -> None:
        """Let the tempo be that of whoever changed it last."""
        timing = self._stage.timing
        ours = timing.state.bpm
        if abs(moment.bpm - self._agreed) > _SAME * self._agreed:
            bpm = round(min(max(moment.bpm, SLOWEST), FASTEST), 3)
            self._agreed = bpm
            timing.state = replace(timing.state, bpm=bpm)
            self._scheduler.set_tempo(bpm)
            self._stage.tempo_changed(Mix("", {"bpm": bpm}))
            self._keep(f"tempo({bpm:g})")
        elif abs(ours - self._agreed) > _SAME * ours:
            self._agreed = ours
            peer.set_tempo(ours)

    def _follow_transport(self, peer: LinkPeer, moment: LinkMoment) -> None:
        """Start and stop together: who changed it last is followed."""
        scheduler = self._scheduler
        if self._looks * _EVERY_S < _ALONE_AFTER_S:
            # Two sessions may be about to become one, and then only one of them is heard.
            self._theirs = moment.playing
            return
        ours, begun = scheduler.playing, scheduler.cycle_now() != 0
        if moment.playing != self._theirs:
            self._theirs = moment.playing
            self._goes_on = moment.playing and not ours and begun
            if ours and not moment.playing:
                scheduler.pause()
        elif ours != self._ours:
            peer.set_playing(ours)
            self._theirs = ours
        if self._goes_on and self._comes_by(moment):
            self._goes_on = False
            scheduler.go_on()
        self._ours = scheduler.playing

    def _comes_by(self, moment: LinkMoment) -> bool:
        """Whether Link is about to come by the place in the bar where our time stands."""
        tempo = self._scheduler.tempo_map
        ours = float(tempo.beat_of_cycle(self._scheduler.cycle_now()))
        ahead = (ours - moment.beat) % self._quantum()
        return ahead * 60.0 / moment.bpm <= _EVERY_S

    def _quantum(self) -> float:
        return float(self._scheduler.tempo_map.beats_per_cycle)
