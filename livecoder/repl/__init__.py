"""The prompt: evaluate, complete, toolbar, help."""

from livecoder.repl.app import main, run
from livecoder.repl.host import Host

__all__ = ["Host", "main", "run"]
