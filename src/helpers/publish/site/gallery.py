"""The notebooks as pages, and the gallery that leads to them."""

import base64
import copy
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from helpers.publish.site.markup import (
    Html,
    Markdown,
    fenced,
    joined,
    link,
    menu,
    page,
    tag,
)
from helpers.regenerate.listing import describe_notebooks
from helpers.regenerate.parameter_values import Allowed
from helpers.regenerate.readme_picture import picture_of

NUMBERED = re.compile(r"`(\d\d_\w+)`")
"""How a notebook names another."""
OF_THE_KERNEL = ("kernelspec", "language_info")
LIMITS = re.compile(r"^## *\d* *What this does not show *$", re.MULTILINE)
FEW = 8
"""Up to this many allowed values are shown without being asked for."""
TWO_HEADS = re.compile(
    r"<tr[^>]*>(?P<blank>(?:\s*<th></th>)+)(?P<names>(?:\s*<th>[^<]+</th>)+)\s*</tr>\s*"
    r"<tr>(?P<index>(?:\s*<th>[^<]+</th>)+)(?:\s*<th></th>)+\s*</tr>"
)
"""The two rows that head a table of pandas whose rows have a name."""


@dataclass(frozen=True)
class Shown:
    """One stored notebook as the site shows it: the file, its content, and what it says of itself.

    ``parameters`` are as `helpers.regenerate.listing.describe_notebooks` returns them.
    """

    name: str
    question: str
    parameters: list[dict[str, Any]]
    raw: bytes
    node: nbformat.NotebookNode


def read_notebooks(folder: Path, allowed: Allowed) -> list[Shown]:
    """Return the stored notebooks of a folder in their order; `RegenerateError` if it has none.

    ``allowed`` are the types that parameters may have.
    """
    return [_read(described) for described in describe_notebooks(folder, allowed)]


def _read(described: dict[str, Any]) -> Shown:
    raw = Path(described["path"]).read_bytes()
    node = nbformat.reads(raw.decode("utf-8"), as_version=4)  # type: ignore[no-untyped-call]
    return Shown(described["notebook"], described["question"], described["parameters"], raw, node)


def notebook_page(shown: Shown, names: set[str]) -> str:
    """Return the text of an ``.ipynb`` file made ready for the page, its outputs as stored.

    Figures have their alternative texts where myst-nb looks for them, solutions are folded away,
    a mention of one of ``names`` is a link, and there is a way to the stored file.
    """
    node = copy.deepcopy(shown.node)
    # A notebook's own settings could have it executed, or its text taken for a template.
    node.metadata = {name: node.metadata.get(name, {}) for name in OF_THE_KERNEL}
    for cell in node.cells:
        if cell.cell_type == "markdown":
            cell.source = linked(cell.source, names)
        else:
            _prepare(cell)
    node.cells.insert(1, _way(shown))
    return str(nbformat.writes(node))  # type: ignore[no-untyped-call]


def linked(text: str, names: set[str], folder: str = "") -> Markdown:
    """Return Markdown in which the name of a notebook with a page, in ``folder``, is a link.

    Examples
    --------
    >>> linked("see `08_claims` and `09_none`", {"08_claims"}, "notebooks/")
    'see [`08_claims`](notebooks/08_claims.ipynb) and `09_none`'
    """

    def mention(found: re.Match[str]) -> str:
        name = found[1]
        return f"[`{name}`]({folder}{name}.ipynb)" if name in names else f"`{name}`"

    return Markdown(NUMBERED.sub(mention, text))


def _way(shown: Shown) -> nbformat.NotebookNode:
    """Return a cell that says where the notebook is and how it is run."""
    text = tag(
        "p",
        link("index.html", "All notebooks"),
        " / ",
        link(f"../files/notebooks/{shown.name}.ipynb", "Download this one"),
        ", or run it with other parameters: ",
        tag("code", f"coalition run {shown.name[:2]}"),
        class_="way",
    )
    cell: nbformat.NotebookNode = copy.deepcopy(shown.node.cells[0])
    # An id made by nbformat would change with every build.
    cell["id"], cell["source"] = "way", fenced("{raw} html", text)
    return cell


def _prepare(cell: nbformat.NotebookNode) -> None:
    """Give figures their alternative text and fold solutions."""
    if "solution" in cell.metadata.get("tags", []):
        cell.metadata.tags.append("hide-cell")
    for output in cell.get("outputs", []):
        alt = output.get("metadata", {}).get("image/png", {}).get("alt")
        if alt:
            cell.metadata["mystnb"] = {"image": {"alt": alt}}
        data = output.get("data", {})
        if "text/html" in data:
            data["text/html"] = _headed(data["text/html"])


def _headed(table: str) -> str:
    """Return a table with one row of headings, none of which is empty."""
    one = TWO_HEADS.sub(_one_head, table)
    # A header cell without text is none to a screen reader.
    return one.replace("<th></th>", "<td></td>")


def _one_head(found: re.Match[str]) -> str:
    """Return two rows of headings as one, if both speak of the same columns."""
    if found["blank"].count("<th>") != found["index"].count("<th>"):
        return found[0]
    return f"<tr>{found['index']}{found['names']}</tr>"


def images(shown: Shown) -> Iterator[tuple[bytes, str]]:
    """Yield a notebook's images and their alternative texts, in order."""
    for cell in shown.node.cells:
        for output in cell.get("outputs", []):
            coded = output.get("data", {}).get("image/png")
            if coded:
                yield base64.b64decode(coded), output.metadata["image/png"]["alt"]


def face(shown: Shown) -> tuple[bytes, str] | None:
    """Return PNG bytes and alternative text of the image that stands for a notebook, if any has.

    It is the picture that the notebook lends to the README, else its first image.
    """
    return picture_of(shown.raw) or next(images(shown), None)


def limits_of(shown: Shown) -> Markdown:
    """Return what a notebook says that it does not show; empty if it says nothing of that."""
    for cell in shown.node.cells:
        if cell.cell_type == "markdown" and LIMITS.match(cell.source):
            return Markdown(LIMITS.sub("", cell.source).strip())
    return Markdown()


def gallery_page(notebooks: list[Shown]) -> Markdown:
    """Return the gallery: a card for each notebook, with the image that stands for it."""
    cards = tag("div", joined(map(_card, notebooks)), class_="cards")
    return page(
        "Notebooks",
        "Each asks one question and answers it with numbers that are computed from the tables. The "
        "pages show the outputs that are stored with the notebooks, made with the parameters' "
        "defaults; with other values, run them yourself.",
        cards,
        menu(*(shown.name for shown in notebooks)),
    )


def _card(shown: Shown) -> Html:
    """Return one notebook's card."""
    own = face(shown)
    picture = tag("img", src=f"../_static/figures/{shown.name}.png", alt=own[1]) if own else ""
    title = tag("h2", link(f"{shown.name}.html", shown.question))
    name = tag("p", tag("code", shown.name))
    return tag("article", picture, title, name, _parameters(shown.parameters), class_="card")


def _parameters(parameters: list[dict[str, Any]]) -> Html:
    """Return a notebook's parameters: their names, and folded away what they may be."""
    items = []
    for given in parameters:
        default = tag("code", json.dumps(given["default"]))
        items.append(tag("dt", tag("code", given["name"]), " = ", default))
        stop = ". " if given["allowed"] else "."
        items.append(tag("dd", given["help"], stop, _allowed(given["allowed"])))
    names = joined((tag("code", given["name"]) for given in parameters), ", ")
    listed = tag("dl", joined(items), class_="parameters")
    return tag("details", tag("summary", "Parameters: ", names), listed)


def _allowed(values: list[str] | None) -> Html:
    """Return allowed values; many of them are folded away."""
    if values is None:
        return Html()
    listed = joined((tag("code", value) for value in values), ", ")
    if len(values) <= FEW:
        return listed
    return tag("details", tag("summary", f"{len(values)} values"), listed)
