"""Accounts in words and support types in words and colours, as all pages show them."""

from collections.abc import Iterable

from helpers.dataset.codebook import load_codebook
from helpers.dataset.loading import load_table
from helpers.publish.site.markup import Html, joined, prose, tag


def account_labels() -> dict[str, str]:
    """Return the label of each account, by its id."""
    accounts = load_table("accounts")
    return dict(zip(accounts["account"], accounts["label"], strict=True))


def shown_type(name: str) -> Html:
    """Return a support type, by its id, as a swatch and its label."""
    entry = load_codebook().entry("support_types", name)
    swatch = tag("span", class_="swatch", style=f"background:{entry.colour}")
    return tag("span", swatch, entry.label, class_="whole")


def other_types(name: str, could_be: Iterable[str]) -> str:
    """Return the labels of all types that a state could have, but for the one that it has.

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
