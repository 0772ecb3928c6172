"""The slate that is made up for several rooms' tests."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))  # for `made_slate`
