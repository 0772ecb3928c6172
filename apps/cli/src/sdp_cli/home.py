"""Where one installation keeps its things: the folder `SDP_HOME`, `.sdp` of the current folder by default."""

import os
from dataclasses import dataclass
from pathlib import Path

from sdp_common.errors import Misconfigured
from sdp_common.settings import settings


@dataclass(frozen=True)
class Home:
    """The folder and what lies where in it."""

    folder: Path

    @property
    def postgres(self) -> Path:
        """The embedded server (see `sdp_cli.placement` for when it really lives elsewhere)."""
        return self.folder / "postgres"

    @property
    def artifacts(self) -> Path:
        """Trained models."""
        return self.folder / "artifacts"

    @property
    def draws(self) -> Path:
        """Simulated worlds."""
        return self.folder / "draws"

    @property
    def logs(self) -> Path:
        """One log file a process."""
        return self.folder / "logs"

    @property
    def state(self) -> Path:
        """What the supervisor last knew of its processes."""
        return self.folder / "state.json"

    @property
    def lock(self) -> Path:
        """Held by the supervisor while it runs."""
        return self.folder / "lock"

    @property
    def account(self) -> Path:
        """The ready account of the web app, mode 600."""
        return self.folder / "account.json"


def open_home(folder: Path | None = None) -> Home:
    """Return the home of this installation; created where it is missing.

    Args:
        folder: The folder; `SDP_HOME`, else `.sdp` of the current folder, where None.

    Raises:
        Misconfigured: It cannot be created or written.
    """
    chosen = (folder or settings().home).absolute()
    home = Home(chosen)
    try:
        home.logs.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Misconfigured(
            f"the folder {chosen} cannot be used ({error.strerror}): set SDP_HOME to another"
        ) from error
    if not os.access(chosen, os.W_OK):
        raise Misconfigured(f"the folder {chosen} cannot be written: set SDP_HOME to another")
    return home
