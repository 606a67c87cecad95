"""The composer and its worker's queue."""

from __future__ import annotations

import pytest

from livecoder.core.errors import DeviceError, ModelFileError, UnknownNameError
from livecoder.core.protocols import BarRequest
from livecoder.core.rational import Rational
from livecoder.models import registry
from livecoder.models.ahead import Composer, Task
from livecoder.models.wire import Compose, Hasten, Withdraw, load_model
from livecoder.models.worker import Queue
from tests.fakes.workers import ThreadWorkers

BEATS = Rational(4)


def task(key: str, parent: str | None = None, *, model: str = "walk", seed: int = 1) -> Task:
    return Task(key, model, BarRequest(bar=0, seed=seed, beats=BEATS), parent)


def order(key: str, deadline: float) -> Compose:
    request = BarRequest(bar=0, seed=0, beats=BEATS)
    return Compose(key, request, None, (), BEATS, deadline, "walk")


@pytest.fixture
def composing():
    made = []

    def make(permits=-1, **kwargs):
        workers = ThreadWorkers(permits)
        loaders = {
            "walk": "tests.fakes.walk:load",
            "broken": "tests.fakes.walk:load_broken",
            "faulty": "tests.unit.test_composer:load_faulty",
        }
        made.append(Composer(loaders=loaders, launch=workers, **kwargs))
        return workers, made[-1]

    yield make
    for composer in made:
        composer.close()


class Faulty:
    def initial(self, primer, *, beats):
        return 0

    def compose(self, state, request):
        if request.seed == 13:
            message = "thirteen"
            raise ValueError(message)
        return (), state

    def freeze(self, state):
        return b"0"

    def thaw(self, data):
        return 0


def load_faulty():
    return Faulty()


def test_the_queue_gives_what_plays_soonest():
    queue = Queue()
    queue.admit("walk")
    for key, deadline in (("late", 9), ("soon", 2), ("now", 1), ("gone", 0), ("moved", 8)):
        queue.put(order(key, deadline))
    queue.put(Withdraw("gone"))
    queue.put(Hasten("moved", 1.5))
    queue.put(Hasten("gone", 0))
    assert [queue.take().key for _ in range(4)] == ["now", "moved", "soon", "late"]
    queue.close()
    assert queue.take() is None


def test_bars_that_play_sooner_are_composed_first(composing):
    workers, composer = composing(permits=0)
    composer.request(task("first"), 5)
    workers.settle(composer)
    for key, deadline in (("last", 9), ("middle", 7), ("soonest", 6)):
        composer.request(task(key), deadline)
    composer.request(task("last"), 5.5)
    workers.settle(composer)
    done = []
    for _ in range(4):
        workers.permit(1, composer)
        done += [k for k in ("first", "last", "soonest", "middle") if composer.ready(k)][
            len(done) :
        ]
    assert done == ["first", "last", "soonest", "middle"]


def test_a_chain_is_composed_in_its_order_and_the_same_by_several_workers(composing):
    heard = []
    for workers in (1, 2):
        _, composer = composing(workers=workers)
        parent = None
        for number in range(6):
            composer.request(task(str(number), parent, seed=number), 9 - number)
            parent = str(number)
        assert composer.wait("5", 20)
        heard.append([composer.result(str(number)).notes for number in range(6)])
    assert heard[0] == heard[1]


def test_withdrawing_takes_what_goes_on_from_it_along(composing):
    workers, composer = composing(permits=0)
    for key, parent in (("a", None), ("b", "a"), ("c", "b"), ("other", None)):
        composer.request(task(key, parent), 1)
    composer.withdraw(["b"])
    workers.permit(9, composer)
    assert [composer.ready(key) for key in ("a", "b", "c", "other")] == [True, False, False, True]


def test_a_forgotten_bar_is_still_composed_for_the_one_that_goes_on_from_it(composing):
    workers, composer = composing(permits=0)
    composer.request(task("a"), 1)
    composer.request(task("b", "a"), 2)
    composer.forget(["a"])
    workers.permit(9, composer)
    assert not composer.ready("a")
    assert composer.result("b").notes


def test_a_bar_goes_on_after_its_parent_was_thinned_and_its_worker_died(composing):
    workers, composer = composing(permits=0)
    composer.request(task("a"), 1)
    composer.request(task("b", "a"), 2)
    workers.permit(1, composer)
    composer.thin(["a"])
    workers.kill()
    workers.permit(9, composer)
    assert composer.result("b").notes
    assert composer.figures().restarts == 1


def test_a_bar_the_model_fails_at_is_an_error_and_the_others_are_not(composing):
    _, composer = composing()
    composer.request(task("bad", model="faulty", seed=13), 1)
    composer.request(task("after", "bad", model="faulty"), 2)
    composer.request(task("good", model="faulty"), 3)
    for key in ("bad", "after", "good"):
        assert composer.wait(key, 20)
    assert composer.result("good") is not None
    for key in ("bad", "after"):
        with pytest.raises(DeviceError, match="thirteen"):
            composer.result(key)


def test_refused_weights_are_told_once_and_tried_again_when_asked(composing):
    said = []
    workers, composer = composing(on_message=said.append)
    composer.request(task("x", model="broken"), 1)
    assert composer.wait("x", 20)
    with pytest.raises(ModelFileError, match="cut short"):
        composer.result("x")
    assert len(workers.started) == 1
    composer.request(task("still plays"), 1)
    assert composer.wait("still plays", 20)
    assert composer.result("still plays").notes
    composer.warm("broken")
    assert composer.wait("x", 20)  # and is refused again
    while len(said) < 2:
        assert composer.wait("x", 0.05) or True
    assert len(workers.started) == 1
    assert all("broken cannot play" in line for line in said)


def test_a_worker_that_keeps_dying_is_given_time(composing):
    said = []
    workers, composer = composing(permits=0, on_message=said.append)
    composer.request(task("a"), 1)
    for _ in range(5):
        workers.settle(composer)
        workers.kill()
    workers.settle(composer)
    workers.kill()
    while not any("keeps stopping" in line for line in said):
        assert composer.wait("a", 0.05) is False
    assert len(workers.started) == 6
    assert "2 s" in said[-1]


def test_unknown_models_and_loaders():
    with pytest.raises(UnknownNameError, match="melody_rnn"):
        registry.find("melodyrnn")
    with pytest.raises(ModelFileError, match="does not load"):
        load_model("tests.fakes.walk:nothing")
    with pytest.raises(UnknownNameError):
        Composer().warm("nothing")


def test_every_loader_of_the_registry_is_there():
    from importlib.util import find_spec

    for spec in registry.MODELS.values():
        assert find_spec(spec.loader.partition(":")[0]) is not None
