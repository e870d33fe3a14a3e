"""HTML and Markdown in which everything is text unless its type says otherwise.

`Html` and `Markdown` are markup already. Any other value, such as a cell of a table, is escaped
wherever it is put, and an address becomes a link only if it can run nothing.
"""

import re
from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

Html = Markup
VOID = {"img", "input", "br", "link"}
"""Elements without content."""
CODE = re.compile(r"`([^`]+)`")
HARMLESS = re.compile(r"https?://|[^:]*([/?#]|$)")
"""How an address begins that runs nothing: on the web, or a path, which has no scheme."""
PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
"""What can be markup in Markdown; behind a backslash it never is."""


class Markdown(str):
    """Text that is Markdown already, and is not escaped again."""

    __slots__ = ()


def tag(name: str, *content: object, **attributes: str | int | None) -> Html:
    """Return an element with its content and its attributes, all escaped unless `Html`.

    In the names of attributes a trailing ``_`` is left out and any other ``_`` becomes ``-``; one
    that is None is left out.

    Examples
    --------
    >>> tag("a", "R&D", href="x.html", class_="way", aria_label=None)
    Markup('<a href="x.html" class="way">R&amp;D</a>')
    """
    given = {key.rstrip("_").replace("_", "-"): v for key, v in attributes.items()}
    shown = "".join(f' {key}="{escape(v)}"' for key, v in given.items() if v is not None)
    if name in VOID:
        return Html(f"<{name}{shown}>")
    return Html(f"<{name}{shown}>{joined(content)}</{name}>")


def joined(parts: Iterable[object], between: str = "") -> Html:
    """Return parts one after the other, with HTML between them."""
    return Html(between).join(map(escape, parts))


def link(to: str, content: object, *, new_tab: bool = False) -> Html:
    """Return a link to a place on the site or on the web; only the content for any other address.

    Examples
    --------
    >>> link("javascript:alert(1)", "a < b")
    Markup('a &lt; b')
    """
    opens = {"target": "_blank", "rel": "noopener"} if new_tab else {}
    return tag("a", content, href=to, **opens) if HARMLESS.match(to) else escape(content)


def prose(text: object) -> Html:
    """Return text in which backticks mark code, as the codebook writes it.

    Examples
    --------
    >>> prose("`none` < `trade`")
    Markup('<code>none</code> &lt; <code>trade</code>')
    """
    # As plain text: what joins the pieces of `Html` would escape the new elements.
    return Html(CODE.sub(r"<code>\1</code>", str(escape(text))))


def cell(value: object) -> Html:
    """Return a cell's content; None is empty."""
    return escape("" if value is None else value)


def grid(
    label: str, head: Sequence[object], rows: Iterable[Sequence[object]], *, kind: str = ""
) -> Html:
    """Return a table in a box of its own, which scrolls, by keyboard too, if it is too wide.

    Parameters
    ----------
    label : str
        What the table shows, for those who cannot see it; unlike that of any other on the page.
    head : sequence of object
        The columns' names; empty where each row says what it is.
    rows : iterable of sequence of object
        The cells; the first of a row names it.
    kind : str
        Classes of the table; ``sortable`` lets the page's script sort and filter it,
        ``stacked`` shows each row as a card where the window is narrow; ``fits`` lets cells wrap
        rather than be wider than the page.
    """
    stacked = "stacked" in kind.split()

    # Rows that are laid out as cards are no table to a browser, so the roles are spelt out.
    def role(name: str) -> str | None:
        return name if stacked else None

    def row(cells: Sequence[object]) -> Html:
        first, *others = cells
        named = map(str, head[1:]) if stacked else [None] * len(others)
        rest = (
            tag("td", cell(value), role=role("cell"), data_label=name)
            for name, value in zip(named, others, strict=True)
        )
        start = tag("th", cell(first), scope="row", role=role("rowheader"))
        return tag("tr", start, *rest, role=role("row"))

    names = (tag("th", name, scope="col", role=role("columnheader")) for name in head)
    top = tag("thead", tag("tr", *names, role=role("row")), role=role("rowgroup")) if head else ""
    body = tag("tbody", *map(row, rows), role=role("rowgroup"))
    table = tag("table", top, body, class_=kind or None, role=role("table"))
    return tag("div", table, class_="table-box", tabindex=0, role="region", aria_label=label)


def figure(source: str, alt: str, caption: object = "") -> Html:
    """Return an image with its alternative text, in a box that scrolls on a phone."""
    image = tag("img", src=source, alt=alt)
    picture = tag("div", image, class_="picture-box", tabindex=0, role="group", aria_label="Figure")
    return tag("figure", picture, tag("figcaption", caption) if caption else "")


def fenced(info: str, text: str) -> Markdown:
    """Return a block of Markdown that shows text as it is, whatever backticks it holds."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(5, longest + 1)
    return Markdown(f"{fence}{info}\n{text}\n{fence}\n")


def md(template: str, **values: object) -> Markdown:
    r"""Return Markdown with values put into it, escaped unless they are Markdown themselves.

    Examples
    --------
    >>> md("## [{name}](x.md)", name="<b> & *c*")
    '## [\\<b\\> \\& \\*c\\*](x.md)'
    """
    return Markdown(template.format(**{name: _written(value) for name, value in values.items()}))


def _written(value: object) -> Markdown:
    """Return what shows a value in Markdown: `Html` as a block, anything unknown as text."""
    if isinstance(value, Html):
        return fenced("{raw} html", value)
    if isinstance(value, Markdown):
        return value
    # A line of its own could be more than text: a heading, a list, the end of a block.
    return Markdown(PUNCTUATION.sub(r"\\\g<0>", " ".join(str(value).splitlines())))


def page(title: object, *parts: object, search: bool = True, orphan: bool = False) -> Markdown:
    """Return a page of MyST Markdown, its parts escaped unless they are `Markdown` or `Html`.

    ``search`` says whether the site's search looks into it, ``orphan`` that it stands outside of
    the menus.
    """
    facts = ["orphan: true"] * orphan + ["nosearch: true"] * (not search)
    front = ["---", *facts, "---", ""] if facts else []
    shown = [f"{_written(part)}\n" for part in parts]
    return Markdown("\n".join([*front, f"# {_written(title)}", "", *shown]))


def menu(*pages: str) -> Markdown:
    """Return the Markdown that puts pages into the menus without listing them here."""
    return Markdown("\n".join(["```{toctree}", ":hidden:", "", *pages, "```"]))
