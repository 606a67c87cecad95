# livecoder session
# seed 2
#
# First light: 32 bars at 112 bpm in A minor. A network improvises the melody (d4) over a bass
# (d2), a pad (d3) and drums (d1) that are typed. Play it with `make play`; change it as you like.

# bar 1: intro. The pad alone, the network thinking aloud, dark and far away.
tempo(112)
key("a:minor")
chords = note("<[a2,e3,g3,c4] [f2,c3,a3,e4] [c3,g3,b3,e4] [g2,d3,b3,d4]>")
roots = note("<a1 f1 c2 g1>")
melody = melody_rnn(temperature=1.05, prime="a4 [c5 d5] e5 [d5 b4]", lowest=60, highest=84)

d3 >> chords.s("pad").cutoff(sine.range(500, 1400).slow(8)).gain(0.42)
d3.room(0.5)
d4 >> melody.s("keys").gain(1.0)
d4.lpf(2200).delay(0.25).room(0.45)

# bar 5: the ground. Bass on the beat, a hat to walk by.
d2 >> roots.struct("x ~ ~ x ~ ~ x ~").s("bass").cutoff(420).gain(0.8)
d1 >> s("hh*8").gain("[0.5 0.9]*4")
d1.room(0.1)

# bar 9: first verse. Kick and clap; the bass finds its eighths.
d1 >> stack(
    s("bd*4").gain(0.75),
    s("~ cp").gain(0.5),
    s("hh*8").gain("[0.5 0.9]*4"),
)
d2 >> roots.struct("x x ~ x ~ x x ~").s("bass").cutoff("<420 420 520 700>").gain(0.8)
d4 >> melody.s("pluck").gain(1.1)
d4.lpf(6000)

# bar 13: second verse. Off-beats, and the melody answers itself an octave up, quietly.
d1 >> stack(
    s("bd*4").gain(0.75),
    s("~ cp").gain(0.5),
    s("[~ oh]*4").gain(0.4),
    s("hh*16").gain("[0.45 0.7 0.5 0.9]*4").degrade_by(0.2),
)
d4 >> melody.s("pluck").gain(1.1).off(3 / 8, lambda answer: answer.add(note(12)).gain(0.45))

# bar 17: break. The drums go; a calmer network, a wide pad, long bass notes.
d1 >> s("~ ~ ~ <rim ~ rim cp>").gain(0.6)
d2 >> roots.s("bass").cutoff(300).gain(0.7)
d3 >> chords.s("pad").attack(0.8).cutoff(sine.range(900, 2600).slow(4)).gain(0.5)
d4 >> melody.s("keys").gain(1.1)
d4.temperature(0.8)

# bar 21: build. Everything opens towards the bar line.
d1 >> stack(
    s("bd*4").gain(0.8),
    s("<sd*4 sd*4 sd*8 sd*16>").gain(saw.range(0.15, 0.5).slow(4)),
)
d2 >> roots.struct("x*8").s("bass").cutoff(saw.range(300, 1600).slow(4)).gain(0.75)
d4.temperature(1.2)

# bar 25: climax. All of it, the network turned round in one ear every other bar.
d1 >> stack(
    s("<[bd,cy] bd bd bd> bd bd [bd ~ ~ bd]").gain(0.95),
    s("~ cp ~ cp").gain(0.6),
    s("[~ oh]*4").gain(0.35),
    s("hh*16").gain("[0.5 0.8 0.6 1]*4"),
    s("~ ~ [~ cb] ~").every(4, lambda bell: bell.fast(2)).gain(0.25),
)
d2 >> roots.struct("x ~ x x ~ x x x").s("bass").cutoff(sine.range(500, 1500).slow(4)).gain(0.85)
d3 >> chords.struct("x ~ ~ x ~ ~ x ~").s("pad").attack(0.02).release(0.3).cutoff(2600).gain(0.65)
d4 >> melody.s("lead").gain(0.8).every(2, lambda p: p.jux(rev))

# bar 31: the end. The drums fall away, the last chord rings.
d1 >> s("[bd,cy] ~ ~ ~").gain(0.7).mask("<1 0>")
d2 >> note("<a1 ~>").s("bass").cutoff(260).gain(0.7)
d3 >> note("<[a2,e3,g3,c4] [a2,e3,a3,c4]>").s("pad").cutoff(900).gain(0.5)
d4 >> melody.s("keys").gain(0.8).mask("<1 0>")
d4.room(0.6)

# bar 33
hush()
