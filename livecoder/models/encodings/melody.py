"""Melodies: one voice in 16ths, as three generations of MelodyRNN hear it.

An event is -2 (nothing happens: what sounds goes on), -1 (the note ends) or a MIDI note (it
begins, ending the one before). One step is a 16th, sixteen are a bar.

- `OneHotMelody`: what the last event was, and nothing else. `basic_rnn` has the notes 48..83 (38
  classes), `mono_rnn` all of them (130).
- `LookbackMelody`: also what came 16 and 32 steps before the next one, where in two bars one is,
  and whether the last event repeats: 121 numbers, 40 classes; two classes repeat.
- `KeyMelody`: as a listener would describe it; see `key_melody`. 74 numbers, 40 classes.

Source: note-seq 0.0.5, `melody_encoder_decoder.MelodyOneHotEncoding`,
`encoder_decoder.{OneHot,Lookback}EventSequenceEncoderDecoder`, whose numbers these are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from livecoder.core.errors import RangeError
from livecoder.models.encodings import key_melody
from livecoder.models.encodings.key_melody import BAR_STEPS, LOOKBACKS, NO_EVENT, NOTE_OFF
from livecoder.models.encodings.protocol import last_class

__all__ = ["BAR_STEPS", "NOTE_OFF", "NO_EVENT", "KeyMelody", "LookbackMelody", "OneHotMelody"]

_SPECIAL = 2  # NO_EVENT and NOTE_OFF are the classes 0 and 1


@dataclass(frozen=True, slots=True)
class OneHotMelody:
    """The last event, as one of its classes; what is heard is its class, -1 before the first.

    >>> basic = OneHotMelody()
    >>> basic.class_of(basic.begin(), 60), basic.event_of(basic.begin(), 1)
    (14, -1)
    >>> basic.active(basic.then(basic.begin(), 48))
    {2: 1.0}

    Attributes:
        lowest: the MIDI note of the first class of notes.
        highest: the MIDI note of the last.
    """

    lowest: int = key_melody.LOWEST
    highest: int = key_melody.HIGHEST

    @property
    def name(self) -> str:
        """`melody38`, `melody130`."""
        return f"melody{self.classes}"

    @property
    def inputs(self) -> int:
        """One for each class."""
        return self.classes

    @property
    def classes(self) -> int:
        """Nothing, the end of a note, the notes."""
        return _SPECIAL + self.highest - self.lowest + 1

    def begin(self) -> int:
        """Return that there was no event."""
        return -1

    def then(self, heard: int, event: int) -> int:
        """Return the class of the last event."""
        return self.class_of(heard, event)

    def active(self, heard: int, control: object = None) -> dict[int, float]:  # noqa: ARG002
        """Return a one at the class of the last event."""
        return {heard: 1.0} if heard >= 0 else {}

    def class_of(self, heard: int, event: int) -> int:  # noqa: ARG002 - the class is the event's
        """Return the class of an event.

        Raises:
            RangeError: a note beyond the encoding's.
        """
        if event in {NO_EVENT, NOTE_OFF}:
            return event + _SPECIAL
        if not self.lowest <= event <= self.highest:
            allowed = f"-2, -1 or {self.lowest} to {self.highest}"
            raise RangeError("a melody event", event, allowed, fix="move it by octaves")
        return event - self.lowest + _SPECIAL

    def event_of(self, heard: int, index: int) -> int:  # noqa: ARG002
        """Return the event of a class."""
        return index - _SPECIAL if index < _SPECIAL else index - _SPECIAL + self.lowest

    def numbers(self, heard: int) -> tuple[int, ...]:
        """Return the last class."""
        return (heard,)

    def heard_of(self, numbers: Sequence[int]) -> int:
        """Return the last class.

        Raises:
            ValueError: it is none.
        """
        return last_class(numbers, self.classes)


@dataclass(frozen=True, slots=True)
class Recent:
    """The events that a look-back can reach.

    Attributes:
        steps: events so far.
        events: the last 33 of them at most, oldest first.
    """

    steps: int = 0
    events: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class LookbackMelody:
    """The last event, what came a bar and two bars before the next, and where in two bars one is.

    Inputs: one-hot of the last event; of the event 16 steps before the next; of the one 32 steps
    before; five low bits of the number of events, lowest first, 1 or -1; whether the last event
    is that of 16, of 32 steps earlier. Classes: those of `OneHotMelody`, then the event of 16, of
    32 steps earlier once more; the farther wins, and nothing before step 32 is the last class.

    >>> lookback = LookbackMelody()
    >>> lookback.inputs, lookback.classes, lookback.class_of(lookback.begin(), -2)
    (121, 40, 39)
    """

    lowest: int = key_melody.LOWEST
    highest: int = key_melody.HIGHEST

    _BITS = 5

    @property
    def name(self) -> str:
        """`lookback40`."""
        return f"lookback{self.classes}"

    @property
    def inputs(self) -> int:
        """See the class."""
        return 3 * self.events.classes + self._BITS + len(LOOKBACKS)

    @property
    def classes(self) -> int:
        """Those of the events and two that repeat."""
        return self.events.classes + len(LOOKBACKS)

    @property
    def events(self) -> OneHotMelody:
        """The events themselves."""
        return OneHotMelody(self.lowest, self.highest)

    def begin(self) -> Recent:
        """Return that nothing was heard."""
        return Recent()

    def then(self, heard: Recent, event: int) -> Recent:
        """Return what has been heard after one more event."""
        return Recent(heard.steps + 1, (*heard.events[-LOOKBACKS[-1] :], event))

    def active(self, heard: Recent, control: object = None) -> dict[int, float]:  # noqa: ARG002
        """Return the numbers that are not 0."""
        events = self.events
        last = heard.events[-1] if heard.events else None
        active = {} if last is None else {events.class_of(-1, last): 1.0}
        offset = events.classes
        for distance in LOOKBACKS:
            active[offset + events.class_of(-1, self._back(heard, distance))] = 1.0
            offset += events.classes
        for bit in range(self._BITS):
            active[offset + bit] = 1.0 if heard.steps >> bit & 1 else -1.0
        offset += self._BITS
        for index, distance in enumerate(LOOKBACKS):
            if len(heard.events) > distance and heard.events[-1 - distance] == last:
                active[offset + index] = 1.0
        return active

    def class_of(self, heard: Recent, event: int) -> int:
        """Return the class of an event: that of the farthest repeat, else its own.

        Raises:
            RangeError: a note beyond the encoding's.
        """
        first = self.events.classes
        if event == NO_EVENT and heard.steps < LOOKBACKS[-1]:
            return first + len(LOOKBACKS) - 1
        for index in reversed(range(len(LOOKBACKS))):
            distance = LOOKBACKS[index]
            if len(heard.events) >= distance and heard.events[-distance] == event:
                return first + index
        return self.events.class_of(-1, event)

    def event_of(self, heard: Recent, index: int) -> int:
        """Return the event of a class; a look-back before the beginning is that nothing happens."""
        first = self.events.classes
        if index >= first:
            return self._back(heard, LOOKBACKS[index - first])
        return self.events.event_of(-1, index)

    def numbers(self, heard: Recent) -> tuple[int, ...]:
        """Return the number of events, and the last of them."""
        return (heard.steps, *heard.events)

    def heard_of(self, numbers: Sequence[int]) -> Recent:
        """Return what `numbers` was given.

        Raises:
            ValueError: no melody leads there.
        """
        steps, *events = numbers
        for event in events:
            self.events.class_of(-1, event)
        if len(events) != min(steps, LOOKBACKS[-1] + 1):
            message = f"{len(events)} events are kept of {steps}"
            raise ValueError(message)
        return Recent(steps, tuple(events))

    @staticmethod
    def _back(heard: Recent, distance: int) -> int:
        return heard.events[-distance] if len(heard.events) >= distance else NO_EVENT


@dataclass(frozen=True, slots=True)
class KeyMelody:
    """What `key_melody` says, as an `Encoding`.

    >>> encoding = KeyMelody()
    >>> encoding.inputs, encoding.classes, encoding.class_of(encoding.begin(), 60)
    (74, 40, 12)
    """

    name: str = "key_melody40"
    inputs: int = key_melody.INPUTS
    classes: int = key_melody.CLASSES
    lowest: int = key_melody.LOWEST
    highest: int = key_melody.HIGHEST

    def begin(self) -> key_melody.Heard:
        """Return that nothing was heard."""
        return key_melody.Heard()

    def then(self, heard: key_melody.Heard, event: int) -> key_melody.Heard:
        """Return what has been heard after one more event."""
        return heard.then(event)

    def active(self, heard: key_melody.Heard, control: object = None) -> dict[int, float]:  # noqa: ARG002
        """Return the numbers that are not 0."""
        return key_melody.input_of(heard)

    def class_of(self, heard: key_melody.Heard, event: int) -> int:
        """Return the class of an event.

        Raises:
            RangeError: a note beyond the encoding's.
        """
        if event not in {NO_EVENT, NOTE_OFF} and not self.lowest <= event <= self.highest:
            allowed = f"-2, -1 or {self.lowest} to {self.highest}"
            raise RangeError("a melody event", event, allowed, fix="move it by octaves")
        return key_melody.class_of(heard, event)

    def event_of(self, heard: key_melody.Heard, index: int) -> int:
        """Return the event of a class."""
        return key_melody.event_of(heard, index)

    def numbers(self, heard: key_melody.Heard) -> tuple[int, ...]:
        """Return `heard` as numbers, the parts of which the length differs last."""
        playing = -1 if heard.playing is None else heard.playing
        return (
            *(heard.steps, playing, int(heard.attack), heard.direction),
            *heard.keys,
            len(heard.last_three),
            *heard.last_three,
            *heard.recent,
        )

    def heard_of(self, numbers: Sequence[int]) -> key_melody.Heard:
        """Return what `numbers` was given.

        Raises:
            ValueError: no melody leads there.
        """
        if len(numbers) < 17:
            message = f"{len(numbers)} numbers are too few"
            raise ValueError(message)
        steps, playing, attack, direction = numbers[:4]
        keys, three, rest = tuple(numbers[4:16]), numbers[16], tuple(numbers[17:])
        last_three, recent = rest[: max(0, three)], rest[max(0, three) :]
        notes = range(self.lowest, self.highest + 1)
        sound = (
            all(0 <= count <= steps for count in keys)
            and 0 <= three <= 3
            and len(last_three) == three
            and all(note in notes for note in last_three)
            and len(recent) == min(steps, 33)
            and all(NO_EVENT <= event < 0 or event in notes for event in recent)
            and (playing == -1 or playing in notes)
            and attack in {0, 1}
            and direction in {-1, 0, 1}
        )
        if not sound:
            message = "no melody leads to these numbers"
            raise ValueError(message)
        sounding = None if playing == -1 else playing
        return key_melody.Heard(steps, recent, sounding, bool(attack), direction, last_three, keys)
