"""Voicings: which tones sound, where they stand, and that they lead smoothly."""

import re
from itertools import pairwise

import pytest

from livecoder.core.errors import LivecoderError, RangeError, UnknownNameError
from livecoder.theory.chords import QUALITIES, parse_chord
from livecoder.theory.progressions import PROGRESSIONS
from livecoder.theory.roman import chord_of
from livecoder.theory.voicings import DICTIONARIES, MODES, inverted, shapes, tone, voice

ROOTS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


@pytest.mark.parametrize(
    ("symbol", "dictionary", "notes"),
    [
        ("D-7", "lefthand", (60, 64, 65, 69)),
        ("G7", "lefthand", (59, 64, 65, 69)),
        ("C^7", "lefthand", (59, 62, 64, 67)),
        ("C7alt", "lefthand", (58, 61, 64, 68)),
        ("C13", "lefthand", (58, 62, 64, 69)),
        ("Cø7", "lefthand", (63, 66, 70, 72)),
        ("C7sus", "lefthand", (58, 62, 65, 67)),
        ("Co7", "lefthand", (60, 63, 66, 69)),
        ("C", "lefthand", (64, 67, 72)),
        ("C7", "guidetones", (64, 70)),
        ("F7", "guidetones", (63, 69)),
        ("C6", "guidetones", (64, 69)),
        ("C5", "guidetones", (67, 72)),
        ("C+", "triads", (64, 68, 72)),
        ("Csus", "triads", (65, 67, 72)),
        ("C^9", "close", (62, 64, 67, 71, 72)),
        ("C^7", "open", (59, 64, 67, 72)),
        ("C^7/E", "open", (52, 59, 64, 67, 72)),
        ("C", "open", (55, 64, 72)),
        ("C^7", "ireal", (59, 64, 67, 72)),
        ("C/G", "triads", (55, 64, 67, 72)),
    ],
)
def test_what_sounds(symbol: str, dictionary: str, notes: tuple[int, ...]) -> None:
    assert voice(parse_chord(symbol), dictionary=dictionary) == notes


@pytest.mark.parametrize("dictionary", DICTIONARIES)
@pytest.mark.parametrize("quality", QUALITIES)
def test_every_chord_has_voicings_of_its_own_tones(quality: str, dictionary: str) -> None:
    chord = parse_chord(f"C{quality}")
    held = {above % 12 for _, above in chord.steps}
    tensions = {1, 2, 8, 9} if dictionary in ("lefthand", "legacy") else set()
    for shape in shapes(chord, dictionary):
        assert list(shape) == sorted(set(shape))
        assert 0 <= shape[0] < 12
        assert {above % 12 for above in shape} <= held | tensions


@pytest.mark.parametrize("quality", QUALITIES)
def test_a_full_voicing_has_third_and_seventh(quality: str) -> None:
    chord = parse_chord(f"C{quality}")
    guides = {above % 12 for step, above in chord.steps if step in "37"}
    for shape in shapes(chord):
        assert guides <= {above % 12 for above in shape}


@pytest.mark.parametrize("anchor", [55, 60, 67, 72, 78])
@pytest.mark.parametrize("root", ROOTS)
def test_where_a_voicing_stands(root: str, anchor: int) -> None:
    for quality in ("", "-7", "7", "^7", "h7", "7alt"):
        chord = parse_chord(root + quality)
        assert anchor - 12 < voice(chord, anchor=anchor)[-1] <= anchor
        assert anchor - 12 < voice(chord, anchor=anchor, mode="above")[0] <= anchor
        assert voice(chord, anchor=anchor, mode="root")[0] % 12 == chord.root
        ducked = voice(chord, anchor=anchor, mode="duck")
        assert set(ducked) == set(voice(chord, anchor=anchor)) - {anchor}


@pytest.mark.parametrize("offset", range(-12, 13))
def test_as_many_offsets_as_there_are_shapes_are_an_octave(offset: int) -> None:
    for quality in ("", "^7", "-7", "13"):
        chord = parse_chord(f"F{quality}")
        count = len(shapes(chord))
        here, there = voice(chord, offset=offset), voice(chord, offset=offset + count)
        assert there == tuple(note + 12 for note in here)


@pytest.mark.parametrize("name", [n for n, p in PROGRESSIONS.items() if p.bars > 2])
@pytest.mark.parametrize("key", ["c", "eb", "f#"])
def test_chords_in_a_row_lead_more_smoothly_than_in_root_position(name: str, key: str) -> None:
    progression = PROGRESSIONS[name]
    numerals = re.findall(r"[^\s\[\]]+", progression.numerals)
    chords = [parse_chord(chord_of(one, f"{key}:{progression.mode}")) for one in numerals]
    pairs = [
        (one, other) for one, other in pairwise(chords) if one.pitch_classes != other.pitch_classes
    ]

    def leaps(top) -> float:
        return sum(abs(top(one) - top(other)) for one, other in pairs) / max(1, len(pairs))

    led = leaps(lambda chord: voice(chord)[-1])
    assert led <= max(leaps(lambda chord: inverted(chord)[-1]), 3.0)
    assert led <= 4.0


def test_a_note_of_a_voicing_goes_on_in_the_next_octave() -> None:
    notes = (52, 60, 64, 67, 72)
    assert [tone(notes, n) for n in range(-2, 7)] == [55, 60, 52, 60, 64, 67, 72, 64, 72]
    assert tone(notes, 5, 2) == 76
    assert tone(notes, 1.9) == 60


@pytest.mark.parametrize("inversion", range(-6, 7))
def test_inversions(inversion: int) -> None:
    notes = inverted(parse_chord("C^7"), inversion)
    assert [note % 12 for note in notes] == [(0, 4, 7, 11)[(inversion + i) % 4] for i in range(4)]
    assert list(notes) == sorted(notes)
    assert notes[-1] - notes[0] < 12


@pytest.mark.parametrize(
    ("setting", "listed"), [({"mode": "abovee"}, MODES), ({"dictionary": "lefthan"}, DICTIONARIES)]
)
def test_a_near_miss_is_offered(setting: dict[str, str], listed: tuple[str, ...]) -> None:
    with pytest.raises(UnknownNameError) as caught:
        voice(parse_chord("C"), **setting)  # type: ignore[arg-type]
    offered = re.search(r"did you mean '(.+?)'", str(caught.value))
    assert offered
    assert offered[1] in listed
    voice(parse_chord("C"), **{next(iter(setting)): offered[1]})  # type: ignore[arg-type]


@pytest.mark.parametrize("anchor", [float("nan"), 1e9, float("-inf")])
def test_an_anchor_is_a_note(anchor: float) -> None:
    with pytest.raises(RangeError):
        voice(parse_chord("C"), anchor=anchor)


def test_the_errors_are_ours() -> None:
    assert issubclass(UnknownNameError, LivecoderError)
