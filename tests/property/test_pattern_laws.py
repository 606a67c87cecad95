"""What is true of every pattern, however it is made."""

from __future__ import annotations

import copy
import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livecoder.patterns import early, irand, late, mini, n, perlin, rand, reify, s, saw, stack
from livecoder.patterns.pattern import Pattern
from livecoder.patterns.verbs import INTEGER, NUMBER, TIME, VERBS, Verb
from tests.property.pattern_material import (
    FACTORS,
    FINE,
    NOTATIONS,
    PATTERNS,
    TIMES,
    bag,
    counted,
    glued,
    laws,
    located,
    onsets,
    words,
)


@laws(250)
@given(PATTERNS, TIMES, FACTORS, FACTORS)
def test_splitting_a_query_changes_nothing_but_the_cuts(pattern, begin, first, second):
    middle, end = begin + first, begin + first + second

    whole = pattern.query(begin, end)
    split = pattern.query(begin, middle), pattern.query(middle, end)

    assert glued(whole) == glued(*split)
    assert onsets(whole) == onsets(*split)


@given(PATTERNS, TIMES, FACTORS)
def test_parts_lie_inside_wholes_and_inside_the_query(pattern, begin, length):
    for hap in pattern.query(begin, begin + length):
        assert begin <= hap.part.begin < hap.part.end <= begin + length
        if hap.whole is not None:
            assert hap.whole.begin <= hap.part.begin
            assert hap.part.end <= hap.whole.end


@given(PATTERNS, st.integers(-8, 8))
def test_backwards_twice_is_forwards(pattern, cycle):
    once = pattern.split_queries()

    assert bag(pattern.rev().rev(), cycle, cycle + 1) == bag(once, cycle, cycle + 1)


@given(PATTERNS, FACTORS, TIMES, FACTORS)
def test_fast_and_slow_cancel(pattern, factor, begin, length):
    end = begin + length

    assert bag(pattern.fast(factor).slow(factor), begin, end) == bag(pattern, begin, end)


@given(PATTERNS, FINE, TIMES)
def test_early_and_late_cancel_however_fine(pattern, by, begin):
    assert bag(pattern.early(by).late(by), begin, begin + 2) == bag(pattern, begin, begin + 2)


@given(FINE)
def test_onsets_stay_exact_under_fine_denominators(by):
    moved = s("bd").late(by).onsets_only().query(by, by + 1)

    assert [hap.whole.begin for hap in moved] == [by]


@given(PATTERNS, PATTERNS, TIMES)
def test_what_is_stacked_first_does_not_matter(one, other, begin):
    assert bag(stack(one, other), begin, begin + 1) == bag(stack(other, one), begin, begin + 1)


@given(PATTERNS, TIMES)
def test_asking_twice_answers_twice_the_same_and_changes_no_value(pattern, begin):
    first = pattern.query(begin, begin + 2)
    kept = copy.deepcopy([hap.value for hap in first])

    pattern.rev().fast(2).gain(0.5).query(begin, begin + 2)

    assert [hap.value for hap in first] == kept
    assert pattern.query(begin, begin + 2) == first


@given(NOTATIONS, st.integers(-70, 70), st.integers(1, 3))
def test_a_tabulated_notation_plays_what_the_notation_plays(text, begin, cycles):
    tabulated = mini(text)
    untabulated = Pattern(getattr(tabulated.ask, "untabulated", tabulated.ask))

    assert located(tabulated, begin, begin + cycles) == located(untabulated, begin, begin + cycles)


@given(st.integers(0, 500), st.integers(2, 16))
def test_a_signal_is_the_same_however_it_is_asked(cycle, steps):
    both = n(saw.segment(steps)), n(saw.segment(steps).split_queries())

    assert bag(both[0], cycle, cycle + 2).keys() >= bag(both[1], cycle, cycle + 1).keys()


@given(FINE, TIMES)
def test_the_functions_are_the_methods(by, begin):
    pattern = s("bd [sn cp]")

    assert bag(late(by, pattern), begin, begin + 1) == bag(pattern.late(by), begin, begin + 1)
    assert bag(early(by)(pattern), begin, begin + 1) == bag(pattern.early(by), begin, begin + 1)


@pytest.mark.parametrize("chance", [rand, perlin, irand(8)], ids=str)
@laws(30)
@given(begin=TIMES, pieces=st.lists(FACTORS, min_size=1, max_size=6))
def test_chance_is_the_same_however_the_time_is_cut(chance, begin, pieces):
    pattern = n(chance.segment(8)).s("hh").degrade_by(0.3).sometimes(lambda p: p.speed(2))
    pattern = pattern.shuffle(3).gain(chance)
    edges = [begin]
    for piece in pieces:
        edges.append(edges[-1] + piece)
    windows = list(pairwise(edges))
    random.Random(len(pieces)).shuffle(windows)

    cut = [pattern.query(low, high) for low, high in windows]

    assert glued(pattern.query(edges[0], edges[-1])) == glued(*cut)


_NUMBERS = (TIME, NUMBER, INTEGER)
_VARIABLE = [
    (name, example)
    for name, examples in words().items()
    for example in (examples or ())[:1]
    if isinstance(VERBS.get(name), Verb) and VERBS[name].kinds and VERBS[name].kinds[0] in _NUMBERS
]


@pytest.mark.parametrize(("name", "call"), _VARIABLE, ids=[name for name, _ in _VARIABLE])
@laws(5)
@given(begin=TIMES, length=FACTORS)
def test_a_number_may_be_a_pattern_that_is_always_that_number(name, call, begin, length):
    arguments = []

    class Spy:
        def __getattr__(self, _):
            return lambda *given: arguments.extend(given) or s("bd")

    eval(f"spy{call.text[len(call.receiver) :]}", {**call.names, "spy": Spy()})
    held, first, rest = call.held(), arguments[0], arguments[1:]
    plain = getattr(held, name)(first, *rest)
    varying = getattr(held, name)(Pattern(reify(first).ask, "always"), *rest)

    assert glued(plain.query(begin, begin + length)) == glued(varying.query(begin, begin + length))


@given(PATTERNS, st.lists(st.tuples(TIMES, FACTORS), min_size=2, max_size=5))
def test_what_is_asked_first_does_not_matter(pattern, windows):
    def asked(order):
        return {w: counted(pattern.query(w[0], w[0] + w[1])) for w in order}

    assert asked(windows) == asked(reversed(windows))


@laws(60)
@given(NOTATIONS, TIMES, FACTORS, FACTORS)
def test_a_signal_is_taken_where_a_note_begins_however_the_query_is_cut(text, begin, one, other):
    pattern = s(text).gain(saw.slow(3)).set(n(rand))
    middle, end = begin + one, begin + one + other

    assert glued(pattern.query(begin, end)) == glued(
        pattern.query(begin, middle), pattern.query(middle, end)
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda p: p.fast("<1 2 3>"),
        lambda p: p.ply("<2 3>"),
        lambda p: p.iter("<2 3>"),
        lambda p: p.late("<0 .25>"),
        lambda p: p.euclid("<3 5>", 8),
        lambda p: p.degrade_by("<.2 .8>"),
    ],
)
@laws(20)
@given(st.permutations(range(6)))
def test_what_a_pattern_makes_of_an_argument_is_not_what_was_asked_last(change, order):
    def asked(cycles):
        pattern = change(s("bd*2 <sn cp>"))
        return {cycle: bag(pattern, cycle, cycle + 1) for cycle in cycles}

    assert asked(order) == asked(range(6))
