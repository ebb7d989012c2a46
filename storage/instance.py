"""One process at a time on one SQLite file.

Owns the lock that says so: a second process would send again what the first has on the wire.
The lock is the kernel's (`flock`) on a file beside the database, and ends with the process
however it dies, so that a file that lies there means nothing. On PostgreSQL several processes
may share a database, each with leases of its own; there is no lock, and Telegram itself answers
409 to all but one that ask it for updates.
"""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bot.domain.errors import AlreadyRunning, DatabaseUnreachable
from storage.database import Database

_LONGEST_PID = 20
# Some network file systems know no locks; a bot that is alone on one must not stay off.
_NO_LOCKS = frozenset({errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS})


def lock_path(file: Path) -> Path:
    """Where the lock of a database's file lies; the same for all names of one file."""
    found = file.resolve()
    return found.with_name(f"{found.name}.lock")


@contextmanager
def single_instance(database: Database) -> Iterator[None]:
    """Keep other processes off the database for as long as the block; on PostgreSQL none is.

    Raises AlreadyRunning when another one is at work, and DatabaseUnreachable when no file can
    be made beside the database, for SQLite needs to make some there too.
    """
    if database.file is None:
        yield
        return
    path = lock_path(database.file)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise DatabaseUnreachable(
            f"{database.shown_url}: {path}: {error.strerror}; name a folder that I can write to"
        ) from error
    try:
        _lock(descriptor, path, database)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, path: Path, database: Database) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise AlreadyRunning(
            f"another Coinbell{_shown_owner(descriptor)} runs on {database.shown_url} and holds "
            f"{path}: stop it first, or give this one a database of its own (storage.url)"
        ) from None
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise DatabaseUnreachable(f"{database.shown_url}: {path}: {error.strerror}") from error
    # Only said for people, so that a full disk is no reason not to start.
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)


def _shown_owner(descriptor: int) -> str:
    with suppress(OSError, ValueError):
        return f" (process {int(os.pread(descriptor, _LONGEST_PID, 0))})"
    return ""
