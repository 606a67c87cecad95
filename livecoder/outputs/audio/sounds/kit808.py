"""The drums, after the Roland TR-808: what each circuit does is in `builders/drums.py`."""

from __future__ import annotations

from types import MappingProxyType

from livecoder.outputs.audio.sounds.spec import Parameter, SoundSpec

__all__ = ["KIT808"]


def _decay(low: float, high: float, default: float) -> Parameter:
    return Parameter("decay", "s", low, high, default, "until it has rung out (-60 dB)")


_TUNE = Parameter("tune", "semitones", -24.0, 24.0, 0.0, "higher or lower than the original")
_TONE = Parameter("tone", "share", 0.0, 1.0, 0.5, "how much attack")


_PIECES = (
    SoundSpec(
        "bd",
        "808 kick: a deep ringing sine with a click in front",
        "drum",
        (_decay(0.1, 3.0, 1.1), _TUNE, _TONE),
        ("kick",),
        voices=3,
    ),
    SoundSpec(
        "sd",
        "808 snare: two shells and the rattle of the wires",
        "drum",
        (
            _decay(0.05, 1.0, 0.34),
            _TUNE,
            Parameter("snappy", "share", 0.0, 1.0, 0.6, "how much wire"),
        ),
        ("snare", "sn"),
        voices=3,
    ),
    SoundSpec(
        "cp",
        "808 clap: a few hands, and the room after them",
        "drum",
        (_decay(0.1, 1.5, 0.42),),
        ("clap",),
        voices=3,
    ),
    SoundSpec(
        "hh",
        "808 closed hat: six squares through a band, very short",
        "drum",
        (_decay(0.02, 0.4, 0.14), _TUNE),
        ("hat", "ch"),
        voices=4,
        cuts="oh",
    ),
    SoundSpec(
        "oh",
        "808 open hat: the same metal, left to ring; a closed hat shuts it",
        "drum",
        (_decay(0.1, 2.0, 0.9), _TUNE),
        ("openhat",),
        voices=2,
    ),
    SoundSpec("lt", "808 low tom", "drum", (_decay(0.1, 2.0, 0.7), _TUNE), ("lowtom",), voices=3),
    SoundSpec("mt", "808 mid tom", "drum", (_decay(0.1, 2.0, 0.55), _TUNE), ("midtom",), voices=3),
    SoundSpec(
        "ht", "808 high tom", "drum", (_decay(0.1, 2.0, 0.45), _TUNE), ("hightom",), voices=3
    ),
    SoundSpec(
        "rim",
        "808 rimshot: two short pings, the sharpest edge of the kit",
        "drum",
        (_decay(0.02, 0.3, 0.07), _TUNE),
        ("rs", "tick"),
        voices=4,
    ),
    SoundSpec(
        "cb",
        "808 cowbell: two squares a rough fifth apart",
        "drum",
        (_decay(0.05, 1.5, 0.5), _TUNE),
        ("cowbell",),
        voices=3,
    ),
    SoundSpec(
        "cy",
        "808 cymbal: the hat's metal in two bands, ringing long",
        "drum",
        (_decay(0.3, 5.0, 2.2), _TUNE),
        ("cymbal", "crash"),
        voices=2,
    ),
)

# General MIDI percussion, and the nearest piece for what an 808 never had.
_MIDI_NOTES = {
    35: "bd", 36: "bd", 37: "rim", 38: "sd", 39: "cp", 40: "sd", 41: "lt", 42: "hh", 43: "lt",
    44: "hh", 45: "mt", 46: "oh", 47: "mt", 48: "ht", 49: "cy", 50: "ht", 51: "cy", 52: "cy",
    53: "cb", 54: "hh", 55: "cy", 56: "cb", 57: "cy", 58: "cb", 59: "cy", 60: "ht", 61: "mt",
    62: "ht", 63: "mt", 64: "lt", 65: "ht", 66: "mt", 67: "cb", 68: "cb", 69: "hh", 70: "hh",
    71: "cb", 72: "cb", 73: "rim", 74: "rim", 75: "rim", 76: "rim", 77: "rim", 78: "ht",
    79: "mt", 80: "oh", 81: "oh",
}  # fmt: skip

KIT808: tuple[SoundSpec, ...] = (
    *_PIECES,
    SoundSpec(
        "kit808",
        "the whole 808: notes choose the piece, as in General MIDI (36 kick, 38 snare, 42 hat)",
        "kit",
        aliases=("808",),
        pieces=MappingProxyType(_MIDI_NOTES),
    ),
)
