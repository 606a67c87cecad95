"""What was typed in earlier sessions, one file, newest last."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from prompt_toolkit.history import History

__all__ = ["PromptHistory"]

# Only the end of the file is read: a file of years must not delay the prompt.
_READ = 500_000


class PromptHistory(History):
    r"""Lines typed at the prompt, kept in a file.

    The format: each entry is the lines of a block, each behind a `+`, after an empty line, so a
    block of several lines comes back whole. A file that cannot be written costs one message.
    """

    def __init__(self, path: Path, on_problem: Callable[[str], None]) -> None:
        super().__init__()
        self._path = path
        self._on_problem = on_problem
        self._failed = False

    def load_history_strings(self) -> Iterable[str]:
        """Yield what was typed, newest first."""
        try:
            with self._path.open("rb") as file:
                size = file.seek(0, 2)
                file.seek(max(0, size - _READ))
                text = file.read(_READ).decode("utf-8", errors="replace")
        except OSError:
            return []
        entries: list[str] = []
        for block in text.split("\n\n"):
            lines = [line[1:] for line in block.split("\n") if line.startswith("+")]
            if lines:
                entries.append("\n".join(lines))
        return reversed(entries)

    def store_string(self, string: str) -> None:
        """Append a block to the file."""
        entry = "\n" + "".join(f"+{line}\n" for line in string.split("\n"))
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8", errors="replace") as file:
                file.write(entry)
        except OSError as error:
            if not self._failed:
                self._failed = True
                self._on_problem(
                    f"the history {self._path} cannot be written ({error.strerror}); "
                    "set XDG_STATE_HOME to a folder that can be"
                )
