# livecoder session
# seed 3
# ruff: noqa: D100, F821, B018, INP001

tempo(104)
key("a:minor")
d1 >> polyphony_rnn(temperature=.8).s("pad")
