"""Snapping held against its definition: of every note there is, the nearest, the lower on a tie."""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from livecoder.core.errors import RangeError
from livecoder.theory.grid import Direction, Grid, grid_of, snap_note
from livecoder.theory.scales import SCALES
from livecoder.theory.snap import GlideState, snap, snap_block, snap_curve, warm
from livecoder.theory.tunings import TUNINGS, equal

# Quarters and eighths meet ties exactly; the rest of the floats do not.
pitches = st.one_of(st.integers(-80, 1040).map(lambda n: n / 8), st.floats(-20.0, 140.0))
voiced_or_not = st.one_of(pitches, st.just(math.nan))
names = st.builds(
    "{}:{}".format, st.sampled_from(["c", "f#", "bb2", "a5"]), st.sampled_from(sorted(SCALES))
)
by_name = st.sampled_from(sorted(TUNINGS.values(), key=lambda tuning: tuning.name))
periods = st.sampled_from([7.02, 12.0, 19.02])
tunings = by_name | st.builds(equal, st.integers(1, 53), periods)
grids = st.builds(lambda name, tuning: grid_of(name, tuning=tuning), names, tunings)
directions = st.sampled_from(["nearest", "up", "down"])
curves = arrays(np.float64, st.integers(0, 60), elements=voiced_or_not)


def by_definition(pitch: float, grid: Grid, direction: Direction) -> float:
    every = sorted(
        grid.tonic + grid.period * octave + step for octave in range(-60, 60) for step in grid.steps
    )
    if direction == "up":
        return min(note for note in every if note >= pitch)
    if direction == "down":
        return max(note for note in every if note <= pitch)
    return min(every, key=lambda note: (abs(note - pitch), note))


@given(pitches, grids, directions)
def test_a_note_goes_where_the_definition_says(
    pitch: float, grid: Grid, direction: Direction
) -> None:
    assert snap([pitch], grid, direction=direction)[0] == by_definition(pitch, grid, direction)


@given(st.lists(voiced_or_not, max_size=20), grids, directions, st.floats(0.0, 1.0))
def test_plain_python_and_compiled_code_agree_to_the_bit(
    notes: list[float], grid: Grid, direction: Direction, strength: float
) -> None:
    notes = [*notes, *snap(notes, grid)]  # notes of the scale itself, which stay
    compiled = snap(notes, grid, direction=direction, strength=strength)
    plain = [snap_note(note, grid, direction=direction, strength=strength) for note in notes]
    np.testing.assert_array_equal(compiled, np.array(plain, dtype=np.float64))


@given(curves, grids, directions)
def test_snapping_twice_is_snapping_once(
    curve: np.ndarray, grid: Grid, direction: Direction
) -> None:
    once = snap(curve, grid, direction=direction)
    np.testing.assert_array_equal(snap(once, grid, direction=direction), once)


@given(curves, grids, directions)
def test_strength_nought_leaves_everything(
    curve: np.ndarray, grid: Grid, direction: Direction
) -> None:
    np.testing.assert_array_equal(snap(curve, grid, direction=direction, strength=0.0), curve)
    still = snap_curve(curve, 1000, grid, direction=direction, strength=0.0, glide_ms=20)
    np.testing.assert_array_equal(still, curve)


@given(pitches, grids, st.floats(0.0, 1.0))
def test_strength_is_the_share_of_the_way(pitch: float, grid: Grid, strength: float) -> None:
    target = snap_note(pitch, grid)
    moved = snap_note(pitch, grid, strength=strength)
    assert moved - pitch == pytest.approx(strength * (target - pitch), abs=1e-9)


@given(curves, grids, directions, st.floats(0.0, 1.0))
def test_a_curve_without_glide_is_snapped_point_by_point(
    curve: np.ndarray, grid: Grid, direction: Direction, strength: float
) -> None:
    np.testing.assert_array_equal(
        snap_curve(curve, 48000, grid, direction=direction, strength=strength),
        snap(curve, grid, direction=direction, strength=strength),
    )


@given(curves, grids, st.integers(1, 30))
def test_a_glide_goes_towards_its_note_and_never_past_it(
    curve: np.ndarray, grid: Grid, samples: int
) -> None:
    targets = snap(curve, grid)
    moved = snap_curve(curve, 1000, grid, glide_ms=samples)
    assert np.array_equal(np.isnan(moved), np.isnan(curve))
    for i, (target, here) in enumerate(zip(targets, moved, strict=True)):
        before = moved[i - 1] if i else math.nan
        if math.isnan(target) or math.isnan(before):
            assert math.isnan(target) or here == target
        else:
            assert min(before, target) <= here <= max(before, target)
            assert here == target or here != before or math.isclose(before, target, abs_tol=1e-9)


@given(st.integers(2, 50), st.floats(0.0, 127.0), grids)
def test_a_glide_arrives_when_it_should_and_not_before(
    samples: int, start: float, grid: Grid
) -> None:
    low = snap_note(start, grid)
    high = snap_note(low + 9.0, grid, direction="up")
    curve = np.concatenate([[low], np.full(samples, high)])
    moved = snap_curve(curve, 1000, grid, glide_ms=samples)
    assert moved[-1] == high
    assert moved[-2] < high
    np.testing.assert_allclose(moved, np.linspace(low, high, samples + 1), atol=1e-9)


@given(curves, grids, directions, st.integers(0, 20), st.lists(st.integers(0, 60), max_size=5))
def test_blocks_of_a_curve_are_the_whole(
    curve: np.ndarray, grid: Grid, direction: Direction, glide_ms: int, cuts: Sequence[int]
) -> None:
    whole = snap_curve(curve, 1000, grid, direction=direction, glide_ms=glide_ms)
    state, parts = GlideState(), []
    edges = [0, *sorted(min(cut, curve.size) for cut in cuts), curve.size]
    for begin, end in pairwise(edges):
        part, state = snap_block(
            curve[begin:end], state, 1000, grid, direction=direction, glide_ms=glide_ms
        )
        parts.append(part)
    np.testing.assert_array_equal(np.concatenate(parts), whole)


@given(names, tunings)
def test_every_scale_has_notes_in_every_tuning(name: str, tuning) -> None:
    grid = grid_of(name, tuning=tuning)
    assert grid.steps[0] == 0.0
    assert list(grid.steps) == sorted(set(grid.steps))
    assert grid.steps[-1] < grid.period
    assert set(grid.steps) <= {*tuning.steps, *SCALES[name.split(":", 1)[1]]}


def test_the_given_array_is_left_alone_and_keeps_its_shape() -> None:
    given_pitches = np.array([[61.0, 61.1], [math.nan, math.inf]])
    before = given_pitches.copy()
    snapped = snap(given_pitches, "c:major")
    np.testing.assert_array_equal(given_pitches, before)
    np.testing.assert_array_equal(snapped, [[60.0, 62.0], [math.nan, math.inf]])


def test_an_unvoiced_stretch_ends_the_glide() -> None:
    curve = [60.0, 72.0, math.nan, 48.0, 48.0]
    moved = snap_curve(curve, 1000, "c:major", glide_ms=4)
    np.testing.assert_array_equal(moved, [60.0, 63.0, math.nan, 48.0, 48.0])


def test_a_tonic_of_ones_own() -> None:
    assert snap([61.0], (0.0, 5.0), tonic=61).tolist() == [61.0]
    assert snap([61.0], "c:fifth", tonic=50).tolist() == [62.0]


def test_warm_compiles_what_is_used_later() -> None:
    warm()
    from livecoder.theory.kernels import glide, snap_each

    kinds = [len(kernel.compiled.signatures) for kernel in (snap_each, glide)]
    state = GlideState()
    for _ in range(3):
        _, state = snap_block([60.0, 61.2], state, 48000.0, grid_of("c:rast"), glide_ms=10)
        snap([60, 61], "c:rast", tuning="19edo", direction="down", strength=0.5)
    assert [len(kernel.compiled.signatures) for kernel in (snap_each, glide)] == kinds


@pytest.mark.parametrize(
    "wrong",
    [
        {"strength": 1.1},
        {"strength": math.nan},
        {"direction": "sideways"},
        {"glide_ms": -1.0},
        {"glide_ms": math.nan},
        {"rate": 0.0},
        {"scale": (1.0, 2.0)},
        {"scale": ()},
        {"scale": (0.0, 5.0, 3.0)},
        {"scale": (0.0, 12.0)},
        {"tonic": math.inf},
        {"curve": [[60.0]]},
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(wrong: dict) -> None:
    usual = {"curve": [60.0], "rate": 1000.0, "scale": "c:major"}
    with pytest.raises(RangeError):
        snap_curve(**{**usual, **wrong})
