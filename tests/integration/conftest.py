"""Real JACK servers for the tests that ask for one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.integration.rig import Rig, a_rig
from tests.integration.server import JackServer

_REQUIRED = os.environ.get("LIVECODER_REQUIRE_JACK") == "1"


@contextmanager
def _running(log: Path, *, synchronous: bool) -> Iterator[JackServer]:
    if shutil.which("jackd") is None:
        message = "there is no jackd; as root: apt-get install jackd2"
        if _REQUIRED:
            pytest.fail(message)
        pytest.skip(message)
    server = JackServer(log=log, synchronous=synchronous)
    before = os.environ.get("JACK_DEFAULT_SERVER")
    os.environ["JACK_DEFAULT_SERVER"] = server.name
    try:
        server.start()
        yield server
    finally:
        server.release()
        if before is None:
            del os.environ["JACK_DEFAULT_SERVER"]
        else:
            os.environ["JACK_DEFAULT_SERVER"] = before


@pytest.fixture
def jack(tmp_path: Path) -> Iterator[JackServer]:
    """A dummy server of this test's own, which waits for every client in every cycle.

    A recorder misses nothing, however late it is. But a client that is killed stops such a server
    for five seconds: see `jack_asynchronous`. Without `jackd` the test is skipped; with
    LIVECODER_REQUIRE_JACK=1 it fails.
    """
    with _running(tmp_path / "jackd.log", synchronous=True) as server:
        yield server


@pytest.fixture
def jack_server(jack: JackServer) -> str:
    """Name of a dummy server (48 kHz, periods of 256), made this process's default."""
    return jack.name


@pytest.fixture
def jack_asynchronous(tmp_path: Path) -> Iterator[JackServer]:
    """A dummy server as a performer has it, which waits for nobody: for tests that kill clients."""
    with _running(tmp_path / "jackd.log", synchronous=False) as server:
        yield server


@pytest.fixture
def rig(jack_server: str) -> Iterator[Rig]:
    """Outputs of this test's own, on a dummy server of its own."""
    assert jack_server
    with a_rig() as made:
        yield made
