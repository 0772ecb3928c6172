"""Rules as rows of a program, one file a kind."""
