"""The features job: store frames in, feature rows out."""
