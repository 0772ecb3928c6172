"""Accounts: first run, sessions, passwords, tokens and users."""
