"""A host for the prompt's tests: keeps what it is told, and plays nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from livecoder.core.errors import RangeError, UnknownNameError
from livecoder.session.status import Status

__all__ = ["TableHost"]

SOUNDS = ("bass", "bd", "cp", "sd")


class TableHost:
    """What `repl.host.Host` asks for, as tables."""

    def __init__(self, **names: Any) -> None:
        self.namespace: dict[str, Any] = {"hush": self.hush, "sound": self.sound, **names}
        self.begun: list[str] = []
        self.ended: list[bool] = []
        self.messages: list[str] = []
        self.now = Status(bpm=112.0, cycle=4.5, outputs=("audio jack", "midi jack"))

    def play(self, *tracks: str) -> None:
        self.now = replace(self.now, sounding=tracks)

    def hush(self) -> None:
        """Silence every track: `hush()`."""
        self.play()

    def sound(self, name: str) -> str:
        """Return a sound: `sound("bd")`."""
        if name == "":
            raise RangeError("sound", name, "a name", fix='try sound("bd")')
        if name not in SOUNDS:
            raise UnknownNameError("sound", name, SOUNDS, listing="help(sounds)")
        return name

    def status(self) -> Status:
        return self.now

    def begin(self, source: str) -> None:
        self.begun.append(source)

    def end(self, *, ok: bool) -> None:
        self.ended.append(ok)

    def poll_messages(self) -> list[str]:
        messages, self.messages = self.messages, []
        return messages

    def sounds(self) -> list[str]:
        return list(SOUNDS)

    def scales(self) -> list[str]:
        return ["major", "minor", "minor pentatonic"]

    def controls(self) -> list[str]:
        return ["gain", "pan"]

    def tracks(self) -> list[str]:
        return ["d1", "d2"]

    def ports(self) -> list[str]:
        return ["synth"]
