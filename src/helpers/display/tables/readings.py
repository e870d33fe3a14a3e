"""Tables of what every combination of choices gives."""

import pandas as pd

from helpers.analysis.readings import VERDICTS, Readings
from helpers.analysis.sensitivity import deciding, finding_counts, type_counts, verdict_counts
from helpers.dataset.words import count_of, labels, listing, names
from helpers.display.choices import choice_label, under, value_label
from helpers.display.tables.labelled import by_name, rows_of


def choices_table(found: Readings) -> pd.DataFrame:
    """Return the choices with their values, the baseline's first."""
    rows = {
        choice_label(choice): (
            len(values),
            value_label(choice, values[0]),
            listing(value_label(choice, value) for value in values[1:]),
        )
        for choice, values in found.choices.items()
    }
    return rows_of(rows, "choice", ["values", "in the baseline", "otherwise"])


def type_shares_table(found: Readings) -> pd.DataFrame:
    """Return under what share of the readings each state has each type: percent, with the count."""
    known = labels("support_types")
    shares = type_counts(found).map(lambda n: _share(n, len(found)))
    return by_name(shares.rename(columns=known))


def verdict_shares_table(found: Readings) -> pd.DataFrame:
    """Return under what share of the readings each statement has each verdict."""
    table = verdict_counts(found).set_index("statement")
    shares = {verdict: table[verdict].map(lambda n: _share(n, len(found))) for verdict in VERDICTS}
    return table[["verdict"]].rename(columns={"verdict": "in the baseline"}).assign(**shares)


def findings_table(found: Readings) -> pd.DataFrame:
    """Return of how many states each finding holds, in the baseline and under all readings."""
    counts, n = finding_counts(found), len(found.states)
    table = pd.DataFrame(
        {
            "in the baseline": counts["states"].map(lambda s: count_of(s, n)),
            "the same states": [under(same, len(found)) for same in counts["n_same"]],
            "fewest and most": [f"{r.fewest} and {r.most} of {n}" for r in counts.itertuples()],
        }
    )
    return table.set_axis(pd.Index(counts["label"], name="finding"))


def deciding_table(found: Readings) -> pd.DataFrame:
    """Return how much each choice decides, the one that decides most first."""
    table = deciding(found)
    moved = zip(table["n_moved"], table["n_pairs"], strict=True)
    shown = {
        "values": table["n_values"],
        "another type in": [_share(*pair) for pair in moved],
        "by itself moves": [f"{len(s)} of {len(found.states)}" for s in table["states"]],
        "states": [listing(names(states)) for states in table["states"]],
    }
    return pd.DataFrame(shown).rename(index=choice_label)


def _share(n: int, total: int) -> str:
    return f"{100 * n / total:.0f}% ({n})" if total else "-"
