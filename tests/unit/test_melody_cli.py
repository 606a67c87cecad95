"""`livecoder train` and `livecoder models`, as they are typed."""

from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner

from livecoder.cli import models, train
from livecoder.core.errors import ModelFileError, RangeError, UnknownNameError
from livecoder.models.melody_rnn.model import load
from livecoder.training import corpus as corpora
from livecoder.training import run
from livecoder.training.corpus import Stretch, build
from livecoder.training.learning import Places
from livecoder.training.melody_rnn import Plan
from livecoder.training.run import train as run_training


def _app(command):
    app = typer.Typer()
    app.command()(command)
    return app


def _type(command, *words):
    return CliRunner(env={"COLUMNS": "200"}).invoke(
        _app(command), list(words), catch_exceptions=True
    )


@pytest.fixture
def work(tmp_path):
    """Return a working folder whose corpus has been read already."""
    bar = [60, -2, 62, -2, 64, -2, 65, -2, 67, -2, -2, -2, 64, -2, -2, -1]
    tunes = (Stretch(n % 3, n % 3, [e if e < 0 else e + n for e in bar] * 17) for n in range(9))
    corpora.save(build(tunes), tmp_path / "corpus.safetensors")
    return tmp_path


def test_sources_says_where_each_set_is_found():
    result = _type(train.command, "--sources")
    assert result.exit_code == 0
    for word in ("OpenEWLD", "POP909", "music21", "MIT", "pop909.tar.xz", "https://"):
        assert word in result.stdout


def test_training_goes_on_where_it_stopped_and_writes_weights_and_card(work, monkeypatch):
    monkeypatch.setattr(run, "_IMPROVISED", 4)  # the card's forty take a minute
    words = ("melody_rnn", "--work", str(work), "--steps")
    first = _type(train.command, *words, "1")
    assert first.exit_code == 0, first.output
    out = work / "melody_rnn.safetensors"
    assert json.loads(out.with_suffix(".json").read_text())["training"]["optimiser_steps"] == 1
    second = _type(train.command, *words, "2", "--verdict", "It hums.")
    assert second.exit_code == 0, second.output
    card = json.loads(out.with_suffix(".json").read_text())
    assert card["training"]["optimiser_steps"] == 2
    assert card["verdict"] == "It hums."
    load(out)


def test_a_run_that_is_interrupted_keeps_its_place(work):
    class Impatient:
        def learning(self, progress):
            if progress.step == 2:
                raise KeyboardInterrupt

    places = Places(work, work, work / "out.safetensors")
    with pytest.raises(KeyboardInterrupt):
        run_training(places, Plan(steps=9, lanes=4, chunk=8), Impatient(), fresh=False)
    assert places.checkpoint.exists()
    assert not places.out.exists()


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("melody_rn",), UnknownNameError),
        (("melody_rnn", "--minutes", "0"), RangeError),
        (("melody_rnn", "--steps", "0"), RangeError),
        (("melody_rnn", "--data", "/nowhere", "--work", "WORK"), ModelFileError),
    ],
)
def test_what_cannot_be_trained_is_one_clear_error(tmp_path, words, error):
    result = _type(train.command, *(w.replace("WORK", str(tmp_path)) for w in words))
    assert isinstance(result.exception, error)


def test_models_lists_each_network_with_its_figures_and_limits():
    result = _type(models.command)
    assert result.exit_code == 0, result.output
    assert "melody_rnn" in result.stdout
    assert "n-grams" in result.stdout


def test_models_shows_a_whole_card_and_knows_no_other():
    result = _type(models.command, "melody_rnn")
    assert result.exit_code == 0, result.output
    assert "nats per step" in result.stdout.lower()
    assert isinstance(_type(models.command, "melody").exception, UnknownNameError)
