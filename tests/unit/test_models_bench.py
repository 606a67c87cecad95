"""`bench models` tells true of what is known; its programs are run, their figures not judged."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from livecoder.core.errors import SessionFileError
from livecoder.core.protocols import BarRequest
from livecoder.core.rational import rational
from livecoder.models import weights
from livecoder.models.catalogue import find_config
from livecoder.models.loading import LoadedModel
from livecoder.models.lstm.shape import StackShape
from livecoder.models.lstm.step import StackWeights
from livecoder.models.music_transformer.model import MusicTransformer
from livecoder.models.music_transformer.shape import TransformerShape
from livecoder.models.music_transformer.step import Matrices
from livecoder.models.polyphony_rnn import stream
from livecoder.models.registry import MODELS, find
from livecoder.models.wire import load_model
from livecoder.session.script import parse
from livecoder.training.families import FAMILIES
from livecoder.training.pieces import Piece, Pieces

ROOT = Path(__file__).parents[2]
BENCHMARKS = ROOT / "benchmarks"
DOCS = ROOT / "docs"
FOUR = rational(4)
ALONE = {
    "events_per_second": 400.0,
    "real_time_120bpm": 30.0,
    "real_time_15_notes": 19.9,
    "bar_ms_p50": 60.0,
    "bar_ms_p99": 80.0,
}
MIDI = {"lost": 0, "intervals": {"n": 9, "sd": 0.1, "p50": 0.1, "p99": 0.1, "max": 0.1}}
SHAKEN = {"lost": 0, "intervals": {"n": 9, "sd": 0.11, "p50": 0.1, "p99": 0.1, "max": 1.1}}
FLOOR = {"n": 8, "sd": 0.0131, "p50": 0.0003, "p99": 0.0183, "max": 0.1957, "skipped": 0}


@pytest.fixture(autouse=True)
def beside(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))


def _together(**changes):
    usual = {"streams": 6, "networks": 6, "seconds": 600.0, "late_bars": 0, "bars_composed": 1800}
    usual |= {"workers": 2, "workers_mb": 400.0, "midi": MIDI, "without_networks": MIDI}
    return usual | changes


def _met(figures):
    from networks.targets import lines

    return [line.met for line in lines(figures)]


def test_events_are_counted_and_the_notes_stay_the_same():
    from networks.counting import Counted

    config = find_config("polyphony_rnn", "polyphony")
    encoding = config.encoding()
    shape = StackShape(encoding.inputs, (5,), encoding.classes, None)
    chance = np.random.default_rng(1)
    tensors = {
        name: chance.normal(0.0, 0.9, size).astype(np.float32)
        for name, size in shape.layouts().items()
    }
    loaded = LoadedModel(config, encoding, StackWeights.folded(shape, tensors), tensors)
    made = [stream(loaded), stream(loaded)]
    counting = Counted(made[1])
    state = made[0].initial((), beats=FOUR)
    heard = made[1].initial((), beats=FOUR)
    counted = 0
    for bar in range(4):
        request = BarRequest(bar, bar, FOUR)
        notes, state = made[0].compose(state, request)
        same, heard, events = counting.bar(heard, request)
        assert same == notes
        # A note begins with an event, and each 16th ends with one; what sounds on has some more.
        assert events >= 16 + len({(note.onset, note.pitch) for note in notes if note.onset})
        counted += events
    assert counted > 4 * 16


def test_tokens_are_counted_where_the_window_slid():
    from networks.counting import Counted

    shape = TransformerShape(layers=1, width=8, heads=1, inner=8, window=256, taps=1)
    chance = np.random.default_rng(1)
    arrays = {
        name: chance.normal(0.0, 0.5, size).astype(np.float32) for name, size in shape.tensors()
    }
    model = MusicTransformer(Matrices.folded(shape, arrays))
    counting, state, slid = Counted(model), model.initial((), beats=rational(0)), 0
    for bar in range(24):
        before = state.tokens
        _, state, events = counting.bar(state, BarRequest(bar, bar, FOUR))
        slid += len(state.tokens) < len(before)
        # What comes before the new events is the end of what there was.
        kept = state.tokens[:-events]
        assert kept
        assert kept == before[-len(kept) :]
    assert slid


def test_the_first_note_of_a_take_is_the_first_on_its_line():
    from networks.playing import Asked, first_notes

    ms = 1_000_000
    asked = [Asked(800 * ms, 1000 * ms, True, 0), Asked(2800 * ms, 5000 * ms, True, 1)]
    ons = [900 * ms, 998 * ms, 1500 * ms, 3100 * ms, 5250 * ms]
    assert first_notes(asked, ons) == [198.0, 2450.0]
    assert [one.on_next for one in asked] == [True, False]
    assert not Asked(0, 0, in_force=False, late=0).on_next
    assert first_notes(asked, ons[:3]) == [198.0]


@pytest.mark.parametrize(
    ("figures", "met"),
    [
        ({"alone": {"melody_rnn": ALONE}}, [True]),
        ({"alone": {"performance_rnn": ALONE}}, [False]),
        ({"alone": {"performance_rnn": {**ALONE, "real_time_15_notes": None}}}, [None]),
        ({"alone": {"drums_rnn": {"missing": "not trained"}}}, [None]),
        ({"take": {"melody_rnn": {"asked": 8, "on_next_bar_line": 8}}}, [True]),
        ({"take": {"melody_rnn": {"asked": 8, "on_next_bar_line": 7}}}, [False]),
        ({"together": _together()}, [True, True, True]),
        ({"together": _together(midi=SHAKEN)}, [True, False, False]),
        ({"together": _together(late_bars=1)}, [False, True, True]),
        ({"together": _together(seconds=60.0)}, [None, True, True]),
        ({"together": _together(networks=2)}, [None, True, True]),
        ({"together": _together(networks=2, late_bars=3)}, [False, True, True]),
        ({"together": {"missing": "no weights"}}, []),
        ({"beside": {"basic_rnn": {"times": 10.0}, "drum_kit": {"times": 9.9}}}, [True, False]),
        ({"beside": {"missing": "no Magenta"}}, []),
    ],
)
def test_a_figure_is_held_against_its_target(figures, met):
    assert _met(figures) == met


def test_only_a_target_that_was_missed_is_held_against_a_run():
    from networks.targets import held

    assert held({"together": _together(seconds=60.0)})
    assert not held({"together": _together(late_bars=1), "alone": {"melody_rnn": ALONE}})


def test_a_ratio_is_of_medians():
    from networks.beside import ratio

    found = ratio([(100, 1.0), (100, 0.5), (100, 0.001)], [(10, 1.0), (20, 1.0), (30, 1.0)])
    assert found == {"ours_per_second": 200.0, "magenta_per_second": 20.0, "times": 10.0}


def test_every_configuration_beside_magenta_is_one_of_ours():
    from networks.beside import CASES

    assert {find_config(model, case).id for case, model in CASES.items()} == set(CASES)


def test_likeness_is_told_of_one_draw_for_both_figures(tmp_path):
    from networks.page import measured_part
    from networks.targets import lines

    body = {"bars": 4, "notes_per_bar": 9.0, "alike": 0.3}
    one = {
        "training_set": {"bars": 9, "notes_per_bar": 10.0, "alike": 0.4},
        "as_learnt": {"bars": 4, "notes_per_bar": 14.0, "alike": 0.1},
        "nearest": {"temperature": 0.9, "top_p": 0.95, **body},
        "tried": [],
        "in_key": 1.0,
    }
    found = lines({"likeness": {"drums_rnn": one, "melody_rnn": {"missing": "no training set"}}})
    assert [(line.figure, line.met) for line in found] == [
        ("-10% at temperature=0.9, top_p=0.95", True),
        ("-25% at temperature=0.9, top_p=0.95", False),
        ("100.0000%", True),
    ]
    text = measured_part(_figures(tmp_path, parts={"likeness": {"drums_rnn": one}}))
    assert "| **drums_rnn** | what it learnt from | 10.00 | 0.400 | 100.00% |" in text
    assert "|  | it, at temperature=0.9, top_p=0.95 | 9.00 | 0.300 |  |" in text


def test_a_training_set_turned_back_into_notes_is_the_music_it_was(tmp_path):
    from networks import likeness

    tune = [60, -2, -2, -2, 62, -2, 64, -2, -1, -2, -2, -2, 65, -2, -2, -2]
    family = FAMILIES["melody_rnn_basic"]
    reader = load_model(find("melody_rnn").loader, {"config": "basic_rnn"})
    heard, classes = reader.encoding.begin(), []
    for event in tune * 3:
        classes.append(reader.encoding.class_of(heard, event))
        heard = reader.encoding.then(heard, event)
    rows = np.array([[-1, index] for index in classes], np.int16)
    folder = tmp_path / "melody_rnn_basic"
    folder.mkdir()
    assert family.columns == 2
    Pieces.of([Piece(0, 0, rows)]).save(folder / "corpus.safetensors")
    measured = likeness.measure(find("melody_rnn"), tmp_path, 1)
    assert measured["training_set"] == {"bars": 3, "notes_per_bar": 4.0, "alike": 1.0}
    assert measured["in_key"] == 1.0
    assert len(measured["tried"]) == len(likeness.DRAWS)
    assert measured["nearest"]["bars"] == 32
    assert "livecoder train" in likeness.measure(find("drums_rnn"), tmp_path, 1)["missing"]


def _figures(tmp_path, **changes):
    path = tmp_path / "figures.json"
    found = {
        "machine": "a machine",
        "python": "3.11",
        "versions": {"torch": "2"},
        "quick": False,
        "measured": {"alone": "2026-11-26"},
        "parts": {"alone": {"melody_rnn": ALONE}, "together": _together(late_bars=2)},
    }
    path.write_text(json.dumps(found | changes))
    return path


def test_the_page_holds_what_the_cards_and_figures_say():
    from networks.page import BEGIN, END, measured_part

    text = (DOCS / "models.md").read_text(encoding="utf-8")
    kept = text.partition(f"{BEGIN}\n")[2].partition(END)[0]
    made = measured_part(DOCS / "models" / "figures.json")
    assert kept == made, "livecoder bench models --page writes it anew"
    for name in weights.names():
        assert weights.card(name)["title"] in kept


def test_every_network_of_the_page_has_its_script_and_those_with_weights_a_picture():
    from networks.page import script_of

    for spec in MODELS.values():
        script = (DOCS / "models" / f"{spec.name}.py").read_text(encoding="utf-8")
        assert script == script_of(spec), "livecoder bench models --pictures writes it anew"
        (block,) = parse(script, spec.name).blocks
        assert f"{spec.name}(" in block.source
        if spec.name in weights.names():
            picture = (DOCS / "models" / f"{spec.name}.svg").read_text(encoding="utf-8")
            assert picture.startswith("<svg")
            assert picture.count("<rect") > 20
            assert len(picture) < 100_000


def test_a_network_without_weights_is_not_trained_yet(monkeypatch, tmp_path):
    from networks import page

    monkeypatch.setattr(page.weights, "names", lambda: ("melody_rnn",))
    text = page.measured_part(tmp_path / "figures.json")
    assert text.count("Not trained yet: `livecoder train ") == len(MODELS) - 1
    assert "Not trained yet: `livecoder train melody_rnn`" not in text
    assert "Not measured yet" in text


def test_figures_of_a_whole_run_are_on_the_page_and_those_of_a_trial_are_not(tmp_path):
    from networks.page import measured_part

    text = measured_part(_figures(tmp_path))
    assert "| melody_rnn | 400.0 | 30.0 | 60.0 | 80.0 |  |  |" in text
    assert "| late bars, six streams, audio playing | 2: 6 streams" in text
    assert "| **no** |" in text
    assert "Not measured yet" not in text
    assert "Not measured yet" in measured_part(_figures(tmp_path, quick=True))
    (tmp_path / "figures.json").write_text("{")
    assert "Not measured yet" in measured_part(tmp_path / "figures.json")


def test_the_page_tells_what_a_bare_loop_and_the_host_did_meanwhile(tmp_path):
    from networks.page import measured_part

    plain = measured_part(_figures(tmp_path))
    assert "bare loop" not in plain
    alone = MIDI | {"floors": [FLOOR, {}], "stolen_percent": [0.1, 0.25]}
    parts = {"together": _together(floor=FLOOR, stolen_percent=0.5, without_networks=alone)}
    told = measured_part(_figures(tmp_path, parts=parts))
    assert told.count("| (a bare loop beside it) | 8 | 0.0131 | 0.0003 | 0.0183 | 0.1957 |") == 2
    assert "took 0.5 % of the time" in told
    assert "without networks 0.1 and 0.25 %" in told


def test_a_page_without_a_place_for_it_is_left_alone(tmp_path):
    from networks.page import BEGIN, END, renew

    page = tmp_path / "models.md"
    page.write_text("# Networks\n")
    with pytest.raises(SessionFileError, match="no place for the figures"):
        renew(page, tmp_path / "none.json")
    assert page.read_text() == "# Networks\n"
    page.write_text(f"# Networks\n\n{BEGIN}\nWritten long ago\n{END}\n\nthe end\n")
    renew(page, tmp_path / "none.json")
    assert page.read_text().startswith("# Networks\n")
    assert page.read_text().endswith(f"{END}\n\nthe end\n")
    assert "long ago" not in page.read_text()
    assert "## Each network" in page.read_text()


def test_figures_of_other_parts_are_kept_where_the_machine_is_the_same(tmp_path):
    import models

    def measured(machine, **parts):
        about = {"machine": machine, "python": "3.11", "versions": {}, "quick": False}
        return {**about, "parts": parts, "measured": dict.fromkeys(parts, "now")}

    def kept():
        return set(json.loads((tmp_path / "figures.json").read_text())["parts"])

    models._keep(measured("here", alone={"melody_rnn": ALONE}), tmp_path)
    models._keep(measured("here", together=_together()), tmp_path)
    assert kept() == {"alone", "together"}
    models._keep(measured("there", beside={}), tmp_path)
    assert kept() == {"beside"}


def _run(*words):
    command = [sys.executable, str(BENCHMARKS / "models.py"), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_last_line_is_one_json_object_with_the_figures():
    run = _run("--quick", "--only", "alone", "--models", "melody_rnn")
    assert run.returncode == 0, run.stderr
    *table, last = run.stdout.splitlines()
    figures = json.loads(last)
    alone = figures["parts"]["alone"]["melody_rnn"]
    assert alone["events_per_bar"] == 16.0
    assert alone["threads"] == 1
    assert 0 < alone["state_bytes"] <= 256 * 1024
    assert alone["bar_ms_p50"] <= alone["bar_ms_p99"] <= alone["bar_ms_max"]
    assert figures["quick"]
    assert len(table) == len(figures["targets"]) == 1


@pytest.mark.timeout(300)
def test_a_new_take_is_heard_in_a_real_session():
    run = _run("--quick", "--only", "take", "--models", "melody_rnn", "--json")
    assert run.returncode == 0, run.stderr
    take = json.loads(run.stdout)["parts"]["take"]["melody_rnn"]
    assert take["asked"] == 1
    # Not before the bar line that comes 200 ms after it was asked for.
    assert take["first_note_ms_p50"] >= 190
    assert take["worker_mb"] > 10


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--models", "melody"), "no network is called 'melody'"),
        (("--minutes", "0"), "try --minutes 10"),
        (("--only", "everything"), "alone"),
    ],
)
def test_what_cannot_be_measured_is_refused(words, said, capsys):
    import models

    with pytest.raises(SystemExit) as refused:
        models.main(words)
    assert refused.value.code == 2
    assert said in capsys.readouterr().err


def test_what_is_asked_of_a_network_is_what_it_heeds():
    from networks.alone import request_of

    assert request_of(find("improv_rnn"), 0).chords[-1][0] == FOUR
    assert request_of(find("melody_rnn"), 0).lowest == find("melody_rnn").lowest
    assert request_of(find("performance_rnn"), 0).chords == ()
