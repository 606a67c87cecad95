"""The front: the prompt and its session. Started by the guardian, or alone for debugging."""

from __future__ import annotations

import argparse
import gc
import sys
import threading
from collections.abc import Sequence

__all__ = ["main", "parser"]


def parser() -> argparse.ArgumentParser:
    """Return the options of the prompt."""
    made = argparse.ArgumentParser(prog="livecoder", add_help=False)
    # The guardian says which front it has lost; a performer takes over the newest session there is.
    made.add_argument("--resume", type=int, nargs="?", const=0, metavar="")
    made.add_argument("--debug", action="store_true")
    made.add_argument("--seed", type=int, default=None)
    made.add_argument("--audio", default="auto", choices=("auto", "jack", "portaudio", "paced"))
    made.add_argument("--midi", default="auto", choices=("auto", "jack", "rtmidi", "none"))
    return made


def main(argv: Sequence[str] | None = None) -> int:
    """Run the prompt; returns the exit status."""
    options = parser().parse_args(argv)
    from setproctitle import setproctitle

    setproctitle("livecoder: front")
    # Nothing of what is imported is garbage: looking through it would take a tenth of the time.
    gc.disable()
    from livecoder.core.errors import LivecoderError
    from livecoder.repl import main as prompt
    from livecoder.repl.prompt import HANGUP
    from livecoder.session import runtime
    from livecoder.session.files import offer
    from livecoder.session.live import LiveSession

    # A computing block holds the interpreter; the scheduler's thread gets it back this often.
    sys.setswitchinterval(0.001)
    try:
        waiting = runtime.orphans(options.resume or None)
        resumes = options.resume is not None
        if resumes and not waiting:
            print("livecoder: no session plays by itself; livecoder starts one", file=sys.stderr)
            return 1
        session = LiveSession(
            seed=options.seed,
            audio=options.audio,
            midi=options.midi,
            resume=waiting[0] if resumes else None,
        )
    except LivecoderError as error:
        if options.debug:
            raise
        print(f"livecoder: {error}", file=sys.stderr)
        return 1
    if waiting and not resumes:
        session.say("another session still plays by itself; livecoder --resume takes it over")
    if session.past is not None:
        session.say(offer(session.past))
    # A network's first bar is to be there when it is asked for, and the first sound before that.
    warming = threading.Timer(3.0, session.composer.warm, ("melody_rnn",))
    warming.daemon = True
    warming.start()
    gc.freeze()
    gc.enable()
    status = prompt(session, debug=options.debug)
    # A terminal that has gone is no reason to stop the music: `livecoder --resume` is.
    session.shutdown(keep=status == HANGUP)
    return status


if __name__ == "__main__":
    sys.exit(main())
