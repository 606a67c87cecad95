# livecoder session
# seed 11
#
# Networks together: a drummer, a melody over chords, and voices; the slow ones never hold up the
# quick ones.

tempo(104)
key("a:minor")
changes = "<Am7 F Dm7 E7>"
d1 >> drums_rnn(temperature=0.9).s("kit808").gain(0.9)
d2 >> note("<a1 f1 d2 e2>").struct("x(3,8)").s("bass").gain(0.8)

# bar 3: a melody that hears the chord that comes
d3 >> improv_rnn(chords=changes, strong=True, lowest=60, highest=84).s("pluck")

# bar 5: voices below, few and calm
d4 >> polyphony_rnn(temperature=0.7, density=2, polyphony=3).s("pad").gain(0.5)

# bar 7: the melody comes to rest every fourth bar
d3.tune(ending=4)
d1.density(5)

# bar 11
hush()
