"""Models: one file a family, the same two verbs: `fit(frame, name, market)` and `Model.predict(frame)`."""
