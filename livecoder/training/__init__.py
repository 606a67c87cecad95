"""Training: from public data sets to the weights livecoder ships. `livecoder train` runs it.

Nothing here runs while music plays. The sets are never shipped: `sources` says what they are,
under which licence, and where the public finds them; `livecoder train --sources` prints it.

A stack of LSTMs: `families` says, a module each, what a model learns from and how music becomes
its inputs; `groove`, `chorales`, `piano`, `pop909`, `musicxml`, `harmony` read the sets; `pieces`
keeps them encoded, `lanes` deals them out; `trainer` learns, `counts` is the baseline,
`stack_card` writes it down; `stacks` is all of it in order.

The attention MelodyRNN came first and has a road of its own: `abc`, `musicxml`, `pop909` read
scores; `scores` makes them one line of 16ths; `corpus` encodes and splits them once; `batches`
deals them out in every key; `melody_rnn` learns; `ngram`, `figures` and `listening` judge; `card`
writes it down; `run` is all of it in order.
"""
