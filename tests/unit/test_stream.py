"""Streams one at a time: settings, late bars, probing, priming, forgetting."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from livecoder.core.errors import (
    DeviceError,
    ModelFileError,
    NotReadyError,
    RangeError,
    UnknownNameError,
)
from livecoder.core.events import Note
from livecoder.core.rational import Rational
from livecoder.models.ahead import Composer
from livecoder.patterns.pattern import Pattern
from livecoder.studio.ledger import Ledger, Reach
from livecoder.studio.stream import Settings, StreamDesk
from livecoder.theory.scales import parse_key
from tests.fakes.workers import ThreadWorkers

LOADERS = {"walk": "tests.fakes.walk:load", "broken": "tests.fakes.walk:load_broken"}


class Room:
    def __init__(
        self, permits: int = -1, *, seed: int = 1, late=(), reach=None, slow=(), reserve=False
    ) -> None:
        self.workers = ThreadWorkers(permits)
        self.composer = Composer(loaders=LOADERS, slow=slow, launch=self.workers)
        self.told: list[tuple[str, int]] = []
        self.beats = {}
        self.desk = StreamDesk(
            self.composer,
            seed=seed,
            beats_of_bar=lambda bar: self.beats.get(bar, Rational(4)),
            on_late=lambda name, bar: self.told.append((name, bar)),
            reach=reach or Reach(),
            reserve=reserve,
        )
        self.desk.late.update(late)

    def ask(self, stream: Pattern, bar, window=None):
        self.desk.enter(Rational(bar if window is None else window))
        while True:
            try:
                return stream.query(bar, bar + 1)
            except NotReadyError as error:
                error.wait(20)

    def bars(self, stream: Pattern, bars):
        return [pitches(self.ask(stream, bar)) for bar in bars]


def pitches(haps):
    return [hap.value["note"] for hap in haps]


@pytest.fixture
def room():
    rooms = []

    def make(*args, **kwargs) -> Room:
        rooms.append(Room(*args, **kwargs))
        return rooms[-1]

    yield make
    for made in rooms:
        made.composer.close()


def test_a_stream_is_a_pattern_of_notes(room):
    here = room()
    stream = here.desk.open("walk", "w", Settings(temperature=1.1))
    haps = here.ask(stream, 3)
    assert isinstance(stream, Pattern)
    assert repr(stream) == "walk(temperature=1.1)"
    assert haps[0].whole.begin == 3
    assert haps[-1].whole.end == 4
    assert set(haps[0].value) == {"note", "velocity"}


def test_the_notes_follow_from_session_stream_seed_and_take(room):
    def first(seed=1, name="w", **settings):
        here = room(seed=seed)
        return here.bars(here.desk.open("walk", name, Settings(**settings)), range(3))

    heard = [first(), first(seed=2), first(name="v"), first(seed=1, take=1)]
    heard += [
        Room.bars(made, made.desk.open("walk", "w", Settings(seed=4)), range(3))
        for made in [room()]
    ]
    assert first() == heard[0]
    assert len({str(bars) for bars in heard}) == 5


def test_settings_act_from_their_bar(room):
    plain, here = room(), room()
    expected = plain.bars(plain.desk.open("walk", "w", Settings()), range(6))
    stream = here.desk.open("walk", "w", Settings())
    here.desk.retune(stream, Rational(3), replace(Settings(), key=parse_key("c:major:pentatonic")))
    heard = here.bars(stream, range(6))
    assert heard[:3] == expected[:3]
    allowed = parse_key("c:major:pentatonic").pitch_classes
    assert all(pitch % 12 in allowed for bar in heard[3:] for pitch in bar)
    assert not all(pitch % 12 in allowed for bar in expected[3:] for pitch in bar)


def test_again_composes_other_bars_and_only_from_its_bar(room):
    plain, here = room(), room()
    expected = plain.bars(plain.desk.open("walk", "w", Settings()), range(4))
    stream = here.desk.open("walk", "w", Settings())
    assert here.bars(stream, range(4)) == expected
    here.desk.again(stream, Rational(2))
    here.desk.withdraw(stream, Rational(2))
    heard = here.bars(stream, range(4))
    assert heard[:2] == expected[:2]
    assert heard[2:] != expected[2:]


def test_prime_goes_on_from_the_phrase(room):
    here = room()
    stream = here.desk.open("walk", "w", Settings(temperature=0.1))
    here.bars(stream, range(2))
    phrase = tuple(Note(Rational(i, 4), Rational(1, 4), 80.0) for i in range(4))
    here.desk.prime(stream, Rational(2), (phrase, Rational(1)))
    entry = here.bars(stream, [2])
    task = here.desk._books["w"].ledger.entries[2].task
    assert task.parent is None
    assert [note.onset for note in task.primer] == [0, 1, 2, 3]
    assert task.primer_beats == 4
    assert abs(entry[0][0] - 80) <= 2
    here.bars(stream, [3])
    assert here.desk._books["w"].ledger.entries[3].task.parent == task.key


def test_withdrawn_bars_are_asked_anew_and_composed_once(room):
    here = room()
    stream = here.desk.open("walk", "w", Settings())
    before = here.bars(stream, range(5))
    here.workers.settle(here.composer)
    composed = here.desk.figures().composed
    here.desk.withdraw(stream, Rational(2))
    assert here.bars(stream, range(5)) == before
    here.workers.settle(here.composer)
    assert here.desk.figures().composed == composed


def test_a_late_bar_repeats_the_one_before_and_the_melody_goes_on(room):
    plain = room()
    straight = plain.bars(plain.desk.open("walk", "w", Settings()), range(5))
    here = room(permits=0)
    stream = here.desk.open("walk", "w", Settings())
    here.desk.enter(Rational(0))
    with pytest.raises(NotReadyError):
        stream.query(0, 1)
    here.workers.permit(2, here.composer)
    assert here.bars(stream, range(2)) == straight[:2]
    here.desk.enter(Rational(2))
    with pytest.raises(NotReadyError) as caught:
        stream.query(2, 3)
    caught.value.concede()
    assert pitches(stream.query(2, 3)) == straight[1]
    assert here.told == [("w", 2)]
    here.workers.permit(50, here.composer)
    assert here.bars(stream, range(2, 5)) == [straight[1], *straight[3:]]
    assert here.desk.figures().late == 1

    replayed = room(late=here.desk.late)
    heard = replayed.bars(replayed.desk.open("walk", "w", Settings()), range(5))
    assert heard == [*straight[:2], straight[1], *straight[3:]]
    assert replayed.told == []


def test_a_first_bar_that_is_late_is_silent_and_one_in_another_key_is_in_it(room):
    here = room(permits=0)
    stream = here.desk.open("walk", "w", Settings())
    here.desk.enter(Rational(0))
    with pytest.raises(NotReadyError) as caught:
        stream.query(0, 1)
    caught.value.concede()
    assert stream.query(0, 1) == []
    here.workers.permit(2, here.composer)
    key = parse_key("f#:major")
    heard = here.ask(stream, 1)
    assert not all(note % 12 in key.pitch_classes for note in pitches(heard))
    here.desk.retune(stream, Rational(2), Settings(key=key))
    here.desk.enter(Rational(2))
    with pytest.raises(NotReadyError) as caught:
        stream.query(2, 3)
    caught.value.concede()
    moved = stream.query(2, 3)
    assert len(moved) == len(heard)
    assert all(note % 12 in key.pitch_classes for note in pitches(moved))


def test_a_late_bar_is_cut_to_a_shorter_bar(room):
    here = room(permits=1)
    stream = here.desk.open("walk", "w", Settings())
    long = here.ask(stream, 0)
    here.beats = {1: Rational(2)}
    here.desk.enter(Rational(1))
    with pytest.raises(NotReadyError) as caught:
        stream.query(1, 2)
    caught.value.concede()
    assert pitches(stream.query(1, 2)) == [h.value["note"] for h in long if h.whole.begin < 0.5]
    assert all(hap.whole.end <= 2 for hap in stream.query(1, 2))


def test_a_bar_that_arrives_before_it_is_conceded_is_not_late(room):
    here = room(permits=0)
    stream = here.desk.open("walk", "w", Settings())
    here.desk.enter(Rational(0))
    with pytest.raises(NotReadyError) as caught:
        stream.query(0, 1)
    here.workers.permit(1, here.composer)
    caught.value.concede()
    assert here.told == []
    assert stream.query(0, 1)


def test_waiting_for_a_bar_that_does_not_come_says_what_to_do(room):
    here = room(permits=0)
    stream = here.desk.open("walk", "w", Settings())
    here.desk.enter(Rational(0))
    with pytest.raises(NotReadyError) as caught:
        stream.query(0, 1)
    with pytest.raises(DeviceError, match="doctor"):
        caught.value.wait(0.01)


def test_two_bars_are_composed_ahead(room):
    here = room()
    stream = here.desk.open("walk", "w", Settings())
    here.ask(stream, 0)
    here.workers.settle(here.composer)
    assert here.desk.figures().ahead == {"w": 2}
    here.desk.enter(Rational(1))
    assert stream.query(1, 3)


def test_another_take_of_a_slow_network_is_there_before_it_is_asked_for(room):
    def again(here):
        stream = here.desk.open("walk", "w", Settings())
        heard = here.bars(stream, range(3))
        here.workers.settle(here.composer)
        here.workers.permits = 0  # from here on nothing is composed
        here.desk.again(stream, Rational(2))
        here.desk.withdraw(stream, Rational(2))
        here.desk.enter(Rational(2))
        return heard, stream

    here = room(slow={"walk"}, reserve=True)
    heard, stream = again(here)
    other = pitches(stream.query(2, 3))
    assert other != heard[2]
    waiting = room()
    _, stream = again(waiting)
    with pytest.raises(NotReadyError):
        stream.query(2, 3)
    waiting.workers.permit(1, waiting.composer)
    assert pitches(stream.query(2, 3)) == other
    quick = room(reserve=True)
    _, stream = again(quick)
    with pytest.raises(NotReadyError):
        stream.query(2, 3)


def test_takes_nobody_asked_for_do_not_pile_up(room):
    here = room(slow={"walk"}, reserve=True)
    stream = here.desk.open("walk", "w", Settings())
    here.bars(stream, range(3))
    here.workers.settle(here.composer)
    here.workers.permits = 0
    here.bars(stream, range(3, 5))
    assert here.composer.figures().open == 3  # two bars that are foreseen, another take of one


def test_probing_asks_nobody(room):
    here = room(permits=0)
    stream = here.desk.open("walk", "w", Settings())
    other = here.desk.open("walk", "v", Settings())
    with here.desk.probing() as asked:
        haps = stream.query(0, 2)
        stream.query(Rational(5, 2), Rational(5, 2))
    assert asked == [stream]
    assert other not in asked
    assert [(hap.whole.begin, hap.value["note"]) for hap in haps] == [(0, 60.0), (1, 60.0)]
    assert here.composer.figures().open == 0


def test_probing_is_of_one_thread_only(room):
    here = room()
    stream = here.desk.open("walk", "w", Settings())
    heard = []
    with here.desk.probing():
        thread = threading.Thread(target=lambda: heard.append(here.ask(stream, 0)))
        thread.start()
        thread.join()
        assert len(heard[0]) != len(stream.query(0, 1))


def test_a_stream_nobody_plays_is_not_composed(room):
    here = room(permits=0)
    stream = here.desk.open("walk", "w", Settings())
    with pytest.raises(NotReadyError, match="a track that plays it") as caught:
        stream.query(0, 1)
    with pytest.raises(DeviceError):
        caught.value.wait(5)
    assert here.composer.figures().open == 0


def test_no_window_is_asked_of_a_half_changed_performance(room):
    here = room(permits=1)
    stream = here.desk.open("walk", "w", Settings())
    here.ask(stream, 0)
    answers = []

    def ask(window) -> None:
        here.desk.enter(Rational(window))
        try:
            stream.query(window, window + 1)
        except NotReadyError as error:
            answers.append(str(error))

    with ThreadPoolExecutor(1) as scheduler:
        with here.desk.editing(Rational(3)):
            scheduler.submit(ask, 4).result()
        assert "being changed" in answers[0]
        # The first window after the edit may have been chosen before it was known.
        scheduler.submit(ask, 5).result()
        assert "being changed" in answers[1]
        assert list(here.desk._books["w"].ledger.entries) == [0]
        scheduler.submit(ask, 5).result()
        assert "is composing bar 6" in answers[2]


def test_wrong_settings_say_what_to_type():
    for wrong in ({"temperature": 0.0}, {"temperature": float("nan")}, {"lowest": 90}):
        with pytest.raises(RangeError, match="try"):
            Settings(**wrong)


def test_an_unknown_model_and_a_name_taken_twice(room):
    here = room()
    with pytest.raises(UnknownNameError, match="melody_rnn"):
        here.desk.open("melody_rn", "w", Settings())
    here.desk.open("walk", "w", Settings())
    with pytest.raises(ValueError, match="two streams"):
        here.desk.open("walk", "w", Settings())


def test_a_closed_stream_frees_its_name(room):
    here = room()
    first = here.desk.open("walk", "w", Settings())
    heard = here.bars(first, range(2))
    here.desk.close(first)
    assert here.bars(here.desk.open("walk", "w", Settings()), range(2)) == heard


def test_refused_weights_are_an_error_of_the_track(room):
    here = room()
    stream = here.desk.open("broken", "w", Settings())
    with pytest.raises(ModelFileError, match="cut short"):
        here.ask(stream, 0)


def test_what_is_kept_is_bounded(room):
    here = room(reach=Reach(chain=4, memory=10, horizon=2))
    stream = here.desk.open("walk", "w", Settings())
    for bar in range(60):
        here.ask(stream, bar)
    ledger = here.desk._books["w"].ledger
    assert len(ledger.entries) < 10
    assert 0 < len(ledger.past) < 14
    bars = here.composer._bars.values()
    # What was composed ahead of bars asked for, and nothing of long ago.
    assert len(bars) < 40
    assert sum(bar.snapshot is not None for bar in bars) < 24


def test_a_bar_of_long_ago_is_still_the_same(room):
    here = room(reach=Reach(chain=4, memory=30, horizon=2))
    stream = here.desk.open("walk", "w", Settings())
    first = here.bars(stream, range(24))
    assert 3 in here.desk._books["w"].ledger.past
    assert pitches(here.ask(stream, 3, window=24)) == first[3]


def test_a_stream_muted_for_long_goes_on_from_where_it_was(room):
    here = room(reach=Reach(chain=4, memory=10, horizon=2))
    stream = here.desk.open("walk", "w", Settings())
    here.bars(stream, range(3))
    here.bars(stream, range(100, 103))
    entries = here.desk._books["w"].ledger.entries
    assert entries[100].task.parent == entries[2].task.key


def test_the_rule_of_the_ledger():
    def ledger(*asks):
        made = Ledger("w", "walk", 1, Settings())
        for window, bar in asks:
            made.ask(bar, Rational(window), Rational(4))
        return made

    def parent(made, bar):
        key = made.entries[bar].task.parent
        return next((e.bar for e in made.entries.values() if e.task.key == key), None)

    forward = ledger((0, 0), (1, 1), (2, 2))
    assert [parent(forward, bar) for bar in range(3)] == [None, 0, 1]
    jumped = ledger((0, 0), (1, 1), (5, 9), (6, 2))
    assert [parent(jumped, bar) for bar in (9, 2)] == [1, 1]
    later = ledger((0, 0), (3, 3), (2, 1), (2, 7))
    assert [parent(later, bar) for bar in (1, 7)] == [0, 1]
    edited = ledger((0, 0), (1, 1), (2, 2))
    edited.withdraw(Rational(1))
    edited.ask(5, Rational(1), Rational(4))
    assert parent(edited, 5) == 0
