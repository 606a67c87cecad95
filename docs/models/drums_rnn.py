# livecoder session
# seed 3
# ruff: noqa: D100, F821, B018, INP001

tempo(104)
d1 >> drums_rnn(temperature=.9).s("kit808")
