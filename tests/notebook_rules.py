"""What every notebook of the project must be, one function per rule.

Each takes a notebook as JSON reads it and returns what is wrong, a line for each;
``test_notebook_rules.py`` holds that each can fail. nbval compares outputs, and passes
on a notebook whose outputs were stripped: what it does not see is looked at here.
"""

import ast
import json
import re
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from helpers.regenerate.errors import RegenerateError
from helpers.regenerate.normalise import machine_paths
from helpers.regenerate.notebook_source import read_parameters

Notebook = dict[str, Any]

MAX_BYTES = 300 * 1024
CELLS = range(30, 51)
MAX_MEDIAN_LINES = 3
EXERCISES = 3
LIMITS = "What this does not show"

# Digits that prose may hold: none of them is a number that could have been computed.
ALLOWED_DIGITS = re.compile(
    r"```.*?```|`[^`\n]*`"  # code
    r"|\]\([^)\s]*\)|<?https?://[^\s>)]+>?"  # addresses
    r"|<[^>\n]+>"  # tags
    r"|^\#{1,6}\ +(?:\d+(?:\.\d+)*[.:)]|(?:Exercise|Solution|Step|Part)\ \d+)"  # numbered headings
    r"|^\s*\d+\.\ "  # numbered lists
    r"|\b(?:[AS]/)?(?:RES/)?(?:ES-)?\d+/\d+\b"  # resolutions
    r"|\b\d\d_[a-z0-9_]+(?:\.ipynb)?\b"  # names of notebooks
    r"|\b19FortyFive\b"  # where the essay appeared
    r"|\b(?:19|20)\d\d\b",  # years
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)


def source(cell: dict[str, Any]) -> str:
    """Return a cell's text."""
    text = cell["source"]
    return text if isinstance(text, str) else "".join(text)


def tags(cell: dict[str, Any]) -> list[str]:
    """Return a cell's tags."""
    return list(cell["metadata"].get("tags", []))


def code_cells(notebook: Notebook) -> list[dict[str, Any]]:
    """Return the code cells in order."""
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def prose(notebook: Notebook) -> list[str]:
    """Return the texts of the prose cells in order."""
    return [source(cell) for cell in notebook["cells"] if cell["cell_type"] == "markdown"]


def ran_in_order(notebook: Notebook) -> list[str]:
    """Every code cell was executed, from first to last, in one go."""
    counts = [cell["execution_count"] for cell in code_cells(notebook)]
    expected = list(range(1, len(counts) + 1))
    return [] if counts == expected else [f"execution counts {counts}, expected 1 to {len(counts)}"]


def no_errors(notebook: Notebook) -> list[str]:
    """No cell ended in an error, and none warned."""
    return [
        f"cell [{cell['execution_count']}] shows {output.get('ename', 'a text on stderr')}"
        for cell in code_cells(notebook)
        for output in cell["outputs"]
        if output["output_type"] == "error" or output.get("name") == "stderr"
    ]


def parameters_typed(notebook: Notebook) -> list[str]:
    """One cell holds the parameters, each typed and explained, and none is injected."""
    tagged = [cell for cell in code_cells(notebook) if "parameters" in tags(cell)]
    injected = [cell for cell in code_cells(notebook) if "injected-parameters" in tags(cell)]
    problems = ["papermill's injected parameters are stored"] if injected else []
    if len(tagged) != 1:
        return [*problems, f"{len(tagged)} cells are tagged 'parameters', expected one"]
    try:
        read = read_parameters(source(tagged[0]))
    except RegenerateError as error:
        return [*problems, str(error)]
    return problems if read else [*problems, "the parameters cell declares none"]


def parsed(notebook: Notebook) -> Iterator[tuple[int, ast.Module]]:
    """Yield each code cell's place and syntax tree, IPython's own lines left out."""
    for number, cell in enumerate(code_cells(notebook), start=1):
        lines = [line for line in source(cell).splitlines() if line[:1] not in ("%", "!")]
        yield number, ast.parse("\n".join(lines))


def no_definitions(notebook: Notebook) -> list[str]:
    """What needs a function belongs into the helpers, where it is tested."""
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    assignments = (ast.Assign, ast.AnnAssign, ast.NamedExpr)
    return [
        f"code cell {number} defines a function or class"
        for number, tree in parsed(notebook)
        for node in ast.walk(tree)
        if isinstance(node, definitions)
        or (isinstance(node, assignments) and isinstance(node.value, ast.Lambda))
    ]


def no_path_tricks(notebook: Notebook) -> list[str]:
    """The helpers are installed; nothing changes where Python looks."""
    tricks = re.compile(r"sys\s*\.\s*path|from\s+sys\s+import.*\bpath\b|addsitedir|os\.chdir|%cd\b")
    return [
        f"code cell {number} holds {match.group()!r}"
        for number, cell in enumerate(code_cells(notebook), start=1)
        for match in tricks.finditer(source(cell))
    ]


def no_typed_numbers(notebook: Notebook) -> list[str]:
    """A number in a sentence is printed from the data and never typed."""
    return [
        f"prose has the digits {match.group()!r} in {line.strip()!r}"
        for text in without_section_numbers(prose(notebook))
        for line in ALLOWED_DIGITS.sub("", text).splitlines()
        for match in re.finditer(r"\d+", line)
    ]


def without_section_numbers(texts: list[str]) -> list[str]:
    """Take the numbers off "## 1 First" and "## 2 Next", if they count the sections."""
    number = re.compile(r"^## (\d+) ", re.MULTILINE)
    found = [int(digits) for text in texts for digits in number.findall(text)]
    counts = found == list(range(1, len(found) + 1))
    return [number.sub("## ", text) for text in texts] if counts else texts


def right_size(notebook: Notebook) -> list[str]:
    """A notebook can be read in one sitting, and a cell at one glance."""
    problems = []
    if len(notebook["cells"]) not in CELLS:
        expected = f"{CELLS.start} to {CELLS.stop - 1}"
        problems.append(f"{len(notebook['cells'])} cells, expected {expected}")
    lines = [len(source(cell).strip().splitlines()) for cell in code_cells(notebook)]
    if lines and statistics.median(lines) > MAX_MEDIAN_LINES:
        problems.append(f"the median code cell has {statistics.median(lines)} lines")
    return problems


def own_ids(notebook: Notebook) -> list[str]:
    """Each cell has an id of its own, so that a change of it can be followed."""
    ids = [cell.get("id") for cell in notebook["cells"]]
    return [] if len(set(ids)) == len(ids) and None not in ids else ["ids are missing or repeated"]


def no_machine_paths(notebook: Notebook) -> list[str]:
    """Outputs show nothing of the machine they were made on."""
    return machine_paths(notebook)


def exercises(notebook: Notebook) -> list[str]:
    """Three exercises have a solution that can be hidden by its tag."""
    solutions = [cell for cell in code_cells(notebook) if "solution" in tags(cell)]
    headed = "\n".join(prose(notebook)).lower().count("exercise")
    problems = [] if headed else ["no prose names an exercise"]
    if len(solutions) < EXERCISES:
        problems.append(f"{len(solutions)} code cells tagged 'solution', expected {EXERCISES}")
    return problems


def skeleton(notebook: Notebook) -> list[str]:
    """It asks a question first and says last what it does not show."""
    texts = prose(notebook)
    first = source(notebook["cells"][0]).splitlines()[:1] if notebook["cells"] else []
    problems = []
    if not first or not first[0].startswith("# ") or not first[0].rstrip().endswith("?"):
        problems.append(f"the first line is {first}, expected a heading that asks")
    if not any(re.search(rf"^#+ .*{LIMITS}", text, re.MULTILINE) for text in texts):
        problems.append(f"no heading {LIMITS!r}")
    return problems


def normalised(notebook: Notebook) -> list[str]:
    """It was stored by ``coalition refresh``, without metadata that varies."""
    metadata = notebook["metadata"]
    problems = []
    if metadata.get("kernelspec", {}).get("name") != "python3":
        problems.append("the kernel is not named python3")
    if "version" in metadata.get("language_info", {}):
        problems.append("the version of Python is stored")
    for holder in (metadata, *(cell["metadata"] for cell in notebook["cells"])):
        problems += [
            f"metadata {name!r} is stored" for name in ("papermill", "execution") if name in holder
        ]
    return problems


RULES = [
    ran_in_order,
    no_errors,
    parameters_typed,
    no_definitions,
    no_path_tricks,
    no_typed_numbers,
    right_size,
    own_ids,
    no_machine_paths,
    exercises,
    skeleton,
    normalised,
]


def small_enough(path: Path) -> list[str]:
    """The file can be loaded and compared at once."""
    size = path.stat().st_size
    return [] if size < MAX_BYTES else [f"{size} bytes, expected fewer than {MAX_BYTES}"]


def load(path: Path) -> Notebook:
    """Read a notebook's file."""
    content: Notebook = json.loads(path.read_text(encoding="utf-8"))
    return content
