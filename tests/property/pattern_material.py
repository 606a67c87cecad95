"""What the laws of patterns are tried on: random notations, what is done to them, and the haps.

`words()` finds every word of the vocabulary with an example of it that plays: the one it declares
(`Verb.example`), and every call of it in its own doctest. So a new word comes under the laws by
being documented, and the completeness test fails for one that is not.
"""

from __future__ import annotations

import ast
import doctest
import os
import re
from collections import Counter, defaultdict
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from hypothesis import settings
from hypothesis import strategies as st

from livecoder.core.rational import Rational
from livecoder.patterns import fast, late, rev, s, sine, slow
from livecoder.patterns.pattern import Pattern, reify
from livecoder.patterns.verbs import VERBS
from livecoder.patterns.vocabulary import WORDS

# `LAWS=50 pytest tests/property` looks fifty times as far, at other examples each time.
_EFFORT = int(os.environ.get("LAWS", "1"))


def laws(examples):
    """Settings: so many examples, the same ones in every run unless more effort is asked for."""
    return settings(max_examples=examples * _EFFORT, derandomize=_EFFORT == 1, deadline=None)


FACTORS = st.builds(Rational, st.integers(1, 12), st.integers(1, 8))
FINE = st.builds(Rational, st.integers(-2_000_000, 2_000_000), st.integers(1, 1_000_000))
TIMES = st.builds(Rational, st.integers(-64, 64), st.integers(1, 24))

ATOMS = st.sampled_from(["bd", "sn", "~", "bd:3", "0", "-2", "0.5", "c4", "e3", "7"])


def extended(inner):
    joined = st.lists(inner, min_size=1, max_size=4).map(" ".join)
    return st.one_of(
        joined.map("[{}]".format),
        joined.map("<{}>".format),
        st.builds("[{}, {}]".format, joined, joined),
        st.builds("<{}, {}>".format, joined, joined),
        st.builds("{{{}, {}}}".format, joined, joined),
        st.builds("{{{}, {}}}%{}".format, joined, joined, st.sampled_from(["1", "4", "<2 3>"])),
        st.builds("[{}]*{}".format, joined, st.sampled_from(["2", "3", "1.5", "<1 2>", "[2 3]"])),
        st.builds("[{}]/{}".format, joined, st.sampled_from(["2", "3", "1.5", "<2 3>"])),
        st.builds("[{}]({},8,{})".format, joined, st.sampled_from("35"), st.integers(-3, 3)),
        st.builds("[{}](<3 5>,8)".format, joined),
        st.builds("[{}]!{}".format, joined, st.integers(1, 3)),
        st.builds("[[{}]@{} bd]".format, joined, st.sampled_from(["1", "2", "3", "1.5"])),
        st.builds("[{} _ {}]".format, inner, inner),
        st.builds("[{} . {}]".format, joined, joined),
        st.builds("[{}]?{}".format, joined, st.sampled_from(["", "0.2"])),
        st.builds("[{} | {}]".format, joined, joined),
        st.builds("[{} .. {}]".format, st.integers(0, 3), st.integers(0, 7)),
    )


NOTATIONS = st.recursive(ATOMS, extended, max_leaves=8)

# What moves haps about, whatever their values are.
IN_TIME = {
    "rev()": rev,
    "fast(2)": fast(2),
    "slow(3/2)": slow(Rational(3, 2)),
    "late(1/7)": late(Rational(1, 7)),
    "every(3, rev)": lambda p: p.every(3, rev),
    "off(1/8, rev)": lambda p: p.off(Rational(1, 8), rev),
    "ply(3)": lambda p: p.ply(3),
    'ply("<2 3>")': lambda p: p.ply("<2 3>"),
    "iter(3)": lambda p: p.iter(3),
    'struct("x ~ x*2")': lambda p: p.struct("x ~ x*2"),
    'mask("<1 0> 1")': lambda p: p.mask("<1 0> 1"),
    "euclid(3, 8)": lambda p: p.euclid(3, 8),
    "degrade_by(.4)": lambda p: p.degrade_by(0.4),
    "sometimes(rev)": lambda p: p.sometimes(rev),
    "shuffle(4)": lambda p: p.shuffle(4),
    "scramble(3)": lambda p: p.scramble(3),
    "linger(1/4)": lambda p: p.linger(Rational(1, 4)),
    "zoom(1/4, 3/4)": lambda p: p.zoom(Rational(1, 4), Rational(3, 4)),
    "compress(1/4, 3/4)": lambda p: p.compress(Rational(1, 4), Rational(3, 4)),
    "palindrome()": lambda p: p.palindrome(),
    "press()": lambda p: p.press(),
    "brak()": lambda p: p.brak(),
    "chunk(3, fast(2))": lambda p: p.chunk(3, fast(2)),
    "within(0, 1/2, fast(2))": lambda p: p.within(0, Rational(1, 2), fast(2)),
    "swing_by(1/3, 4)": lambda p: p.swing_by(Rational(1, 3), 4),
    "ribbon(1, 2)": lambda p: p.ribbon(1, 2),
    'reset("x ~ x")': lambda p: p.reset("x ~ x"),
    'restart("<x [x x]>")': lambda p: p.restart("<x [x x]>"),
    "segment(3)": lambda p: p.segment(3),
    "rot(1)": lambda p: p.rot(1),
    'fast("<1 2 3>")': lambda p: p.fast("<1 2 3>"),
}
# What wants controls, too.
WITH_CONTROLS = {
    "jux(rev)": lambda p: p.jux(rev),
    "gain(sine)": lambda p: p.gain(sine.range(0, 1)),
    'gain("1 <.5 .2>")': lambda p: p.gain("1 <.5 .2>"),
    'arp("0 1")': lambda p: p.arp("0 1"),
    "echo(2, 1/3, .5)": lambda p: p.echo(2, Rational(1, 3), 0.5),
    "chop(2)": lambda p: p.chop(2),
    "hurry(2)": lambda p: p.hurry(2),
}
CHANGES = IN_TIME | WITH_CONTROLS


def changed(pattern, names):
    for name in names:
        pattern = CHANGES[name](pattern)
    return pattern


def few(names, most):
    return st.lists(st.sampled_from(sorted(names)), max_size=most)


PATTERNS = st.builds(lambda text, names: changed(s(text), names), NOTATIONS, few(CHANGES, 3))


# Haps


def frozen(value):
    return repr(sorted(value.items())) if isinstance(value, dict) else repr(value)


def counted(haps):
    return Counter((hap.whole, hap.part, frozen(hap.value)) for hap in haps)


def bag(pattern, begin, end):
    return counted(pattern.query(begin, end))


def located(pattern, begin, end):
    return Counter(
        (hap.whole, hap.part, frozen(hap.value), hap.context) for hap in pattern.query(begin, end)
    )


def onsets(*queries):
    return Counter(
        (hap.whole, frozen(hap.value)) for haps in queries for hap in haps if hap.has_onset
    )


def glued(*queries):
    """Haps with the cuts between neighbouring parts taken out."""
    parts = defaultdict(list)
    for haps in queries:
        for hap in haps:
            if hap.whole is not None:
                parts[hap.whole, frozen(hap.value)].append(hap.part)
    out = {}
    for key, spans in parts.items():
        # Several equal haps may lie over one another: count how often each piece is covered.
        edges = sorted({time for span in spans for time in span})
        depths = [
            (low, high, sum(1 for span in spans if span.begin <= low and high <= span.end))
            for low, high in pairwise(edges)
        ]
        merged = []
        for low, high, deep in depths:
            if merged and merged[-1][1:] == (low, deep):
                merged[-1] = (merged[-1][0], high, deep)
            elif deep:
                merged.append((low, high, deep))
        out[key] = merged
    return out


# Words


class Example(NamedTuple):
    """One call of a word, and what it is called on, if that is a pattern."""

    text: str
    names: dict
    receiver: str | None

    def __repr__(self):
        return self.text

    def held(self, before=()):
        """What it is called on, changed; without changes alone where it is no method."""
        return None if self.receiver is None else changed(eval(self.receiver, self.names), before)

    def pattern(self, held=None):
        """The pattern it makes, of another receiver than it has if one is given."""
        if self.receiver is None or held is None:
            return reify(eval(self.text, self.names))
        rest = self.text[len(self.receiver) :]
        return eval(f"_held{rest}", {**self.names, "_held": held})


_NOT_WORDS = {"Pattern"}  # the class itself
# Words that no doctest can call in one expression.
_ELSEWHERE = {
    "register": 'register(lambda p: p.fast(2), "twice_as_fast") and s("bd").twice_as_fast()',
    "keepif": 'mini("1 2 <3 4>").keepif("1 0 <1 0>")',
    "func": 'mini("1 <-2 3>").func(pure(abs))',
    "midiport": 's("bd sn").midiport("synth")',
    "midi": 's("bd sn").midi("synth", 2)',
    "ctrl": 's("bd sn").ctrl("sparkle", "1 <2 3>")',
}


def _examples_of(spellings, word):
    names = dict(WORDS)
    found = []
    if isinstance(word, Pattern):
        return found
    declared = getattr(word, "example", None)
    if declared is not None:
        text = f's("bd sn"){declared}' if declared.startswith(".") else declared
        found += _calls(text, spellings, names)
    for spelling in spellings:
        if spelling in _ELSEWHERE:
            text = _ELSEWHERE[spelling]
            called = [call for call in _calls(text, spellings, names) if call.receiver]
            found += called or [Example(text, names, None)]
    meaning = getattr(word, "__doc__", None) or ""
    for each in doctest.DocTestParser().get_examples(meaning):
        found += _calls(each.source, spellings, dict(names))
        exec(compile(each.source, "<doctest>", "exec", dont_inherit=True), names)
    # What an operator means is told with an example in the sentence: "Adds: n('0 2').add(7)".
    for text in re.findall(r": ([a-z]+\(.*\))[.;]", meaning):
        found += _calls(text, spellings, names)
    return found


def _calls(source, spellings, names):
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return []
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        if isinstance(called, ast.Attribute) and called.attr in spellings:
            text, receiver = ast.unparse(node), ast.unparse(called.value)
            found.append(Example(text, names, receiver if text.startswith(receiver) else None))
        elif isinstance(called, ast.Name) and called.id in spellings:
            found.append(Example(ast.unparse(node), names, None))
    return found


def _spelt():
    spelt = defaultdict(dict)
    for names in (VERBS, WORDS):
        for name, word in names.items():
            if name not in _NOT_WORDS and not getattr(word, "registered", False):
                spelt[id(word)][name] = word
    return [(tuple(words), next(iter(words.values()))) for words in spelt.values()]


@cache
def words():
    """Every word by its first spelling: the examples of it that make a pattern.

    None for a word whose examples all answer something else, such as a drawing.
    """
    found = {}
    for spellings, word in _spelt():
        playing = found.get(spellings[0]) or []
        others = 0
        if isinstance(word, Pattern):
            playing.append(Example(f"{spellings[0]}.segment(4)", dict(WORDS), None))
        for example in _examples_of(spellings, word):
            if any(example.text == other.text for other in playing):
                continue
            try:
                made = eval(example.text, example.names)
            except NameError:  # a name inside a comprehension
                continue
            if isinstance(made, Pattern):
                playing.append(example)
            else:
                others += 1
        found[spellings[0]] = None if others and not playing else playing
    return found
