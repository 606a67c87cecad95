"""Streams: a network as a pattern, one bar at a time, remembered for ever.

`StreamDesk` stands between the scheduler, which asks bars in its thread and never waits, the
performer, who changes things in another, and the composer, which has them composed. What a bar
is, `studio.ledger` says; here is when it is there.

Locks: one of the desk, taken for a bar's bookkeeping; the composer's is taken inside it, never
the other way round. Nothing that could wait (a disk, a pipe, a worker) is done while it is held.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from livecoder.core.errors import DeviceError
from livecoder.core.haps import Hap, Span
from livecoder.core.rational import Rational, RationalLike, floor, rational
from livecoder.models.ahead import Composer
from livecoder.studio.answering import Answers
from livecoder.studio.book import Book, Figures, Stream, before, cut, labelled, notes_of, whole_bar
from livecoder.studio.edits import Edit, Edits
from livecoder.studio.ledger import Entry, Ledger, Past, Reach
from livecoder.studio.repeat import fitted
from livecoder.studio.settings import Primer, Settings
from livecoder.studio.unready import NotComposedYetError, NotPlayedYetError, UnsettledError

__all__ = ["Figures", "NotComposedYetError", "Settings", "Stream", "StreamDesk"]

# Bars composed beyond the one that was asked for.
_AHEAD = 2
# Bars composed but not asked for (yet, or no more) that are kept, per stream.
_SPARE = 24
# Of them, those that may still be composed.
_EXPECTED = 8


class _Here(threading.local):
    """What a thread is doing at the desk."""

    window: Rational | None = None
    seen: int = 0
    unsettled: Rational | None = None
    asked: list[Stream] | None = None


class StreamDesk:
    """Opens streams, and answers for them.

    Attributes:
        composer: has bars composed; whoever made it closes it.
        seed: of the session.
        beats_of_bar: length of a bar in beats, by its cycle.
        late: `(stream name, bar)` of bars that repeat the one before; a replay presets it from
            the journal, and `concede` adds to it.
    """

    def __init__(
        self,
        composer: Composer,
        *,
        seed: int,
        beats_of_bar: Callable[[int], Rational],
        on_late: Callable[[str, int], None],
        reach: Reach = Reach(),  # noqa: B008 - frozen
        reserve: bool = True,
    ) -> None:
        """Open nothing yet.

        Args:
            composer: has bars composed.
            seed: of the session.
            beats_of_bar: length of a bar in beats, by its cycle.
            on_late: told the stream's name and the bar when one is conceded.
            reach: how long things are remembered.
            reserve: have another take of a slow network's bars ready for `again`.
        """
        self.late: set[tuple[str, int]] = set()
        self.composer = composer
        self.seed = seed
        self.beats_of_bar = beats_of_bar
        self._on_late = on_late
        self._reach, self._reserve = reach, reserve
        self._lock = threading.RLock()
        self._here = _Here()
        self._books: dict[str, Book] = {}
        self._conceded = 0
        # Boundaries of all edits so far and of those under way, with the thread that makes them:
        # another thread may be in the middle of a window.
        self._edits = Edits()
        self._editing: list[Edit] = []
        self._answers = Answers(self)

    # The scheduler's side

    @property
    def window(self) -> Rational | None:
        """Cycle of the window this thread asks for; None when it asks for none."""
        return self._here.window

    @window.setter
    def window(self, cycle: RationalLike | None) -> None:
        if cycle is None:
            self._here.window = None
        else:
            self.enter(rational(cycle))

    def enter(self, cycle: Rational) -> None:
        """Say which window this thread asks for from now on: the scheduler does, every time.

        The first window after an edit by another thread may have been chosen before the scheduler
        knew of the edit, so no bar counts as asked for in it that the edit reaches: the window is
        asked again.
        """
        here = self._here
        with self._lock:
            here.unsettled = self._others(self._edits.since(here.seen))
            here.seen = self._edits.count
        here.window = cycle

    # The performer's side

    def open(self, model: str, name: str, settings: Settings) -> Stream:
        """Return a new stream, and begin to load its network.

        Args:
            model: as `models.registry.spelled` writes it.
            name: of the stream, the same in every performance of the same script.
            settings: in force from the start.

        Raises:
            UnknownNameError: no such model.
            ValueError: a stream of that name is open.
        """
        self.composer.warm(model)
        reserve = self._reserve and self.composer.slow(model)
        book = Book(Ledger(name, model, self.seed, settings, self._reach), reserve)
        with self._lock:
            if name in self._books:
                message = f"two streams are called {name!r}"
                raise ValueError(message)
            self._books[name] = book

        def ask(span: Span) -> list[Hap]:
            return self._haps(stream, book, span)

        stream = Stream(name, model, labelled(model, settings), ask)
        return stream

    def prepare(self, stream: Stream, bar: int) -> None:
        """Have a bar composed that may become the first one asked for; nothing is settled by it."""
        with self._lock:
            book = self._books[stream.name]
            if book.ledger.entries:
                return
            task = book.ledger.opening_task(bar, Rational(bar), self.beats_of_bar(bar))
            self.composer.request(task, bar)
            book.spare[task.key] = None
            self._trim(book)

    def close(self, stream: Stream) -> None:
        """Forget a stream that nothing plays any more."""
        self._answers.close(stream)
        with self._lock:
            book = self._books.pop(stream.name, None)
            if book is not None:
                gone = book.ledger.entries.values()
                self.composer.forget([entry.task.key for entry in gone] + list(book.spare))
                book.ledger.entries.clear()
                book.ledger.past.clear()
                book.spare.clear()

    @contextmanager
    def editing(self, at: Rational) -> Iterator[None]:
        """Let the streams and the scheduler change together.

        Inside, windows from `at` on are asked in vain (their tracks wait for some milliseconds),
        so none is asked of a half-changed performance. Put everything an edit does to streams
        and to the scheduler inside one of these. An edit made in the scheduler's own thread,
        between two windows, needs none.
        """
        edit = (at, threading.get_ident())
        with self._lock:
            self._editing.append(edit)
        try:
            yield
        finally:
            with self._lock:
                self._editing.remove(edit)
                self._edits.add(edit)

    def retune(self, stream: Stream, at: Rational, settings: Settings) -> None:
        """Let a stream play by other settings from a cycle on."""
        with self._lock:
            self._books[stream.name].ledger.retune(at, settings)

    def again(self, stream: Stream, at: Rational) -> None:
        """Let a stream compose other bars from a cycle on."""
        with self._lock:
            ledger = self._books[stream.name].ledger
            settings = ledger.in_force(at)
            ledger.retune(at, replace(settings, take=settings.take + 1))

    def prime(self, stream: Stream, at: Rational, primer: Primer) -> None:
        """Let a stream go on from a phrase from a cycle on.

        Args:
            stream: the stream.
            at: cycle.
            primer: notes in cycles, and how many cycles they fill.
        """
        with self._lock:
            ledger = self._books[stream.name].ledger
            settings = ledger.in_force(at)
            changed = replace(settings, primer=primer, take=settings.take + 1)
            ledger.retune(at, changed, restart=True)

    def settings(self, stream: Stream, at: Rational) -> Settings:
        """Return the settings in force at a cycle."""
        with self._lock:
            return self._books[stream.name].ledger.in_force(at)

    def withdraw(self, stream: Stream, at: Rational) -> None:
        """Forget which bars were asked for in windows from `at` on; they may be asked anew.

        What was composed for them is kept a while, under its key, and used if it fits.
        """
        with self._lock:
            book = self._books.get(stream.name)
            if book is None:
                return
            edit = (at, threading.get_ident())
            if edit not in self._editing:
                self._edits.add(edit)
            for entry in book.ledger.withdraw(at):
                book.spare[entry.task.key] = None
            self._trim(book)
            for answer in self._answers.of(stream):
                self.withdraw(answer, at)

    @contextmanager
    def probing(self) -> Iterator[list[Stream]]:
        """Let patterns be asked in this thread without composing.

        Each bar of a stream answers with one middle C as long as the bar. Yields a list, to which
        every stream that is asked is added, once.
        """
        here = self._here
        outer, here.asked = here.asked, []
        try:
            yield here.asked
        finally:
            here.asked = outer

    def figures(self) -> Figures:
        """Return how the streams do."""
        composing = self.composer.figures()
        with self._lock:
            ahead = {name: self._ahead(book) for name, book in self._books.items()}
            return Figures(self._conceded, ahead, composing.restarts, composing.composed)

    # Answering

    def _haps(self, stream: Stream, book: Book, span: Span) -> list[Hap]:
        first = floor(span.begin)
        bars = range(first, max(first + 1, -floor(-span.end)))
        here = self._here
        if here.asked is not None:
            if stream not in here.asked:
                here.asked.append(stream)
            return [hap for bar in bars for hap in cut(whole_bar(bar, stream.probe), span)]
        with self._lock:
            calls = book.ledger.in_force(here.window or span.begin).listening
        if calls is not None:
            return self._answers.haps(stream, calls, span, playing=here.window is not None)
        with self._lock:
            entries = [self._entry(book, bar) for bar in bars]
            missing = [
                entry
                for entry in entries
                if isinstance(entry, Entry) and not self._settle(book, entry)
            ]
        if missing:
            names = ", ".join(str(entry.bar + 1) for entry in missing)
            raise NotComposedYetError(
                f"{book.ledger.name} is composing bar {names}; it comes by itself",
                lambda: self._concede(book, missing),
                lambda seconds: self._wait(book, missing, seconds),
            )
        return [hap for entry in entries for hap in cut(notes_of(entry), span)]

    def _entry(self, book: Book, bar: int) -> Entry | Past:
        here, ledger = self._here, book.ledger
        if here.window is None:
            if (known := ledger.known(bar)) is not None:
                return known
            message = f"{ledger.name} has not played bar {bar + 1}; a track that plays it asks it"
            raise NotPlayedYetError(message)
        window = here.window
        if (entry := ledger.find(bar, window)) is not None:
            return entry
        newer = self._others([*self._editing, *self._edits.since(here.seen)])
        if any(at is not None and at <= window for at in (newer, here.unsettled)):
            message = f"{ledger.name} is being changed; ask again"
            raise UnsettledError(message)
        # The meter is that of the window, as all settings are: a bar asked for early must not
        # depend on whether a change of meter has been typed yet.
        cycle = floor(window)
        if (forgotten := ledger.entries.get(bar)) is not None:
            book.spare[forgotten.task.key] = None
        entry = ledger.ask(bar, window, self.beats_of_bar(cycle))
        self._compose(book, entry, cycle)
        return entry

    def _others(self, edits: Sequence[Edit]) -> Rational | None:
        """Return the first boundary that another thread has edited at."""
        me = threading.get_ident()
        return min((at for at, thread in edits if thread != me), default=None)

    def _compose(self, book: Book, entry: Entry, cycle: int) -> None:
        ledger, composer = book.ledger, self.composer
        composer.request(entry.task, cycle)
        book.spare.pop(entry.task.key, None)
        following = ledger.foresee(entry, _AHEAD, self.beats_of_bar(cycle + 1))
        for ahead, task in enumerate(following, start=1):
            composer.request(task, cycle + ahead)
            book.spare[task.key] = None
            book.spare.move_to_end(task.key)
        # What was foreseen some asks ago and has not come true will not, and need not be composed.
        book.following = tuple(task.key for task in following)
        asked = {other.task.key for other in ledger.entries.values()}
        expected = tuple(
            key for key in dict.fromkeys((*book.following, *book.expected)) if key not in asked
        )
        composer.withdraw(expected[_EXPECTED:])
        book.expected = expected[:_EXPECTED]
        if book.reserve:
            book.hold_another(composer, entry, cycle + _AHEAD + 1)
        thin, gone = ledger.prune(entry.window)
        composer.thin([entry.task.key for entry in thin])
        composer.forget([entry.task.key for entry in gone])
        self._trim(book)

    def _trim(self, book: Book) -> None:
        while len(book.spare) > _SPARE:
            self.composer.forget([book.spare.popitem(last=False)[0]])

    def _settle(self, book: Book, entry: Entry | Past) -> bool:
        """Whether the notes of a bar are there."""
        if isinstance(entry, Past) or entry.notes is not None:
            return True
        if (book.ledger.name, entry.bar) in self.late:
            other = before(book.ledger, entry)
            if other is not None and not self._settle(book, other):
                return False
            notes = () if other is None or other.notes is None else other.notes
            entry.notes = fitted(notes, entry.task.request)
            return True
        if (bar := self.composer.result(entry.task.key)) is None:
            return False
        entry.notes = bar.notes
        return True

    def _concede(self, book: Book, entries: Sequence[Entry]) -> None:
        conceded: list[int] = []
        ledger = book.ledger
        with self._lock:
            for entry in entries:
                due: Entry | Past | None = entry
                while due is not None and ledger.known(due.bar) is due:
                    if self._settle(book, due):
                        break
                    if (ledger.name, due.bar) not in self.late:
                        self.late.add((ledger.name, due.bar))
                        conceded.append(due.bar)
                    due = before(ledger, due)
                self._settle(book, entry)
            self._conceded += len(conceded)
        for bar in conceded:
            self._on_late(ledger.name, bar)

    def _wait(self, book: Book, entries: Sequence[Entry], seconds: float) -> None:
        for entry in entries:
            due: Entry | Past | None = entry
            while due is not None and (book.ledger.name, due.bar) in self.late:
                due = before(book.ledger, due)
            if due is None or isinstance(due, Past) or due.notes is not None:
                continue
            if not self.composer.wait(due.task.key, seconds):
                message = (
                    f"{book.ledger.name} did not compose bar {due.bar + 1} in {seconds:g} s; "
                    "livecoder doctor tells whether its network runs"
                )
                raise DeviceError(message)

    def _ahead(self, book: Book) -> int:
        return sum(self.composer.ready(key) for key in book.following)
