"""Magenta's own files at the prompt: they play, or one message says what was found."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from livecoder.models.ahead import Composer
from livecoder.session.offline import Performed, perform
from livecoder.session.script import parse
from tests.fakes.workers import ThreadWorkers

FILES = Path(__file__).parents[1] / "fixtures" / "oracle"
CONDITIONED = "multiconditioned_performance_with_dynamics"


def played(line: str, bars: int = 2) -> Performed:
    """Perform a line in the folder of the files, the network's process being a thread."""
    composer = Composer(launch=ThreadWorkers())
    before = Path.cwd()
    os.chdir(FILES)
    try:
        return perform(parse(line, "x.py"), bars=bars, seed=3, composer=composer)
    finally:
        os.chdir(before)
        composer.close()


@pytest.mark.parametrize(
    "typed",
    [
        "melody_rnn(checkpoint='attention_rnn/weights.mag')",
        "melody_rnn(checkpoint='attention_rnn/model.ckpt', config='attention')",
        "melody_rnn(checkpoint='attention_rnn/browser', config='attention')",
        "melody_rnn(checkpoint='mono_rnn/weights.mag', lowest=20, highest=100)",
        "melody_rnn(checkpoint='lookback_rnn/weights.mag', key='d:dorian')",
        "drums_rnn(checkpoint='drum_kit/weights.mag')",
        "improv_rnn(checkpoint='chord_pitches_improv/weights.mag', chords='<Am7 D7>')",
        "polyphony_rnn(checkpoint='polyphony/weights.mag')",
        f"performance_rnn(checkpoint='{CONDITIONED}/weights.mag', density=8, pitches='c:major')",
        "performance_rnn(checkpoint='performance/weights.mag')",
    ],
)
def test_a_checkpoint_plays(typed: str) -> None:
    heard = played(f"d1 >> {typed}")
    assert not heard.problems
    events = heard.tracks["d1"]
    assert events
    assert all(0 <= event.beat < 8 for event in events)
    assert [e.controls for e in played(f"d1 >> {typed}").tracks["d1"]] == [
        event.controls for event in events
    ]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("melody_rnn(checkpoint='drum_kit/weights.mag')", "drum"),
        ("drums_rnn(checkpoint='basic_rnn/weights.mag')", "basic_rnn"),
        ("melody_rnn(config='mono', checkpoint='basic_rnn/weights.mag')", "mono_rnn"),
        ("performance_rnn(checkpoint='polyphony/weights.mag')", "polyphony"),
        ("melody_rnn(checkpoint='attention_rnn/case.json')", "case.json"),
        ("melody_rnn(checkpoint='attention_rnn/logits.npy')", "logits.npy"),
    ],
)
def test_a_checkpoint_of_another_network_is_one_message(typed: str, says: str) -> None:
    problems = played(f"d1 >> {typed}", bars=1).problems
    assert len(problems) == 1
    assert says in problems[0]
    assert "cannot play" in problems[0]


def test_another_network_plays_on_beside_one_that_is_refused() -> None:
    heard = played(
        "d2 >> polyphony_rnn(checkpoint='polyphony/weights.mag'); "
        "d1 >> melody_rnn(checkpoint='drum_kit/weights.mag')"
    )
    assert len(heard.problems) == 1
    assert heard.tracks["d2"]
