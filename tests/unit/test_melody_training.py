"""Training on tunes made up here: the loop learns, stops, goes on, and what it writes is usable."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from livecoder.core.errors import ModelFileError
from livecoder.models.encodings.key_melody import HIGHEST, LOWEST, Heard, event_of, input_of
from livecoder.models.lstm.attention import attend
from livecoder.models.melody_rnn.model import load
from livecoder.models.melody_rnn.network import MelodyNetwork, Memory
from livecoder.training import corpus as corpora
from livecoder.training import run
from livecoder.training.batches import PAST, Dealer, whole
from livecoder.training.corpus import Stretch, build
from livecoder.training.figures import held_out
from livecoder.training.learning import Places
from livecoder.training.listening import phrases_known, share_known
from livecoder.training.melody_rnn import Plan, Trainer
from livecoder.training.ngram import Trigram
from livecoder.training.run import judge

PLAN = Plan(steps=6, lanes=8, chunk=16, rate=1e-2, dropout=0.1, seed=3, halved=False)


def _tune(number):
    """Return a tune that climbs by thirds from one of a few notes, a quarter each, and again."""
    start = 48 + number % 9
    bar = [start, -2, -2, -2, start + 4, -2, -2, -2, start + 7, -2, -2, -1, start + 4, -2, -2, -2]
    return bar * 5 + [-1]


@pytest.fixture(scope="module")
def corpus():
    return build(Stretch(n % 3, (0, 0, 0, 1, 2)[n % 5], _tune(n)) for n in range(30))


@pytest.fixture(autouse=True)
def _one_thread():
    torch.set_num_threads(1)


def _losses(trainer, count=None):
    losses = []
    for progress in trainer:
        losses.append(progress.loss)
        if len(losses) == count:
            break
    return losses


def test_the_loop_learns(corpus):
    trainer = Trainer(corpus, replace(PLAN, steps=60, chunk=32))
    before = held_out(trainer.mean, corpus, "test")
    losses = _losses(trainer)
    after = held_out(trainer.network, corpus, "test")
    assert sum(losses[-5:]) < 0.5 * sum(losses[:5])
    assert after.classes < 0.6 * before.classes
    assert after.events <= after.classes


def test_a_resumed_run_has_the_loss_curve_of_one_that_never_stopped(corpus, tmp_path):
    through = _losses(Trainer(corpus, PLAN))
    first = Trainer(corpus, PLAN)
    losses = _losses(first, 3)
    path = tmp_path / "checkpoint.safetensors"
    first.save(path)
    second = Trainer(corpus, PLAN)
    second.resume(path)
    assert second.standing.step == 3
    losses += _losses(second)
    assert losses == through


def test_a_checkpoint_of_another_plan_or_cut_short_is_refused(corpus, tmp_path):
    path = tmp_path / "checkpoint.safetensors"
    Trainer(corpus, PLAN).save(path)
    with pytest.raises(ModelFileError, match="--fresh"):
        Trainer(corpus, replace(PLAN, lanes=4)).resume(path)
    whole_file = path.read_bytes()
    path.write_bytes(whole_file[:-1])
    with pytest.raises(ModelFileError, match="--fresh"):
        Trainer(corpus, PLAN).resume(path)
    path.write_bytes(whole_file.replace(b'"history":', b'"mystery":'))
    with pytest.raises(ModelFileError, match="--fresh"):
        Trainer(corpus, PLAN).resume(path)


def test_a_run_resumed_with_another_plan_says_so(corpus, tmp_path):
    path = tmp_path / "checkpoint.safetensors"
    first = Trainer(corpus, PLAN)
    _losses(first, 2)
    first.save(path)
    same = Trainer(corpus, PLAN)
    same.resume(path)
    assert same.plans == first.plans
    second = Trainer(corpus, replace(PLAN, dropout=0.0))
    second.resume(path)
    assert [(plan["from_step"], plan["dropout"]) for plan in second.plans] == [(0, 0.1), (2, 0.0)]


def test_chunks_with_memory_between_equal_the_whole(corpus):
    torch.manual_seed(0)
    network = MelodyNetwork().eval()
    inputs = torch.from_numpy(next(whole(corpus, "test")).inputs)
    lanes = inputs.shape[1]
    with torch.inference_mode():
        together, _ = network(inputs, Memory.silent(lanes))
        memory, parts = Memory.silent(lanes), []
        for first in range(0, len(inputs), 13):
            part, memory = network(inputs[first : first + 13], memory)
            parts.append(part)
    assert float((torch.cat(parts) - together).abs().max()) < 1e-5


def _attended_plainly(gates_x, weights, memory, mask):
    """Return what `attend` writes, as its docstring has it, for autograd to go back through."""
    recurrent, query_w, query_b, key_w, score, write_w, write_b = weights
    hidden, cell, attended, outputs = memory
    past, length, written = list(outputs), len(outputs), []
    for gates_in, shown in zip(gates_x, mask, strict=True):
        gates = gates_in + torch.cat([hidden, attended], 1) @ recurrent
        enter, forget, candidate, leave = gates.chunk(4, 1)
        cell = cell * forget.sigmoid() + enter.sigmoid() * candidate.tanh()
        hidden = leave.sigmoid() * cell.tanh()
        query = torch.cat([cell, hidden], 1) @ query_w.T + query_b
        window = torch.stack(past[-length:])
        shares = torch.softmax(torch.tanh(window @ key_w.T + query) @ score, 0)
        attended = (shares[..., None] * window).sum(0)
        past.append(torch.cat([hidden * shown, attended], 1) @ write_w.T + write_b)
        written.append(past[-1])
    return torch.stack(written)


def test_the_gradient_of_the_attention_layer_is_autograd_s():
    units, steps, melodies, length = 6, 9, 3, 4
    torch.manual_seed(2)

    def some(*shape):
        return torch.randn(*shape, dtype=torch.float64)

    shapes = [(2, 4), (1, 2), (1,), (1, 1), (1,), (1, 2), (1,)]
    weights = [some(*(units * axis for axis in shape)).requires_grad_() for shape in shapes]
    memory = [some(melodies, units) for _ in range(3)] + [some(length, melodies, units)]
    gates_x = some(steps, melodies, 4 * units).float().double().requires_grad_()
    mask, toward = some(steps, melodies, units), some(steps, melodies, units)
    wanted = torch.autograd.grad(
        (_attended_plainly(gates_x, weights, memory, mask) * toward).sum(), [gates_x, *weights]
    )
    small = [part.detach().float().requires_grad_() for part in (gates_x, *weights)]
    written, *after = attend(
        small[0], tuple(small[1:]), tuple(part.float() for part in memory), mask.float()
    )
    got = torch.autograd.grad((written * toward.float()).sum(), small)
    for one, other in zip(got, wanted, strict=True):
        assert float((one - other).norm() / other.norm()) < 1e-5
    with torch.no_grad():
        again, *later = attend(
            small[0], tuple(small[1:]), tuple(part.float() for part in memory), mask.float()
        )
    assert torch.equal(again, written)
    assert all(torch.equal(a, b) for a, b in zip(after, later, strict=True))


def test_each_lane_deals_whole_tunes_in_every_key_and_from_a_beginning(corpus):
    dealer = Dealer(corpus, lanes=3, steps=16, seed=1)
    firsts = set()
    for _ in range(240):
        batch = dealer.batch()
        for lane in np.flatnonzero(batch.going_on == 0):
            assert batch.inputs[0, lane, 37] == 1  # silence: nothing has been heard
            firsts.add(int(batch.classes[0, lane]))
        assert set(np.unique(batch.classes)) <= {PAST, *range(40)}
    assert dealer.epochs > 5
    assert len({first % 12 for first in firsts}) == 12


def test_event_nats_add_up_every_class_that_stands_for_the_event(corpus):
    torch.manual_seed(1)
    network = MelodyNetwork().eval()
    total, steps = 0.0, 0
    for number in corpus.of_split("test").tolist():
        rows = corpus.rows[corpus.begins[number] : corpus.begins[number + 1]]
        up = int(corpus.room[number]) // 2
        heard, memory = Heard(), Memory.silent(1)
        for written in rows[:, 8].tolist():
            event = written if written < 0 else written + up
            row = torch.zeros(1, 1, 74)
            for index, value in input_of(heard).items():
                row[0, 0, index] = value
            with torch.inference_mode():
                logits, memory = network(row, memory)
            chances = torch.softmax(logits[0, 0], 0).tolist()
            total -= np.log(sum(chances[i] for i in range(40) if event_of(heard, i) == event))
            steps += 1
            heard = heard.then(event)
    scored = held_out(network, corpus, "test")
    assert scored.steps == steps
    assert scored.events == pytest.approx(total / steps, rel=1e-4)


def test_a_trigram_s_chances_are_chances_and_it_learns_what_follows(corpus):
    for events in (True, False):
        trigram = Trigram.counted(corpus, events=events)
        assert sum(trigram.weights) == pytest.approx(1)
        assert 0 < trigram.nats(corpus, "test") < 1.5


def test_a_corpus_comes_back_as_it_was_and_a_cut_one_is_refused(corpus, tmp_path):
    path = tmp_path / "corpus.safetensors"
    corpora.save(corpus, path)
    loaded = corpora.load(path)
    assert (loaded.rows == corpus.rows).all()
    assert (loaded.begins == corpus.begins).all()
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(ModelFileError, match="built again"):
        corpora.load(path)


def test_what_a_run_writes_can_be_loaded_and_its_card_read(corpus, tmp_path, monkeypatch):
    monkeypatch.setattr(run, "_IMPROVISED", 4)  # the card's forty take a minute

    class Silent:
        def judging(self, what):
            assert what

    trainer = Trainer(corpus, PLAN)
    _losses(trainer)
    places = Places(tmp_path, tmp_path, tmp_path / "out" / "weights.safetensors")
    long = build(
        [Stretch(n % 3, n % 3, [e if e < 0 else e + n % 5 for e in _tune(n) * 4]) for n in range(9)]
    )
    trainer.corpus = long
    judge(places, trainer, 3.7, Silent(), verdict="It climbs.")
    load(places.out)
    card = json.loads(places.out.with_suffix(".json").read_text())
    assert card["training"]["optimiser_steps"] == 6
    assert card["nats_per_step"]["events"]["trigram"] > 0
    text = places.out.with_suffix(".md").read_text()
    assert "It climbs." in text
    assert all(source["name"] in text for source in card["data"])


def test_every_transposition_stays_in_the_encoding(corpus):
    for split in corpora.SPLITS:
        for batch in whole(corpus, split):
            assert (batch.inputs[..., :36].sum(-1) == batch.inputs[..., 36]).all()
    assert HIGHEST - LOWEST == 35


def test_a_phrase_is_known_in_any_key_and_a_changed_one_is_not(corpus):
    known = phrases_known(corpus)
    bar = ((0, 4, 70), (4, 4, 74), (8, 3, 77), (12, 4, 74))
    changed = ((0, 4, 70), (4, 4, 74), (8, 3, 78), (12, 4, 74))
    assert share_known([[bar, bar]], known) == 1
    assert share_known([[bar, changed]], known) == 0
    assert share_known([[bar, bar, changed]], known) == 0.5
    assert share_known([[bar, ()]], known) == 0  # four notes tell nothing
