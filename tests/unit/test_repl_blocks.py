"""Where blocks end: for Enter, and for text from a pipe."""

from __future__ import annotations

import pytest

from livecoder.repl.blocks import State, asks_only, indent_after, split_blocks, state_of
from livecoder.repl.keys import wants_line


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("d1 >> s('bd')", State.COMPLETE),
        ("await x", State.COMPLETE),
        ("    indented()", State.COMPLETE),
        ("for i in x:", State.INCOMPLETE),
        ("stack(\n  a,", State.INCOMPLETE),
        ('"""open', State.INCOMPLETE),
        ("@again", State.INCOMPLETE),
        ("try:\n    a", State.INCOMPLETE),
        ("'open", State.WRONG),
        ("a b", State.WRONG),
        ("x = '\0'", State.WRONG),
        ("(" * 5000, State.WRONG),
        ("", State.COMPLETE),
    ],
)
def test_state_of_a_text(text, state):
    assert state_of(text) is state


def test_a_doubtful_escape_prints_no_warning_into_the_screen(recwarn):
    assert state_of(r"'\d'") is State.COMPLETE
    assert not recwarn.list


@pytest.mark.parametrize(
    ("text", "at_end", "opens"),
    [
        ("hush()", True, False),
        ("d1 >> stack(", True, True),
        ("d1 >> stack(\n", True, True),
        ("d1 >> stack(\n\n", True, False),  # two empty lines: run it, and say what is wrong
        ("for i in x:", True, True),
        ("for i in x:\n    f(i)", True, True),
        ("for i in x:\n    f(i)\n", True, False),
        ("for i in x:\n    f(i)\n    ", True, False),
        ("for i in x:\n    f(i)", False, False),  # inside a finished block
        ("a = 1\nb = 2", True, False),
        ("stack(\n    a,\n    )", True, False),
        ("a b", True, False),
    ],
)
def test_enter_opens_a_line_only_where_the_block_goes_on(text, at_end, opens):
    assert wants_line(text, at_end=at_end) is opens


@pytest.mark.parametrize(
    ("before", "spaces"),
    [("f(1)", 0), ("for i in x:", 4), ("    stack(", 8), ("    return 1", 0), ("  a  # b:", 2)],
)
def test_a_new_line_is_indented_as_python_goes(before, spaces):
    assert indent_after(before) == " " * spaces


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("a\nb\n\nc", ["a\nb", "c"]),
        ("\n\na\n\n\n\nb\n", ["a", "b"]),
        ("f(1,\n\n2)\n\nb", ["f(1,\n\n2)", "b"]),
        ("def f():\n    a\n\n    b\n\nc", ["def f():\n    a\n\n    b", "c"]),
        ("if x:\n    a\n\nelse:\n    b\n\nc", ["if x:\n    a\n\nelse:\n    b", "c"]),
        ("def f():\n    a\n\n\nc", ["def f():\n    a", "c"]),
        ("f(", ["f("]),
        ("", []),
    ],
)
def test_blank_lines_part_blocks_unless_they_go_on(text, blocks):
    assert list(split_blocks(text.split("\n"))) == blocks


@pytest.mark.parametrize(
    ("source", "asks"),
    [
        ("help()", True),
        ("help(d1)", True),
        ("help('bass')", True),
        ("d1", True),
        ("sounds", True),
        ("exit()", True),
        ("hush()", False),
        ("help(hush())", False),
        ("help(d1 >> x)", False),
        ("x = d1", False),
        ("d1\nd2", False),
        ("(", False),
    ],
)
def test_blocks_that_only_look_are_told_from_those_that_play(source, asks):
    assert asks_only(source) is asks
