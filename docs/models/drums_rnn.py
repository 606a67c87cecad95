# livecoder session
# seed 3
# ruff: noqa: D100, F821

tempo(104)
d1 >> drums_rnn(temperature=0.9).s("kit808")
