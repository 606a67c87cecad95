"""The law of streams: what is heard follows from the script alone, not from who was quick."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from livecoder.clock.scheduler import Scheduler
from livecoder.core.events import Event, Note
from livecoder.core.haps import Hap, Span
from livecoder.core.rational import Rational, floor
from livecoder.models.ahead import Composer
from livecoder.patterns.pattern import Pattern
from livecoder.studio.ledger import Reach
from livecoder.studio.stream import Settings, StreamDesk
from livecoder.theory.scales import parse_key
from tests.fakes.clock import FakeClock
from tests.fakes.output import RecordingOutput
from tests.fakes.workers import ThreadWorkers

LOADERS = {"walk": "tests.fakes.walk:load"}
BEATS = Rational(4)
NAMES = ("x", "y", "z")


def shaped(stream: Pattern, fast: int, late: Rational) -> Pattern:
    """Fast and late, done here so that the law leans on no verb."""

    def ask(span: Span) -> list[Hap]:
        def into(time):
            return (time - late) * fast

        def out(span):
            return Span(span.begin / fast + late, span.end / fast + late)

        haps = stream.ask(Span(into(span.begin), into(span.end)))
        return [hap._replace(whole=out(hap.whole), part=out(hap.part)) for hap in haps]

    return Pattern(ask)


class Performance:
    """Two tracks, two streams, the real scheduler and the real composer."""

    def __init__(self, workers: ThreadWorkers, late=frozenset(), *, reserve=False) -> None:
        self.workers = workers
        self.clock, self.output = FakeClock(), RecordingOutput()
        self.composer = Composer(loaders=LOADERS, slow={"walk"}, launch=workers)
        self.told: list[tuple[str, int]] = []
        self.desk = StreamDesk(
            self.composer,
            seed=5,
            beats_of_bar=lambda _bar: BEATS,
            on_late=lambda name, bar: self.told.append((name, bar)),
            reach=Reach(chain=6, memory=400, horizon=4),
            reserve=reserve,
        )
        self.desk.late |= late
        self.problems: list[Exception] = []
        self.scheduler = Scheduler(
            None,
            self.clock,
            self.output,
            event_of,
            on_window=self.desk.enter,
            on_problem=lambda _track, error: self.problems.append(error),
        )
        self.streams = {name: self.desk.open("walk", name, Settings()) for name in NAMES}
        self.playing: dict[str, tuple[Pattern, frozenset[str]]] = {}

    def tick(self) -> None:
        """Have the scheduler ask for what it can; with quick workers, for all up to the horizon."""
        self.scheduler.tick()
        while self.workers.permits == -1 and self.composer.figures().open:
            self.workers.settle(self.composer)
            self.scheduler.tick()

    def do(self, edge: Rational, action) -> None:
        at = Rational(-floor(-edge))
        with self.desk.editing(at):
            match action:
                case ("set", track, layers):
                    old = self.playing.pop(track, (None, frozenset()))[1]
                    names = frozenset(name for name, _, _ in layers)
                    pattern = self.stack(layers)
                    self.touch(old | names, at)
                    if pattern is not None:
                        self.playing[track] = (pattern, names)
                    self.scheduler.set(track, pattern, at=at)
                case ("again", name):
                    self.desk.again(self.streams[name], at)
                    self.touch({name}, at)
                case ("prime", name, pitch):
                    notes = tuple(
                        event._replace(pitch=float(pitch + i)) for i, event in enumerate(PRIMER)
                    )
                    self.desk.prime(self.streams[name], at, (notes, Rational(1)))
                    self.touch({name}, at)
                case ("tune", name, change):
                    stream = self.streams[name]
                    now = self.desk.settings(stream, at)
                    self.desk.retune(stream, at, replace(now, **change))
                    self.touch({name}, at)

    def stack(self, layers) -> Pattern | None:
        made = [shaped(self.streams[name], fast, late) for name, fast, late in layers]
        return (
            Pattern(lambda span: [hap for one in made for hap in one.ask(span)]) if made else None
        )

    def touch(self, names, at: Rational) -> None:
        for name in names:
            self.desk.withdraw(self.streams[name], at)
        for track, (pattern, others) in self.playing.items():
            if others & set(names):
                self.scheduler.set(track, pattern, at=at)

    def heard(self, cycles: int) -> dict[str, list[Event]]:
        assert not self.problems, self.problems
        end = cycles * BEATS
        found = {
            track: sorted(e for e in events if e.beat < end)
            for track, events in self.output.queues.items()
        }
        return {track: events for track, events in found.items() if events}


PRIMER = tuple(Note(Rational(i, 4), Rational(1, 4), 60.0) for i in range(4))


def event_of(_track, hap: Hap, tempo) -> Event:
    begin = tempo.beat_of_cycle(hap.whole.begin)
    end = tempo.beat_of_cycle(hap.whole.end)
    return Event(begin, end - begin, tuple(sorted(hap.value.items())))


def layers(names, most):
    """What a track plays: nothing, a stream, or two views of streams at once."""
    times = [Rational(0), Rational(0), Rational(1, 8), Rational(3, 4), Rational(2)]
    layer = st.tuples(st.sampled_from(names), st.sampled_from([1, 1, 2]), st.sampled_from(times))
    return st.lists(layer, max_size=most).map(tuple)


names = st.sampled_from(NAMES)
flow = st.one_of(
    st.tuples(st.just("time"), st.sampled_from([2, 9, 23, 41, 60])),
    st.tuples(st.just("bars"), st.sampled_from([20, 2, 5, 1])),
    st.tuples(st.just("play"), st.sampled_from([60, 23, 100])),
    st.just(("die",)),
)
tuning = st.one_of(
    st.tuples(st.just("again"), names),
    st.tuples(st.just("prime"), names, st.integers(50, 70)),
    st.tuples(st.just("tune"), names, st.sampled_from([{"temperature": 2.0}, {"seed": 3}])),
    st.tuples(st.just("tune"), names, st.just({"key": parse_key("a:minor")})),
)


def setting(track, names, most):
    return st.tuples(st.just("set"), st.just(track), layers(names, most))


own = st.one_of(flow, flow, tuning, setting("d1", ("x", "x", "z"), 2), setting("d2", "y", 2))
shared = st.one_of(
    flow, flow, tuning, *(setting(track, name, 1) for track in ("d1", "d2") for name in NAMES)
)

FIRST = (("set", "d1", (("x", 1, Rational(0)),)), ("set", "d2", (("y", 1, Rational(0)),)))


def perform(moves, *, quick: bool) -> tuple[Performance, list, int]:
    """Play live: time passes by pieces, bars come when they are let, workers die."""
    live = Performance(ThreadWorkers(permits=-1 if quick else 0), reserve=True)
    live.scheduler.begin()
    script = []
    for move in (*FIRST, *moves):
        match move:
            case ("time", steps):
                for _ in range(steps):
                    live.clock.advance(0.1)
                    live.tick()
            case ("play", steps):
                for step in range(steps):
                    live.clock.advance(0.1)
                    live.tick()
                    if not quick and step % 10 == 0:
                        live.workers.permit(1, live.composer)
            case ("bars", count) if not quick:
                live.workers.permit(count, live.composer)
            case ("die",) if len(live.workers.started) < 4:  # beyond, the runner takes its time
                live.workers.settle(live.composer)
                live.workers.kill()
            case ("die",) | ("bars", _):
                pass
            case action:
                edge = live.scheduler.uncommitted()
                script.append((edge, action))
                live.do(edge, action)
        live.tick()
    return live, script, floor(live.scheduler.cycle_now())


def render(script, cycles: int, late=frozenset()) -> Performance:
    """Play the same offline."""
    straight = Performance(ThreadWorkers(), late)
    for edge, action in script:
        straight.scheduler.run_until(edge)
        straight.do(edge, action)
    straight.scheduler.run_until(cycles)
    return straight


def check(moves, *, quick: bool) -> None:
    live, script, cycles = perform(moves, quick=quick)
    straight = render(script, cycles, frozenset(live.desk.late))
    try:
        assert straight.heard(cycles) == live.heard(cycles)
        assert sorted(live.told) == sorted(live.desk.late)
        assert straight.told == []
    finally:
        live.composer.close()
        straight.composer.close()


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(own, min_size=20, max_size=60))
def test_a_replay_gives_the_notes_of_the_performance(moves):
    check(moves, quick=False)


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(shared, min_size=15, max_size=40))
def test_so_does_one_whose_tracks_share_a_network_that_is_in_time(moves):
    check(moves, quick=True)
