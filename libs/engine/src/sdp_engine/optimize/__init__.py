"""Exact lineups: the rules a user may ask for, the solver, an independent checker, the site's upload file."""
