"""What tables for reading share: names instead of codes, labels instead of ids."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pandas as pd

from helpers.dataset.codebook import load_codebook
from helpers.dataset.words import labels, names, worded


def by_name(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with short names instead of ISO3 codes as its index."""
    return table.set_axis(pd.Index(names(table.index), name="state"), axis="index")


def rows_of(rows: Mapping[Any, object], index: str, columns: list[str]) -> pd.DataFrame:
    """Return rows, by what they are about, as a table whose index has a name."""
    table = pd.DataFrame.from_dict(dict(rows), orient="index", columns=columns)
    return table.rename_axis(index)


def reasons() -> dict[str, str]:
    """Return the labels of all statuses, those that arise in an analysis last."""
    return labels("statuses") | labels("derived_statuses")


def type_labels() -> Callable[[Iterable[str]], str]:
    """Return what turns support types into their labels, joined by commas."""
    known = labels("support_types")
    return lambda kinds: ", ".join(known[kind] for kind in kinds)


def state_and_variable(table: pd.DataFrame) -> pd.DataFrame:
    """Return the two columns that tell codings apart, with short names and short labels."""
    short = {variable.id: variable.short_label for variable in load_codebook().variables}
    columns = {"state": names(table["state"]), "variable": table["variable"].map(short)}
    return pd.DataFrame(columns, index=table.index)


def code_labels(codings: pd.DataFrame, column: str = "code") -> pd.Series:
    """Return the codes of codings, in a column beside ``variable``, as the codebook labels them."""
    known = map(load_codebook().variable, codings["variable"])
    said = [worded(*pair) for pair in zip(known, codings[column], strict=True)]
    return pd.Series(said, codings.index, dtype="str")


def lines_of(table: pd.DataFrame) -> str:
    """Return a table as lines to read in a terminal, after a header."""
    cells = table.reset_index().astype(str)
    widths = {name: max([len(str(name)), *cells[name].str.len()]) for name in cells}
    rows = [list(cells.columns), *cells.to_numpy().tolist()]
    padded = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths.values(), strict=True))
        for row in rows
    )
    return "".join(f"{line.rstrip()}\n" for line in padded)
