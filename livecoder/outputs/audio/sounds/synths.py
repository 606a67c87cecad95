"""The pitched sounds; what each is made of is in `builders/synths.py`."""

from __future__ import annotations

from livecoder.outputs.audio.sounds.spec import Parameter, SoundSpec

__all__ = ["SYNTHS"]


def _cutoff(default: float) -> Parameter:
    doc = "where the low-pass opens to: darker below, brighter above"
    return Parameter("cutoff", "Hz", 60.0, 18_000.0, default, doc, ("lpf",))


def _shape(
    attack: float, decay: float, sustain: float, release: float, resonance: float
) -> tuple[Parameter, ...]:
    peak = "how much the filter sings at its edge"
    return (
        Parameter("resonance", "share", 0.0, 1.0, resonance, peak, ("lpq",)),
        Parameter("attack", "s", 0.001, 8.0, attack, "until it is full"),
        Parameter("decay", "s", 0.01, 8.0, decay, "from full to held"),
        Parameter("sustain", "share", 0.0, 1.0, sustain, "level while held"),
        Parameter("release", "s", 0.005, 8.0, release, "from let go to silent", ("rel",)),
    )


SYNTHS: tuple[SoundSpec, ...] = (
    SoundSpec(
        "bass",
        "round analogue bass: a saw on a sine, through a snapping ladder filter",
        "synth",
        (_cutoff(700.0), *_shape(0.003, 0.25, 0.7, 0.08, 0.3)),
        voices=4,
    ),
    SoundSpec(
        "pluck",
        "plucked string: bright at the pick, dark as it rings",
        "synth",
        (_cutoff(3200.0), *_shape(0.001, 0.9, 0.0, 0.25, 0.15)),
        voices=12,
    ),
    SoundSpec(
        "lead",
        "singing lead: two saws, slightly apart, with vibrato that comes late",
        "synth",
        (_cutoff(3600.0), *_shape(0.008, 0.3, 0.75, 0.14, 0.3)),
        voices=6,
    ),
    SoundSpec(
        "pad",
        "wide warm pad: an ensemble of detuned strings",
        "synth",
        (_cutoff(2400.0), *_shape(0.35, 0.5, 0.85, 1.2, 0.1)),
        voices=12,
    ),
    SoundSpec(
        "keys",
        "electric piano: a tine and its bell, by frequency modulation",
        "synth",
        (_cutoff(6000.0), *_shape(0.001, 1.8, 0.0, 0.22, 0.0)),
        voices=12,
    ),
)
