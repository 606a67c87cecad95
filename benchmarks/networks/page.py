"""The measured part of docs/models.md: each network's card, example and picture, and the speed.

Between two marks of the page stands what this module writes, from the cards beside the weights and
from docs/models/figures.json; nothing else of the page is touched. A network without weights is
said to be not trained yet; figures that were never taken are said to be missing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from livecoder.core.errors import SessionFileError
from livecoder.models import weights
from livecoder.models.registry import MODELS, ModelSpec
from networks.likeness import draw_of
from networks.targets import FREE, lines

__all__ = ["BEGIN", "END", "draw", "measured_part", "renew", "script_of"]

BEGIN, END = "<!-- measured -->", "<!-- /measured -->"
BARS = 4
_SEED = 3
_HEAD = (
    "Written by `livecoder bench models --page` from the cards and the figures; do not edit "
    "between the marks."
)
_NONE_YET = (
    "Not measured yet on a machine that does nothing else: "
    "`livecoder bench models --json --out docs/models` measures it here, and puts the table in "
    "this place."
)
_TRACKS = {
    "melody_rnn": ("melody_rnn()", "pluck"),
    "drums_rnn": ("drums_rnn(temperature=0.9)", "kit808"),
    "improv_rnn": ('improv_rnn(chords="<Am7 D7 G^7 C^7>", strong=True)', "keys"),
    "polyphony_rnn": ("polyphony_rnn(temperature=0.8)", "pad"),
    "performance_rnn": ("performance_rnn(density=4)", "keys"),
    "music_transformer": ("music_transformer()", "keys"),
}


def renew(page: Path, figures: Path) -> None:
    """Write the measured part into a page anew.

    Raises:
        SessionFileError: the page has no marks for it.
    """
    text = page.read_text(encoding="utf-8")
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not (begin and end):
        message = f"{page.name} has no place for the figures; it wants {BEGIN} and then {END}"
        raise SessionFileError(message)
    page.write_text(f"{head}{BEGIN}\n{measured_part(figures)}{END}{tail}", encoding="utf-8")


def measured_part(figures: Path) -> str:
    """Return what stands between the marks.

    Args:
        figures: file of the figures; there may be none.
    """
    parts = [_HEAD, "## Each network"]
    folder = figures.parent
    for spec in MODELS.values():
        parts += _network(spec, folder)
    parts += ["## Speed", *_speed(figures)]
    return "\n\n".join(parts) + "\n"


def script_of(spec: ModelSpec) -> str:
    """Return the script that renders a network's example.

    >>> from livecoder.models.registry import find
    >>> print(script_of(find("drums_rnn")).splitlines()[-1])
    d1 >> drums_rnn(temperature=0.9).s("kit808")
    """
    word, sound = _TRACKS.get(spec.name, (f"{spec.name}()", "keys"))
    key = 'key("a:minor")\n' if "key" in spec.settings else ""
    return (
        f"# livecoder session\n# seed {_SEED}\n# ruff: noqa: D100, F821\n\n"
        f'tempo(104)\n{key}d1 >> {word}.s("{sound}")\n'
    )


def draw(folder: Path, *, say: Callable[[str], None]) -> None:
    """Write each network's script, and the piano roll of its first bars, into a folder.

    Networks without weights have a script alone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for spec in MODELS.values():
        script = folder / f"{spec.name}.py"
        script.write_text(script_of(spec), encoding="utf-8")
        picture = folder / f"{spec.name}.svg"
        if spec.name in weights.names():
            say(f"{spec.name}: {picture.name}")
            picture.write_text(_picture(script, spec), encoding="utf-8")


def _picture(script: Path, spec: ModelSpec) -> str:
    """Return the piano roll of a script's first bars, as SVG."""
    from livecoder.core.haps import Hap, Span
    from livecoder.core.rational import Rational
    from livecoder.models.ahead import Composer
    from livecoder.patterns.drawing.picture import Picture
    from livecoder.patterns.drawing.reading import draw as drawing_of
    from livecoder.session.offline import perform
    from livecoder.session.script import read_script

    composer = Composer()
    try:
        performed = perform(read_script(script), bars=BARS, composer=composer)
    finally:
        composer.close()
    if performed.problems:
        raise SessionFileError("; ".join(performed.problems))
    haps = []
    beats = performed.beats_per_cycle
    for event in performed.tracks["d1"]:
        begin = event.beat / beats
        whole = Span(begin, begin + event.duration / beats)
        wanted = ("s", "velocity") if spec.drums else ("note", "velocity")
        value = {name: event.controls[name] for name in wanted if name in event.controls}
        haps.append(Hap(whole, whole, value))
    title = script.read_text(encoding="utf-8").splitlines()[-1]
    drawing = drawing_of(haps, Rational(0), Rational(BARS), title=title, beats=float(beats))
    return Picture(drawing).svg_markup()


def _network(spec: ModelSpec, folder: Path) -> list[str]:
    """Return the paragraphs of one network."""
    parts = [f"### {spec.name}"]
    cards = [name for name in _cards_of(spec) if name in weights.names()]
    if not cards:
        parts.append(f"{_capital(spec.help)}. Not trained yet: `livecoder train {spec.name}`.")
    for name in cards:
        parts += _card(weights.card(name), name if len(cards) > 1 else "")
    typed = f"Type `{spec.example}`"
    if cards and (folder / f"{spec.name}.py").exists():
        place = f"docs/{folder.name}/{spec.name}.py"
        command = f"livecoder render {place} --bars 8 --wav {spec.name}.wav"
        typed += f", or hear it by `{command}`"
    parts.append(f"{typed}.")
    if cards and (folder / f"{spec.name}.svg").exists():
        roll = "drum grid" if spec.drums else "piano roll"
        about = f"{_capital(roll)} of {BARS} bars by {spec.name}"
        parts.append(f"![{about}]({folder.name}/{spec.name}.svg)")
    return parts


def _card(card: Mapping[str, Any], which: str) -> list[str]:
    parts = [f"**{card['title']}**" + (f" (`{which}`)" if which else "")]
    about = [f"{card['architecture']}. {card['parameters']:,} parameters."]
    learnt = ", ".join(source["name"] for source in card["data"])
    minutes = card.get("training", {}).get("minutes_on_one_core")
    about.append(
        f"Learnt from {learnt}" + (f", in {minutes:g} minutes on one core." if minutes else ".")
    )
    parts.append(" ".join(about))
    parts.append(_nats(card["nats_per_step"]))
    if card.get("verdict"):
        parts.append(f"How it sounds: {card['verdict']}")
    limits = [*card.get("limits", ()), *card.get("notes", ())]
    if limits:
        parts.append("\n".join(["Limits:", "", *(f"- {limit}" for limit in limits)]))
    return parts


def _nats(nats: Mapping[str, Any]) -> str:
    """Return the held-out figures as a table."""
    events, classes = nats["events"], nats.get("classes", {})
    untrained = "the same network, untrained"
    rows = [
        ("**this network**", f"**{events['network']}**"),
        ("n-grams", events.get("trigram")),
        (untrained, events.get("same_network_untrained")),
        # MelodyRNN's two classes that look back make an event of several: told apart in its card.
        (f"{untrained}, by class", classes.get("same_network_untrained")),
    ]
    head = f"nats per {nats.get('per', '16th')}, held-out music"
    return "\n".join(
        [f"| | {head} |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows if value)]
    )


def _speed(figures: Path) -> list[str]:
    """Return the paragraphs on speed."""
    try:
        found = json.loads(figures.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return [_NONE_YET]
    if found.get("quick"):
        return [_NONE_YET]
    parts, measured = found["parts"], found["measured"]
    libraries = ", ".join(f"{name} {number}" for name, number in found["versions"].items())
    said = [f"{found['machine']}; Python {found['python']}, {libraries}."]
    when = ", ".join(f"{part} {date}" for part, date in measured.items())
    said.append(f"Measured: {when}. A bar is of 4/4, and two seconds long.")
    said.append(_alone(parts.get("alone", {}), parts.get("take", {})))
    if beside := parts.get("beside"):
        said.append(_beside(beside))
    if likeness := {k: v for k, v in parts.get("likeness", {}).items() if "missing" not in v}:
        said.append(_likeness(likeness))
    together = parts.get("together", {})
    if "late_bars" in together:
        said.append(_together(together))
    rows = [
        f"| {line.what} | {line.figure} | {line.target} | {_met(line.met)} |"
        for line in lines(parts)
    ]
    said.append(_table(("", "measured", "target", "met"), rows))
    return said


def _alone(alone: Mapping[str, Any], take: Mapping[str, Any]) -> str:
    rows = []
    for name, one in alone.items():
        if "missing" in one:
            continue
        again = take.get(name, {})
        factor = one["real_time_15_notes"] if name in FREE else one["real_time_120bpm"]
        cells = (
            name,
            one["events_per_second"],
            factor,
            one["bar_ms_p50"],
            one["bar_ms_p99"],
            again.get("first_note_ms_p50", ""),
            again.get("worker_mb", ""),
        )
        rows.append("| " + " | ".join(map(str, cells)) + " |")
    head = (
        "",
        "events a second",
        "real-time factor",
        "bar p50 ms",
        "bar p99 ms",
        "`again()` to its first note, ms",
        "worker MB",
    )
    return _table(head, rows) + (
        "\n\nThe factor is at 120 beats a minute; of the pianos that play freely, at 15 notes a "
        "second. The first note is that of a bar whose line comes 200 ms after `again()`."
    )


def _beside(beside: Mapping[str, Any]) -> str:
    if "missing" in beside:
        return f"Beside Magenta: {beside['missing']}."
    rows = [
        f"| {case} | {one['ours_per_second']} | {one['magenta_per_second']} | {one['times']} |"
        for case, one in beside.items()
    ]
    return (
        "Events a second on the same weights, of Magenta's sizes. PerformanceRNN in that size "
        "(three LSTMs of 512) reads 21 MB of weights an event: memory is the limit of both; the "
        "one livecoder ships reads a quarter of that.\n\n"
        + _table(("", "ours", "Magenta", "times"), rows)
    )


def _likeness(likeness: Mapping[str, Any]) -> str:
    rows = []
    for name, one in likeness.items():
        bodies = {"what it learnt from": one["training_set"]}
        bodies["it, as it learnt"] = one["as_learnt"]
        bodies[f"it, at {draw_of(one['nearest'])}"] = one["nearest"]
        for number, (who, body) in enumerate(bodies.items()):
            key = one.get("in_key") if number == 0 else None
            cells = (
                f"**{name}**" if number == 0 else "",
                who,
                f"{body['notes_per_bar']:.2f}",
                f"{body['alike']:.3f}",
                "" if key is None else f"{key:.2%}",
            )
            rows.append("| " + " | ".join(cells) + " |")
    head = ("", "bars", "notes a bar", "likeness of a bar to one of the eight before", "in key")
    return (
        "Music made up without a primer, nothing masked, beside the training set (in key: under a "
        "key, at temperature 1.3): at temperature 1, and by the temperature and `top_p` at which "
        "the network comes nearest to what it learnt from in both figures. Type those where you "
        "want it to be like that. Who repeats too little has too short a memory: an LSTM without "
        "attention keeps some beats, the pianists some bars, and neither knows what a refrain "
        "is.\n\n" + _table(head, rows)
    )


def _together(together: Mapping[str, Any]) -> str:
    alone = together["without_networks"]
    runs = [
        ("with them", together["midi"]["intervals"]),
        ("(a bare loop beside it)", together.get("floor", {})),
        ("without networks", alone["intervals"]),
        *(("(a bare loop beside it)", floor) for floor in alone.get("floors", ())),
    ]
    rows = []
    for name, of in runs:
        if of.get("n"):
            figures = " | ".join(str(of.get(key, "")) for key in ("n", "sd", "p50", "p99", "max"))
            rows.append(f"| {name} | {figures} |")
    stolen = [part["stolen_percent"] for part in (together, alone) if "stolen_percent" in part]
    told = ""
    if len(stolen) == 2:
        told = (
            f"\n\nMeanwhile the host took {stolen[0]:g} % of the time of this machine's "
            f"processors; without networks {' and '.join(f'{one:g}' for one in stolen[1])} %."
        )
    head = ("16ths into a sink, intervals off by ms", "n", "sd", "p50", "p99", "max")
    return (
        f"{together['streams']} streams of {together['networks']} networks at once, "
        f"{together['seconds'] / 60:.2g} minutes: "
        f"{together['bars_composed']} bars composed in {together['workers']} workers of "
        f"{together['workers_mb']} MB together, {together['late_bars']} late.\n\n"
        + _table(head, rows)
        + told
    )


def _table(head: Sequence[str], rows: Sequence[str]) -> str:
    return "\n".join(["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *rows])


def _met(met: bool | None) -> str:
    return {True: "yes", False: "**no**", None: "not told by this run"}[met]


def _cards_of(spec: ModelSpec) -> list[str]:
    """Return the cards there may be of a network: the default's bears its name alone."""
    return [spec.name, *(f"{spec.name}_{config}" for config in spec.shipped[1:])]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
