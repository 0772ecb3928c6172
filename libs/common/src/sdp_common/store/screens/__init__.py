"""What the screens read: joins over several nouns, one module a screen."""
