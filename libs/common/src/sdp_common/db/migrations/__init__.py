"""Alembic's folder: `versions/` in order, run by `sdp-migrate`."""
