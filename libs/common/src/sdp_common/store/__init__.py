"""The only SQL, one module a noun: `save_<noun>(session, rows)` and `<noun>(session, ..., as_of) -> frame`."""
