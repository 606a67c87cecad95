"""The laws, held by every word of the vocabulary: called as it is documented, on what moves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livecoder.core.rational import Rational
from livecoder.patterns.controls import ControlWord
from livecoder.patterns.operators import ALIGNMENTS
from livecoder.patterns.verbs import VERBS
from livecoder.patterns.vocabulary import WORDS
from tests.property.pattern_material import (
    FACTORS,
    IN_TIME,
    TIMES,
    Example,
    changed,
    counted,
    few,
    glued,
    laws,
    onsets,
    words,
)

_RECEIVER = "mini('0 2 [4 7]')"
CALLS = [(name, example) for name, examples in words().items() for example in examples or ()]
CALLS += [
    (f"{name}.{how}", Example(f"{_RECEIVER}.{name}.{how}_('<1 2> 3')", dict(WORDS), _RECEIVER))
    for name in ("add", "set", "keepif")
    for how in sorted(ALIGNMENTS)
]
_ONE_WAY = [
    pair for pair in CALLS if not isinstance(VERBS.get(pair[0], WORDS.get(pair[0])), ControlWord)
]
_CONTROLS = [pair for pair in CALLS if pair not in _ONE_WAY]
each_call = pytest.mark.parametrize(
    "call", [call for _, call in _ONE_WAY], ids=[f"{name}: {call.text}" for name, call in _ONE_WAY]
)


def test_every_word_is_under_the_laws():
    uncovered = [name for name, examples in words().items() if examples == []]

    assert not uncovered, "give each an example in its docstring that plays"


def holds(call, before, after, begin, lengths):
    """Splitting, parts, and exact times: of what one call plays in one query and its two halves."""
    pattern = changed(call.pattern(call.held(before)), after)
    middle, end = begin + lengths[0], begin + lengths[0] + lengths[1]

    whole = pattern.query(begin, end)
    halves = pattern.query(begin, middle), pattern.query(middle, end)

    assert glued(whole) == glued(*halves)
    assert onsets(whole) == onsets(*halves)
    for hap in whole:
        assert begin <= hap.part.begin < hap.part.end <= end
        if hap.whole is not None:
            assert hap.whole.begin <= hap.part.begin < hap.part.end <= hap.whole.end
            for time in hap.whole:
                assert isinstance(time, Rational)
                assert time.denominator <= 10**6


LENGTHS = st.tuples(FACTORS, FACTORS)


@each_call
@laws(8)
@given(before=few(IN_TIME, 2), after=few(IN_TIME, 1), begin=TIMES, lengths=LENGTHS)
def test_a_query_split_anywhere_plays_the_same(call, before, after, begin, lengths):
    holds(call, before, after, begin, lengths)


@pytest.mark.parametrize(
    "call",
    [call for _, call in _CONTROLS],
    ids=[f"{name}: {call.text}" for name, call in _CONTROLS],
)
@laws(3)
@given(before=few(IN_TIME, 2), begin=TIMES, lengths=LENGTHS)
def test_controls_split_anywhere_play_the_same(call, before, begin, lengths):
    holds(call, before, [], begin, lengths)


@each_call
@laws(3)
@given(before=few(IN_TIME, 2), begin=TIMES)
def test_a_word_leaves_what_it_is_called_on_as_it_was(call, before, begin):
    held = call.held(before)
    if held is None:
        return
    first = held.query(begin, begin + 2)
    kept = repr(first)  # a value may be a pattern, which is equal to itself alone

    call.pattern(held).query(begin, begin + 2)

    assert repr(first) == kept
    assert repr(held.query(begin, begin + 2)) == kept


@each_call
@laws(3)
@given(before=few(IN_TIME, 2), begin=TIMES)
def test_answers_do_not_depend_on_what_was_asked_before_or_by_whom(call, before, begin):
    windows = [(begin + Rational(i, 4), begin + Rational(i + 1, 4)) for i in range(8)]

    def asked(order):
        pattern = call.pattern(call.held(before))
        return [counted(pattern.query(*windows[i])) for i in order]

    forwards = asked(range(8))
    assert asked(range(7, -1, -1)) == forwards[::-1]

    pattern = call.pattern(call.held(before))
    with ThreadPoolExecutor(2) as threads:
        by_two = [list(threads.map(lambda w: counted(pattern.query(*w)), windows)) for _ in "ab"]
    assert by_two == [forwards, forwards]
