"""Entries: a site's entries file, who of it is locked, and the file with new lineups."""
