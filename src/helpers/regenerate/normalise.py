"""Drop from an executed notebook what differs from run to run.

What remains depends on the notebook, its parameters, the data and the code alone,
so that executing twice gives the same bytes.
"""

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

Node: TypeAlias = dict[str, Any]

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
# When a cell ran, in the notations of papermill, Jupyter and an older extension.
VOLATILE = ("papermill", "execution", "ExecuteTime")
# Widgets get random ids, and are empty where no kernel runs; what stands beside them is kept.
WIDGET = "application/vnd.jupyter.widget-view+json"
INJECTED = "injected-parameters"
ERROR_MARK = "papermill-error-cell-tag"

# A folder of some machine, in the notation of Unix or Windows: not part of an address
# (https://a.b/home/c), of a closing tag, or of a relative path.
MACHINE_PATH = re.compile(
    r"(?<![\w./<:])/(?:home|root|Users|tmp|var|private|usr|opt|mnt|work|workspace|builds?)/[^\s'\"<>]+"
    r"|\b[A-Za-z]:\\[^\s'\"<>]+"
    r"|ipykernel_\d+"
)


def normalise(notebook: Node) -> None:
    """Drop volatile metadata from an executed notebook, in place; its own cells keep their ids."""
    metadata = notebook["metadata"]
    metadata["kernelspec"] = dict(KERNEL)
    metadata.get("language_info", {}).pop("version", None)
    for name in (*VOLATILE, "orig_nbformat_minor", "widgets"):
        metadata.pop(name, None)
    marks = 0
    for cell in notebook["cells"]:
        tags = _normalise_cell(cell)
        # Papermill's own cells come with a random id.
        if INJECTED in tags:
            cell["id"] = INJECTED
        elif ERROR_MARK in tags:
            marks += 1
            cell["id"] = f"papermill-error-{marks}"


def _normalise_cell(cell: Node) -> list[str]:
    """Clean a cell and return its tags."""
    metadata = cell["metadata"]
    for name in VOLATILE:
        metadata.pop(name, None)
    if not metadata.get("tags", True):
        del metadata["tags"]
    if cell["cell_type"] == "code":
        cell["outputs"] = merge_streams(cell["outputs"])
        for output in cell["outputs"]:
            output.get("data", {}).pop(WIDGET, None)
    return list(metadata.get("tags", []))


def merge_streams(outputs: list[Node]) -> list[Node]:
    """Join what a cell has printed in several pieces: how it was cut is a matter of timing.

    A stream stands where its first piece stood, without what was written over (as progress bars
    do), and what was printed before errors if they are neighbours.

    Examples
    --------
    >>> a, b = ({"output_type": "stream", "name": "stdout", "text": t} for t in "ab")
    >>> merge_streams([a, b])
    [{'output_type': 'stream', 'name': 'stdout', 'text': 'ab'}]
    """
    merged: list[Node] = []
    pieces: dict[str, list[str]] = {}
    for output in outputs:
        name = output["name"] if output["output_type"] == "stream" else ""
        if name not in pieces:
            merged.append(output)
        if name:
            pieces.setdefault(name, []).append(_joined(output["text"]))
    streams = [place for place, o in enumerate(merged) if o["output_type"] == "stream"]
    for place in streams:
        merged[place]["text"] = _seen("".join(pieces[merged[place]["name"]]))
    # Which of two neighbours came first is a matter of timing, too.
    if len(streams) == 2 and streams[1] == streams[0] + 1:
        merged[streams[0] : streams[1] + 1] = sorted(
            merged[streams[0] : streams[1] + 1], key=lambda o: str(o["name"]), reverse=True
        )
    return merged


def _seen(text: str) -> str:
    """Drop from each line what a carriage return within it lets be written over."""
    # No regular expression: one that looks for the last of its line takes quadratic time.
    return "\n".join(line[line.rfind("\r", 0, -1) + 1 :] for line in text.split("\n"))


def _joined(text: str | list[str]) -> str:
    """Return a text that may be stored as a list of lines."""
    return text if isinstance(text, str) else "".join(text)


def to_bytes(notebook: Node) -> bytes:
    """Return a notebook as Jupyter itself writes it, with a line break at the end."""
    import nbformat  # noqa: PLC0415

    text: str = nbformat.writes(notebook, nbformat.NO_CONVERT)  # type: ignore[no-untyped-call]
    # Half of a pair of surrogates, which is no UTF-8, becomes an escape that JSON knows.
    return (text.rstrip("\n") + "\n").encode("utf-8", "backslashreplace")


def machine_paths(notebook: Node) -> list[str]:
    """One line for each path of this machine that an output shows, with the number of the cell."""
    found: list[str] = []
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            for text in _texts(output):
                found.extend(
                    f"cell [{cell['execution_count']}] shows the path {match.group()}"
                    for match in MACHINE_PATH.finditer(text)
                )
    return found


def _texts(output: Node) -> Iterator[str]:
    """Yield all that can be read in an output; pictures are not read."""
    yield _joined(output.get("text", ""))
    yield _joined(output.get("evalue", ""))
    yield "\n".join(output.get("traceback", []))
    for kind, content in output.get("data", {}).items():
        if not kind.startswith("image/") or kind == "image/svg+xml":
            yield _joined(content) if isinstance(content, str | list) else str(content)
