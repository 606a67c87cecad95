# livecoder session
# seed 21
#
# Waltz: three in a bar, some notes left to chance. The dice are thrown from the seed, so the
# same seed waltzes the same way every time.

# bar 1
tempo(148)
meter(3, 4)
key("g:major")
d1 >> note("<g2 e2 a2 d2>").s("bass").cutoff(380).struct("x ~ ~").gain(0.8)
d2 >> note("<[b3,d4] [b3,e4] [c4,e4] [c4,f#4]>").struct("~ x x").s("keys").gain(0.45)
d2.room(0.35)

# bar 5
d3 >> n("0 2? 4 [7 6] 4? 2").add(n("<0 -1 1 -3>")).scale("g4:major").s("pluck").gain(0.6)
d3.delay(0.2).room(0.4)

# bar 9
d4 >> s("bd rim? rim, hh*6?").gain(0.4)
d3 >> (
    n("0 2 4 [7 6] 4 2?").add(n("<0 -1 1 -3>")).scale("g4:major").every(4, rev).s("pluck").gain(0.6)
)

# bar 15
d3 >> silence
d4 >> silence

# bar 17
hush()
