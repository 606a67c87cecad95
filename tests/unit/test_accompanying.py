"""A pianist who accompanies: it hears the melody as it sounds, note for note, and plays others."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livecoder.core.errors import LivecoderError
from livecoder.core.events import Note
from livecoder.core.protocols import BarRequest
from livecoder.core.rational import Rational
from livecoder.models.bars.performance import PerformanceBars, PerformancePlace
from livecoder.models.encodings.performance import NOTE_OFF, NOTE_ON, TIME_SHIFT, VELOCITY
from livecoder.models.music_transformer.playing import Playing
from livecoder.patterns import note
from livecoder.patterns.pattern import Pattern
from livecoder.studio.handles import melody_of
from livecoder.studio.requests import melody_in, request_of
from livecoder.studio.settings import Settings
from tests.unit.test_models_contract import MODELS

FOUR = Rational(4)
PIANISTS = [m for m in MODELS if m.name in ("performance_rnn", "music_transformer")]
melodies = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 12), st.integers(40, 90)), max_size=12
)


@cache
def stream_of(model):
    return model.make()


def requests(melody, **given):
    """Two bars of a melody of `(16th, 16ths, pitch)`."""
    whole = [Note(Rational(at, 4), Rational(length, 4), float(p)) for at, length, p in melody]
    for bar in range(2):
        begin = bar * FOUR
        heard = (n._replace(onset=n.onset - begin) for n in whole)
        here = tuple(n for n in heard if n.onset < FOUR and n.onset + n.duration > 0)
        yield BarRequest(bar, bar, FOUR, melody=here, **given)


def composed(model, melody, **given):
    stream = stream_of(model)
    state, notes = stream.initial((), beats=Rational(0)), []
    for request in requests(melody, **given):
        bar, state = stream.compose(stream.thaw(stream.freeze(state)), request)
        notes.append(bar)
    return notes


@pytest.mark.parametrize("model", PIANISTS, ids=lambda model: model.config)
@settings(max_examples=6)
@given(melodies, st.sampled_from([None, 0, 7]), st.sampled_from([None, 3]))
def test_it_plays_no_note_that_the_melody_holds(model, melody, tonic, polyphony):
    allowed = frozenset({0, 2, 4, 5, 7, 9, 11})
    played = composed(model, melody, allowed=allowed, tonic=tonic, polyphony=polyphony)
    for request, bar in zip(requests(melody), played, strict=True):
        assert all(n.pitch % 12 in allowed for n in bar)
        for theirs in request.melody:
            begin, end = theirs.onset, min(FOUR, theirs.onset + theirs.duration)
            last = Rational(1, 25)  # 20 ms of rounding
            assert not any(
                n.pitch == theirs.pitch and begin + last <= n.onset <= end - last for n in bar
            )


@pytest.mark.parametrize("model", PIANISTS, ids=lambda model: model.config)
def test_what_it_plays_depends_on_the_melody_and_is_the_same_every_time(model):
    melody = [(4 * beat, 3, 60 + beat) for beat in range(16)]
    assert composed(model, melody) == composed(model, melody)
    assert composed(model, melody) != composed(model, [])


def test_the_melody_is_heard_at_its_own_moments_and_is_no_note_of_the_bar():
    melody = (Note(Rational(-1), Rational(2), 50.0), Note(Rational(3, 2), Rational(5, 2), 64.0, 1))
    place = PerformancePlace(past=90, sounding=((50, 50),))
    bar = PerformanceBars().open(place, BarRequest(0, 0, FOUR, melody=melody))
    heard, now = [], 50  # the pause ran past the end of a note: it is heard first
    while not bar.full:
        event = bar.due()
        if event is None:
            shifts = bar.bias(0)[256:356]
            event = (TIME_SHIFT, int((shifts == 0).nonzero()[0][-1]) + 1)  # as far as may be
            now += event[1]
        else:
            heard.append((now, event))
        bar.take(event)
    assert heard == [
        (50, (NOTE_OFF, 50)),
        (75, (VELOCITY, 32)),
        (75, (NOTE_ON, 64)),
        (199, (NOTE_OFF, 64)),
    ]
    assert bar.notes() == ()
    assert bar.place().sounding == ()


def test_a_bar_that_accompanies_ends_on_its_line():
    request = BarRequest(0, 0, FOUR, melody=(Note(Rational(0), Rational(1), 64.0),))
    bar = PerformanceBars().open(PerformancePlace(), request)
    while not bar.full:
        event = bar.due()
        if event is None:
            shifts = bar.bias(0)[256:356]
            event = (TIME_SHIFT, int((shifts == 0).nonzero()[0][-1]) + 1)
        bar.take(event)
    assert bar.now == 200
    assert bar.place().past == 0


def test_where_the_melody_holds_the_only_tonic_nothing_else_ends_the_bar():
    held = (Note(Rational(2), Rational(4), 72.0),)
    request = BarRequest(
        0, 0, FOUR, allowed=frozenset({0, 2, 4}), lowest=62, highest=76, tonic=0, melody=held
    )
    bar = PerformanceBars().open(PerformancePlace(), request)
    while not bar.full:
        event = bar.due()
        if event is None and bar.now >= 150:
            assert (bar.bias(0)[:128] < -1).all()
        bar.take(event or (TIME_SHIFT, 25))


def test_the_transformer_is_told_where_in_the_bar_each_token_is(monkeypatch):
    told = []

    class Heard(Playing):
        def take(self, token, phase):
            told.append(phase)
            super().take(token, phase)

    monkeypatch.setattr("livecoder.models.music_transformer.model.Playing", Heard)
    stream = stream_of(PIANISTS[-1])
    place = PerformancePlace(past=60)
    state = replace(stream.initial((), beats=Rational(0)), place=place)
    melody = (Note(Rational(0), Rational(1), 64.0), Note(Rational(2), Rational(1), 65.0))
    stream.compose(state, BarRequest(0, 0, FOUR, melody=melody))
    assert told[0] == 0  # the melody's first note, though a pause ran past it
    assert 100 in told


def test_a_note_over_the_bar_line_sounds_on():
    request = BarRequest(0, 0, FOUR, melody=(Note(Rational(3), Rational(3), 64.0),))
    bar = PerformanceBars(dynamics=False).open(PerformancePlace(), request)
    while not bar.full:
        bar.take(bar.due() or (TIME_SHIFT, 50))
    assert bar.place().sounding == ((64, 50),)
    assert bar.notes() == ()


def test_a_pattern_is_read_bar_by_bar():
    settings = Settings(melody=note("<[c4 e4] g4>"))
    first = request_of(settings, bar=0, seed=1, beats=FOUR).melody
    assert [(n.onset, n.duration, n.pitch) for n in first] == [(0, 2, 60), (2, 2, 64)]
    assert [n.pitch for n in melody_in(note("c4").slow(2), 1, FOUR)] == [60]
    assert melody_in(note("c4").slow(2), 1, FOUR)[0].onset == -4
    assert melody_of(None) is None
    assert isinstance(melody_of("c4 e4"), Pattern)
    assert "melody=" in settings.describe()


@pytest.mark.parametrize(
    ("given", "told"),
    [("~", "no notes"), ("bd sn", "bd"), (note("200"), "200"), (note("<c4 200>"), "200")],
)
def test_what_is_no_melody_says_what_to_type(given, told):
    with pytest.raises(LivecoderError, match=told) as refused:
        melody_of(given)
    assert "melody=note(" in str(refused.value)
