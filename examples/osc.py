# livecoder session
# seed 9
#
# OSC: events go to lights and visuals with the time of their beats, faders come in as signals.
# Whoever listens on this machine at port 9000 sees /light and /colour.

tempo(120)
osc_out("lights", "127.0.0.1:9000", "/light")
osc_in(9001)
d1 >> s("bd*4").superimpose(lambda hits: hits.osc("lights"))

# bar 2: a tune and its colours, and a fader that opens the filter; untouched it stands at 0.4
d2 >> note("c4 e4 g4").s("keys").superimpose(lambda tune: tune.osc("lights", "/colour"))
d3 >> note("c2*8").s("bass").cutoff(osc("/fader/1", default=0.4).range(200, 4000))

# bar 5
hush()
