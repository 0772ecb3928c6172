"""The one backend: accounts, slates, projections, runs, lineups and uploads."""
