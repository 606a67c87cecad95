"""The page on MIDI: what it shows can be typed."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from livecoder.core.rational import ZERO, Rational
from livecoder.session.offline import perform
from livecoder.session.script import Block, Script

PAGE = Path(__file__).parents[2] / "docs" / "midi.md"
PLAYED = 'heard("keys on keyboard", "100:10000:7680:7680:60:127:1 7600:17000:3840:3840:64:64:1")'


def test_what_the_page_shows_can_be_typed_and_is_heard() -> None:
    shown = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    typed = [
        ast.get_source_segment(block, statement) or ""
        for block in shown
        for statement in ast.parse(block).body
    ]
    assert len(typed) > 15
    blocks = (Block(ZERO, PLAYED), *(Block(Rational(i), line) for i, line in enumerate(typed)))
    performed = perform(Script(1, blocks))
    assert performed.problems == ()
    # All but the keyboard's own track, which began after the two notes were heard.
    assert {"d1", "d2", "d3", "d4", "d6"} <= {
        name for name, notes in performed.tracks.items() if notes
    }
