"""Models: one file a family learns a mean; `fit` adds the distribution around it, `predict` gives it."""
