"""The public data sets models are trained on: what they are, their licences, where to find them.

The sets are never shipped. Put the archives into one folder under the names given here, and give
that folder to `livecoder train --data`.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = [
    "FOLK",
    "GROOVE",
    "JSB",
    "JSFAKES",
    "MELODIES",
    "OPENEWLD",
    "POP909",
    "SOURCES",
    "Source",
]


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
GROOVE = Source(
    "groove",
    "Groove MIDI Dataset v1.0.0 (Gillick et al. 2019)",
    "drummers on an electronic kit, of which the 4/4 performances are read, on the nearest 16th: "
    "1,150 files, 446,312 notes, 13.6 hours",
    "CC BY 4.0",
    "groove-midi-1.0.0.zip",
    "https://magenta.tensorflow.org/datasets/groove: groove-v1.0.0-midionly.zip, renamed",
)
JSB = Source(
    "jsb",
    "JSB Chorales 16th (Huang)",
    "Bach chorales, four voices on a 16th grid, the split every paper uses: 229 / 76 / 77 chorales",
    "Bach is public domain",
    "jsb/Jsb16thSeparated.npz",
    "https://github.com/czhuang/JSB-Chorales-dataset",
)
JSFAKES = Source(
    "jsfakes",
    "JS Fake Chorales (Peracha 2021)",
    "chorales in four parts that a program composed, to train on beside Bach's: 500 chorales",
    "CC BY 4.0",
    "jsfakes/js-fakes-16thSeparated.npz",
    "https://github.com/omarperacha/js-fakes",
)
MELODIES = (OPENEWLD, POP909, FOLK)
SOURCES = (*MELODIES, GROOVE, JSB, JSFAKES)
