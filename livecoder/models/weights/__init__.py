"""The weights we ship, as safetensors, each with its card."""
