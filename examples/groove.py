# livecoder session
# seed 8
#
# Groove: what is heard leaves the grid, the patterns do not. Swing, templates and nudges act at
# once and are undone like anything else.

tempo(92)
d1 >> s("bd ~ ~ bd ~ ~ bd ~")
d2 >> s("~ cp ~ cp")
d3 >> s("hh*16").gain("1 .5 .7 .5")

# bar 3: the sixteenths of an MPC at 58%
d3.groove("mpc 58")

# bar 5: the clap behind the beat, the kick a little early
d2.nudge(14)
d1.nudge(-6)

# bar 7: the groove of one pattern for another, half as strong
d3.groove(s("hh*8").swing(0.2).gain("1 .6"), 0.5)

# bar 9: straight again
d3.groove(None)
d1.nudge(0)
d2.nudge(0)

# bar 10
hush()
