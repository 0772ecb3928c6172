"""Runs: work asked for, and how it goes."""
