"""Mini-notation: what it plays, where it points when it is wrong."""

import pytest

from livecoder.core.errors import NotationError, RangeError
from livecoder.core.haps import Location
from livecoder.core.rational import Rational
from livecoder.patterns import mini, note, s


def played(text, begin=0, end=1):
    return [
        (str(hap.whole.begin), str(hap.whole.end), hap.value)
        for hap in sorted(mini(text).query(begin, end), key=lambda hap: (hap.part, str(hap.value)))
    ]


def values(text, begin=0, end=1):
    return [value for _, _, value in played(text, begin, end)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bd sn", ["bd", "sn"]),
        ("bd ~ - sn", ["bd", "sn"]),
        ("bd*2 sn", ["bd", "bd", "sn"]),
        ("bd!! sn", ["bd", "bd", "bd", "sn"]),
        ("bd ! ! sn", ["bd", "bd", "bd", "sn"]),
        ("bd!3", ["bd", "bd", "bd"]),
        ("bd!0 sn", ["sn"]),
        ("0 .. 3", [0, 1, 2, 3]),
        ("0..3", [0, 1, 2, 3]),
        ("3 .. 1", [3, 2, 1]),
        ("bd:3 bd:3:0.5", [["bd", 3], ["bd", 3, 0.5]]),
        ("-1 +2 .5 1e3 -2.5e-1", [-1, 2, 0.5, 1000, -0.25]),
        ("c#4 eb gs2 Bb", ["c#4", "eb", "gs2", "Bb"]),
        ("super_saw hh-open", ["super_saw", "hh-open"]),
        ("'bd kick' \"a b\"", ["bd kick", "a b"]),
        ("C^7 F#o7 Am7b5", ["C^7", "F#o7", "Am7b5"]),
        ("bd // a comment", ["bd"]),
        ("bd\n  sn\n", ["bd", "sn"]),
        ("größe", ["größe"]),
        ("", []),
        ("~", []),
    ],
)
def test_a_cycle_holds(text, expected):
    assert values(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a@3 b", [("0", "3/4", "a"), ("3/4", "1", "b")]),
        ("a@ b", [("0", "2/3", "a"), ("2/3", "1", "b")]),
        ("a _ b", [("0", "2/3", "a"), ("2/3", "1", "b")]),
        ("a@2 _ b", [("0", "3/4", "a"), ("3/4", "1", "b")]),
        ("a . b c", [("0", "1/2", "a"), ("1/2", "3/4", "b"), ("3/4", "1", "c")]),
        ("a*1.5", [("0", "2/3", "a"), ("2/3", "4/3", "a")]),
        ("[a b]/2", [("0", "1", "a")]),
        ("<a b>!2 c", [("0", "1/3", "a"), ("1/3", "2/3", "a"), ("2/3", "1", "c")]),
        ("{a b c}%2", [("0", "1/2", "a"), ("1/2", "1", "b")]),
        ("a(3,8,2)", [("0", "1/8", "a"), ("1/4", "3/8", "a"), ("5/8", "3/4", "a")]),
    ],
)
def test_steps_last(text, expected):
    assert played(text) == expected


def test_alternation_moves_on_each_cycle_and_comes_round():
    assert [values("<a b c>", cycle, cycle + 1) for cycle in range(-1, 4)] == [
        ["c"], ["a"], ["b"], ["c"], ["a"],
    ]  # fmt: skip


def test_a_slowed_alternation_in_a_sequence_goes_on_where_it_was():
    assert values("x <a b>/2", 0, 4) == ["x", "a", "x", "a", "x", "b", "x", "b"]


def test_haps_know_their_characters():
    haps = mini("bd*2 <sn cp>", source=7).query(1, 2)

    assert {hap.value: hap.context for hap in haps} == {
        "bd": (Location(0, 2, 7),),
        "cp": (Location(9, 11, 7),),
    }


def test_haps_keep_their_characters_through_controls_and_structure():
    (hap,) = s("bd").gain("0.5").struct("x").query(0, 1)

    assert {(place.begin, place.end) for place in hap.context} == {(0, 2), (0, 3), (0, 1)}


@pytest.mark.parametrize(
    ("text", "at", "says"),
    [
        ("[bd sn", 0, "expected ']'"),
        ("bd <sn", 3, "expected '>'"),
        ("bd sn]", 5, "expected a step"),
        ("bd [] sn", 3, "expected a step between"),
        ("bd*", 3, "the text ends here"),
        ("bd*x", 2, "expected a number"),
        ("bd/x", 2, "expected a number"),
        ("bd*-2", 2, "0 or more"),
        ("bd(3,8", 6, "expected ',' or ')'"),
        ("bd(3)", 4, "a number of steps"),
        ("bd(9,8)", 2, "at most its steps"),
        ("bd(3,x)", 2, "whole number"),
        ("bd, sn | hh", 7, "bracket"),
        ("_ bd", 0, "makes the one before it longer"),
        (". bd", 0, "before '.'"),
        ("bd .", 3, "after '.'"),
        ("0 .. x", 2, "numbers on both sides"),
        ("0 .. 1e9", 2, "at most"),
        ("bd!1.5", 2, "whole number"),
        ("bd!-3", 2, "whole number"),
        ("bd@-3 sn", 2, "a length from 0"),
        ("bd%4", 2, "polymeter"),
        ("{a b}%x", 0, "expected a number"),
        ("bd $", 3, "expected a step"),
        ("bd*1e9", 2, "at most"),
    ],
)
def test_an_error_points_at_the_character_and_says_what_was_expected(text, at, says):
    with pytest.raises(NotationError) as caught:
        mini(text)

    assert caught.value.at == at
    assert says in str(caught.value)
    line, caret = str(caught.value).splitlines()[-2:]
    assert line.strip() == text.strip()
    assert caret == "  " + " " * at + "^"


def test_brackets_without_end_are_an_error_and_no_crash():
    with pytest.raises(NotationError, match="deep"):
        mini("[" * 5_000)


def test_a_text_without_end_is_an_error():
    with pytest.raises(NotationError, match="characters"):
        mini("bd " * 50_000)


@pytest.mark.parametrize(
    "text",
    [
        "[bd*9999]*9999",
        "[[[bd*999]*999]*999]*999",
        "[[a!1000]!1000]!1000",
        "{a b}%99999",
        "[0 .. 999]*999",
        "a*1e999",
        "a@1e999",
        "{a}%1e999",
        "a!1e999",
        "[a(3,1024)]*1000",
    ],
)
def test_more_notes_than_anybody_can_hear_are_refused_at_once(text):
    with pytest.raises(NotationError):
        mini(text)


@pytest.mark.parametrize("change", ["fast(9999).fast(9999)", "fast(9999).ply(9999)"])
def test_nor_do_words_play_more_than_anybody_can_hear(change):
    pattern = eval(f"s('bd').{change}", {"s": s})

    with pytest.raises(RangeError, match="at most"):
        pattern.query(0, 1)


def test_chance_is_the_same_every_time_and_different_in_each_place():
    pattern = mini("bd*16?, sn*16?")
    first = pattern.query(3, 5)

    assert pattern.query(3, 5) == first
    drums = [[hap.whole for hap in first if hap.value == name] for name in ("bd", "sn")]
    assert drums[0] != drums[1]
    assert 8 < len(drums[0]) < 24


def test_chance_follows_its_number():
    pattern = mini("bd*16?0.25")

    kept = len(pattern.query(0, 64)) / (16 * 64)
    assert 0.65 < kept < 0.85


def test_a_choice_takes_each_of_its_sides_about_equally():
    chosen = [hap.value for hap in mini("a | b | c").query(0, 300)]

    assert len(chosen) == 300
    assert all(60 < chosen.count(side) < 140 for side in "abc")


def test_a_patterned_factor_is_asked_cycle_by_cycle():
    assert [len(mini("bd*<2 3>").query(cycle, cycle + 1)) for cycle in range(4)] == [2, 3, 2, 3]


def test_zero_width_questions_are_answered():
    assert [hap.value for hap in mini("bd sn").query("1/2", "1/2")] == ["sn"]
    assert mini("bd ~").query("1/2", "1/2") == []


def test_times_are_exact():
    (first, *_) = mini("a b c d e f g").query(Rational(10**6), Rational(10**6) + 1)

    assert first.whole.end == Rational(7 * 10**6 + 1, 7)


def test_a_notation_longer_than_its_table_still_plays():
    text = "<" + " ".join(f"n{number}" for number in range(100)) + ">"

    assert values(text, 150, 151) == ["n50"]


def test_note_names_stay_names():
    assert note("c e4").query(0, 1)[1].value == {"note": "e4"}
