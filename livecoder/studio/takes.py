"""Takes: some bars composed several times over, apart from what plays.

They are composed by the workers, after every bar that somebody waits to hear.
"""

from __future__ import annotations

from dataclasses import dataclass

from livecoder.core.events import Note
from livecoder.core.rational import Rational
from livecoder.models.ahead import Composer, Task
from livecoder.studio.ledger import Ledger
from livecoder.studio.settings import Settings

__all__ = ["Batch", "Take"]

# A cycle that no performance comes to: whatever plays is composed before.
_AFTER_ALL = float(2**40)


@dataclass(frozen=True, slots=True)
class Take:
    """One take.

    Attributes:
        number: from 1, as it was composed.
        bars: notes of each bar, in beats from its start.
        beats: length of a bar.
        surprise: nats an event, as the network found it; None where it does not tell.
    """

    number: int
    bars: tuple[tuple[Note, ...], ...]
    beats: Rational
    surprise: float | None = None


class Batch:
    """Takes that are being composed.

    Attributes:
        total: bars of all takes.
    """

    def __init__(
        self,
        composer: Composer,
        model: str,
        settings: Settings,
        *,
        name: str,
        seed: int,
        bars: int,
        variations: int,
        beats: Rational,
    ) -> None:
        """Ask for all of them.

        Args:
            composer: has bars composed.
            model: as `models.registry.spelled` writes it.
            settings: of all takes.
            name: unlike that of any stream or batch of the session.
            seed: of the session.
            bars: of each take.
            variations: how many takes.
            beats: length of a bar.

        Raises:
            UnknownNameError: no such model.
            PatternError: a pattern among the settings cannot be read.
        """
        self._composer, self._beats = composer, beats
        ledgers = [
            Ledger(f"{name} take {number}", model, seed, settings)
            for number in range(1, variations + 1)
        ]
        self._tasks: list[list[Task]] = [
            [ledger.ask(bar, Rational(bar), beats).task for bar in range(bars)]
            for ledger in ledgers
        ]
        self.total = bars * variations
        for place, take in enumerate(self._tasks):
            for bar, task in enumerate(take):
                composer.request(task, _AFTER_ALL + bar * variations + place)

    @property
    def done(self) -> int:
        """Bars that are there."""
        return sum(self._composer.ready(task.key) for take in self._tasks for task in take)

    def wait(self, seconds: float) -> bool:
        """Wait a moment; whether all that can come has come."""
        return all(self._composer.wait(take[-1].key, seconds) for take in self._tasks)

    def takes(self) -> list[Take]:
        """Return the takes, all of which are there, and forget how they were composed.

        Raises:
            ModelFileError: the network's weights were refused.
            DeviceError: it failed at a bar.
        """
        try:
            return [self._take(number, take) for number, take in enumerate(self._tasks, start=1)]
        finally:
            self.forget()

    def forget(self) -> None:
        """Compose no more of them, and keep nothing."""
        keys = [task.key for take in self._tasks for task in take]
        self._composer.withdraw(keys)
        self._composer.forget(keys)

    def _take(self, number: int, tasks: list[Task]) -> Take:
        bars = [bar for task in tasks if (bar := self._composer.result(task.key)) is not None]
        told = [bar.surprise for bar in bars if bar.surprise is not None]
        surprise = sum(told) / len(told) if len(told) == len(bars) else None
        return Take(number, tuple(bar.notes for bar in bars), self._beats, surprise)
