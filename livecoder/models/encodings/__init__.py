"""What networks hear of music and what they answer: events to numbers and back, without torch."""
