"""A real JACK server for each module that asks for one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest

from tests.integration.server import JackServer

_REQUIRED = os.environ.get("LIVECODER_REQUIRE_JACK") == "1"


@pytest.fixture(scope="module")
def jack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JackServer]:
    """A dummy server of this module's own, which can be stopped and started again.

    Without `jackd` the test is skipped; with LIVECODER_REQUIRE_JACK=1 it fails.
    """
    if shutil.which("jackd") is None:
        message = "there is no jackd; as root: apt-get install jackd2"
        if _REQUIRED:
            pytest.fail(message)
        pytest.skip(message)
    server = JackServer(log=tmp_path_factory.mktemp("jack") / "jackd.log")
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
def jack_server(jack: JackServer) -> str:
    """Name of a dummy server that runs (48 kHz, periods of 256), made this process's default."""
    jack.start()
    return jack.name
