# livecoder session
# seed 1
#
# MIDI out: .midi("port", channel) plays a port. Where no port has that name, livecoder opens one
# for your DAW to connect to (under JACK it is called livecoder:NAME). `livecoder devices` lists
# what there is.

tempo(120)
d1 >> note("c3 e3 g3 b3").midi("synth", 1)

# bar 3: loudness is velocity, 0 to 1; a sound and a port together play both
d1 >> note("c3 e3 g3 b3").velocity("0.5 0.7 0.9 0.6").midi("synth", 1)
d2 >> note("[c4,e4,g4] ~ [d4,f4,a4] ~").velocity(0.5).midi("synth", 2).s("pad")

# bar 5: drums on channel 10, as General MIDI has them: 36 kick, 38 snare, 42 hat
d3 >> note("36 [42 42] 38 [42 42]").velocity(0.8).midi("drums", 10)

# bar 7: panic sends note-offs and all-sounds-off to every port
panic()
