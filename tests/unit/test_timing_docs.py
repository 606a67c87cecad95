"""The pages on latency and OSC: what they show can be typed."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from livecoder.core.rational import Rational
from livecoder.session.offline import perform
from livecoder.session.script import Block, Script

PAGES = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(("page", "least"), [("latency.md", 20), ("osc.md", 10)])
def test_what_a_page_shows_can_be_typed(page: str, least: int) -> None:
    shown = re.findall(r"```python\n(.*?)```", (PAGES / page).read_text(), re.DOTALL)
    typed = [
        ast.get_source_segment(block, statement) or ""
        for block in shown
        for statement in ast.parse(block).body
    ]
    assert len(typed) >= least
    blocks = tuple(Block(Rational(i), line) for i, line in enumerate(typed))
    performed = perform(Script(1, blocks))
    assert performed.problems == ()
    played = {line.split()[0] for line in typed if ">>" in line}
    assert played <= {name for name, notes in performed.tracks.items() if notes}


def test_every_line_says_no_more_than_it_does() -> None:
    """What stands after a line as the message it sends is what it sends."""
    from livecoder.outputs.osc.messages import Sounding, arguments_of
    from livecoder.outputs.osc.places import place_at

    block = "d1 >> s('bd*2').gain('1 .5').osc('127.0.0.1:9000')"
    (first, _) = perform(Script(1, (Block(Rational(0), block),)), bars=1).tracks["d1"]
    event = Sounding("d1", first.controls, 1.0, 0.0, 0.5)
    assert arguments_of(place_at("127.0.0.1:9000"), event) == ["s", "bd", "gain", 1.0]
