"""Write the small files of Magenta that tests keep: `python benchmarks/oracle/fixtures.py`.

They are what `record.py --tiny` writes: real files with layers of a few units. A bundle's graph,
a hundred kilobytes, is cut down to its attention's constants, as no reader wants more of it. The
folders of Magenta.js hold the same variables, written as its converter does.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from livecoder.models.containers.protobuf import Message  # noqa: E402
from livecoder.models.containers.reading import read  # noqa: E402
from tests.fakes.checkpoints import part, write_browser, write_files  # noqa: E402

FIXTURES = ROOT / "tests" / "fixtures" / "oracle"
KEPT = (
    "basic_rnn",
    "lookback_rnn",
    "mono_rnn",
    "attention_rnn",
    "attention_rnn_around_all",
    "drum_kit",
    "chord_pitches_improv",
    "basic_improv",
    "polyphony",
    "performance",
    "performance_with_dynamics_and_modulo_encoding",
    "multiconditioned_performance_with_dynamics",
    "optional_multiconditioned_performance_with_dynamics",
)
IN_ALL_CONTAINERS = ("basic_rnn", "attention_rnn")


def main() -> None:
    """Have Magenta write them, and keep what is small."""
    folder = ROOT / "build" / "oracle_tiny"
    script = Path(__file__).with_name("record.py")
    engine = ROOT / "build" / "engine" / "bin" / "python"
    if "--again" in sys.argv or not folder.exists():
        subprocess.run([engine, script, folder, "--tiny"], check=True)
    for name in KEPT:
        keep(folder / name, FIXTURES / name)
    print(sum(path.stat().st_size for path in FIXTURES.rglob("*") if path.is_file()), "bytes")


def keep(made: Path, kept: Path) -> None:
    """Copy a case, without what is large."""
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir(parents=True)
    for name in ("case.json", "logits.npy"):
        shutil.copy(made / name, kept / name)
    (kept / "weights.mag").write_bytes(without_graph((made / "weights.mag").read_bytes()))
    if made.name in IN_ALL_CONTAINERS:
        for path in made.glob("model.ckpt.[id]*"):
            shutil.copy(path, kept / path.name)
        graph = part(2, attention((made / "model.ckpt.meta").read_bytes()))
        (kept / "model.ckpt.meta").write_bytes(graph)
        found = read(made / "model.ckpt")
        length = read(made / "weights.mag").length
        write_browser(kept / "browser", found.tensors, length=length)
        if not length:
            write_files(kept / "files", found.tensors)


def without_graph(data: bytes) -> bytes:
    """Return a bundle whose graph holds nothing but the constants of its attention."""
    bundle = Message(memoryview(data))
    graph = part(2, attention(bytes(bundle.parts(3)[0])))
    details, checkpoint = (bytes(bundle.parts(number)[0]) for number in (1, 2))
    return part(1, details) + part(2, checkpoint) + part(3, graph)


def attention(graph: bytes) -> bytes:
    """Return the constants of the attention in a graph, as nodes of a graph."""
    found = b""
    for node in Message(memoryview(graph)).message(2).parts(1):
        read_node = Message(node)
        if read_node.text(2) == "Const" and "attention" in read_node.text(1):
            found += part(1, bytes(node))
    return found


if __name__ == "__main__":
    main()
