"""Every command of `livecoder` but the prompt; each is imported when it is called."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

import typer

from livecoder.core.errors import LivecoderError

__all__ = ["COMMANDS", "run"]

# name: (module, one line)
COMMANDS = {
    "play": ("livecoder.cli.play", "play a script live, or render it where nothing can sound"),
    "render": ("livecoder.cli.render", "render a script to WAV, MIDI and stems, without waiting"),
    "query": ("livecoder.cli.query", "answer what patterns play: JSON in, JSON out"),
    "train": ("livecoder.cli.train", "train a network on data you have"),
    "models": ("livecoder.cli.models", "list the networks, what they learned from, their limits"),
    "calibrate": (
        "livecoder.cli.calibrate",
        "measure how long audio takes to the ear, through a cable from output to input",
    ),
    "devices": ("livecoder.cli.devices", "list MIDI ports and audio devices"),
    "doctor": (
        "livecoder.cli.doctor",
        "check this machine; say what to type where it is wrong",
    ),
    "bench": ("livecoder.cli.bench", "measure what the README says"),
    "stop": ("livecoder.cli.stop", "end music that plays on because its prompt died"),
}

_EPILOG = (
    "Without a command, livecoder opens the prompt. Its options: --resume takes over a session "
    "whose prompt died, --seed N, --audio auto|jack|portaudio|paced, --midi auto|jack|rtmidi|none, "
    "--debug shows tracebacks."
)


def run(arguments: Sequence[str]) -> int:
    """Run a command; returns the exit status."""
    app = typer.Typer(
        name="livecoder",
        help="A live-coding instrument: type music, hear a network join in.",
        epilog=_EPILOG,
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )

    @app.callback(invoke_without_command=True)
    def options(
        version: bool = typer.Option(False, "--version", help="Say which version this is."),
    ) -> None:
        if version:
            from importlib.metadata import version as number

            print(f"livecoder {number('livecoder')}")
            raise typer.Exit

    for name, (module, line) in COMMANDS.items():
        # Only the command that is asked for is imported: `play` needs no training loop.
        if name in arguments[:1]:
            found = import_module(module)
            settings = getattr(found, "CONTEXT", None)
            app.command(name, help=None, context_settings=settings)(found.command)
        else:
            app.command(name, help=line)(_elsewhere)
    debug = "--debug" in arguments
    try:
        status = app(args=list(arguments), standalone_mode=False)
    except LivecoderError as error:
        if debug:
            raise
        print(f"livecoder: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if debug or not hasattr(error, "show"):
            raise
        error.show()
        return int(getattr(error, "exit_code", 2))
    return status if isinstance(status, int) else 0


def _elsewhere() -> None:
    """Stand in for a command that is listed but not called."""
