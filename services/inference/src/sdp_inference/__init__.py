"""The only process that loads a model file."""
