"""Laws of what is counted in steps, of numbers as rhythms, and of rhythms between rhythms."""

from __future__ import annotations

from math import lcm

from hypothesis import given
from hypothesis import strategies as st

from livecoder.core.rational import Rational
from livecoder.patterns import (
    binary,
    binary_n,
    euclid,
    fast,
    iota,
    mini,
    morph,
    morse,
    n,
    randrun,
    rev,
    run,
    s,
    scan,
    stack,
    stepcat,
    xfade,
    zip_,
)
from livecoder.patterns.counting import MORSE
from tests.property.pattern_material import bag, laws

STEPS = st.lists(st.sampled_from(["0", "1", "[2 3]", "<4 5>", "~", "6*2"]), min_size=1, max_size=6)
ROWS = STEPS.map(" ".join).map(mini)
RHYTHMS = st.lists(st.sampled_from([0, 1]), min_size=1, max_size=12)


def onsets(pattern, end=1):
    return sorted(hap.whole.begin for hap in pattern.query(0, end) if hap.has_onset)


def values(pattern, cycle=0):
    return [hap.value for hap in sorted(pattern.query(cycle, cycle + 1), key=lambda h: h.part)]


@laws(60)
@given(steps=STEPS, count=st.integers(1, 6))
def test_what_is_taken_and_what_is_dropped_make_the_whole(steps, count):
    pattern = mini(" ".join(steps))
    count = min(count, len(steps) - 1)
    if not count:
        return
    assert bag(stepcat(pattern.take(count), pattern.drop(count)), 0, 3) == bag(pattern, 0, 3)
    assert bag(stepcat(pattern.drop(-count), pattern.take(-count)), 0, 3) == bag(pattern, 0, 3)


@laws(40)
@given(pattern=ROWS, times=st.integers(1, 5))
def test_expand_and_contract_cancel_and_are_heard_beside_other_steps(pattern, times):
    there_and_back = stepcat(pattern.expand(times).contract(times), "x")
    assert bag(there_and_back, 0, 2) == bag(stepcat(pattern, "x"), 0, 2)
    assert stepcat(pattern.expand(times), "x").steps == pattern.steps * times + 1


@laws(40)
@given(pattern=ROWS, times=st.integers(1, 5), steps=st.integers(1, 9))
def test_pace_and_extend_are_fast_by_steps(pattern, times, steps):
    factor = Rational(steps) / pattern.steps
    assert bag(pattern.pace(steps), 0, 2) == bag(pattern.fast(factor), 0, 2)
    assert bag(pattern.extend(times), 0, 2) == bag(pattern.fast(times), 0, 2)


@laws(40)
@given(steps=STEPS, by=st.integers(1, 3))
def test_growing_is_shrinking_backwards(steps, by):
    pattern = mini(" ".join(steps))
    for first, last in (
        (pattern.grow(by), pattern.shrink(-by)),
        (pattern.grow(-by), pattern.shrink(by)),
    ):
        assert first.steps == last.steps
    row = mini(" ".join(map(str, range(len(steps)))))
    assert values(row.grow(1)) == [i for k in range(1, len(steps) + 1) for i in range(k)]
    assert values(row.shrink(1)) == [i for k in range(len(steps)) for i in range(k, len(steps))]


@laws(40)
@given(first=st.integers(1, 5), second=st.integers(1, 5))
def test_zip_takes_a_step_of_each_in_turn(first, second):
    rows = [
        mini(" ".join(f"{name}{i}" for i in range(k))) for name, k in (("a", first), ("b", second))
    ]
    zipped = zip_(*rows)
    played = [value for cycle in range(4) for value in values(zipped, cycle)]

    assert len(played) == 4 * lcm(first, second)
    assert zipped.steps == lcm(first, second)

    for turn, value in enumerate(played):
        count = (first, second)[turn % 2]
        assert value == f"{'ab'[turn % 2]}{turn // 2 % count}"


@laws(60)
@given(number=st.integers(0, 4_000), bits=st.integers(12, 20))
def test_bits_are_those_of_the_number(number, bits):
    assert "".join(map(str, values(binary_n(number, bits)))) == f"{number:0{bits}b}"
    assert values(binary(number)) == ([int(bit) for bit in f"{number:b}"] if number else [])


@laws(40)
@given(count=st.integers(1, 12), start=st.integers(-9, 9), step=st.integers(-5, 5))
def test_counting(count, start, step):
    assert values(iota(count, start, step)) == [start + step * i for i in range(count)]
    assert values(iota(count)) == values(run(count)) == list(range(count))
    for cycle in (0, 1, count - 1, count, 3 * count + 1):
        assert values(scan(count), cycle) == list(range(cycle % count + 1))
        assert sorted(values(randrun(count), cycle)) == list(range(count))


@laws(40)
@given(text=st.text(st.sampled_from(sorted(set(MORSE) - {"'", '"'})), min_size=1, max_size=12))
def test_morse_can_be_read_back(text):
    haps = sorted(morse(text).query(0, 1), key=lambda hap: hap.whole)
    unit = min(hap.whole.end - hap.whole.begin for hap in haps)
    if not any(mark == "." for sign in text for mark in MORSE[sign]):
        unit /= 3
    read, letters = "", []
    for hap, after in zip(haps, [*haps[1:], None], strict=True):
        read += {1: ".", 3: "-"}[(hap.whole.end - hap.whole.begin) / unit]
        gap = (1 if after is None else after.whole.begin) - hap.whole.end
        if gap / unit >= 3:
            letters.append(read)
            read = ""
    assert letters == [MORSE[sign] for sign in text]


@laws(60)
@given(first=RHYTHMS, last=RHYTHMS, by=st.builds(Rational, st.integers(0, 8), st.just(8)))
def test_a_morph_goes_from_one_rhythm_to_the_other(first, last, by):
    count = min(sum(first), sum(last))
    begins = [
        [Rational(i, len(row)) for i, each in enumerate(row) if each][:count]
        for row in (first, last)
    ]

    assert onsets(morph(first, last, 0))[:count] == begins[0]
    assert onsets(morph(first, last, 1))[:count] == begins[1]
    between = sorted(a + (b - a) * by for a, b in zip(*begins, strict=True))
    assert onsets(morph(first, last, by)) == between


@laws(40)
@given(pulses=st.integers(1, 8), steps=st.integers(8, 16))
def test_euclidish_ends_at_euclid_and_at_even_pulses(pulses, steps):
    assert onsets(s("bd").euclidish(pulses, steps, 0)) == onsets(euclid(pulses, steps, s("bd")))
    even = [Rational(i, pulses) for i in range(pulses)]
    assert onsets(s("bd").euclidish(pulses, steps, 1)) == even


@laws(40)
@given(place=st.integers(0, 40), steps=st.integers(1, 16))
def test_a_beat_is_at_its_step(place, steps):
    assert onsets(s("bd").beat(place, steps)) == [Rational(place % steps, steps)]


@laws(40)
@given(place=st.integers(0, 20).map(lambda k: k / 20))
def test_a_fade_is_symmetrical_and_full_in_the_middle(place):
    there, back = (
        {hap.value["s"]: hap.value["gain"] for hap in xfade(*order).query(0, 1)}
        for order in ((s("bd"), place, s("hh")), (s("hh"), 1 - place, s("bd")))
    )
    assert {name: round(gain, 9) for name, gain in there.items()} == {
        name: round(gain, 9) for name, gain in back.items()
    }
    assert max(there.values()) == 1


@laws(40)
@given(pattern=ROWS.map(n), times=st.integers(1, 4), amount=st.integers(-7, 7))
def test_over_again_and_a_second_voice(pattern, times, amount):
    again = pattern
    for _ in range(times):
        again = again.fast(2)
    assert bag(pattern.apply_n(times, fast(2)), 0, 1) == bag(again, 0, 1)
    assert bag(pattern.apply_n(2, rev), 0, 2) == bag(pattern, 0, 2)
    second = stack(pattern, pattern.add(n(amount)))
    assert bag(pattern.add2(n(amount)), 0, 2) == bag(second, 0, 2)
