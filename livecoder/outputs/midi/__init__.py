"""The MIDI process: ports and deadlines."""
