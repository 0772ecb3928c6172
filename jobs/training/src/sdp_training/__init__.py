"""The training job: feature rows in, registered artifacts out."""
