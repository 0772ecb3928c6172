"""Review: whom sources mean where we were not sure."""
