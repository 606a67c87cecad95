"""`d1.show()`: what a track plays now, still or moving, and that looking changes nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from livecoder.core.errors import NotReadyError, RangeError
from livecoder.core.rational import Rational
from livecoder.patterns.drawing.picture import LivePicture, Picture
from livecoder.patterns.pattern import Pattern
from livecoder.patterns.vocabulary import note, s
from livecoder.repl.blocks import asks_only
from livecoder.repl.pictures import Pictures
from livecoder.session.looking import Look, live_picture, still_picture
from livecoder.session.offline import perform
from livecoder.session.script import parse
from livecoder.session.tracks import Track
from tests.fakes.prompt_host import TableHost
from tests.unit.test_repl_prompt import ENTER, ESCAPES, Terminal, typed


def look(pattern, *, now="0", since="0", before=None) -> Look:
    return Look("d1 plays it", pattern, before, Rational(since), Rational(now), 4.0)


def sounds(picture: Picture) -> list[tuple[str, Rational]]:
    (panel,) = picture.drawing.panels
    return sorted((panel.rows[mark.row].name, mark.begin) for mark in panel.marks)


def test_a_still_picture_begins_with_the_bar_that_sounds() -> None:
    picture = still_picture(look(s("<bd sn hh>"), now="4.75"), 2)
    assert sounds(picture) == [("hh", 5), ("sn", 4)]
    assert picture.drawing.playhead == 4.75
    assert "▼" in picture.text(60, ascii=False)


def test_until_the_edit_takes_effect_the_pattern_before_it_is_heard() -> None:
    picture = still_picture(look(s("hh"), now="4.2", since="5", before=s("bd*2")), 2)
    assert sounds(picture) == [("bd", 4), ("bd", Rational(9, 2)), ("hh", 5)]


def test_a_moving_picture_turns_its_page_and_asks_again_only_then() -> None:
    asked: list[Rational] = []
    kick = s("bd")

    def ask(span):
        asked.append(span.begin)
        return kick.ask(span)

    at = [look(Pattern(ask), now="6.5")]
    picture = live_picture("d1", lambda: at[0], 2)
    assert (picture.look().drawing.begin, picture.look().drawing.playhead) == (6, 6.5)
    first = len(asked)
    at[0] = replace(at[0], now=Rational("7.9"))
    assert (picture.look().drawing.begin, picture.look().drawing.playhead) == (6, 7.9)
    assert len(asked) == first
    at[0] = replace(at[0], now=Rational(8))
    assert picture.look().drawing.begin == 8
    assert len(asked) > first


def test_a_moving_picture_looks_again_for_bars_that_were_not_composed() -> None:
    class SoonError(NotReadyError):
        """Not yet."""

    ready = [False]

    def ask(span):
        if not ready[0]:
            raise SoonError
        return s("bd").ask(span)

    picture = live_picture("d1", lambda: look(pattern), 1)
    pattern = Pattern(ask)
    assert picture.look().drawing.missing == (0,)
    ready[0] = True
    assert picture.look().drawing.missing == ()


@pytest.mark.parametrize("cycles", [0, 17, -1])
def test_so_many_bars_are_not_shown(cycles) -> None:
    with pytest.raises(RangeError, match=r"try d1\.show\(4\)"):
        still_picture(look(s("bd")), cycles)


def test_a_track_shows_itself_and_a_set_that_looks_plays_the_same() -> None:
    class Stage:
        def look(self, name: str) -> Look:
            return look(s("bd"), now="2")

    track = Track(Stage(), "d1")  # type: ignore[arg-type]
    assert track.show(1).drawing.begin == 2
    assert isinstance(track.show(live=True), LivePicture)

    def played(*lines: str):
        return perform(parse("\n".join(lines), "x.py"), bars=4).tracks

    lines = ["d1 >> s('bd*2').every(2, rev)", "# bar 2", "d2 >> note('c e')", "# bar 3"]
    looked = ["d1.show(); show(d1, 4); d2.show(live=True)", *lines, "d1.show(); show(d2)"]
    assert played(*looked) == played(*lines)


@pytest.mark.parametrize(
    ("block", "only_looks"),
    [
        ("d1.show()", True),
        ("d1.show(4, live=True)", True),
        ("show(d1, cycles=4)", True),
        ("show(d1, file='d1.svg')", False),
        ("d1.show().svg('x.svg')", False),
        ("show(melody_rnn())", False),
        ("d1.mute()", False),
    ],
)
def test_a_block_that_only_looks_is_not_kept_in_the_journal(block, only_looks) -> None:
    assert asks_only(block) == only_looks


class Screen:
    """A terminal of a given height, and what was shown on it for good."""

    def __init__(self, rows: int = 30) -> None:
        self.shown: list[str] = []
        output = DummyOutput()
        output.get_size = lambda: Size(rows=rows, columns=80)  # type: ignore[method-assign]
        self.pictures = Pictures(output, self.show)

    def show(self, pieces) -> None:
        self.shown.append("".join(text for _, text in pieces))

    def above(self) -> str:
        async def drawn() -> str:
            with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
                return "".join(text for _, text in self.pictures.above())

        return asyncio.run(drawn())


def live(name: str, pattern: Pattern) -> LivePicture:
    return live_picture(name, lambda: replace(look(pattern), title=f"{name} plays it"), 2)


def test_a_moving_picture_stands_above_the_prompt_until_it_is_taken_away() -> None:
    screen = Screen()
    assert not screen.pictures.moving
    screen.pictures.show(live("d1", s("bd hh")))
    screen.pictures.show(live("d2", note("c e")))
    assert screen.pictures.moving
    assert not screen.shown
    above = screen.above()
    assert above.index("d1 plays") < above.index("hh") < above.index("d2 plays")
    assert above.endswith("\n")
    screen.pictures.show(still_picture(look(s("cp")), 1))
    assert "cp" in screen.shown[0]
    assert "d1 plays" not in screen.above()
    screen.pictures.clear()
    assert screen.above() == ""


def test_pictures_leave_room_to_type() -> None:
    screen = Screen(rows=20)
    screen.pictures.show(live("d1", note("c2 b2 [d2,f2] c3")))
    screen.pictures.show(live("d2", s("bd sn hh cp oh")))
    assert screen.above().count("\n") <= 20 - 9
    # Rows on which nothing is played go first.
    assert "b2" in screen.above()
    assert "bb2" not in screen.above()


def test_a_picture_that_cannot_be_drawn_is_told_once_and_goes() -> None:
    def broken() -> Picture:
        message = "no such bar"
        raise ValueError(message)

    screen = Screen()
    screen.pictures.show(LivePicture("d1", broken))
    assert "d1 cannot be drawn: no such bar" in screen.above()
    assert screen.above() == ""


def test_typed_at_the_prompt_the_picture_is_drawn_above_and_nothing_is_journalled(
    tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    class Stage:
        def look(self, name: str) -> Look:
            return replace(look(s("bd hh")), title=f"{name} plays it")

    track = Track(Stage(), "d1")  # type: ignore[arg-type]
    terminal = Terminal()
    keys = ("d1.show(live=True)", ENTER, "x = 1", ENTER, "d1.show()", ENTER)
    host, status = typed(*keys, host=TableHost(d1=track), terminal=terminal, expect="hh")
    assert status == 0
    assert host.begun == ["x = 1"]
    drawn = ESCAPES.sub("", terminal.text)
    assert "d1 plays it" in drawn
    assert "▼" in drawn
