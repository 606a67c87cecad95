"""However a stream is cut, asked and reordered within one order of first asks, it is the same."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livecoder.core.errors import NotReadyError
from livecoder.core.rational import Rational
from livecoder.models.ahead import Composer
from livecoder.studio.stream import Settings, StreamDesk
from tests.fakes.walk import Walk
from tests.fakes.workers import ThreadWorkers

BEATS = Rational(4)


@pytest.fixture(scope="module")
def composer():
    made = Composer(loaders={"walk": "tests.fakes.walk:load"}, launch=ThreadWorkers())
    yield made
    made.close()


def opened(composer, seed=1):
    desk = StreamDesk(
        composer, seed=seed, beats_of_bar=lambda _bar: BEATS, on_late=lambda *_late: None
    )
    return desk, desk.open("walk", "w", Settings())


def answer(desk, stream, begin, end):
    desk.enter(begin)
    while True:
        try:
            return stream.query(begin, end)
        except NotReadyError as error:
            error.wait(20)


def onsets(haps):
    return [(hap.whole, hap.value["note"]) for hap in haps if hap.has_onset]


cuts = st.lists(
    st.fractions(min_value=0, max_value=6, max_denominator=24), max_size=12, unique=True
).map(sorted)


@given(cuts, st.integers(0, 3))
def test_streamed_equals_whole(composer, cuts, seed):
    desk, stream = opened(composer, seed)
    whole = answer(desk, stream, Rational(0), Rational(6))
    desk, stream = opened(composer, seed)
    times = [Rational(0), *(Rational(c.numerator, c.denominator) for c in cuts), Rational(6)]
    pieces = [
        hap
        for begin, end in pairwise(times)
        if begin < end
        for hap in answer(desk, stream, begin, end)
    ]
    assert onsets(pieces) == onsets(whole)
    assert sum(hap.part.end - hap.part.begin for hap in pieces) == sum(
        hap.whole.end - hap.whole.begin for hap in whole
    )


@given(st.integers(0, 5))
def test_a_stream_is_the_model_walked_by_hand(composer, seed):
    desk, stream = opened(composer, seed)
    heard = [note for _, note in onsets(answer(desk, stream, Rational(0), Rational(5)))]
    model = Walk()
    state, expected = model.initial((), beats=Rational(0)), []
    entries = desk._books["w"].ledger.entries
    for bar in range(5):
        notes, state = model.compose(state, entries[bar].task.request)
        expected += [note.pitch for note in notes]
    assert heard == expected
    assert len({entries[bar].task.request.seed for bar in range(5)}) == 5


@given(st.permutations(range(5)))
def test_bars_already_asked_are_the_same_in_any_order(composer, order):
    desk, stream = opened(composer)
    first = [answer(desk, stream, Rational(bar), Rational(bar + 1)) for bar in range(5)]
    again = {bar: answer(desk, stream, Rational(bar), Rational(bar + 1)) for bar in order}
    assert [again[bar] for bar in range(5)] == first
