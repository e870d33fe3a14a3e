"""Everything the dataset holds on one member state, given by its ISO3 code.

Codes, evidence and events exist for the cases of the essay only; for any other member these tables
are empty, and say nothing about it. ``ValueError`` where a code is not that of a UN member.
"""

import pandas as pd

from helpers.analysis.scaling import ABSENCES, CUTS, places, steps
from helpers.analysis.votes import agreement, roll_calls
from helpers.dataset.allowed import account_ids, require
from helpers.dataset.codebook import load_codebook
from helpers.dataset.loading import case_names, load_codings, load_states, load_table, told_apart
from helpers.dataset.outcomes import ABSENT, ABSTAIN, CODED, NOT_READ, SEARCHED, UNDECIDED
from helpers.dataset.words import (
    code_or_status,
    labels,
    listing,
    reference_name,
    reference_state,
    text_name,
)

_FACTS = {
    "un_name": "name at the United Nations",
    "short_name": "short name",
    "iso2": "ISO two-letter code",
    "m49": "UN M49 number",
    "cow": "Correlates of War number",
    "gw": "Gleditsch-Ward number",
    "m49_region": "UN M49 region",
    "m49_subregion": "UN M49 subregion",
    "un_regional_group": "UN regional group",
}


def facts() -> dict[str, str]:
    """Return what the columns of ``states.csv`` that identify a member are called."""
    return {**_FACTS, "region": f"region in {text_name()}"}


def is_case(state: str) -> bool:
    """Tell whether a member is one of the states that the essay is about.

    >>> is_case("BLR"), is_case("NAM")
    (True, False)
    """
    require("state", state, load_states().index)
    return state in case_names().index


def identity(state: str) -> pd.DataFrame:
    """Return a member's names, codes and regions: one fact per row, in a column named after it.

    >>> identity("NAM").loc["ISO two-letter code", "NAM"]
    'NA'
    """
    case = is_case(state)
    row = load_states().loc[state]
    cells = {label: str(row[column]) for column, label in facts().items()}
    if not case:
        cells[facts()["region"]] = f"none: not named in {text_name()}"
    return pd.DataFrame({state: cells})


def coverage_by_account(state: str) -> pd.DataFrame:
    """Return how much every account (label) says about a state.

    Numbers of variables by outcome of the reading, and ``of`` how many. All are not read for a
    state that is no case.
    """
    case, book = is_case(state), load_codebook()
    outcomes = [*book.ids("statuses"), SEARCHED, NOT_READ]
    rows = {}
    for account, label in _accounts().items():
        known = _readings(account, state)["status"] if case else pd.Series(dtype="object")
        counts = known.reindex([v.id for v in book.variables]).fillna(NOT_READ).value_counts()
        rows[label] = [int(counts.get(outcome, 0)) for outcome in outcomes]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=outcomes)
    table = table.assign(of=table.sum(axis="columns")).rename_axis("account")
    return table.rename(columns=labels("derived_statuses"))


def _readings(account: str, state: str) -> pd.DataFrame:
    """Return a state's codings by variable, searched silence told from unsearched."""
    codings = told_apart(load_codings(account))
    return codings[codings["state"] == state].set_index("variable")


def codes_by_account(state: str) -> pd.DataFrame:
    """Return a state's codes, one row per variable and one column per account (labels).

    In round brackets why there is no code. Empty for a state that is no case.
    """
    variables = load_codebook().variables if is_case(state) else ()
    columns = {}
    for account, label in _accounts().items():
        rows = _readings(account, state)
        why = rows["status"].replace(labels("derived_statuses"))
        said = code_or_status(rows["code"], why)
        said = said.reindex([v.id for v in variables]).fillna(f"({NOT_READ})")
        columns[label] = said.str.replace("_", " ").set_axis([v.label for v in variables])
    return pd.DataFrame(columns).rename_axis("variable")


def differing(codes: pd.DataFrame) -> list[str]:
    """Return the variables of `codes_by_account` on which accounts that give a code differ.

    >>> differing(pd.DataFrame({"a": ["none", "(silent)"], "b": ["trade", "none"]}, ["x", "y"]))
    ['x']
    """
    rows = codes.iterrows()
    found = {str(name): {code for code in row if not code.startswith("(")} for name, row in rows}
    return [name for name, said in found.items() if len(said) > 1]


def evidence(state: str) -> pd.DataFrame:
    """Return what every code of a state rests on, in every account.

    One row per variable and account that speaks, indexed by their ids: ``code`` (or ``undecided``),
    ``confidence``, ``locator``, ``rationale``. Empty for a state that is no case.
    """
    is_case(state)
    codings = pd.concat([load_codings(account) for account in account_ids()])
    rows = codings[(codings["state"] == state) & codings["status"].isin([CODED, UNDECIDED])]
    order = {variable.id: place for place, variable in enumerate(load_codebook().variables)}
    rows = rows.assign(code=rows["code"].where(rows["status"] == CODED, UNDECIDED))
    rows = rows.sort_values("variable", key=lambda names: names.map(order), kind="stable")
    columns = ["code", "confidence", "locator", "rationale"]
    table = rows.set_index(["variable", "account"])[columns]
    return table.assign(locator=table["locator"].str.replace(";", "; "))


def events_of(state: str) -> pd.DataFrame:
    """Return the dated events about a state, earliest first, as ``events.csv`` has them."""
    is_case(state)
    events = load_table("events")
    found = events[events["state"] == state]
    return found.sort_values(["date", "event"], kind="stable").reset_index(drop=True)


def events_table(events: pd.DataFrame, said: pd.DataFrame) -> pd.DataFrame:
    """Return `events_of` a state with labels, and the codes of its `evidence` that rest on each.

    One row per event: ``date``, ``about``, ``direction``, ``standing``, ``description``,
    ``cited for`` (variable and accounts), ``source read``.
    """
    cited: dict[str, dict[str, list[str]]] = {}
    for row in said.reset_index().to_dict(orient="records"):
        for place in row["locator"].split("; "):
            cited.setdefault(place, {}).setdefault(row["variable"], []).append(row["account"])
    uses = [
        "; ".join(f"{name} ({', '.join(who)})" for name, who in cited.get(event, {}).items())
        for event in events["event"]
    ]
    table = {
        "date": events["date"],
        "about": events["dimension"].map(labels("event_dimensions")),
        "direction": events["direction"].map(labels("event_directions")),
        "standing": events["standing"].map(labels("event_standings")),
        "description": events["description"],
        "cited for": uses,
        "source read": events["source_read"],
    }
    return pd.DataFrame(table).set_axis(pd.Index(events["event"], name="event"), axis="index")


def sources_of(events: pd.DataFrame) -> pd.DataFrame:
    """Return the sources of events, one row per event and source.

    ``publisher``, ``title`` (in square brackets where it is ours), ``date``, ``address``,
    ``repost``, ``read``.
    """
    pairs = events[["event", "source"]].assign(source=events["source"].str.split(";"))
    pairs = pairs.explode("source")
    sources = load_table("sources").set_index("source")
    ours = sources["title_is_ours"] == "yes"
    sources = sources.assign(title=sources["title"].mask(ours, "[" + sources["title"] + "]"))
    table = pairs.join(sources, on="source").set_index("event")
    return table[["publisher", "title", "date", "address", "repost", "read"]]


def votes_table(calls: pd.DataFrame, resolutions: pd.DataFrame, state: str) -> pd.DataFrame:
    """Return a member's votes beside Russia's, in order of time.

    From `helpers.votes.roll_calls` and ``un_resolutions`` indexed by resolution. ``date``,
    ``title``, ``vote``, ``Russia``, ``compared`` (``same``, ``one abstains``, ``opposed``, or who
    was absent), ``evidence tier``.
    """
    require("state", state, calls.index)
    other, name = reference_state(), reference_name()
    asked = resolutions.loc[list(calls.columns)].sort_values("date", kind="stable")
    own, others = (calls.loc[who].astype("object")[asked.index] for who in (state, other))
    pairs = zip(own, others, strict=True)
    itself = f"{name} itself"
    table = {
        "date": asked["date"],
        "title": asked["title"],
        "vote": own,
        name: others,
        "compared": [itself if state == other else _compared(*pair, name) for pair in pairs],
        "evidence tier": asked["evidence_tier"],
    }
    return pd.DataFrame(table, index=asked.index)


def agreement_by_set(votes: pd.DataFrame, state: str) -> pd.DataFrame:
    """Return a member's `helpers.votes.agreement` with Russia on every set of resolutions (label).

    From ``un_votes``. Empty for Russia itself.
    """
    require("state", state, load_states().index)
    sets = load_codebook().lists["resolution_sets"]
    calls = roll_calls(votes, dict.fromkeys(r for entry in sets for r in entry.resolutions))
    found = {entry.label: agreement(calls[list(entry.resolutions)]) for entry in sets}
    rows = {name: table[table.index == state] for name, table in found.items()}
    table = pd.concat(rows, names=["set"])
    return table.set_axis(table.index.get_level_values("set"), axis="index")


def scale_places(calls: pd.DataFrame, state: str) -> pd.DataFrame:
    """Return a member's place on the scale, under every cut and treatment of absences.

    From `helpers.votes.roll_calls`: ``passed``, ``cast``, ``errors``, ``first_place``,
    ``last_place``, ``members`` on the scale. All but the last are missing where the member's
    absences leave it out.
    """
    require("state", state, calls.index)
    columns = ["passed", "cast", "errors", "first_place", "last_place"]
    rows = {}
    for passes in CUTS:
        for absent in ABSENCES:
            ranked = places(steps(calls, passes, absent))
            own = ranked[columns].reindex([state]).astype("Int64").iloc[0]
            rows[passes, absent] = [*own, len(ranked)]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=[*columns, "members"])
    index = pd.MultiIndex.from_tuples(rows, names=["passes", "absent"])
    return table.set_axis(index, axis="index").astype("Int64")


def vote_counts(calls: pd.DataFrame, state: str) -> str:
    """Return how often a member cast each vote: ``3 yes, 1 abstain, 0 no and 2 absent of 6``."""
    require("state", state, calls.index)
    counts = calls.loc[state].value_counts()
    votes = load_codebook().ids("votes")
    return f"{listing(f'{int(counts.get(v, 0))} {v}' for v in votes)} of {len(calls.columns)}"


def _accounts() -> dict[str, str]:
    """Return the labels of the accounts by id, in their order."""
    accounts = load_table("accounts")
    return dict(zip(accounts["account"], accounts["label"], strict=True))


def _compared(vote: str, other: str, name: str) -> str:
    if vote == ABSENT:
        return ABSENT
    if other == ABSENT:
        return f"{name} absent"
    if vote == other:
        return "same"
    return "one abstains" if ABSTAIN in {vote, other} else "opposed"
