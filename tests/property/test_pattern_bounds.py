"""What is typed by mistake is refused in words, in little time and memory."""

from __future__ import annotations

import json
import math
import subprocess
import sys

import pytest

from livecoder.core.errors import LivecoderError
from livecoder.core.events import LONGEST_NOTE
from livecoder.patterns import gap, mini, n, note, s, zip_
from livecoder.patterns.mini.density import MOST_HAPS
from livecoder.session.events import event_of


def test_nonsense_is_played_or_refused_and_never_more():
    # A process of its own: the kernel ends it at a gigabyte, or at five minutes of one core.
    done = subprocess.run(
        [sys.executable, "-m", "tests.property.pattern_fuzz", "--texts", "1500", "--calls", "5"],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-2000:]
    tally = json.loads(done.stdout.splitlines()[-1])
    assert tally["faults"] == []
    assert tally["played"] > 500
    assert tally["refused"] > 500
    assert tally["megabytes"] < 500


@pytest.mark.parametrize(
    "text",
    [
        "[bd*999]*999",
        "bd/0.00001",
        "[[[bd*99]*99]*99]",
        "0 .. 99999",
        "{bd sn}%<9 99999>",
        "bd(9999,9999)*9",
        "[" * 200 + "bd" + "]" * 200,
    ],
)
def test_a_notation_of_too_many_notes_is_refused_before_it_plays(text):
    with pytest.raises(LivecoderError) as caught:
        mini(text)

    assert "\n" in str(caught.value), "a caret points at the place"


def test_as_many_notes_as_may_be_are_played():
    assert len(mini(f"bd*{9999}").query(0, 1)) == 9999 < MOST_HAPS


@pytest.mark.parametrize(
    "make",
    [
        lambda: s("bd").fast(1e6),
        lambda: s("bd").ply(10**6),
        lambda: s("bd").echo(10**6, 0.1, 0.5),
        lambda: s("bd").chop(1e9),
        lambda: n("0 1").iter(10**9),
        lambda: s("bd*9999").ply(9999).query(0, 1),
        lambda: s("bd*9999").fast(9999).query(0, 1),
    ],
)
def test_numbers_that_would_stop_the_music_are_refused(make):
    with pytest.raises(LivecoderError):
        make()


def test_what_would_hold_the_interpreter_or_step_out_of_its_span_is_refused_or_bounded():
    assert mini("9").pow(10_000_000).query(0, 1)[0].value == math.inf
    assert mini("2").pow(10).query(0, 1)[0].value == 1024
    with pytest.raises(LivecoderError, match="0 or more"):
        gap(-1)
    assert zip_("a@1.5 b", "c d").steps == 10


def test_a_note_is_held_no_longer_than_an_output_holds_one():
    for long in (note("c").clip(1e300), note("c").slow(2000), note("c").duration(10**9)):
        event = event_of(long.query(0, 1)[0], lambda cycle: cycle * 4)
        assert event.duration == LONGEST_NOTE
