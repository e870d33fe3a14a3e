"""The codebook as a page: every variable, code, rule and border case."""

from collections.abc import Sequence

from helpers.dataset.codebook import Entry, Variable, load_codebook
from helpers.dataset.words import listing, reference_name
from helpers.display.plots.figure import plain
from helpers.publish.site.markup import Html, Markdown, grid, joined, md, page, prose, tag

LISTS = {
    "support_types": "Support types",
    "flags": "What is said of a state beside its type",
    "findings": "What the start page says first",
    "bounds": "What the bounds leave out",
    "options": "What an analysis may ask for",
    "derived_rules": "Rules for types and verdicts",
    "thesis": "The thesis, as statements",
    "rules": "General rules of coding",
    "record_rules": "Rules of coding the public record",
    "statuses": "Outcomes of a reading",
    "derived_statuses": "Outcomes that arise later",
    "confidences": "Confidence",
    "scopes": "Scope",
    "silence_readings": "How silence may be read",
    "undecided_readings": "How what is undecided may be read",
    "coders": "Coders",
    "event_dimensions": "What events are about",
    "event_directions": "Directions of events",
    "event_standings": "Standing of what an event reports",
    "search_outcomes": "Outcomes of a search",
    "claim_verdicts": "Verdicts on claims",
    "votes": "Votes",
    "resolution_kinds": "Kinds of resolutions",
    "resolution_sets": "Sets of resolutions",
    "evidence_tiers": "How a roll call was checked",
}
"""The codebook's other lists, in the order of reading."""


def anchor(name: str) -> str:
    """Return the place of a variable or a level on the codebook's page, by its id.

    Examples
    --------
    >>> anchor("arms_supply")
    'variable-arms-supply'
    """
    return f"variable-{name.replace('_', '-')}"


def codebook_page() -> Markdown:
    """Return the codebook, with a heading for each variable, so that search finds it."""
    book = load_codebook()
    parts: list[object] = [
        f"{book.unit} The codes of an ordered variable run from furthest from {reference_name()} "
        'to closest; their colours are those of every figure. Silence in an account is never "no".'
    ]
    for group in book.lists["groups"]:
        parts.append(md("## {label}", label=group.label))
        parts += [_variable(v) for v in book.variables if v.group == group.id]
    parts.append(Markdown("## Levels that follow from the codes"))
    parts += [_variable(level) for level in book.levels]
    for name, title in LISTS.items():
        if book.lists[name]:
            shown = _grid(title, "id", book.lists[name], _holds(name))
            parts.append(md("## {title}\n\n{shown}", title=title, shown=shown))
    return page("Codebook", *parts)


def _variable(variable: Variable) -> Markdown:
    """Return the section of one variable."""
    codes = _grid(f"Codes of {variable.id}", "code", variable.codes)
    return md(
        "({anchor})=\n### {label} {id}\n\n{content}",
        anchor=Markdown(anchor(variable.id)),
        label=variable.label,
        id=Markdown(f"`{variable.id}`"),
        content=joined([tag("p", prose(variable.question)), codes, _facts(variable)]),
    )


def _holds(name: str) -> str:
    """Return what the texts of a list are."""
    return "statement" if name == "thesis" else "rule"


def _grid(title: str, first: str, entries: Sequence[Entry], holds: str = "rule") -> Html:
    """Return one row per entry, without columns that would say nothing."""
    columns: dict[str, list[object]] = {
        first: [_coloured(entry) for entry in entries],
        "label": [e.label if e.label != plain(e.id) else "" for e in entries],
        holds: [prose(entry.rule) for entry in entries],
        "broken if": [prose(entry.breaks) for entry in entries],
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
