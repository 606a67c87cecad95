"""Call and response: keys come in while time runs, and a network answers on bar lines."""

from __future__ import annotations

import pytest

from livecoder.clock.scheduler import Scheduler
from livecoder.core.events import Incoming
from livecoder.core.rational import Rational
from livecoder.models.ahead import Composer
from livecoder.session.midi_in import MidiIn
from livecoder.session.midi_words import MidiWords
from livecoder.session.namespace import build_namespace
from livecoder.session.networks import Networks
from livecoder.session.offline import perform
from livecoder.session.script import parse
from livecoder.session.stage import Stage
from livecoder.studio.stream import StreamDesk
from tests.fakes.clock import FakeClock
from tests.fakes.output import RecordingOutput
from tests.fakes.workers import ThreadWorkers

BAR_S = 2.0  # four beats at 120
TURN_S = 0.02
LOADERS = {
    "melody_rnn": "tests.fakes.walk:load",
    "music_transformer": "tests.fakes.walk:load",
}


class Duet:
    """A live session on simulated time: real scheduler, stage, desk and composer."""

    def __init__(self, block: str, permits: int = -1) -> None:
        self.workers = ThreadWorkers(permits)
        self.composer = Composer(loaders=LOADERS, launch=self.workers)
        self.clock, self.output = FakeClock(), RecordingOutput()
        self.late, self.kept, self.problems = [], [], []
        desk = StreamDesk(
            self.composer, seed=1, beats_of_bar=lambda _bar: Rational(4),
            on_late=lambda *late: self.late.append(late),
        )  # fmt: skip

        def on_window(cycle):
            desk.enter(cycle)
            self.midi_in.enter(cycle)

        self.scheduler = Scheduler(
            None, self.clock, self.output,
            lambda track, hap, tempo: self.stage.event_of(track, hap, tempo),
            on_window=on_window,
            on_problem=lambda track, error: self.problems.append((track, error)),
        )  # fmt: skip
        self.stage = Stage(
            self.scheduler, self.output, Networks(desk),
            uncommitted=self.scheduler.uncommitted, defer=lambda act: act(),
        )  # fmt: skip
        self.midi_in = MidiIn(
            self.scheduler, self.output, lambda *line: self.kept.append(line),
            now_ns=self.clock.now_ns,
        )  # fmt: skip
        words = MidiWords(self.midi_in, self.stage.edge).commands()
        names = dict(build_namespace(self.stage, words))
        self.stage.begin_block()
        exec(block, names)
        self.stage.end_block(ok=True)
        self.scheduler.begin(0)

    def play(self, keys, bars: int) -> Duet:
        """Play keys, (bar it goes down, bar it goes up, note), with time running."""
        moves = []
        for down, up, key in keys:
            moves.append((round(down * BAR_S * 1e9), bytes((0x90, key, 100))))
            moves.append((round(up * BAR_S * 1e9), bytes((0x80, key, 0))))
        moves.sort()
        while self.clock.now_ns() < bars * BAR_S * 1e9:
            while moves and moves[0][0] <= self.clock.now_ns():
                self.midi_in.hear(Incoming("keys", (moves.pop(0),)))
            self.scheduler.tick()
            if self.composer.figures().open:
                self.workers.settle(self.composer)
                self.scheduler.tick()
            self.clock.advance(TURN_S)
        self.midi_in.write_out()
        self.composer.close()
        assert not self.problems, self.problems
        return self

    def heard(self, track: str = "d3") -> list[tuple[float, float]]:
        events = self.output.queues.get(track, [])
        return [(float(event.beat) / 4, event.controls["note"]) for event in sorted(events)]


ANSWER = "d3 >> melody_rnn(prime=listen('keys')).s('keys')"


def phrase(begin: float, end: float, key: int = 60, notes: int = 4):
    length = (end - begin) / notes
    return [
        (begin + i * length, begin + (i + 0.9) * length if i < notes - 1 else end, key + i)
        for i in range(notes)
    ]


def onsets(duet: Duet) -> list[float]:
    return [at for at, _ in duet.heard()]


def test_nobody_plays_and_nobody_answers() -> None:
    assert Duet(ANSWER).play([], 4).heard() == []


def test_a_phrase_of_a_bar_is_answered_by_a_bar_from_the_bar_line() -> None:
    duet = Duet(ANSWER).play(phrase(1.0, 1.75), 6)
    assert onsets(duet)[0] == 2
    assert all(2 <= at < 3 for at in onsets(duet))
    assert not duet.late


def test_a_phrase_of_two_bars_is_answered_by_two() -> None:
    heard = onsets(Duet(ANSWER).play(phrase(1.0, 2.75, notes=8), 7))
    assert heard[0] == 3
    assert 4 <= max(heard) < 5


@pytest.mark.parametrize("network", ["melody_rnn", "music_transformer"])
@pytest.mark.parametrize("end", [1.5, 1.75, 1.86, 1.95, 2.0, 2.06, 2.1])
def test_an_answer_begins_within_a_bar_of_the_end_of_the_phrase(end: float, network: str) -> None:
    duet = Duet(ANSWER.replace("melody_rnn", network)).play(phrase(1.0, end, notes=3), 7)
    begins = onsets(duet)[0]
    assert 0 < begins - end <= 1
    assert not duet.late
    # The network was told where it comes in: nothing was cut off, and nothing composed in vain.
    assert begins == 2 or begins * 16 == int(begins * 16)
    assert duet.composer.figures().composed <= 4


def test_who_holds_the_last_note_over_the_bar_line_is_answered_in_that_bar() -> None:
    heard = onsets(Duet(ANSWER).play(phrase(1.0, 2.02), 7))
    assert 2.125 <= heard[0] < 2.5
    assert max(heard) < 3


def test_an_answer_goes_on_from_the_phrase_and_is_another_for_another() -> None:
    low = Duet(ANSWER).play(phrase(1.0, 1.8, 50), 4).heard()
    high = Duet(ANSWER).play(phrase(1.0, 1.8, 76), 4).heard()
    assert low[0][1] < 62 < high[0][1]
    assert low == Duet(ANSWER).play(phrase(1.0, 1.8, 50), 4).heard()


def test_an_answer_stops_when_a_key_is_struck_and_the_new_phrase_is_answered() -> None:
    alone = Duet(ANSWER).play(phrase(1.0, 2.8, notes=8), 8)
    duet = Duet(ANSWER).play([*phrase(1.0, 2.8, notes=8), *phrase(3.4, 3.8, 70, notes=2)], 8)
    assert any(3.6 < at < 4 for at in onsets(alone))
    assert not any(3.55 < at < 4 for at in onsets(duet))
    answer = [at for at in onsets(duet) if at >= 4]
    assert 4 <= answer[0] < max(answer) < 5


def test_each_phrase_is_answered_once() -> None:
    keys = [*phrase(1.0, 1.8), *phrase(4.0, 4.7, 64), *phrase(8.1, 8.9, 67)]
    bars = {int(at) for at in onsets(Duet(ANSWER).play(keys, 12))}
    assert bars == {2, 5, 9}


def test_a_render_of_what_was_kept_answers_the_same() -> None:
    keys = [*phrase(1.0, 1.8), *phrase(3.1, 4.02, 64), *phrase(6.0, 6.95, 67, notes=2)]
    duet = Duet(ANSWER).play(keys, 10)
    lines = [f"heard({name!r}, {text!r})" for name, text in duet.kept]
    assert lines
    composer = Composer(loaders=LOADERS, launch=ThreadWorkers())
    performed = perform(
        parse("\n".join([*lines, ANSWER]), "x.py"), bars=10, seed=1, composer=composer
    )
    composer.close()
    assert not performed.problems
    events = performed.tracks["d3"]
    assert [(float(e.beat) / 4, e.controls["note"]) for e in events] == duet.heard()


def test_a_slow_network_is_given_more_time() -> None:
    slow = ANSWER.replace("melody_rnn", "music_transformer")
    assert onsets(Duet(slow).play(phrase(1.0, 1.6), 5))[0] == 2
    late = onsets(Duet(slow).play(phrase(1.0, 1.8), 5))
    assert 2 < late[0] < 2.8


def test_a_network_that_plays_is_told_to_listen_and_to_play_on() -> None:
    duet = Duet("d3 >> melody_rnn().s('keys')")
    duet.scheduler.tick()
    names = dict(build_namespace(duet.stage, MidiWords(duet.midi_in, duet.stage.edge).commands()))
    duet.stage.begin_block(Rational(2))
    exec("d3.prime(listen('keys'))", names)
    duet.stage.end_block(ok=True)
    heard = onsets(duet.play(phrase(4.0, 4.8), 8))
    # Bar 1 was asked for when time began, and there was nothing to repeat yet.
    assert {int(at) for at in heard} == {1, 5}


def test_settings_of_the_network_are_those_of_its_answers() -> None:
    duet = Duet("key('c:major:pentatonic'); " + ANSWER)
    notes = [note for _, note in duet.play(phrase(1.0, 2.8, notes=8), 6).heard()]
    assert notes
    assert {note % 12 for note in notes} <= {0, 2, 4, 7, 9}
