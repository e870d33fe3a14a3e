"""Say what notebooks there are and what can be asked of them."""

import json
from pathlib import Path
from typing import Any

from helpers.regenerate.errors import printable
from helpers.regenerate.notebook_source import Notebook, find_notebooks, read_notebook
from helpers.regenerate.parameter_values import Allowed, allowed_values


def describe_notebooks(folder: Path, allowed: Allowed) -> list[dict[str, Any]]:
    """One mapping per notebook: ``notebook``, ``path``, ``question`` and ``parameters``.

    Each parameter has ``name``, ``type``, ``default``, ``allowed`` (None for any value of the
    type) and ``help``.
    """
    return [_describe(read_notebook(path), allowed) for path in find_notebooks(folder)]


def _describe(notebook: Notebook, allowed: Allowed) -> dict[str, Any]:
    return {
        "notebook": notebook.name,
        "path": str(notebook.path),
        "question": notebook.question,
        "parameters": [
            {
                "name": parameter.name,
                "type": parameter.annotation,
                "default": parameter.default,
                "allowed": allowed_values(parameter, allowed),
                "help": parameter.help,
            }
            for parameter in notebook.parameters
        ],
    }


def format_listing(described: list[dict[str, Any]]) -> str:
    """Write what `describe_notebooks` returns as text, a paragraph per notebook."""
    return printable("\n\n".join("\n".join(_paragraph(notebook)) for notebook in described))


def _paragraph(notebook: dict[str, Any]) -> list[str]:
    lines = [notebook["notebook"], f"  {notebook['question']}"]
    for parameter in notebook["parameters"]:
        default = json.dumps(parameter["default"], ensure_ascii=False)
        lines.append(f"  -p {parameter['name']}  {parameter['type']}, default {default}")
        lines.append(f"       {parameter['help']}")
        if parameter["allowed"] is not None:
            lines.append(f"       allowed: {', '.join(parameter['allowed'])}")
    return lines
