"""The sdp command: the whole platform on one machine, without Docker."""
