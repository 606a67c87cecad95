"""Whatever the tempo does, what goes out keeps its order and distances, and time is caught up."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from livecoder.clock.tempo import TempoMap
from livecoder.core.rational import Rational
from livecoder.outputs.midi.catching_up import CatchingUp

MS = 1_000_000
STEPS = 48
TEMPI = st.floats(20, 400)


@st.composite
def changes(draw: st.DrawFn) -> list[tuple[int, float, float]]:
    """Times in milliseconds, the tempo from there, and the beats it takes to get there."""
    times = sorted(draw(st.sets(st.integers(10, 3000), max_size=6)))
    return [(ms, draw(TEMPI), draw(st.sampled_from((0.0, 0.0, 2.0)))) for ms in times]


@given(TEMPI, changes(), st.integers(1, 33), st.integers(35, 90))
def test_steps_go_out_in_order_never_early_and_three_quarters_as_far_apart_at_least(
    bpm: float, coming: list[tuple[int, float, float]], turn: int, ahead: int
) -> None:
    tempo_map, catching_up, step = TempoMap(bpm=bpm), CatchingUp(), 0
    fastest, out = bpm, []
    for now in range(0, 4000, turn):
        while coming and coming[0][0] <= now:
            _, bpm, beats = coming.pop(0)
            # A change of tempo is made now: never where beats were, always where they are.
            at = tempo_map.beat_at(now * MS)
            tempo_map = tempo_map.with_ramp(bpm, at, beats, start=None if beats else bpm)
            fastest = max(fastest, bpm, tempo_map.bpm)
        until = (now + ahead) * MS
        catching_up.see(tempo_map, until)
        while (due := tempo_map.ns_at(Rational(step, STEPS))) < until:
            out.append(catching_up.deadline(due))
            assert out[-1] >= due
            step += 1
    closest = 60e9 / fastest / STEPS
    assert all(b - a >= closest * 3 / 4 - 4 for a, b in pairwise(out))
    for later in range(10):
        due = tempo_map.ns_at(Rational(step + later, STEPS)) + 4 * ahead * MS
        assert catching_up.deadline(due) == due


def test_a_jump_or_what_was_taken_back_is_not_caught_up_with() -> None:
    catching_up, slow = CatchingUp(), TempoMap(bpm=60.0)
    catching_up.see(slow, 1000 * MS)
    ahead = slow.with_anchor(Rational(0), -2000 * MS)
    catching_up.see(ahead, 1070 * MS)
    assert catching_up.deadline(1050 * MS) == 1050 * MS
    catching_up.see(ahead.with_tempo(240, Rational(3)), 1100 * MS)
    assert catching_up.deadline(1052 * MS) > 1052 * MS
    catching_up.forget()
    assert catching_up.deadline(1052 * MS) == 1052 * MS
