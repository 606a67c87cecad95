"""The scales as data: names and semitone offsets, and nothing that acts.

Modes of one parent stand together, written as the parent's steps turned. Offsets of scales that
twelve equal steps cannot hold are rounded to a hundredth of a semitone (one cent).

Sources: V. Persichetti, "Twentieth-Century Harmony" (1961), ch. 2; J. M. Barbour, "Synthetic
Musical Scales", Am. Math. Monthly 36 (1929); H. H. Touma, "The Music of the Arabs" (1996), whose
quarter tones are taken at 50 cents. Gamelan tunings differ from set to set; `slendro` is five
equal steps and `gamelan pelog` the seven of a common approximation (1, 3, 4, ... of nine equal
steps). Where a name is in use for several scales (`minor hexatonic`, `pelog`) it is the one that
Strudel and tonal.js mean by it, so that what is typed there sounds the same here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["ALIASES", "TABLE"]


def _scale(text: str) -> tuple[float, ...]:
    return tuple(float(word) for word in text.split())


TABLE: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        # The seven modes of the major scale.
        "major": _scale("0 2 4 5 7 9 11"),
        "dorian": _scale("0 2 3 5 7 9 10"),
        "phrygian": _scale("0 1 3 5 7 8 10"),
        "lydian": _scale("0 2 4 6 7 9 11"),
        "mixolydian": _scale("0 2 4 5 7 9 10"),
        "minor": _scale("0 2 3 5 7 8 10"),
        "locrian": _scale("0 1 3 5 6 8 10"),
        # The melodic minor going up, and its modes.
        "melodic minor": _scale("0 2 3 5 7 9 11"),
        "dorian b2": _scale("0 1 3 5 7 9 10"),
        "lydian augmented": _scale("0 2 4 6 8 9 11"),
        "lydian dominant": _scale("0 2 4 6 7 9 10"),
        "mixolydian b6": _scale("0 2 4 5 7 8 10"),
        "locrian #2": _scale("0 2 3 5 6 8 10"),
        "altered": _scale("0 1 3 4 6 8 10"),
        # The harmonic minor and its modes.
        "harmonic minor": _scale("0 2 3 5 7 8 11"),
        "locrian 6": _scale("0 1 3 5 6 9 10"),
        "major augmented": _scale("0 2 4 5 8 9 11"),
        "dorian #4": _scale("0 2 3 6 7 9 10"),
        "phrygian dominant": _scale("0 1 4 5 7 8 10"),
        "lydian #9": _scale("0 3 4 6 7 9 11"),
        "ultralocrian": _scale("0 1 3 4 6 8 9"),
        # The harmonic major and its modes.
        "harmonic major": _scale("0 2 4 5 7 8 11"),
        "dorian b5": _scale("0 2 3 5 6 9 10"),
        "phrygian b4": _scale("0 1 3 4 7 8 10"),
        "lydian diminished": _scale("0 2 3 6 7 9 11"),
        "mixolydian b2": _scale("0 1 4 5 7 9 10"),
        "lydian augmented #2": _scale("0 3 4 6 8 9 11"),
        "locrian bb7": _scale("0 1 3 5 6 8 9"),
        # The double harmonic major and its modes.
        "double harmonic major": _scale("0 1 4 5 7 8 11"),
        "lydian #2 #6": _scale("0 3 4 6 7 10 11"),
        "ultraphrygian": _scale("0 1 3 4 7 8 9"),
        "hungarian minor": _scale("0 2 3 6 7 8 11"),
        "oriental": _scale("0 1 4 5 6 9 10"),
        "ionian #2 #5": _scale("0 3 4 5 8 9 11"),
        "locrian bb3 bb7": _scale("0 1 2 5 6 8 9"),
        # Other seven-note scales.
        "hungarian major": _scale("0 3 4 6 7 9 10"),
        "neapolitan major": _scale("0 1 3 5 7 9 11"),
        "enigmatic": _scale("0 1 4 6 8 10 11"),
        "persian": _scale("0 1 4 5 6 8 11"),
        "leading whole tone": _scale("0 2 4 6 8 10 11"),
        "locrian major": _scale("0 2 4 5 6 8 10"),
        "lydian minor": _scale("0 2 4 6 7 8 10"),
        "double harmonic lydian": _scale("0 1 4 6 7 8 11"),
        "augmented heptatonic": _scale("0 3 4 5 7 8 11"),
        "balinese": _scale("0 1 3 5 7 8 11"),
        "flamenco": _scale("0 1 3 4 6 7 10"),
        # Ragas of ten thats, where no mode above is the same.
        "todi raga": _scale("0 1 3 6 7 8 11"),
        "marva": _scale("0 1 4 6 7 9 11"),
        # Five notes.
        "major pentatonic": _scale("0 2 4 7 9"),
        "minor pentatonic": _scale("0 3 5 7 10"),
        "egyptian": _scale("0 2 5 7 10"),
        "ritusen": _scale("0 2 5 7 9"),
        "malkos raga": _scale("0 3 5 8 10"),
        "hirajoshi": _scale("0 2 3 7 8"),
        "kumoijoshi": _scale("0 1 5 7 8"),
        "iwato": _scale("0 1 5 6 10"),
        "in-sen": _scale("0 1 5 7 10"),
        "kumoi": _scale("0 2 3 7 9"),
        "han-kumoi": _scale("0 2 5 7 8"),
        "anchihoye": _scale("0 1 5 6 9"),
        "pelog": _scale("0 1 3 7 8"),
        "scriabin": _scale("0 1 4 7 9"),
        "dominant pentatonic": _scale("0 2 4 7 10"),
        "ionian pentatonic": _scale("0 4 5 7 11"),
        "lydian pentatonic": _scale("0 4 6 7 11"),
        "lydian #5p pentatonic": _scale("0 4 6 8 11"),
        "lydian dominant pentatonic": _scale("0 4 6 7 10"),
        "mixolydian pentatonic": _scale("0 4 5 7 10"),
        "neapolitan major pentatonic": _scale("0 4 5 6 10"),
        "whole tone pentatonic": _scale("0 4 6 8 10"),
        "locrian pentatonic": _scale("0 3 5 6 10"),
        "super locrian pentatonic": _scale("0 3 4 6 10"),
        "minor six pentatonic": _scale("0 3 5 7 9"),
        "minor #7m pentatonic": _scale("0 3 5 7 11"),
        "flat six pentatonic": _scale("0 2 4 7 8"),
        "vietnamese 1": _scale("0 3 5 7 8"),
        # Six notes.
        "major blues": _scale("0 2 3 4 7 9"),
        "minor blues": _scale("0 3 5 6 7 10"),
        "whole tone": _scale("0 2 4 6 8 10"),
        "augmented": _scale("0 3 4 7 8 11"),
        "prometheus": _scale("0 2 4 6 9 10"),
        "tritone": _scale("0 1 4 6 7 10"),
        "prometheus neapolitan": _scale("0 1 4 6 9 10"),
        "mystery #1": _scale("0 1 4 6 8 10"),
        "six tone symmetric": _scale("0 1 4 5 8 9"),
        "piongio": _scale("0 2 5 7 9 10"),
        "minor hexatonic": _scale("0 2 3 5 7 11"),
        "aeolian hexatonic": _scale("0 2 3 5 7 10"),
        "major hexatonic": _scale("0 2 4 5 7 9"),
        # Eight and more.
        "diminished": _scale("0 2 3 5 6 8 9 11"),
        "half-whole diminished": _scale("0 1 3 4 6 7 9 10"),
        "bebop": _scale("0 2 4 5 7 9 10 11"),
        "bebop major": _scale("0 2 4 5 7 8 9 11"),
        "bebop minor": _scale("0 2 3 4 5 7 9 10"),
        "minor bebop": _scale("0 2 3 5 7 8 10 11"),
        "bebop locrian": _scale("0 1 3 5 6 7 8 10"),
        "minor six diminished": _scale("0 2 3 5 7 8 9 11"),
        "spanish heptatonic": _scale("0 1 3 4 5 7 8 10"),
        "spanish eight-tone": _scale("0 1 3 4 5 6 8 10"),
        "ichikosucho": _scale("0 2 4 5 6 7 9 11"),
        "kafi raga": _scale("0 3 4 5 7 9 10 11"),
        "purvi raga": _scale("0 1 4 5 6 7 8 11"),
        "composite blues": _scale("0 2 3 4 5 6 7 9 10"),
        # O. Messiaen's modes of limited transposition; the first two are the whole tone scale
        # and the half-whole diminished.
        "messiaen's mode #3": _scale("0 2 3 4 6 7 8 10 11"),
        "messiaen's mode #4": _scale("0 1 2 5 6 7 8 11"),
        "messiaen's mode #5": _scale("0 1 5 6 7 11"),
        "messiaen's mode #6": _scale("0 2 4 5 6 8 10 11"),
        "messiaen's mode #7": _scale("0 1 2 3 5 6 7 8 9 11"),
        "chromatic": _scale("0 1 2 3 4 5 6 7 8 9 10 11"),
        # Chords as scales: what an arpeggio may use.
        "major triad": _scale("0 4 7"),
        "minor triad": _scale("0 3 7"),
        "fifth": _scale("0 7"),
        # Between the keys of a piano.
        "rast": _scale("0 2 3.5 5 7 9 10.5"),
        "bayati": _scale("0 1.5 3 5 7 8 10"),
        "sikah": _scale("0 1.5 3.5 5.5 7 8.5 10.5"),
        "huzam": _scale("0 1.5 3.5 4.5 7.5 8.5 10.5"),
        "saba": _scale("0 1.5 3 4 7 8 10"),
        "slendro": _scale("0 2.4 4.8 7.2 9.6"),
        "gamelan pelog": _scale("0 1.33 2.67 5.33 6.67 8 9.33"),
        "quarter tone": tuple(step / 2 for step in range(24)),
    }
)
"""Every scale by its first name."""

ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "ionian": "major",
        "maj": "major",
        "aeolian": "minor",
        "natural minor": "minor",
        "min": "minor",
        "jazz minor": "melodic minor",
        "acoustic": "lydian dominant",
        "overtone": "lydian dominant",
        "hindu": "mixolydian b6",
        "half-diminished": "locrian #2",
        "super locrian": "altered",
        "spanish": "phrygian dominant",
        "hijaz": "phrygian dominant",
        "romanian minor": "dorian #4",
        "gypsy": "double harmonic major",
        "byzantine": "double harmonic major",
        "bhairav": "double harmonic major",
        "double harmonic minor": "hungarian minor",
        "pentatonic": "major pentatonic",
        "yo": "ritusen",
        "blues": "minor blues",
        "wholetone": "whole tone",
        "octatonic": "diminished",
        "whole-half diminished": "diminished",
        "melodic": "melodic minor",
        "harmonic": "harmonic minor",
        "dominant": "mixolydian",
        "lydian b7": "lydian dominant",
        "melodic minor fifth mode": "mixolydian b6",
        "melodic minor second mode": "dorian b2",
        "phrygian #6": "dorian b2",
        "aeolian b5": "locrian #2",
        "diminished whole tone": "altered",
        "pomeroy": "altered",
        "superlocrian bb7": "ultralocrian",
        "superlocrian diminished": "ultralocrian",
        "locrian natural 6": "locrian 6",
        "locrian sharp 6": "locrian 6",
        "ukrainian dorian": "dorian #4",
        "altered dorian": "dorian #4",
        "phrygian major": "phrygian dominant",
        "major #5": "major augmented",
        "ionian augmented": "major augmented",
        "ionian #5": "major augmented",
        "arabian": "locrian major",
        "neapolitan minor": "balinese",
        "lydian b3": "lydian diminished",
        "ahir bhairav": "mixolydian b2",
        "charukeshi": "mixolydian b6",
        "chinese": "lydian pentatonic",
        "bati": "ionian pentatonic",
        "tizita": "major pentatonic",
        "miyako-bushi": "kumoijoshi",
        "ambassel": "kumoijoshi",
        "ritsu": "ritusen",
        "indian": "mixolydian pentatonic",
        "minor seven flat five pentatonic": "locrian pentatonic",
        "vietnamese 2": "minor pentatonic",
        "flat three pentatonic": "kumoi",
        "dominant diminished": "half-whole diminished",
        "messiaen's mode #1": "whole tone",
        "messiaen's mode #2": "half-whole diminished",
        "messiaen 1": "whole tone",
        "messiaen 2": "half-whole diminished",
        "messiaen 3": "messiaen's mode #3",
        "messiaen 4": "messiaen's mode #4",
        "messiaen 5": "messiaen's mode #5",
        "messiaen 6": "messiaen's mode #6",
        "messiaen 7": "messiaen's mode #7",
        "pelog pentatonic": "pelog",
        "todi": "todi raga",
        "purvi": "double harmonic lydian",
        "kafi": "dorian",
        "bhairavi": "phrygian",
        "kalyan": "lydian",
        "khamaj": "mixolydian",
    }
)
"""Other names of the same scales."""
