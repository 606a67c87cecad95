# livecoder session
# seed 1
#
# Scales: n counts degrees of a scale from 0, in any octave; quantise moves any notes onto one.
# There are seventy and more, from major to maqamat: help("scales").

tempo(100)
d1 >> n("0 2 4 <7 6 5 9>").scale("a3:minor").s("keys")

# bar 3: the scale is a pattern too
d1 >> n("0 2 4 <7 6 5 9>").scale("<a3:minor c4:lydian d3:dorian e3:phrygian>").s("keys")

# bar 5: a sweep over two octaves, caught by a pentatonic
d2 >> note(saw.range(48, 72).segment(8)).quantise("a:minor:pentatonic").s("pluck")

# bar 7: between the keys of a piano: rast has its third halfway between minor and major
d1 >> silence
d2 >> n("0 1 2 3 4 [3 2] 1 0").scale("c4:rast").s("lead").gain(0.6)

# bar 9
hush()
