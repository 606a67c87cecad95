# livecoder session
# seed 7
#
# A network is a pattern: what can be done to typed notes can be done to what it composes. It
# composes ahead of the music, a bar at a time, and only ever notes of the key.

tempo(112)
key("a:minor")
melody = melody_rnn(temperature=1.0, lowest=60, highest=84)
d1 >> melody.s("pluck")
d2 >> note("<a1 f1 c2 g1>").struct("x(5,8)").s("bass").gain(0.8)

# bar 3: every other bar backwards
d1 >> melody.s("pluck").every(2, rev)

# bar 5: twice as fast on the right, as it is on the left
d1 >> melody.s("pluck").jux(fast(2))

# bar 7: calmer; and the whole set moves to another key
d1.temperature(0.6)
key("d:dorian")

# bar 9
hush()
