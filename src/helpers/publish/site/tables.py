"""The data tables, to sort, to search and to take away."""

from helpers.publish.model import Cell, Contents, Field, Table
from helpers.publish.site.downloads import DOWNLOADS
from helpers.publish.site.markup import (
    Html,
    block,
    escape,
    grid,
    joined,
    link,
    menu,
    page,
    prose,
    tag,
)
from helpers.publish.site.scheme import anchor

LONG = 60
"""Characters from which on a cell's column is given room to wrap."""


def table_pages(contents: Contents, about: str) -> dict[str, str]:
    """Return the page of each table, and the one that lists them.

    Parameters
    ----------
    contents : Contents
        The tables.
    about : str
        The documentation of the tables, in Markdown.

    Returns
    -------
    dict of str to str
        Path to MyST Markdown. Search leaves the tables out: it is for pages, and each
        table has a search of its own.
    """
    pages = {f"tables/{table.name}.md": _page(table) for table in contents.tables}
    pages["tables/about.md"] = about
    pages["tables/index.md"] = _index(contents)
    return pages


def _index(contents: Contents) -> str:
    """Return the page that lists the tables and the downloads."""
    rows = [
        [link(f"{t.name}.html", t.name), f"{t.title}.", len(t.rows), len(t.fields)]
        for t in contents.tables
    ]
    tables = grid("Tables", ["table", "what it holds", "rows", "columns"], rows)
    files = [tag("li", link(f"../files/{d.file}", d.file), f": {d.whom}.") for d in DOWNLOADS]
    return page(
        "Data",
        "Every table can be sorted, searched and taken away. [What one row is, what joins to "
        "what, and under which terms](about.md).",
        "## Tables",
        block(tables),
        "## To take away",
        block(
            joined(
                [
                    tag("p", "All tables at once, with labels, codebook, version and citation:"),
                    tag("ul", joined(files)),
                ]
            )
        ),
        menu("about", *(table.name for table in contents.tables)),
    )


def _page(table: Table) -> str:
    """Return the page of one table."""
    licence = table.licence
    terms = tag("p", "Terms: ", link(licence.path, licence.title), ".")
    head = [_heading(field, cells) for field, cells in table.columns()]
    rows = [_cells(table, row) for row in table.rows]
    data = grid(f"Table {table.name}", head, rows, kind="sortable")
    return page(
        table.name, f"{table.title}.", block(joined([terms, _columns(table), data])), search=False
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


def _cells(table: Table, row: tuple[Cell, ...]) -> list[object]:
    pairs = zip(table.fields, row, strict=True)
    return [_linked(field.name, value) for field, value in pairs]


def _linked(column: str, value: Cell) -> object:
    """Return a cell; a state leads to its page, a variable to its rules."""
    if value is None:
        return ""
    if column == "state":
        return link(f"../states/{value}.html", value)
    if column == "variable":
        return link(f"../codebook.html#{anchor(str(value))}", value)
    return value if str(value).startswith("http") else escape(value)
