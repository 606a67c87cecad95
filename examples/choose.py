# livecoder session
# seed 2
#
# Eight takes of a network, put in order by what is measured of them: nobody has to listen to all.

tempo(110)
key("g:mixolydian")
takes = generate(melody_rnn, bars=2, variations=8, temperature=1.1, lowest=60, highest=84)
d1 >> takes.ranked().best().s("keys")
d2 >> note("<g1 f1>").struct("x(5,8)").s("bass")

# bar 5: what lies best against the beat, twice as important; the next best below it
best, second = takes.ranked(rhythm=2).take(2)
d1 >> best.s("keys")
d3 >> second.sub(note(12)).s("pluck").gain(0.6)

# bar 9
hush()
