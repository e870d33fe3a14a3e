"""Tables of measures that others made, beside what the accounts say."""

import pandas as pd

from helpers.analysis.association import as_shown
from helpers.analysis.measures import COMPARED
from helpers.analysis.measures import pairs as pairs_of
from helpers.dataset.codebook import load_codebook
from helpers.dataset.loading import load_table
from helpers.dataset.outcomes import TYPE
from helpers.dataset.words import labels, listing, names
from helpers.display.tables.labelled import by_name


def measures_table() -> pd.DataFrame:
    """Return the measures with what they measure, and what they are compared with."""
    table = load_table("measures")
    shown = {
        "made by": table["publisher"],
        "as of": table["as_of"],
        "measures": table["what_it_measures"],
        "scale": table["scale"],
        "compared with": [listing(map(_label, c.split(";"))) for c in table["compared_with"]],
        "account": table["account"].map(_named("account")),
        "keep in mind": table["note"],
    }
    return pd.DataFrame(shown).set_axis(pd.Index(table["label"], name="measure"))


def measure_agreement_table(agreement: pd.DataFrame) -> pd.DataFrame:
    """Return `helpers.measures.agreement` with labels, to read."""
    keys, rows = agreement.index, agreement.reset_index()
    discordant = zip(rows["n_discordant"], rows["n_ordered"], strict=True)
    table = pd.DataFrame(
        {
            "measure": [_named("measure")[measure] for measure, _ in keys],
            "compared with": [_label(each) for _, each in keys],
            "states": [f"{n} of {of}" for n, of in zip(rows["n"], rows["n_states"], strict=True)],
            "no place": rows["no_place"],
            "no code": rows["no_code"],
            "tau-b": rows["tau_b"].map(as_shown),
            "p": [as_shown(p, 3) for p in rows["p"]],
            "ordered otherwise": [f"{n} of {of} pairs" for n, of in discordant],
        }
    )
    return table.set_index(["measure", "compared with"])


def measure_values_table(measure: str, compared_with: str) -> pd.DataFrame:
    """Return the states of a measure, closest first, beside what the account says of them."""
    found = pairs_of(measure, compared_with).sort_values("rank", ascending=False, kind="stable")
    table = found[["value", "code"]].fillna({"code": "none"})
    table = table.assign(use=found["use"].where(found["use"] != COMPARED, "")).map(_worded)
    return by_name(table.rename(columns={"code": _label(compared_with), "use": "not compared"}))


def disagreements_table(disagreements: pd.DataFrame) -> pd.DataFrame:
    """Return `helpers.measures.disagreements` by state that the measure puts closer to Russia."""
    keys = ["measure", "compared_with", "closer", "value_closer", "code_closer"]
    rows: dict[tuple[str, ...], list[str]] = {}
    for row in disagreements.to_dict("records"):
        further = f"{names([row['further']])[0]} ({_worded(row['code_further'])})"
        rows.setdefault(tuple(str(row[key]) for key in keys), []).append(further)
    named = _named("measure")
    shown = [
        (named[measure], _label(compared), *names([state]), value, _worded(code), listing(others))
        for (measure, compared, state, value, code), others in rows.items()
    ]
    columns = ["measure", "compared with", "state", "its value", "the account", "yet further than"]
    return pd.DataFrame(shown, columns=columns).set_index(columns[:3])


def _named(table: str) -> dict[str, str]:
    """Return the labels of accounts, or of measures, by id."""
    return dict(load_table(f"{table}s").set_index(table)["label"])


def _label(name: str) -> str:
    book = load_codebook()
    known = {v.id: v.label for v in (*book.variables, *book.levels)} | {TYPE: "Support type"}
    return known[name]


def _worded(code: str) -> str:
    return labels("support_types").get(code, code.replace("_", " "))
