"""Notebooks for a class: as they stand, and without what students are to find out."""

import json
from pathlib import Path
from typing import Any

SOLUTION = "solution"
"""The tag of a cell that holds the solution of an exercise."""
BLANK = {"code": "# Your answer", "markdown": "*Your answer*"}
"""What stands in its place."""


def write_notebooks(notebooks: Path, students: Path, leader: Path) -> None:
    """Write the notebooks of a folder without results and solutions, and as they stand."""
    for folder in (students, leader):
        folder.mkdir(parents=True)
    for path in sorted(notebooks.glob("*.ipynb")):
        raw = path.read_bytes()
        (leader / path.name).write_bytes(raw)
        text = json.dumps(for_students(json.loads(raw)), indent=1, ensure_ascii=False) + "\n"
        (students / path.name).write_bytes(text.encode("utf-8"))


def for_students(notebook: dict[str, Any]) -> dict[str, Any]:
    """Return a notebook whose cells were not run, and whose solutions are blank."""
    return notebook | {"cells": [_cell(cell) for cell in notebook["cells"]]}


def _cell(cell: dict[str, Any]) -> dict[str, Any]:
    kind, solves = cell["cell_type"], SOLUTION in cell["metadata"].get("tags", [])
    changed: dict[str, Any] = {"source": [BLANK[kind]]} if solves else {}
    if kind == "code":
        changed |= {"outputs": [], "execution_count": None}
    return cell | changed
