"""Every encoding against the one of note-seq that it must equal, and its own inverses."""

from __future__ import annotations

import json
import random
import warnings
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from livecoder.core.errors import LivecoderError, RangeError
from livecoder.models.encodings import chords, improv, performance, piano, polyphony
from livecoder.models.encodings.conditioned import Conditioned
from livecoder.models.encodings.drums import DRUMS, Drums
from livecoder.models.encodings.melody import KeyMelody, LookbackMelody, OneHotMelody
from livecoder.models.encodings.performance import (
    ModuloPerformance,
    Performance,
    PerformanceControls,
    PlayedNote,
)
from livecoder.models.encodings.protocol import dense

POSITIONS = 10_000
FIXTURES = Path(__file__).parents[1] / "fixtures" / "oracle"


@pytest.fixture(scope="module")
def note_seq():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("note_seq")


def _melody(chance, steps, lowest=48, highest=83):
    """Return events with the repeats, silences and leaps that tell encoders apart."""
    events = []
    notes = chance.sample(range(lowest, highest + 1), chance.randint(1, 9))
    for step in range(steps):
        kind = chance.random()
        if step >= 16 and kind < 0.35:
            events.append(events[step - chance.choice([16, min(step, 32)])])
        elif kind < 0.65:
            events.append(-2)
        elif kind < 0.75 and step:
            events.append(-1)
        else:
            events.append(chance.choice(notes))
    return events


def _drums(chance, steps):
    return [
        frozenset(chance.sample(range(20, 92), chance.choice([0, 0, 1, 2, 5])))
        for _ in range(steps)
    ]


def _kit(chance, steps):
    return [frozenset(chance.sample(DRUMS, chance.randint(0, 4))) for _ in range(steps)]


def _performance(chance, steps, dynamics=True):
    events = []
    for _ in range(steps):
        kind = chance.choice([1, 2, 3, 4] if dynamics else [1, 2, 3])
        highest = {1: 127, 2: 127, 3: 100, 4: 32}[kind]
        events.append((kind, chance.randint(0 if kind < 3 else 1, highest)))
    return events


def _polyphony(chance, steps):
    kinds = [chance.randint(0, 4) for _ in range(steps)]
    return [(kind, chance.randint(0, 127) if kind > 2 else 0) for kind in kinds]


def _apart(got, wanted):
    return float(np.abs(np.array(got) - np.array(wanted)).max())


def _hold(encoding, oracle, chance, sequence, theirs, mine=lambda event: event):
    """Hold an encoding to an oracle over one sequence; return how many positions were compared.

    `sequence` has our events, `theirs` the same as note-seq has them; `mine` turns back theirs.
    """
    heard = encoding.begin()
    for position, event in enumerate(sequence):
        assert encoding.class_of(heard, event) == oracle.events_to_label(theirs, position)
        index = chance.randrange(encoding.classes)
        wanted = oracle.class_index_to_event(index, theirs[:position])
        assert encoding.event_of(heard, index) == mine(wanted)
        heard = encoding.then(heard, event)
        assert encoding.heard_of(encoding.numbers(heard)) == heard
        wanted = oracle.events_to_input(theirs, position)
        assert _apart(dense(encoding.active(heard), encoding.inputs), wanted) < 1e-12
    return len(sequence)


MELODIES = {
    "basic": (
        OneHotMelody(),
        lambda ns: ns.OneHotEventSequenceEncoderDecoder(ns.MelodyOneHotEncoding(48, 84)),
    ),
    "mono": (
        OneHotMelody(0, 127),
        lambda ns: ns.OneHotEventSequenceEncoderDecoder(ns.MelodyOneHotEncoding(0, 128)),
    ),
    "lookback": (
        LookbackMelody(),
        lambda ns: ns.LookbackEventSequenceEncoderDecoder(ns.MelodyOneHotEncoding(48, 84)),
    ),
    "attention": (KeyMelody(), lambda ns: ns.KeyMelodyEncoderDecoder(48, 84)),
}


@pytest.mark.parametrize("name", MELODIES)
def test_melodies_are_heard_as_note_seq_hears_them(note_seq, name):
    encoding, make = MELODIES[name]
    oracle = make(note_seq)
    assert (encoding.inputs, encoding.classes) == (oracle.input_size, oracle.num_classes)
    chance = random.Random(20)
    compared = 0
    while compared < POSITIONS:
        # note-seq takes a note-off before the first note for nothing happening
        melody = list(
            note_seq.Melody(
                _melody(chance, chance.randint(1, 90), encoding.lowest, encoding.highest)
            )
        )
        compared += _hold(encoding, oracle, chance, melody, melody)


def test_drums_are_heard_as_note_seq_hears_them(note_seq):
    oracle = note_seq.LookbackEventSequenceEncoderDecoder(
        note_seq.MultiDrumOneHotEncoding(), lookback_distances=[], binary_counter_bits=6
    )
    assert (Drums().inputs, Drums().classes) == (oracle.input_size, oracle.num_classes)
    chance = random.Random(21)
    compared = 0
    while compared < POSITIONS:
        drums = _drums(chance, 100)
        compared += _hold(Drums(), oracle, chance, drums, drums)


@pytest.mark.parametrize("dynamics", [True, False])
@pytest.mark.parametrize("modulo", [True, False])
def test_performances_are_heard_as_note_seq_hears_them(note_seq, dynamics, modulo):
    from note_seq.performance_encoder_decoder import (
        ModuloPerformanceEventSequenceEncoderDecoder,
        PerformanceOneHotEncoding,
    )

    bins = 32 if dynamics else 0
    encoding = ModuloPerformance(dynamics) if modulo else Performance(dynamics)
    oracle = (
        ModuloPerformanceEventSequenceEncoderDecoder(num_velocity_bins=bins)
        if modulo
        else note_seq.OneHotEventSequenceEncoderDecoder(PerformanceOneHotEncoding(bins))
    )
    assert (encoding.inputs, encoding.classes) == (oracle.input_size, oracle.num_classes)
    chance = random.Random(22)
    for _ in range(POSITIONS // 200):
        events = _performance(chance, 200, dynamics)
        theirs = [note_seq.PerformanceEvent(*event) for event in events]
        _hold(
            encoding,
            oracle,
            chance,
            events,
            theirs,
            lambda event: (event.event_type, event.event_value),
        )


def test_what_is_asked_of_a_performance_is_heard_as_note_seq_hears_it(note_seq):
    from note_seq import performance_controls as controls
    from note_seq.performance_encoder_decoder import PerformanceOneHotEncoding

    density = controls.NoteDensityPerformanceControlSignal(3.0, [1.0, 2.0, 4.0, 8.0, 16.0, 32, 64])
    pitches = controls.PitchHistogramPerformanceControlSignal(5.0)
    events = note_seq.OneHotEventSequenceEncoderDecoder(PerformanceOneHotEncoding(32))
    chance = random.Random(23)
    for signals in ([density], [pitches], [density, pitches]):
        for optional in (False, True):
            asked = note_seq.encoder_decoder.MultipleEventSequenceEncoder(
                [signal.encoder for signal in signals]
            )
            if optional:
                asked = note_seq.encoder_decoder.OptionalEventSequenceEncoder(asked)
            oracle = note_seq.ConditionalEventSequenceEncoderDecoder(asked, events)
            encoding = Conditioned(
                "asked",
                PerformanceControls(density in signals, pitches in signals, optional),
                Performance(),
            )
            assert encoding.inputs == oracle.input_size
            _hold_controls(encoding, oracle, chance, signals, density, optional, note_seq)


def _hold_controls(encoding, oracle, chance, signals, density, optional, note_seq):
    def control():
        values = tuple(
            chance.choice([0.0, 0.5, 1.0, 3.0, 7.9, 8.0, 40.0, 99.0])
            if signal is density
            else tuple(chance.choice([0.0, chance.random()]) for _ in range(12))
            for signal in signals
        )
        return (chance.random() < 0.2, values) if optional else values

    played = _performance(chance, POSITIONS // 6)
    asked = [control() for _ in range(len(played) + 1)]
    theirs = [note_seq.PerformanceEvent(*event) for event in played]
    heard = encoding.begin()
    for position, event in enumerate(played):
        heard = encoding.then(heard, event)
        got = dense(encoding.active(heard, asked[position + 1]), encoding.inputs)
        # note-seq encodes the one it is given, but takes the whole list for it
        wanted = oracle.events_to_input(
            asked[position : position + 2], theirs[position : position + 1], 0
        )
        assert _apart(got, wanted) < 1e-12


FIGURES_TEXT = """
maj M m min - + aug o dim 7 maj7 M7 m7 min7 -7 o7 dim7 +7 aug7 m7b5 -7b5 /o /o7
mmaj7 mM7 -M7 m(maj7) 6 m6 9 maj9 m9 +9 6/9 11 maj11 m11 13 maj13 m13 sus2 sus sus4
sus7 7sus ped 5
"""
FIGURES = ["", *FIGURES_TEXT.split()]
CHANGES = ["", "", "", "b5", "#9", "(b9)", "(#11)", "add9", "(add2)", "no3", "no5", "b9#11", "b13",
           "(no5)(b9)", "add7", "add#7", "b7"]  # fmt: skip


def _figure(chance):
    root = chance.choice("ABCDEFG") + chance.choice(["", "", "#", "b", "##", "bb"])
    bass = chance.choice(["", "", "", "/C", "/F#", "/Bb", "/Ebb"])
    return root + chance.choice(FIGURES) + chance.choice(CHANGES) + bass


def test_chords_are_heard_as_note_seq_hears_them(note_seq):
    from note_seq.chord_symbols_lib import ChordSymbolError
    from note_seq.chords_encoder_decoder import ChordEncodingError

    triads, pitches = note_seq.TriadChordOneHotEncoding(), note_seq.PitchChordsEncoderDecoder()
    chance = random.Random(24)
    read, refused = 0, 0
    while read < POSITIONS:
        figure = _figure(chance)
        try:
            wanted = pitches.events_to_input([figure], 0)
        except ChordSymbolError:
            refused += 1  # whether we read it all the same is our own affair
            continue
        assert dense(chords.PitchChords().active(figure), 37) == wanted, figure
        try:
            triad = triads.encode_event(figure)
        except ChordEncodingError:
            with pytest.raises(RangeError, match="chord_pitches_improv"):
                chords.TriadChords().active(figure)
        else:
            assert chords.TriadChords().active(figure) == {triad: 1.0}, figure
        read += 1
    assert refused
    assert dense(chords.PitchChords().active("N.C."), 37) == pitches.events_to_input(["N.C."], 0)


def test_a_chord_in_the_spelling_of_ireal_is_heard_too():
    for ours, theirs in (("C^7", "Cmaj7"), ("Bh7", "Bm7b5"), ("F-7/Ab", "Fm7/Ab"), ("G7alt", None)):
        got = chords.read_figure(ours)
        assert got is not None
        if theirs is not None:
            assert got == chords.read_figure(theirs)
    with pytest.raises(LivecoderError, match="chord"):
        chords.read_figure("H7")


@pytest.mark.parametrize(
    ("name", "triads", "melody"),
    [
        ("basic_improv", True, "basic"),
        ("attention_improv", True, "attention"),
        ("chord_pitches_improv", False, "basic"),
    ],
)
def test_a_melody_is_heard_over_the_chord_that_comes(note_seq, name, triads, melody):
    melodies = MELODIES[melody][1](note_seq)
    before = (
        note_seq.OneHotEventSequenceEncoderDecoder(note_seq.TriadChordOneHotEncoding())
        if triads
        else note_seq.PitchChordsEncoderDecoder()
    )
    oracle = note_seq.ConditionalEventSequenceEncoderDecoder(before, melodies)
    encoding = getattr(improv, name)()
    assert (encoding.inputs, encoding.classes) == (oracle.input_size, oracle.num_classes)
    chance = random.Random(25)
    for _ in range(POSITIONS // 50):
        sung = list(note_seq.Melody(_melody(chance, 50)))
        figures = [
            chance.choice("ABCDEFG") + chance.choice(["", "m", "7", "dim", "+", "maj7/E"])
            for _ in range(51)
        ]
        heard = encoding.begin()
        for position, event in enumerate(sung):
            assert encoding.class_of(heard, event) == oracle.events_to_label(sung, position)
            heard = encoding.then(heard, event)
            got = dense(encoding.active(heard, figures[position + 1]), encoding.inputs)
            assert got == oracle.events_to_input(figures, sung, position)


def test_notes_become_a_performance_in_note_seq_s_order(note_seq):
    from note_seq.performance_lib import Performance as Theirs
    from note_seq.sequences_lib import quantize_note_sequence_absolute

    chance = random.Random(26)
    for _ in range(40):
        played = []
        for _ in range(chance.randint(1, 40)):
            begin = chance.randint(0, 500)
            end = begin + chance.choice([1, 7, 40, 260])
            played.append(PlayedNote(begin, end, chance.randint(0, 127), chance.randint(1, 127)))
        sequence = note_seq.NoteSequence()
        for note in played:
            sequence.notes.add(
                start_time=note.begin / 100,
                end_time=note.end / 100,
                pitch=note.pitch,
                velocity=note.velocity,
            )
        quantised = quantize_note_sequence_absolute(sequence, 100)
        for bins in (0, 32):
            theirs = Theirs(quantized_sequence=quantised, num_velocity_bins=bins)
            wanted = [(event.event_type, event.event_value) for event in theirs]
            assert performance.events_of(played, dynamics=bins > 0) == wanted


def test_tokens_of_the_piano_are_those_of_its_paper():
    encoding = piano.Piano()
    events = [encoding.event_of(0, token) for token in range(piano.TOKENS)]
    assert len(set(events)) == 310
    for token, event in enumerate(events):
        assert encoding.class_of(0, event) == token
    known = {2: (1, 21), 89: (1, 108), 90: (2, 21), 177: (2, 108), 178: (3, 1), 277: (3, 100),
             278: (4, 1), 309: (4, 32)}  # fmt: skip
    assert {token: events[token] for token in known} == known


def test_polyphony_is_numbered_as_magenta_numbers_it():
    encoding = polyphony.Polyphony()
    for index in range(encoding.classes):
        event = encoding.event_of(0, index)
        assert encoding.class_of(0, event) == index
    assert [encoding.class_of(0, (kind, None)) for kind in (0, 1, 2)] == [0, 1, 2]
    assert encoding.class_of(0, (3, 127)) == 130
    assert encoding.class_of(0, (4, 127)) == 258


def test_voices_are_told_as_magenta_tells_them():
    pieces = json.loads((FIXTURES / "polyphony_events.json").read_text("utf-8"))
    encoding = polyphony.Polyphony()
    for piece in pieces:
        events = polyphony.events_of([tuple(note) for note in piece["notes"]], piece["steps"])
        assert events == [tuple(event) for event in piece["events"]]
        assert [encoding.class_of(0, event) for event in events] == piece["classes"]
    assert len(pieces) == 12


def test_a_piece_of_several_voices_is_told_step_by_step_from_the_top():
    notes = [(0, 4, 48), (0, 2, 64), (2, 4, 65), (1, 3, 64), (2, 3, 48)]
    events = polyphony.events_of(notes, 5)
    assert events[0] == (0, None)
    assert events[-1] == (1, None)
    steps: list[list[tuple[int, int]]] = [[]]
    for kind, pitch in events[1:-1]:
        if kind == polyphony.STEP_END:
            steps.append([])
        else:
            steps[-1].append((kind, pitch))
    assert len(steps) == 6
    assert all(high[1] >= low[1] for step in steps for high, low in pairwise(step))
    assert steps[2] == [(3, 65), (4, 64), (4, 48), (3, 48)]
    assert steps[4] == []


ALL = [
    (OneHotMelody(), _melody),
    (OneHotMelody(0, 127), _melody),
    (LookbackMelody(), _melody),
    (KeyMelody(), _melody),
    (Drums(), _kit),
    (Performance(), _performance),
    (ModuloPerformance(), _performance),
    (polyphony.Polyphony(), _polyphony),
    (improv.chord_pitches_improv(), _melody),
    (piano.Piano(), lambda chance, steps: [(1, chance.randint(21, 108)) for _ in range(steps)]),
]  # fmt: skip


@pytest.mark.parametrize(("encoding", "music"), ALL, ids=lambda value: getattr(value, "name", ""))
def test_every_event_is_got_back_from_its_class(encoding, music):
    chance = random.Random(3)
    for _ in range(10):
        heard = encoding.begin()
        assert all(0 <= index < encoding.inputs for index in encoding.active(heard))
        assert encoding.heard_of(encoding.numbers(heard)) == heard
        for event in music(chance, 100):
            index = encoding.class_of(heard, event)
            assert 0 <= index < encoding.classes
            assert encoding.event_of(heard, index) == event
            heard = encoding.then(heard, event)
            assert all(0 <= at < encoding.inputs for at in encoding.active(heard))


@pytest.mark.parametrize(("encoding", "music"), ALL, ids=lambda value: getattr(value, "name", ""))
def test_what_was_heard_does_not_grow_and_nonsense_is_refused(encoding, music):
    chance = random.Random(4)
    heard = encoding.begin()
    sizes = []
    for event in music(chance, 400):
        heard = encoding.then(heard, event)
        sizes.append(len(encoding.numbers(heard)))
    assert max(sizes[200:]) <= max(sizes[:200])
    numbers = encoding.numbers(heard)
    for spoilt in ((), numbers[:-1], (*numbers, 5, 5), (-7, *numbers[1:]), (*numbers[:-1], 10**6)):
        with pytest.raises(ValueError, match=r"."):
            encoding.heard_of(spoilt)


@pytest.mark.parametrize(
    ("encoding", "event"),
    [
        (OneHotMelody(), 84),
        (LookbackMelody(), 47),
        (KeyMelody(), 100),
        (Performance(), (1, 128)),
        (Performance(), (3, 0)),
        (Performance(dynamics=False), (4, 3)),
        (polyphony.Polyphony(), (3, None)),
        (piano.Piano(), (1, 20)),
    ],
)
def test_an_event_there_is_no_class_for_is_one_clear_error(encoding, event):
    with pytest.raises(RangeError, match="must be"):
        encoding.class_of(encoding.begin(), event)


@pytest.mark.parametrize(
    "control", [(), (1.0,), (-1.0, (1.0,) * 12), (1.0, (1.0,) * 11), ("loud", (1.0,) * 12)]
)
def test_what_cannot_be_asked_of_a_performance_is_one_clear_error(control):
    with pytest.raises(RangeError, match="try"):
        PerformanceControls().active(control)


def test_what_is_not_asked_is_all_zeros():
    controls = PerformanceControls()
    assert controls.active(None) == {}
    assert controls.active((4.0, None)) == {3: 1.0}
    assert len(controls.active((None, (1.0,) * 12))) == 12
    assert PerformanceControls(optional=True).active(None) == {0: 1.0}
