# livecoder session
# seed 3
# ruff: noqa: D100, F821

tempo(104)
key("a:minor")
d1 >> improv_rnn(chords="<Am7 D7 G^7 C^7>", strong=True).s("keys")
