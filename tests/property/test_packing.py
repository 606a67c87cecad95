"""Bars of long ago are what they were."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from livecoder.core.events import Note
from livecoder.core.rational import Rational
from livecoder.studio.packing import packed, unpacked

times = st.builds(
    Rational,
    st.integers(-(2**66), 2**66) | st.integers(-4, 70_000),
    st.integers(1, 2**66) | st.integers(1, 960),
)
notes = st.builds(Note, times, times, st.floats(0, 127), st.floats(0, 1))


@given(st.lists(notes, max_size=12))
def test_what_is_unpacked_equals_what_was_packed(bar: list[Note]) -> None:
    assert unpacked(packed(bar)) == tuple(bar)


def test_a_usual_note_takes_24_bytes_and_an_odd_one_48() -> None:
    usual = Note(Rational(7, 4), Rational(1, 50), 60.0, 0.8)
    odd = Note(Rational(1_000_003, 960), Rational(1, 50), 60.0, 0.8)
    assert [len(packed([usual] * 3)), len(packed([usual, odd]))] == [1 + 3 * 24, 1 + 2 * 48]
