"""How nflverse's files become rows: one module a kind of file."""
