"""The algebra: words that do what they say, and refuse what they cannot."""

import subprocess
import sys
from itertools import pairwise

import pytest

from livecoder import (
    cat,
    choose_cycles,
    cosine,
    ctrl,
    fast,
    fastcat,
    gain,
    isaw,
    midi,
    mini,
    n,
    note,
    perlin,
    pure,
    rand,
    register,
    rev,
    run,
    s,
    saw,
    silence,
    sine,
    slow,
    square,
    stack,
    tri,
    wchoose_cycles,
)  # fmt: skip
from livecoder.core.errors import LivecoderError, NotReadyError, PatternError, RangeError
from livecoder.core.errors import UnknownNameError as Unknown
from livecoder.core.rational import Rational
from livecoder.patterns import vocabulary
from livecoder.patterns.controls import CONTROLS
from livecoder.patterns.pattern import Pattern, reify
from livecoder.patterns.verbs import VERBS


def values(pattern, begin=0, end=1):
    haps = sorted(pattern.query(begin, end), key=lambda hap: (hap.part, repr(hap.value)))
    return [hap.value for hap in haps]


def onsets(pattern, begin=0, end=1):
    return sorted(str(hap.whole.begin) for hap in pattern.query(begin, end) if hap.has_onset)


class WaitingError(NotReadyError):
    pass


def waiting(_):
    raise WaitingError


@pytest.mark.parametrize(
    ("build", "says"),
    [
        (lambda: s("bd").fast("x"), "try"),
        (lambda: s("bd").fast("2 x"), "try"),
        (lambda: s("bd").fast(-1), "0 or more"),
        (lambda: s("bd").fast(float("nan")), "a number"),
        (lambda: s("bd").fast(10**9), "at most"),
        (lambda: s("bd").every(0, rev), "1 to 10000"),
        (lambda: s("bd").every(3, 4), "a function from pattern to pattern"),
        (lambda: s("bd").every(3, lambda _: print), "print"),
        (lambda: s("bd").every(3), "takes 2 arguments"),
        (lambda: s("bd").euclid(8, 3), "pulses come first"),
        (lambda: s("bd").euclid(3, 10**6), "1 to 1024"),
        (lambda: s("bd").ply("a"), "a number"),
        (lambda: s("bd").gain("loud"), "takes numbers"),
        (lambda: s(), "needs a value"),
        (lambda: s(rev), "no pattern"),
        (lambda: s(None), "no pattern"),
        (lambda: s("bd").midi(""), "port"),
        (lambda: s("bd").midi("synth", 17), "from 1 to 16"),
        (lambda: mini("<0 1>").pick("bd"), "list"),
        (lambda: note("[c,e]").arp("x"), "numbers"),
        (lambda: run(-1), "0 to 10000"),
        (lambda: list(s("bd")), "goes on for ever"),
        (lambda: s("bd").query(1, 0), "swap"),
        (lambda: register(3), "register takes a function"),
        (lambda: register(lambda p: p, "fast"), "another name"),
    ],
)
def test_what_cannot_be_is_refused_when_it_is_built_with_words_to_type(build, says):
    with pytest.raises(LivecoderError, match="(?s)" + says):
        build()


def test_an_unknown_scale_is_refused_when_it_is_built_and_the_near_one_named():
    for name in ("c:minro", "<c:major d:minro>"):
        with pytest.raises(Unknown, match="minor"):
            n("0 2").scale(name)


def test_an_unknown_method_names_the_near_one():
    with pytest.raises(AttributeError, match=r"did you mean \.fast\?"):
        s("bd").fsat(2)
    assert not hasattr(s("bd"), "__len__")


def test_a_pattern_cannot_be_changed():
    pattern = s("bd")

    with pytest.raises(PatternError, match="never changes"):
        pattern.ask = None
    with pytest.raises(AttributeError):
        pattern.colour_of_my_own = 3


def test_what_is_typed_is_what_is_shown():
    assert repr(s("bd*4")) == 's("bd*4")'
    assert repr(note("c e g").s("bass")) == 'note("c e g").s("bass")'
    assert repr(s("bd").every(3, rev).fast(2)) == 's("bd").every(3, rev).fast(2)'
    assert repr(s("bd").every(3, fast(2))) == 's("bd").every(3, fast(2))'
    assert repr(n("0").add(n(7))) == 'n("0").add(n(7))'
    assert repr(sine.range(300, 2000).slow(4)) == "sine.range(300, 2000).slow(4)"
    assert len(repr(s("bd sn " * 100))) <= 72


def test_everything_a_pattern_is_made_of():
    assert values(reify("a b")) == ["a", "b"]
    assert values(reify(3)) == [3]
    assert values(reify([1, [2, 3]])) == [1, 2, 3]
    assert values(reify({"s": "bd"})) == [{"s": "bd"}]
    assert reify(silence) is silence

    class Stranger:
        def query(self, begin, end):
            return pure("x").query(begin, end)

    assert values(reify(Stranger())) == ["x"]


def test_queries_take_whatever_a_fraction_takes():
    assert len(s("bd*4").query("1/4", 0.75)) == 2
    assert len(s("bd*4").query(Rational(1, 4), 1)) == 3


def test_a_word_without_its_pattern_waits_for_it():
    assert values(fast(2)(s("bd"))) == values(fast(2, s("bd"))) == [{"s": "bd"}] * 2
    assert values(rev("a b")) == ["b", "a"]
    assert onsets(s("bd").every(2, fast(2)), 0, 2) == ["0", "1", "1/2"]


def test_arguments_may_be_patterns():
    assert [len(values(s("bd").fast("<2 3>"), c, c + 1)) for c in range(3)] == [2, 3, 2]
    assert [len(values(s("bd").fast(cat(1, 2)), c, c + 1)) for c in range(2)] == [1, 2]
    assert [len(values(s("bd*8").degrade_by("<0 1>"), c, c + 1)) for c in range(2)] == [8, 0]
    # Of 3 in 8 what falls in the first half, of 5 in 8 what falls in the second.
    assert onsets(s("bd").euclid("3 5", 8)) == ["0", "3/4", "3/8", "5/8"]


def test_controls_set_and_name_and_split_values():
    assert values(s("bd:3:0.5")) == [{"s": "bd", "n": 3, "gain": 0.5}]
    assert values(s("bd").gain(0.8).pan("0 1")) == [
        {"s": "bd", "gain": 0.8, "pan": 0},
        {"s": "bd", "gain": 0.8, "pan": 1},
    ]
    assert values(mini("c e").note()) == [{"note": "c"}, {"note": "e"}]
    assert values(s("bd").lpf("800:5")) == [{"s": "bd", "cutoff": 800, "resonance": 5}]
    assert values(s("bd").legato(0.5)) == [{"s": "bd", "clip": 0.5}]
    assert values(gain(0.5)) == [{"gain": 0.5}]
    assert values(s("bd").ctrl("sparkle", "1 2")) == [
        {"s": "bd", "sparkle": 1},
        {"s": "bd", "sparkle": 2},
    ]
    assert values(ctrl("lpf", 300)) == [{"cutoff": 300}]
    assert values(note("c").midi("synth", 2)) == [{"note": "c", "midiport": "synth", "midichan": 2}]
    assert values(midi("synth")) == [{"midiport": "synth", "midichan": 1}]


def test_every_control_is_a_word_with_meaning():
    for name, spec in CONTROLS.items():
        for word in (name, *spec.aliases):
            assert hasattr(Pattern, word), word
        assert spec.meaning[0].isupper()
        assert set(spec.outputs) <= {"audio", "midi"}


def test_controls_combine_control_by_control():
    assert values(n("0 2").add(n(7))) == [{"n": 7}, {"n": 9}]
    assert values(n("0 2").s("bass").add("7")) == [{"n": 7, "s": "bass"}, {"n": 9, "s": "bass"}]
    assert values(s("bd").gain(0.5).mul(gain(2))) == [{"s": "bd", "gain": 1.0}]
    assert values(note("c").add(note(12))) == [{"note": 60}]
    assert values(mini("0 1").add("10 20 30")) == [10, 20, 21, 31]


def test_either_side_may_give_the_rhythm():
    left, right = mini("0 1"), mini("10 20 30 40")
    assert onsets(left.add(right)) == ["0", "1/2"]
    assert onsets(left.add.out(right)) == ["0", "1/2", "1/4", "3/4"]
    assert values(left.add.mix(mini("10 20"))) == [10, 21]
    assert values(left.add.squeeze("10 20")) == [10, 20, 11, 21]
    assert values(mini("0 1").add.reset("10 20")) == [10, 20]
    assert values(mini("<0 1>").add.restart("10"), 1, 2) == [10]
    assert onsets(left.add.in_(right)) == ["0", "1/2"]
    with pytest.raises(AttributeError, match="alignments"):
        left.add.sideways(right)


def test_python_signs_are_arithmetic():
    assert values(mini("1 2") + 3) == [4, 5]
    assert values(10 - mini("1 2")) == [9, 8]
    assert values(mini("6 9") / 3 * 2) == [4, 6]
    assert values(mini("-1 5") % 4) == [3, 1]
    assert values(mini("2 3") ** 2) == [4, 9]


def test_signals_are_sampled_where_a_rhythm_asks():
    assert values(s("bd*4").pan(saw)) == [{"s": "bd", "pan": at / 4} for at in range(4)]
    for signal in (sine, cosine, saw, isaw, tri, square, rand, perlin):
        samples = [hap.value for hap in signal.segment(64).query(0, 4)]
        assert all(0 <= value <= 1 for value in samples), signal
        assert max(samples) - min(samples) > 0.5
    assert [round(value, 6) for value in values(sine.segment(4))] == [0.5, 1.0, 0.5, 0.0]
    assert [round(value, 6) for value in values(cosine.segment(4))] == [1.0, 0.5, 0.0, 0.5]
    assert values(tri.segment(4)) == [0.0, 0.5, 1.0, 0.5]


def test_chance_is_fair_and_nearly_without_memory():
    samples = [hap.value for hap in rand.segment(16).query(1, 257)]
    tenths = [0] * 10
    for value in samples:
        tenths[int(value * 10)] += 1
    expected = len(samples) / 10

    # Chi-squared with 9 degrees of freedom is over 27.9 one time in a thousand.
    assert sum((count - expected) ** 2 / expected for count in tenths) < 27.9
    mean = sum(samples) / len(samples)
    lag = sum((a - mean) * (b - mean) for a, b in pairwise(samples))
    # Strudel's numbers, whose neighbours are not quite strangers: 0.08 here, where 0.03 is chance.
    assert abs(lag / sum((a - mean) ** 2 for a in samples)) < 0.15


def test_degrading_keeps_its_share_and_the_rest_is_its_complement():
    hats = s("hh*16")
    for amount in (0.1, 0.5, 0.9):
        kept = hats.degrade_by(amount).query(0, 200)
        rest = hats.undegrade_by(1 - amount).query(0, 200)
        assert abs(len(kept) / 3200 - (1 - amount)) < 0.03
        assert not {hap.whole for hap in kept} & {hap.whole for hap in rest}
        assert len(kept) + len(rest) == 3200


def test_choices():
    assert set(values(choose_cycles("a", "b", "c"), 0, 60)) == {"a", "b", "c"}
    assert set(values(wchoose_cycles(["a", 1], ["b", 0]), 0, 60)) == {"a"}
    assert sorted(values(run(8).shuffle(8), 3, 4)) == list(range(8))


def test_a_bar_that_is_not_composed_yet_goes_through_every_word():
    stream = Pattern(waiting, "stream")
    changed = (
            "rev", "palindrome", "brak", "press", "degrade", "fast(2)", "slow(2)", "late(.1)",
            "ply(2)", "every(2, rev)", "off(.1, rev)", "jux(rev)", "superimpose(rev)",
            "mask('1')", "struct('x')", "euclid(3,8)", "iter(4)", "chunk(4, rev)", "gain(.5)",
            "gain('1 .5')", "add(n(1))", "add.out(n(1))", "scale('c:minor')", "zoom(0,.5)",
            "quantise('c:minor')", "within(0,.5,rev)", "segment(4)", "shuffle(4)", "echo(2,.1,.5)",
            "sometimes(rev)", "linger(.5)", "ribbon(0,1)", "compress(0,.5)", "fmap(str)", "rot(1)",
            "striate(2)", "chop(2)", "arp('0')", "s('x')", "note()", "range(0,1)", "reset('x')",
    )  # fmt: skip
    for word in changed:
        call = word if "(" in word else f"{word}()"
        pattern = eval(f"stream.{call}", {"stream": stream, "rev": rev, "n": n})
        with pytest.raises(WaitingError):
            pattern.query(0, 8)
    for pattern in (stack("a", stream), fastcat("a", stream), cat("a", stream)):
        with pytest.raises(WaitingError):
            pattern.query(0, 8)


def test_nothing_remembers_what_a_stream_answered():
    bars = iter("abcdefgh")
    stream = Pattern(lambda span: pure(next(bars)).ask(span), "stream")
    changed = stream.fmap(str).late(0).rev()

    assert [values(changed, 0, 1) for _ in range(3)] == [["a"], ["b"], ["c"]]


def test_a_performers_own_word():
    @register
    def half_as_fast(pattern, times=2):
        """Slower."""
        return pattern.slow(times)

    assert onsets(s("bd sn").half_as_fast(), 0, 2) == ["0", "1"]
    assert onsets(s("bd sn").halfAsFast(), 0, 2) == ["0", "1"]
    assert repr(s("bd").half_as_fast(4)) == 's("bd").half_as_fast(4)'

    register("mirrored", lambda x, pat: pat.superimpose(lambda p: p.rev().gain(x)))
    assert len(s("bd sn").mirrored(0.5).query(0, 1)) == 4


def test_notes_of_scales_and_keys():
    assert values(n("0 2 4").scale("c:minor")) == [{"note": 48}, {"note": 51}, {"note": 55}]
    assert values(n("0 7 -1").scale("C4 major")) == [{"note": 60}, {"note": 72}, {"note": 59}]
    assert values(mini("0 2 4").scale("c:minor")) == ["C3", "Eb3", "G3"]
    assert values(mini("0 1 2").scale("f#:major")) == ["F#3", "G#3", "A#3"]
    assert values(n("0 1").scale("a:minor:pentatonic")) == [{"note": 57}, {"note": 60}]
    assert values(note("c# f#").scale("c:major")) == [{"note": 50}, {"note": 55}]
    assert values(note("c# f#").quantise("c:major")) == [{"note": 48}, {"note": 53}]
    assert values(note("c e").transpose("3M")) == [{"note": 52}, {"note": 56}]
    assert values(mini("c e").transpose(7)) == ["G3", "B3"]


def test_the_vocabulary_hides_nothing_of_python_and_says_what_each_word_does():
    import builtins
    import keyword

    for name in vocabulary.__all__:
        assert not hasattr(builtins, name), name
        assert not keyword.iskeyword(name), name
        assert vocabulary.describe(name), name
    for name in ("fast_gap", "fastGap", "euclidRot", "jux", "juxBy", "range_", "s", "sine", "slow"):
        assert name in vocabulary.__all__
    assert {"range", "round", "slice", "set", "iter"} <= VERBS.keys()
    assert slow is vocabulary.WORDS["slow"]


def test_importing_patterns_loads_nothing_heavy():
    code = (
        "import sys, livecoder; assert 'livecoder.patterns' not in sys.modules; import "
        "livecoder.patterns; heavy = {'numpy', 'numba', 'lark', 'torch'} & sys.modules.keys(); "
        "sys.exit(str(heavy) if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_there_is_nothing_else_in_livecoder():
    import livecoder

    with pytest.raises(AttributeError, match="vocabulary"):
        livecoder.no_such_word  # noqa: B018
    assert "euclid" in dir(livecoder)
    with pytest.raises(RangeError):
        slow(-1, s("bd"))
