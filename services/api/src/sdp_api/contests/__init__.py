"""Contests: what a site offers on a slate, and payout tables that users bring."""
