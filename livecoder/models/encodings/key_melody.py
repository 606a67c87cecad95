"""KeyMelody: what MelodyRNN hears of a melody at each 16th, and what it may answer.

An event is -2 (nothing happens: what sounds goes on), -1 (the note ends) or a MIDI note 48..83
(that note begins, ending the one before). One step is a 16th, sixteen are a bar.

Input, 74 numbers, of a melody of `n` events:
  - 0..35 which note sounds (one-hot from 48), 36 a note sounds, 37 silence, 38 it began just now;
  - 39 the melody rises (1) or falls (-1); 40, 41 the last event is that of 16, 32 steps earlier;
  - 42..48 the seven low bits of `n`, lowest first, 1 or -1; 49 the next step begins a bar;
  - 50..61 the major keys that fit most of the notes so far; 62..73 the same of the last three
    different notes.
Classes, 40: 0..35 a note begins, 36 nothing, 37 the note ends, 38, 39 the event of 16, 32 steps
earlier once more. The farthest look-back wins; before step 32 "nothing" is class 39.

Source: note-seq 0.0.5, `melody_encoder_decoder.KeyMelodyEncoderDecoder`, whose numbers these are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = [
    "BAR_STEPS",
    "CLASSES",
    "HIGHEST",
    "INPUTS",
    "LOOKBACKS",
    "LOWEST",
    "NOTES",
    "NOTE_OFF",
    "NO_EVENT",
    "Heard",
    "class_of",
    "event_of",
    "input_of",
    "keys_of",
]

NO_EVENT = -2
NOTE_OFF = -1
LOWEST = 48
HIGHEST = 83
NOTES = HIGHEST - LOWEST + 1
BAR_STEPS = 16
LOOKBACKS = (16, 32)
COUNTER_BITS = 7
INPUTS = NOTES + 2 + 1 + 1 + len(LOOKBACKS) + COUNTER_BITS + 1 + 12 + 12
CLASSES = NOTES + 2 + len(LOOKBACKS)

_CLASS_NO_EVENT = NOTES
_CLASS_NOTE_OFF = NOTES + 1
_CLASS_REPEAT = NOTES + 2
_MAJOR = frozenset((0, 2, 4, 5, 7, 9, 11))
# The keys each pitch class is in, as a row to add to a histogram of keys.
_KEYS_OF = tuple(tuple(int((note - key) % 12 in _MAJOR) for key in range(12)) for note in range(12))


@dataclass(frozen=True, slots=True)
class Heard:
    """All that the encoding needs to know of a melody, whatever its length.

    Attributes:
        steps: events so far.
        recent: the last 33 events at most, oldest first.
        playing: the note that sounds, or None.
        attack: the last event began it.
        direction: 1 the last two different notes rose, -1 fell, 0 not known.
        last_three: the last three different notes, latest last.
        keys: how many of the notes so far are in each major key.
    """

    steps: int = 0
    recent: tuple[int, ...] = ()
    playing: int | None = None
    attack: bool = False
    direction: int = 0
    last_three: tuple[int, ...] = ()
    keys: tuple[int, ...] = (0,) * 12

    def then(self, event: int) -> Heard:
        """Return what has been heard after one more event.

        >>> Heard().then(60).then(NO_EVENT).then(64).direction
        1
        """
        recent = (*self.recent[-32:], event)
        if event == NO_EVENT:
            return Heard(
                self.steps + 1,
                recent,
                self.playing,
                False,
                self.direction,
                self.last_three,
                self.keys,
            )
        if event == NOTE_OFF:
            return Heard(
                self.steps + 1,
                recent,
                None,
                self.attack,
                self.direction,
                self.last_three,
                self.keys,
            )
        direction = self.direction
        if self.last_three and event != self.last_three[-1]:
            direction = 1 if event > self.last_three[-1] else -1
        distinct = tuple(note for note in self.last_three if note != event)
        keys = tuple(map(int.__add__, self.keys, _KEYS_OF[event % 12]))
        return Heard(self.steps + 1, recent, event, True, direction, (*distinct, event)[-3:], keys)

    def repeats(self, distance: int) -> bool:
        """Return whether the last event is also that of `distance` steps earlier."""
        return len(self.recent) > distance and self.recent[-1] == self.recent[-1 - distance]

    @classmethod
    def melody(cls, events: Iterable[int]) -> Heard:
        """Return what has been heard after all `events`."""
        heard = cls()
        for event in events:
            heard = heard.then(event)
        return heard


def input_of(heard: Heard) -> dict[int, float]:
    """Return the numbers of the 74 that are not 0, by index.

    >>> sorted(input_of(Heard.melody([60])).items())[:4]
    [(12, 1.0), (36, 1.0), (38, 1.0), (42, 1.0)]
    """
    active: dict[int, float] = {}
    if heard.playing is None:
        active[NOTES + 1] = 1.0
    else:
        active[heard.playing - LOWEST] = 1.0
        active[NOTES] = 1.0
    if heard.attack:
        active[38] = 1.0
    if heard.direction:
        active[39] = float(heard.direction)
    for index, distance in enumerate(LOOKBACKS):
        if heard.repeats(distance):
            active[40 + index] = 1.0
    for bit in range(COUNTER_BITS):
        active[42 + bit] = 1.0 if heard.steps >> bit & 1 else -1.0
    if heard.steps % BAR_STEPS == 0:
        active[49] = 1.0
    for first, keys in ((50, heard.keys), (62, keys_of(heard.last_three))):
        best = max(keys)
        for key, count in enumerate(keys):
            if count == best:
                active[first + key] = 1.0
    return active


def class_of(heard: Heard, event: int) -> int:
    """Return the class that stands for `event` after `heard`.

    >>> class_of(Heard(), 60), class_of(Heard(), NO_EVENT), class_of(Heard(), NOTE_OFF)
    (12, 39, 37)
    """
    if event == NO_EVENT and heard.steps < LOOKBACKS[-1]:
        return _CLASS_REPEAT + len(LOOKBACKS) - 1
    for index in reversed(range(len(LOOKBACKS))):
        distance = LOOKBACKS[index]
        if len(heard.recent) >= distance and heard.recent[-distance] == event:
            return _CLASS_REPEAT + index
    if event == NO_EVENT:
        return _CLASS_NO_EVENT
    if event == NOTE_OFF:
        return _CLASS_NOTE_OFF
    return event - LOWEST


def event_of(heard: Heard, index: int) -> int:
    """Return the event that class `index` stands for after `heard`.

    >>> event_of(Heard(), 12), event_of(Heard(), 36), event_of(Heard(), 38)
    (60, -2, -2)
    """
    if index >= _CLASS_REPEAT:
        distance = LOOKBACKS[index - _CLASS_REPEAT]
        return heard.recent[-distance] if len(heard.recent) >= distance else NO_EVENT
    if index == _CLASS_NOTE_OFF:
        return NOTE_OFF
    if index == _CLASS_NO_EVENT:
        return NO_EVENT
    return LOWEST + index


def keys_of(notes: Iterable[int]) -> tuple[int, ...]:
    """Return how many of `notes` are in each major key."""
    counts: tuple[int, ...] = (0,) * 12
    for note in notes:
        counts = tuple(map(int.__add__, counts, _KEYS_OF[note % 12]))
    return counts
