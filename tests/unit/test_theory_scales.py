"""Notes, keys and degrees, held against the table and against what Strudel answers."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livecoder.core.errors import LivecoderError, NotationError, RangeError, UnknownNameError
from livecoder.core.rational import Rational
from livecoder.theory.catalogue import ALIASES, TABLE
from livecoder.theory.scales import SCALES, Key, degree_to_note, note_number, parse_key


def test_there_are_ninety_scales_and_more_no_two_alike() -> None:
    assert len(TABLE) >= 90
    assert len(set(TABLE.values())) == len(TABLE)
    assert not TABLE.keys() & ALIASES.keys()


@pytest.mark.parametrize("name", sorted(SCALES))
def test_every_scale_ascends_from_the_tonic_within_the_octave(name: str) -> None:
    steps = SCALES[name]
    assert steps[0] == 0.0
    assert list(steps) == sorted(set(steps))
    assert steps[-1] < 12.0
    assert all(isinstance(step, float) for step in steps)


def test_scales_are_read_only() -> None:
    with pytest.raises(TypeError):
        SCALES["mine"] = (0.0,)  # type: ignore[index]


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("c", 48), ("c4", 60), ("C4", 60), ("a", 57), ("a4", 69), ("eb", 51), ("es3", 53),
        ("ef3", 51), ("f#", 54), ("cb4", 59), ("b#3", 60), ("bb", 58), ("c-1", 0), ("c##2", 38),
        ("bbb3", 57), ("ff", 52), ("g9", 127), (60, 60), (61.5, 61.5), (Rational(121, 2), 60.5),
    ],
)  # fmt: skip
def test_note_number(name: str | float, number: float) -> None:
    answer = note_number(name)
    assert answer == number
    assert type(answer) is float


@pytest.mark.parametrize(
    ("text", "at"), [("h", 0), ("", 0), ("c4x", 2), ("c#5 ", 3), ("4", 0), ("c123", 3)]
)
def test_a_name_that_is_no_note_is_pointed_at(text: str, at: int) -> None:
    with pytest.raises(NotationError) as caught:
        note_number(text)
    assert caught.value.at == at


@pytest.mark.parametrize("value", [math.nan, math.inf, True, None, [60]])
def test_what_is_no_number_is_no_note(value: object) -> None:
    with pytest.raises(RangeError):
        note_number(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "tonic", "scale", "root"),
    [
        ("a:minor", 9, "minor", 57),
        ("c# dorian", 1, "dorian", 49),
        ("F major", 5, "major", 53),
        ("a", 9, "major", 57),
        ("C:minor:pentatonic", 0, "minor pentatonic", 48),
        ("c:minor_pentatonic", 0, "minor pentatonic", 48),
        ("  D4:Dorian ", 2, "dorian", 62),
        ("cb:minor", 11, "minor", 47),
        ("bb2:rast", 10, "rast", 46),
        ("e:LYDIAN", 4, "lydian", 52),
    ],
)
def test_keys(text: str, tonic: int, scale: str, root: int) -> None:
    key = parse_key(text)
    assert (key.tonic, key.offsets, key.root) == (tonic, SCALES[scale], root)


@given(
    st.sampled_from(["c", "f#", "bb", "E", "cb", "b#"]),
    st.sampled_from(["", "2", "5", "-1"]),
    st.sampled_from(sorted(SCALES)),
)
def test_a_keys_name_names_it(note: str, octave: str, scale: str) -> None:
    key = parse_key(f"{note}{octave}:{scale}")
    assert parse_key(key.name) == key


def test_a_near_miss_is_offered_and_the_offer_works() -> None:
    with pytest.raises(UnknownNameError) as caught:
        parse_key("d:dorain")
    offered = re.search(r"did you mean '([a-z ]+)'", str(caught.value))
    assert offered
    assert parse_key(f"d:{offered[1]}").offsets == SCALES["dorian"]


@pytest.mark.parametrize("text", ["minor", "", ":", "h:minor", "x" * 10_000, "c4.5:minor", ["a"]])
def test_a_key_without_a_tonic_says_how_one_is_written(text: object) -> None:
    with pytest.raises(NotationError) as caught:
        parse_key(text)  # type: ignore[arg-type]
    offered = re.search(r'a scale: "(.+?)"', str(caught.value))
    assert offered
    assert len(str(caught.value)) < 600
    parse_key(offered[1])


def test_pitch_classes_of_a_key() -> None:
    assert parse_key("a:minor").pitch_classes == {9, 11, 0, 2, 4, 5, 7}
    # A quarter tone counts as the key above it, so that a network has seven notes and not five.
    assert parse_key("c:rast").pitch_classes == {0, 2, 4, 5, 7, 9, 11}


@pytest.mark.parametrize(
    ("key", "degrees", "notes"),
    [
        # The first three as in the golden haps: n("0 .. 7").scale("C:major") and the like.
        ("C:major", range(8), [48, 50, 52, 53, 55, 57, 59, 60]),
        ("C:minor", (0, 2, 4), [48, 51, 55]),
        ("D:dorian", (0, 2, 4), [50, 53, 57]),
        ("a:minor", (-1, -7, 7, 14), [55, 45, 69, 81]),
        ("c4:minor:pentatonic", (0, 5, -5), [60, 72, 48]),
        ("c:major", (0.5, 1.0, "2", "2b", "-1#", Rational(3, 2)), [50, 50, 52, 51, 48, 52]),
    ],
)
def test_degrees(key: str, degrees: tuple[str | float, ...], notes: list[float]) -> None:
    assert [degree_to_note(degree, key) for degree in degrees] == notes


@given(st.sampled_from(sorted(SCALES)), st.integers(-100, 100))
def test_a_scale_repeats_at_the_octave_and_ascends(scale: str, degree: int) -> None:
    key = parse_key(f"d:{scale}")
    here = degree_to_note(degree, key)
    assert degree_to_note(degree + len(key.offsets), key) == pytest.approx(here + 12, abs=1e-9)
    assert degree_to_note(degree + 1, key) > here


@pytest.mark.parametrize("degree", ["x", "", "1..2", math.nan, math.inf, 1e9, True, None])
def test_what_is_no_degree_is_refused(degree: object) -> None:
    with pytest.raises(LivecoderError):
        degree_to_note(degree, "c:major")  # type: ignore[arg-type]


def test_a_key_is_a_value() -> None:
    assert hash(parse_key("c:major")) == hash(Key(0, SCALES["major"], "c:major"))
