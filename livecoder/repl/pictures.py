"""Pictures at the prompt: a still one like any result, a moving one above the line being typed."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain

from prompt_toolkit.application import get_app
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.output import ColorDepth, Output

from livecoder.patterns.drawing.picture import LivePicture, Picture
from livecoder.patterns.drawing.reading import compact
from livecoder.patterns.drawing.text import Line

__all__ = ["Pictures"]

# Lines of the terminal that are left to the prompt, its menu and the toolbar.
_LEFT = 9


class Pictures:
    """Those that the performer looks at.

    A moving picture is part of the prompt itself, so it is redrawn where it stands while a line
    is typed under it; each track has at most one. The line that is entered takes none of it along
    into what scrolls away.
    """

    def __init__(self, output: Output, show: Callable[[StyleAndTextTuples], None]) -> None:
        """Show nothing yet.

        Args:
            output: the terminal, for its size and its colours.
            show: shows styled pieces of text for good.
        """
        self._output = output
        self._show = show
        self._live: dict[str, LivePicture] = {}

    @property
    def moving(self) -> bool:
        """Whether a picture is to be redrawn."""
        return bool(self._live)

    def show(self, picture: Picture | LivePicture) -> None:
        """Show a picture; a still one of a track takes its moving one away."""
        if isinstance(picture, LivePicture):
            self._live[picture.name] = picture
            return
        name = picture.drawing.title.partition(" ")[0]
        if picture.drawing.playhead is not None:
            self._live.pop(name, None)
        self._show(_joined(self._lines(picture)))

    def clear(self) -> None:
        """Take away all that move."""
        self._live.clear()

    def above(self) -> StyleAndTextTuples:
        """Return what stands above the line being typed; nothing once it is entered."""
        if not self._live or get_app().is_done:
            return []
        room = max(1, self._output.get_size().rows - _LEFT)
        pages = []
        for name, picture in list(self._live.items()):
            try:
                lines = self._lines(looked := picture.look())
                if len(lines) > room // len(self._live):
                    lines = self._lines(Picture(compact(looked.drawing)))
                pages.append(lines)
            except Exception as error:
                # A picture that cannot be drawn must not take the prompt with it.
                del self._live[name]
                pages.append([[("class:error", f"{name} cannot be drawn: {error}")]])
        return [*_joined(list(chain.from_iterable(pages))[:room]), ("", "\n")]

    def _lines(self, picture: Picture) -> list[Line]:
        size = self._output.get_size()
        return picture.lines(size.columns - 1, colour=self._coloured())

    def _coloured(self) -> bool:
        depth = ColorDepth.from_env() or self._output.get_default_color_depth()
        return depth != ColorDepth.DEPTH_1_BIT


def _joined(lines: list[Line]) -> StyleAndTextTuples:
    pieces: StyleAndTextTuples = []
    for number, line in enumerate(lines):
        pieces += [("", "\n")] if number else []
        pieces += line
    return pieces
