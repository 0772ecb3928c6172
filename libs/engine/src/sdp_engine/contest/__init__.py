"""Contests: what a draftable costs, and what a lineup wins."""
