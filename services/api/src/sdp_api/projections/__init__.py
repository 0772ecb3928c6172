"""Projections: sets of a slate, ours and the user's own."""
