"""What we know: features, models, simulation, pricing and optimisation as pure functions of frames."""
