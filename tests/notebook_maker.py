"""Small notebooks for tests, written without Jupyter."""

import json
from pathlib import Path
from typing import Any


def markdown(source: str, **extra: Any) -> dict[str, Any]:
    """Return a prose cell."""
    return {"cell_type": "markdown", "metadata": {}, "source": source, **extra}


def code(source: str, count: int | None = None, tags: tuple[str, ...] = (), **extra: Any) -> Any:
    """Return a code cell, executed if it has a count."""
    return {
        "cell_type": "code",
        "execution_count": count,
        "metadata": {"tags": list(tags)} if tags else {},
        "outputs": [],
        "source": source,
        **extra,
    }


def printed(text: str, name: str = "stdout") -> dict[str, Any]:
    """Return what a cell has printed."""
    return {"output_type": "stream", "name": name, "text": text}


def result(text: str, count: int = 1) -> dict[str, Any]:
    """Return the value of a cell."""
    return {
        "output_type": "execute_result",
        "execution_count": count,
        "metadata": {},
        "data": {"text/plain": text},
    }


def notebook(*cells: dict[str, Any]) -> dict[str, Any]:
    """Return a notebook whose cells have ids."""
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    return {
        "cells": [{"id": f"cell-{n}", **cell} for n, cell in enumerate(cells)],
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def write(path: Path, *cells: dict[str, Any]) -> Path:
    """Write a notebook and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook(*cells), indent=1) + "\n", encoding="utf-8")
    return path


def asking(path: Path, parameters: str, *sources: str, question: str = "What is it?") -> Path:
    """Write a notebook with a question, parameters and some code; return its path."""
    cells = [markdown(f"# {question}"), code(parameters, tags=("parameters",))]
    return write(path, *cells, *(code(source) for source in sources))
