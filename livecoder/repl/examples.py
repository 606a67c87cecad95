"""What the reference and `help` show of a word: an example, and how many cycles of it to draw.

A word that is not here shows the example it declares itself, for two cycles.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from livecoder.patterns.controls import ControlSpec

__all__ = ["EXAMPLES", "Example", "example_of_control"]


class Example(NamedTuple):
    """Something to type, and to look at.

    Attributes:
        code: an expression; its value is what is drawn.
        cycles: how many of them to draw.
        runs: whether `help` may run it, too; one that changes something for good may not.
    """

    code: str
    cycles: int = 2
    runs: bool = True


# name: (cycles, example); without an example, the word's own.
_TABLE: Final[tuple[tuple[str, int, str], ...]] = (
    # operators
    ("add", 2, 'n("0 2 4 6").add("<0 1>")'),
    ("sub", 2, 'n("4 6 8").sub("<0 2>")'),
    ("mul", 2, 'n("1 2 3").mul("<1 2>")'),
    ("div", 2, 'n("4 8 12").div("<1 2>")'),
    ("mod", 2, 'n("0 .. 7").mod(3)'),
    ("pow", 2, 'n("0 1 2 3").pow(2)'),
    ("set", 2, 's("bd sn hh").set(s("<bd cp>"))'),
    ("keep", 2, 's("bd ~ sn ~").keep(s("cp*4").gain(.5))'),
    ("keepif", 2, 's("hh*8").keepif("1 0 1 1")'),
    ("band", 1, 'mini("0 1 2 3 4 5 6 7").band(3)'),
    ("bor", 1, 'mini("0 1 2 3").bor(4)'),
    ("bxor", 1, 'mini("0 1 2 3").bxor(1)'),
    ("blshift", 1, 'mini("1 2 3").blshift(1)'),
    ("brshift", 1, 'mini("2 4 8").brshift(1)'),
    ("lt", 1, 'mini("0 1 2 3").lt(2)'),
    ("gt", 1, 'mini("0 1 2 3").gt(1)'),
    ("lte", 1, 'mini("0 1 2 3").lte(2)'),
    ("gte", 1, 'mini("0 1 2 3").gte(1)'),
    ("eq", 1, 'mini("0 1 2 3").eq(2)'),
    ("ne", 1, 'mini("0 1 2 3").ne(2)'),
    ("eqt", 1, 'mini("0 1 2 3").eqt(2)'),
    ("net", 1, 'mini("0 1 2 3").net(2)'),
    ("and_", 1, 'mini("0 1 2 3").and_(5)'),
    ("or_", 1, 'mini("0 1 2 3").or_(5)'),
    # making patterns
    ("arrange", 4, 'arrange([2, s("bd sn")], [1, s("hh*4")], [1, s("cp ~")])'),
    ("cat", 3, 'cat("c e", "g", "a*3")'),
    ("slowcat", 3, 'slowcat("c e", "g", "a*3")'),
    ("slowcat_prime", 4, ""),
    ("fastcat", 1, ""),
    ("seq", 1, 'seq("bd", ["sn", "hh"], "cp")'),
    ("sequence", 1, 'sequence("bd", ["sn", "hh"], "cp")'),
    ("stepcat", 1, 'stepcat([3, "bd"], [1, "sn"])'),
    ("timecat", 1, ""),
    ("stack", 1, 'stack(s("bd*2"), s("hh*4"), note("c e g"))'),
    ("polymeter", 2, ""),
    ("polyrhythm", 1, ""),
    ("silence", 1, ""),
    ("pure", 2, ""),
    ("mini", 2, ""),
    ("reify", 1, ""),
    ("Pattern", 1, 's("bd sn")'),
    ("run", 1, ""),
    ("binary", 1, ""),
    ("binary_n", 1, ""),
    # time
    ("slow", 4, ""),
    ("palindrome", 4, ""),
    ("iter_", 4, ""),
    ("iter_back", 4, ""),
    ("repeat_cycles", 4, ""),
    ("ribbon", 4, 's("<bd sn hh cp>*4").ribbon(1, 2)'),
    ("linger", 1, ""),
    ("zoom", 1, ""),
    ("compress", 1, ""),
    ("focus", 1, 's("bd sn hh cp").focus(.25, .5)'),
    ("fast_gap", 1, ""),
    ("inside", 2, 'n("0 .. 7").inside(2, rev)'),
    ("outside", 4, 'n("<0 1 2 3>").outside(4, rev)'),
    ("euclid_off", 1, ""),
    ("brak", 4, ""),
    # sometimes
    ("often", 4, ""),
    ("almost_always", 4, ""),
    ("every", 4, 's("bd sn hh cp").every(3, rev)'),
    ("first_of", 4, 's("bd sn hh cp").first_of(4, rev)'),
    ("last_of", 4, 's("bd sn hh cp").last_of(4, rev)'),
    ("when", 4, 's("bd sn hh cp").when("<0 1>", rev)'),
    ("whenmod", 4, 's("bd sn hh cp").whenmod(4, 2, rev)'),
    ("chunk", 4, ""),
    ("chunk_back", 4, 's("bd sn cp hh").chunk_back(4, lambda x: x.speed(2))'),
    ("chunk_into", 4, ""),
    ("chunk_back_into", 4, 's("bd sn cp hh").chunk_back_into(4, fast(2))'),
    ("fast_chunk", 4, ""),
    ("some_cycles", 4, ""),
    ("some_cycles_by", 4, ""),
    ("rot", 1, ""),
    ("reset", 4, ""),
    ("restart", 2, 's("bd sn hh cp").restart("x x*2")'),
    ("swing", 2, 's("hh*8").swing(.1)'),
    # choosing
    ("choose", 2, 'note(choose("c", "e", "g")).segment(4)'),
    ("choose_cycles", 4, 'note(choose_cycles("c", "e g", "a*3"))'),
    ("wchoose", 2, 'note(wchoose(["c", 8], ["g", 1])).segment(8)'),
    ("wchoose_cycles", 4, 'note(wchoose_cycles(["c e", 3], ["g*4", 1]))'),
    ("pick", 2, 'mini("<0 1>").pick([s("bd*2"), s("sn hh cp")])'),
    ("pickmod", 2, 'mini("<0 3>").pickmod([s("bd*2"), s("sn hh cp")])'),
    ("pick_out", 2, 'mini("0 1").pick_out([s("bd*4"), s("sn hh cp hh")])'),
    ("pickmod_out", 2, 'mini("0 3").pickmod_out([s("bd*4"), s("sn hh cp hh")])'),
    ("pick_reset", 2, 'mini("0 1").pick_reset([s("bd*4"), s("sn hh cp hh")])'),
    ("pickmod_reset", 2, 'mini("0 3").pickmod_reset([s("bd*4"), s("sn hh cp hh")])'),
    ("pick_restart", 2, 'mini("0 1").pick_restart([s("bd*4"), s("sn hh cp hh")])'),
    ("pickmod_restart", 2, 'mini("0 3").pickmod_restart([s("bd*4"), s("sn hh cp hh")])'),
    ("inhabit", 1, 'mini("0 [1 0]").inhabit([s("bd sn"), s("hh hh cp")])'),
    ("inhabitmod", 1, 'mini("0 [3 2]").inhabitmod([s("bd sn"), s("hh hh cp")])'),
    ("squeeze", 1, 'squeeze("0 1", [s("bd sn"), s("hh hh cp")])'),
    ("rand_of", 1, "rand_of(3).segment(8)"),
    ("brand", 1, "brand.segment(8)"),
    ("brand_by", 1, "brand_by(.2).segment(8)"),
    ("irand", 1, "irand(8).segment(8)"),
    ("rand", 1, "rand.segment(16)"),
    # signals
    ("rangex", 2, "sine.rangex(100, 10000)"),
    ("range2", 2, ""),
    ("signal", 2, "signal(lambda t: t * t)"),
    ("time", 2, ""),
    ("ratio", 1, ""),
    # harmony
    ("chord", 4, 'chord("<C^7 A7 D-7 G7>")'),
    ("voicing", 4, 'chord("<C^7 A7 D-7 G7>").voicing()'),
    ("anchor", 2, 'chord("C^7").anchor("<c4 c5>").voicing()'),
    ("mode", 2, 'chord("C^7").mode("<below above>").voicing()'),
    ("dictionary", 2, 'chord("C^7").dictionary("<lefthand guidetones>").voicing()'),
    ("inversion", 4, 'chord("C^7").inversion("<0 1 2 3>").voicing()'),
    ("octaves", 1, 'chord("C^7").octaves(2).n("0 .. 7").voicing()'),
    ("offset", 4, 'chord("C^7").offset("<0 1 2 -1>").voicing()'),
    ("root_notes", 4, 'chord("<C^7 A7 D-7 G7>").root_notes(2)'),
    ("find_key", 1, 'find_key(n("0 2 4 2 0 4 7 4").scale("d:dorian"), cycles=1).key'),
    ("roman", 2, 'roman("ii7 V7 I^7", key="c:major").voicing()'),
    ("progression", 4, 'progression("andalusian", "a").voicing()'),
    ("chord_grammar", 4, 'chord_grammar(4, "d:minor", seed=3).voicing()'),
    ("transpose", 2, ""),
    # samples
    ("loop_at", 4, ""),
    ("fit", 4, ""),
    # controls that are more than a number
    ("s", 1, 's("bd*2 sn [hh cp]")'),
    ("n", 1, 'n("0 2 4 7").scale("c:minor")'),
    ("note", 1, 'note("c e g b")'),
    ("gain", 1, 's("hh*8").gain(".25 .5 .75 1")'),
    ("velocity", 1, 's("hh*8").velocity(".25 .5 .75 1")'),
    ("pan", 2, 's("hh*8").pan(sine.slow(2))'),
    ("cutoff", 2, 'note("c2*4").s("bass").cutoff(sine.range(300, 2000).slow(2))'),
    ("clip", 1, 'note("c e g b").clip(".25 .5 .75 1")'),
    ("duration", 1, 'note("c e g b").duration(".1 .2")'),
    ("color", 1, 'note("c e g b").color("red cyan")'),
    ("ctrl", 1, 's("bd sn").ctrl("sparkle", "1 3")'),
    ("midi", 1, 'note("c e g").midi("synth", 2)'),
    ("midiport", 1, 'note("c e").midiport("synth")'),
    ("ccn", 1, 'note("c*4").ccn(74).ccv("0 .3 .6 1")'),
    ("ccv", 1, 'note("c*4").ccn(74).ccv("0 .3 .6 1")'),
    ("vowel", 1, 's("bass*4").vowel("a e i o")'),
    ("bank", 1, 's("bd sd").bank("kit808")'),
    ("freq", 1, 'freq("220 330 440 550").s("lead")'),
    ("show", 2, 'show(s("bd*2, ~ cp, hh*8").gain("1 .6 .3 .8"))'),
)

EXAMPLES: Final[Mapping[str, Example]] = MappingProxyType(
    {name: Example(code, cycles) for name, cycles, code in _TABLE}
    | {
        "register": Example(
            'register(lambda pattern, times=2: pattern.fast(times).rev(), "flipped")', 2, False
        )
    }
)
"""What is shown, by the word's own name."""

# Values worth showing, by unit.
_VALUES: Final = {
    "Hz": "400 800 1600 3200", "linear": ".1 .4 .7 1", "s": ".05 .1 .2 .4", "Q": "1 5 10 20",
    "octaves": "1 2 3 4", "position": "0 .3 .7 1", "switch": "0 1", "of the sample": "0 .25 .5",
    "per cycle": "1 2 4 8", "semitones": "-12 0 7 12", "bits": "16 8 6 4", "samples": "1 4 8 16",
    "cycles": ".125 .25 .5", "times": "1 2 .5 -1", "ratio": "1 1.5 2 3", "index": "0 1 2 4",
    "channel": "1 2 3 4", "dB": "-30 -20 -10 0", "percent": "0 25 50 75", "voices": "1 3 5 7",
    "degrees": "0 2 4 7", "number": "1 2 3 4", "m": ".5 1 2 4", "radians": "0 1 2 3",
    "cycles per s": ".5 .6", "name": "a b",
}  # fmt: skip
_PITCHED: Final = frozenset({"Its course", "Filters", "Synthesisers", "Frequency modulation",
                             "Wavetables", "MIDI and OSC", "Arcade sounds"})  # fmt: skip
_DRUMS: Final = frozenset({"tune", "tone", "snappy"})


def example_of_control(spec: ControlSpec) -> Example:
    """Return an example of any control, with values inside its range.

    >>> from livecoder.patterns.controls import CONTROLS
    >>> example_of_control(CONTROLS["resonance"]).code
    'note("c3*4").s("pluck").resonance("1 5 10 20")'
    """
    if spec.name in EXAMPLES:
        return EXAMPLES[spec.name]
    pitched = spec.group in _PITCHED and spec.name not in _DRUMS
    base = 'note("c3*4").s("pluck")' if pitched else 's("bd hh sn hh")'
    values = _VALUES.get(spec.unit, "1 2 3 4")
    if spec.unit != "name":
        low = float("-inf") if spec.low is None else spec.low
        high = float("inf") if spec.high is None else spec.high
        values = " ".join(value for value in values.split() if low <= float(value) <= high)
    return Example(f'{base}.{spec.name}("{values or "1"}")', 1)
