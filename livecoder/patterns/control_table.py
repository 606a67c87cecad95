"""Every control that has a name of its own, as a table: the only place where one is declared.

The words (`patterns.controls`), completion, `help` and the reference all read it. Names, and what
`value:value` sets, are those a player of Strudel or Tidal types. Adding one is adding a line;
`outputs` may name an output only if that output uses it, which a test holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final, NamedTuple

__all__ = ["CONTROLS", "ControlSpec", "control"]


class ControlSpec(NamedTuple):
    """One control.

    Attributes:
        name: what haps call it.
        aliases: other words for it.
        unit: of its value; `name` or `note` where text will do.
        low: least sensible value, None where there is none.
        high: greatest sensible value.
        meaning: what you hear.
        outputs: which outputs use it: `audio`, `midi`; the others hand it on.
        parts: further controls that `value:value` sets, in order.
        group: what it is about.
    """

    name: str
    aliases: tuple[str, ...]
    unit: str
    low: float | None
    high: float | None
    meaning: str
    outputs: tuple[str, ...]
    parts: tuple[str, ...] = ()
    group: str = ""


_BOTH = ("audio", "midi")
_AUDIO = ("audio",)
_MIDI = ("midi",)
_NONE = ()


def control(
    names: str, unit: str, low: float | None, high: float | None, meaning: str,
    outputs: tuple[str, ...] = _NONE, parts: str = "",
) -> ControlSpec:  # fmt: skip
    """Return a line of the table; `names` are the control's own and then its aliases."""
    name, *aliases = names.split()
    return ControlSpec(
        name, tuple(aliases), unit, low, high, meaning, outputs, tuple(parts.split())
    )


_SOUND: Final = (
    control("s sound", "name", None, None, "The sound; bd:3 is its fourth variant", _AUDIO,
            "n gain"),
    control("n", "number", None, None, "Variant of a sound, or degree of a scale", _BOTH),
    control("note", "note", -1, 128, "Pitch: a name (c#4) or a MIDI number", _BOTH, "n"),
    control("freq", "Hz", 0, 20000, "Pitch in Hz"),
    control("octave oct", "number", -2, 10, "Octave"),
    control("bank", "name", None, None, "Which set of drums"),
    control("clip legato", "of its time", 0, 16, "How much of its time the note is held", _BOTH),
    control("duration dur", "cycles", 0, None, "How long the note is held", _BOTH),
    control("sustainpedal", "linear", 0, 1, "The sustain pedal"),
    control("nudge", "s", -1, 1, "Earlier or later by so little", _BOTH),
    control("cps", "cycles per s", 0, None, "Tempo"),
    control("ctranspose", "semitones", -48, 48, "Pitch moved by semitones"),
    control("mtranspose", "degrees", -24, 24, "Pitch moved by degrees of the scale"),
    control("degree", "number", None, None, "Degree of the scale, for SuperDirt's synths"),
    control("harmonic", "number", 0, None, "Harmonic of the note"),
    control("stepsPerOctave", "number", 1, None, "Into how many steps an octave is parted"),
    control("octaveR", "ratio", 0, None, "Ratio of an octave"),
    control("color colour", "name", None, None, "Colour to be drawn in: red or #ff6b8b"),
)  # fmt: skip
_LEVEL: Final = (
    control("gain", "linear", 0, 2, "Loudness", _BOTH),
    control("velocity vel", "linear", 0, 1, "How hard the note is struck", _BOTH),
    control("postgain", "linear", 0, 2, "Loudness after the effects"),
    control("amp", "linear", 0, None, "Loudness, as SuperDirt counts it"),
    control("overgain", "linear", 0, None, "Loudness added to the gain"),
    control("dry", "linear", 0, 1, "How much goes past the effects"),
    control("pan", "position", 0, 1, "Place between left (0) and right (1)", _AUDIO),
    control("panspan", "ratio", 0, None, "How far apart the channels stand"),
    control("pansplay", "linear", 0, 1, "How far the channels spread"),
    control("panwidth", "ratio", 0, None, "How wide a sound is between its speakers"),
    control("panorient", "linear", -1, 1, "Where the first of several speakers stands"),
    control("orbit", "number", 0, None, "Which effects bus"),
    control("bus", "number", 0, None, "Which bus the sound is sent to"),
    control("busgain bgain", "linear", 0, 2, "Loudness on that bus"),
    control("channels ch", "number", 1, None, "Output channels"),
    control("channel", "number", 0, None, "Output channel"),
    control("compressor", "dB", -60, 0, "Threshold of the compressor", _NONE,
            "compressorRatio compressorKnee compressorAttack compressorRelease"),
    control("compressorRatio", "ratio", 1, 20, "How much it takes away above the threshold"),
    control("compressorKnee", "dB", 0, 40, "How softly it sets in"),
    control("compressorAttack", "s", 0, 1, "How fast it sets in"),
    control("compressorRelease", "s", 0, 2, "How fast it lets go"),
    control("duckorbit duck", "number", 0, None, "Which effects bus makes way for this sound"),
    control("duckdepth", "linear", 0, 1, "How far it makes way"),
    control("duckattack duckatt", "s", 0, 10, "How long until it is back"),
    control("duckonset duckons", "s", 0, 1, "How long until it has made way"),
)  # fmt: skip
_SHAPE: Final = (
    control("attack att", "s", 0, 10, "Time to full loudness", _AUDIO),
    control("decay dec", "s", 0, 10, "Time from there to the sustain", _AUDIO),
    control("sustain sus", "linear", 0, 1, "Loudness while the note is held", _AUDIO),
    control("release rel", "s", 0, 20, "Time to die away after the note", _AUDIO),
    control("hold", "s", 0, 10, "Time at full loudness"),
    control("gate gat", "linear", 0, 1, "Loudness while a gate is open"),
    control("fadeTime fadeOutTime", "s", 0, 10, "Time in which a grain dies away"),
    control("fadeInTime", "s", 0, 10, "Time in which a grain comes in"),
    control("curve", "number", -10, 10, "How bent an envelope is"),
    control("tune", "semitones", -24, 24, "A drum higher or lower than it was made", _AUDIO),
    control("tone", "linear", 0, 1, "How much attack a drum has", _AUDIO),
    control("snappy", "linear", 0, 1, "How much of the wires a snare has", _AUDIO),
)


def _filter(
    letters: str, what: str, names: str, q: str, outputs: tuple[str, ...]
) -> Iterator[ControlSpec]:
    """Yield a filter's controls: where it is, its envelope, what moves it."""
    p = letters
    yield control(names, "Hz", 20, 20000, f"{what} filter", outputs, f"{q.split()[0]} {p}env")
    yield control(q, "Q", 0, 50, f"Resonance of the {what.lower()} filter", outputs)
    name = what.lower()
    yield control(f"{p}env {p}e", "octaves", -10, 10, f"How far the {name} envelope opens")
    yield control(f"{p}attack {p}a", "s", 0, 10, f"Attack of the {name} envelope")
    yield control(f"{p}decay {p}d", "s", 0, 10, f"Decay of the {name} envelope")
    yield control(f"{p}sustain {p}s", "linear", 0, 1, f"Sustain of the {name} envelope")
    yield control(f"{p}release {p}r", "s", 0, 20, f"Release of the {name} envelope")
    yield control(f"{p}rate", "Hz", 0, 50, f"Speed of what moves the {name} filter")
    yield control(f"{p}sync", "per cycle", 0, 64, "The same, in turns a cycle")
    yield control(f"{p}depth", "linear", 0, 10, "How far it moves it")
    yield control(f"{p}depthfrequency {p}depthfreq", "Hz", 0, 20000, "The same, in Hz")
    yield control(f"{p}shape", "number", 0, 4, "Its wave: triangle, sine, ramp, saw, square")
    yield control(f"{p}dc", "linear", -1, 1, "Which way it leans")
    yield control(f"{p}skew", "linear", 0, 1, "How lopsided it is")


_FILTERS: Final = (
    *_filter("lp", "Low-pass", "cutoff lpf lp ctf", "resonance lpq", _AUDIO),
    *_filter("hp", "High-pass", "hcutoff hpf hp", "hresonance hpq", _NONE),
    *_filter("bp", "Band-pass", "bandf bpf bp", "bandq bpq", _NONE),
    control("ftype", "name", None, None, "Slope of the filters: 12db, 24db or ladder"),
    control("fanchor", "linear", 0, 1, "Where the filter envelopes start from"),
    control("drive", "linear", 0, 10, "How hard the ladder filter is driven"),
    control("djf", "position", 0, 1, "Below .5 a low-pass, above it a high-pass filter"),
    control("vowel", "name", None, None, "Formants of a vowel: a e i o u"),
    control("kcutoff", "Hz", 20, 20000, "A crushing filter"),
    control("lbrick", "linear", 0, 1, "Spectrum cut off above"),
    control("hbrick", "linear", 0, 1, "Spectrum cut off below"),
)
_SPACE: Final = (
    control("delay", "linear", 0, 1, "Send to the delay", _AUDIO, "delaytime delayfeedback"),
    control("delaytime delayt dt", "s", 0, 4, "Time between echoes"),
    control("delayfeedback delayfb dfb", "linear", 0, 0.98, "How much comes back"),
    control("delayspeed", "times", 0, None, "How fast the echoes are played"),
    control("delaysync", "cycles", 0, 8, "Time between echoes, in cycles"),
    control("lock", "switch", 0, 1, "Whether the delay's time is counted in cycles"),
    control("room", "linear", 0, 1, "Send to the reverb", _AUDIO, "size"),
    control("roomsize size sz rsize", "linear", 0, 10, "Size of the reverb's room"),
    control("roomlp rlp", "Hz", 20, 20000, "How bright the reverb is at first"),
    control("roomdim rdim", "Hz", 20, 20000, "How bright it is at its end"),
    control("roomfade rfade", "s", 0, 10, "How long it takes to build up"),
    control("ir iresponse", "name", None, None, "Sound of the room, as a sample", _NONE, "i"),
    control("irspeed", "times", None, None, "How fast that sample is played"),
    control("irbegin", "of the sample", 0, 1, "Where it begins"),
    control("leslie", "linear", 0, 1, "A turning loudspeaker"),
    control("lrate", "Hz", 0, 20, "How fast it turns"),
    control("lsize", "m", 0, 5, "How big it is"),
)
_EFFECTS: Final = (
    control("shape", "linear", 0, 1, "Wave shaping", _NONE, "shapevol"),
    control("shapevol", "linear", 0, 2, "Loudness after the wave shaping"),
    control("overshape", "linear", 0, 1, "More of it"),
    control("distort dist", "linear", 0, 10, "Distortion", _NONE, "distortvol distorttype"),
    control("distortvol distvol", "linear", 0, 2, "Loudness after the distortion"),
    control("distorttype disttype", "name", None, None, "Kind of distortion: soft, hard, fold"),
    control("crush", "bits", 1, 16, "Fewer bits"),
    control("coarse", "samples", 1, None, "Fewer samples"),
    control("krush", "linear", 0, 10, "A crushing distortion"),
    control("triode", "linear", 0, 10, "A valve"),
    control("squiz", "ratio", 0, 10, "Pitch pushed up, with a squeak"),
    control("waveloss", "percent", 0, 100, "Pieces of the wave dropped"),
    control("phaserrate phaser ph", "Hz", 0, 20, "Speed of the phaser", _NONE,
            "phaserdepth phasercenter phasersweep"),
    control("phaserdepth phd phasdp", "linear", 0, 1, "How strong it is"),
    control("phasercenter phc", "Hz", 20, 20000, "Middle of its sweep"),
    control("phasersweep phs", "Hz", 0, 20000, "Width of its sweep"),
    control("tremolo trem", "Hz", 0, 50, "Speed of the tremolo", _NONE,
            "tremolodepth tremoloskew tremolophase"),
    control("tremolosync tremsync", "per cycle", 0, 64, "The same, in turns a cycle", _NONE,
            "tremolodepth tremoloskew tremolophase"),
    control("tremolodepth tremdepth", "linear", 0, 1, "How deep it is"),
    control("tremoloskew tremskew", "linear", 0, 1, "How lopsided it is"),
    control("tremolophase tremphase", "cycles", 0, 1, "Where in its turn it begins"),
    control("tremoloshape tremshape", "name", None, None, "Its wave: tri, square, sine, saw, ramp"),
    control("chorus", "linear", 0, 1, "Chorus"),
    control("ring", "linear", 0, 1, "Ring modulation"),
    control("ringf", "Hz", 0, 20000, "Its frequency"),
    control("ringdf", "Hz", 0, 1000, "How far its frequency slides"),
    control("octer", "linear", 0, 10, "An octave above"),
    control("octersub", "linear", 0, 10, "An octave below"),
    control("octersubsub", "linear", 0, 10, "Two octaves below"),
    control("fshift", "Hz", None, None, "Every frequency moved by so much"),
    control("fshiftnote", "number", None, None, "The same, as a part of the note"),
    control("fshiftphase", "radians", 0, 6.3, "Its phase"),
    control("transient", "linear", -1, 1, "Attacks made sharper or softer", _NONE,
            "transsustain"),
    control("enhance", "linear", 0, 10, "Loud parts of the spectrum made louder"),
    control("comb", "linear", 0, 1, "Spectrum combed"),
    control("smear", "linear", 0, 1, "Spectrum smeared"),
    control("scram", "linear", 0, 1, "Spectrum scrambled"),
    control("binshift", "linear", 0, 1, "Spectrum moved"),
    control("freeze", "linear", 0, 1, "Spectrum held"),
)  # fmt: skip
_SYNTH: Final = (
    control("noise", "linear", 0, 1, "Noise mixed in"),
    control("detune det", "semitones", None, None, "Out of tune"),
    control("unison", "voices", 1, 16, "Voices at once"),
    control("spread", "linear", 0, 1, "How wide the voices stand"),
    control("pw", "linear", 0, 1, "Width of a pulse", _NONE, "pwrate pwsweep"),
    control("pwrate", "Hz", 0, 50, "How fast that width moves"),
    control("pwsweep", "linear", 0, 1, "How far it moves"),
    control("vib vibrato v", "Hz", 0, 50, "Speed of the vibrato", _NONE, "vibmod"),
    control("vibmod vmod", "semitones", 0, 24, "Depth of the vibrato", _NONE, "vib"),
    control("accelerate", "octaves", None, None, "How the pitch slides"),
    control("slide", "ratio", None, None, "How far the pitch slides"),
    control("semitone", "semitones", None, None, "How far a second voice stands off"),
    control("voice", "linear", 0, 1, "Colour of a synth's voice"),
    control("penv", "semitones", -48, 48, "How far the pitch envelope reaches"),
    control("pattack patt", "s", 0, 10, "Attack of the pitch envelope"),
    control("pdecay pdec", "s", 0, 10, "Decay of the pitch envelope"),
    control("psustain psus", "linear", 0, 1, "Sustain of the pitch envelope"),
    control("prelease prel", "s", 0, 20, "Release of the pitch envelope"),
    control("pcurve", "switch", 0, 1, "Whether the pitch envelope is curved"),
    control("panchor", "linear", 0, 1, "Where the pitch envelope starts from"),
    control("warp wavetableWarp", "linear", 0, 1, "How far a wavetable is warped"),
    control("warpmode wavetableWarpMode", "name", None, None, "How it is warped"),
    control("wt wavetablePosition", "linear", 0, 1, "Place in a wavetable"),
    control("wtphaserand wavetablePhaseRand", "linear", 0, 1, "How random its phase is"),
)


def _modulator(number: int) -> Iterator[ControlSpec]:
    """Yield the controls of one of the eight operators of frequency modulation."""
    n = "" if number == 1 else str(number)
    one = " fm{0}1" if number == 1 else ""

    def names(stem: str, short: str = "") -> str:
        first = f"fm{stem}{n}" + (f" fm{short}{n}" if short else "")
        return first + (one.format(stem) + (one.format(short) if short else ""))

    depth = f"fmi{n} fm{n}" + (" fmi1 fm1" if number == 1 else "")
    yield control(depth, "index", 0, None, "Frequency modulation", _NONE, f"fmh{n}")
    yield control(names("h"), "ratio", 0, None, "Harmonicity of the modulator", _NONE, f"fmi{n}")
    yield control(names("env"), "name", None, None, "Shape of its envelope: exp or lin")
    yield control(names("attack", "att"), "s", 0, 10, "Attack of its envelope")
    yield control(names("decay", "dec"), "s", 0, 10, "Decay of its envelope")
    yield control(names("sustain", "sus"), "linear", 0, 1, "Sustain of its envelope")
    yield control(names("release", "rel"), "s", 0, 20, "Release of its envelope")
    yield control(names("wave"), "name", None, None, "Wave of the modulator")


_MODULATION: Final = tuple(spec for number in range(1, 9) for spec in _modulator(number))


def _moved(letters: str, what: str) -> Iterator[ControlSpec]:
    """Yield the envelope of something, and what moves it."""
    p = letters
    yield control(f"{p}env", "linear", -1, 1, f"How far an envelope moves {what}")
    yield control(f"{p}attack {p}att", "s", 0, 10, "Attack of that envelope")
    yield control(f"{p}decay {p}dec", "s", 0, 10, "Decay of that envelope")
    yield control(f"{p}sustain {p}sus", "linear", 0, 1, "Sustain of that envelope")
    yield control(f"{p}release {p}rel", "s", 0, 20, "Release of that envelope")
    yield control(f"{p}rate", "Hz", 0, 50, f"Speed of what moves {what}")
    yield control(f"{p}sync", "per cycle", 0, 64, "The same, in turns a cycle")
    yield control(f"{p}depth", "linear", 0, 1, "How far it moves it")
    yield control(f"{p}shape", "number", 0, 4, "Its wave: triangle, sine, ramp, saw, square")
    yield control(f"{p}dc", "linear", -1, 1, "Which way it leans")
    yield control(f"{p}skew", "linear", 0, 1, "How lopsided it is")


_TABLES: Final = (*_moved("wt", "the place in a wavetable"), *_moved("warp", "its warping"))
_SAMPLES: Final = (
    control("speed", "times", None, None, "How fast a sample is played; backwards if negative"),
    control("begin", "of the sample", 0, 1, "Where a sample begins"),
    control("end", "of the sample", 0, 1, "Where a sample ends"),
    control("loop", "switch", 0, 1, "Whether a sample goes round"),
    control("loopBegin loopb", "of the sample", 0, 1, "Where its loop begins"),
    control("loopEnd loope", "of the sample", 0, 1, "Where its loop ends"),
    control("unit", "name", None, None, "What speed is counted in: r, c or s"),
    control("cut", "number", None, None, "Sounds with one number cut each other off"),
    control("stretch", "times", 0, None, "Longer or shorter, the pitch as it is"),
    control("source src", "name", None, None, "Where samples come from"),
)
_ARCADE: Final = (
    control("zrand", "linear", 0, 1, "How random each sound is, in zzfx"),
    control("znoise", "linear", 0, None, "Noise, in zzfx"),
    control("zmod", "Hz", 0, None, "Frequency modulation, in zzfx"),
    control("zcrush", "linear", 0, 1, "Fewer bits, in zzfx"),
    control("zdelay", "s", 0, None, "Delay, in zzfx"),
    control("deltaSlide", "number", None, None, "How its slide changes, in zzfx"),
    control("pitchJump", "Hz", None, None, "How far its pitch jumps, in zzfx"),
    control("pitchJumpTime", "s", 0, None, "When it jumps, in zzfx"),
)
_PORTS: Final = (
    control("midiport", "name", None, None, "MIDI port", _MIDI),
    control("midichan", "channel", 1, 16, "MIDI channel", _MIDI),
    control("ccn", "number", 0, 127, "MIDI controller number", _MIDI),
    control("ccv", "linear", 0, 1, "MIDI controller value", _MIDI),
    control("ccv14", "linear", 0, 1, "The same in 14 bits, for controllers 0 to 31", _MIDI),
    control("midibend", "linear", -1, 1, "Pitch wheel", _MIDI),
    control("miditouch", "linear", 0, 1, "Aftertouch", _MIDI),
    control("progNum", "number", 0, 127, "MIDI programme", _MIDI),
    control("polyTouch", "linear", 0, 1, "Aftertouch of one key", _MIDI),
    control("expression", "linear", 0, 1, "MIDI expression", _MIDI),
    control(
        "nrpnn nrpn", "number", 0, 16383, "Number of a non-registered parameter", _MIDI, "nrpv"
    ),
    control("nrpv", "number", 0, 16383, "Its value", _MIDI),
    control("rpnn rpn", "number", 0, 16383, "Number of a registered parameter", _MIDI, "rpv"),
    control("rpv", "number", 0, 16383, "Its value", _MIDI),
    control("mpe", "channels", 0, 15, "Each note on a channel of its own, of so many", _MIDI),
    control("mpebend", "semitones", 1, 96, "How far an MPE instrument bends a note", _MIDI),
    control("midicmd", "name", None, None, "Clock, start, stop or continue"),
    control("midimap", "name", None, None, "Which map of controllers"),
    control("oschost", "name", None, None, "Host that OSC is sent to"),
    control("oscport", "number", 1, 65535, "Port that OSC is sent to"),
)

_GROUPS: Final = (
    ("What sounds, and how long", _SOUND),
    ("How loud, and where", _LEVEL),
    ("Its course", _SHAPE),
    ("Filters", _FILTERS),
    ("Echo and room", _SPACE),
    ("Effects", _EFFECTS),
    ("Synthesisers", _SYNTH),
    ("Frequency modulation", _MODULATION),
    ("Wavetables", _TABLES),
    ("Samples", _SAMPLES),
    ("Arcade sounds", _ARCADE),
    ("MIDI and OSC", _PORTS),
)

CONTROLS: Final = MappingProxyType(
    {spec.name: spec._replace(group=group) for group, specs in _GROUPS for spec in specs}
)
"""Every control by its first name, group by group."""
