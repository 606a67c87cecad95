"""Roman numerals in keys, progressions by name, and the grammar that makes new ones."""

import re
from itertools import pairwise

import pytest

from livecoder.core.errors import LivecoderError, NotationError, RangeError, UnknownNameError
from livecoder.theory.chords import parse_chord
from livecoder.theory.progressions import PROGRESSIONS, functional, named
from livecoder.theory.roman import chord_of, spelled_on


@pytest.mark.parametrize(
    ("numerals", "key", "chords"),
    [
        ("I ii iii IV V vi viio", "c:major", "C D- E- F G A- Bo"),
        ("i iio III iv v VI VII", "a:minor", "A- Bo C D- E- F G"),
        ("ii7 V7 I^7", "eb:major", "F-7 Bb7 Eb^7"),
        ("iih7 V7b9 i-6", "g:minor", "Ah7 D7b9 G-6"),
        ("bVII7 bIII bVI bII", "c:major", "Bb7 Eb Ab Db"),
        ("bVII7 bIII bVI bII", "c:minor", "Bb7 Eb Ab Db"),
        ("viio7 V7", "d:minor", "C#o7 A7"),
        ("#ivo7 #iv", "c:major", "F#o7 F#-"),
        ("V7/ii V7/V V/vi viio7/V", "c:major", "A7 D7 E F#o7"),
        ("V7/iv V7/bVI V7/V/V", "c:minor", "C7 Eb7 A7"),
        ("VI/iv VI/IV", "c:minor", "Db D"),
        ("IV^7 Imaj7 iim7 V7sus V+", "f:major", "Bb^7 Fmaj7 Gm7 C7sus C+"),
        ("I IV V", "gb:major", "Gb Cb Db"),
        ("I V iii", "c#:major", "C# G# E#-"),
        ("i V", "d:dorian", "D- A"),
        ("I II", "f:lydian", "F G"),
        ("i iv", "a:minor:pentatonic", "A- D-"),
        ("I IV", "c:major:pentatonic", "C F"),
        ("N.C.", "c:major", "N.C."),
    ],
)
def test_numerals_in_keys(numerals: str, key: str, chords: str) -> None:
    assert " ".join(chord_of(numeral, key) for numeral in numerals.split()) == chords


@pytest.mark.parametrize("numeral", ["", "x", "IIII", "viiii", "8", "VV", "I/", "I/x", "bb", "Iv"])
def test_what_is_no_numeral_says_what_one_is(numeral: str) -> None:
    with pytest.raises(LivecoderError) as caught:
        chord_of(numeral, "c:major")
    if isinstance(caught.value, NotationError):
        offered = re.search(r"they are like ([\w, /]+)", str(caught.value))
        assert offered
        for one in offered[1].split(", "):
            chord_of(one, "c:major")


def test_a_quality_is_checked() -> None:
    with pytest.raises(UnknownNameError):
        chord_of("Vxyz", "c:major")


@pytest.mark.parametrize("pitch_class", range(12))
@pytest.mark.parametrize("letter", range(7))
def test_a_note_is_spelled_with_at_most_one_sign(pitch_class: int, letter: int) -> None:
    name = spelled_on(pitch_class, letter)
    assert len(name) <= 2
    assert parse_chord(name).root == pitch_class


@pytest.mark.parametrize("tonic", ["c", "db", "e", "f#", "ab", "b"])
@pytest.mark.parametrize("name", sorted(PROGRESSIONS))
def test_a_progression_can_be_played_in_any_key(name: str, tonic: str) -> None:
    progression = PROGRESSIONS[name]
    key = f"{tonic}:{progression.mode}"
    for numeral in re.findall(r"[^\s\[\]]+", progression.numerals):
        assert parse_chord(chord_of(numeral, key)).notes


@pytest.mark.parametrize(
    ("name", "bars"),
    [
        ("12-bar blues", 12), ("jazz blues", 12), ("bird blues", 12), ("minor blues", 12),
        ("8-bar blues", 8), ("rhythm changes A", 8), ("rhythm changes B", 8), ("ii V I", 4),
        ("andalusian", 4), ("canon", 8), ("pop", 4), ("coltrane", 4), ("turnaround", 2),
    ],
)  # fmt: skip
def test_how_long_a_progression_is(name: str, bars: int) -> None:
    assert named(name).bars == bars


def test_a_name_is_found_however_it_is_written() -> None:
    assert named("12 BAR blues") is named("12-bar_blues") is PROGRESSIONS["12-bar blues"]


def test_a_near_miss_is_offered_and_the_offer_works() -> None:
    with pytest.raises(UnknownNameError) as caught:
        named("jaz blues")
    offered = re.search(r"did you mean '(.+?)'", str(caught.value))
    assert offered
    named(offered[1])


@pytest.mark.parametrize("mode", ["major", "minor"])
@pytest.mark.parametrize("bars", [*range(1, 18), 32, 64])
def test_what_the_grammar_makes_sets_out_and_comes_home(bars: int, mode: str) -> None:
    home = "I" if mode == "major" else "i"
    dominants = {"V7", "viio", "bII7", "viio7", "bVII7"}
    for seed in range(40):
        chords = functional(bars, mode, seed=seed)
        assert len(chords) == bars
        assert chords[-1] == home
        if bars > 1:
            assert chords[-2] in dominants
        if bars > 4:
            assert chords[0] == home
        for chord, after in pairwise(chords):
            if "/" in chord:
                assert after.removesuffix("7") == chord.partition("/")[2]
            parse_chord(chord_of(chord, f"c:{mode}"))


def test_a_seed_says_it_all() -> None:
    assert functional(16, seed=7) == functional(16, seed=7)
    assert len({functional(16, seed=seed) for seed in range(50)}) == 50
    assert functional(8, seed="tuesday") != functional(8, seed="wednesday")


def test_every_chord_that_does_a_functions_work_is_drawn() -> None:
    drawn = {chord for seed in range(200) for chord in functional(16, seed=seed)}
    assert drawn >= {"I", "vi", "iii", "IV", "ii", "iv", "V7/V", "V7", "viio", "bII7", "V7/vi"}


def test_with_sevenths_only_the_qualities_change() -> None:
    plain, sevenths = functional(16, seed=5), functional(16, seed=5, sevenths=True)
    assert plain != sevenths
    for one, other in zip(plain, sevenths, strict=True):
        assert parse_chord(chord_of(one, "c")).root == parse_chord(chord_of(other, "c")).root


@pytest.mark.parametrize("bars", [0, -1, 65, True, 2.5, "8"])
def test_bars_are_counted(bars: object) -> None:
    with pytest.raises(RangeError, match="try bars=8"):
        functional(bars)  # type: ignore[arg-type]


def test_a_mode_is_major_or_minor() -> None:
    with pytest.raises(RangeError, match="major or minor"):
        functional(8, "dorian")
