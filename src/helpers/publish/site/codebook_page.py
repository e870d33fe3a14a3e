"""The codebook as a page: every variable, code, rule and border case."""

from collections.abc import Sequence

from helpers.dataset.codebook import Entry, Variable, load_codebook
from helpers.dataset.words import listing
from helpers.display.plots.figure import plain
from helpers.publish.site.markup import Html, block, grid, joined, page, prose, tag

LISTS = {
    "support_types": "Support types",
    "derived_rules": "Rules for types and verdicts",
    "thesis": "The essay's thesis, as statements",
    "rules": "General rules of coding",
    "record_rules": "Rules of coding the public record",
    "statuses": "Outcomes of a reading",
    "derived_statuses": "Outcomes that arise later",
    "confidences": "Confidence",
    "scopes": "Scope",
    "silence_readings": "How silence may be read",
    "coders": "Coders",
    "event_dimensions": "What events are about",
    "event_directions": "Directions of events",
    "claim_verdicts": "Verdicts on claims",
    "votes": "Votes",
    "resolution_kinds": "Kinds of resolutions",
    "resolution_sets": "Sets of resolutions",
    "evidence_tiers": "How a roll call was checked",
}
"""The codebook's other lists, in the order of reading."""


def anchor(name: str) -> str:
    """Return the place of a variable or a level on the codebook's page.

    Parameters
    ----------
    name : str
        Its id.

    Returns
    -------
    str
        The fragment of an address.

    Examples
    --------
    >>> anchor("arms_supply")
    'variable-arms-supply'
    """
    return f"variable-{name.replace('_', '-')}"


def codebook_page() -> str:
    """Return the page of the codebook.

    Returns
    -------
    str
        MyST Markdown, with a heading for each variable, so that search finds it.
    """
    book = load_codebook()
    intro = (
        f"{book.unit} The codes of an ordered variable run from furthest from Russia to closest; "
        'their colours are those of every figure. Silence in an account is never "no".'
    )
    parts = [intro]
    for group in book.lists["groups"]:
        parts.append(f"## {group.label}")
        parts += [_variable(v) for v in book.variables if v.group == group.id]
    parts.append("## Levels that follow from the codes")
    parts += [_variable(level) for level in book.levels]
    parts += [
        f"## {title}\n\n{block(_grid(title, 'id', book.lists[name], _holds(name)))}"
        for name, title in LISTS.items()
    ]
    return page("Codebook", *parts)


def _variable(variable: Variable) -> str:
    """Return the section of one variable."""
    heading = f"({anchor(variable.id)})=\n### {variable.label} `{variable.id}`"
    codes = _grid(f"Codes of {variable.id}", "code", variable.codes)
    content = [tag("p", prose(variable.question)), codes, _facts(variable)]
    return f"{heading}\n\n{block(joined(content))}"


def _holds(name: str) -> str:
    """Return what the texts of a list are."""
    return "statement" if name == "thesis" else "rule"


def _grid(title: str, first: str, entries: Sequence[Entry], holds: str = "rule") -> Html:
    """Return one row per entry, without columns that would say nothing."""
    labels = [e.label if e.label != plain(e.id) else "" for e in entries]
    columns: dict[str, list[object]] = {
        first: [_coloured(entry) for entry in entries],
        "label": list(labels),
        holds: [prose(entry.rule) for entry in entries],
        "resolutions": [", ".join(entry.resolutions) for entry in entries],
    }
    kept = {name: cells for name, cells in columns.items() if any(cells)}
    return grid(title, list(kept), zip(*kept.values(), strict=True))


def _coloured(entry: Entry) -> Html:
    swatch = tag("span", class_="swatch", style=f"background:{entry.colour}")
    parts = [swatch if entry.colour else "", tag("code", entry.id)]
    return tag("span", joined(parts), class_="whole")


def _facts(variable: Variable) -> Html:
    """Return how a variable is built, and its border cases."""
    kind = {"set": "Several codes may hold at once, in no order.", "binary": "Yes or no."}
    said = [kind.get(variable.type, "The codes are ordered.")]
    if variable.accounts:
        said.append(f"Coded in {listing(variable.accounts)} only.")
    if variable.silence_code:
        said.append(
            f'Where an analysis reads silence as "no", the code is `{variable.silence_code}`.'
        )
    cases = [tag("li", prose(case)) for case in variable.border_cases]
    ruled = [tag("p", "Border cases:"), tag("ul", joined(cases))] if cases else []
    return joined([tag("p", prose(" ".join(said))), *ruled])
