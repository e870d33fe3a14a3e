"""The files that git keeps, for tests that look at the repository as a whole."""

import json
import subprocess
from pathlib import Path

import pytest

from helpers.dataset.files import REPOSITORY


def tracked_files() -> list[Path]:
    """Return every file that git keeps and that is still there; skip without git."""
    try:
        done = subprocess.run(
            ["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, check=False
        )
    except FileNotFoundError:
        pytest.skip("git is not installed", allow_module_level=True)
    if done.returncode:
        pytest.skip("not a git checkout", allow_module_level=True)
    names = done.stdout.decode("utf-8").split("\0")
    return [REPOSITORY / name for name in names if name and (REPOSITORY / name).is_file()]


def text_files() -> list[Path]:
    """Return the tracked files that hold text: all but pictures."""
    return [path for path in tracked_files() if path.suffix not in {".png", ".ico"}]


def words_of(path: Path) -> str:
    """Return a file's text; a notebook's as its cells and outputs have it."""
    text = path.read_text(encoding="utf-8")
    return "\n".join(_strings(json.loads(text))) if path.suffix == ".ipynb" else text


def _strings(value: object) -> list[str]:
    """Return the texts inside parsed JSON, lists of lines joined, pictures left out."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        if all(isinstance(item, str) for item in value):
            return ["".join(value)]
        return [text for item in value for text in _strings(item)]
    if isinstance(value, dict):
        kept = (item for key, item in value.items() if key != "image/png")
        return [text for item in kept for text in _strings(item)]
    return []
