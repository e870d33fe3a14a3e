"""Open the notebooks in JupyterLab: as copies, with warm kernels."""

import hashlib
import json
import os
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path

from helpers.regenerate import warm
from helpers.regenerate.batch import write_whole
from helpers.regenerate.errors import RegenerateError
from helpers.regenerate.notebook_source import find_notebooks

FIRST = "00_start_here.ipynb"
RECORD = ".copied.json"
DATA = "data"
# Holds what JupyterLab would ask of every newcomer; what the user has chosen there prevails.
SETTINGS = Path(__file__).with_name("jupyter_config")
CONFIG_PATH = "JUPYTER_CONFIG_PATH"


def working_copies(notebooks: Path, folder: Path) -> list[str]:
    """Copy the notebooks to a folder; names of those changed on both sides, left as they are.

    A copy whose cells somebody has changed is never overwritten; one that was only run is
    renewed when its notebook has changed.
    """
    return _copies(find_notebooks(notebooks), folder)


def copied_data(folder: Path, data: Path) -> list[str]:
    """Copy the data into a folder as notebooks are copied; names of files changed on both sides."""
    copies = folder / DATA
    if copies.is_symlink():
        copies.unlink()
    return _copies(sorted(path for path in data.iterdir() if path.is_file()), copies)


def _copies(originals: Iterable[Path], folder: Path) -> list[str]:
    folder.mkdir(exist_ok=True)
    record = folder / RECORD
    copied = _remembered(record)
    kept = []
    for original in originals:
        content, name = original.read_bytes(), original.name
        copy, whole = folder / name, _hash(content)
        known = copied.get(name, {})
        if copy.is_file() and known.get("whole") == whole:
            continue
        if copy.is_file() and known.get("cells") != _cells(copy.read_bytes()):
            kept.append(name)
            continue
        write_whole(copy, content)
        copied[name] = {"whole": whole, "cells": _cells(content)}
    write_whole(record, json.dumps(copied, indent=1).encode())
    return kept


def show_data(folder: Path, data: Path) -> str:
    """Have a folder lead to the data themselves, not to a copy; return why, if it cannot."""
    link = folder / DATA
    try:
        if link.is_symlink():
            link.unlink()
        link.symlink_to(data, target_is_directory=True)
    except OSError as error:
        return f"The data are in {data}; {link} cannot lead there: {error.strerror}."
    return ""


def _remembered(record: Path) -> dict[str, dict[str, str]]:
    """Return what was copied; nothing where that cannot be read, so that copies are kept."""
    try:
        found = json.loads(record.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _hash(content: bytes) -> str:
    """Return what stands for a content."""
    return hashlib.sha256(content).hexdigest()


def _cells(content: bytes) -> str:
    """Return what stands for the text of a notebook's cells, or for all of another file."""
    try:
        cells = json.loads(content)["cells"]
        return _hash(json.dumps([[c["cell_type"], "".join(c["source"])] for c in cells]).encode())
    except (ValueError, KeyError, TypeError):
        # A table, or no notebook any more: somebody's work all the same.
        return _hash(content)


def lab_arguments(root: Path, folder: Path, token: str, options: Sequence[str]) -> list[str]:
    """Arguments of a JupyterLab below a root that opens a folder; ``options``, the user's, win.

    A browser must know the token, whatever the user's own settings say.
    """
    page = folder / FIRST if (folder / FIRST).is_file() else folder
    path = page.relative_to(root).as_posix()
    return [
        f"--ServerApp.root_dir={root}",
        f"--LabApp.default_url=/lab{'' if page == root else f'/tree/{path}'}",
        f"--IdentityProvider.token={token}",
        # The other one looks for extensions on the network.
        "--LabApp.extension_manager=readonly",
        *options,
    ]


def refuse_root(options: Sequence[str]) -> None:
    """Raise RegenerateError where JupyterLab would not start: as root, unless told to."""
    told = any(option.startswith(("--allow-root", "--ServerApp.allow_root")) for option in options)
    if hasattr(os, "geteuid") and os.geteuid() == 0 and not told:
        raise RegenerateError(
            "you are root, as which JupyterLab runs only if told to: coalition lab --allow-root"
        )


def ask_nothing() -> None:
    """Have JupyterLab ask no newcomer whether it may fetch news: it may not."""
    given = os.environ.get(CONFIG_PATH)
    os.environ[CONFIG_PATH] = os.pathsep.join([*([given] if given else []), str(SETTINGS)])


def open_lab(root: Path, folder: Path, options: Sequence[str]) -> None:
    """Be a JupyterLab below a root that opens a folder, until it is shut down."""
    warm.prepare()
    ask_nothing()
    token = secrets.token_hex(24)
    # Jupyter shows a token only if it has chosen it itself.
    print(f"Token, should JupyterLab ask for it: {token}", flush=True)
    from jupyterlab.labapp import LabApp  # noqa: PLC0415

    LabApp.launch_instance(lab_arguments(root, folder, token, options))
