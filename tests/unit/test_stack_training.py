"""Training a stack on music made up here: it learns, stops, goes on; what it writes is used."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from livecoder.core.errors import ModelFileError
from livecoder.models.lstm.network import StackNetwork
from livecoder.models.lstm.shape import StackShape
from livecoder.training import stacks
from livecoder.training.counts import counted
from livecoder.training.families import FAMILIES, basic
from livecoder.training.family import Plan
from livecoder.training.lanes import PAST, Dealer, whole
from livecoder.training.learning import Places
from livecoder.training.pieces import Piece, Pieces
from livecoder.training.trainer import Trainer, held_out

PLAN = Plan(steps=6, lanes=6, chunk=16, rate=1e-2, dropout=0.1, seed=3, halved=False)
FAMILY = replace(basic.FAMILY, shape=StackShape(38, (16,), 38))


def _tune(number):
    """Return the classes of a tune that climbs by thirds from one of a few notes, and again."""
    start = 14 + number % 9
    bar = [start, 0, 0, 0, start + 4, 0, 0, 0, start + 7, 0, 0, 1, start + 4, 0, 0, 0]
    return np.array(bar * 5 + [1])


def _piece(number):
    classes = _tune(number)
    rows = np.column_stack([np.concatenate([[-1], classes[:-1]]), classes]).astype(np.int16)
    return Piece(number % 3, (0, 0, 0, 1, 2)[number % 5], rows, -3, 3)


@pytest.fixture(scope="module")
def pieces():
    return Pieces.of(map(_piece, range(30)))


@pytest.fixture(autouse=True)
def _one_thread():
    torch.set_num_threads(1)


class Silent:
    """A listener that keeps what it was told."""

    def __init__(self, stop_at=None):
        self.told = []
        self.stop_at = stop_at

    def reading(self, source, pieces):
        self.told.append((source, pieces))

    def learning(self, progress):
        if progress.step == self.stop_at:
            raise KeyboardInterrupt

    def checked(self, nats):
        self.told.append(nats)

    def judging(self, what):
        self.told.append(what)


def _losses(trainer, count=None):
    losses = []
    for progress in trainer:
        losses.append(progress.loss)
        if len(losses) == count:
            break
    return losses


def test_the_loop_learns(pieces):
    trainer = Trainer(FAMILY, pieces, replace(PLAN, steps=300, lanes=4, chunk=32, rate=3e-2))
    before = held_out(trainer.mean, FAMILY, pieces, "test")
    losses = _losses(trainer)
    after = held_out(trainer.network, FAMILY, pieces, "test")
    assert sum(losses[-5:]) < 0.7 * sum(losses[:5])
    assert after.nats < 0.7 * before.nats
    assert set(after.by_source) == {"openewld", "pop909", "folk"}


def test_a_resumed_run_has_the_loss_curve_of_one_that_never_stopped(pieces, tmp_path):
    through = _losses(Trainer(FAMILY, pieces, PLAN))
    first = Trainer(FAMILY, pieces, PLAN)
    losses = _losses(first, 3)
    path = tmp_path / "checkpoint.safetensors"
    first.save(path)
    second = Trainer(FAMILY, pieces, PLAN)
    second.resume(path)
    assert second.standing.step == 3
    losses += _losses(second)
    assert losses == through


def test_a_checkpoint_of_another_plan_or_cut_short_is_refused(pieces, tmp_path):
    path = tmp_path / "checkpoint.safetensors"
    Trainer(FAMILY, pieces, PLAN).save(path)
    with pytest.raises(ModelFileError, match="--fresh"):
        Trainer(FAMILY, pieces, replace(PLAN, lanes=4)).resume(path)
    whole_file = path.read_bytes()
    path.write_bytes(whole_file[:-1])
    with pytest.raises(ModelFileError, match="--fresh"):
        Trainer(FAMILY, pieces, PLAN).resume(path)
    path.write_bytes(whole_file.replace(b'"history":', b'"mystery":'))
    with pytest.raises(ModelFileError, match="--fresh"):
        Trainer(FAMILY, pieces, PLAN).resume(path)


def test_a_corpus_comes_back_as_it_was_and_a_cut_one_is_refused(pieces, tmp_path):
    path = tmp_path / "corpus.safetensors"
    pieces.save(path)
    loaded = Pieces.load(path, FAMILY.columns)
    assert (loaded.rows == pieces.rows).all()
    assert (loaded.begins == pieces.begins).all()
    with pytest.raises(ModelFileError, match="built again"):
        Pieces.load(path, FAMILY.columns + 1)
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(ModelFileError, match="built again"):
        Pieces.load(path, FAMILY.columns)


def test_each_lane_deals_whole_pieces_in_every_key(pieces):
    dealer = Dealer(FAMILY, pieces, lanes=3, steps=16, seed=1)
    heard = {}  # lane: number of the piece, its classes so far; not the first, begun in its middle
    ups = set()
    for turn in range(200):
        batch = dealer.batch()
        for lane in range(3):
            if batch.going_on[lane] == 0:
                if lane in heard:
                    ups.add(_moved_by(pieces, *heard[lane]))
                if turn:
                    heard[lane] = (int(batch.numbers[lane]), [])
            if lane in heard:
                heard[lane][1].extend(batch.classes[:, lane].tolist())
    assert ups == set(range(-3, 4))
    assert dealer.epochs > 5


def _moved_by(pieces, number, classes):
    """Return the semitones a piece was moved by, all of it alike."""
    classes = np.array([index for index in classes if index != PAST])
    written = _tune_of(pieces, number)
    notes = written >= 2
    (up,) = set((classes - written)[notes].tolist())
    assert (classes[~notes] == written[~notes]).all()
    return up


def _tune_of(pieces, number):
    return pieces.piece(number)[:, -1].astype(int)


def test_held_out_pieces_are_dealt_once_and_as_written(pieces):
    numbers = []
    for batch in whole(FAMILY, pieces, "test", lanes=4):
        for lane, number in enumerate(batch.numbers.tolist()):
            classes = batch.classes[:, lane]
            assert (classes[classes != PAST] == _tune_of(pieces, number)).all()
            numbers.append(number)
    assert sorted(numbers) == pieces.of_split("test").tolist()


def test_an_n_gram_s_chances_are_chances_and_it_learns_what_follows(pieces):
    model = counted(FAMILY, pieces)
    assert sum(model.shares) == pytest.approx(1)
    assert 0 < model.nats(FAMILY, pieces, "test") < 1.2
    chances = model._chances(FAMILY, pieces, "test")
    assert ((chances >= 0) & (chances <= 1)).all()


def test_the_n_gram_counts_as_one_would_by_hand():
    def piece(classes, split):
        classes = np.array(classes)
        rows = np.column_stack([np.concatenate([[-1], classes[:-1]]), classes]).astype(np.int16)
        return Piece(0, split, rows)

    small = Pieces.of([piece([5, 6, 5, 7], 0), piece([5, 6], 1), piece([5, 6], 2)])
    model = counted(FAMILY, small, longest=1)
    chances = model._chances(FAMILY, small, "test")
    # Even chances; how often of all; after what went before: the beginning, then a 5.
    assert chances.tolist() == [[1 / 38, 2 / 4, 1.0], [1 / 38, 1 / 4, 1 / 2]]


def test_a_run_that_is_stopped_goes_on_and_what_it_writes_can_be_read(tmp_path):
    def read(data, told):
        assert data == tmp_path
        told("tunes", 1)
        return map(_piece, range(30))

    family = replace(FAMILY, read=read)
    places = Places(tmp_path, tmp_path, tmp_path / "out" / "weights.safetensors")
    with pytest.raises(KeyboardInterrupt):
        stacks.train(family, places, PLAN, Silent(stop_at=4), fresh=False)
    assert not places.out.exists()
    listener = Silent()
    stacks.train(family, places, PLAN, listener, fresh=False, verdict="It climbs.")
    assert ("tunes", 1) not in listener.told  # the corpus was kept
    from livecoder.models.loading import load_model

    model = load_model("melody_rnn", places.out, "basic_rnn")
    assert model.logits([60, -2]).shape == (2, 38)
    card = json.loads(places.out.with_suffix(".json").read_text())
    assert card["training"]["optimiser_steps"] == 6
    events = card["nats_per_step"]["events"]
    assert events["network"] < events["same_network_untrained"]
    assert events["trigram"] > 0
    text = places.out.with_suffix(".md").read_text()
    assert "It climbs." in text
    assert all(source["name"] in text for source in card["data"])


def test_every_family_fits_in_what_is_shipped():
    sizes = [family.shape.parameters * 2 for family in FAMILIES.values()]
    assert max(sizes) <= 8e6
    assert sum(sizes) <= 30e6  # the attention MelodyRNN and the Music Transformer come on top
    for family in FAMILIES.values():
        StackNetwork(family.shape)
