"""OSC: the process that sends events to lights, visuals and SuperDirt, each with its time."""
