"""Tunings by name and from Scala files, good and hostile."""

import math
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livecoder.core.errors import RangeError, SessionFileError, UnknownNameError
from livecoder.theory.grid import grid_of
from livecoder.theory.tunings import TUNINGS, TWELVE, equal, parse_scl, read_scl, tuning_named

SLENDRO = """! slendro.scl
!
A slendro, as somebody measured it \xe9
 5
!
 235.0 low
 9/7   ! a comment after a pitch
 701.955
 950.
 2
"""


def test_a_scala_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "slendro.scl"
    path.write_bytes(SLENDRO.encode("latin-1"))
    tuning = tuning_named(str(path))
    assert tuning.name == "slendro.scl"
    assert tuning.steps == pytest.approx((0.0, 2.35, 12 * math.log2(9 / 7), 7.01955, 9.5))
    assert tuning.period == 12.0


def test_unsorted_pitches_and_pitches_twice_are_put_in_order() -> None:
    tuning = parse_scl("d\n5\n3/2\n5/4\n3/2\n3/1\n2/1", "x")
    assert tuning.steps == pytest.approx((0.0, 12 * math.log2(5 / 4), 12 * math.log2(3 / 2)))


def test_a_period_need_not_be_an_octave() -> None:
    assert parse_scl("d\n1\n3/1", "x").period == pytest.approx(12 * math.log2(3))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no Scala file"),
        ("one line", "no Scala file"),
        ("d\nmany\n2/1", "line 2"),
        ("d\n0\n2/1", "line 2"),
        ("d\n99999\n2/1", "line 2"),
        ("d\n-3\n2/1", "line 2"),
        ("d\n3\n3/2\n2/1", "says 3 pitches and has 2"),
        ("d\n2\n3/2\ntwo", "line 4"),
        ("d\n2\n3/0\n2/1", "line 3"),
        ("d\n2\n0/3\n2/1", "line 3"),
        ("d\n2\n-3/2\n2/1", "line 3"),
        ("d\n2\n1e5\n2/1", "line 3"),
        ("d\n2\nnan\n2/1", "line 3"),
        ("d\n2\n999999999.0\n2/1", "line 3"),
        ("d\n2\n" + "9" * 5000 + "/7\n2/1", "line 3"),
        ("d\n2\n3/2\n1/1", "last pitch"),
        ("d\n2\n3/2\n-1200.0", "last pitch"),
        ("\x00" * 300, "no Scala file"),
    ],
)
def test_a_file_that_is_none_says_what_belongs_there(text: str, says: str) -> None:
    with pytest.raises(SessionFileError, match=says) as caught:
        parse_scl(text, "bad.scl")
    assert "bad.scl" in str(caught.value)
    assert len(str(caught.value)) < 300


@given(st.text(max_size=200) | st.from_regex(r"d\n\d{1,3}\n(\d{1,4}(/\d{1,3}|\.\d*)?\n){0,6}"))
def test_any_text_gives_a_tuning_or_the_one_error(text: str) -> None:
    try:
        tuning = parse_scl(text, "any.scl")
    except SessionFileError:
        return
    assert tuning.steps[0] == 0.0
    assert list(tuning.steps) == sorted(set(tuning.steps))
    assert tuning.steps[-1] < tuning.period


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    large = tmp_path / "large.scl"
    large.write_bytes(b"!" * 70_000)
    pipe = tmp_path / "pipe.scl"
    os.mkfifo(pipe)  # reading it would wait for ever
    for path in (tmp_path / "none.scl", tmp_path, large, pipe):
        with pytest.raises(SessionFileError):
            read_scl(path)


def test_a_name_nobody_registered() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'pythagorean'"):
        tuning_named("pythagoraen")


@pytest.mark.parametrize("name", sorted(TUNINGS))
def test_named_tunings_ascend_within_their_period(name: str) -> None:
    tuning = TUNINGS[name]
    assert tuning.steps[0] == 0.0
    assert list(tuning.steps) == sorted(set(tuning.steps))
    assert tuning.steps[-1] < tuning.period


@pytest.mark.parametrize(
    ("divisions", "period"), [(0, 12), (2000, 12), (True, 12), (5, 0), (5, 121)]
)
def test_equal_steps_have_a_range(divisions: int, period: float) -> None:
    with pytest.raises(RangeError):
        equal(divisions, period)


def test_just_intonation_has_pure_intervals() -> None:
    grid = grid_of("c:major", tuning="just")
    ratios = [2 ** (step / 12) for step in grid.steps]
    assert ratios == pytest.approx([1, 9 / 8, 5 / 4, 4 / 3, 3 / 2, 5 / 3, 15 / 8])


def test_a_scale_in_a_tuning_of_other_steps_takes_the_nearest_ones() -> None:
    grid = grid_of("c:major", tuning=equal(19))
    assert [round(step * 19 / 12) for step in grid.steps] == [0, 3, 6, 8, 11, 14, 17]


def test_twelve_equal_steps_change_no_scale() -> None:
    assert grid_of("c:rast", tuning=TWELVE).steps == (0, 2, 3.5, 5, 7, 9, 10.5)
