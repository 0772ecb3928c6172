"""Models: the registry, how each did on games it had not seen, and which one speaks."""
