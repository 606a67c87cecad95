"""The names that Strudel 1.2.6 has: what its packages core, mini and tonal export, and methods.

So that the reference can say of every word how a player of Strudel spells it, or that it is ours.
To renew: `Object.keys` of the three packages, and the property names of a pattern's prototypes.
"""

from typing import Final

__all__ = ["STRUDEL"]

STRUDEL: Final = frozenset(
    """
    accelerate activeLabel ad add addVoicings adsr almostAlways almostNever always amp analyze
    anchor and appBoth appLeft appRight appWhole apply applyN ar arp arpWith arrange as asNumber
    asym att attack averageArray backgroundImage band bandf bandq bank base64ToUnicode bbexpr
    bbst beat begin berlin bgain binary binaryL binaryN binaryNL bind bindWhole binshift bite
    bjork bjorklund blshift bmod bor bp bpa bpattack bpd bpdc bpdecay bpdepth bpdepthfreq
    bpdepthfrequency bpe bpenv bpf bpq bpr bprate bprelease bps bpshape bpskew bpsustain bpsync
    brak brand brandBy brshift bus busgain bxor bypass byteBeatExpression byteBeatStartTime
    calculateSteps cat ccn ccv ceil ch channel channels chebyshev choose choose2 chooseCycles
    chooseIn chooseInWith chooseOut chooseWith chop chord chorus chunk chunkBack chunkBackInto
    chunkInto chunkback chunkbackinto chunkinto clamp cleanupUi clip coarse code2hash collect
    color colour comb complex compose compress compressSpan compressor compressorAttack
    compressorKnee compressorRatio compressorRelease compressspan constant constructor contract
    control controls cosine cosine2 cpm cps createClock createParam createParams crush ctf
    ctlNum ctranspose cubic curry curve cut cutoff cycleToSeconds cyclesPer dec decay
    defragmentHaps degrade degradeBy degradeByWith degree delay delayfb delayfeedback delayspeed
    delaysync delayt delaytime deltaSlide density det detune dfb dict dictionary diode
    discreteOnly dist distort distorttype distortvol disttype distvol div djf drawLine drive
    drop dry ds dt duck duckatt duckattack duckdepth duckons duckonset duckorbit dur duration
    early echo echoWith echowith eish end enhance env eq eqt errorLogger euclid euclidLegato
    euclidLegatoRot euclidRot euclidish euclidrot evalScope evaluate every expand expression
    extend fadeInTime fadeOutTime fadeTime fanchor fast fastChunk fastGap fastcat fastchunk
    fastgap fft filter filterHaps filterValues filterWhen firstCycle firstCycleValues firstOf
    fit flatten floor fm fm00 fm01 fm02 fm03 fm04 fm05 fm06 fm07 fm08 fm1 fm10 fm11 fm12 fm13
    fm14 fm15 fm16 fm17 fm18 fm2 fm20 fm21 fm22 fm23 fm24 fm25 fm26 fm27 fm28 fm3 fm30 fm31 fm32
    fm33 fm34 fm35 fm36 fm37 fm38 fm4 fm40 fm41 fm42 fm43 fm44 fm45 fm46 fm47 fm48 fm5 fm50 fm51
    fm52 fm53 fm54 fm55 fm56 fm57 fm58 fm6 fm60 fm61 fm62 fm63 fm64 fm65 fm66 fm67 fm68 fm7 fm70
    fm71 fm72 fm73 fm74 fm75 fm76 fm77 fm78 fm8 fm80 fm81 fm82 fm83 fm84 fm85 fm86 fm87 fm88
    fmap fmatt fmatt1 fmatt2 fmatt3 fmatt4 fmatt5 fmatt6 fmatt7 fmatt8 fmattack fmattack1
    fmattack2 fmattack3 fmattack4 fmattack5 fmattack6 fmattack7 fmattack8 fmdec fmdec1 fmdec2
    fmdec3 fmdec4 fmdec5 fmdec6 fmdec7 fmdec8 fmdecay fmdecay1 fmdecay2 fmdecay3 fmdecay4
    fmdecay5 fmdecay6 fmdecay7 fmdecay8 fmenv fmenv1 fmenv2 fmenv3 fmenv4 fmenv5 fmenv6 fmenv7
    fmenv8 fmh fmh1 fmh2 fmh3 fmh4 fmh5 fmh6 fmh7 fmh8 fmi fmi00 fmi01 fmi02 fmi03 fmi04 fmi05
    fmi06 fmi07 fmi08 fmi1 fmi10 fmi11 fmi12 fmi13 fmi14 fmi15 fmi16 fmi17 fmi18 fmi2 fmi20
    fmi21 fmi22 fmi23 fmi24 fmi25 fmi26 fmi27 fmi28 fmi3 fmi30 fmi31 fmi32 fmi33 fmi34 fmi35
    fmi36 fmi37 fmi38 fmi4 fmi40 fmi41 fmi42 fmi43 fmi44 fmi45 fmi46 fmi47 fmi48 fmi5 fmi50
    fmi51 fmi52 fmi53 fmi54 fmi55 fmi56 fmi57 fmi58 fmi6 fmi60 fmi61 fmi62 fmi63 fmi64 fmi65
    fmi66 fmi67 fmi68 fmi7 fmi70 fmi71 fmi72 fmi73 fmi74 fmi75 fmi76 fmi77 fmi78 fmi8 fmi80
    fmi81 fmi82 fmi83 fmi84 fmi85 fmi86 fmi87 fmi88 fmrel fmrel1 fmrel2 fmrel3 fmrel4 fmrel5
    fmrel6 fmrel7 fmrel8 fmrelease fmrelease1 fmrelease2 fmrelease3 fmrelease4 fmrelease5
    fmrelease6 fmrelease7 fmrelease8 fmsus fmsus1 fmsus2 fmsus3 fmsus4 fmsus5 fmsus6 fmsus7
    fmsus8 fmsustain fmsustain1 fmsustain2 fmsustain3 fmsustain4 fmsustain5 fmsustain6
    fmsustain7 fmsustain8 fmwave fmwave1 fmwave2 fmwave3 fmwave4 fmwave5 fmwave6 fmwave7 fmwave8
    focus focusSpan focusspan fold fractionalArgs frameRate frames freeze freq freqToMidi
    fromBipolar fshift fshiftnote fshiftphase ftype func fxr gain gap gat gate
    getAccidentalsOffset getControlName getCps getCurrentKeyboardState getEventOffsetMs getFreq
    getFrequency getIsStarted getLeafLocation getLeafLocations getLeaves getPattern
    getPerformanceTimeSeconds getPlayableNoteValue getRandsAtTime getSoundIndex getTime
    getTrigger getTriggerFunc grow gt gte h hard harmonic hasSteps hash2code hbrick hcutoff hold
    hours hp hpa hpattack hpd hpdc hpdecay hpdepth hpdepthfreq hpdepthfrequency hpe hpenv hpf
    hpq hpr hprate hprelease hps hpshape hpskew hpsustain hpsync hresonance hsl hsla hurry hush
    id imag in inhabit inhabitmod innerBind innerJoin inside into inv invert ir irand irbegin
    iresponse irspeed isControlName isNote isNoteWithOctave isPattern isaw isaw2 iter iterBack
    iterback itri itri2 join jux juxBy juxby kcutoff keep keepif keyAlias keyDown krush label
    lastOf late layer lbrick legato leslie lfo linger listRange lock log log2 logKey logValues
    logger loop loopAt loopAtCps loopBegin loopEnd loopat loopatcps loopb loope lp lpa lpattack
    lpd lpdc lpdecay lpdepth lpdepthfreq lpdepthfrequency lpe lpenv lpf lpq lpr lprate lprelease
    lps lpshape lpskew lpsustain lpsync lrate lsize lt lte m mapArgs mask maskAll midi2note
    midiToFreq midibend midichan midicmd midimap midiport miditouch mini mini2ast miniAllStrings
    minify minutes mix mod mode modulate morph mouseX mouseY mousex mousey mtranspose mul n
    nanFallback ne net never noise note noteToMidi nothing nrpnn nrpv nudge numeralArgs o
    objectMap oct octave octaveR octaves octer octersub octersubsub off offset often onTrigger
    onTriggerTime onsetsOnly or orbit oschost oscport out outerBind outerJoin outside overgain
    overshape pace packageName pairs palindrome pan panchor panorient panspan pansplay panwidth
    parray parse parseFractional parseNumeral partials patt pattack patternifyAST pcurve pdec
    pdecay penv per perCycle perlin perx ph phasdp phaser phasercenter phaserdepth phaserrate
    phasersweep phases phc phd phs pick pickF pickOut pickReset pickRestart pickSqueeze pickmod
    pickmodF pickmodOut pickmodReset pickmodRestart pickmodSqueeze pipe pitchJump pitchJumpTime
    ply plyForEach plyWith plyforeach plywith pm poly polyBind polyJoin polyTouch polymeter
    polyrhythm postgain pow pr prel prelease press pressBy progNum psus psustain pure pw pwrate
    pwsweep query queryArc rand rand2 randL randcat randrun range range2 rangex rarely ratio
    rdim real ref register registerControl registerMultiControl registerVoicings reify rel
    release removeUndefineds repeatCycles repl replicate reset resetAll resetJoin resetVoicings
    resonance restart restartAll restartJoin rev revv rfade rib ribbon ring ringdf ringf rlp
    room roomdim roomfade roomlp roomsize rootNotes rotate round rsize run s saw saw2 scale
    scaleTrans scaleTranspose scram scramble scrub seconds seed seg segment semitone seq
    seqPLoop sequence sequenceP set setContext setCpsFunc setDefaultVoicings setIsStarted
    setPattern setSteps setStringParser setTime setTriggerFunc setVoicingRange shape
    showFirstCycle shrink shrinklist shuffle signal silence simple sine sine2 sinefold size
    slice slide slow slowChunk slowcat slowcatPrime slowchunk smear soft sol2note someCycles
    someCyclesBy sometimes sometimesBy songPtr sortHapsByPart sound source sparsity speak speed
    splice splitAt splitQueries spread square square2 squeeze squeezeBind squeezeJoin squeezeout
    squiz src stack stackBy stackCentre stackLeft stackRight steady stepBind stepJoin stepalt
    stepcat steps stepsPerOctave strans stretch striate stringifyValues stripContext struct
    structAll strudelScope stut stutWith stutwith sub superimpose sus sustain sustainpedal swing
    swingBy sysex sysexdata sysexid sz tag take time timeCat timecat timeline toBipolar
    tokenizeNote tour trans transient transpose trem tremdepth tremolo tremolodepth tremolophase
    tremoloshape tremoloskew tremolosync tremphase tremshape tremskew tremsync tri tri2 triode
    tsdelay uid undegrade undegradeBy unicodeToBase64 uniq uniqsort uniqsortr unison unit unjoin
    useRNG v val valueToMidi vel velocity vib vibmod vibrato vmod voice voicing voicingAlias
    voicingRegistry voicings vowel warp warpatt warpattack warpdc warpdec warpdecay warpdepth
    warpenv warpmode warprate warprel warprelease warpshape warpskew warpsus warpsustain
    warpsync waveloss wavetablePhaseRand wavetablePosition wavetableWarp wavetableWarpMode
    wchoose wchooseCycles when whenKey withContext withHap withHapSpan withHapTime withHaps
    withLoc withQuerySpan withQuerySpanMaybe withQueryTime withSeed withState withSteps
    withValue within worklet wrandcat wt wtatt wtattack wtdc wtdec wtdecay wtdepth wtenv
    wtphaserand wtrate wtrel wtrelease wtshape wtskew wtsus wtsustain wtsync xfade xsdelay
    zcrush zdelay zip zipWith zmod znoise zoom zoomArc zoomarc zrand zzfx
    """.split()  # noqa: SIM905 - a list would be four times as long
)
"""Every function, signal, control and method, as Strudel spells it."""
