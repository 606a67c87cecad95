# livecoder session
# seed 3
# ruff: noqa: D100, F821

tempo(104)
key("a:minor")
d1 >> music_transformer().s("keys")
