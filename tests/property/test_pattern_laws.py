"""What is true of every pattern, however it is made."""

import copy
from collections import Counter, defaultdict
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from livecoder.core.errors import LivecoderError
from livecoder.core.rational import Rational
from livecoder.patterns import early, fast, late, mini, n, rev, s, saw, sine, slow, stack
from livecoder.patterns.pattern import Pattern

FACTORS = st.builds(Rational, st.integers(1, 12), st.integers(1, 8))
FINE = st.builds(Rational, st.integers(-2_000_000, 2_000_000), st.integers(1, 1_000_000))
TIMES = st.builds(Rational, st.integers(-64, 64), st.integers(1, 24))

WORDS = st.sampled_from(["bd", "sn", "~", "bd:3", "0", "-2", "0.5", "c4"])


def extended(inner):
    joined = st.lists(inner, min_size=1, max_size=4).map(" ".join)
    return st.one_of(
        joined.map("[{}]".format),
        joined.map("<{}>".format),
        st.builds("[{}, {}]".format, joined, joined),
        st.builds("{{{}, {}}}%{}".format, joined, joined, st.integers(1, 5)),
        st.builds("[{}]*{}".format, joined, st.sampled_from(["2", "3", "1.5", "<1 2>"])),
        st.builds("[{}]/{}".format, joined, st.sampled_from(["2", "3", "1.5"])),
        st.builds("[{}](3,8,{})".format, joined, st.integers(-3, 3)),
        st.builds("[{}]!{}".format, joined, st.integers(1, 3)),
        st.builds("[{}]@{} bd".format, joined, st.integers(1, 3)).map("[{}]".format),
        st.builds("[{}]?{}".format, joined, st.sampled_from(["", "0.2"])),
        st.builds("[{} | {}]".format, joined, joined),
    )


NOTATIONS = st.recursive(WORDS, extended, max_leaves=8)
CHANGES = st.sampled_from(
    [
        rev,
        fast(2),
        slow(Rational(3, 2)),
        late(Rational(1, 7)),
        lambda p: p.every(3, rev),
        lambda p: p.off(Rational(1, 8), rev),
        lambda p: p.jux(rev),
        lambda p: p.ply(3),
        lambda p: p.ply("<2 3>"),
        lambda p: p.iter(3),
        lambda p: p.struct("x ~ x*2"),
        lambda p: p.mask("<1 0> 1"),
        lambda p: p.euclid(3, 8),
        lambda p: p.degrade_by(0.4),
        lambda p: p.sometimes(rev),
        lambda p: p.shuffle(4),
        lambda p: p.scramble(3),
        lambda p: p.linger(Rational(1, 4)),
        lambda p: p.zoom(Rational(1, 4), Rational(3, 4)),
        lambda p: p.compress(Rational(1, 4), Rational(3, 4)),
        lambda p: p.palindrome(),
        lambda p: p.press(),
        lambda p: p.brak(),
        lambda p: p.chunk(3, fast(2)),
        lambda p: p.within(0, Rational(1, 2), fast(2)),
        lambda p: p.swing_by(Rational(1, 3), 4),
        lambda p: p.ribbon(1, 2),
        lambda p: p.reset("x ~ x"),
        lambda p: p.restart("<x [x x]>"),
        lambda p: p.gain(sine.range(0, 1)),
        lambda p: p.gain("1 <.5 .2>"),
        lambda p: p.segment(3),
        lambda p: p.rot(1),
        lambda p: p.arp("0 1"),
        lambda p: p.fast("<1 2 3>"),
        lambda p: p.echo(2, Rational(1, 3), 0.5),
    ]
)
PATTERNS = st.builds(
    lambda text, changes: _changed(s(text), changes), NOTATIONS, st.lists(CHANGES, max_size=3)
)


def _changed(pattern, changes):
    for change in changes:
        pattern = change(pattern)
    return pattern


def frozen(value):
    return repr(sorted(value.items())) if isinstance(value, dict) else repr(value)


def bag(pattern, begin, end):
    return Counter((hap.whole, hap.part, frozen(hap.value)) for hap in pattern.query(begin, end))


def located(pattern, begin, end):
    return Counter(
        (hap.whole, hap.part, frozen(hap.value), hap.context) for hap in pattern.query(begin, end)
    )


def glued(*queries):
    """Haps with the cuts between neighbouring parts taken out."""
    parts = defaultdict(list)
    for haps in queries:
        for hap in haps:
            if hap.whole is not None:
                parts[hap.whole, frozen(hap.value)].append(hap.part)
    out = Counter()
    for (whole, value), spans in parts.items():
        # Several equal haps may lie over one another: count how often each piece is covered.
        edges = sorted({time for span in spans for time in span})
        for low, high in pairwise(edges):
            deep = sum(1 for span in spans if span.begin <= low and high <= span.end)
            if deep:
                out[whole, value] += deep * (high - low)
    return out


@given(PATTERNS, TIMES, FACTORS, FACTORS)
def test_splitting_a_query_changes_nothing_but_the_cuts(pattern, begin, first, second):
    middle, end = begin + first, begin + first + second

    whole = pattern.query(begin, end)
    split = pattern.query(begin, middle), pattern.query(middle, end)

    assert glued(whole) == glued(*split)
    onsets = Counter((hap.whole, frozen(hap.value)) for hap in whole if hap.has_onset)
    assert onsets == Counter(
        (hap.whole, frozen(hap.value)) for half in split for hap in half if hap.has_onset
    )


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

    again = pattern.rev().fast(2).gain(0.5).query(begin, begin + 2)

    assert again is not None
    assert [hap.value for hap in first] == kept
    assert pattern.query(begin, begin + 2) == first


@given(NOTATIONS, st.integers(-70, 70), st.integers(1, 3))
def test_a_tabulated_notation_plays_what_the_notation_plays(text, begin, cycles):
    tabulated = mini(text)
    untabulated = Pattern(getattr(tabulated.ask, "untabulated", tabulated.ask))

    assert located(tabulated, begin, begin + cycles) == located(untabulated, begin, begin + cycles)


@given(
    st.one_of(
        st.text(max_size=40),
        st.text(alphabet="ab09 .~-_*/!@?:()<>[]{}%|,+e'", max_size=30),
        st.builds(lambda text, at: text[:at] + text[at + 1 :], NOTATIONS, st.integers(0, 30)),
    )
)
def test_any_text_is_read_or_refused_and_never_more(text):
    try:
        haps = mini(text).query(0, 2)
    except LivecoderError:
        return
    assert all(hap.part.begin < hap.part.end for hap in haps)


@given(st.integers(0, 500), st.integers(2, 16))
def test_a_signal_is_the_same_however_it_is_asked(cycle, steps):
    both = n(saw.segment(steps)), n(saw.segment(steps).split_queries())

    assert bag(both[0], cycle, cycle + 2).keys() >= bag(both[1], cycle, cycle + 1).keys()


@given(FINE, TIMES)
def test_the_functions_are_the_methods(by, begin):
    pattern = s("bd [sn cp]")

    assert bag(late(by, pattern), begin, begin + 1) == bag(pattern.late(by), begin, begin + 1)
    assert bag(early(by)(pattern), begin, begin + 1) == bag(pattern.early(by), begin, begin + 1)
