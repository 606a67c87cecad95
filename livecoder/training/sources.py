"""The public data sets models are trained on: what they are, their licences, where to find them.

The sets are never shipped. Put the archives into one folder under the names given here, and give
that folder to `livecoder train --data`.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["FOLK", "OPENEWLD", "POP909", "SOURCES", "Source"]


class Source(NamedTuple):
    """One public data set.

    Attributes:
        key: its short name in a corpus and a card.
        public_name: what its makers call it.
        what: what it holds.
        licence: as stated by its makers.
        archive: the file that `--data` must hold; empty where nothing is to be fetched.
        where: where the public finds it, and how to make the archive of it.
    """

    key: str
    public_name: str
    what: str
    licence: str
    archive: str
    where: str


OPENEWLD = Source(
    "openewld",
    "OpenEWLD (Simonetta 2018)",
    "lead sheets, MusicXML with chord symbols and lyrics: 502 sheets, 17,398 bars",
    "MIT; public-domain tunes",
    "openewld.tar.xz",
    "https://github.com/00sapo/OpenEWLD; pack its folder `dataset` with tar -cJf openewld.tar.xz",
)
POP909 = Source(
    "pop909",
    "POP909 (Wang et al. 2020)",
    "pop songs as piano, of which the MELODY tracks are read: 909 songs, 309,423 melody notes",
    "MIT (the songs themselves are in copyright: weights only, no tune is shipped or quoted)",
    "pop909.tar.xz",
    "https://github.com/music-x-lab/POP909-Dataset; pack its folder `POP909` with "
    "tar -cJf pop909.tar.xz",
)
FOLK = Source(
    "folk",
    "folk tunes of the music21 package",
    "4,433 old folk tunes in ABC (ryansMammoth, oneills1850, airdsAirs, miscFolk): 81,660 bars",
    "old tunes; music21 (BSD-3-Clause) passes their transcriptions on by permission of the "
    "transcribers, some of whom may restrict commercial use: weights only",
    "",
    "PyPI package music21: pip install 'livecoder[train]'",
)
SOURCES = (OPENEWLD, POP909, FOLK)
