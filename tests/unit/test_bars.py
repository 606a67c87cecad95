"""Bars: notes to events and back, and what happens at bar lines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from livecoder.core.events import Note
from livecoder.core.protocols import BarRequest
from livecoder.core.rational import rational
from livecoder.models.bars.drums import DrumBars, drum_events
from livecoder.models.bars.melody import bars_of, melody_events
from livecoder.models.bars.performance import PerformanceBars, PerformancePlace
from livecoder.models.bars.polyphony import PolyphonyBars
from livecoder.models.catalogue import find_config
from livecoder.models.encodings.drums import Drums
from livecoder.models.encodings.improv import basic_improv, chord_pitches_improv
from livecoder.models.encodings.melody import KeyMelody
from livecoder.models.lstm.shape import Attention, StackShape
from livecoder.models.lstm.state import StackState
from livecoder.models.lstm.step import StackWeights, Stepper
from livecoder.models.streaming import EventStream

FOUR = rational(4)


def _request(**changes):
    return replace(BarRequest(0, 0, FOUR), **changes)


def _told(note):
    return str(note.onset), str(note.duration), int(note.pitch)


def _fill(bar, events):
    for event in events:
        assert not bar.full
        bar.take(event)
    return [_told(note) for note in bar.notes()]


# A performance, 50 steps a beat.


def test_a_beat_of_a_performance_is_half_a_second():
    bar = PerformanceBars().open(PerformancePlace(), _request(beats=rational(2)))
    events = [(4, 32), (1, 60), (3, 50), (2, 60), (4, 1), (1, 62), (3, 25), (2, 62), (3, 25)]
    assert _fill(bar, events) == [("0", "1", 60), ("1", "1/2", 62)]
    assert bar.full
    assert [round(note.velocity * 127) for note in bar.notes()] == [125, 1]


def test_what_is_held_over_the_bar_line_is_cut_there_and_not_struck_again():
    bars = PerformanceBars()
    bar = bars.open(PerformancePlace(), _request())
    assert _fill(bar, [(3, 100), (1, 60), (3, 100)]) == [("2", "2", 60)]
    place = bar.place()
    assert place.sounding == ((60, 100),)
    following = bars.open(place, _request())
    assert _fill(following, [(3, 100), (2, 60), (1, 60), (3, 100)]) == [("2", "2", 60)]


def test_a_pause_that_runs_past_the_bar_line_belongs_to_the_next_bar():
    bars = PerformanceBars()
    bar = bars.open(PerformancePlace(), _request(beats=rational(1)))
    bar.take((3, 100))
    assert bar.place().past == 50
    whole = bars.open(bar.place(), _request(beats=rational(1)))
    assert whole.full
    assert whole.place().past == 0
    late = bars.open(PerformancePlace(past=30), _request(beats=rational(1)))
    assert _fill(late, [(1, 60), (3, 20)]) == [("3/5", "2/5", 60)]


def test_no_note_is_longer_than_five_seconds_nor_stays_for_ever():
    bars = PerformanceBars()
    bar = bars.open(PerformancePlace(), _request(beats=rational(12)))
    assert _fill(bar, [(1, 60)] + [(3, 100)] * 6) == [("0", "10", 60)]
    assert bar.place().sounding == ()
    place = PerformancePlace(sounding=((60, 450),))
    bar = bars.open(place, _request(beats=rational(2), polyphony=1))
    assert np.isneginf(bar.bias(0)[:128]).all()
    bar.take((3, 50))
    assert np.isfinite(bar.bias(0)[:128]).any()


def test_a_note_that_ends_as_it_begins_is_heard_for_a_moment_and_takes_a_voice():
    bar = PerformanceBars().open(PerformancePlace(), _request(polyphony=1))
    bar.take((1, 60))
    bar.take((2, 60))
    assert np.isneginf(bar.bias(0)[:128]).all()
    bar.take((3, 1))
    assert np.isfinite(bar.bias(0)[:128]).any()
    assert [_told(note) for note in bar.notes()] == [("0", "1/50", 60)]


def test_time_passes_however_much_a_network_has_to_say():
    bar = PerformanceBars().open(PerformancePlace(), _request())
    for _ in range(40):
        assert np.isfinite(bar.bias(0)[256:356]).all()
        bar.take((4, 3))
    allowed = np.flatnonzero(np.isfinite(bar.bias(0)))
    assert allowed.tolist() == list(range(256, 356))


def test_a_primer_of_a_performance_is_as_long_as_it_is():
    notes = [Note(rational(1), rational(1), 60.0, 1.0), Note(rational(2), rational(9), 64.0, 0.5)]
    events, place = PerformanceBars().primer(notes, FOUR)
    assert sum(value for kind, value in events if kind == 3) == 200
    assert [event for event in events if event[0] < 3] == [(1, 60), (2, 60), (1, 64), (2, 64)]
    assert place == PerformancePlace(velocity=16)
    assert PerformanceBars().primer((), FOUR) == ([], PerformancePlace())


@pytest.mark.parametrize(
    ("bars", "asked", "control"),
    [
        (PerformanceBars(), {"density": 3.0}, None),
        (PerformanceBars(controls=("density",)), {}, (None,)),
        (PerformanceBars(controls=("density", "pitches")), {"density": 3.0}, (3.0, None)),
        (
            PerformanceBars(controls=("density", "pitches"), usual=(15.0, (1.0,) * 12)),
            {"density": 3.0},
            (3.0, (1.0,) * 12),
        ),
        (PerformanceBars(controls=("density",), optional=True), {}, (True, ())),
        (PerformanceBars(controls=("density",), optional=True), {"density": 2.0}, (False, (2.0,))),
    ],
)
def test_what_is_asked_of_a_performance_reaches_the_network(bars, asked, control):
    assert bars.open(bars.begin(), _request(**asked)).control() == control


# Several voices.


def test_a_chord_held_over_the_bar_line_begins_again_with_the_bar():
    bars = PolyphonyBars()
    bar = bars.open((), _request(beats=rational(1) / 2))
    events = [(3, 64), (3, 60), (2, 0), (4, 64), (4, 60), (2, 0)]
    assert _fill(bar, events) == [("0", "1/2", 60), ("0", "1/2", 64)]
    assert bar.place() == (60, 64)
    following = bars.open(bar.place(), _request(beats=rational(1) / 2))
    assert _fill(following, [(4, 64), (2, 0), (3, 65), (2, 0)]) == [
        ("0", "1/4", 64),
        ("1/4", "1/4", 65),
    ]
    assert following.place() == (65,)


def test_voices_are_told_from_the_top_and_only_what_sounds_goes_on():
    bar = PolyphonyBars().open((60, 64), _request())
    first = bar.bias(0)
    assert np.flatnonzero(np.isfinite(first[131:])).tolist() == [60, 64]
    assert np.isneginf(first[:2]).all()
    bar.take((4, 64))
    bias = bar.bias(0)
    assert np.isneginf(bias[3 + 64 : 131]).all()
    assert np.flatnonzero(np.isfinite(bias[131:])).tolist() == [60]
    assert bias[2] == 0.0


def test_a_new_note_of_a_pitch_that_sounds_is_another_note():
    bar = PolyphonyBars().open((), _request(beats=rational(1) / 2))
    assert _fill(bar, [(3, 60), (2, 0), (3, 60), (2, 0)]) == [("0", "1/4", 60), ("1/4", "1/4", 60)]


def test_a_primer_of_voices_begins_after_start_and_does_not_end():
    notes = [Note(rational(0), rational(1), 60.0), Note(rational(0), rational(1) / 4, 67.0)]
    events, place = PolyphonyBars().primer(notes, rational(1) / 2)
    assert events == [(3, 67), (3, 60), (2, None), (4, 60), (2, None)]
    assert place == (60,)


# Drums.


def test_drums_are_struck_for_a_16th_and_those_of_no_kind_are_passed_over():
    bar = DrumBars().open((), _request(beats=rational(3) / 8))
    assert _fill(bar, [frozenset({36, 42}), frozenset({38})]) == [
        ("0", "1/4", 36),
        ("0", "1/4", 42),
        ("1/4", "1/8", 38),
    ]
    strokes = [Note(rational(0), FOUR, 35.0), Note(rational(0), FOUR, 88.0)]
    assert drum_events(strokes, 1) == [frozenset({35})]


def test_only_drums_of_the_range_are_struck():
    bar = DrumBars().open((), _request(lowest=40, highest=46, polyphony=2))
    drums = Drums()
    kept = [drums.event_of(drums.begin(), i) for i in np.flatnonzero(np.isfinite(bar.bias(None)))]
    assert set().union(*kept) == {42, 45, 46}
    assert max(map(len, kept)) == 2


# A melody.


def test_notes_that_become_events_come_back_as_notes():
    notes = [
        Note(rational(0), rational(1) / 2, 60.0),
        Note(rational(1), rational(1), 64.0),
        Note(rational(2), rational(2), 67.0),
    ]
    bar = bars_of(KeyMelody()).open((), _request())
    assert _fill(bar, melody_events(notes, 16, 48, 83)) == [_told(note) for note in notes]


def test_the_chord_that_is_heard_is_that_of_the_16th_to_come():
    chords = ((rational(0), "C"), (rational(1), "Am"), (FOUR, "G"))
    bar = bars_of(chord_pitches_improv()).open((), _request(chords=chords))
    heard = []
    for _ in range(16):
        heard.append(bar.control())
        bar.take(-2)
    assert heard == ["C"] * 4 + ["Am"] * 12
    assert bar.control() == "G"


def test_a_network_that_hears_triads_is_told_the_nearest():
    chords = ((rational(0), "Gsus4"), (rational(1), "Cmaj7"), (FOUR, "C"))
    bar = bars_of(basic_improv()).open((), _request(chords=chords))
    encoding = basic_improv()
    assert encoding.active(-1, bar.control()) == {8: 1.0}
    _fill(bar, [-2] * 4)
    assert encoding.active(-1, bar.control()) == {1: 1.0}


class _Told:
    """An encoding that writes down what it was told; otherwise another encoding."""

    def __init__(self, encoding):
        self._encoding = encoding
        self.fed = []

    def __getattr__(self, name):
        return getattr(self._encoding, name)

    def active(self, heard, control=None):
        self.fed.append(self._encoding.active(heard, control))
        return self.fed[-1]


@pytest.mark.parametrize(
    ("model", "config", "bars", "attention"),
    [
        ("melody_rnn", "attention_rnn", bars_of, Attention(40, "first", 6)),
        ("drums_rnn", "drum_kit", lambda _: DrumBars(), Attention(32, "all", 5)),
        ("polyphony_rnn", "polyphony", lambda _: PolyphonyBars(), None),
        (
            "performance_rnn",
            "multiconditioned_performance_with_dynamics",
            lambda _: PerformanceBars(controls=("density", "pitches")),
            Attention(20, "first", 6),
        ),
    ],
)
def test_a_stream_s_network_stands_where_it_would_had_it_heard_all_at_once(
    model, config, bars, attention
):
    encoding = find_config(model, config).encoding()
    shape = StackShape(encoding.inputs, (6, 5), encoding.classes, attention)
    chance = np.random.default_rng(3)
    tensors = {
        name: chance.normal(0, 0.7, size).astype(np.float32)
        for name, size in shape.layouts().items()
    }
    weights = StackWeights.folded(shape, tensors)
    told = _Told(encoding)
    stream = EventStream("told", told, weights, bars(encoding))
    state = stream.initial([Note(rational(0), rational(1), 42.0)], beats=rational(2))
    for number, beats in enumerate(["1", "4", "3", "7/2"]):
        request = _request(bar=number, seed=number, beats=rational(beats), density=4.0)
        _, state = stream.compose(stream.thaw(stream.freeze(state)), request)
    stepper = Stepper(weights, StackState.silent(shape), len(told.fed))
    for active in told.fed:
        stepper.step(active)
    whole = stepper.state().arrays()
    for name, array in state.stack.arrays().items():
        assert float(np.abs(array - whole[name]).max()) < 1e-5, name
