"""The optimizer service: projections and rules in, legal lineups out."""
