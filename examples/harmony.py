# livecoder session
# seed 1
#
# Harmony: chords by name and by numeral, voiced so that they lead smoothly; progressions that
# everybody knows and some that nobody does. Type these lines at the prompt, or:
# livecoder play examples/harmony.py

tempo(110)

# chords by symbol; .voicing() gives them notes near an anchor, root_notes their bass
changes = chord("<D-9 G13 C^7 A7b13>")
d1 >> changes.voicing().s("keys")
d2 >> changes.root_notes(2).s("bass").struct("x ~ x x")

# bar 5: the left hand of a pianist, and an arpeggio of the same chords
d1 >> changes.dict("lefthand").anchor("a4").voicing().s("keys")
d3 >> n("0 1 2 <4 3>").chord("<D-9 G13 C^7 A7b13>").voicing().s("pluck")

# bar 9: by numeral, in a key; V7/ii is the dominant of ii
changes = roman("<ii7 V7 I^7 V7/ii>", key="<f:major eb:major>/4")
d1 >> changes.voicing().s("keys")
d2 >> changes.root_notes(2).s("bass")
d3.stop()

# bar 13: a progression by name, and a melody that moves along the scale
d1 >> progression("andalusian", "a").voicing().s("keys")
d2 >> progression("andalusian", "a").root_notes(2).s("bass")
d3 >> n("0 2 4 <7 5>").scale("a:minor").scale_transpose("<0 -1 -2 -3>").s("pluck")

# bar 17: what key is it in? and new chords from a seed
print(find_key(progression("andalusian", "a").voicing()))
d1 >> chord_grammar(8, "d:minor", seed=4, sevenths=True).voicing().s("keys")
d2.stop()
d3.stop()

# bar 25
hush()
