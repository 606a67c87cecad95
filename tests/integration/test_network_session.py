"""Networks at the prompt as they are: takes, Ctrl-C, several at once, an answered keyboard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.driver import Home, a_home, a_prompt
from tests.integration.recorder import MidiRecorder
from tests.integration.rig import until
from tests.integration.sender import MidiSender

pytestmark = pytest.mark.integration


@pytest.fixture
def home(jack_server: str) -> Iterator[Home]:
    assert jack_server
    with a_home() as made:
        yield made


def test_takes_are_composed_while_the_music_plays_and_ctrl_c_gives_up(home: Home) -> None:
    with a_prompt(home) as prompt, MidiRecorder("^livecoder:(rec|take)$") as recorder:
        prompt.type('d1 >> note("c4*4").midi("rec", 1)')
        until(lambda: len(recorder.ons) >= 8, why="the music")
        prompt.type("generate(melody_rnn, bars=64, variations=64).best()")
        prompt.see(r"\d+ of 4096 bars composed")
        already = len(recorder.ons)
        until(lambda: len(recorder.ons) >= already + 8, why="the music goes on")
        prompt.interrupt()
        prompt.type("6 * 7")
        prompt.see(r"\b42\b")
        prompt.type("takes = generate(melody_rnn, bars=1, variations=3).ranked(tonal=2)")
        prompt.type("takes")
        prompt.see(r"1\. take \d: 0\.\d\d \(tonal")
        prompt.type('d2 >> takes.best().midi("take", 2)')
        until(lambda: any(one.channel == 2 for one in recorder.ons), why="the best take")
        prompt.leave()


def test_a_phrase_on_a_keyboard_is_answered_from_the_bar_line(home: Home) -> None:
    with (
        a_prompt(home) as prompt,
        MidiRecorder("^livecoder:(rec|net)$") as recorder,
        MidiSender("keys") as keys,
    ):
        prompt.type('tempo(120); d1 >> note("c4").midi("rec", 1)')
        prompt.type('d2 >> melody_rnn(prime=listen("keys")).midi("net", 2)')
        until(lambda: keys.listeners == ["livecoder:keys in"], why="the input to connect")
        until(lambda: _bars(recorder) >= 6, why="the music")
        # A network that is still being loaded is late with its answer, which is then silence.
        for _ in range(10):
            ended = _play_phrase(keys, recorder)
            bars = _bars(recorder)
            until(lambda bars=bars: _bars(recorder) > bars + 2, why="three bars")
            if answer := [one.frame for one in recorder.ons if one.channel == 2]:
                break
        # The phrase ended in the bar it began in; its answer is heard within a bar of its end.
        assert 0 < answer[0] - ended <= 2.0 * 48_000
        assert answer[-1] - answer[0] < 2.0 * 48_000
        prompt.leave()


def _bars(recorder: MidiRecorder) -> int:
    return sum(one.channel == 1 for one in recorder.ons)


def _play_phrase(keys: MidiSender, recorder: MidiRecorder) -> int:
    """Play four notes from the next bar line on; return the frame they end at, at the earliest."""
    bars = _bars(recorder)
    until(lambda: _bars(recorder) > bars, why="a bar line")
    begun = recorder.ons[-1].frame
    phrase = [(0.2 * i, bytes((0x90, 60 + 2 * i, 90))) for i in range(4)]
    phrase += [(0.2 * i + 0.15, bytes((0x80, 60 + 2 * i, 0))) for i in range(4)]
    keys.play(sorted(phrase), delay=0.05)
    return begun + round((0.05 + 0.75) * 48_000)


def test_six_networks_in_two_processes_play_in_one_set(home: Home) -> None:
    with a_prompt(home) as prompt, MidiRecorder(r"^livecoder:n\d$") as recorder:
        prompt.type('key("a:minor")')
        for track in range(1, 7):
            prompt.type(f'd{track} >> melody_rnn(seed={track}).midi("n{track}", {track})')
        until(
            lambda: {one.channel for one in recorder.ons} == set(range(1, 7)),
            seconds=60,
            why="all six",
        )
        assert {one.note % 12 for one in recorder.ons} <= {9, 11, 0, 2, 4, 5, 7}
        workers = [title for title in home.processes() if title.startswith("livecoder: model")]
        assert workers == ["livecoder: model melody_rnn"]
        prompt.leave()
