"""Bar 1 begins once, with the first thing to be heard; what goes wrong then is tried again."""

from __future__ import annotations

import threading

from livecoder.core.errors import DeviceError
from livecoder.session.first_beat import FirstBeat


class Stage:
    """What there is to hear, and a beginning that may fail."""

    def __init__(self, *failures: Exception) -> None:
        self.audible = False
        self.failures = list(failures)
        self.said: list[str] = []
        self.begun = 0
        self.first = FirstBeat(lambda: self.audible, self.begin, self.said.append)

    def begin(self) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.begun += 1

    def look(self) -> None:
        """Look, and wait for what that started."""
        self.first.look()
        for thread in threading.enumerate():
            if thread.name == "first beat":
                thread.join(10)


def test_time_begins_once_with_the_first_thing_to_be_heard() -> None:
    stage = Stage()
    stage.audible = True
    stage.look()
    assert stage.begun == 0, "not before it is told to wait for it"
    stage.audible = False
    stage.first.rest()
    stage.look()
    assert stage.begun == 0
    stage.audible = True
    stage.look()
    stage.look()
    assert stage.begun == 1
    assert stage.said == []


def test_a_beginning_that_fails_is_said_and_tried_again_with_the_next_block() -> None:
    stage = Stage(OSError("no such device"), DeviceError("the output does not answer"))
    stage.audible = True
    stage.first.rest()
    stage.look()
    stage.look()
    assert stage.begun == 0
    assert [line.split(";")[0] for line in stage.said] == [
        "bar 1 could not begin (OSError: no such device)",
        "bar 1 could not begin (the output does not answer)",
    ]
    stage.look()
    assert stage.begun == 1


def test_a_session_that_ends_begins_no_more() -> None:
    stage = Stage()
    stage.audible = True
    stage.first.rest()
    stage.first.give_up()
    stage.look()
    assert stage.begun == 0
