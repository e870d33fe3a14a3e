"""HTML and Markdown, written so that no cell of a table can become markup."""

import html
import re
from collections.abc import Iterable, Sequence

_VOID = {"img", "input", "br"}
_CODE = re.compile(r"`([^`]+)`")
_ADDRESS = re.compile(r"https?://\S+")


class Html(str):
    """Text that is HTML already, and is not escaped again."""

    __slots__ = ()


def escape(value: object) -> Html:
    """Return a value as HTML.

    Parameters
    ----------
    value : object
        `Html` stays as it is; anything else is text; None is empty.

    Returns
    -------
    Html
        What shows the value.

    Examples
    --------
    >>> escape("a < b"), escape(Html("<b>b</b>"))
    ('a &lt; b', '<b>b</b>')
    """
    if isinstance(value, Html):
        return value
    return Html(html.escape("" if value is None else str(value)))


def tag(name: str, *content: object, **attributes: str | int | None) -> Html:
    """Return an element.

    Parameters
    ----------
    name : str
        Its name.
    *content : object
        What stands in it, escaped unless it is `Html`.
    **attributes : str or int or None
        Its attributes: a trailing ``_`` is left out, any other ``_`` becomes ``-``; one
        that is None is left out.

    Returns
    -------
    Html
        The element.

    Examples
    --------
    >>> tag("a", "R&D", href="x.html", class_="way", aria_label=None)
    '<a href="x.html" class="way">R&amp;D</a>'
    """
    given = {key.rstrip("_").replace("_", "-"): v for key, v in attributes.items()}
    shown = "".join(f' {key}="{escape(v)}"' for key, v in given.items() if v is not None)
    if name in _VOID:
        return Html(f"<{name}{shown}>")
    return Html(f"<{name}{shown}>{joined(content)}</{name}>")


def joined(parts: Iterable[object], between: str = "") -> Html:
    """Return parts one after the other, with HTML between them."""
    return Html(between.join(escape(part) for part in parts))


def link(to: str, content: object) -> Html:
    """Return a link to a place on the site or elsewhere."""
    return tag("a", content, href=to)


def prose(text: object) -> Html:
    """Return text in which backticks mark code, as the codebook writes it.

    Parameters
    ----------
    text : object
        The text.

    Returns
    -------
    Html
        With ``code`` elements instead of backticks.

    Examples
    --------
    >>> prose("`none` < `trade`")
    '<code>none</code> &lt; <code>trade</code>'
    """
    return Html(_CODE.sub(r"<code>\1</code>", escape(text)))


def cell(value: object) -> Html:
    """Return a cell's content: a web address becomes a link."""
    if not isinstance(value, Html) and _ADDRESS.fullmatch(str(value)):
        return link(str(value), value)
    return escape(value)


def grid(
    label: str, head: Sequence[object], rows: Iterable[Sequence[object]], *, kind: str = ""
) -> Html:
    """Return a table in a box of its own, which scrolls if the table is too wide.

    Parameters
    ----------
    label : str
        What the table shows, for those who cannot see it; other than that of any other
        table of the page.
    head : sequence of object
        The columns' names; empty where each row says what it is.
    rows : iterable of sequence of object
        The cells; the first of a row names it.
    kind : str
        Classes of the table; ``sortable`` lets the page's script sort and filter it,
        ``stacked`` shows each row as a card where the window is narrow.

    Returns
    -------
    Html
        The box. It can be reached by keyboard, since it may have to be scrolled.
    """
    if "stacked" in kind.split():
        table = _stacked(head, rows, kind)
    else:
        names = tag("tr", joined(tag("th", name, scope="col") for name in head))
        top = tag("thead", names) if head else ""
        table = tag("table", top, tag("tbody", joined(map(_row, rows))), class_=kind or None)
    return tag("div", table, class_="table-box", tabindex=0, role="region", aria_label=label)


def _row(row: Sequence[object]) -> Html:
    first, *others = row
    cells = joined(tag("td", cell(value)) for value in others)
    return tag("tr", tag("th", cell(first), scope="row"), cells)


def _stacked(head: Sequence[object], rows: Iterable[Sequence[object]], kind: str) -> Html:
    """Return a table whose cells know their column.

    Rows that are laid out as cards are no table to a browser any more, so the roles are
    spelt out.
    """
    names = joined(tag("th", name, scope="col", role="columnheader") for name in head)
    top = tag("thead", tag("tr", names, role="row"), role="rowgroup")
    body = tag("tbody", joined(_card(head, row) for row in rows), role="rowgroup")
    return tag("table", top, body, class_=kind, role="table")


def _card(head: Sequence[object], row: Sequence[object]) -> Html:
    first, *others = row
    cells = joined(
        tag("td", cell(value), role="cell", data_label=str(name))
        for name, value in zip(head[1:], others, strict=True)
    )
    return tag("tr", tag("th", cell(first), scope="row", role="rowheader"), cells, role="row")


def figure(source: str, alt: str, caption: object = "") -> Html:
    """Return an image with its alternative text, in a box that scrolls on a phone."""
    image = tag("img", src=source, alt=alt)
    picture = tag("div", image, class_="picture-box", tabindex=0, role="group", aria_label="Figure")
    return tag("figure", picture, tag("figcaption", caption) if caption else "")


def block(content: object) -> str:
    """Return HTML as a block of MyST Markdown.

    Parameters
    ----------
    content : object
        What to show as it is.

    Returns
    -------
    str
        A fenced block, longer fences than any in the content.
    """
    fence = "`" * 5
    return f"{fence}{{raw}} html\n{escape(content)}\n{fence}\n"


def page(title: str, *parts: str, search: bool = True, orphan: bool = False) -> str:
    """Return a page of MyST Markdown.

    Parameters
    ----------
    title : str
        Its heading.
    *parts : str
        What follows, each a block of Markdown.
    search : bool
        Whether the site's search looks into it.
    orphan : bool
        Whether it stands outside of the menus.

    Returns
    -------
    str
        The text of a file.
    """
    facts = ["orphan: true"] * orphan + ["nosearch: true"] * (not search)
    front = ["---", *facts, "---", ""] if facts else []
    return "\n".join([*front, f"# {title}", "", *(f"{part}\n" for part in parts)])


def menu(*pages: str) -> str:
    """Return the Markdown that puts pages into the menus without listing them here."""
    return "\n".join(["```{toctree}", ":hidden:", "", *pages, "```"])
