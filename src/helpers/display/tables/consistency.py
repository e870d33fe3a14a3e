"""Evidence against itself: codings all of whose evidence points elsewhere than their code."""

from collections.abc import Iterable

import pandas as pd

from helpers.dataset.checks import Mismatch, mismatches
from helpers.dataset.schema import TABLES
from helpers.dataset.words import labels, listing
from helpers.display.tables.labelled import state_and_variable

UNEXPLAINED = "to explain, or to mend"


def consistency_table(account: str) -> pd.DataFrame:
    """Return an account's codings none of whose evidence speaks for the code, or an empty table.

    Indexed by state and variable (short names): the code, where its evidence points, and why it
    stands nevertheless.
    """
    found = [m for m in mismatches() if m.coding["account"] == account]
    rows = pd.DataFrame([m.coding.cells for m in found], columns=["state", "variable", "code"])
    table = state_and_variable(rows).assign(code=rows["code"])
    table["its evidence points"] = [pointing(m) for m in found]
    table["why it stands"] = [m.explanation or UNEXPLAINED for m in found]
    return table.set_index(["state", "variable"])


def consistency_text(found: Iterable[Mismatch]) -> str:
    """Return mismatches as lines to read in a terminal, those without an explanation first."""
    lines = [
        f"{'explained' if m.explanation else 'TO EXPLAIN'}: codings.csv, line {m.coding.line}: "
        f"{','.join(m.coding[column] for column in TABLES['explanations'][:-1])} "
        f"({pointing(m)}){f': {m.explanation}' if m.explanation else ''}"
        for m in sorted(found, key=lambda m: bool(m.explanation))
    ]
    return "".join(f"{line}\n" for line in lines)


def uncited_text(events: pd.DataFrame, n_events: int) -> str:
    """Return which of so many events no coding cites (`helpers.evidence.uncited`), by direction."""
    counted = f"cited by no coding: {len(events)} of {n_events} events\n"
    known = labels("event_directions")
    groups = {d: events["event"][events["direction"] == d] for d in known}
    return counted + "".join(
        f"  {known[d]}, {len(found)}: {listing(found)}\n" for d, found in groups.items()
    )


def pointing(mismatch: Mismatch) -> str:
    """Return where the evidence of a coding points, in words."""
    known = labels("event_directions")
    parts: dict[str, list[str]] = {}
    for locator, direction in mismatch.pointing.items():
        parts.setdefault(direction, []).append(locator)
    return "; ".join(f"{known[d]}: {', '.join(found)}" for d, found in parts.items())
