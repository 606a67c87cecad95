"""The toolbar: everything where there is room, the bar and the tracks where there is little."""

from __future__ import annotations

from dataclasses import replace

import pytest

from livecoder.repl.toolbar import toolbar
from livecoder.session.status import Status

FULL = Status(
    bpm=112.0,
    cycle=31.75,
    key="a:minor",
    sounding=("d1", "d2", "d10"),
    muted=("d3",),
    late_bars=2,
    audio_load=0.123,
    outputs=("audio jack", "midi jack synth"),
    messages=('port "synth" has gone; waiting for it',),
    broken=("d2",),
)


def text(status: Status, width: int) -> str:
    return "".join(piece for _, piece in toolbar(status, width))


def test_everything_is_told_where_there_is_room():
    line = text(FULL, 160)
    for part in (
        "32.4",
        "112 bpm",
        "a:minor",
        "d1 d2 d3 d10",
        "broken d2",
        "late 2",
        "load 12%",
        "audio jack · midi jack synth",
        'port "synth" has gone; waiting for it',
    ):
        assert part in line


def test_the_clock_that_is_followed_is_told_and_alarms_while_it_is_not_locked():
    followed = replace(FULL, sync="Live locked 120.0 +0.1 ms")
    assert "Live locked 120.0 +0.1 ms" in text(followed, 120)
    for adrift, style in ((False, ""), (True, "class:toolbar.alarm")):
        pieces = toolbar(replace(followed, adrift=adrift), 120)
        assert (style, followed.sync) in pieces


def test_eighty_columns_hold_what_matters():
    line = text(FULL, 80)
    for part in ("32.4", "112 bpm", "d1 d2 d3 d10", "broken d2", "late 2", "load 12%"):
        assert part in line


@pytest.mark.parametrize("width", [1, 5, 10, 20, 40, 60, 80, 100, 200])
def test_it_never_takes_more_than_its_line(width):
    crowd = replace(FULL, sounding=tuple(f"d{n}" for n in range(1, 17)), muted=("strings" * 6,))
    for status in (FULL, crowd, Status(bpm=20.0, cycle=0.0), Status(bpm=999.9, cycle=123456.9)):
        assert len(text(status, width)) <= width


def test_what_matters_least_goes_first():
    def has(width: int) -> list[bool]:
        line = text(FULL, width)
        return [part in line for part in ("a:minor", "audio jack", "load", "d1", "32.4")]

    seen = [has(width) for width in range(160, 8, -1)]
    for index in range(5):
        shown = [row[index] for row in seen]
        assert shown[0]
        assert shown == sorted(shown, reverse=True)  # once gone it does not come back
    gone = [[row[index] for row in seen].count(True) for index in range(5)]
    assert gone == sorted(gone)
    assert gone[4] == len(seen)


def test_muted_tracks_are_dim_and_sounding_ones_are_not():
    styles = {piece: style for style, piece in toolbar(FULL, 120)}
    assert "muted" in styles["d3"]
    assert "sounding" in styles["d1"]


@pytest.mark.parametrize(
    ("cycle", "place"), [(0.0, "1.1"), (0.99, "1.4"), (4.0, "5.1"), (7.5, "8.3")]
)
def test_bars_and_beats_count_from_one(cycle, place):
    assert text(Status(bpm=100.0, cycle=cycle), 80).split()[0] == place


def test_a_bar_of_three_has_three_beats():
    beats = {Status(bpm=90.0, cycle=c / 100, beats_per_cycle=3.0).beat for c in range(200)}
    assert beats == {1, 2, 3}
