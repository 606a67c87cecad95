"""The heap of a session is tidied while it plays, and no longer."""

from __future__ import annotations

import platform
import time

import pytest

from livecoder.session.heap import Heap


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")
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
