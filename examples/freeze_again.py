# livecoder session
# seed 7
#
# Handles of a network: hold what it found, let it go on, have it think again.

tempo(112)
key("c:major")
d1 >> melody_rnn(lowest=60, highest=84).s("keys")

# bar 3: that was good: loop the last two bars
d1.freeze(2)

# bar 5: go on
d1.thaw()

# bar 6: something else, from the next bar
d1.again()

# bar 7: another seed is another player
d1.seed(3)

# bar 8: go on from a phrase of yours
d1.prime("c5 [d5 e5] g5 e5")

# bar 9: in a key of its own, whatever the set is in
d1.key("c:lydian")

# bar 10: take the last step back
d1.undo()

# bar 11
hush()
