"""Laws of the tempo map, for any tempi, ramps and meters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from livecoder.clock.tempo import TempoMap
from livecoder.core.rational import Rational

bpms = st.floats(10, 999, allow_nan=False)
beats = st.builds(Rational, st.integers(-(10**7), 10**7), st.integers(1, 960))
meters = st.lists(
    st.tuples(
        st.integers(0, 400), st.builds(Rational, st.integers(1, 64), st.sampled_from([2, 4]))
    ),
    max_size=6,
)


@st.composite
def maps(draw, *, ramps=True):
    tempo = TempoMap(bpm=draw(bpms), anchor_ns=draw(st.integers(0, 10**16)))
    for cycle, length in draw(meters):
        tempo = tempo.with_meter(length, cycle)
    tempo = tempo.with_tempo(draw(bpms), draw(beats))
    if ramps and draw(st.booleans()):
        at = draw(beats)
        same = st.sampled_from((tempo.bpm_at(at), min(999.0, tempo.bpm_at(at) + 1e-12)))
        tempo = tempo.with_ramp(draw(bpms | same), at, draw(st.integers(0, 64)))
    return tempo


@given(maps(), beats, beats)
def test_time_runs_forwards(tempo, one, other):
    earlier, later = sorted((one, other))
    assert tempo.ns_at(earlier) <= tempo.ns_at(later)


@given(maps(), beats)
def test_a_beats_time_is_that_beat_again(tempo, beat):
    """To the nanosecond that its time was rounded to; a nanosecond is 17e-9 beats at most."""
    assert abs(tempo.beat_at(tempo.ns_at(beat)) - beat) < Rational(1, 10**7)


@given(maps(ramps=False), st.integers(0, 10**17))
def test_without_a_ramp_a_times_beat_is_exactly_that_time(tempo, ns):
    assert tempo.ns_at(tempo.beat_at(ns)) == ns


@given(maps(), beats)
def test_cycles_and_beats_are_one_to_one(tempo, cycle):
    assert tempo.cycle_of_beat(tempo.beat_of_cycle(cycle)) == cycle


@given(maps(), bpms, beats)
def test_a_change_of_tempo_keeps_its_beat_where_it_was(tempo, bpm, beat):
    assert tempo.with_tempo(bpm, beat).ns_at(beat) == tempo.ns_at(beat)


@given(maps(), bpms, beats, st.integers(1, 64))
def test_a_ramp_has_no_gap_at_its_ends(tempo, bpm, beat, length):
    ramp = tempo.with_ramp(bpm, beat, length)
    tiny = Rational(1, 10**9)
    assert ramp.ns_at(beat) == tempo.ns_at(beat)
    assert 0 <= ramp.ns_at(beat + length + tiny) - ramp.ns_at(beat + length) <= 8


@given(maps(ramps=False), st.integers(1, 64), st.integers(0, 10**11))
def test_a_ramp_to_the_tempo_there_is_changes_nothing(tempo, length, later):
    ramp = tempo.with_ramp(tempo.bpm, Rational(7), length)
    ns = ramp.ns_at(Rational(7)) + later
    assert abs(ramp.beat_at(ns) - tempo.beat_at(ns)) < Rational(1, 10**7)


@given(maps(), st.integers(0, 400), st.integers(1, 32))
def test_a_change_of_meter_leaves_what_came_before(tempo, cycle, length):
    changed = tempo.with_meter(length, cycle)
    for earlier in (Rational(cycle), Rational(cycle) - Rational(1, 3), Rational(cycle - 1)):
        if earlier >= tempo.meters[0].cycle:
            assert changed.beat_of_cycle(earlier) == tempo.beat_of_cycle(earlier)
