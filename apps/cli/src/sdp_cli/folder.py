"""A folder that one process at a time may use, and files only its owner may read."""

import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from sdp_common.errors import Conflict

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":
        os.lseek(descriptor, 4096, os.SEEK_SET)  # beyond the text, which must stay readable to others
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Lock:
    """The right to use what `path` stands for; the system frees it when we die, however we die."""

    def __init__(self, path: Path, what: str) -> None:
        self.path = path
        self.what = what
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock.

        Raises:
            Conflict: Another process, or another object of this one, holds it.
        """
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(descriptor)
        except OSError as error:
            os.close(descriptor)
            raise Conflict(f"{self.what} is in use by process {self.holder() or 'unknown'}") from error
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, str(os.getpid()).encode())
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock back; nothing happens where it is not held."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None

    def holder(self) -> int | None:
        """Return the process id written by the holder; None where nobody holds it or it cannot be read."""
        try:
            return int(self.path.read_text())
        except (OSError, ValueError):
            return None

    def is_held(self) -> bool:
        """Return whether some process holds the lock now."""
        if self._descriptor is not None:
            return True
        try:
            descriptor = os.open(self.path, os.O_RDWR)
        except OSError:
            return False
        try:
            _lock(descriptor)
        except OSError:
            return True
        finally:
            os.close(descriptor)
        return False

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def write_private(path: Path, text: str, account: tuple[int, int] | None = None) -> None:
    """Write a file that its owner alone may read, whole or not at all.

    Args:
        path: The file.
        text: Its content.
        account: (uid, gid) of the owner; us where None.
    """
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    if account is not None:
        os.chown(draft, *account)
    draft.replace(path)
