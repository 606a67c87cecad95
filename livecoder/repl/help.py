"""`help(thing)`: what it does, how to type it, an example; for sounds and scales as well."""

from __future__ import annotations

import inspect
import shutil
import textwrap
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from livecoder.core.errors import LivecoderError, UnknownNameError
from livecoder.outputs.audio.sounds import SOUNDS
from livecoder.patterns import vocabulary
from livecoder.patterns.controls import CONTROLS, ControlSpec, ControlWord
from livecoder.patterns.drawing.picture import show
from livecoder.patterns.pattern import Pattern
from livecoder.patterns.verbs import VERBS
from livecoder.repl.entries import Entry, drawn_example, entry_of
from livecoder.repl.examples import Example, example_of_control
from livecoder.repl.harmony import LISTS, tell
from livecoder.repl.host import Host
from livecoder.repl.words import spelled_once
from livecoder.session.explain import example_of, signature_of
from livecoder.session.tracks import Track
from livecoder.theory.scales import SCALES
from livecoder.theory.tunings import TUNINGS

__all__ = ["Helper", "Listing"]

Pieces = list[tuple[str, str]]
_MISSING = object()
_HAPS = 12


class Listing:
    """The names of a kind, as they are at the moment: type `sounds` to see them."""

    def __init__(self, kind: str, names: Callable[[], Collection[str]]) -> None:
        self.kind = kind
        self._names = names

    def __iter__(self) -> Any:
        return iter(sorted(self._names()))

    def __len__(self) -> int:
        return len(self._names())

    def __contains__(self, name: object) -> bool:
        return name in self._names()

    def __repr__(self) -> str:
        return "".join(text for _, text in listing(self.kind, self))


class Helper:
    """Shows what a thing is and how to type it: `help(d1)`, `help("bass")`, `help(every)`."""

    def __init__(self, host: Host, show: Callable[[Any], None]) -> None:
        self._host = host
        self._show = show

    def __call__(self, thing: Any = _MISSING, /) -> None:
        """Show help about a name, a sound, a scale, a track; without one, what there is.

        Raises:
            UnknownNameError: nothing has the name given.
        """
        self._show(overview(self._host) if thing is _MISSING else describe(thing, self._host))

    def __repr__(self) -> str:
        return "help() shows what there is; help(d1), help(s), help('bass') tell about one thing"


def describe(thing: Any, host: Host) -> Pieces:
    """Return what there is to say about a thing, as styled pieces of text.

    Raises:
        UnknownNameError: it is a text that names nothing.
    """
    if isinstance(thing, str):
        return _describe_name(thing, host)
    if isinstance(thing, Listing):
        return listing(thing.kind, thing)
    if isinstance(thing, Track):
        return [("class:help.name", f"{thing!r}"), *_methods(Track, thing.name)]
    if isinstance(thing, ControlWord):
        return [*_control(thing.spec, thing.example), *_drawn(example_of_control(thing.spec))]
    if (entry := _entry(thing)) is not None:
        return _word(entry)
    if isinstance(thing, Pattern):
        return _pattern(thing)
    if inspect.isclass(thing):
        return [*_function(thing, thing.__name__), *_methods(thing, thing.__name__, brief=True)]
    if callable(thing):
        return _function(thing, getattr(thing, "__name__", type(thing).__name__))
    first = (inspect.getdoc(type(thing)) or "").split("\n")[0]
    return [("class:help.name", repr(thing)[:200]), ("", f"\n  {type(thing).__name__}: {first}")]


def _describe_name(name: str, host: Host) -> Pieces:
    lists: Mapping[str, Callable[[], Collection[str]]] = {
        "sounds": host.sounds,
        "scales": host.scales,
        "controls": host.controls,
        "ports": host.ports,
        "tracks": host.tracks,
        "tunings": lambda: TUNINGS,
        **LISTS,
    }
    if name in lists:
        return listing(name, lists[name]())
    if name in SOUNDS:
        return _sound(name)
    scale = name.partition(":")[2].replace(":", " ") if ":" in name else name
    if scale in SCALES:
        return _scale(scale, name)
    held = host.namespace.get(name, getattr(Pattern, name, None))
    if held is not None:
        return _function(held, name) if inspect.isfunction(held) else describe(held, host)
    if name in CONTROLS:
        return _control(CONTROLS[name], f'.ctrl("{name}", ...)')
    if told := tell(name):
        return told
    known = {*lists, *SOUNDS, *SCALES, *CONTROLS, *host.namespace}
    raise UnknownNameError("sound, scale, control or function", name, known, listing="help()")


def _entry(thing: Any) -> Entry | None:
    """Return what the reference says of a word of the vocabulary; None for anything else."""
    name = getattr(thing, "__name__", None)
    if isinstance(thing, Pattern):
        name = thing.label
    if not isinstance(name, str) or isinstance(thing, type):
        return None
    spelled = {name, f"{name}_"}
    known = any(vocabulary.WORDS.get(each, VERBS.get(each)) is thing for each in spelled)
    return entry_of(name) if known else None


def _word(entry: Entry) -> Pieces:
    """Return a word as its page of the reference has it."""
    first, *more = entry.meaning or ("",)
    pieces: Pieces = [("class:help.name", f"{entry.name}{entry.signature}\n"), ("", f"  {first}")]
    for paragraph in more:
        pieces.append(("", "\n" + textwrap.indent(textwrap.fill(paragraph, _columns_left()), "  ")))
    for line in entry.arguments.splitlines():
        pieces.append(("class:help.dim", f"\n    {line}"))
    others = [name for name in (entry.strudel, *entry.aliases) if name and name != entry.name]
    if others:
        pieces.append(("class:help.dim", f"\n  also {', '.join(others)}"))
    if entry.example.code:
        pieces += [("class:help.dim", "\n  try "), ("class:help.code", entry.example.code)]
    return [*pieces, *_drawn(entry.example)]


def _drawn(example: Example) -> Pieces:
    """Return what an example looks like, below it."""
    drawn = drawn_example(example, None)
    return [("class:help.picture", f"\n{drawn}")] if drawn else []


def _columns_left() -> int:
    return max(20, shutil.get_terminal_size().columns - 4)


def _function(function: Any, name: str) -> Pieces:
    method = getattr(Pattern, name, None)
    if getattr(method, "registered", False):
        function = method  # a word of the performer's own is typed after a pattern
    text = inspect.getdoc(function) or "It says nothing of itself."
    pieces: Pieces = [
        ("class:help.name", f"{name}{signature_of(function)}\n"),
        ("", f"  {text.splitlines()[0]}"),
    ]
    for line in text.partition("\nArgs:\n")[2].partition("\n\n")[0].splitlines():
        pieces.append(("class:help.dim", f"\n  {line}"))
    if example := example_of(function, name):
        pieces += [("class:help.dim", "\n  try "), ("class:help.code", example)]
    return pieces


def _methods(holder: type, name: str, *, brief: bool = False) -> Pieces:
    found = {name: getattr(holder, name) for name in dir(holder) if not name.startswith("_")}
    names = spelled_once({name: thing for name, thing in found.items() if callable(thing)})
    if brief:
        words = [name for name in names if not isinstance(found[name], ControlWord)]
        return [("class:help.dim", "\n"), *_columns(f".{method}" for method in words)]
    pieces: Pieces = []
    for method in names:
        first = (inspect.getdoc(getattr(holder, method)) or "").split("\n")[0]
        call = f"{name}.{method}{signature_of(getattr(holder, method))}"
        pieces += [("class:help.code", f"\n  {call:<22} "), ("", first)]
    return pieces


def _pattern(pattern: Pattern) -> Pieces:
    pieces: Pieces = [("class:help.name", repr(pattern))]
    try:
        haps = list(pattern.query(0, 1))
        pieces.append(("class:help.picture", f"\n{show(pattern).text()}"))
    except LivecoderError as error:
        return [*pieces, ("class:help.dim", f"\n  {error or 'a network is composing it'}")]
    for hap in haps[:_HAPS]:
        where = "" if hap.whole is None else f"{hap.whole.begin} to {hap.whole.end}"
        pieces += [("class:help.dim", f"\n  {where:<14}"), ("", f"{hap.value}")]
    if len(haps) > _HAPS:
        pieces.append(("class:help.dim", f"\n  and {len(haps) - _HAPS} more in the first bar"))
    return pieces


def _sound(name: str) -> Pieces:
    spec = SOUNDS[name]
    also = f" (also {', '.join(spec.aliases)})" if spec.aliases else ""
    pieces: Pieces = [
        ("class:help.name", f'"{spec.name}"'),
        ("class:help.dim", also),
        ("", f"  {spec.doc}"),
    ]
    for parameter in spec.parameters:
        span = f"{parameter.low:g} to {parameter.high:g} {parameter.unit}"
        pieces += [
            ("class:help.code", f"\n  .{parameter.name}({parameter.default:g})"),
            ("class:help.dim", f"  {span}, {parameter.doc}"),
        ]
    example = f's("{name}*4")' if spec.kind == "drum" else f'note("c e g").s("{name}")'
    return [*pieces, ("class:help.dim", "\n  try "), ("class:help.code", f"d1 >> {example}")]


def _scale(scale: str, name: str) -> Pieces:
    key = name if ":" in name else f"c:{name.replace(' ', ':')}"
    steps = "  ".join(f"{offset:g}" for offset in SCALES[scale])
    return [
        ("class:help.name", scale),
        ("", f"  semitones from the tonic: {steps}"),
        ("class:help.dim", "\n  try "),
        ("class:help.code", f'key("{key}")'),
        ("class:help.dim", " or "),
        ("class:help.code", f'd1 >> n("0 2 4 7").scale("{key}")'),
    ]


def _control(control: ControlSpec, example: str) -> Pieces:
    low, high = control.low, control.high
    span = f"{low:g} to {high:g} " if low is not None and high is not None else ""
    also = f" (also {', '.join(control.aliases)})" if control.aliases else ""
    heard = " and ".join(control.outputs) or "none; it is handed on"
    return [
        ("class:help.name", control.name),
        ("class:help.dim", also),
        ("", f"  {control.meaning}"),
        ("class:help.dim", f"\n  {span}{control.unit}; outputs that use it: {heard}\n  try "),
        ("class:help.code", example),
    ]


def listing(kind: str, names: Iterable[str]) -> Pieces:
    """Return the names of a kind in columns."""
    found = sorted(names)
    if not found:
        return [("class:help.head", kind), ("", ": none yet")]
    return [("class:help.head", f"{kind} ({len(found)})\n"), *_columns(found)]


def _columns(names: Iterable[str]) -> Pieces:
    names = list(names)
    widest = max((len(name) for name in names), default=0) + 2
    across = max(1, (shutil.get_terminal_size().columns - 2) // widest)
    lines = [names[i : i + across] for i in range(0, len(names), across)]
    text = "\n".join("  " + "".join(name.ljust(widest) for name in line).rstrip() for line in lines)
    return [("", text)]


def overview(host: Host) -> Pieces:
    """Return what a newcomer needs, then every name there is."""
    names = {name: thing for name, thing in host.namespace.items() if not name.startswith("_")}
    hidden = (Track, Listing, Helper, ControlWord)
    shown = {name: thing for name, thing in names.items() if not isinstance(thing, hidden)}
    music = {name: t for name, t in shown.items() if _made_in(t, "livecoder.patterns")}
    session = {n: t for n, t in shown.items() if n not in music and _made_in(t, "livecoder")}
    own = sorted(shown.keys() - music.keys() - session.keys())
    return [
        ("class:help.head", "play  "),
        ("class:help.code", 'd1 >> s("bd*4")   d2 >> note("c e g").s("bass")   d1.stop()\n'),
        ("class:help.head", "look  "),
        ("class:help.code", 'sounds   scales   controls   help(d1)   help("bass")   d1.show()\n'),
        ("class:help.head", "keys  "),
        ("", "Enter runs  Ctrl-O new line  Tab completes  Ctrl-C stops  Ctrl-D leaves\n"),
        ("class:help.head", "the session\n"),
        *_columns(spelled_once(session)),
        ("class:help.head", "\npatterns\n"),
        *_columns(spelled_once(music)),
        *([("class:help.head", "\nyours\n"), *_columns(own)] if own else []),
    ]


def _made_in(thing: Any, package: str) -> bool:
    module = getattr(thing, "__module__", None) or type(thing).__module__
    return str(module).startswith(package)
