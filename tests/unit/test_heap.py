"""The heap of a session is tidied while it plays, and no longer."""

from __future__ import annotations

import gc
import time
import weakref

from livecoder.session.heap import Heap


class Typed:
    """What goes round in a circle."""

    def __init__(self) -> None:
        self.itself = self


def test_what_goes_round_in_circles_is_found():
    gc.disable()  # Python's own search
    heap = Heap(every=0.001)
    try:
        forgotten = weakref.ref(Typed())
        deadline = time.monotonic() + 20
        while forgotten() is not None:
            assert time.monotonic() < deadline
            time.sleep(0.001)
    finally:
        heap.close()
        heap.join()
        gc.enable()


def test_it_tidies_until_it_is_closed():
    heap = Heap(every=0.001)
    deadline = time.monotonic() + 20
    while heap.tidied < 3:
        assert time.monotonic() < deadline
        time.sleep(0.001)
    heap.close()
    heap.join()
    done = heap.tidied
    time.sleep(0.01)
    assert heap.tidied == done
