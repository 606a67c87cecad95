# livecoder session
# seed 3
#
# Tresillo: one euclidean rhythm in many coats. 3 over 8 is the kick, 5 over 8 the clap that
# answers it, 7 over 16 the hats; the bass plays the same 3 over 8, turned.

# bar 1
tempo(98)
key("e:minor")
d1 >> stack(s("bd(3,8)").gain(0.9), s("hh(7,16)").gain(0.35))
d2 >> note("<e1 e1 g1 d1>(3,8,2)").s("bass").cutoff(500).gain(0.85)

# bar 3
d1 >> stack(s("bd(3,8)").gain(0.9), s("hh(7,16)").gain(0.35), s("~ cp(<2 5>,8,3)").gain(0.4))
d3 >> note("<[e3,g3,b3] [e3,g3,b3] [d3,g3,b3] [d3,f#3,a3]>").euclid(5, 16).s("keys").gain(0.5)
d3.room(0.3).delay(0.3)

# bar 7: a turn of the wheel each bar
d1 >> stack(
    s("bd(3,8,<0 1 2 3>)").gain(0.9),
    s("rim(5,8,<0 2>)").gain(0.4),
    s("hh(11,16)").gain(0.3),
    s("<~ ~ ~ [lt mt ht ~]>").gain(0.6),
)

# bar 11
d1 >> s("bd(3,8) ~").gain(0.8)
d2 >> note("e1").s("bass").cutoff(300)

# bar 13
hush()
