"""The rules of the house that no linter knows, held against every file that git tracks."""

import ast
import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from livecoder.session.script import read_script

ROOT = Path(__file__).parents[2]
# What the prompt may not wait for.
HEAVY = ("torch", "pyo", "numba", "note_seq", "music21", "typer", "rich", "soundfile", "jedi")
# Everything the front imports before it takes input.
START = (
    "livecoder", "livecoder.__main__", "livecoder.cli.guardian", "livecoder.core.rational",
    "livecoder.patterns.vocabulary", "livecoder.session.live", "livecoder.session.namespace",
    "livecoder.repl", "livecoder.theory.scales", "livecoder.theory.snap",
    "livecoder.outputs.audio.sounds", "livecoder.models.registry", "livecoder.models.ahead",
)  # fmt: skip


@cache
def tracked() -> tuple[Path, ...]:
    """Every file in git's index that is on the disk; without git, every file of the rooms."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    names = listed.stdout.split("\0") if listed.returncode == 0 else []
    paths = [ROOT / name for name in names if name]
    if not paths:
        folders = ("livecoder", "tests", "benchmarks", "examples", "patterns", "sessions", "docs")
        paths = [path for folder in folders for path in (ROOT / folder).rglob("*")]
        paths += [path for path in ROOT.iterdir() if path.suffix in {".md", ".cfg", ".toml"}]
    return tuple(path for path in paths if path.is_file() and "__pycache__" not in path.parts)


def texts() -> list[tuple[Path, str]]:
    found = []
    for path in tracked():
        data = path.read_bytes()
        if b"\0" not in data[:4096]:
            found.append((path, data.decode("utf-8", "replace")))
    return found


def modules(*folders: str) -> list[Path]:
    return [
        path
        for path in tracked()
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in folders
    ]


def name_of(node: ast.expr) -> str:
    """Write `a.b.c` of a call as it stands in the source; empty for anything else."""
    if isinstance(node, ast.Attribute):
        inside = name_of(node.value)
        return f"{inside}.{node.attr}" if inside else ""
    return node.id if isinstance(node, ast.Name) else ""


def calls(path: Path) -> list[tuple[str, int]]:
    tree = ast.parse(path.read_text())
    return [(name_of(n.func), n.lineno) for n in ast.walk(tree) if isinstance(n, ast.Call)]


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# Pieced together so that this file does not hold what it looks for.
MACHINE = re.compile(
    "|".join(
        (
            r"(?<![\w.])/(?:ho" + r"me|wo" + r"rk|Us" + r"ers|ro" + r"ot)/[\w.-]+",
            r"[A-Z]:\\" + r"Users\\",
            r"(?:files\.python" + r"hosted|pypi\.(?:org|python)|test\.py" + r"pi)",
            r"download\.py" + r"torch|registry\.np" + r"mjs|deb\.deb" + r"ian|/opt/py" + r"pi",
            r"--(?:extra-)?index" + r"-url|PIP_(?:EXTRA_)?INDEX" + r"_URL",
        )
    )
)


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = [
        f"{place(path)}: {match[0]}" for path, text in texts() for match in MACHINE.finditer(text)
    ]
    assert not found


@pytest.mark.parametrize(
    "text",
    [
        "open('/ho" + "me/ann/x')",
        "cd /wo" + "rk/main",
        "https://pypi." + "org/simple",
        "/ro" + "ot/x",
    ],
)
def test_the_look_for_machines_sees_them(text: str) -> None:
    assert MACHINE.search(text)


def test_nothing_is_unpickled_and_code_runs_in_one_place_only() -> None:
    # Where the performer's own text is run, and nothing else may be: at the prompt and in a
    # script, and by `livecoder query`, which whoever types it gives the expressions.
    allowed = {"livecoder/session/evaluate.py", "livecoder/cli/query.py"}
    banned = {
        "eval", "exec", "pickle.load", "pickle.loads", "pickle.Unpickler", "torch.load",
        "joblib.load", "dill.load", "dill.loads", "marshal.loads", "shelve.open",
        "yaml.load", "os.system",
    }  # fmt: skip
    found = []
    for path in modules("livecoder", "benchmarks", "examples"):
        if place(path) not in allowed:
            found += [
                f"{place(path)}:{line} {name}" for name, line in calls(path) if name in banned
            ]
        tree = ast.parse(path.read_text())
        found += [
            f"{place(path)}:{node.lineno} imports {alias.name}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Import)
            for alias in node.names
            if alias.name.split(".")[0] in {"pickle", "dill", "cloudpickle", "shelve", "marshal"}
        ]
        found += [
            f"{place(path)}:{node.lineno} allows pickles"
            for node in ast.walk(tree)
            if isinstance(node, ast.keyword)
            and node.arg == "allow_pickle"
            and not (isinstance(node.value, ast.Constant) and node.value.value is False)
        ]
    assert not found


def test_time_is_waited_for_in_clock_and_outputs_only() -> None:
    found = [
        f"{place(path)}:{line}"
        for path in modules("livecoder")
        if path.relative_to(ROOT).parts[1] not in {"clock", "outputs"}
        for name, line in calls(path)
        if name in {"time.sleep", "sleep"}
    ]
    assert not found


def loaded_by(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys, json; print(json.dumps(list(sys.modules)))"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize("module", START)
def test_the_start_of_the_prompt_imports_nothing_heavy(module: str) -> None:
    assert not loaded_by(f"import {module}").intersection(HEAVY)


def test_importing_livecoder_starts_nothing() -> None:
    alone = "import threading, multiprocessing as m; assert threading.active_count() == 1"
    loaded = loaded_by(f"import livecoder; {alone}; assert not m.active_children()")
    # Only the package itself: names come when they are asked for.
    assert {name for name in loaded if name.startswith("livecoder")} <= {"livecoder"}


def undocumented(path: Path) -> list[str]:
    """Return public functions, methods and classes of a module that say nothing of themselves."""
    found = []

    def visit(body: list[ast.stmt], inside: str) -> None:
        for node in body:
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                continue
            if node.name.startswith("_"):
                continue
            overloads = {name_of(d) for d in node.decorator_list} & {"overload", "typing.overload"}
            setter = any(name_of(d).endswith(".setter") for d in node.decorator_list)
            if ast.get_docstring(node) is None and not overloads and not setter:
                found.append(f"{place(path)}:{node.lineno} {inside}{node.name}")
            if isinstance(node, ast.ClassDef):
                visit(node.body, f"{inside}{node.name}.")

    tree = ast.parse(path.read_text())
    if ast.get_docstring(tree) is None:
        found.append(f"{place(path)} itself")
    visit(tree.body, "")
    return found


def test_everything_public_says_what_it_does() -> None:
    found = [line for path in modules("livecoder") for line in undocumented(path)]
    assert not found


def test_what_a_module_lists_it_has() -> None:
    found = []
    for path in modules("livecoder"):
        tree = ast.parse(path.read_text())
        names = {
            name.id
            for node in ast.walk(tree)
            for name in ast.walk(node)
            if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
        }
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                names.add(node.name)
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                names |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        for node in tree.body:
            if (
                isinstance(node, ast.Assign)
                and name_of(node.targets[0]) == "__all__"
                and isinstance(node.value, (ast.List, ast.Tuple))
                and "__getattr__" not in names
            ):
                listed = [e.value for e in node.value.elts if isinstance(e, ast.Constant)]
                found += [f"{place(path)}: {name}" for name in listed if name not in names]
    assert not found


def test_no_star_imports_and_no_module_of_four_hundred_lines() -> None:
    found = []
    for path in modules("livecoder"):
        text = path.read_text()
        stars = [
            node
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.ImportFrom) and any(a.name == "*" for a in node.names)
        ]
        if stars or len(text.splitlines()) > 400:
            found.append(place(path))
    assert not found


def test_examples_are_short() -> None:
    long = [place(p) for p in modules("examples") if len(p.read_text().splitlines()) >= 60]
    assert not long
    assert len(modules("examples")) >= 10


@pytest.mark.parametrize("path", modules("patterns", "sessions"), ids=place)
def test_pieces_are_scripts_that_end_in_silence(path: Path) -> None:
    script = read_script(path)
    assert script.blocks
    for block in script.blocks:
        ast.parse(block.source)
    assert script.blocks[-1].source.strip().endswith("hush()")


def test_weights_have_cards_that_say_where_they_come_from() -> None:
    weights = [path for path in tracked() if path.suffix == ".safetensors"]
    assert weights
    assert sum(path.stat().st_size for path in weights) <= 40_000_000
    for path in weights:
        assert path.stat().st_size <= 8_000_000
        card = path.with_suffix(".md").read_text().lower()
        for word in ("licen", "data", "split", "steps", "gram", "untrained"):
            assert word in card, f"{place(path)}'s card does not say: {word}"


def test_links_between_documents_lead_somewhere() -> None:
    code = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
    link = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
    found = [
        f"{place(path)}: {target}"
        for path in tracked()
        if path.suffix == ".md"
        for target in link.findall(code.sub("", path.read_text()))
        if "://" not in target and not (path.parent / target).exists()
    ]
    assert not found


def test_every_parameter_of_a_sound_can_be_typed() -> None:
    from livecoder.outputs.audio.sounds import SOUNDS
    from livecoder.patterns.controls import CONTROLS

    known = {word for name, control in CONTROLS.items() for word in (name, *control.aliases)}
    wanted = {
        word
        for sound in SOUNDS.values()
        for parameter in sound.parameters
        for word in (parameter.name, *parameter.aliases)
    }
    assert not wanted - known
