"""Read a notebook's question and parameters from its text.

Only the standard library is imported, so that listing notebooks starts at once.
What papermill's own inspection would drop without a word is an error here.
"""

import ast
import contextlib
import io
import json
import re
import tokenize
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

from helpers.regenerate.errors import RegenerateError, suggest

Scalar: TypeAlias = str | int | float | bool | None
Value: TypeAlias = Scalar | list[Scalar]
"""A value that a notebook parameter can have."""

EMPTY_SIZE = 2000
WRAPPERS = ("list", "Optional")


@dataclass(frozen=True)
class Parameter:
    """One line of a notebook's parameters cell, such as ``acts: list[Act] = []  # which acts``."""

    name: str
    annotation: str
    default: Value
    help: str

    @property
    def wrapper(self) -> str:
        """``list``, ``Optional`` or an empty text."""
        return self.annotation.partition("[")[0] if "[" in self.annotation else ""

    @property
    def base(self) -> str:
        """The type of the value, or of the members of a list."""
        return self.annotation.partition("[")[2].rstrip("]").strip() or self.annotation


@dataclass(frozen=True)
class Notebook:
    """A notebook as it can be asked: its first heading and its parameters, in their order."""

    path: Path
    question: str
    parameters: tuple[Parameter, ...]

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self.path.stem


def read_notebook(path: Path) -> Notebook:
    """Read a notebook's question and parameters, without its outputs.

    RegenerateError if the file is not a notebook, or its parameters cell holds anything but
    typed and explained assignments of literals that papermill reads as well.
    """
    if not path.name.isprintable():
        raise RegenerateError(f"{path.name!r} has a character that nobody sees; rename the file")
    cells = _read_cells(path)
    tagged = [cell for cell in cells if "parameters" in cell.get("metadata", {}).get("tags", [])]
    if len(tagged) > 1:
        raise RegenerateError(f"{path.name}: {len(tagged)} cells are tagged 'parameters'; keep one")
    source = _text(tagged[0]) if tagged else ""
    return Notebook(path.resolve(), _question(cells), read_parameters(source, path.name))


def _read_cells(path: Path) -> list[dict[str, Any]]:
    """Return a notebook's cells, or say why the file is not a notebook."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RegenerateError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise RegenerateError(f"{path.name}: not UTF-8") from error
    except json.JSONDecodeError as error:
        message = f"{path.name}, line {error.lineno}: not a notebook ({error.msg})"
        raise RegenerateError(message) from error
    if not isinstance(content, dict) or not isinstance(content.get("cells"), list):
        raise RegenerateError(f"{path.name}: not a notebook of format 4 (it has no list of cells)")
    return [cell for cell in content["cells"] if isinstance(cell, dict)]


def _text(cell: Mapping[str, Any]) -> str:
    """Return a cell's source, which is stored as a text or a list of lines."""
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)


def _question(cells: Sequence[Mapping[str, Any]]) -> str:
    prose = (_text(cell) for cell in cells if cell.get("cell_type") == "markdown")
    headings = (
        line[2:].strip() for text in prose for line in text.splitlines() if line[:2] == "# "
    )
    return next(headings, "")


def read_parameters(source: str, place: str = "notebook") -> tuple[Parameter, ...]:
    """Read the parameters that a cell declares; an error names ``place`` and the line.

    Examples
    --------
    >>> read_parameters('least: int = 2  # the least number of states')
    (Parameter(name='least', annotation='int', default=2, help='the least number of states'),)
    """
    where = f"{place}, parameters cell"
    try:
        statements = ast.parse(source).body
    except SyntaxError as error:
        message = f"{where}, line {error.lineno}: not Python ({error.msg})"
        raise RegenerateError(message) from error
    comments = dict(_comments(source))
    # Only these end a line for Python; str.splitlines knows more.
    lines = re.split("\r\n|\r|\n", source)
    parameters: dict[str, Parameter] = {}
    for statement in statements:
        number = statement.lineno
        here = f"{where}, line {number}"
        line = _Line(statement, lines[number - 1], comments.get(number), here)
        parameter = line.parameter()
        if parameter.name in parameters:
            raise RegenerateError(f"{here}: {parameter.name} is declared twice")
        parameters[parameter.name] = parameter
    return tuple(parameters.values())


def _comments(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line number and the text of each comment."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string[1:].strip()


@dataclass(frozen=True)
class _Line:
    """One statement of a parameters cell, with its line as written."""

    statement: ast.stmt
    text: str
    comment: str | None
    place: str

    def refuse(self, message: str) -> NoReturn:
        example = 'account: Account = "essay"  # whose picture of the world'
        raise RegenerateError(f"{self.place}: {message}; write lines like\n    {example}")

    def parameter(self) -> Parameter:
        node = self.statement
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
            self.refuse(f"{self.text.strip()!r} is not a typed assignment")
        if node.value is None or not node.simple:
            self.refuse(f"{self.text.strip()!r} does not give one name a default")
        if node.end_lineno != node.lineno:
            self.refuse(f"{node.target.id} goes over several lines")
        if len(self.text.splitlines()) > 1:
            self.refuse(f"{node.target.id} holds a character that papermill takes for a line break")
        if self.text.count("=") > 1:
            self.refuse("papermill skips a line with a second '=', in a text or comment too")
        name = node.target.id
        default = self._default(node.value)
        return Parameter(name, self._annotation(node.annotation), default, self._help(name))

    def _annotation(self, node: ast.expr) -> str:
        """Return a type in the three forms that papermill reads."""
        written = ast.unparse(node)
        match node:
            case ast.Name():
                return written
            case ast.Subscript(value=ast.Name(id=wrapper), slice=ast.Name()):
                # Papermill keeps the spaces of "list[ Act ]", and so would every reader of it.
                if wrapper in WRAPPERS and written in self.text:
                    return written
        return self.refuse(f"the type {written} is not a name, list[name] or Optional[name]")

    def _default(self, node: ast.expr) -> Value:
        written = ast.unparse(node)
        if "#" in written:
            self.refuse("papermill takes a '#' inside a default for the start of the comment")
        try:
            value = ast.literal_eval(node)
        except ValueError:
            value = ...
        members = value if isinstance(value, list) else [value]
        if not all(isinstance(member, str | int | float | None) for member in members):
            self.refuse(f"the default {written} is not a text, number, True, False, None or list")
        return value  # type: ignore[no-any-return]

    def _help(self, name: str) -> str:
        if not self.comment or self.comment.startswith("type:"):
            self.refuse(f"{name} has no comment that explains it")
        return self.comment


def _is_anybodys(path: Path) -> bool:
    """Tell a notebook from a folder, from what systems hide, and from one not yet begun."""
    if path.name.startswith(".") or not path.is_file():
        return False
    # JupyterLab makes the file before anything is in it.
    if path.stat().st_size > EMPTY_SIZE:
        return True
    with contextlib.suppress(RegenerateError):
        return any(_text(cell).strip() for cell in _read_cells(path))
    return path.stat().st_size > 0


def find_notebooks(folder: Path) -> list[Path]:
    """Return a folder's own notebooks in reading order, without hidden and empty ones."""
    found = sorted(path for path in folder.resolve().glob("*.ipynb") if _is_anybodys(path))
    if not found:
        raise RegenerateError(f"no notebooks in {folder}")
    return found


def choose_notebook(text: str, folder: Path) -> Path:
    """Return the notebook that a user means by its name, its number (``01``) or a path.

    RegenerateError if there is none, or more than one; the message lists those there are.
    """
    path = Path(text)
    is_path = path.suffix == ".ipynb" and path.is_file()
    # A bare name means the notebook of the folder, also inside a folder of executed ones.
    if is_path and path.name != text:
        return path.resolve()
    bare = text.removesuffix(".ipynb")
    names = {found.stem: found for found in find_notebooks(folder)}
    numbered = [found for name, found in names.items() if name.partition("_")[0] == bare]
    if bare in names:
        return names[bare]
    if len(numbered) == 1:
        return numbered[0]
    if is_path:
        return path.resolve()
    problem = f"{text!r} may be several notebooks" if numbered else f"no notebook {text!r}"
    near = "" if numbered else suggest(bare, names)
    raise RegenerateError(
        f"{problem}{near}; allowed: {', '.join(names)}, or a path that ends in .ipynb"
    )
