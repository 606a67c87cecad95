"""The completion as prompt_toolkit asks for it, in a thread: it never holds a key up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from livecoder.repl.candidates import Candidate, candidates
from livecoder.repl.context import context_of
from livecoder.repl.host import Host

__all__ = ["PatternCompleter"]

# Inference reads all of the text; a novel is not worth it.
_LONGEST = 4000


class PatternCompleter(Completer):
    """Completes from the live session; on Tab, jedi adds what only the text being typed tells."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        """Yield what could stand at the cursor."""
        before = document.text_before_cursor
        try:
            found = candidates(before, self._host)
            if not found and complete_event.completion_requested and len(before) <= _LONGEST:
                found = _inferred(before, self._host.namespace)
        except Exception:
            # Objects of the performer's own may do anything when they are looked at.
            return
        for candidate in found:
            yield Completion(
                candidate.text, start_position=-candidate.back, display_meta=candidate.meta
            )


def _inferred(before: str, namespace: Mapping[str, Any]) -> list[Candidate]:
    context = context_of(before)
    if context.kind not in ("attribute", "name"):
        return []
    import jedi

    interpreter = jedi.Interpreter(before, [dict(namespace)])
    back = len(context.prefix)
    names = [found.name for found in interpreter.complete()]
    hidden = context.prefix.startswith("_")
    return [Candidate(name, back) for name in names if hidden or not name.startswith("_")]
