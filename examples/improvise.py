# livecoder session
# seed 4
#
# A temperature that is a pattern, chords, and a phrase of another track to go on from.

tempo(116)
key("d:dorian")
d1 >> chord("<Dm7 G7>").voicing().s("keys").gain(0.6)
d2 >> melody_rnn(temperature=sine.range(0.6, 1.4).slow(4), chords="<Dm7 G7>", strong=True).s("lead")

# bar 5: likely notes only, fewer of them, home at the end of every second bar
d2.tune(top_k=5, density=2, ending=2)

# bar 7: a second voice goes on from what the first one played
d3 >> melody_rnn(prime=d2, lowest=43, highest=62).s("bass")

# bar 9: the last two bars of the first, backwards
d2 >> d2.last(2).rev().s("lead")

# bar 11
hush()
