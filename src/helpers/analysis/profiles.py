"""Everything the dataset holds on one member state.

Codes, evidence and events exist for the cases of the essay only; for any other
member these tables are empty, and say nothing about it.
"""

import pandas as pd

from helpers.analysis.scaling import ABSENCES, CUTS, places, steps
from helpers.analysis.votes import ABSENT, RUSSIA, agreement, resolutions_in, roll_calls
from helpers.dataset.allowed import account_ids, require
from helpers.dataset.codebook import load_codebook
from helpers.dataset.loading import case_names, load_codings, load_states, load_status, load_table
from helpers.dataset.words import listing

FACTS = {
    "un_name": "name at the United Nations",
    "short_name": "short name",
    "iso2": "ISO two-letter code",
    "m49": "UN M49 number",
    "cow": "Correlates of War number",
    "gw": "Gleditsch-Ward number",
    "m49_region": "UN M49 region",
    "m49_subregion": "UN M49 subregion",
    "un_regional_group": "UN regional group",
    "region": "region in the essay",
}


def is_case(state: str) -> bool:
    """Tell whether a member is one of the states that the essay is about.

    Parameters
    ----------
    state : str
        ISO3 code.

    Returns
    -------
    bool
        True for the cases.

    Raises
    ------
    ValueError
        If the code is not that of a UN member.

    Examples
    --------
    >>> is_case("BLR"), is_case("NAM")
    (True, False)
    """
    require("state", state, load_states().index)
    return state in case_names().index


def identity(state: str) -> pd.DataFrame:
    """Return a member's names, codes and regions.

    Parameters
    ----------
    state : str
        ISO3 code.

    Returns
    -------
    DataFrame
        One row per fact, one column, named after the state's code.

    Raises
    ------
    ValueError
        If the code is not that of a UN member.

    Examples
    --------
    >>> identity("NAM").loc["ISO two-letter code", "NAM"]
    'NA'
    """
    case = is_case(state)
    row = load_states().loc[state]
    facts = {label: str(row[column]) for column, label in FACTS.items()}
    if not case:
        facts[FACTS["region"]] = "none: not named in the essay"
    return pd.DataFrame({state: facts})


def coverage_by_account(state: str) -> pd.DataFrame:
    """Return how much every account says about a state.

    Parameters
    ----------
    state : str
        ISO3 code.

    Returns
    -------
    DataFrame
        One row per account (label): numbers of variables by outcome of the reading,
        and ``of`` how many. All are not read for a state that is no case.

    Raises
    ------
    ValueError
        If the code is not that of a UN member.
    """
    case, book = is_case(state), load_codebook()
    outcomes = [*book.ids("statuses"), "not_read"]
    labels = load_table("accounts").set_index("account")["label"]
    rows = {}
    for account in account_ids():
        known = load_status(account).loc[state] if case else pd.Series(dtype="object")
        counts = known.reindex([v.id for v in book.variables]).fillna("not_read").value_counts()
        rows[labels[account]] = [int(counts.get(outcome, 0)) for outcome in outcomes]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=outcomes)
    table = table.assign(of=table.sum(axis="columns")).rename_axis("account")
    return table.rename(columns={entry.id: entry.label for entry in book.lists["derived_statuses"]})


def codes_by_account(state: str) -> pd.DataFrame:
    """Return a state's codes in every account, side by side.

    Parameters
    ----------
    state : str
        ISO3 code.

    Returns
    -------
    DataFrame
        One row per variable (label), one column per account (label): the code, or
        in round brackets why there is none. Empty for a state that is no case.

    Raises
    ------
    ValueError
        If the code is not that of a UN member.
    """
    variables = load_codebook().variables if is_case(state) else ()
    labels = load_table("accounts").set_index("account")["label"]
    columns = {}
    for account in account_ids():
        rows = load_codings(account).query("state == @state").set_index("variable")
        said = rows["code"].where(rows["status"] == "coded", "(" + rows["status"] + ")")
        said = said.reindex([v.id for v in variables]).fillna("(not read)")
        said = said.str.replace("_", " ").set_axis([v.label for v in variables])
        columns[labels[account]] = said
    return pd.DataFrame(columns).rename_axis("variable")


def differing(codes: pd.DataFrame) -> list[str]:
    """Return the variables on which accounts that give a code differ.

    Parameters
    ----------
    codes : DataFrame
        One row per variable, as `codes_by_account` returns it.

    Returns
    -------
    list of str
        Labels of variables. Silence differs from no code.

    Examples
    --------
    >>> differing(pd.DataFrame({"a": ["none", "(silent)"], "b": ["trade", "none"]}, ["x", "y"]))
    ['x']
    """
    rows = codes.iterrows()
    found = {str(name): {code for code in row if not code.startswith("(")} for name, row in rows}
    return [name for name, said in found.items() if len(said) > 1]


def evidence(state: str) -> pd.DataFrame:
    """Return what every code of a state rests on, in every account.

    Parameters
    ----------
    state : str
        ISO3 code.

    Returns
    -------
    DataFrame
        One row per variable and account that speaks, indexed by their ids: ``code``
        (or ``undecided``), ``confidence``, ``locator``, ``rationale``. Empty for a
        state that is no case.

    Raises
    ------
    ValueError
        If the code is not that of a UN member.
    """
    is_case(state)
    codings = pd.concat([load_codings(account) for account in account_ids()])
    rows = codings[(codings["state"] == state) & codings["status"].isin(["coded", "undecided"])]
    order = {variable.id: place for place, variable in enumerate(load_codebook().variables)}
    rows = rows.assign(code=rows["code"].where(rows["status"] == "coded", "undecided"))
    rows = rows.sort_values("variable", key=lambda names: names.map(order), kind="stable")
    columns = ["code", "confidence", "locator", "rationale"]
    table = rows.set_index(["variable", "account"])[columns]
    return table.assign(locator=table["locator"].str.replace(";", "; "))


def events_of(state: str) -> pd.DataFrame:
    """Return the dated events about a state, earliest first.

    Parameters
    ----------
    state : str
        ISO3 code.

    Returns
    -------
    DataFrame
        One row per event, with the columns of ``events.csv``. Empty for a state
        that is no case.

    Raises
    ------
    ValueError
        If the code is not that of a UN member.
    """
    is_case(state)
    events = load_table("events")
    found = events[events["state"] == state]
    return found.sort_values(["date", "event"], kind="stable").reset_index(drop=True)


def events_table(events: pd.DataFrame, said: pd.DataFrame) -> pd.DataFrame:
    """Return events with labels, and the codes that rest on each.

    Parameters
    ----------
    events : DataFrame
        One row per event, as `events_of` returns it.
    said : DataFrame
        One row per coding, as `evidence` returns it.

    Returns
    -------
    DataFrame
        One row per event: ``date``, ``about``, ``direction``, ``description``,
        ``cited for`` (variable and accounts), ``source read``.
    """
    book = load_codebook()
    about = {entry.id: entry.label for entry in book.lists["event_dimensions"]}
    ways = {entry.id: entry.label for entry in book.lists["event_directions"]}
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
        "about": events["dimension"].map(about),
        "direction": events["direction"].map(ways),
        "description": events["description"],
        "cited for": uses,
        "source read": events["source_read"],
    }
    return pd.DataFrame(table).set_axis(pd.Index(events["event"], name="event"), axis="index")


def sources_of(events: pd.DataFrame) -> pd.DataFrame:
    """Return the sources of events, with their addresses.

    Parameters
    ----------
    events : DataFrame
        One row per event, as `events_of` returns it.

    Returns
    -------
    DataFrame
        One row per event and source: ``publisher``, ``title`` (in square brackets
        where it is ours), ``date``, ``address``, ``repost``, ``read``.
    """
    pairs = events[["event", "source"]].assign(source=events["source"].str.split(";"))
    pairs = pairs.explode("source")
    sources = load_table("sources").set_index("source")
    ours = sources["title_is_ours"] == "yes"
    sources = sources.assign(title=sources["title"].mask(ours, "[" + sources["title"] + "]"))
    table = pairs.join(sources, on="source").set_index("event")
    return table[["publisher", "title", "date", "address", "repost", "read"]]


def votes_table(calls: pd.DataFrame, resolutions: pd.DataFrame, state: str) -> pd.DataFrame:
    """Return a member's votes beside Russia's.

    Parameters
    ----------
    calls : DataFrame
        One row per member, as `helpers.analysis.votes.roll_calls` returns it.
    resolutions : DataFrame
        One row per resolution, indexed by it, as ``un_resolutions.csv`` has them.
    state : str
        ISO3 code.

    Returns
    -------
    DataFrame
        One row per resolution, in order of time: ``date``, ``title``, ``vote``,
        ``Russia``, ``compared`` (``same``, ``one abstains``, ``opposed``, or who was
        absent), ``evidence tier``.

    Raises
    ------
    ValueError
        If the state is not among the members.
    """
    require("state", state, calls.index)
    facts = resolutions.loc[list(calls.columns)].sort_values("date", kind="stable")
    table = pd.DataFrame(
        {
            "date": facts["date"],
            "title": facts["title"],
            "vote": calls.loc[state].astype("object"),
            "Russia": calls.loc[RUSSIA].astype("object"),
            "evidence tier": facts["evidence_tier"],
        },
        index=facts.index,
    )
    pairs = zip(table["vote"], table["Russia"], strict=True)
    compared = ["Russia itself" if state == RUSSIA else _compared(*pair) for pair in pairs]
    table.insert(4, "compared", compared)
    return table


def agreement_by_set(votes: pd.DataFrame, state: str) -> pd.DataFrame:
    """Return a member's agreement with Russia on every set of resolutions.

    Parameters
    ----------
    votes : DataFrame
        One row per resolution and state, as ``un_votes.csv`` has them.
    state : str
        ISO3 code.

    Returns
    -------
    DataFrame
        One row per set of the codebook (label), with the columns of
        `helpers.analysis.votes.agreement`. Empty for Russia itself.

    Raises
    ------
    ValueError
        If the state is not among the members.
    """
    require("state", state, load_states().index)
    sets = load_codebook().lists["resolution_sets"]
    calls = roll_calls(votes, resolutions_in("all"))
    found = {entry.label: agreement(calls[list(entry.resolutions)]) for entry in sets}
    rows = {name: table[table.index == state] for name, table in found.items()}
    table = pd.concat(rows, names=["set"])
    return table.set_axis(table.index.get_level_values("set"), axis="index")


def scale_places(calls: pd.DataFrame, state: str) -> pd.DataFrame:
    """Return a member's place on the scale, under every cut and treatment.

    Parameters
    ----------
    calls : DataFrame
        One row per member, as `helpers.analysis.votes.roll_calls` returns it.
    state : str
        ISO3 code.

    Returns
    -------
    DataFrame
        One row per cut and treatment of absences: ``passed``, ``cast``, ``errors``,
        ``first_place``, ``last_place``, ``members`` on the scale. All but the last
        are missing where the member's absences leave it out.

    Raises
    ------
    ValueError
        If the state is not among the members.
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
    """Return how often a member cast each vote, as running text.

    Parameters
    ----------
    calls : DataFrame
        One row per member, as `helpers.analysis.votes.roll_calls` returns it.
    state : str
        ISO3 code.

    Returns
    -------
    str
        Such as ``3 yes, 1 abstain, 0 no and 2 absent of 6``.

    Raises
    ------
    ValueError
        If the state is not among the members.
    """
    require("state", state, calls.index)
    counts = calls.loc[state].value_counts()
    votes = load_codebook().ids("votes")
    return f"{listing(f'{int(counts.get(v, 0))} {v}' for v in votes)} of {len(calls.columns)}"


def _compared(vote: str, other: str) -> str:
    if vote == ABSENT:
        return "absent"
    if other == ABSENT:
        return "Russia absent"
    if vote == other:
        return "same"
    return "one abstains" if "abstain" in {vote, other} else "opposed"
