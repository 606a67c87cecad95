"""The tempo map: what it refuses, what stays in phase, and that nothing drifts."""

from __future__ import annotations

import math

import pytest

from livecoder.clock.tempo import TempoMap, checked_bpm
from livecoder.core.errors import RangeError
from livecoder.core.rational import ONE, ZERO, Rational, floor

NIGHT_NS = 12 * 3600 * 10**9


@pytest.mark.parametrize("bpm", [9.99, 999.1, 0, -120, math.nan, math.inf, "fast", None, True])
def test_nonsense_tempi_are_refused_with_something_to_type(bpm):
    with pytest.raises(RangeError, match=r"try tempo\(120\)"):
        TempoMap().with_tempo(bpm, ZERO)
    with pytest.raises(RangeError):
        checked_bpm(bpm)


@pytest.mark.parametrize("bpm", [10, 999, 123.4, Rational(247, 2)])
def test_tempi_of_any_number_type_are_taken(bpm):
    assert TempoMap().with_tempo(bpm, ZERO).bpm == float(bpm)


def test_a_new_tempo_keeps_the_phase_of_its_beat():
    before = TempoMap(bpm=120.0, anchor_ns=10**9)
    after = before.with_tempo(93.7, Rational(17, 3))
    assert after.ns_at(Rational(17, 3)) == before.ns_at(Rational(17, 3))
    assert after.ns_at(Rational(17, 3) + 1) - after.ns_at(Rational(17, 3)) == pytest.approx(
        60e9 / 93.7, abs=1
    )


def test_a_beat_of_any_denominator_can_be_an_anchor():
    """`beat_at` gives denominators of 80 bits; the anchor stays small, the phase stays."""
    before = TempoMap(bpm=123.456)
    beat = before.beat_at(987_654_321_987)
    after = before.with_tempo(77.7, beat)
    assert after.anchor_beat.denominator <= 1 << 31
    assert abs(after.ns_at(beat) - before.ns_at(beat)) < 100


def test_nothing_drifts_in_a_night():
    """Beats at 123.4 bpm for twelve hours, against integer arithmetic; float steps would drift."""
    tempo = TempoMap().with_tempo(123.4, ZERO)
    exact = Rational(123.4)
    last = floor(tempo.beat_at(NIGHT_NS))
    for beat in range(last - 1000, last):
        ideal = beat * 60 * 10**9 / exact
        assert abs(tempo.ns_at(Rational(beat)) - ideal) <= Rational(1, 2)


def test_ten_thousand_tempo_changes_lose_half_a_nanosecond_each_at_most():
    tempo, ideal = TempoMap(), ZERO
    for step in range(10_000):
        bpm = 60 + step % 120
        tempo = tempo.with_tempo(bpm, Rational(step))
        ideal += Rational(60 * 10**9, bpm)
    assert abs(tempo.ns_at(Rational(10_000)) - ideal) < 10_000 // 2 + 1


def test_a_ramp_arrives_at_its_tempo_and_takes_the_time_of_its_integral():
    tempo = TempoMap(bpm=100.0).with_ramp(160, Rational(8), 16)
    assert tempo.bpm_at(Rational(8)) == 100.0
    assert tempo.bpm_at(Rational(16)) == pytest.approx(130.0)
    assert tempo.bpm_at(Rational(24)) == 160.0
    steps = 100_000
    midpoints = ((i + 0.5) / steps for i in range(steps))
    summed = sum(60e9 / (100 + 60 * x) * 16 / steps for x in midpoints)
    assert tempo.ns_at(Rational(24)) - tempo.ns_at(Rational(8)) == pytest.approx(summed, abs=2)
    assert tempo.ns_at(Rational(25)) - tempo.ns_at(Rational(24)) == 375_000_000


def test_a_ramp_can_be_left_half_way():
    tempo = TempoMap(bpm=100.0).with_ramp(160, Rational(0), 16)
    after = tempo.with_tempo(90, Rational(8))
    assert after.ns_at(Rational(8)) == tempo.ns_at(Rational(8))
    assert after.bpm_at(Rational(12)) == 90.0


@pytest.mark.parametrize("beats", [-1, 5000])
def test_ramps_have_a_sensible_length(beats):
    with pytest.raises(RangeError):
        TempoMap().with_ramp(100, ZERO, beats)


def test_bars_of_several_meters_lie_end_to_end():
    tempo = TempoMap().with_meter(3, 2).with_meter(Rational(7, 2), 4)
    starts = [tempo.beat_of_cycle(Rational(cycle)) for cycle in range(7)]
    assert starts == [0, 4, 8, 11, 14, Rational(35, 2), 21]
    assert [tempo.cycle_of_beat(beat) for beat in starts] == list(range(7))
    assert tempo.beats_per_cycle == Rational(7, 2)
    assert tempo.meter_at(Rational(3)).beats_per_cycle == 3


def test_a_meter_set_before_others_forgets_them():
    tempo = TempoMap().with_meter(3, 2).with_meter(5, 4).with_meter(6, 3)
    assert [meter.cycle for meter in tempo.meters] == [0, 2, 3]
    assert tempo.with_meter(2, 0).meters == ((ZERO, ZERO, Rational(2)),)


@pytest.mark.parametrize("beats", [0, -4, Rational(1, 9), 129])
def test_nonsense_meters_are_refused(beats):
    with pytest.raises(RangeError, match=r"meter\(3, 4\)"):
        TempoMap().with_meter(beats, 0)


def test_meters_stay_few_however_long_the_night():
    tempo = TempoMap()
    for cycle in range(3000):
        tempo = tempo.with_meter(3 + cycle % 2, cycle)
    assert len(tempo.meters) == 1024
    assert tempo.beat_of_cycle(Rational(2999)) == sum(3 + cycle % 2 for cycle in range(2999))


def test_the_anchor_can_be_moved():
    tempo = TempoMap(bpm=90.0).with_meter(3, 1).with_anchor(Rational(5), 777)
    assert tempo.ns_at(Rational(5)) == 777
    assert abs(tempo.beat_at(777) - 5) < Rational(1, 10**9)
    assert tempo.beat_of_cycle(ONE) == 4
