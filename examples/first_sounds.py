# livecoder session
# seed 1
#
# First sounds: tracks d1 to d16 play patterns; a new line replaces what a track played, from the
# next bar on. Type these lines at the prompt, or: livecoder play examples/first_sounds.py

tempo(120)
d1 >> s("bd*4, ~ cp, hh*8")

# bar 2: a bass under it; "c2 e2" are two notes a bar, [c2 e2] two in the time of one
d2 >> note("a1 ~ a1 [c2 e2]").s("bass")

# bar 3: the mixer strip of a track, and a sweep of the filter over four bars
d2.gain(0.9).pan(0.4)
d2 >> note("a1 ~ a1 [c2 e2]").s("bass").cutoff(sine.range(300, 2000).slow(4))

# bar 4: functions of patterns: backwards every other bar, and an echo an eighth later
d3 >> note("a4 c5 e5 g5").s("keys").every(2, rev).off(1 / 8, lambda p: p.gain(0.4))

# bar 6: mute remembers, stop forgets
d1.mute()

# bar 7
d1.unmute()
d3.stop()

# bar 9
hush()
