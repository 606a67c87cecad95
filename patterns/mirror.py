# livecoder session
# seed 8
#
# Mirror: jux plays the pattern in the left ear and something done to it in the right.

# bar 1
tempo(118)
d1 >> note("a3 c4 [e4 d4] c4 g3 [~ a3] e4 <d4 b3>").s("pluck").gain(0.7).jux(rev)
d1.room(0.3)

# bar 5
d1 >> (
    note("a3 c4 [e4 d4] c4 g3 [~ a3] e4 <d4 b3>")
    .s("pluck")
    .cutoff(sine.range(800, 5000).slow(4))
    .gain(0.7)
    .jux(lambda p: p.rev().add(note(12)).gain(0.45))
)
d2 >> s("bd*2 [~ bd]").gain(0.8)
d3 >> s("hh*8").gain("[0.3 0.5]*4").jux(lambda p: p.late(1 / 32))

# bar 9
d2 >> s("bd*4, ~ cp").gain(0.75).every(4, lambda p: p.ply(2))
d4 >> note("<a1 a1 f1 g1>").struct("x(5,8)").s("bass").cutoff(600).gain(0.8)

# bar 15
hush()
