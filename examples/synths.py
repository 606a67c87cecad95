# livecoder session
# seed 1
#
# Synths: a bar of each sound, and what can be set on it. help("bass") shows a sound's parameters
# with their units and ranges.

tempo(110)
d1 >> note("a1 a1 [~ a1] c2").s("bass").cutoff("300 600 1200 2400").resonance(0.4)

# bar 3
d1 >> note("a3 e4 a4 e4").s("pluck").decay("0.2 0.5 0.9 1.5")

# bar 4
d1 >> note("a4 [c5 b4] g4 ~").s("lead").release(0.4)

# bar 5
d1 >> note("[a2,e3,a3,c4]").s("pad").attack(0.5).cutoff(1800)

# bar 6
d1 >> note("[a3,c4] e4 [g3,b3] d4").s("keys")

# bar 7: the drums by name, tuned and damped
d1 >> s("bd sd [lt mt] ht").tune("0 2 0 5")
d2 >> s("hh*4 oh [cb rim] cp").decay(0.3).gain(0.6)

# bar 8: the strip of a track: treble off, echo, reverb
d1.lpf(3000).delay(0.4).room(0.5)
d1 >> s("rim ~ [~ rim] cy")

# bar 9
hush()
