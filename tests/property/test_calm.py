"""A turn is put off a little, to where it keeps no message waiting, or not at all."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from livecoder.outputs.midi.calm import Calm

MS = 1_000_000
times = st.integers(0, 200 * MS)


@given(st.lists(times, max_size=40).map(sorted), times)
def test_a_turn_fits_between_messages_or_begins_when_it_was_to(
    deadlines: list[int], wanted: int
) -> None:
    calm = Calm()
    for deadline in deadlines:
        calm.expect(deadline)
    moment = calm.after(wanted)
    assert wanted <= moment <= wanted + 6 * MS
    beside = [d for d in deadlines if moment - MS // 2 < d < moment + 3 * MS // 2]
    if beside:
        # There is no gap long enough: whatever millisecond is looked at, a message is near.
        assert moment == wanted
        ends = [d + MS // 2 for d in deadlines if wanted <= d + MS // 2 <= wanted + 6 * MS]
        assert all(any(e - MS // 2 < d < e + 3 * MS // 2 for d in deadlines) for e in ends)
    assert calm.after(wanted) == moment, "to ask changes nothing"
    calm.forget()
    assert calm.after(wanted) == wanted
