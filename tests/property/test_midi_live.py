"""A hand on a knob and on the keys: what is heard live is what a replay of the journal plays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from livecoder.clock.scheduler import Scheduler
from livecoder.core.events import Configure, Event, Incoming
from livecoder.core.rational import Rational
from livecoder.patterns.vocabulary import s
from livecoder.session.events import event_of
from livecoder.session.midi_in import MidiIn
from livecoder.session.midi_words import MidiWords
from tests.fakes.clock import FakeClock
from tests.fakes.output import RecordingOutput

TURN = 0.02
# A bar lasts two seconds.
SECONDS = 4.0
LOOKAHEAD = 0.12

Words = dict[str, Callable[..., Any]]
PIECES: dict[str, Callable[[Words], Any]] = {
    "a filter": lambda w: s("pluck*96").ctrl("cutoff", w["cc"](74)),
    "two knobs": lambda w: s("pluck*8").gain(w["cc"](7)).ctrl("pan", w["cc"]("bend")),
    "one bar in two": lambda w: s("pluck*8").every(2, lambda p: p.gain(w["cc"](74))),
    "keys": lambda w: w["midi_in"]().s("pluck"),
    "keys and a knob": lambda w: w["midi_in"]("*", 1).s("pluck").gain(w["cc"](74)),
}


def scheduler_of(output: RecordingOutput, clock: FakeClock, desk: list[MidiIn]) -> Scheduler:
    return Scheduler(
        None,
        clock,
        output,
        lambda _track, hap, tempo: event_of(hap, tempo.beat_of_cycle, tempo.bpm_at),
        on_window=lambda cycle: desk[0].enter(cycle),
    )


class Live:
    """A session at 120 beats a minute in which time passes only when it is told to."""

    def __init__(self) -> None:
        self.output, self.clock = RecordingOutput(), FakeClock()
        self.told = RecordingOutput()
        self.kept: list[tuple[str, str]] = []
        desks: list[MidiIn] = []
        self.scheduler = scheduler_of(self.output, self.clock, desks)
        self.desk = MidiIn(
            self.scheduler,
            self.told,
            lambda name, text: self.kept.append((name, text)),
            now_ns=self.clock.now_ns,
        )
        desks.append(self.desk)
        self.words = MidiWords(self.desk, self.scheduler.uncommitted).commands()
        self.scheduler.begin(0)

    def play(self, piece: Any, comes: list[tuple[float, bytes]], seconds: float = SECONDS) -> None:
        """Play a piece while messages come in, at seconds."""
        self.scheduler.set("d1", piece, at=0)
        coming = sorted(comes, key=lambda one: one[0])
        for turn in range(round(seconds / TURN)):
            self.scheduler.tick()
            until = (turn + 1) * TURN
            while coming and coming[0][0] < until:
                at, data = coming.pop(0)
                self.clock.advance(max(0.0, at - self.clock.now_ns() / 1e9))
                self.desk.hear(Incoming("*", ((round(at * 1e9), data),)))
            self.clock.advance(max(0.0, until - self.clock.now_ns() / 1e9))
        self.desk.write_out()

    def heard(self) -> list[Event]:
        return self.output.queues.get("d1", [])


def again(name: str, kept: list[tuple[str, str]], cycles: int) -> list[Event]:
    """Render a piece with what a journal kept."""
    output, desks = RecordingOutput(), list[MidiIn]()
    scheduler = scheduler_of(output, FakeClock(), desks)
    desks.append(MidiIn(scheduler))
    for line in kept:
        desks[0].load(*line)
    words = MidiWords(desks[0], scheduler.uncommitted).commands()
    scheduler.set("d1", PIECES[name](words), at=0)
    scheduler.run_until(cycles)
    return output.queues.get("d1", [])


seconds = st.integers(0, 2800).map(lambda ms: ms / 1000)
knobs = st.tuples(
    seconds,
    st.one_of(
        st.builds(lambda c, v: bytes((0xB0, c, v)), st.sampled_from([7, 74]), st.integers(0, 127)),
        st.builds(lambda v: bytes((0xE0, v, v)), st.integers(0, 127)),
    ),
)
keys = st.tuples(
    seconds,
    st.builds(
        lambda status, key, velocity: bytes((status, key, velocity)),
        st.sampled_from([0x90, 0x80, 0x91, 0x81]),
        st.integers(60, 63),
        st.integers(0, 127),
    ),
)


@given(st.sampled_from(sorted(PIECES)), st.lists(st.one_of(knobs, keys), max_size=30))
@example("two knobs", [(0.2, b"\xe0\\\\"), (1.2, b"\xe0;;"), (1.2, b"\xe0\\\\")])  # there and back
@example("keys", [(0.247, b"\x91=y"), (0.247, b"\x90=z")])  # at one moment
@settings(max_examples=60)
def test_a_replay_hears_what_was_heard(name: str, comes: list[tuple[float, bytes]]) -> None:
    live = Live()
    live.play(PIECES[name](live.words), comes)
    # Keys that are still down are in no journal yet: they are let go at the end.
    ends = [(SECONDS, bytes((0x80 | c, key, 0))) for c in (0, 1) for key in range(60, 64)]
    live.desk.hear(Incoming("*", tuple((round(at * 1e9), data) for at, data in ends)))
    live.desk.write_out()
    heard = live.heard()
    played = again(name, live.kept, 3)
    last = live.output.horizons["d1"]
    assert heard == [event for event in played if event.beat < last]
    assert live.scheduler.statistics().late == 0


def test_a_knob_is_heard_within_the_lookahead_and_two_turns() -> None:
    live = Live()
    piece = s("pluck*192").gain(live.words["cc"](74))
    live.play(piece, [(1.0, b"\xb0\x4a\x7f")])
    first = next(event for event in live.heard() if event.controls["gain"] == 1.0)
    delay = float(first.beat) * 0.5 - 1.0
    assert LOOKAHEAD <= delay <= LOOKAHEAD + 2 * TURN + 0.011 * 2


def test_played_notes_keep_their_rhythm_and_are_held_like_the_one_before() -> None:
    live = Live()
    strokes = [(0.5 + 0.137 * i, bytes((0x90, 60 + i, 100))) for i in range(8)]
    ends = [(at + 0.05, bytes((0x80, data[1], 0))) for at, data in strokes]
    live.play(live.words["midi_in"]().s("pluck"), [*strokes, *ends])
    heard = live.heard()
    delays = [float(e.beat) * 0.5 - at for e, (at, _) in zip(heard, strokes, strict=True)]
    assert max(delays) - min(delays) < 0.0002
    assert LOOKAHEAD <= delays[0] <= LOOKAHEAD + 0.041
    assert heard[0].duration == 1
    assert all(abs(float(event.duration) * 0.5 - 0.05) < 0.0002 for event in heard[1:])


def test_a_key_that_is_still_down_plays_for_its_hold() -> None:
    live = Live()
    live.play(live.words["midi_in"](hold="1/8").s("pluck"), [(0.5, b"\x90\x3c\x40")], 2.0)
    assert [event.duration for event in live.heard()] == [Rational(1, 2)]


def test_what_is_captured_is_what_was_played_by_its_time_stamps() -> None:
    live = Live()
    steps = (0, 3, 6, 8, 11, 14)
    sent = [(0.002 + step / 8 + 0.001 * (step % 3), bytes((0x90, 60, 64))) for step in steps]
    live.desk.listen("*")
    # The messages come late, and all at once: what counts is when they were sent.
    live.play(s("pluck"), [], 1.9)
    live.desk.hear(Incoming("*", tuple((round(at * 1e9), data) for at, data in sent)))
    live.play(s("pluck"), [], 1.0)
    drawn = live.words["capture"](1, grid=16).query(0, 1)
    assert [hap.whole.begin * 16 for hap in drawn if hap.has_onset] == list(steps)
    free = [hap.whole.begin for hap in live.words["capture"](1).query(0, 1) if hap.has_onset]
    assert max(abs(float(b) * 2 - at) for b, (at, _) in zip(free, sent, strict=True)) < 0.0001


def test_the_next_controller_that_is_moved_gets_the_name() -> None:
    live = Live()
    kept = list[str]()
    said = list[str]()
    words = MidiWords(live.desk, live.scheduler.uncommitted, said.append, kept.append).commands()
    learning = words["learn"]("knob 1")
    assert repr(learning) == "move a controller now, and it is 'knob 1'"
    assert live.told.orders == [Configure({"listen": ("*",)})]
    # Keys, parameters being selected, and aftertouch are no controllers to be taught.
    for data in (b"\x90\x3c\x40", b"\xb0\x63\x01", b"\xd0\x10", b"\xb2\x15\x40"):
        live.desk.hear(Incoming("*", ((1, data),)))
    assert kept == ["knob('knob 1', 21, port='*', channel=3)"]
    assert said == ["'knob 1' is cc 21, channel 3"]
    piece = s("pluck*4").gain(words["cc"]("knob 1"))
    live.play(piece, [(0.1, b"\xb2\x15\x7f"), (0.2, b"\xb0\x15\x00")], 2.0)
    assert live.heard()[-1].controls["gain"] == 1.0


def test_a_flood_is_bounded_in_the_journal() -> None:
    live = Live()
    live.words["cc"](74)
    for number in range(20_000):
        live.desk.hear(Incoming("*", ((number, bytes((0xB0, 74, number % 128))),)))
        if number % 1000 == 0:
            live.clock.advance(0.02)
    live.desk.write_out()
    assert sum(len(text.split()) for _, text in live.kept) <= 100
