"""`generate`: takes by workers, measures, order, and patterns of the best."""

from __future__ import annotations

import pytest

from livecoder.core.errors import RangeError, UnknownNameError
from livecoder.core.events import Note
from livecoder.core.rational import Rational
from livecoder.models.ahead import Composer
from livecoder.session.offline import perform
from livecoder.session.script import parse
from livecoder.studio.measures import Measures, measured, with_likelihood
from livecoder.studio.settings import Settings
from livecoder.studio.takes import Batch
from tests.fakes.workers import ThreadWorkers

BEATS = Rational(4)
LOADERS = {"melody_rnn": "tests.fakes.walk:load", "drums_rnn": "tests.fakes.walk:load"}


def bar(*notes):
    return tuple(Note(Rational(at), Rational(length), float(p)) for at, length, p in notes)


SCALE = bar((0, 1, 60), (1, 1, 64), (2, 1, 67), (3, 1, 72))
OTHER = bar((0, 1, 62), (1, "1/2", 65), ("3/2", "1/2", 69), (2, 2, 67))


@pytest.fixture
def composer():
    made = Composer(loaders=LOADERS, launch=ThreadWorkers())
    yield made
    made.close()


def played(composer, *lines, bars=4):
    performed = perform(parse("\n".join(lines), "x.py"), bars=bars, composer=composer)
    assert not performed.problems, performed.problems
    return performed


def notes(performed, track="d1"):
    return [(event.beat, event.controls["note"]) for event in performed.tracks.get(track, ())]


def test_what_comes_back_is_better_than_a_copy_and_than_nothing_twice() -> None:
    copy = measured([SCALE] * 4, BEATS).repetition
    some = measured([SCALE, OTHER, SCALE, bar((0, 2, 61), (3, 1, 66))], BEATS).repetition
    none = measured([SCALE, bar(("1/4", 1, 61)), bar(("3/4", 1, 59))], BEATS).repetition
    assert copy == none == 0
    assert some > 0.5


def test_notes_of_one_key_are_clearer_than_all_twelve() -> None:
    chromatic = bar(*((Rational(i, 4), Rational(1, 4), 60 + i) for i in range(11)))
    assert measured([SCALE], BEATS).tonal > measured([chromatic], BEATS).tonal
    assert measured([bar((0, 1, 60), (1, 1, 60))], BEATS).range == 0
    assert measured([SCALE], BEATS).range == 1
    assert measured([bar((0, 1, 40), (1, 1, 90))], BEATS).range == 0


def test_density_is_held_against_what_was_asked_for() -> None:
    eighths = bar(*((Rational(i, 2), Rational(1, 2), 60) for i in range(8)))
    assert measured([eighths], BEATS).density == 1
    assert measured([eighths], BEATS, density=4).density == 1
    assert measured([eighths], BEATS, density=2).density == 0.5
    assert measured([eighths], BEATS, density=0.5).density == 0


def test_a_march_and_a_stumble_are_worse_rhythms_than_what_swings_between() -> None:
    march = measured([SCALE], BEATS).rhythm
    stumble = bar(*((Rational(i, 7), Rational(1, 7), 60) for i in range(1, 6)))
    mixed = bar((0, 1, 60), ("1/2", 1, 62), (2, 1, 64), ("11/4", 1, 65))
    assert march == 0
    assert measured([stumble], BEATS).rhythm == 0
    assert measured([mixed], BEATS).rhythm == 1


def test_drums_have_no_key_and_silence_has_nothing() -> None:
    assert measured([SCALE], BEATS, drums=True).tonal is None
    assert measured([()], BEATS).score() == 0
    assert measured([()], BEATS, drums=True).score() == 0


def test_weights_and_likelihood() -> None:
    held = Measures(tonal=1.0, rhythm=0.0)
    assert held.score({"rhythm": 0}) == 1
    with pytest.raises(UnknownNameError, match="did you mean 'tonal'"):
        held.score({"tonl": 2})
    with pytest.raises(RangeError, match="ranked"):
        held.score({"tonal": -1})
    told = with_likelihood([held] * 3, [2.0, 1.0, 3.0])
    assert [one.likelihood for one in told] == [0.5, 1.0, 0.0]
    assert with_likelihood([held] * 2, [2.0, None]) == [held] * 2


def test_takes_are_composed_in_order_and_forgotten(composer) -> None:
    def batch():
        return Batch(
            composer, "melody_rnn", Settings(), name="m 1", seed=3, bars=3, variations=4,
            beats=BEATS,
        )  # fmt: skip

    first, second = batch(), batch()
    while not first.wait(0.1):
        pass
    takes = first.takes()
    assert [take.number for take in takes] == [1, 2, 3, 4]
    assert all(len(take.bars) == 3 for take in takes)
    assert len({take.bars for take in takes}) == 4
    assert composer.figures().open == 0
    second = batch()
    while not second.wait(0.1):
        pass
    assert second.takes() == takes
    assert not composer._bars


def test_a_batch_that_is_given_up_is_composed_no_more() -> None:
    workers = ThreadWorkers(permits=2)
    made = Composer(loaders=LOADERS, launch=workers)
    batch = Batch(
        made, "melody_rnn", Settings(), name="m", seed=3, bars=4, variations=8, beats=BEATS
    )
    workers.settle(made)
    assert batch.done == 2
    assert not batch.wait(0.001)
    batch.forget()
    assert made.figures().open <= 1
    made.close()


def test_what_plays_is_composed_before_takes() -> None:
    from livecoder.core.protocols import BarRequest
    from livecoder.models.ahead import Task

    workers = ThreadWorkers(permits=0)
    made = Composer(loaders=LOADERS, launch=workers)
    batch = Batch(
        made, "melody_rnn", Settings(), name="m", seed=3, bars=4, variations=8, beats=BEATS
    )
    workers.settle(made)  # one bar of them is under way
    made.request(Task("heard", "melody_rnn", BarRequest(bar=0, seed=1, beats=BEATS)), 1e6)
    workers.settle(made)
    workers.permit(2, made)
    assert made.ready("heard")
    assert batch.done == 1
    made.close()


def test_the_best_take_plays_and_a_replay_plays_the_same(composer) -> None:
    lines = (
        "takes = generate(melody_rnn, bars=2, variations=5, temperature=1.5)",
        "order = takes.ranked(tonal=2)",
        "assert len(takes) == 5 and len(order.take(3)) == 3 and order[0] is order.best()",
        "assert [c.score for c in order] == sorted((c.score for c in order), reverse=True)",
        "assert {c.take.number for c in takes} == {1, 2, 3, 4, 5}",
        "d1 >> order.best().s('keys'); d2 >> takes.best().fast(2)",
    )
    heard = played(composer, *lines)
    assert heard.tracks == played(composer, *lines).tracks
    first, second = (
        [(at - begin, note) for at, note in notes(heard) if begin <= at < begin + 8]
        for begin in (0, 8)
    )
    assert first
    assert first == second  # it goes round
    other = played(composer, "d1 >> generate(melody_rnn, variations=5).best()")
    assert notes(other) != notes(heard)


def test_an_audition_plays_each_once_from_the_next_bar(composer) -> None:
    lines = (
        "takes = generate(melody_rnn, bars=1, variations=3)",
        "# bar 2",
        "takes.audition(d4)",
        "for n, take in enumerate(takes):",
        "    track(f'take {n}') >> take",
    )
    heard = played(composer, *lines, bars=6)
    for n in range(3):
        turn = [(at, note) for at, note in notes(heard, "d4") if 4 + 4 * n <= at < 8 + 4 * n]
        alone = [(at, note) for at, note in notes(heard, f"take {n}") if at < 8]
        assert [(at - 4 * n, note) for at, note in turn] == alone
    assert all(4 <= at < 16 for at, _ in notes(heard, "d4"))
    assert {event.controls["s"] for event in heard.tracks["d4"]} == {"keys"}


def test_drums_are_auditioned_on_a_kit(composer) -> None:
    composer._loaders = {"drums_rnn": "tests.unit.test_generate:load_kick"}
    heard = played(composer, "generate(drums_rnn, bars=1, variations=1).audition()")
    assert {event.controls["s"] for event in heard.tracks["audition"]} == {"kit808"}


class Kick:
    def initial(self, primer, *, beats):
        return 0

    def compose(self, state, request):
        return (Note(Rational(0), Rational(1), 36.0),), state

    def freeze(self, state):
        return b"0"

    def thaw(self, data):
        return 0


def load_kick():
    return Kick()


def test_a_network_that_is_refused_says_so() -> None:
    made = Composer(loaders={"melody_rnn": "tests.fakes.walk:load_broken"}, launch=ThreadWorkers())
    performed = perform(parse("generate(melody_rnn).best()", "x.py"), bars=1, composer=made)
    made.close()
    assert "cut short" in performed.problems[0]


def test_takes_can_be_awaited(composer) -> None:
    heard = played(
        composer, "takes = await generate(melody_rnn, bars=1, variations=2)", "d1 >> takes.best()"
    )
    assert notes(heard)
