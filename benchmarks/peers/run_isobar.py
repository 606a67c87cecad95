"""isobar: tracks of a `Timeline`, into its MIDI output."""

from __future__ import annotations

from stamping_port import NAME, use
from stamps import BPM, STEP, Stamps, options


def main() -> None:
    """Play."""
    wanted = options()
    stamps = Stamps(wanted.tracks)
    use(stamps)
    import isobar

    timeline = isobar.Timeline(BPM, output_device=isobar.MidiOutputDevice(NAME))
    for channel in range(wanted.tracks):
        notes = isobar.PSequence(list(range(40, 56)))
        timeline.schedule({"note": notes, "duration": STEP, "channel": channel})
    stamps.end_after(wanted.seconds, wanted.out, "isobar", "mido")
    timeline.run()


main()
