"""The prompt: evaluate, complete, toolbar, help."""
