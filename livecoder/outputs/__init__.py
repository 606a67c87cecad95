"""Where events become sound: the MIDI process and the audio process."""
