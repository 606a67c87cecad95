"""aalink: a coroutine for each track that awaits every 16th of the Link session."""

from __future__ import annotations

import asyncio

from aalink import Link
from stamps import BPM, STEP, Stamps, options


async def main() -> None:
    """Play."""
    wanted = options()
    stamps = Stamps(wanted.tracks)
    link = Link(BPM)
    link.enabled = True

    async def track(number: int) -> None:
        while True:
            await link.sync(STEP)
            stamps.note(number)

    stamps.end_after(wanted.seconds, wanted.out, "aalink")
    await asyncio.gather(*(track(number) for number in range(wanted.tracks)))


asyncio.run(main())
