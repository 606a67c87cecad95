"""Throws nonsense at the notation and at every word, under limits the kernel keeps.

Usage: python -m tests.property.pattern_fuzz [--seed 1] [--texts 3000] [--calls 12]

The last line is one JSON object: how many were tried, refused and played, and every `fault`: what
was typed that ended in another error than livecoder's own, or took longer than ten seconds of
processor time. More than a gigabyte of data, or five minutes, ends the process.
"""

from __future__ import annotations

import argparse
import inspect
import json
import math
import random
import resource
import signal
import sys
import time
from fractions import Fraction

from livecoder.core.errors import LivecoderError
from livecoder.patterns import mini, n, note, rev, s, sine, stack
from livecoder.patterns.operators import ALIGNMENTS, OPERATORS
from livecoder.patterns.pattern import Pattern
from livecoder.patterns.verbs import VERBS
from livecoder.patterns.vocabulary import WORDS

MEMORY = 1 << 30
SECONDS = 300
PATIENCE = 10
MOST_HAPS = 1 << 19

_SIGNS = "ab09 .~-_*/!@?:()<>[]{}%|,+e'\"\n"
_PIECES = (
    "bd", "sn", "c4", "~", "-", "_", ".", "..", "0", "7", "-3", "1e3", "0.5", "99999", "1e999",
    "<", ">", "[", "]", "{", "}", "(3,8)", "(", ")", ",", "|", "*", "*2", "*1e4", "/", "/3", "!",
    "!3", "!999", "@", "@3", "?", "?0.3", ":", ":1", "%", "%4", "*<1 2>", "(<3 5>,8,<0>)", "'a b'",
    "[bd*999]*999", "0 .. 999", "// no", "é", "\0", "🥁", "{a b}%<2 3>", "[[[[", "]]]]", "*[2 3]",
)  # fmt: skip
_WORST = (
    "[bd*9999]*9999", "[[[bd*99]*99]*99]*99", "0..99999999", "bd(9999,9999)", "bd(-1,0)", "bd!9999",
    "bd@1e300", "bd*1e300", "bd/1e-300", "{bd}%99999", "<bd!999>*999", "bd?" * 500, "[" * 5000,
    "bd " * 6000, "[bd,bd]" * 2000, "<" * 50 + "bd" + ">" * 50, "0 .. <9 99 999>", "bd*<9999 1e9>",
    "[0 .. 999]!999", "bd:" * 999 + "1", "1 .. 2 .. 3 .. 4", "bd(3,8," * 40,
    "{" * 55 + "a" + "}" * 55,
)  # fmt: skip

# `register` gives every pattern a word for ever, files are written by `show`: not here.
_LEFT_OUT = {"register", "Pattern", "show"}


class ImpatientError(Exception):
    """A call has had its seconds of processor time."""


def _impatient(*_):
    raise ImpatientError


def notation_of(chance, depth=0):
    """A notation that can be read, if its numbers are not too great."""
    if depth > 3 or chance.random() < 0.35:
        return chance.choice(["bd", "sn", "c4", "~", "0", "7", "-3", "0.5", "1e3", "'a b'", "e:1"])
    inner = [notation_of(chance, depth + 1) for _ in range(chance.randint(1, 4))]
    many = chance.choice([1, 2, 3, 5, 8, 16, 64, 999, 9999, 1.5, 0, 0.001])
    joined = " ".join(inner)
    return chance.choice((
        "[{0}]", "<{0}>", "[{0}, {0}]", "{{{0}, {1}}}%{2}", "[{0}]*{2}", "[{0}]/{2}",
        "[{1}]*<{2} 2>",
        "[{0}]({2},{2})", "{1}(3,8,{2})", "{1}!{2}", "{1}@{2}", "{1}?", "[{0} | {1}]", "0 .. {2}",
        "[{1} . {0}]", "{1} _ {1}", "{1}:{2}", "[{0}]?0.{2}", "<{0}>!{2}", "[{0}]*[{2} <3 {2}>]",
    )).format(joined, inner[0], many)  # fmt: skip


def text_of(chance):
    kind = chance.random()
    if 0.5 < kind < 0.8:
        return notation_of(chance)
    if kind < 0.2:
        return "".join(chance.choice(_SIGNS) for _ in range(chance.randint(0, 40)))
    pieces = [chance.choice(_PIECES) for _ in range(chance.randint(1, 14))]
    text = chance.choice(["", " ", " "]).join(pieces)
    if kind > 0.9:
        text = "".join(chr(chance.randint(0, 0x2FFF)) for _ in range(chance.randint(0, 20)))
    return text


def _faster(thing):
    # What a performer's own function does wrong is told as Python tells it.
    return thing.fast(2) if isinstance(thing, Pattern) else thing


def argument_of(chance, depth=0):
    """Anything a hand may type by mistake, and what is right."""
    plain = [
        0, 1, -1, 2, 3, 0.5, -0.25, 1e9, -1e9, 1e-9, 1e300, math.inf, -math.inf, math.nan, 10**30,
        True, None, Fraction(1, 3), 1j, b"bd", {1, 2}, object(), int, "", "bd sn", "<0 1>", "1 2 3",
        "c:minor", "0 .. 7", "1e9", "<1 1e9>", "x ~ x", "C^7", "[", {"s": "bd"}, {}, {"note": "h"},
        [], [0, 1], [[1, 2], [3]], (1, "a"), [3, "bd"], {"a": "bd", "b": s("sn")}, rev,
        lambda x: x, _faster, lambda _: None, lambda _: 3, lambda *x: x[0],
        s("bd sn"), n("0 2"), note("c e"), sine, mini("<0 1 2>"), mini("1e6"), stack(), range(3),
    ]  # fmt: skip
    if depth < 2 and chance.random() < 0.1:
        return [argument_of(chance, depth + 1) for _ in range(chance.randint(0, 4))]
    if chance.random() < 0.15:
        return text_of(chance)
    return chance.choice(plain)


def _shown(thing):
    if inspect.isfunction(thing):
        return "lambda"
    return repr(thing)[:60]


def words():
    """Every word once: how to get at it, its name, and whether patterns have it as a method."""
    found = {}
    for name, word in (*VERBS.items(), *WORDS.items()):
        if name not in _LEFT_OUT and not getattr(word, "registered", False):
            found.setdefault(id(word), name)
    return sorted(found.values())


def call_of(name, chance):
    """A call of a word with such arguments, and how it reads."""
    given = [argument_of(chance) for _ in range(chance.choice([0, 1, 1, 1, 2, 2, 3, 4]))]
    inside = ", ".join(map(_shown, given))
    method = VERBS.get(name)
    word = WORDS.get(name)
    alone = word is not None and not (inspect.isfunction(method) and method is word)
    if alone and (method is None or chance.random() < 0.3):
        if isinstance(word, Pattern):
            return f"{name}.segment({inside})", word.segment, given
        return f"{name}({inside})", word, given
    text = chance.choice(["bd sn", "0 1 2", "<c e>", "~", "bd*4?", "[c,e,g] ~"])
    held = chance.choice([s, note, mini])(text) if chance.random() < 0.9 else sine
    word = getattr(held, name)
    if name in OPERATORS and chance.random() < 0.5:
        how = chance.choice(sorted(ALIGNMENTS))
        word, name = getattr(word, f"{how}_"), f"{name}.{how}"
    return f"{held!r}.{name}({inside})", word, given


def fits(word, given):
    """Whether Python itself takes so many arguments: its own message for that is good enough."""
    try:
        inspect.signature(word).bind(*given)
    except TypeError:
        return False
    except ValueError:  # a verb: it counts its arguments itself
        return True
    return True


def tried(make, tally):
    """Build and ask; return what is wrong with how it ended."""
    signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE)
    try:
        made = make()
        for begin, end in ((0, 2), (Fraction(7, 3), Fraction(8, 3))):
            if isinstance(made, Pattern) and len(made.query(begin, end)) > MOST_HAPS:
                return "too many haps"
    except LivecoderError:
        tally["refused"] += 1
        return None
    except ImpatientError:
        return f"more than {PATIENCE} s"
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:120]
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    tally["played"] += 1
    return None


def fuzz(seed, texts, calls):
    """Return the tally."""
    chance = random.Random(seed)
    tally = {"seed": seed, "texts": texts, "calls": 0, "refused": 0, "played": 0, "faults": []}
    for text in [*_WORST, *(text_of(chance) for _ in range(texts))]:
        wrong = tried(lambda text=text: mini(text), tally)
        if wrong:
            tally["faults"].append([f"mini({text[:200]!r})", wrong])
    for name in words():
        # A word's calls are its own, whatever other words there are.
        chance = random.Random(f"{seed} {name}")
        for _ in range(calls):
            text, word, given = call_of(name, chance)
            if not fits(word, given):
                continue
            tally["calls"] += 1
            wrong = tried(lambda word=word, given=given: word(*given), tally)
            if wrong:
                tally["faults"].append([text, wrong])
    return tally


def _most_memory():
    """The most that was resident at once, KiB; of this program alone, not of who started it."""
    with open("/proc/self/status", encoding="utf-8") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--texts", type=int, default=3000)
    parser.add_argument("--calls", type=int, default=12, help="of each word")
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    signal.signal(signal.SIGVTALRM, _impatient)
    began = time.process_time()
    tally = fuzz(options.seed, options.texts, options.calls)
    tally["seconds"] = round(time.process_time() - began, 1)
    tally["megabytes"] = _most_memory() >> 10
    print(json.dumps(tally))


if __name__ == "__main__":
    sys.exit(main())
