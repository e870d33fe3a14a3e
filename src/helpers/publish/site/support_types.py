"""Support types in words and colours, as all pages show them."""

from collections.abc import Iterable

from helpers.dataset.codebook import load_codebook
from helpers.publish.site.markup import Html, joined, prose, tag


def shown_type(name: str) -> Html:
    """Return a support type with its colour.

    Parameters
    ----------
    name : str
        Its id.

    Returns
    -------
    Html
        A swatch and the type's label.

    Raises
    ------
    ValueError
        If the codebook has no such type.
    """
    entry = load_codebook().entry("support_types", name)
    swatch = tag("span", class_="swatch", style=f"background:{entry.colour}")
    return tag("span", swatch, entry.label, class_="whole")


def other_types(name: str, could_be: Iterable[str]) -> str:
    """Return what else a state could be, in words.

    Parameters
    ----------
    name : str
        The type that follows from what is coded.
    could_be : iterable of str
        All types that are possible.

    Returns
    -------
    str
        Labels with commas.

    Examples
    --------
    >>> other_types("military_backer", ["military_backer", "full_backer"])
    'full backer'
    >>> other_types("full_backer", ["full_backer"])
    'nothing else'
    """
    labels = {entry.id: entry.label for entry in load_codebook().support_types}
    return ", ".join(labels[kind] for kind in could_be if kind != name) or "nothing else"


def legend_of_types() -> Html:
    """Return what each support type means, in the codebook's words and order."""
    items = [
        joined([tag("dt", shown_type(entry.id)), tag("dd", prose(entry.rule))])
        for entry in load_codebook().support_types
    ]
    return tag("dl", joined(items), class_="types")
