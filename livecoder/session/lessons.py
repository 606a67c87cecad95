"""Names that wait for a controller, and which one it turns out to be.

A movement may be heard twice: by the input it is on, and by the one that hears every input there
is. It teaches one name then, and the place is that of its own input, whichever came first: so two
machines that send the same controller are told apart.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from livecoder.inputs.naming import EVERY, Place

__all__ = ["Lessons", "Taught"]

# Both inputs hear of a movement in one cycle of a driver, or one after the other.
_TWICE_WITHIN_NS = 50_000_000


class Taught(NamedTuple):
    """A name that was taught.

    Attributes:
        name: what the controller is called.
        place: where it is.
        then: to be told so.
    """

    name: str
    place: Place
    then: Callable[[Place], object]


class _Pupil(NamedTuple):
    name: str
    port: str
    then: Callable[[Place], object]


class Lessons:
    """Not to be used by two threads at a time."""

    def __init__(self) -> None:
        """Teach nobody yet."""
        self._pupils: tuple[_Pupil, ...] = ()
        self._last: tuple[Taught, float, int] | None = None

    @property
    def ports(self) -> frozenset[str]:
        """Inputs to be open for those who wait."""
        return frozenset(pupil.port for pupil in self._pupils if pupil.port)

    def wait(self, name: str, port: str, then: Callable[[Place], object]) -> None:
        """Teach a name the next movement.

        Args:
            name: what the controller will be called.
            port: on this input only; `"*"` for every one, `""` for any that is open anyway.
            then: to be told where it is.
        """
        self.forget(name)
        self._pupils = (*self._pupils, _Pupil(name, port, then))

    def forget(self, name: str) -> None:
        """Teach a name nothing."""
        self._pupils = tuple(pupil for pupil in self._pupils if pupil.name != name)
        if self._last is not None and self._last[0].name == name:
            self._last = None

    def moved(self, place: Place, value: float, ns: int) -> Taught | None:
        """Return the name that a movement teaches, or teaches better; None for none.

        >>> lessons = Lessons()
        >>> lessons.wait("knob 1", "", print)
        >>> [lessons.moved(Place("cc 74", port, 1), 0.5, 0).place.port for port in ("*", "nano")]
        ['*', 'nano']
        >>> lessons.moved(Place("cc 74", "nano", 1), 0.6, 0)

        Args:
            place: what was moved, on the input that heard it.
            value: where it stands now.
            ns: when.
        """
        if self._again(place, value, ns):
            return self._better(place, value, ns)
        for pupil in self._pupils:
            if pupil.port in ("", EVERY, place.port):
                self.forget(pupil.name)
                taught = Taught(pupil.name, place, pupil.then)
                self._last = (taught, value, ns)
                return taught
        return None

    def _again(self, place: Place, value: float, ns: int) -> bool:
        """Whether this is the movement that taught last, heard on another input."""
        if self._last is None:
            return False
        taught, stood, when = self._last
        ports = {place.port, taught.place.port}
        return (
            (taught.place._replace(port=place.port), stood) == (place, value)
            and abs(ns - when) <= _TWICE_WITHIN_NS
            and EVERY in ports
            and len(ports) > 1
        )

    def _better(self, place: Place, value: float, ns: int) -> Taught | None:
        if self._last is None or place.port == EVERY:
            return None
        taught = self._last[0]._replace(place=place)
        self._last = (taught, value, ns)
        return taught
