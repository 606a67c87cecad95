"""Swing, groove and nudge, by what is heard of them; patterns stay on the grid."""

from __future__ import annotations

from fractions import Fraction

import pytest

from livecoder.core.errors import LivecoderError
from livecoder.core.rational import Rational
from livecoder.session.groove import GROOVES, groove_template
from livecoder.session.offline import Performed, perform
from livecoder.session.script import parse


def played(*lines: str, bars: int = 1) -> Performed:
    return perform(parse("\n".join(lines), "x.py"), bars=bars)


def beats(performed: Performed, track: str = "d1") -> list[Fraction]:
    return [
        Fraction(int(event.beat.numerator), int(event.beat.denominator))
        for event in performed.tracks.get(track, ())
    ]


def test_swing_makes_every_second_eighth_late_and_leaves_the_beats() -> None:
    heard = beats(played("d1 >> s('hh*8'); d1.swing(1/3)"))
    third = Fraction(333333, 1000000)  # what a performer types is exact to a millionth
    assert heard[::2] == [0, 1, 2, 3]
    assert all(
        abs(beat - (k + Fraction(1, 2) + third / 2)) < 1e-5 for k, beat in enumerate(heard[1::2])
    )


def test_swing_of_a_track_is_that_of_the_pattern() -> None:
    of_track = beats(played("d1 >> s('hh*8'); d1.swing(.08)"))
    of_pattern = beats(played("d1 >> s('hh*8').swing(.08)"))
    assert of_track == of_pattern != beats(played("d1 >> s('hh*8')"))


def test_what_lies_between_swings_along_in_order() -> None:
    heard = beats(played("d1 >> s('hh*32'); d1.swing(.6)"))
    assert heard == sorted(set(heard))
    assert len(heard) == 32


def test_an_mpc_groove_moves_every_second_sixteenth() -> None:
    heard = beats(played("d1 >> s('hh*16'); d1.groove('mpc 58')"))
    moved = [(beat - Fraction(k, 4)) * 4 for k, beat in enumerate(heard)]
    assert moved == [0, Fraction(4, 25)] * 8


def test_strength_scales_offsets_and_velocities() -> None:
    performed = played("d1 >> s('hh*4').velocity(.5); d1.groove(groove_template([.2], [1.5]), .5)")
    assert beats(performed) == [k + Fraction(1, 40) for k in range(4)]
    assert [event.controls["velocity"] for event in performed.tracks["d1"]] == [0.625] * 4


def test_a_groove_is_taken_from_a_pattern_that_plays() -> None:
    line = "d1 >> s('hh*8'); d1.groove(s('hh*8').swing(.08).gain('1 .5'))"
    performed = played(line)
    assert beats(performed) == beats(played("d1 >> s('hh*8').swing(.08)"))
    loud = [event.controls.get("velocity") for event in performed.tracks["d1"]]
    assert loud == [None] * 4 + [0.4] * 4


def test_the_grid_begins_anew_at_each_bar_line() -> None:
    heard = beats(played("meter(7, 8); d1 >> s('hh'); d1.groove([.4, 0])", bars=3))
    assert heard == [Fraction(7, 2) * k + Fraction(1, 10) for k in range(3)]


def test_a_nudge_is_in_milliseconds_whatever_the_tempo() -> None:
    for bpm in (60, 90, 150):
        performed = played(f"tempo({bpm}); d1 >> s('hh*4'); d1.nudge(20)")
        starts = [performed.seconds(event.beat) for event in performed.tracks["d1"]]
        assert starts == pytest.approx([k * 60 / bpm + 0.02 for k in range(4)], abs=2e-6)


def test_the_control_nudge_takes_effect_and_adds_to_that_of_the_track() -> None:
    performed = played("tempo(60); d1 >> s('hh*4').nudge('0 .1 -.05 0'); d1.nudge(10)")
    starts = [performed.seconds(event.beat) for event in performed.tracks["d1"]]
    assert starts == pytest.approx([0.01, 1.11, 1.96, 3.01], abs=2e-6)


def test_a_change_of_feel_is_an_edit_heard_from_the_next_sixteenth() -> None:
    heard = beats(played("d1 >> s('hh*8')", "# bar 1.5", "d1.swing(.2)", bars=1))
    assert heard[:4] == [0, Fraction(1, 2), 1, Fraction(3, 2)]
    assert heard[5] == Fraction(5, 2) + Fraction(1, 10)


def test_a_track_says_how_it_is_played() -> None:
    block = "d1 >> s('hh'); d1.swing(.1, 16).groove('mpc 58', .5).nudge(-8)"
    said = played("d1 >> s('bd')", "# bar 2", f"{block}; assert False, repr(d1)", bars=2)
    assert "swing 0.1 of 16ths, groove mpc 58 at 0.5, nudge -8 ms" in said.problems[0]


def test_undo_takes_a_feel_back() -> None:
    lines = ("d1 >> s('hh*8')", "# bar 2", "d1.swing(.2)", "# bar 3", "undo()")
    heard = beats(played(*lines, bars=3))
    assert [beat % 1 for beat in heard[1::2]] == [Fraction(1, 2)] * 4 + [Fraction(3, 5)] * 4 + [
        Fraction(1, 2)
    ] * 4


def test_an_edit_and_a_loop_go_by_the_place_and_not_by_what_is_heard() -> None:
    lines = (
        "d1 >> s('<bd hh cp sd>*4'); d1.nudge(-100)",
        "# bar 2",
        "d1.freeze(1)",
        "# bar 3",
        "d1.play(s('cb'))",
    )
    performed = played(*lines, bars=3)
    sounds = [event.controls["s"] for event in performed.tracks["d1"]]
    assert sounds == ["bd", "hh", "cp", "sd"] * 2 + ["cb"]


@pytest.mark.parametrize("name", [*GROOVES, "mpc 50", "MPC 66.7", "mpc 75 8"])
def test_no_template_lets_notes_change_places(name: str) -> None:
    groove = groove_template(name)
    grid = [Rational(k, 48) for k in range(48 * 4)]
    heard = [place + groove.at(place)[0] for place in grid]
    assert heard == sorted(heard)
    assert len(set(heard)) == len(heard)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("d1.swing(2)", "from -0.9 to 0.9"),
        ("d1.swing(.1, 7)", "2, 4, 8, 16 or 32"),
        ("d1.groove('mpc 90')", "from mpc 50 to mpc 75"),
        ("d1.groove('laid bakc')", "laid back"),
        ("d1.groove([.7])", "less than 0.5"),
        ("d1.groove([0, .1], 9)", "from 0 to 2"),
        ("d1.groove(7)", "a name, a list or a pattern"),
        ("d1.nudge(4000)", "from -500 to 500 ms"),
        ("nudge('late')", "from -500 to 500 ms"),
        ("d1 >> s('hh').nudge(3)", "-1 to 1 seconds"),
    ],
)
def test_what_is_no_feel_is_refused_in_words(line: str, says: str) -> None:
    performed = played("d1 >> s('bd')", "# bar 2", line, bars=3)
    assert len(performed.problems) == 1
    assert says in performed.problems[0]
    assert beats(performed) == [0, 4, 8]


def test_a_groove_refuses_what_it_cannot_read() -> None:
    with pytest.raises(LivecoderError, match="1 to 256 steps"):
        groove_template([])
