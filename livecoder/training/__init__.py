"""Training: from public data sets to the weights livecoder ships. `livecoder train` runs it.

Nothing here runs while music plays. The sets are never shipped: `sources` says what they are,
under which licence, and where the public finds them; `livecoder train --sources` prints it.
The road: `abc`, `musicxml`, `pop909` read scores; `scores` makes them one line of 16ths; `corpus`
encodes and splits them once; `batches` deals them out in every key; `melody_rnn` learns; `ngram`,
`figures` and `listening` judge; `card` writes it down; `run` is all of it in order.
"""
