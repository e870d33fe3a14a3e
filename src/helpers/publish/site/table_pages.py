"""The data tables, to sort, to search and to take away."""

import re
from collections.abc import Callable

from helpers.publish.export.table_model import Cell, Contents, Field, Table
from helpers.publish.site.codebook_page import anchor
from helpers.publish.site.downloads import DOWNLOADS
from helpers.publish.site.markup import (
    Html,
    Markdown,
    grid,
    joined,
    link,
    menu,
    page,
    prose,
    tag,
)

LONG = 40
"""Characters from which on a cell's column is given room to wrap."""
DAY = re.compile(r"\d{4}-\d\d(-\d\d)?")
LED_TO = {"sources", "events"}
"""Tables whose rows other tables name."""


def table_pages(contents: Contents, about: Markdown) -> dict[str, Markdown]:
    """Return by its path the page of each table, the one that lists them, and ``about`` them.

    Search leaves the tables out: it is for pages, and each table has a search of its own.
    """
    known = {str(event) for event in contents.table("events").column("event")}
    pages = {f"tables/{table.name}.md": _page(table, known) for table in contents.tables}
    pages["tables/about.md"] = about
    pages["tables/index.md"] = _index(contents)
    return pages


def _index(contents: Contents) -> Markdown:
    """Return the page that lists the tables and the downloads."""
    rows = [
        [link(f"{t.name}.html", t.name), f"{t.title}.", len(t.rows), len(t.fields), _csv(t)]
        for t in contents.tables
    ]
    files = [tag("li", link(f"../files/{d.file}", d.file), f": {d.whom}.") for d in DOWNLOADS]
    return page(
        "Data",
        Markdown(
            "Every table can be sorted and downloaded, and a long one searched. [What one row is, "
            "what joins to what, and under which terms](about.md)."
        ),
        Markdown("## Tables"),
        grid("Tables", ["table", "what it holds", "rows", "columns", "file"], rows),
        Markdown(
            "`codings_long` is `codings.csv` with labels; `codings_wide`, `codebook` and `columns` "
            "are made from the other files. In a CSV only an empty cell is missing: `NA` is "
            "Namibia."
        ),
        Markdown("## Everything at once"),
        tag("p", "All tables, with labels, codebook, version and citation:") + tag("ul", *files),
        menu("about", *(table.name for table in contents.tables)),
    )


def _csv(table: Table) -> Html:
    """Return the way to a table as a file."""
    return link(f"../files/tables/{table.name}.csv", f"{table.name}.csv")


def _page(table: Table, known: set[str]) -> Markdown:
    """Return the page of one table; what has a row elsewhere leads to it."""
    licence = table.licence
    back = tag("p", link("index.html", "All tables"), " / ", _csv(table), class_="way")
    terms = tag("p", "Terms: ", link(licence.path, licence.title), ".")
    head = [_heading(field, cells) for field, cells in table.columns()]
    rows = [_cells(table, row, known) for row in table.rows]
    data = grid(f"Table {table.name}", head, rows, kind="sortable")
    return page(
        table.name,
        f"{table.title}.",
        joined([back, terms, _columns(table), data]),
        search=False,
    )


def _heading(field: Field, cells: tuple[Cell, ...]) -> Html:
    """Return a column's name; a column of long texts is marked as such."""
    long = any(len(str(cell)) > LONG for cell in cells)
    return tag("span", field.name, class_="long" if long else None)


def _columns(table: Table) -> Html:
    """Return what the columns mean, folded away."""
    rows = [
        [tag("code", f.name), prose(f.label), ", ".join(f.scale.ids) if f.scale else f.kind]
        for f in table.fields
    ]
    meaning = grid(f"Columns of {table.name}", ["column", "holds", "values"], rows)
    return tag("details", tag("summary", f"The {len(rows)} columns"), meaning)


def _cells(table: Table, row: tuple[Cell, ...], known: set[str]) -> list[object]:
    """Return a row's cells; the first of a source or an event can be led to."""
    pairs = zip(table.fields, row, strict=True)
    first, *others = [_linked(field.name, value, known) for field, value in pairs]
    if table.name in LED_TO:
        first = tag("span", row[0], id=str(row[0]))
    return [first, *others]


def _linked(column: str, value: Cell, known: set[str]) -> object:
    """Return a cell; a state, a variable, a source and an event lead to what is said of them."""
    if value is None:
        return ""
    text = str(value)
    if column == "state":
        return link(f"../states/{text}.html", text)
    if column == "variable":
        return link(f"../codebook.html#{anchor(text)}", text)
    if column == "address":
        return link(text, text)
    if column == "source":
        return _each(text, lambda name: link(f"sources.html#{name}", name))
    if column == "locator":
        return _each(
            text, lambda name: link(f"events.html#{name}", name) if name in known else name
        )
    return _whole(value)


def _each(text: str, shown: Callable[[str], object]) -> Html:
    """Return several values of one cell, each shown its way."""
    return joined(map(shown, text.split(";")), "; ")


def _whole(value: Cell) -> object:
    """Return a date so that it does not break at its hyphens; any other value as it is."""
    return tag("span", value, class_="whole") if DAY.fullmatch(str(value)) else value
