"""A melody over chords: what ImprovRNN hears, the chord of the next 16th and the melody so far.

- `basic_improv`: a triad of 49, and the last event of 38;
- `attention_improv`: a triad of 49, and the 74 numbers of `key_melody`;
- `chord_pitches_improv`: a chord as 37 numbers, and the last event of 38.

Source: Magenta 2.1.4, `improv_rnn_model.default_configs`.
"""

from __future__ import annotations

from livecoder.models.encodings import key_melody
from livecoder.models.encodings.chords import PitchChords, TriadChords
from livecoder.models.encodings.conditioned import Conditioned
from livecoder.models.encodings.melody import KeyMelody, OneHotMelody

__all__ = ["attention_improv", "basic_improv", "chord_pitches_improv"]


def basic_improv() -> Conditioned[int, int, str]:
    """Return the encoding of `basic_improv`.

    >>> basic_improv().inputs, basic_improv().classes
    (87, 38)
    """
    return Conditioned("basic_improv", TriadChords(), OneHotMelody())


def attention_improv() -> Conditioned[key_melody.Heard, int, str]:
    """Return the encoding of `attention_improv`.

    >>> attention_improv().inputs, attention_improv().classes
    (123, 40)
    """
    return Conditioned("attention_improv", TriadChords(), KeyMelody())


def chord_pitches_improv() -> Conditioned[int, int, str]:
    """Return the encoding of `chord_pitches_improv`.

    >>> encoding = chord_pitches_improv()
    >>> encoding.inputs, sorted(encoding.active(encoding.begin(), "C"))
    (75, [1, 13, 17, 20, 25])
    """
    return Conditioned("chord_pitches_improv", PitchChords(), OneHotMelody())
