# livecoder session
# seed 11
#
# Networks together: a melody over chords, and voices below it.

tempo(104)
key("a:minor")
changes = "<Am7 F Dm7 E7>"
d1 >> s("bd ~ sd ~, hh*8").gain(0.8)
d2 >> note("<a1 f1 d2 e2>").struct("x(3,8)").s("bass").gain(0.8)
d3 >> melody_rnn(chords=changes, strong=True, lowest=60, highest=84).s("pluck")

# bar 5: voices below, few and calm
d4 >> polyphony_rnn(temperature=0.7, density=2, polyphony=3).s("pad").gain(0.5)

# bar 7: the melody comes to rest every fourth bar
d3.tune(ending=4)
d3.density(3)

# bar 11
hush()
