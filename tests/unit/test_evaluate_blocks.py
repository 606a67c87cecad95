"""Blocks: what they return, what a failing one leaves behind, and where Ctrl-C reaches."""

from __future__ import annotations

import asyncio
import os
import signal
import threading

import pytest

from livecoder.session.evaluate import Leave, compile_block, leave, run_block, show


def run(source: str, names: dict | None = None):
    return asyncio.run(run_block(compile_block(source), {} if names is None else names))


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("1 + 1", 2),
        ("x = 3\nx * 2", 6),
        ("x = 3", None),
        ("import asyncio\nawait asyncio.sleep(0, 'slept')", "slept"),
        ("async def f():\n    return 5\n\nawait f()", 5),
        ("[await g(i) for i in (1, 2)]", [1, 2]),
        ("    indented = 4\n    indented", 4),
        ("x = 1\r\nx + 1\r\n", 2),
        ("# nothing", None),
    ],
)
def test_the_last_expression_is_the_value(source, value):
    async def g(i):
        return i

    assert run(source, {"g": g}) == value


def test_a_block_that_fails_leaves_every_binding_as_it_was():
    kept = [1]
    names = {"kept": kept, "gone": "here"}
    with pytest.raises(ZeroDivisionError):
        run("kept = 2\nnew = 3\ndel gone\n1 / 0", names)
    assert names["kept"] is kept
    assert names["gone"] == "here"
    assert "new" not in names


def test_a_block_that_goes_well_keeps_its_bindings_also_when_it_leaves():
    names = {"leave": leave}
    with pytest.raises(Leave):
        run("x = 1\nleave()", names)
    assert names["x"] == 1


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, GeneratorExit, MemoryError])
def test_whatever_a_block_raises_comes_out_of_it_alone(error):
    async def main():
        with pytest.raises(error):
            await run_block(compile_block("x = 1\nraise error"), names)
        assert await asyncio.sleep(0, "the loop lives")

    names = {"error": error}
    asyncio.run(main())
    assert "x" not in names


def interrupt_soon(started: threading.Event) -> threading.Thread:
    def send():
        started.wait(20)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=send)
    thread.start()
    return thread


@pytest.mark.parametrize(
    "source",
    [
        "started.set()\nwhile True: pass",
        "started.set()\nawait asyncio.sleep(100)",
        "await asyncio.sleep(0)\nstarted.set()\nwhile True: pass",
        "started.set()\nawait asyncio.gather(asyncio.sleep(100), asyncio.sleep(90))",
        "started.set()\nasync with asyncio.timeout(100):\n    await asyncio.sleep(99)",
        "started.set()\nasync for _ in ticks(): pass",
    ],
    ids=["busy", "asleep", "busy after await", "gathering", "timeout", "async for"],
)
def test_ctrl_c_ends_a_block_and_nothing_else(source):
    async def ticks():
        while True:
            yield await asyncio.sleep(0.001)

    async def main():
        started = threading.Event()
        names = {"asyncio": asyncio, "started": started, "ticks": ticks}
        thread = interrupt_soon(started)
        with pytest.raises(KeyboardInterrupt):
            await run_block(compile_block(source), names)
        thread.join()
        # The task is not left cancelled: the next wait is an ordinary one.
        assert await asyncio.wait_for(asyncio.sleep(0, "ok"), 5) == "ok"
        assert not asyncio.current_task().cancelling()
        return await run_block(compile_block("6 * 7"), {})

    before = signal.getsignal(signal.SIGINT)
    assert asyncio.run(main()) == 42
    assert signal.getsignal(signal.SIGINT) is before


def test_a_block_may_catch_ctrl_c_and_clean_up():
    async def main():
        started = threading.Event()
        names = {"started": started, "asyncio": asyncio}
        thread = interrupt_soon(started)
        source = (
            "try:\n    started.set()\n    await asyncio.sleep(100)\n"
            "except KeyboardInterrupt:\n    done = await asyncio.sleep(0, 'cleaned')"
        )
        await run_block(compile_block(source), names)
        thread.join()
        return names["done"]

    assert asyncio.run(main()) == "cleaned"


def test_being_cancelled_from_outside_is_no_ctrl_c():
    async def main():
        task = asyncio.create_task(run_block(compile_block("await asyncio.sleep(100)"), names))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    names = {"asyncio": asyncio}
    asyncio.run(main())


@pytest.mark.parametrize("source", ["x = (", "x = )", "'abc", "return 1", "x = '\0'", "(" * 500])
def test_no_python_is_refused_before_anything_runs(source):
    with pytest.raises((SyntaxError, ValueError, RecursionError, MemoryError)):
        compile_block(source)


def test_results_are_shown_short():
    class Broken:
        def __repr__(self):
            raise ValueError("no")

    async def forgotten():
        return 1

    assert show(None) == ""
    assert len(show("x" * 10_000)) < 500
    assert "ValueError: no" in show(Broken())
    assert "await" in show(forgotten())
    assert show(leave).startswith("leave()  End the session")
