"""The site's map: one member, one equal tile, one link; no borders."""

import math
from typing import Any

import pandas as pd

from helpers.dataset.loading import case_names, load_states
from helpers.dataset.words import reference_name, reference_state
from helpers.display.plots.figure import luminance
from helpers.display.plots.votes import class_label, class_of, shades
from helpers.publish.site.markup import Html, tag

NO_BORDERS = (
    "No borders are drawn: the usual map files take sides on Crimea, and at the General "
    "Assembly one member has one vote, whatever its area."
)
NOT_COMPARED = "no vote to compare"
PALE = "#f7f7f7"
SUBJECT = "#4d4d4d"


def tile_map(agreement: pd.DataFrame) -> Html:
    """Return the members on a tile grid, coloured by `helpers.analysis.votes.agreement`.

    It is a list of links, and reads as one where no style is known; each link says in words what
    its colour says.
    """
    states, cases = load_states(), set(case_names().index)
    table = states.assign(index=agreement["index"]).sort_values("short_name", kind="stable")
    rows = table.reset_index().to_dict(orient="records")
    tiles = [_tile(row, row["state"] in cases) for row in rows]
    label = f"Map: agreement of the UN's members with {reference()[1]}"
    grid = tag("ul", *tiles, class_="tiles")
    box = tag("div", grid, class_="table-box", tabindex=0, role="region", aria_label=label)
    return box + legend()


def reference() -> tuple[str, str]:
    """Return the state that the others are compared with, and its name."""
    return reference_state(), reference_name()


def _tile(row: dict[Any, Any], case: bool) -> Html:
    """Return one member's tile."""
    state = str(row["state"])
    fill, said = _look(state, float(row["index"]))
    words = f"{row['short_name']}: {said}"
    place = f"grid-column:{row['tile_col'] + 1};grid-row:{row['tile_row'] + 1}"
    there = tag(
        "a",
        state,
        href=f"{state}.html",
        title=words,
        aria_label=f"{state}, {words}",
        style=f"background:{fill};color:{ink(fill)}",
    )
    return tag("li", there, style=place, class_=_kind(fill, case))


def _kind(fill: str, case: bool) -> str | None:
    """Return the classes of a tile."""
    return " ".join(["case"] * case + ["pale"] * (fill == PALE)) or None


def _look(state: str, index: float) -> tuple[str, str]:
    """Return a member's colour, and what it says."""
    if state == reference()[0]:
        return SUBJECT, "the state that the others are compared with"
    if math.isnan(index):
        return PALE, NOT_COMPARED
    return shades()[int(class_of(index))], f"index of agreement {index:.1f}"


def legend() -> Html:
    """Return what the map's colours mean."""
    classes = [(fill, class_label(place)) for place, fill in enumerate(shades())]
    rows = [*classes, (PALE, NOT_COMPARED), (SUBJECT, reference()[1])]
    items = [
        tag("li", tag("span", style=f"background:{fill}", class_="swatch"), text)
        for fill, text in rows
    ]
    lead = tag("p", f"Index of agreement with {reference()[1]}:")
    return lead + tag("ul", *items, class_="legend")


def ink(fill: str) -> str:
    """Return black or white, whichever has more contrast to a colour: never less than 4.5 to 1.

    Examples
    --------
    >>> ink("#f7f7f7"), ink("#4d4d4d")
    ('#000000', '#ffffff')
    """
    return "#000000" if (luminance(fill) + 0.05) ** 2 > 0.05 * 1.05 else "#ffffff"
