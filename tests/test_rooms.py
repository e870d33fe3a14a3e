"""The house: five rooms, imports one way between them, and nothing left lying at the door."""

import ast
from pathlib import Path

import pytest

import helpers

PACKAGE = Path(helpers.__file__).parent
MAY_IMPORT = {
    "yaml_reading": set(),
    "dataset": {"yaml_reading"},
    "analysis": {"dataset"},
    "display": {"dataset", "analysis"},
    "regenerate": {"yaml_reading"},
    "publish": {"dataset", "analysis", "display", "regenerate"},
    "parameters": {"dataset"},
    "data": {"dataset"},
    "cli": {"dataset", "analysis", "display", "regenerate", "publish", "parameters"},
    "__main__": {"cli"},
}
"""For each room, and each module at the top, the others that it may know."""
MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))


def imported(source: str) -> set[str]:
    """Return the rooms that a module imports, wherever in its text."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "helpers":
            parts = str(node.module).split(".")[1:]
            found |= {parts[0]} if parts else {name.name for name in node.names}
        elif isinstance(node, ast.Import):
            found |= {n.name.split(".")[1] for n in node.names if n.name.startswith("helpers.")}
    return found


def room_of(module: str) -> str:
    return module.split("/", maxsplit=1)[0].removesuffix(".py")


def strays(module: str, source: str) -> set[str]:
    room = room_of(module)
    return imported(source) - MAY_IMPORT[room] - {room, "__version__"}


@pytest.mark.parametrize("module", [name for name in MODULES if name != "__init__.py"])
def test_a_room_imports_only_those_before_it(module: str) -> None:
    assert not strays(module, (PACKAGE / module).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("module", "line", "stray"),
    [
        ("dataset/files.py", "from helpers.analysis import votes", "analysis"),
        ("analysis/votes.py", "def f():\n    from helpers.display import tables", "display"),
        ("regenerate/run.py", "import helpers.dataset.files", "dataset"),
        ("display/tables.py", "from helpers import publish", "publish"),
    ],
)
def test_a_wrong_direction_is_found(module: str, line: str, stray: str) -> None:
    assert strays(module, line) == {stray}


def test_nothing_else_lies_at_the_top() -> None:
    named = {path.name.removesuffix(".py") for path in PACKAGE.iterdir()}
    assert named - {"__init__", "__pycache__", "py.typed"} <= set(MAY_IMPORT)


def test_every_room_says_in_one_sentence_what_it_is_for() -> None:
    for room in ("dataset", "analysis", "display", "regenerate", "publish"):
        text = ast.get_docstring(ast.parse((PACKAGE / room / "__init__.py").read_text("utf-8")))
        assert text and f"`helpers.{room}`" in str(helpers.__doc__)


def test_short_names_are_the_modules() -> None:
    from helpers import plots, tables, typology  # noqa: PLC0415

    assert plots.__name__ == "helpers.display.plots"
    assert tables.__name__ == "helpers.display.tables"
    assert typology.__name__ == "helpers.analysis.typology"
    assert {"plots", "tables", "typology"} <= set(dir(helpers))
    with pytest.raises(ImportError, match="nothing"):
        from helpers import nothing  # noqa: F401, PLC0415
