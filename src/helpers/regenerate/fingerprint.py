"""What a run depends on, as digests.

Imports the standard library only: that nothing has changed must be found out before
anything that takes long is imported.
"""

import functools
import hashlib
import json
import os
import platform
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from helpers.regenerate.normalise import VOLATILE
from helpers.regenerate.notebook_source import Value

CHANGED = "changed while it was read"
"""Stands where no digest can be right; equal to none."""

MISSING = "missing"
NO_OUTPUT: dict[str, Any] = {"outputs": [], "execution_count": None}
INSTALLERS = {"pip", "setuptools", "wheel", "uv"}
# Set anew by every execution.
OF_KERNEL = ("kernelspec", "language_info", *VOLATILE)


def digest(*parts: str | bytes) -> str:
    """32 hexadecimal digits that differ whenever the parts do.

    Examples
    --------
    >>> digest("ab", "c") == digest("a", "bc")
    False
    """
    found = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        # Its length first, or two parts could share out the same bytes otherwise.
        found.update(b"%d:" % len(data))
        found.update(data)
    return found.hexdigest()


def file_state(path: Path) -> tuple[int, ...]:
    """Return what changes whenever a file does: times, size, place; zeros if there is none."""
    try:
        found = path.stat()
    # A name that no file can have is a ValueError.
    except (OSError, ValueError):
        return (0, 0, 0, 0)
    # Programs can set the first of the times back, but not the other.
    return (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)


def file_digest(path: Path) -> str:
    """Digest a file, read once for as long as it stays as it is, or return ``MISSING``."""
    return _digest_of(path, file_state(path), bytes)


# The state is only part of the key: a file in another state is read again.
@functools.lru_cache(maxsize=8192)
def _digest_of(path: Path, _state: tuple[int, ...], part: Callable[[bytes], bytes]) -> str:
    try:
        # A pipe or a device might never end.
        return digest(part(path.read_bytes())) if path.is_file() else MISSING
    except (OSError, ValueError):
        return MISSING


def names_digest(folder: Path) -> str:
    """Digest the names in a folder, or return ``MISSING``."""
    try:
        return digest(*sorted(path.name for path in folder.iterdir()))
    except (OSError, ValueError):
        return MISSING


def tree(folder: Path) -> dict[str, str]:
    """Digests of the files below a folder, by relative path and in its order.

    Left out are compiled modules, what is hidden, and notebooks, which count one by one.
    """
    found: dict[str, str] = {}
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__" and name[0] != "."]
        counted = (name for name in names if name[0] != "." and not name.endswith(".ipynb"))
        for path in (Path(parent, name) for name in counted):
            found[path.relative_to(folder).as_posix()] = file_digest(path)
    return dict(sorted(found.items()))


def tree_digest(folder: Path) -> str:
    """One digest of all names and contents that `tree` finds below a folder."""
    return digest(*(part for item in tree(folder).items() for part in item))


def notebook_source(content: bytes) -> bytes:
    """Drop outputs, counts and what executions set anew; leave alone what is no notebook."""
    try:
        notebook = json.loads(content)
        cells = [_cell_source(cell) for cell in notebook["cells"]]
        metadata = _without(notebook.get("metadata", {}), OF_KERNEL)
    except (ValueError, TypeError, KeyError, AttributeError):
        return content
    source = {**notebook, "cells": cells, "metadata": metadata}
    return json.dumps(source, sort_keys=True, separators=(",", ":")).encode()


def _cell_source(cell: dict[str, Any]) -> dict[str, Any]:
    emptied = {name: value for name, value in NO_OUTPUT.items() if name in cell}
    return {**cell, **emptied, "metadata": _without(cell.get("metadata", {}), VOLATILE)}


def _without(mapping: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: value for name, value in mapping.items() if name not in names}


def notebook_digest(path: Path) -> str:
    """Digest what of a notebook an execution starts from, or return ``MISSING``."""
    return _digest_of(path, file_state(path), notebook_source)


def parameters_digest(parameters: dict[str, Value]) -> str:
    """Digest a run's parameters, and their order, in which papermill writes them."""
    return digest(json.dumps(list(parameters.items())))


@functools.cache
def versions() -> dict[str, str]:
    """Return versions, by name, of the interpreter and of what is installed, but for installers."""
    machine = f"{platform.python_version()} on {sys.platform}, {platform.machine()}"
    # The other entries of the path depend on how a command was started.
    folders = [Path(entry) for entry in sys.path if entry.endswith("-packages")]
    found = [path for folder in folders if folder.is_dir() for path in folder.iterdir()]
    pairs = [path.stem.partition("-")[::2] for path in found if path.suffix == ".dist-info"]
    named = {name.lower().replace("_", "-"): version for name, version in sorted(pairs)}
    return {"python": machine, **{n: v for n, v in named.items() if n not in INSTALLERS}}


def environment_digest() -> str:
    """Digest what `versions` returns."""
    return digest(*(part for item in versions().items() for part in item))
