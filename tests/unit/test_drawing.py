"""Pictures of patterns: what is drawn where, as text, SVG and PNG."""

from __future__ import annotations

import contextlib
import io
import math
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livecoder.core.errors import NotReadyError, RangeError, SessionFileError
from livecoder.core.rational import Rational
from livecoder.patterns.drawing.model import Mark
from livecoder.patterns.drawing.picture import Picture, drawn, show
from livecoder.patterns.drawing.reading import compact
from livecoder.patterns.drawing.shapes import Box, laid_out
from livecoder.patterns.pattern import Pattern
from livecoder.patterns.vocabulary import (
    fastcat,
    mini,
    n,
    note,
    perlin,
    pure,
    rand,
    rev,
    s,
    saw,
    silence,
    sine,
    stack,
)


def text(pattern, cycles=1, width=40, **options) -> str:
    return show(pattern, cycles).text(width, ascii=False, **options)


def marks(pattern, cycles=1) -> dict[str, list[Mark]]:
    """What is drawn, by the name of its row."""
    found: dict[str, list[Mark]] = {}
    for panel in show(pattern, cycles).drawing.panels:
        for mark in panel.marks:
            found.setdefault(panel.rows[mark.row].name, []).append(mark)
    return found


def test_sounds_are_a_grid_with_the_kick_first() -> None:
    assert text(s("hh*4, bd ~, ~ cp")) == "\n".join(
        [
            "    1       .2      .3      .4",
            "bd │█───────────────·       ·       │",
            "cp │·       ·       █───────────────│",
            "hh │█───────█───────█───────█───────│",
        ]
    )


def test_notes_are_a_roll_with_every_semitone_between() -> None:
    assert text(note("c e ~ c#")) == "\n".join(
        [
            "     1       .2      .3      .4",
            " e3 │        █━━━━━━━·       ·       │",
            "eb3 │        ·       ·       ·       │",
            " d3 │        ·       ·       ·       │",
            "c#3 │        ·       ·       █━━━━━━━│",
            " c3 │█━━━━━━━·       ·       ·       │",
        ]
    )


def test_far_apart_only_the_pitches_that_are_played() -> None:
    assert list(marks(note("c2 c5"))) == ["c2", "c5"]
    assert len(show(note("c2 c5")).drawing.panels[0].rows) == 2


def test_a_signal_is_a_curve_from_its_lowest_to_its_highest() -> None:
    (curve,) = show(sine.range(300, 2000)).drawing.curves
    assert (curve.low, curve.high, curve.smooth) == (300, 2000, True)
    lines = text(saw).splitlines()
    assert lines[1].startswith("1 │")
    assert lines[-1].startswith("0 │")
    heights = [sum(line[3 + column] != " " for line in lines[1:]) for column in range(32)]
    assert heights == sorted(heights)
    assert heights[0] < heights[-1]


def test_plain_values_are_rows_and_fractions_steps_of_a_curve() -> None:
    assert list(marks(mini("a [b c] ~"))) == ["a", "b", "c"]
    drawing = show(mini(".5 1.5")).drawing
    assert not drawing.panels
    assert [value for _, _, value in drawing.curves[0].points[:2]] == [0.5, 1.5]


@pytest.mark.parametrize(
    ("pattern", "rows"),
    [
        (n("0 3"), ["0", "3"]),
        (s("hh:2 hh"), ["hh:2", "hh"]),
        (mini("c4 eb4"), ["c4", "eb4"]),
        (note("c*2").add(note("0 .5")), ["c3", "c3+50"]),
        (mini("1 0").invert(), ["false", "true"]),
        (s("bd sn").jux(rev), ["bd L", "sn R", "sn L", "bd R"]),
        (stack(s("bd"), note("c"), mini("word")), ["c3", "bd", "word"]),
    ],
)
def test_the_names_of_rows(pattern, rows) -> None:
    found = marks(pattern)
    assert sorted(found) == sorted(rows)


def test_how_loud_is_how_dark() -> None:
    assert [mark.level for mark in marks(s("hh*4").gain(".2 .5 .9 3"))["hh"]] == [0.2, 0.5, 0.9, 1]
    (softer,) = marks(s("hh").gain(0.5).velocity(0.5))["hh"]
    assert softer.level == 0.25
    row = text(s("hh*4").gain(".1 .4 .6 1")).splitlines()[1]
    assert [letter for letter in row if letter in "░▒▓█"] == list("░▒▓█")


def test_a_note_is_drawn_for_as_long_as_it_sounds() -> None:
    def lengths(pattern) -> list[Rational]:
        (held,) = marks(pattern).values()
        return [mark.end - mark.begin for mark in held]

    assert lengths(note("c c").clip(0.5)) == [Rational(1, 4)] * 2
    # Another rhythm for the gain cuts the query, never the note.
    assert lengths(note("c c").gain("1 .5 .2 .1")) == [Rational(1, 2)] * 2
    # Over the bar line it is one note; and what began before the picture has no head.
    long = note("<c ~>/2").late(0.5)
    (mark,) = marks(long, 3)["c3"]
    assert (mark.begin, mark.end) == (Rational(1, 2), Rational(5, 2))
    (held,) = show(long, begin=1).drawing.panels[0].marks
    assert (held.begin, held.head) == (Rational(1), False)


def test_what_is_told_beside_the_notes_has_a_lane_or_a_line() -> None:
    drawing = show(s("bd*4").speed("1 2").room(0.5)).drawing
    (lane,) = drawing.lanes
    assert (lane.name, [told for *_, told in lane.values[:4]]) == ("speed", ["1", "1", "2", "2"])
    assert drawing.notes == ("room .5",)
    assert "every note: room .5" in text(s("bd*4").room(0.5))


def test_cycles_that_do_not_fit_go_on_below() -> None:
    lines = text(s("bd*16"), cycles=4, width=40).splitlines()
    assert [line.strip()[:1] for line in lines if not line.startswith("bd")] == ["1", "3"]
    assert all(len(line) <= 40 for line in lines)


@settings(max_examples=40)
@given(
    width=st.integers(20, 160),
    cycles=st.integers(1, 9),
    pattern=st.sampled_from(
        [
            s("bd*2 [~ sn] hh(5,8)"), note("<c [e g]> b5 a1"), sine, perlin.range(-3, 5),
            rand.segment(7), n("0 .. 5").pan(sine), silence, mini("word another@2 averylongword!2"),
            fastcat(s("a"), note("c*3").s("bass"), mini("1.5")), s("x").ctrl("f", "a b"),
        ]
    ),
)  # fmt: skip
def test_a_picture_fits_the_terminal_and_its_lines_are_one_grid(width, cycles, pattern) -> None:
    picture = show(pattern, cycles)
    for ascii_only in (False, True):
        lines = picture.text(width, ascii=ascii_only).splitlines()
        assert max(map(len, lines)) <= width
        rows = [line for line in lines if line.endswith("|" if ascii_only else "│")]
        assert len({len(line) for line in rows if len(line) == len(rows[0])}) == 1
        assert not ascii_only or "\n".join(lines).isascii()
    plain = ["".join(text for _, text in line).rstrip() for line in picture.lines(width)]
    coloured = ["".join(text for _, text in line).rstrip() for line in picture.lines(
        width, colour=True)]  # fmt: skip
    # The same columns: colours change what a cell looks like, never where it stands.
    bars = [[at for at, letter in enumerate(line) if letter == "│"] for line in plain]
    assert bars == [[at for at, letter in enumerate(line) if letter == "│"] for line in coloured]


@given(at=st.floats(3, 6.999), width=st.integers(30, 120), colour=st.booleans())
def test_the_playhead_stands_over_the_column_that_sounds_and_moves_nothing(
    at, width, colour
) -> None:
    still = drawn(s("bd*2 [~ sn]").pan(sine), 3, 4)
    before = Picture(still).lines(width, colour=colour)
    after = Picture(replace(still, playhead=at)).lines(width, colour=colour)[1:]
    plain = ["".join(text for _, text in line) for line in before]
    moved = ["".join(text for _, text in line) for line in after]
    assert len(plain) == len(moved)
    (ruler,) = (index for index, line in enumerate(moved) if "▼" in line)
    place = moved[ruler].index("▼")
    assert [line for line in moved if "▼" not in line] == [
        line for index, line in enumerate(plain) if index != ruler
    ]
    # Seen from the row below: as far along its bar as the time is along its cycle.
    bars = [index for index, letter in enumerate(plain[ruler + 1]) if letter == "│"]
    inside = max(index for index in bars if index < place)
    length = next(index for index in bars if index > place) - inside - 1
    assert abs((place - inside - 1) - (at % 1) * length) <= 1


def test_the_terminal_says_which_characters_it_has() -> None:
    class Old(io.StringIO):
        encoding = "latin-1"

    with contextlib.redirect_stdout(Old()):
        assert repr(show("a b")).isascii()
    with contextlib.redirect_stdout(io.StringIO()):
        assert "█" in repr(show("a b"))


def test_a_colour_that_is_asked_for_is_drawn() -> None:
    pieces = show(note("c").color("#123456")).lines(60, colour=True)
    assert "bg:" in str(pieces)
    shapes = laid_out(show(s("bd").color("red")).drawing).shapes
    assert any(isinstance(shape, Box) and shape.fill == "#ff5f6d" for shape in shapes)


def test_svg_is_a_document_with_every_note_and_nothing_from_outside(tmp_path: Path) -> None:
    file = tmp_path / "p.svg"
    picture = show(note("c e g"), 1).svg(file)
    root = ElementTree.parse(file).getroot()
    assert root.tag.endswith("svg")
    pitches = {element.text for element in root.iter() if element.tag.endswith("text")}
    assert {"c3", "e3", "g3", 'note("c e g")'} <= pitches
    assert "href" not in file.read_text()
    assert isinstance(picture, Picture)


def test_a_title_cannot_end_the_markup() -> None:
    markup = show(Pattern(s("bd").ask, "</title><script>")).svg_markup()
    assert "<script>" not in markup
    ElementTree.fromstring(markup)


def test_png_has_the_size_asked_for(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    show(s("bd sn")).png(tmp_path / "p.png", scale=0.5)
    with image.open(tmp_path / "p.png") as opened:
        assert opened.size[0] == 600
        kick = opened.convert("RGB").getcolors(1_000_000)
    assert any(colour == (255, 107, 139) for _, colour in kick)


def test_a_file_is_written_beside_the_picture(tmp_path: Path) -> None:
    file = tmp_path / "p.svg"
    assert isinstance(show("a", file=str(file)), Picture)
    assert file.read_text().startswith("<svg")
    with pytest.raises(RangeError, match=r'try file="p\.svg"'):
        show("a", file="p.gif")
    with pytest.raises(SessionFileError, match="cannot write"):
        show("a").png(tmp_path / "no" / "such" / "p.png")
    with pytest.raises(SessionFileError, match=r'try \.svg\("pattern\.svg"\)'):
        show("a").svg()


@pytest.mark.parametrize("cycles", [0, -1, 65])
def test_so_many_cycles_cannot_be_drawn(cycles) -> None:
    with pytest.raises(RangeError, match="try show"):
        show("a", cycles)


def test_too_many_haps_are_refused_and_not_drawn() -> None:
    with pytest.raises(RangeError, match="haps to draw"):
        show(s("bd*10000").ply(10), 4)


def test_show_is_a_method_and_takes_part_of_a_cycle() -> None:
    picture = s("bd*4").show(cycles="1/2")
    assert len(picture.drawing.panels[0].marks) == 2
    assert re.match(r"\s+1", picture.text(40))


def test_what_a_network_has_not_composed_is_left_open() -> None:
    class SoonError(NotReadyError):
        """Not yet."""

    def ask(span):
        if span.begin >= 1:
            raise SoonError
        return note("c").ask(span)

    picture = show(Pattern(ask), 2)
    assert picture.drawing.missing == (1,)
    assert "░░░" in picture.text(60, ascii=False)
    assert any(
        getattr(each, "text", "") == "composing" for each in laid_out(picture.drawing).shapes
    )


@pytest.mark.parametrize(
    "value",
    [
        None, True, math.inf, math.nan, 10**400, "a\nb\x1b[2J\0", {"s": "x", "a\nb": "\x1b"},
        "", "a" * 300, "日本語", [1, [2]], {}, object(),
        {"note": None}, {"note": "zz"}, {"note": math.nan}, {"note": -500.3}, {"note": 1e9},
        {"s": None}, {"s": ["a", 1]}, {"n": "x"}, {"n": math.inf}, {"freq": 0}, {"x": {"y": 1}},
        {"s": "x", "gain": "loud"}, {"s": "x", "gain": math.nan}, {"s": "x", "pan": math.inf},
        {"note": 1, "clip": math.nan}, {"note": 1, "clip": -1}, {"note": 1, "clip": 1e9},
        {"s": "x", "color": 3}, {"s": "x", "speed": 10**400}, {"value": 3, "speed": 2},
    ],
    ids=lambda value: repr(value)[:20],
)  # fmt: skip
def test_whatever_a_value_is_it_is_drawn(value) -> None:
    for pattern in (pure(value), stack(pure(value), s("bd*2").speed("1 2"))):
        picture = show(pattern)
        assert picture.text(40, ascii=True).count("\n") > 0
        assert not re.search(r"[^\n -~]", picture.text(40, ascii=True).replace("日本語", ""))
        assert picture.lines(60, colour=True)
        ElementTree.fromstring(picture.svg_markup())


def test_of_too_many_rows_the_first_are_drawn_and_the_others_counted() -> None:
    many = mini(" ".join(f"w{number}x" for number in range(60)))
    assert len(show(many, 1).drawing.panels[0].rows) == 48
    assert "and 12 more rows" in text(many, width=100)
    shapes = laid_out(show(many, 1).drawing).shapes
    assert any("12 more rows" in getattr(shape, "text", "") for shape in shapes)


def test_compact_leaves_out_rows_on_which_nothing_is_played() -> None:
    drawing = compact(show(note("c b")).drawing)
    assert [row.name for row in drawing.panels[0].rows] == ["b3", "c3"]
    assert [mark.row for mark in drawing.panels[0].marks[:2]] == [1, 0]
