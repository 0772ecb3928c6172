"""Sports: what is declared."""
