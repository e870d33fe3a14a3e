"""Open the notebooks in JupyterLab: as copies, with warm kernels."""

import hashlib
import json
import secrets
from collections.abc import Sequence
from pathlib import Path

from helpers.regenerate import warm
from helpers.regenerate.batch import write_whole
from helpers.regenerate.notebook_source import find_notebooks

FIRST = "00_start_here.ipynb"
RECORD = ".copied.json"


def working_copies(notebooks: Path, folder: Path) -> list[str]:
    """Copy the notebooks to a folder; names of those changed on both sides, left as they are.

    A copy whose cells somebody has changed is never overwritten; one that was only run is
    renewed when its notebook has changed.
    """
    folder.mkdir(exist_ok=True)
    record = folder / RECORD
    copied = _remembered(record)
    kept = []
    for original in find_notebooks(notebooks):
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
    """Return what stands for the text of a notebook's cells, without what they put out."""
    try:
        cells = json.loads(content)["cells"]
        return _hash(json.dumps([[c["cell_type"], "".join(c["source"])] for c in cells]).encode())
    except (ValueError, KeyError, TypeError):
        # No notebook any more: somebody's work all the same.
        return ""


def lab_arguments(folder: Path, token: str, options: Sequence[str]) -> list[str]:
    """Arguments of a JupyterLab that shows a folder; ``options``, the user's, count most.

    A browser must know the token, whatever the user's own settings say.
    """
    page = f"/tree/{FIRST}" if (folder / FIRST).is_file() else ""
    return [
        f"--ServerApp.root_dir={folder}",
        f"--LabApp.default_url=/lab{page}",
        f"--IdentityProvider.token={token}",
        *options,
    ]


def open_lab(folder: Path, options: Sequence[str]) -> None:
    """Be a JupyterLab that shows a folder, until it is shut down."""
    warm.prepare()
    token = secrets.token_hex(24)
    # Jupyter shows a token only if it has chosen it itself.
    print(f"Token, should JupyterLab ask for it: {token}", flush=True)
    from jupyterlab.labapp import LabApp  # noqa: PLC0415

    LabApp.launch_instance(lab_arguments(folder, token, options))
