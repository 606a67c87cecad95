"""Every error livecoder raises on purpose.

Imports nothing from livecoder, so any room may raise any of these without an import cycle.
Each message says what was given, what is allowed, and what to type instead.
"""

from collections.abc import Collection
from difflib import get_close_matches


class LivecoderError(Exception):
    """Base class. The prompt prints these as one message and keeps the music playing."""


class UnknownNameError(LivecoderError, LookupError):
    """A scale, sound, model, port or control was asked for by a name nobody registered."""

    def __init__(self, kind: str, name: str, known: Collection[str], *, listing: str) -> None:
        close = get_close_matches(name.lower(), sorted(known), n=1)
        hint = f"did you mean {close[0]!r}? " if close else ""
        super().__init__(f"no {kind} is called {name!r}; {hint}{listing} lists all {len(known)}")


class RangeError(LivecoderError, ValueError):
    """A number is outside the range its unit allows."""

    def __init__(self, what: str, value: object, allowed: str, *, fix: str) -> None:
        super().__init__(f"{what} must be {allowed}, got {value!r}; {fix}")


class NotationError(LivecoderError, ValueError):
    """A mini-notation text cannot be read; the message shows a caret under the character.

    Attributes:
        text: the notation as given.
        at: index into `text` of the character that was not expected.
    """

    def __init__(self, text: str, at: int, problem: str) -> None:
        self.text = text
        self.at = at
        start = text.rfind("\n", 0, at) + 1
        end = text.find("\n", at)
        line = text[start : end if end >= 0 else len(text)]
        super().__init__(f"{problem}\n  {line}\n  {' ' * (at - start)}^")


class PatternError(LivecoderError, TypeError):
    """Something was used as a pattern, or given to a pattern function, that cannot be one."""


class ModelFileError(LivecoderError):
    """A weight file or checkpoint is malformed, truncated, or of another shape."""


class SessionFileError(LivecoderError):
    """A session, pattern, MIDI or journal file cannot be read or written as it stands."""


class DeviceError(LivecoderError):
    """A port, an audio device or one of livecoder's own processes does not answer."""


class NotReadyError(LivecoderError):
    """A query reached a bar that a network is still composing; nothing is wrong.

    Raised inside `query` by patterns that are streams, and caught by whoever asks: the scheduler
    asks again a moment later, or, when the bar is due, calls `concede` and asks once more; a
    render calls `wait` and asks once more.
    """

    def concede(self) -> None:
        """Give the bar up as late: from now on it is, for ever, the bar before it again."""
        raise NotImplementedError

    def wait(self, seconds: float) -> None:
        """Return when the bar is there.

        Raises:
            DeviceError: it did not arrive in `seconds`.
        """
        raise NotImplementedError


class TooEarlyError(NotReadyError):
    """A query reached a time that live input, a knob or a key, has not come to; nothing is wrong.

    Whoever asks asks again one lookahead before that time sounds, in short windows.
    """
