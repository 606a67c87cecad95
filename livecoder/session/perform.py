"""Run blocks that nobody types: from a script, a journal, a piece that is rendered."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

from livecoder.session.evaluate import Leave, compile_block, run_block

__all__ = ["perform_block"]


def perform_block(source: str, namespace: dict[str, Any], name: str) -> Exception | None:
    """Run a block to its end and return the error it ended in, None if it went well.

    >>> names = {}
    >>> perform_block("x = 1", names, "<x.py, line 1>"), names["x"]
    (None, 1)

    Args:
        source: Python, `await` allowed.
        namespace: the globals it runs in; put back if it fails.
        name: what errors call it.
    """
    try:
        code = compile_block(source, name)
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            asyncio.run(run_block(code, namespace))
        else:
            # Inside the prompt's loop (`load`): a loop of its own, in a thread of its own.
            return _elsewhere(source, namespace, name)
    except Leave:
        return None
    except Exception as error:
        return error
    return None


def _elsewhere(source: str, namespace: dict[str, Any], name: str) -> Exception | None:
    errors: list[Exception | None] = []
    thread = threading.Thread(
        target=lambda: errors.append(perform_block(source, namespace, name)), daemon=True
    )
    thread.start()
    thread.join()
    return errors[0]
