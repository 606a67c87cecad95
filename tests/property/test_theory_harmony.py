"""What is true of every chord, numeral and scale, however they are asked for."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from livecoder.core.rational import Rational
from livecoder.patterns import chord, n, note, roman, stack
from livecoder.theory.chords import QUALITIES, moved_chord, parse_chord
from livecoder.theory.keyfinding import rank_keys
from livecoder.theory.progressions import functional
from livecoder.theory.roman import chord_of
from livecoder.theory.scales import SCALES, degree_to_note, moved_in_key, parse_key
from livecoder.theory.voicings import DICTIONARIES, MODES, shapes, voice
from tests.property.pattern_material import FACTORS, TIMES, bag, glued

ROOTS = st.sampled_from(["C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"])
SYMBOLS = st.builds("{}{}".format, ROOTS, st.sampled_from(QUALITIES))
SLASHED = st.one_of(SYMBOLS, st.builds("{}/{}".format, SYMBOLS, ROOTS))
ALL_KEYS = st.builds("{}:{}".format, ROOTS, st.sampled_from(sorted(SCALES)))
TEXTS = st.one_of(
    st.lists(SLASHED, min_size=1, max_size=4).map(" ".join),
    st.lists(SLASHED, min_size=1, max_size=4).map(lambda chords: f"<{' '.join(chords)}>"),
    st.lists(SLASHED, min_size=2, max_size=3).map(lambda chords: f"[{', '.join(chords)}](3,8)"),
)
CHANGES = st.sampled_from(
    [
        lambda p: p.voicing(),
        lambda p: p.dict("lefthand").anchor("<c4 g4>").voicing(),
        lambda p: p.offset("<0 1 -1>").mode("above:c4").voicing(),
        lambda p: p.n("0 1 <2 3>").voicing(),
        lambda p: p.voicing().arp("0 [1 2]"),
        lambda p: p.root_notes("<2 3>"),
        lambda p: p.inversion("<0 1>").voicing().transpose("<0 3M>"),
        lambda p: p.transpose("<0 2>").voicing(),
        lambda p: p.voicing().scale("<c:major d:minor>").scale_transpose("<1 -2>"),
    ]
)


@given(TEXTS, CHANGES, TIMES, FACTORS, FACTORS)
def test_splitting_a_query_changes_nothing_but_the_cuts(text, change, begin, first, second):
    pattern = change(chord(text))
    middle, end = begin + first, begin + first + second

    whole = pattern.query(begin, end)

    assert glued(whole) == glued(pattern.query(begin, middle), pattern.query(middle, end))


@given(TEXTS, CHANGES, st.builds(Rational, st.integers(1, 9), st.integers(1, 9)), TIMES)
def test_fast_and_slow_cancel(text, change, factor, begin):
    pattern = change(chord(text))

    assert bag(pattern.fast(factor).slow(factor), begin, begin + 1) == bag(
        pattern, begin, begin + 1
    )


@given(SYMBOLS, st.sampled_from(DICTIONARIES), st.integers(-20, 20), st.integers(30, 100))
def test_offsets_go_round_the_shapes_octave_by_octave(symbol, dictionary, offset, anchor):
    held = parse_chord(symbol)
    count = len(shapes(held, dictionary))

    here = voice(held, dictionary=dictionary, offset=offset, anchor=anchor)

    there = voice(held, dictionary=dictionary, offset=offset + count, anchor=anchor)
    assert there == tuple(note + 12 for note in here)


@given(SLASHED, st.sampled_from(MODES), st.integers(40, 90), st.integers(-24, 24))
def test_a_chord_and_its_anchor_moved_are_its_voicing_moved(symbol, mode, anchor, by):
    here = voice(parse_chord(symbol), mode=mode, anchor=anchor)

    there = voice(parse_chord(moved_chord(symbol, by)), mode=mode, anchor=anchor + by)

    assert there == tuple(note + by for note in here)


@given(ALL_KEYS, st.integers(-30, 30), st.integers(-30, 30))
def test_steps_along_a_scale_add_up(name, degree, steps):
    key = parse_key(name.lower())
    here = degree_to_note(degree, key)

    assert abs(moved_in_key(here, key, steps) - degree_to_note(degree + steps, key)) < 1e-9
    assert abs(moved_in_key(moved_in_key(here, key, steps), key, -steps) - here) < 1e-9


@given(ALL_KEYS, st.integers(0, 127), st.integers(-20, 20))
def test_there_and_back_along_a_scale_ends_where_it_began(name, pitch, steps):
    key = parse_key(name.lower())
    if pitch % 12 in {(key.tonic + offset) % 12 for offset in key.offsets}:
        assert moved_in_key(moved_in_key(float(pitch), key, steps), key, -steps) == pitch


NUMERALS = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "b", "#"]),
    st.sampled_from(["I", "ii", "iii", "IV", "V", "vi", "VII"]),
    st.sampled_from(["", "7", "sus", "9"]),
)


@given(st.lists(NUMERALS, min_size=1, max_size=4), ROOTS, ROOTS)
def test_numerals_in_another_key_are_the_chords_moved(numerals, one, other):
    here = [parse_chord(chord_of(each, f"{one.lower()}:major")) for each in numerals]
    there = [parse_chord(chord_of(each, f"{other.lower()}:major")) for each in numerals]

    apart = parse_chord(other).root - parse_chord(one).root
    assert [(c.root + apart) % 12 for c in here] == [c.root for c in there]
    assert [c.steps for c in here] == [c.steps for c in there]


@given(st.integers(2, 64), st.sampled_from(["major", "minor"]), st.integers())
def test_a_generated_progression_ends_with_a_cadence(bars, mode, seed):
    chords = functional(bars, mode, seed=seed)

    assert len(chords) == bars
    assert chords[-1] in ("I", "i")
    # The last chord but one leads: it has the leading note, or its stand-in a tone below.
    leading = set(parse_chord(chord_of(chords[-2], f"c:{mode}")).pitch_classes)
    assert leading & {11, 10}


@given(st.lists(st.floats(0, 100), min_size=12, max_size=12), st.integers(0, 11))
def test_music_moved_is_in_the_key_moved(durations, by):
    if max(durations) - min(durations) < 1e-3:
        return
    here = rank_keys(durations)
    there = rank_keys(durations[-by:] + durations[:-by])

    assert abs(here.correlation - there.correlation) < 1e-6


@given(st.lists(SYMBOLS, min_size=1, max_size=3))
def test_a_stack_of_voicings_is_the_voicing_of_the_stack(symbols):
    parts = [chord(symbol) for symbol in symbols]

    assert bag(stack(*parts).voicing(), 0, 2) == bag(
        stack(*(part.voicing() for part in parts)), 0, 2
    )


@given(st.integers(-30, 30), st.integers(-12, 12))
def test_transposing_is_adding(degree, by):
    moved = n(degree).scale("c:major").transpose(by)

    assert bag(moved, 0, 1) == bag(n(degree).scale("c:major").add(note(by)), 0, 1)


@given(st.lists(NUMERALS, min_size=1, max_size=4))
def test_numerals_as_a_pattern_are_the_numerals(numerals):
    found = Counter(hap.value["chord"] for hap in roman(" ".join(numerals), "d:major").query(0, 1))

    assert found == Counter(chord_of(numeral, "d:major") for numeral in numerals)
