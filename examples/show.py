# livecoder session
# seed 1
#
# See what plays: pictures for a page, a slide or a wall. At the prompt `show(beat)` draws in the
# terminal, and `d1.show(live=True)` keeps a moving picture above the line you type.

tempo(112)
beat = s("bd*2 [~ bd], ~ sn, hh*8").gain("1 .5 .8 .6")
line = note("c2(3,8,<0 2>)").s("bass").cutoff(sine.range(300, 2000).slow(4)).color("cyan")
d1 >> beat
d2 >> line
print(show(beat))
show(stack(beat, line), cycles=4, file="show.svg")

# bar 3
d1 >> beat.every(2, rev)
show(d1, 2).png("show.png")

# bar 5
hush()
