"""How good a forecast is: proper scores, calibration and errors, as pure functions."""
