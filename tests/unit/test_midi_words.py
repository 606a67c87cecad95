"""MIDI coming in, by what is heard of it: renders of what a journal kept, and mistakes."""

from __future__ import annotations

import re

import pytest

from livecoder.core.rational import Rational
from livecoder.session.offline import Performed, perform
from livecoder.session.script import parse

MOVES = 'heard("cc 74", "96:0.5 192:1")'
# Four notes, each played so much behind its quarter; heard a third of a bar later.
NOTES = 'heard("keys on *", "100:10000:7680:7680:60:127:1 7600:17000:3840:3840:64:64:1")'


def played(*lines: str, bars: int = 2) -> Performed:
    return perform(parse("\n".join(lines), "x.py"), bars=bars)


def values(performed: Performed, name: str, track: str = "d1") -> list[object]:
    assert not performed.problems
    return [event.controls.get(name) for event in performed.tracks[track]]


def test_a_render_hears_a_knob_as_it_was_moved() -> None:
    heard = played(MOVES, "d1 >> s('bd*4').gain(cc(74))")
    assert values(heard, "gain") == [0, 0, 0.5, 0.5, 1, 1, 1, 1]


def test_a_knob_scales_and_begins_at_its_default() -> None:
    heard = played(MOVES, "d1 >> s('bd*2').cutoff(cc(74, default=0.25).range(0, 400))", bars=1)
    assert values(heard, "cutoff") == [100, 200]


def test_without_a_journal_a_knob_stands_at_its_default() -> None:
    heard = played("d1 >> s('bd*2').gain(cc('knob 1', default=.7))", bars=1)
    assert values(heard, "gain") == [0.7, 0.7]


def test_a_name_hears_what_was_kept_under_it() -> None:
    lines = (
        'heard("knob 1", "96:1")',
        "knob('knob 1', 74, port='nano', channel=1)",
        "d1 >> s('bd*2').gain(cc('knob 1'))",
    )
    assert values(played(*lines, bars=1), "gain") == [0, 1]


def test_teaching_in_a_render_waits_for_nobody() -> None:
    heard = played("k = await learn('knob 1')", "d1 >> s('bd').gain(cc('knob 1', default=1))")
    assert values(heard, "gain") == [1, 1]


def test_a_render_plays_what_was_played_when_it_was_heard() -> None:
    heard = played(NOTES, "d1 >> midi_in().s('pluck')", bars=1)
    assert values(heard, "note") == [60, 64]
    assert [event.beat for event in heard.tracks["d1"]] == [
        Rational(40000, 30720),
        Rational(68000, 30720),
    ]


def test_channels_are_told_apart() -> None:
    assert not played(NOTES, "d1 >> midi_in(channel=2).s('pluck')").tracks.get("d1")


def test_what_was_played_is_captured_as_played_or_drawn_to_a_grid() -> None:
    block = ("# bar 2", "d1 >> capture(1).s('pluck')")
    heard = played(NOTES, *block, bars=3)
    assert [event.beat % 4 for event in heard.tracks["d1"][:2]] == [
        Rational(400, 30720),
        Rational(30400, 30720),
    ]
    assert values(heard, "velocity")[:2] == [1, 64 / 127]
    drawn = played(NOTES, "# bar 2", "d1 >> capture(1, grid=16).s('pluck')", bars=3)
    assert [event.beat for event in drawn.tracks["d1"]] == [4, 5, 8, 9]


def test_only_what_was_heard_by_then_is_captured() -> None:
    heard = played(NOTES, "# bar 1.4", "d1 >> capture(1).s('pluck')", bars=2)
    assert values(heard, "note") == [60]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("cc(128)", "from 0 to 127"),
        ("cc(-1)", "from 0 to 127"),
        ("cc('nrpn 20000')", "from 0 to 16383"),
        ("cc(1, channel=17)", "from 1 to 16"),
        ("cc(1, port=3)", "a name"),
        ("cc(None)", "a name of 1 to 40 letters"),
        ("learn('cc 1')", "no controller's own"),
        ("knob('x', 'y')", 'knob("x", 74)'),
        ("capture(0)", "from 1 to 64"),
        ("capture(4, grid=0)", "from 1 to 192"),
        ("capture(4, strength=2)", "from 0 to 1"),
        ("capture(4)", "listen"),
        ("midi_in(hold=0)", "more than 0"),
    ],
)
def test_mistakes_say_what_to_type(typed: str, message: str) -> None:
    problems = played(typed).problems
    assert len(problems) == 1
    assert re.search(message, problems[0]) or message in problems[0]
