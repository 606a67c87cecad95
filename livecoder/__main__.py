"""`livecoder`: the prompt without arguments, a command with one."""

from __future__ import annotations

import sys

# Options of the prompt, and whether a value follows.
_PROMPT = {"--resume": 0, "--debug": 0, "--seed": 1, "--audio": 1, "--midi": 1}

__all__ = ["main"]


def main() -> int:
    """Run what was asked for; returns the exit status."""
    arguments = sys.argv[1:]
    if _is_prompt(arguments):
        # Not through the command line's library: the prompt is to open at once.
        from livecoder.cli.guardian import guard

        return guard(arguments)
    from livecoder.cli.app import run

    return run(arguments)


def _is_prompt(arguments: list[str]) -> bool:
    rest = list(arguments)
    while rest:
        name, _, value = rest.pop(0).partition("=")
        if name not in _PROMPT:
            return False
        if _PROMPT[name] and not value and rest:
            rest.pop(0)
    return True


if __name__ == "__main__":
    sys.exit(main())
