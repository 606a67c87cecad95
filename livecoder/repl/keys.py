"""What keys do: Enter knows when a block is finished."""

from __future__ import annotations

from prompt_toolkit.application import get_app
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import Condition, has_focus
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys

from livecoder.repl.blocks import State, indent_after, is_open, state_of

__all__ = ["bindings", "wants_line"]


def bindings() -> KeyBindings:
    """Return the prompt's own keys.

    Enter runs a finished block and opens a line in an unfinished one; an empty line, or
    Alt-Enter, runs it as it is; Ctrl-O opens a line anywhere; Tab indents or completes.
    """
    keys = KeyBindings()
    typing = has_focus(DEFAULT_BUFFER)

    keys.add("enter", filter=typing)(_enter)
    keys.add("escape", "enter", filter=typing)(_submit)
    keys.add("c-o", filter=typing)(_open_line)
    keys.add("tab", filter=typing & Condition(_in_indent))(_indent)
    keys.add("backspace", filter=typing & Condition(_after_indent))(_dedent)
    keys.add(Keys.BracketedPaste, filter=typing)(_paste)
    return keys


def _enter(event: KeyPressEvent) -> None:
    buffer = event.current_buffer
    chosen = buffer.complete_state and buffer.complete_state.current_completion
    if chosen:
        buffer.complete_state = None  # it stands in the text already
    elif wants_line(buffer.text, at_end=_at_last_line(buffer)):
        _open_line(event)
    else:
        _submit(event)


def wants_line(text: str, *, at_end: bool = True) -> bool:
    r"""Whether Enter opens a new line rather than runs the block.

    >>> wants_line("stack("), wants_line("hush()"), wants_line("for i in x:\n    f(i)")
    (True, False, True)

    Args:
        text: all that has been typed.
        at_end: whether the cursor is in the last line.
    """
    state = state_of(text)
    lines = text.split("\n")
    if state is State.INCOMPLETE:
        return len(lines) < 3 or any(line.strip() for line in lines[-2:])
    blank = len(lines) > 1 and not lines[-1].strip()
    return state is State.COMPLETE and at_end and not blank and is_open(text)


def _submit(event: KeyPressEvent) -> None:
    event.current_buffer.validate_and_handle()


def _open_line(event: KeyPressEvent) -> None:
    buffer = event.current_buffer
    buffer.insert_text("\n" + indent_after(buffer.document.text_before_cursor))


def _indent(event: KeyPressEvent) -> None:
    column = event.current_buffer.document.cursor_position_col
    event.current_buffer.insert_text(" " * (4 - column % 4))


def _dedent(event: KeyPressEvent) -> None:
    column = event.current_buffer.document.cursor_position_col
    event.current_buffer.delete_before_cursor((column - 1) % 4 + 1)


def _paste(event: KeyPressEvent) -> None:
    text = event.data.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4)
    # What was copied with a last line end is not meant to be left inside an empty line.
    event.current_buffer.insert_text(text.rstrip("\n"))


def _before() -> str:
    return get_app().current_buffer.document.current_line_before_cursor


def _in_indent() -> bool:
    buffer = get_app().current_buffer
    return "\n" in buffer.text and not _before().strip() and not buffer.complete_state


def _after_indent() -> bool:
    before = _before()
    return bool(before) and not before.strip()


def _at_last_line(buffer: Buffer) -> bool:
    return not buffer.document.text_after_cursor.strip()
