"""Where the cursor is, told from the text alone."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies

from livecoder.repl.context import context_of


@pytest.mark.parametrize(
    ("text", "kind", "prefix", "callee"),
    [
        ("hu", "name", "hu", ""),
        ("d1 >> no", "name", "no", ""),
        ("every(4, re", "name", "re", "every"),
        ('s("', "string", "", "s"),
        ('d1 >> s("bd*2 s', "string", "bd*2 s", "s"),
        ('x = note("c e").s("ba', "string", "ba", "s"),
        ("key('a:mi", "string", "a:mi", "key"),
        ('stack(s("bd"), s("', "string", "", "s"),
        ('s(["bd", "s', "string", "s", "s"),
        ('f("a\\"b', "string", 'a\\"b', "f"),
        ('"""a\nb', "string", "a\nb", ""),
        ("x  # com", "none", "", ""),
        ("12", "none", "", ""),
        ("x = 1.", "none", "", ""),
        ('s("bd"', "name", "", "s"),
    ],
)
def test_what_is_being_typed(text, kind, prefix, callee):
    context = context_of(text)
    assert (context.kind, context.prefix, context.callee) == (kind, prefix, callee)


@pytest.mark.parametrize(
    ("text", "path", "root", "prefix"),
    [
        ("d1.", ("d1",), "", ""),
        ("x = np.random.ra", ("np", "random"), "", "ra"),
        ('note("c e").fa', (), "note", "fa"),
        ('note("c").fast(2).', (), "note", ""),
        ('stack(s("bd"),\n  s("sd")\n).sl', (), "stack", "sl"),
        ("x[0].", (), "x", ""),
        ("d1.mute().", (), "d1", ""),
        ("(a + b).", (), "", ""),
    ],
)
def test_what_stands_before_a_dot(text, path, root, prefix):
    context = context_of(text)
    assert context.kind == "attribute"
    assert (context.path, context.root, context.prefix) == (path, root, prefix)


@given(strategies.text(alphabet="ab1 .,()[]{}\"'\\#\n=", max_size=60))
def test_any_text_has_a_context(text):
    assert context_of(text).kind in ("string", "attribute", "name", "none")
