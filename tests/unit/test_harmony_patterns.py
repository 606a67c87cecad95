"""Chords, numerals and scales as words of the prompt."""

import re

import pytest

from livecoder import (
    chord,
    chord_grammar,
    chordGrammar,
    find_key,
    findKey,
    mini,
    n,
    note,
    progression,
    roman,
    rootNotes,
    s,
    scale,
    scaleTranspose,
    seq,
    stack,
    voicing,
)
from livecoder.core.errors import LivecoderError, NotationError, PatternError, UnknownNameError
from livecoder.patterns import vocabulary
from livecoder.theory.chords import QUALITIES


def notes(pattern, begin=0, end=1):
    return [hap.value["note"] for hap in pattern.query(begin, end)]


def chords(pattern, begin=0, end=1):
    return [hap.value["chord"] for hap in pattern.query(begin, end)]


def test_both_spellings_are_words():
    for snake, camel in (
        ("root_notes", "rootNotes"), ("scale_transpose", "scaleTranspose"),
        ("find_key", "findKey"), ("scale_trans", "scaleTrans"),
    ):  # fmt: skip
        assert getattr(vocabulary, snake) is getattr(vocabulary, camel)
        assert getattr(n("0"), snake)
        assert getattr(n("0"), camel)
    assert findKey is find_key
    assert chordGrammar is chord_grammar


def test_functions_wait_for_their_pattern():
    assert notes(voicing(chord("C^7"))) == notes(chord("C^7").voicing())
    assert notes(rootNotes(2, chord("C^7"))) == [36]
    assert notes(n("0").every(1, scale("c:minor"))) == [48]
    assert notes(n("0").scale("c:major").every(1, scaleTranspose(2))) == [52]


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("C^7 Am7b5", ["C^7", "Am7b5"]),
        ("D/F# G", ["D/F#", "G"]),
        ("C7(b9,#11) C+ F°7", ["C7(b9,#11)", "C+", "Fo7"]),
        ("N.C. C", ["N.C.", "C"]),
        ("C*2", ["C", "C"]),
        ("[Bb/D Eb]", ["Bb/D", "Eb"]),
        ("C:7", ["C7"]),
        ("Gm7/C F△7", ["Gm7/C", "FΔ7"]),
    ],
)
def test_chords_in_the_notation(text, symbols):
    assert chords(chord(text)) == symbols


def test_a_slash_before_a_number_is_slow():
    assert chords(chord("<C F>/2"), 0, 4) == ["C", "F"]
    assert [hap.whole.end for hap in chord("C/2").query(0, 1)] == [2]


def test_places_of_chords_stay_where_they_were_typed():
    first, second = chord("D/F# G7(b9)").query(0, 1)
    assert [(p.begin, p.end) for p in first.context] == [(0, 4)]
    assert [(p.begin, p.end) for p in second.context] == [(5, 11)]


@pytest.mark.parametrize("quality", QUALITIES)
def test_every_quality_of_the_list_can_be_typed(quality):
    assert notes(chord(f"C{quality} N.C.").voicing())


@pytest.mark.parametrize("wrong", ["Cxyz", "H7", "<C Fmaj77>", "c"])
def test_a_chord_is_checked_when_it_is_typed(wrong):
    with pytest.raises((UnknownNameError, NotationError)):
        chord(wrong)


def test_a_number_is_no_chord():
    with pytest.raises(PatternError) as caught:
        chord(7)
    offered = re.search(r"(chord\('.+'\))", str(caught.value))
    assert offered
    eval(offered[1], {"chord": chord})


def test_other_controls_stay_and_settings_do_not():
    pattern = chord("C").s("piano").gain(0.5).anchor("c4").mode("above").offset(1).dict("triads")
    for hap in pattern.voicing().query(0, 1):
        assert hap.value.keys() == {"note", "s", "gain"}


def test_no_chord_is_silence():
    assert notes(chord("N.C.").voicing()) == []
    assert chord("N.C.").root_notes(2).query(0, 1) == []


def test_voicing_without_chords_says_what_to_type():
    with pytest.raises(PatternError) as caught:
        note("c e").voicing().query(0, 1)
    offered = re.search(r"try (.+)$", str(caught.value))
    assert offered
    assert notes(eval(offered[1], {"chord": chord}))


def test_inversions_and_slashes():
    assert notes(chord("C").inversion(0).voicing()) == [48, 52, 55]
    assert notes(chord("C").inversion(1).voicing()) == [52, 55, 60]
    assert notes(chord("<C>").inversion("<-1>").voicing()) == [43, 48, 52]
    assert notes(chord("C/E").voicing())[0] % 12 == 4


def test_arpeggios_of_chords():
    assert notes(chord("C").dict("triads").voicing().arp("0 2 1 3")) == [64, 72, 67, 64]
    played = n("0 1 2 3").chord("<C F>").dict("triads").voicing()
    assert notes(played, 0, 2) == [64, 67, 72, 76, 65, 69, 72, 77]


def test_roots():
    assert notes(chord("<C^7 A-7>").root_notes(2), 0, 2) == [36, 45]
    assert notes(chord("C/E").root_notes("<2 3>"), 0, 2) == [40, 52]
    assert notes(chord("C").root_notes()) == [36]
    assert [hap.value for hap in seq("Bb7").root_notes(3).query(0, 1)] == ["Bb3"]


@pytest.mark.parametrize(
    ("pattern", "symbols"),
    [
        (lambda: roman("ii7 V7 I^7", key="C:major"), ["D-7", "G7", "C^7"]),
        (lambda: roman("ii V I"), ["D-", "G", "C"]),
        (lambda: roman("V7/ii bVII7"), ["A7", "Bb7"]),
        (lambda: mini("i iv").roman("a:minor"), ["A-", "D-"]),
        (lambda: roman(["I", "IV"], "g"), ["G", "C"]),
        (lambda: roman("I N.C."), ["C", "N.C."]),
        (lambda: roman("i V", "<a:minor d:minor>"), ["A-", "E"]),
    ],
)
def test_numerals(pattern, symbols):
    assert chords(pattern()) == symbols


@pytest.mark.parametrize("wrong", ["VIII", "ii x", "Vxyz", "V/x"])
def test_a_numeral_is_checked_when_it_is_typed(wrong):
    with pytest.raises(LivecoderError):
        roman(wrong)


def test_progressions():
    blues = progression("12-bar blues", "f")
    assert len(chords(blues, 0, 12)) == 12
    assert chords(blues, 0, 12) == chords(blues, 12, 24)
    assert chords(progression("andalusian", "a"), 0, 4) == ["A-", "G", "F", "E"]
    assert chords(progression("turnaround"), 0, 2) == ["C^7", "A-7", "D-7", "G7"]
    assert chords(progression("pop", "c:minor"), 0, 4) == ["C", "G", "Ab-", "F"]
    assert repr(progression("pop", "g")) == 'progression("pop", "g")'


def test_a_progression_that_nobody_knows():
    with pytest.raises(UnknownNameError, match="did you mean 'andalusian'"):
        progression("andalusain")


def test_the_grammar_as_a_pattern():
    assert chords(chord_grammar(8, "d:minor", seed=2), 0, 8)[-1] == "D-"
    assert chords(chord_grammar(4, "eb"), 3, 4) == ["Eb"]
    assert chords(chord_grammar(8, seed=1), 0, 8) == chords(chord_grammar(8, seed=1), 8, 16)
    assert chords(chord_grammar(8, seed=1), 0, 8) != chords(chord_grammar(8, seed=2), 0, 8)


@pytest.mark.parametrize(
    ("pattern", "played"),
    [
        (lambda: n("0 1").scale("bebop major"), [48, 50]),
        (lambda: n("0 3").scale("c:bebop major"), [48, 53]),
        (lambda: n("0 0").scale("c:minor pentatonic"), [48, 48]),
        (lambda: n("0 2").scale("c:major d:minor"), [48, 53]),
        (lambda: n("0 2").scale(["c:major", "d:minor"]), [48, 53]),
        (lambda: n("2# 0b").scale("c4:major"), [65, 59]),
        (lambda: n("c# e").scale("c:major"), [50, 52]),
        (lambda: note("c# e").n("3").scale("c:major"), [50, 52]),
        (lambda: n("0 2").scale("c:major").scale_transpose(7), [60, 64]),
        (lambda: n("0 2").scale("c:major").add(note(12)).scale_transpose(1), [62, 65]),
        (lambda: note("c c#").scale("c:chromatic").scale("c:major").scale_transpose(1), [50, 52]),
        (lambda: stack(n("0").scale("c:major"), n("0").scale("d:minor")).scale_transpose(2),
         [52, 53]),
    ],
)  # fmt: skip
def test_scales_in_their_forms(pattern, played):
    assert notes(pattern()) == played


def test_names_are_spelled_in_the_scale_they_move_along():
    pattern = seq(0, 2).scale("c:minor").scale_transpose(5)
    assert [hap.value for hap in pattern.query(0, 1)] == ["Ab3", "C4"]


def test_a_chromatic_note_stays_as_far_above_the_scale():
    moved = note("c").scale("c:major").add(note(1)).scale_transpose(1)
    assert notes(moved) == [51]


def test_moving_along_no_scale_says_what_to_type():
    with pytest.raises(PatternError) as caught:
        note("c").scale_transpose(1).query(0, 1)
    offered = re.search(r'(\.scale\(".+?"\))', str(caught.value))
    assert offered
    assert notes(eval(f'note("c"){offered[1]}.scale_transpose(1)', {"note": note}))


def test_what_has_no_pitch_is_left_alone():
    assert s("bd").scale("c:major").scale_transpose(1).query(0, 1)[0].value == {"s": "bd"}


def test_chords_are_transposed_by_their_symbols():
    assert chords(chord("C^7 D/F#").transpose("<3>")) == ["Eb^7", "F/A"]
    assert chords(roman("I V").transpose("3M")) == ["E", "B"]


def test_a_minor_numeral_keeps_its_third_under_a_major_seventh() -> None:
    haps = roman("imaj7", "a:minor").voicing().query(0, 1)
    assert {hap.value["note"] % 12 for hap in haps} == {9, 0, 4, 8}
