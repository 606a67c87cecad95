"""Chord symbols: what is read, what notes it has, and what is refused."""

import re

import pytest

from livecoder.core.errors import LivecoderError, NotationError, UnknownNameError
from livecoder.theory.chords import QUALITIES, is_rest, moved_chord, parse_chord, quality_steps


@pytest.mark.parametrize(
    ("symbol", "notes"),
    [
        ("C", (48, 52, 55)), ("C-", (48, 51, 55)), ("Co", (48, 51, 54)), ("C+", (48, 52, 56)),
        ("Csus", (48, 53, 55)), ("Csus2", (48, 50, 55)), ("C5", (48, 55)), ("C6", (48, 52, 55, 57)),
        ("C^7", (48, 52, 55, 59)), ("C7", (48, 52, 55, 58)), ("C-7", (48, 51, 55, 58)),
        ("Am7b5", (57, 60, 63, 67)), ("F#o7", (54, 57, 60, 63)), ("Ch7", (48, 51, 54, 58)),
        ("C-^7", (48, 51, 55, 59)), ("C7sus", (48, 53, 55, 58)), ("C9", (48, 52, 55, 58, 62)),
        ("Bb13", (58, 62, 65, 68, 72, 79)), ("C-11", (48, 51, 55, 58, 62, 65)),
        ("C69", (48, 52, 55, 57, 62)), ("C11", (48, 53, 55, 58, 62)),
        ("C7b9", (48, 52, 55, 58, 61)), ("C7#9", (48, 52, 55, 58, 63)),
        ("C7#11", (48, 52, 55, 58, 66)), ("C7b13", (48, 52, 55, 58, 68)),
        ("E7alt", (52, 56, 58, 62, 65, 67, 72)), ("Cadd9", (48, 52, 55, 62)),
        ("C13b9", (48, 52, 55, 58, 61, 69)), ("C-b6", (48, 51, 55, 56)),
        ("D/F#", (42, 50, 54, 57)), ("C/C", (48, 52, 55)), ("Bb-7/Eb", (51, 58, 61, 65, 68)),
    ],
)  # fmt: skip
def test_the_notes_of_a_chord(symbol: str, notes: tuple[int, ...]) -> None:
    assert parse_chord(symbol).notes == notes


@pytest.mark.parametrize(
    "spellings",
    [
        "C^7 CM7 Cmaj7 Cma7 CMaj7 CΔ CΔ7 C△7",
        "C-7 Cm7 Cmin7 Cmi7",
        "C- Cm Cmin Cminor",
        "C Cmaj CM C^",
        "Ch7 Ch Cø Cø7 Cm7b5 C-7b5 Cmin7(b5)",
        "Co7 Cdim7 C°7 Cº7",
        "Co Cdim C°",
        "C+ Caug",
        "C7#5 C+7 Caug7 C7+ C7(#5)",
        "Csus Csus4 C4",
        "C7sus C7sus4",
        "C-^7 CmM7 Cmmaj7 CmMaj7 C-M7",
        "C69 C6/9",
        "C-add9 Cmadd9",
        "C7b9#11 C7(b9,#11) C7♭9♯11",
        "Bb7 B♭7",
        "C7alt Calt",
    ],
)
def test_spellings_of_one_chord(spellings: str) -> None:
    chords = {(parse_chord(one).root, parse_chord(one).steps) for one in spellings.split()}
    assert len(chords) == 1


@pytest.mark.parametrize("quality", QUALITIES)
def test_a_quality_in_the_list_is_spelled_as_it_is_read(quality: str) -> None:
    assert quality_steps(quality)[0] == quality


def test_no_two_qualities_of_the_list_are_one_chord() -> None:
    steps = [quality_steps(quality)[1] for quality in QUALITIES if quality != "-7b5"]
    # `2` is `sus2` and `11` is `9sus`; everything else is itself.
    assert len(set(steps)) == len(steps) - 2


@pytest.mark.parametrize("symbol", ["H7", "", "c^7", "7", "x" * 10_000, "C/", "C/x", None, 7])
def test_what_begins_with_no_root_says_so(symbol: object) -> None:
    with pytest.raises(NotationError) as caught:
        parse_chord(symbol)  # type: ignore[arg-type]
    assert len(str(caught.value)) < 400
    offered = re.search(r"(?:root: |as in )([\w^#/]+)", str(caught.value))
    assert offered
    parse_chord(offered[1])


@pytest.mark.parametrize("quality", ["xyz", "77", "7b", "maj77", "-^-", "sus7x", "7b8", "add5"])
def test_what_is_no_quality_is_refused(quality: str) -> None:
    with pytest.raises(UnknownNameError, match=r'help\("chords"\)'):
        parse_chord(f"C{quality}")


def test_a_near_miss_is_offered_and_the_offer_works() -> None:
    with pytest.raises(UnknownNameError) as caught:
        parse_chord("C7susa")
    offered = re.search(r"did you mean '(.+?)'", str(caught.value))
    assert offered
    parse_chord(f"C{offered[1]}")


def test_no_chord() -> None:
    assert is_rest(" N.C. ")
    assert is_rest("NC")
    assert not is_rest("C")


@pytest.mark.parametrize("semitones", range(-13, 14))
@pytest.mark.parametrize("symbol", ["C^7", "F#h7", "D/F#", "Bb13", "Eb-7b5"])
def test_a_chord_moved_has_its_notes_moved(symbol: str, semitones: int) -> None:
    before, after = parse_chord(symbol), parse_chord(moved_chord(symbol, semitones))
    assert after.quality == before.quality
    assert after.pitch_classes == tuple((p + semitones) % 12 for p in before.pitch_classes)


@pytest.mark.parametrize("symbol", ["C", "C^7", "E7alt", "A-9/D"])
def test_a_chord_is_a_value(symbol: str) -> None:
    assert hash(parse_chord(symbol)) == hash(parse_chord(f" {symbol} "))


def test_any_text_is_read_or_refused() -> None:
    pieces = ("C", "#", "b", "7", "^", "-", "sus", "add", "9", "(", ",", "/", "alt", "13", "+", "m")
    for first in pieces:
        for second in pieces:
            for third in pieces:
                try:
                    notes = parse_chord(f"C{first}{second}{third}").notes
                except LivecoderError:
                    continue
                assert list(notes) == sorted(notes)
