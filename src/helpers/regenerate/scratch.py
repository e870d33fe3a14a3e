"""Temporary files of this process, known for left behind once it is dead, however it died.

A lock says that their owner lives: the system takes it away with the process, and unlike its
number nobody else will ever have it. Where there are no such locks nothing is cleared.
"""

import atexit
import contextlib
import functools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from helpers.regenerate.warm.client import make_private

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

PREFIX = "coalition-run-"
MARK = ".scratch-of-coalition-run"
DRAFT = ".coalition-draft"


def scratch() -> Path:
    """Return a folder for this process alone, gone at its end; made anew if it was removed."""
    if fcntl and not make_private(_scratch()):
        # Somebody else has its name, and could give kernels a start-up file of theirs.
        _scratch.cache_clear()
    folder = _scratch()
    if not (folder / MARK).is_file():
        folder.mkdir(mode=0o700, exist_ok=True)
        _mark(folder)
    return folder


@functools.cache
def _scratch() -> Path:
    """Make the folder, and clear those of the dead."""
    for found in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/{MARK}"):
        _clear(found.parent)
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        _mark(folder)
        # Somebody may have cleared it before it was claimed.
        if folder.is_dir():
            atexit.register(shutil.rmtree, folder, ignore_errors=True)
            return folder


def _mark(folder: Path) -> None:
    """Claim a folder, and say what it is."""
    # Held by its descriptor. A folder under lock is spared by systemd's cleaning, too.
    with contextlib.suppress(OSError):
        claim(os.open(folder, os.O_RDONLY))
        (folder / MARK).touch()


@contextlib.contextmanager
def temporary_files() -> Iterator[None]:
    """Have whatever this process writes to the folder for temporary files go to `scratch`."""
    before = tempfile.tempdir
    folder = str(scratch())
    tempfile.tempdir = folder
    try:
        yield
    finally:
        tempfile.tempdir = before


def claim(descriptor: int) -> None:
    """Say that a file or folder is in use for as long as it is open here; OSError if it is."""
    if fcntl:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def clear_drafts(folder: Path) -> None:
    """Remove from a folder the drafts of files whose writers have died."""
    for draft in folder.glob(f".*{DRAFT}"):
        _clear(draft)


def _clear(path: Path) -> None:
    """Remove what is the user's own and claimed by nobody who lives."""
    if not fcntl:
        return
    # Whatever another process does with it meanwhile, or may not be done, is no concern here.
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            claim(descriptor)
            if os.fstat(descriptor).st_uid == os.getuid():
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        finally:
            os.close(descriptor)
