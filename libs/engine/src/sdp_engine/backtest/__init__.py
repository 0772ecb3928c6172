"""Back-tests: walking forward through the past, whose predictions are judged, and the table of figures."""
