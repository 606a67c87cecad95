# livecoder session
# seed 9
#
# Signals: curves without end, read wherever a note begins. range(low, high) says how far they
# swing, slow(bars) how long that takes.

tempo(122)
d1 >> note("a1*8").s("bass").cutoff(sine.range(200, 2400).slow(2)).gain(0.8)

# bar 3: saw rises, tri goes up and down, square jumps
d2 >> s("hh*16").gain(saw.range(0.1, 0.6)).pan(tri)

# bar 5: chance that is the same every time: rand jumps, perlin wanders
d3 >> note("a3 c4 e4 g4").s("pluck").pan(rand).cutoff(perlin.range(600, 6000))

# bar 7: a signal becomes notes when it is cut into steps
d3 >> note(perlin.range(57, 81).segment(8)).quantise("a:minor").s("pluck")

# bar 9
hush()
