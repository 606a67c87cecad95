"""The heap of a session is tidied while it plays, and no longer."""

from __future__ import annotations

import threading
import time

from livecoder.session.heap import Heap


def test_it_tidies_until_it_is_closed():
    heap = Heap(every=0.001)
    deadline = time.monotonic() + 20
    while heap.tidied < 3:
        assert time.monotonic() < deadline
        time.sleep(0.001)
    heap.close()
    (thread,) = [thread for thread in threading.enumerate() if thread.name == "heap"] or [None]
    if thread is not None:
        thread.join(20)
    done = heap.tidied
    time.sleep(0.01)
    assert heap.tidied == done
