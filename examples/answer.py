# livecoder session
# seed 9
#
# Call and response: play a phrase on any keyboard, stop, and it is answered from the bar line. What
# was played here is in the script, as `save` writes it, so that it is heard without a keyboard.

heard("keys on *", "30720:35640:6900:6900:69:90:1 38400:43320:6900:6900:72:80:1")
heard("keys on *", "46080:51000:6900:6900:76:95:1 53760:58680:1200:1200:74:70:1")
heard("answers to *", "384:9 385:0")

tempo(120)
key("a:minor")
d1 >> midi_in().s("keys")
d2 >> melody_rnn(prime=listen()).s("pluck")
d3 >> s("bd ~ hh ~").gain(0.7)

# bar 5
hush()
