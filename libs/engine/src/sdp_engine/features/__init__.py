"""What was known before a game: one file a family of features, one `build` that joins them."""
