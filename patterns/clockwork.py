# livecoder session
# seed 1
#
# Clockwork: wheels of 3, 4, 5 and 7 teeth on one shaft. {a b c}%8 plays eight steps a bar of
# a wheel of three; the wheels meet again after their least common multiple.

# bar 1
tempo(126)
d1 >> note("{c4 eb4 g4}%8").s("pluck").gain(0.6).pan(0.3)
d1.room(0.25)

# bar 3
d2 >> note("{g4 bb4 c5 d5 f5}%8").s("pluck").gain(0.5).pan(0.7)
d2.room(0.25).delay(0.2)

# bar 5
d3 >> s("{hh hh oh hh rim hh hh}%16").gain(0.35)
d4 >> note("{c2 ~ c2 eb2 ~}%8").s("bass").cutoff("{400 700 1100}%8").gain(0.8)

# bar 9
d5 >> s("bd*4, {~ cp ~}%4").gain(0.7)
d1 >> note("{c4 eb4 g4}%8").s("pluck").gain(0.6).pan("{0.1 0.9 0.5 0.3}%8").every(3, rev)

# bar 13
d5 >> silence
d4 >> silence
d3 >> s("{hh rim}%4").gain(0.3)

# bar 15
hush()
