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
from collections.abc import Iterable
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
    """Return a short text that differs whenever the parts do.

    Parameters
    ----------
    *parts : str or bytes
        What to tell apart from anything else.

    Returns
    -------
    str
        32 hexadecimal digits.

    Examples
    --------
    >>> digest("ab", "c") == digest("a", "bc")
    False
    """
    found = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        found.update(b"%d:" % len(data))
        found.update(data)
    return found.hexdigest()


def file_state(path: Path) -> tuple[int, ...]:
    """Return what changes whenever a file does: its times, its size, its place.

    Parameters
    ----------
    path : Path
        A file; all is 0 if there is none.

    Returns
    -------
    tuple of int
        To be compared with another state of the same path.
    """
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0, 0)
    # Programs can set the first of the times back, but not the other.
    return (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)


def file_digest(path: Path) -> str:
    """Return the digest of a file, read once for as long as it stays as it is.

    Parameters
    ----------
    path : Path
        A file.

    Returns
    -------
    str
        ``MISSING`` if there is none that can be read.
    """
    return _file_digest(path, file_state(path))


@functools.lru_cache(maxsize=4096)
def _file_digest(path: Path, _state: tuple[int, ...]) -> str:
    try:
        return digest(path.read_bytes())
    except OSError:
        return MISSING


def names_digest(folder: Path) -> str:
    """Return the digest of what a folder holds, by name.

    Parameters
    ----------
    folder : Path
        A folder.

    Returns
    -------
    str
        ``MISSING`` if it cannot be listed.
    """
    try:
        return digest(*sorted(path.name for path in folder.iterdir()))
    except OSError:
        return MISSING


def tree(folder: Path) -> dict[str, str]:
    """Return the digests of all files below a folder.

    Parameters
    ----------
    folder : Path
        A folder. Compiled modules are left out, what editors hide in it, and notebooks,
        which count one by one.

    Returns
    -------
    dict of str to str
        By path relative to the folder, in order.
    """
    found: dict[str, str] = {}
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__" and name[0] != "."]
        counted = (name for name in names if name[0] != "." and not name.endswith(".ipynb"))
        for path in (Path(parent, name) for name in counted):
            found[path.relative_to(folder).as_posix()] = file_digest(path)
    return dict(sorted(found.items()))


def tree_digest(folder: Path) -> str:
    """Return one digest of all files below a folder.

    Parameters
    ----------
    folder : Path
        As for `tree`.

    Returns
    -------
    str
        Of names and contents.
    """
    return digest(*(part for item in tree(folder).items() for part in item))


def notebook_source(content: bytes) -> bytes:
    """Return what of a notebook an execution starts from.

    Parameters
    ----------
    content : bytes
        A notebook's file.

    Returns
    -------
    bytes
        The notebook without outputs, counts, and what every execution sets anew; the
        content as it is if it is no notebook.
    """
    try:
        notebook = json.loads(content)
        cells = [_cell_source(cell) for cell in notebook["cells"]]
        metadata = _without(notebook.get("metadata", {}), OF_KERNEL)
    except (ValueError, TypeError, KeyError, AttributeError):
        return content
    source = {**notebook, "cells": cells, "metadata": metadata}
    return json.dumps(source, sort_keys=True, separators=(",", ":")).encode()


def _cell_source(cell: dict[str, Any]) -> dict[str, Any]:
    """Return a cell as it is before an execution."""
    emptied = {name: value for name, value in NO_OUTPUT.items() if name in cell}
    return {**cell, **emptied, "metadata": _without(cell.get("metadata", {}), VOLATILE)}


def _without(mapping: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Return a mapping without some of its keys."""
    return {name: value for name, value in mapping.items() if name not in names}


def notebook_digest(path: Path) -> str:
    """Return the digest of what of a notebook an execution starts from.

    Parameters
    ----------
    path : Path
        A notebook.

    Returns
    -------
    str
        ``MISSING`` if it cannot be read.
    """
    return _notebook_digest(path, file_state(path))


@functools.lru_cache(maxsize=4096)
def _notebook_digest(path: Path, _state: tuple[int, ...]) -> str:
    try:
        return digest(notebook_source(path.read_bytes()))
    except OSError:
        return MISSING


def parameters_digest(parameters: dict[str, Value]) -> str:
    """Return the digest of a run's parameters.

    Parameters
    ----------
    parameters : dict
        Values by name.

    Returns
    -------
    str
        Their order counts: papermill writes them in it.
    """
    return digest(json.dumps(list(parameters.items())))


@functools.cache
def versions() -> dict[str, str]:
    """Return the versions of the interpreter and of all that is installed for it.

    Returns
    -------
    dict of str to str
        By name. Distributions are known by the folders of their metadata, so that none
        of them has to be imported; what only installs others is left out.
    """
    machine = f"{platform.python_version()} on {sys.platform}, {platform.machine()}"
    # The other entries of the path depend on how a command was started.
    folders = [Path(entry) for entry in sys.path if entry.endswith("-packages")]
    found = [path for folder in folders if folder.is_dir() for path in folder.iterdir()]
    pairs = [path.stem.partition("-")[::2] for path in found if path.suffix == ".dist-info"]
    named = {name.lower().replace("_", "-"): version for name, version in sorted(pairs)}
    return {"python": machine, **{n: v for n, v in named.items() if n not in INSTALLERS}}


def environment_digest() -> str:
    """Return the digest of the interpreter and of all that is installed for it.

    Returns
    -------
    str
        Of what `versions` returns.
    """
    return digest(*(part for item in versions().items() for part in item))
