# livecoder session
# seed 11
#
# Duet: two networks take turns, two bars each, and then speak at once. Both keep to the key.

# bar 1
tempo(88)
key("f:lydian")
high = melody_rnn(1.1, prime="c5 [a4 b4] c5 e5", lowest=65, highest=84)
low = melody_rnn(1.1, prime="f3 a3 [c4 b3] a3", seed=4, lowest=50, highest=67)
d1 >> high.mask("<1 1 0 0>").s("keys").gain(0.7).pan(0.35)
d2 >> low.mask("<0 0 1 1>").s("pluck").gain(0.8).pan(0.65)
d3 >> note("<[f2,c3,a3] [f2,c3,b3] [e2,c3,g3] [g2,d3,b3]>").s("pad").gain(0.4)
d1.room(0.4)
d2.room(0.4)

# bar 9
d4 >> s("bd ~ ~ bd ~ ~ rim ~, hh*8").gain(0.35)
d1 >> high.s("keys").gain(0.6).pan(0.35)
d2 >> low.every(2, rev).s("pluck").gain(0.7).pan(0.65)

# bar 13
d1.freeze(1)
d4 >> silence

# bar 15
hush()
