"""The prompt's `save`, `load` and `recover`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from livecoder.core.errors import RangeError, SessionFileError
from livecoder.session.journal import Journal, Performance, read_journal
from livecoder.session.perform import perform_block
from livecoder.session.saving import script_of
from livecoder.session.script import Block, read_script, write_script, write_text
from livecoder.session.stage import Stage

__all__ = ["Files", "Session", "offer"]


class Session(Protocol):
    """What reading and writing files asks of a live session."""

    past: Performance | None

    @property
    def journal(self) -> Journal:
        """Where blocks are kept."""

    @property
    def namespace(self) -> dict[str, Any]:
        """What blocks run in."""

    @property
    def stage(self) -> Stage:
        """What they play on."""

    def say(self, message: str) -> None:
        """Queue a line for the performer."""


class Files:
    """Scripts and journals, from and to disk, for a live session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def commands(self) -> dict[str, Callable[..., Any]]:
        """Return what the performer types."""
        return {"save": self.save, "load": self.load, "recover": self.recover}

    def save(self, path: str) -> None:
        """Write everything played so far as a script that plays it again.

        `livecoder play FILE` performs it, `livecoder render FILE` renders it.

        Args:
            path: a file name that ends in `.py`.

        Raises:
            SessionFileError: it cannot be written there.
        """
        target = _checked(path)
        self._session.journal.flush()
        script = script_of(read_journal(self._session.journal.path))
        write_text(target, [write_script(script)])
        self._session.say(f"saved {len(script.blocks)} blocks in {target}")

    def load(self, path: str, bar: float | None = None) -> None:
        """Play what a script holds, all of it from the next bar on, as if typed now.

        Args:
            path: a script that `save` wrote, or one of your own.
            bar: go only as far as this bar of it: the state the set was in there.

        Raises:
            SessionFileError: it cannot be read.
        """
        blocks = read_script(_checked(path)).blocks
        self._perform(block for block in blocks if bar is None or block.at <= bar - 1)

    def recover(self, path: str | None = None) -> None:
        """Bring back the session that ended without a goodbye.

        Args:
            path: write it as a script there, instead of playing it now.

        Raises:
            SessionFileError: there is none.
        """
        past = self._session.past
        if past is None:
            message = "no session ended badly: there is nothing to recover"
            raise SessionFileError(message)
        script = script_of(past)
        if path is None:
            self._perform(script.blocks)
        else:
            write_text(_checked(path), [write_script(script)])
        self._session.journal.write(recovered=str(past.path))

    def _perform(self, blocks: Any) -> None:
        """Run blocks inside the block that is running, each in the journal by itself."""
        session = self._session
        chosen: Sequence[Block] = [b for b in blocks if not _is_comment(b.source)]
        outer = session.stage.edge()
        for block in chosen:
            session.journal.block(block.source, outer)
            error = perform_block(block.source, session.namespace, "<load>")
            session.journal.done(ok=error is None, at=outer)
            if error is not None:
                session.say(f"a block did not run: {error}")


def offer(past: Performance) -> str:
    """Return the line that offers a lost session back."""
    return (
        f"the last session ended without a goodbye; nothing of its {len(past.blocks)} blocks is "
        'lost: recover() plays it on, recover("set.py") writes it to a file'
    )


def _is_comment(source: str) -> bool:
    return all(not line.strip() or line.lstrip().startswith("#") for line in source.splitlines())


def _checked(path: str) -> Path:
    if not isinstance(path, str) or not path.endswith(".py"):
        raise RangeError(
            "path", path, 'a file name in quotes that ends in ".py"', fix='try "set.py"'
        )
    return Path(path).expanduser()
