"""Lineups: what the optimizer built."""
