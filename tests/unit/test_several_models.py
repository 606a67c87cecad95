"""Several networks at once: two workers, and a slow network delays no quick one."""

from __future__ import annotations

import threading
from multiprocessing.connection import Pipe

import pytest

from livecoder.core.errors import ModelFileError
from livecoder.core.protocols import BarRequest
from livecoder.core.rational import Rational
from livecoder.models.ahead import Composer, Task
from livecoder.models.wire import Compose, Composed, Load, Ready, Refused
from livecoder.models.worker import serve
from tests.fakes.walk import Walk
from tests.fakes.workers import ThreadWorkers

BEATS = Rational(4)
WALK = "tests.fakes.walk:load"
SIX = ("one", "two", "three", "four", "slow", "slower")


def task(key: str, model: str, parent: str | None = None, seed: int = 1) -> Task:
    return Task(key, model, BarRequest(bar=0, seed=seed, beats=BEATS), parent)


@pytest.fixture
def composing():
    made = []

    def make(permits=-1, **kwargs):
        workers = ThreadWorkers(permits)
        loaders = dict.fromkeys(SIX, WALK)
        slow = ("slow", "slower")
        made.append(Composer(loaders=loaders, slow=slow, launch=workers, **kwargs))
        return workers, made[-1]

    yield make
    for composer in made:
        composer.close()


def test_six_streams_share_two_workers_and_sound_as_each_alone(composing):
    def bars(names, **kwargs):
        workers, composer = composing(**kwargs)
        for number in range(4):
            for name in names:
                parent = f"{name} {number - 1}" if number else None
                composer.request(task(f"{name} {number}", name, parent, seed=number), number)
        heard = {}
        for name in names:
            assert composer.wait(f"{name} 3", 20)
            heard[name] = [composer.result(f"{name} {n}").notes for n in range(4)]
        return heard, len(workers.started)

    together, started = bars(SIX)
    assert started == 2
    assert bars(SIX, workers=1) == (together, 1)
    for name in SIX:
        assert bars([name]) == ({name: together[name]}, 1)


def test_a_slow_network_in_the_middle_of_a_bar_holds_up_no_quick_one(composing):
    workers, composer = composing(permits=0)
    composer.request(task("long", "slow"), 1)
    composer.request(task("short", "one"), 2)
    workers.settle(composer)  # both are in the middle of their bars
    assert all(worker.held for worker in workers.started)
    workers.only = composer._homes["one"].name
    with workers.changed:
        workers.permits = -1
        workers.changed.notify_all()
    assert composer.wait("short", 20)
    for number in range(5):
        composer.request(task(f"more {number}", "two"), number)
        assert composer.wait(f"more {number}", 20)
    assert not composer.ready("long")


def test_the_longest_bar_of_each_network_is_told(composing):
    _, composer = composing()
    composer.request(task("a", "one"), 1)
    assert composer.wait("a", 20)
    assert composer.figures().longest.keys() == {"one"}
    assert composer.figures().longest["one"] > 0


def test_a_network_that_is_loading_holds_up_none_that_is_loaded():
    ours, theirs = Pipe()
    go_on = threading.Event()

    def load(order: Load) -> Walk:
        if order.model == "broken":
            message = "cut short"
            raise ModelFileError(message)
        assert order.model == "quick" or go_on.wait(20)
        return Walk()

    serving = threading.Thread(target=serve, args=(theirs, load), daemon=True)
    serving.start()

    def compose(key, model):
        request = BarRequest(bar=0, seed=1, beats=BEATS)
        ours.send(Compose(key, request, None, (), BEATS, 1.0, model))

    for model in ("quick", "broken", "held"):
        compose(f"bar of {model}", model)
        ours.send(Load(model, WALK))
    first = [ours.recv() for _ in range(3)]
    assert {type(reply) for reply in first} == {Ready, Composed, Refused}
    assert Refused("broken", "cut short") in first
    compose("another", "quick")
    assert ours.recv().key == "another"
    go_on.set()
    assert [ours.recv()[0] for _ in range(2)] == ["held", "bar of held"]
    ours.close()
    serving.join(20)
    assert not serving.is_alive()


def test_a_worker_that_dies_takes_only_its_own_networks_along(composing):
    workers, composer = composing(permits=0)
    composer.request(task("long", "slow"), 1)
    composer.request(task("short", "one"), 2)
    workers.settle(composer)
    by_name = {worker.name: worker for worker in workers.started}
    by_name[composer._homes["slow"].name].kill()
    workers.permit(9, composer)
    assert composer.result("long").notes
    assert composer.result("short").notes
    assert composer.figures().restarts == 1
    assert len(workers.started) == 3
