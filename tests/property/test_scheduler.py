"""Whatever is edited whenever: what is queued in the end is what the versions say.

The model is one function of the edits alone: at each cycle the last edit that still stands there
plays. The scheduler must agree with it to the last event, whatever it asked, revoked, asked anew.
"""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from livecoder.clock.scheduler import Scheduler
from livecoder.clock.tempo import TempoMap
from livecoder.core.events import Revoke, Schedule
from livecoder.core.rational import ZERO, Rational, floor
from tests.fakes.clock import FakeClock
from tests.fakes.output import RecordingOutput
from tests.fakes.sources import Network, Pulse, event_of

TRACKS = ("d1", "d2")

pauses = st.floats(0, 3).map(lambda seconds: round(seconds, 3))
after = st.builds(Rational, st.integers(0, 40), st.sampled_from([1, 2, 3, 4, 5, 7, 16]))
edits = st.tuples(
    st.sampled_from(TRACKS), st.one_of(st.none(), st.sampled_from([1, 3, 4, 5, 16])), after
)
tempi = st.floats(40, 300).map(lambda bpm: ("tempo", bpm, ZERO))
meters = st.tuples(st.just("meter"), st.integers(1, 9), st.integers(0, 3).map(Rational))
steps = st.lists(st.tuples(pauses, st.one_of(edits, tempi, meters)), max_size=12)


class Model:
    """What each track plays from when on, and how long bars are: edits, and no time at all."""

    def __init__(self):
        self.versions = {track: [] for track in TRACKS}
        self.tempo = TempoMap()

    def set(self, track, source, at):
        kept = [(begin, held) for begin, held in self.versions[track] if begin < at]
        self.versions[track] = [*kept, (at, source)]

    def events(self, track, end):
        """Return (beat, sound) of a track before a cycle."""
        found = []
        for (begin, source), (stop, _) in pairwise([*self.versions[track], (end, None)]):
            stop = min(stop, end)
            haps = [] if source is None or begin >= stop else source.query(begin, stop)
            onsets = [hap for hap in haps if hap.has_onset and begin <= hap.whole.begin < stop]
            found += [(self.tempo.beat_of_cycle(h.whole.begin), h.value["s"]) for h in onsets]
        return found


def perform(steps, scheduler, model, wait):
    """Do the steps to both; edits are made where the stage makes them, past what is committed."""
    for number, (pause, (what, value, where)) in enumerate(steps):
        wait(pause)
        at = Rational(-floor(-scheduler.uncommitted() * 1000), 1000) + where
        if what == "tempo":
            scheduler.set_tempo(value)
        elif what == "meter":
            cycle = -floor(-at)
            scheduler.set_meter(value, cycle)
            model.tempo = model.tempo.with_meter(value, cycle)
        else:
            sounds = [None if value is None else Pulse(f"{number}", value) for _ in range(2)]
            scheduler.set(what, sounds[0], at=at)
            model.set(what, sounds[1], at)


def check(output, model):
    for track in TRACKS:
        queue = [(event.beat, event.controls["s"]) for event in output.queues.get(track, [])]
        end = model.tempo.cycle_of_beat(output.horizons.get(track, ZERO))
        assert queue == model.events(track, end)


def check_order(output):
    """Windows of a track are consecutive: each begins where the last ended, or where it revoked."""
    edge = {}
    for order in output.orders:
        if isinstance(order, Revoke) and order.track in edge:
            edge[order.track] = min(edge[order.track], order.beat)
        elif isinstance(order, Schedule):
            begin = edge.get(order.track, order.begin)
            assert order.begin >= begin
            assert order.begin < order.end
            beats = [event.beat for event in order.events]
            assert beats == sorted(beats)
            assert all(order.begin <= beat < order.end for beat in beats)
            edge[order.track] = order.end


@given(steps)
@settings(max_examples=150)
def test_live_no_event_is_lost_doubled_or_out_of_order(steps):
    clock, output, model = FakeClock(), RecordingOutput(), Model()
    scheduler = Scheduler(None, clock, output, event_of)
    scheduler.begin(0)

    def wait(seconds):
        for _ in range(int(seconds / 0.02) + 1):
            scheduler.tick()
            clock.advance(0.02)
        clock.advance(seconds % 0.02)

    perform(steps, scheduler, model, wait)
    wait(3)
    check(output, model)
    check_order(output)


@given(steps, st.lists(st.floats(0, 6), max_size=12))
@settings(max_examples=150)
def test_live_a_scheduler_that_is_held_up_loses_nothing_either(steps, stalls):
    """Turns come at any distance, some far too late; what is edited then is past its horizon."""
    clock, output, model = FakeClock(), RecordingOutput(), Model()
    scheduler = Scheduler(None, clock, output, event_of)
    scheduler.begin(0)
    pending = iter(stalls)

    def wait(seconds):
        scheduler.tick()
        clock.advance(seconds + next(pending, 0.0))
        scheduler.tick()

    perform(steps, scheduler, model, wait)
    wait(1)
    if scheduler.statistics().lost:
        # So far behind that the past was skipped, and counted: what is there is still no other.
        for track in TRACKS:
            heard = [(event.beat, event.controls["s"]) for event in output.queues.get(track, [])]
            assert heard == sorted(set(heard))
            end = model.tempo.cycle_of_beat(output.horizons.get(track, ZERO))
            assert set(heard) <= set(model.events(track, end))
    else:
        check(output, model)
    check_order(output)


@given(steps)
def test_offline_the_same(steps):
    output, model = RecordingOutput(), Model()
    scheduler = Scheduler(None, FakeClock(), output, event_of)

    def wait(seconds):
        scheduler.run_until(scheduler.cycle_now() + Rational(seconds))

    perform(steps, scheduler, model, wait)
    wait(40)
    check(output, model)
    check_order(output)


@given(st.lists(st.tuples(st.integers(0, 12), st.floats(0, 6)), max_size=10))
def test_a_network_that_is_late_now_and_then_loses_nothing(arrivals):
    """Bars come at any time or never, and then they are conceded; each beat is heard once."""
    clock, output, network = FakeClock(), RecordingOutput(), Network("n")
    scheduler = Scheduler(None, clock, output, event_of)
    scheduler.set("d1", network, at=0)
    scheduler.begin(0)
    for turn in range(600):
        network.ready.update(bar for bar, at in arrivals if at <= turn * 0.02)
        scheduler.tick()
        clock.advance(0.02)
    onsets = output.onsets("d1")
    assert onsets == list(range(len(onsets)))
    assert len(onsets) >= 24
    assert scheduler.statistics().late == 0
