"""Priority: what is asked for, what is said when it is refused, and that the fix fits."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from livecoder.cli.priority import granted_to, mend
from livecoder.outputs.survey import survey
from livecoder.outputs.urgency import (
    ENGINE,
    MIDI,
    PUNCTUAL,
    SOUND,
    constrain_thread,
    favour_thread,
)

LINUX = {"system": "linux", "nice": True, "realtime": False}


class Call:
    """One function of the C library: remembers what it was given, answers what it is told."""

    def __init__(self, answer: int) -> None:
        self.answer = answer
        self.given: list[tuple[Any, ...]] = []
        self.restype: Any = None
        self.argtypes: Any = None

    def __call__(self, *arguments: Any) -> int:
        self.given.append(arguments)
        return self.answer


class Darwin:
    """A C library whose clock ticks 3 times in 125 ns, as Apple's own processors do."""

    def __init__(self, *, agrees: bool = True) -> None:
        self.pthread_self = Call(7)
        self.pthread_mach_thread_np = Call(9)
        self.thread_policy_set = Call(0 if agrees else 5)

    def mach_timebase_info(self, words: Any) -> int:
        words[0], words[1] = 125, 3
        return 0


def test_a_time_constraint_is_in_ticks_and_for_the_calling_thread() -> None:
    library = Darwin()
    assert constrain_thread(library)
    ((thread, flavour, policy, words),) = library.thread_policy_set.given
    assert library.pthread_mach_thread_np.given == [(7,)]
    assert (thread.value, flavour.value, words.value) == (9, 2, 4)
    period, computation, constraint, preemptible = policy
    assert period == 10_000_000 * 3 // 125
    assert 0 < computation < constraint < period
    assert preemptible
    assert ctypes.sizeof(policy) == 4 * 4


def test_a_constraint_that_is_refused_is_said_to_be() -> None:
    assert not constrain_thread(Darwin(agrees=False))


def limits(folder: Path, **files: str) -> list[Path]:
    place = folder / "limits.d"
    place.mkdir()
    for name, text in files.items():
        (place / f"{name}.conf").write_text(text)
    (place / "off.conf.disabled").write_text("@off - rtprio 95\n")
    return [folder / "nowhere", place]


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("@audio   -  rtprio     95\n@audio - memlock unlimited\n", ("audio",)),
        ("#@audio - rtprio 95\n@audio - nice -19\n", ()),
        ("@realtime hard rtprio 98\n@audio - rtprio unlimited\n", ("realtime", "audio")),
        ("someone - rtprio 95\n", ()),
    ],
)
def test_groups_are_read_from_the_files_that_count(tmp_path, text, groups) -> None:
    assert granted_to(limits(tmp_path, audio=text)) == groups


def test_the_fix_grants_what_was_refused(tmp_path) -> None:
    # What is offered where no group is granted writes a file in which one is.
    fix = mend(LINUX, root=False, groups=())
    written = fix.split("type: ", 1)[1].split(" | ")[0]
    text = subprocess.run(["sh", "-c", written], capture_output=True, text=True, check=True).stdout
    groups = granted_to(limits(tmp_path, ours=text))
    assert groups == ("audio",)
    assert f"usermod -aG {groups[0]} $USER" in fix
    assert mend(LINUX, root=False, groups=groups) in fix.replace(
        fix.split("sudo usermod")[0], "type: "
    )


def test_root_is_only_refused_by_a_container() -> None:
    assert "--cap-add=sys_nice" in mend(LINUX, root=True, groups=("audio",))


@pytest.mark.skipif(sys.platform != "linux", reason="SCHED_FIFO is Linux's")
def test_what_is_granted_here_is_what_the_system_does() -> None:
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
        granted = True
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    except OSError:
        granted = False
    answer = survey("priority")
    assert (answer["realtime"], answer["system"]) == (granted, "linux")


@pytest.mark.skipif(sys.platform != "linux", reason="SCHED_FIFO is Linux's")
def test_a_thread_that_comes_before_us_already_is_not_put_back() -> None:
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(30))
    except OSError:
        pytest.skip("no real-time priority is granted here")
    try:
        assert favour_thread(PUNCTUAL)
        assert os.sched_getparam(0).sched_priority == 30
        assert favour_thread(31)
        assert os.sched_getparam(0).sched_priority == 31
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def test_what_is_due_comes_before_what_is_computed() -> None:
    assert PUNCTUAL > MIDI >= SOUND > ENGINE > 0
