# livecoder session
# seed 5
#
# Thirds: think in degrees of a scale, not in notes. What is added is a third whatever the scale,
# and the whole piece changes mode by one word.

# bar 1
tempo(104)
key("d:dorian")
steps = n("0 [2 1] 4 <5 7 3 6>")
d1 >> steps.scale("d4:dorian").s("keys").gain(0.6)
d1.room(0.4)
d2 >> note("<d2 d2 c2 a1>").s("bass").cutoff(450).gain(0.8)

# bar 5: each step answered a third above, an eighth late
d1 >> steps.off(1 / 8, lambda p: p.add(n(2)).gain(0.4)).scale("d4:dorian").s("keys").gain(0.6)
d3 >> s("bd ~ [~ bd] ~, ~ rim ~ rim, hh*8").gain(0.45)

# bar 9: the same steps in darker light
key("d:phrygian")
d1 >> steps.off(1 / 8, lambda p: p.add(n(2))).scale("d4:phrygian").s("keys").gain(0.55)
d4 >> n("<[0,2,4] [1,3,5]>").scale("d3:phrygian").s("pad").gain(0.5)

# bar 13: and home
d1 >> steps.slow(2).scale("d4:dorian").s("keys").gain(0.5)
d3 >> silence
d4 >> n("[0,2,4,6]").scale("d3:dorian").s("pad").gain(0.45)

# bar 15
hush()
