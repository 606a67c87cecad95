# livecoder session
# seed 4
#
# A set is a script: every block, headed by the bar from which it acts, and the seed. At the
# prompt, save("tuesday.py") writes one like this; `livecoder play` performs it again, networks
# and all, note for note; load("tuesday.py") plays it into the set that runs.

tempo(96)
key("d:dorian")
d1 >> s("bd ~ [~ bd] sd")

# bar 2
d2 >> melody_rnn(lowest=55, highest=79).s("keys")

# bar 4.5: an edit typed in the middle of a bar waits for the next one
d1 >> s("bd ~ [~ bd] sd, hh*8")

# bar 5: or for the next four bars, if that is your quantum
quantum(4)
d2 >> note("d3 f3 a3 c4").s("keys")

# bar 9
save("tuesday.py")  # does nothing while a script is performed
hush()
