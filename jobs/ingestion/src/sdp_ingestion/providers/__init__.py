"""The sources: one module each, `PROVIDER` in it; being in this folder is the registration."""
