"""How many threads a job uses."""

import os


def threads() -> int:
    """Return two where the machine has them: every process of the platform wants its share."""
    return min(2, os.cpu_count() or 1)
