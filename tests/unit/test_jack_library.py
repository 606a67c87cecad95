"""Which JACK is spoken to: the one JACK-Client found, and never one that was looked for again."""

from __future__ import annotations

import ast
import ctypes
from pathlib import Path

import pytest

import livecoder
from livecoder.outputs.jack_library import jack_library

ROOM = Path(livecoder.__file__).parent


def test_no_module_looks_for_a_library_by_name() -> None:
    looking = [
        f"{path.relative_to(ROOM)}:{node.lineno}"
        for path in sorted(ROOM.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.Attribute) and node.attr == "find_library")
        or (isinstance(node, ast.ImportFrom) and node.module == "ctypes.util")
    ]
    assert looking == []


def test_it_is_the_very_library_jack_client_loaded() -> None:
    jack = pytest.importorskip("jack", exc_type=(ImportError, OSError))
    ours = ctypes.cast(jack_library().jack_port_by_name, ctypes.c_void_p).value
    theirs = int(jack._ffi.cast("uintptr_t", jack._ffi.addressof(jack._lib, "jack_port_by_name")))
    assert ours == theirs
