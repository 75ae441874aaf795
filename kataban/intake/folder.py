"""The queue folder: which files are whole, new and ours to read."""

from __future__ import annotations

import hashlib
import re
import stat
import time
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kataban.intake.shapes import IntakeError

_CHUNK = 1024 * 1024
# Names of hidden files, of files that a program is still writing, of lock and back-up files, and of the system's own.
_PASSED_OVER = re.compile(
    r"\..*|~\$.*|\.~lock.*|.*~|#.*#|.*\.(?:tmp|temp|part|partial|crdownload|download|filepart|swp|swo|bak|lock)"
    r"|thumbs\.db|desktop\.ini",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class QueueFile:
    """A whole file of the folder and the SHA-256 of its content, by which it is known whatever its name."""

    path: Path
    content_hash: str


@dataclass(slots=True)
class FolderLook:
    """One look at the folder, each list by name: `ready` to be read, `known` by content, `waiting` because they change.

    `failed` are files that could not be looked at, with why. Iterating gives the paths of `ready`.
    """

    ready: list[QueueFile] = field(default_factory=list)
    known: list[QueueFile] = field(default_factory=list)
    waiting: list[Path] = field(default_factory=list)
    failed: list[tuple[Path, IntakeError]] = field(default_factory=list)

    def __iter__(self) -> Iterator[Path]:
        return (file.path for file in self.ready)


def content_hash(path: str | Path) -> str:
    """SHA-256 of the file's bytes as hexadecimal digits. Raises IntakeError when it cannot be read."""
    path = Path(path)
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except FileNotFoundError as error:
        raise IntakeError("missing", name=path.name) from error
    except IsADirectoryError as error:
        raise IntakeError("directory", name=path.name) from error
    except OSError as error:
        raise IntakeError("not_permitted", name=path.name, why=error.strerror or error) from error
    return digest.hexdigest()


def stable_files(
    folder: str | Path,
    *,
    seen_hashes: Container[str],
    wait_seconds: float,
    sleep: Callable[[float], None] = time.sleep,
) -> FolderLook:
    """Look at `folder` (not below it): files whose size and time stay the same over `wait_seconds` are ready.

    `seen_hashes` are the contents read before; the caller adds those of `ready` once they are stored. It waits
    only when there is something new. Raises IntakeError when there is no such folder.
    """
    look = FolderLook()
    new = _new_files(Path(folder), seen_hashes, look)
    if new:
        sleep(wait_seconds)
    taken: set[str] = set()
    for path, before, digest in new:
        if signature(path) != before:
            look.waiting.append(path)
        elif digest in taken:
            look.known.append(QueueFile(path, digest))
        else:
            taken.add(digest)
            look.ready.append(QueueFile(path, digest))
    return look


def _new_files(folder: Path, seen_hashes: Container[str], look: FolderLook) -> list[tuple[Path, tuple[int, ...], str]]:
    """(path, size and times, hash) of the files not known yet; the known and the unreadable go into `look`."""
    new = []
    for path in _names(folder):
        before = signature(path)
        if before is None:
            continue
        try:
            digest = content_hash(path)
        except IntakeError as error:
            look.failed.append((path, error))
            continue
        if signature(path) != before:
            look.waiting.append(path)
        elif digest in seen_hashes:
            look.known.append(QueueFile(path, digest))
        else:
            new.append((path, before, digest))
    return new


def _names(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if not _PASSED_OVER.fullmatch(path.name))
    except OSError as error:
        raise IntakeError("not_a_folder", name=folder.name or str(folder)) from error


def signature(path: Path) -> tuple[int, ...] | None:
    """(inode, size, mtime) of a regular file, by which a change shows; None for what is gone or no file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return (status.st_ino, status.st_size, status.st_mtime_ns) if stat.S_ISREG(status.st_mode) else None
