"""What is wrong in a notation is said in words, at its character, when it is typed or asked."""

from __future__ import annotations

import random

import pytest

from livecoder.core.errors import NotationError, PatternError
from livecoder.patterns import mini

# The notation, and the character the caret stands under.
BROKEN = [
    ("bd [sn", 3), ("bd ]", 3), ("[bd sn>", 6), ("<bd", 0), ("{bd sn", 0), ("bd)", 2),
    ("bd(3", 4), ("bd(3,8", 6), ("bd(3)", 4), ("bd()", 3), ("bd(3,8,1,2)", 8), ("bd(3 8)", 5),
    ("bd(8,3)", 2), ("bd(3,0)", 2), ("bd(x,8)", 2), ("bd(3,2000)", 2), ("bd(1.5,8)", 2),
    ("bd*", 3), ("bd*x", 2), ("bd*-1", 2), ("bd/", 3), ("bd/c4", 2), ("bd/-2", 2),
    ("bd * sn", 3), ("bd*<2 x>", 2), ("*2", 0), ("/2", 0), ("!2", 0), ("@3", 0), ("?", 0),
    ("(3,8)", 0), (":3", 0), ("%4", 0), ("bd%4", 2), ("[bd sn]%4", 7), ("<bd>%4", 4),
    ("{bd sn}%", 8), ("{bd sn}%x", 0), ("{bd sn}%-1", 0), ("bd!-1", 2), ("bd!1.5", 2),
    ("bd!99999", 2), ("bd@-1", 2), ("bd:", 3), ("bd: ]", 4), ("0 .. x", 2), ("a .. 3", 2),
    ("0 ..", 4), ("0 .. 99999", 2), (".. 3", 0), ("_", 0), ("_ bd", 0), ("bd . . sn", 5),
    (". bd", 0), ("bd .", 3), ("[]", 0), ("<>", 0), ("{}", 0), ("[ ]", 0), ("bd []", 3),
    ("bd,", 2), (",bd", 0), ("[bd,]", 3), ("[,bd]", 1), ("bd,,sn", 3), ("bd |", 3), ("| bd", 0),
    ("[bd | sn, hh]", 8), ("bd | sn, hh", 7), ("a, b | c", 5), ("bd' sn", 2), ('bd"', 2),
    ("bd & sn", 3), ("bd; sn", 2), ("$", 0), ("bd=3", 2), ("bd \\ sn", 3), ("`bd`", 0),
    ("bd*2 [sn cp <hh", 12), ("bd [[sn]", 3), ("bd sn]]", 5), ("bd*[2", 3), ("bd(3,[8", 5),
    ("bd*9999 [sn*9999]*9999", 17), ("[bd*999]*999", 8), ("bd*<2 3", 3), ("bd?x?(", 6),
]  # fmt: skip


@pytest.mark.parametrize(("text", "at"), BROKEN, ids=[text for text, _ in BROKEN])
def test_an_error_points_at_its_character_and_says_what_was_expected(text, at):
    with pytest.raises(NotationError) as caught:
        mini(text)

    assert caught.value.at == at
    problem, line, caret = str(caught.value).rsplit("\n", 2)
    assert len(problem) > 10
    assert line == f"  {text}"
    assert caret == f"  {' ' * at}^"


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("bd(<3 5>,4)", 2),
        ("bd sn(3,<8 2>)", 5),
        ("<0 x> .. 3", 6),
        ("{bd sn}%{2 x}%2", 0),
        ("bd*{2 x}%1", 2),
    ],
)
def test_what_is_wrong_only_now_and_then_points_at_its_character_too(text, at):
    with pytest.raises(NotationError) as caught:
        mini(text).query(0, 8)

    assert caught.value.at == at


def test_nothing_typed_by_a_cat_escapes_as_an_internal_error():
    chance = random.Random(20)
    signs = "[]<>{}()*/!@_.,|?:~-%^ 0123456789.eabcd'\"#\n&;=\\é"
    refused = 0
    for _ in range(3_000):
        text = "".join(chance.choice(signs) for _ in range(chance.randint(1, 14)))
        try:
            pattern = mini(text)
            pattern.query(0, 2)
        except (NotationError, PatternError):
            refused += 1

    assert 500 < refused < 2_990
