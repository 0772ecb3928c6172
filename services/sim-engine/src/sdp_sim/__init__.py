"""The simulation service: predictions in, joint draws and projection sets out."""
