"""What a performer reads when something goes wrong."""

from __future__ import annotations

import asyncio

import pytest

from livecoder.core.errors import NotationError, RangeError
from livecoder.patterns import s, saw
from livecoder.repl.blocks import indent_after
from livecoder.session.evaluate import compile_block, run_block
from livecoder.session.explain import explain
from livecoder.session.tracks import Track


class Thing:
    def faster(self, by):
        """Go faster: `thing.faster(2)`."""


def every(n, change):
    """Change every nth bar: `every(4, rev)`."""


def message(source: str, *, debug: bool = False, **names) -> str:
    space = {"every": every, "thing": Thing(), **names}
    try:
        asyncio.run(run_block(compile_block(source), space))
    except BaseException as error:
        return explain(error, source, namespace=space, words=("bd",), debug=debug)
    raise AssertionError("nothing was raised")


def raiser(error):
    def fail():
        raise error

    return fail


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("x = stack(s('bd')", ["line 1: '(' was never closed", "\n  x = stack(s('bd')\n", "^"]),
        ("a = 1\nb = )", ["line 2: unmatched ')'", "\n  b = )\n      ^"]),
        ("evry(2)", ["'evry'", "did you mean every?"]),
        ("d1 = bd", ['in quotation marks, "bd"']),
        ("zzzqqq", ["help() lists"]),
        ("thing.fastr(2)", ["Thing has no .fastr", "did you mean .faster?"]),
        ("every()", ["every()", "'n'", "type every(n, change)", "for example every(4, rev)"]),
        ("thing.faster()", ["faster", "'by'"]),
        ("x = 1\n1 / 0", ["ZeroDivisionError", "(line 2: `1 / 0`)"]),
        ("1 / 0", ["ZeroDivisionError: division by zero"]),
        ("import sys\nsys.exit(3)", ["exit() or Ctrl-D"]),
        ("raise KeyboardInterrupt", ["Ctrl-C"]),
        ("def f(): f()\nf()", ["calls itself without end"]),
        ("raise MemoryError", ["MemoryError"]),
        ("import nosuchthing", ["No module named 'nosuchthing'"]),
        ("raise ValueError", ["ValueError: no reason given"]),
    ],
)
def test_one_message_that_says_what_to_type(source, parts):
    text = message(source)
    for part in parts:
        assert part in text
    assert "Traceback" not in text
    assert 'File "' not in text


@pytest.mark.parametrize(
    "error",
    [
        RangeError("tempo", -1, "from 1 to 999", fix="try tempo(120)"),
        NotationError("bd [sd", 3, "this bracket is never closed"),
    ],
)
def test_our_own_errors_speak_for_themselves(error):
    assert message("fail()", fail=raiser(error)) == str(error)


def test_a_caret_stays_under_its_character_in_an_indented_line():
    text = message("for i in x:\n    y = (1,, 2)")
    _, line, caret = text.split("\n")
    assert line[caret.index("^")] == ","


def test_a_caret_is_visible_in_a_very_long_line():
    text = message("x = [" + "1, " * 200 + "),")
    lines = text.split("\n")
    assert all(len(line) < 80 for line in lines)
    assert lines[1][lines[2].index("^")] == ")"


def test_debug_shows_the_traceback_with_the_typed_line():
    text = message("x = 1\n1 / 0", debug=True)
    assert "Traceback" in text
    assert "1 / 0" in text
    assert text.endswith("(line 2: `1 / 0`)")


def test_an_error_in_a_function_of_an_earlier_block_shows_that_line():
    names: dict = {}
    asyncio.run(run_block(compile_block("x = 1\ndef f():\n    return 1 / 0", "<block 1>"), names))
    source = "y = 1\nf()\nz = 2"
    with pytest.raises(ZeroDivisionError) as raised:
        asyncio.run(run_block(compile_block(source, "<block 2>"), names))
    assert (
        explain(raised.value, source)
        == "ZeroDivisionError: division by zero (in f: `return 1 / 0`)"
    )


def test_an_error_inside_the_library_names_the_function_that_was_called():
    text = message("indent_after(5)", indent_after=indent_after)
    assert "'int' object has no attribute" in text
    assert "type indent_after(before), for example indent_after(" in text


def test_an_argument_typed_wrong_is_answered_with_the_near_one():
    text = message("every(4, chnge=1)")
    assert "did you mean change=? type every(n, change)" in text


def test_a_method_no_performer_calls_is_not_offered():
    text = message("s('bd').evry(3)", s=s)
    assert "did you mean .every?" in text
    assert "__getattr__" not in text


def test_a_pattern_that_is_called_is_named():
    assert message("saw().slow(2)", saw=saw).endswith("type saw without brackets")
    assert "takes no brackets" in message("(saw + 1)()", saw=saw)


def test_what_a_pattern_has_and_a_track_has_not_is_shown_on_a_pattern():
    d7 = Track(None, "d7")
    told = message("d7.midi('synth', 9)", d7=d7)
    assert told.endswith('a track has no .midi, a pattern has: d7 >> note("c e g").midi(...)')
    assert "did you mean .mute or" in message("d7.mutee()", d7=d7)
