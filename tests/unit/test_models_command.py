"""`livecoder models`, and that the tables it reads agree."""

from __future__ import annotations

import inspect

import pytest
import typer
from typer.testing import CliRunner

from livecoder.cli import models
from livecoder.core.errors import UnknownNameError
from livecoder.models import weights
from livecoder.models.catalogue import CONFIGS
from livecoder.models.registry import MODELS, spelled


def typed(*words: str):
    app = typer.Typer()
    app.command()(models.command)
    return CliRunner(env={"COLUMNS": "400"}).invoke(app, list(words), catch_exceptions=True)


def test_every_network_is_listed_with_what_it_heeds() -> None:
    result = typed()
    assert result.exit_code == 0, result.output
    for spec in MODELS.values():
        assert f"{spec.name}: {spec.help}" in result.stdout
        assert spec.example in result.stdout
        assert ", ".join(sorted(spec.settings)) in result.stdout


@pytest.mark.parametrize("name", weights.names())
def test_every_card_is_shown_with_its_figures_and_limits(name: str) -> None:
    model = next(model for model in MODELS if name == model or name.startswith(f"{model}_"))
    card = weights.card(name)
    listed, whole = typed().stdout, typed(model).stdout
    for limit in card["limits"]:
        assert limit in listed
    assert f"{card['nats_per_step']['events']['network']} nats per" in listed
    assert card["title"] in whole


def test_a_network_without_weights_says_how_they_are_made() -> None:
    for name in MODELS.keys() - set(weights.names()):
        assert f"livecoder train {name} makes them" in typed(name).stdout


def test_what_no_network_is_called_is_one_message() -> None:
    error = typed("melody").exception
    assert isinstance(error, UnknownNameError)
    assert "livecoder models lists" in str(error)


def test_the_prompt_knows_the_configs_that_there_are() -> None:
    held = list(CONFIGS.values()) if hasattr(CONFIGS, "values") else list(CONFIGS)
    found = {(config.model, config.id): config.weights for config in held}
    for spec in MODELS.values():
        theirs = {full for model, full in found if model == spec.name}
        if spec.configs:
            assert set(spec.configs.values()) == theirs
            ours = {full for full in theirs if found[spec.name, full] is not None}
            assert {spec.configs[short] for short in spec.shipped} == ours
            assert spelled(spec.name, spec.shipped[0]) == spec.name
        else:
            assert not theirs


def test_every_loader_takes_what_the_prompt_gives() -> None:
    from importlib import import_module

    for spec in MODELS.values():
        module, _, function = spec.loader.partition(":")
        taken = inspect.signature(getattr(import_module(module), function)).parameters
        assert {"config", "checkpoint"} <= taken.keys()
        assert all(p.default is None for p in taken.values())
