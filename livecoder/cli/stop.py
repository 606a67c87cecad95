"""`livecoder stop`."""

from __future__ import annotations

from livecoder.session.runtime import end_outputs, orphans

__all__ = ["command"]


def command() -> None:
    """End music that plays on by itself because its prompt died."""
    folders = orphans()
    for folder in folders:
        end_outputs(folder)
    print(f"stopped {len(folders)}" if folders else "nothing plays by itself")
