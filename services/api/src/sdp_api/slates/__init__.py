"""Slates: what may be drafted, at which salary, and what we think of it."""
