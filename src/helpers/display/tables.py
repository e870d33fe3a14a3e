"""How results are shown as tables: labels instead of ids, counts beside shares.

Each function takes what `dataset.loading` and `analysis.typology` return and gives a
DataFrame to display or to draw. Sentences in notebooks are printed from the same
tables, with `listing` and `count_of`.
"""

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd
from IPython.core.getipython import get_ipython

from helpers.dataset.allowed import GROUPINGS, act_ids, aid_ids, grouping_ids, region_ids, require
from helpers.dataset.codebook import Variable, load_codebook
from helpers.dataset.loading import case_names, load_codings, load_states, load_table
from helpers.dataset.words import count_of, listing, names

MISSING = "not coded"


def readable() -> None:
    """Let notebooks show tables for reading: text to the left, nothing cut off.

    Pandas itself aligns all cells to the right and cuts long ones. Outside of
    Jupyter only the cutting ends.
    """
    pd.options.display.max_colwidth = None
    shell = get_ipython()
    if shell is not None and shell.display_formatter is not None:
        formatters = shell.display_formatter.formatters
        formatters["text/html"].for_type(pd.DataFrame, as_html)


def as_html(table: pd.DataFrame) -> str:
    """Return a table as HTML whose text columns are aligned to the left.

    Parameters
    ----------
    table : DataFrame
        Any table.

    Returns
    -------
    str
        As pandas writes it, with a style for this table only. Backticks, which mark
        codes in the codebook's rules, are left out.
    """
    html = table.to_html(border=0).replace("`", "")
    # The id depends on the content alone, so that the same table gives the same bytes.
    name = f"t{zlib.crc32(html.encode()):08x}"
    numbers = [pd.api.types.is_numeric_dtype(dtype) for dtype in table.dtypes]
    left = [f"#{name} td:nth-of-type({n})" for n, number in enumerate(numbers, 1) if not number]
    selectors = ", ".join([f"#{name} th", *left])
    style = f"<style>{selectors} {{text-align: left; vertical-align: top}}</style>"
    return style + html.replace("<table", f'<table id="{name}"', 1)


@dataclass(frozen=True)
class LinkedTable:
    """A table whose web addresses can be followed where HTML is shown.

    Attributes
    ----------
    table : DataFrame
        Any table; a cell that is an address becomes a link.
    """

    table: pd.DataFrame

    def _repr_html_(self) -> str:
        link = r'<td><a href="\1">\1</a></td>'
        return re.sub(r"<td>(https?://[^<\"]+)</td>", link, as_html(self.table))

    def __repr__(self) -> str:
        return repr(self.table)


def variables_table(variables: Iterable[str]) -> pd.DataFrame:
    """Return variables as the codebook asks them.

    Parameters
    ----------
    variables : iterable of str
        Ids of variables.

    Returns
    -------
    DataFrame
        One row per variable: question and codes in order.

    Raises
    ------
    ValueError
        If there is no such variable; the message names those there are.
    """
    book = load_codebook()
    rows = {v.id: (v.question, _code_list(v)) for v in map(book.variable, variables)}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["question", "codes"])
    return table.rename_axis("variable")


def codes_table(variable: str) -> pd.DataFrame:
    """Return the codes of one variable with their rules.

    Parameters
    ----------
    variable : str
        Id of the variable.

    Returns
    -------
    DataFrame
        One row per code, in the scheme's order: label and rule.

    Raises
    ------
    ValueError
        If there is no such variable; the message names those there are.
    """
    codes = load_codebook().variable(variable).codes
    rows = {code.id: (code.label, code.rule) for code in codes}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["label", "rule"]).rename_axis(
        variable
    )


def coverage_table(coverage: pd.DataFrame) -> pd.DataFrame:
    """Return coverage with labels, outcomes that never occur left out.

    Parameters
    ----------
    coverage : DataFrame
        One row per variable, as `helpers.dataset.loading.coverage` returns it.

    Returns
    -------
    DataFrame
        One row per variable and a last one for all; numbers of states.
    """
    book = load_codebook()
    labels = {e.id: e.label for key in ("statuses", "derived_statuses") for e in book.lists[key]}
    table = coverage.rename(index={v.id: v.label for v in book.variables})
    table.loc["all variables"] = table.sum()
    standing = [*book.ids("statuses"), "not_read", "n_states"]
    kept = [name for name in table if name in standing or table[name].any()]
    return table[kept].rename(columns=labels | {"n_states": "of"})


def codes_by_state(cases: pd.DataFrame, status: pd.DataFrame) -> pd.DataFrame:
    """Return every code, or the reason why there is none, state by state.

    Parameters
    ----------
    cases, status : DataFrame
        One row per state, as `load_cases` and `load_status` return them.

    Returns
    -------
    DataFrame
        One row per state (short name), one column per ordinal or binary variable
        (short label) that the account could cover; a code's id, or a status in
        round brackets.
    """
    book = load_codebook()
    shown = [v for v in book.variables if not v.is_set and (status[v.id] != "not_read").any()]
    columns = {}
    for variable in shown:
        codes = cases[variable.id].astype(object)
        columns[variable.short_label] = codes.where(codes.notna(), "(" + status[variable.id] + ")")
    return _named(pd.DataFrame(columns))


def types_table(derived: pd.DataFrame) -> pd.DataFrame:
    """Return types and bounds with labels, sorted by type.

    Parameters
    ----------
    derived : DataFrame
        One row per state, as `helpers.analysis.typology.derive` returns it.

    Returns
    -------
    DataFrame
        One row per state (short name), least supportive type first.
    """
    labels = {t.id: t.label for t in load_codebook().support_types}
    could_be = derived["could_be"].map(lambda found: ", ".join(labels[t] for t in found))
    table = derived.assign(type=derived["type"].cat.rename_categories(labels), could_be=could_be)
    table = table.drop(columns="determined").rename(columns=lambda name: name.replace("_", " "))
    return _named(table).sort_values(["type", "state"], kind="stable")


def types_text(derived: pd.DataFrame) -> str:
    """Return types and bounds as lines to read in a terminal.

    Parameters
    ----------
    derived : DataFrame
        One row per state, as `helpers.analysis.typology.derive` returns it.

    Returns
    -------
    str
        One line per state, least supportive type first, after a header.
    """
    table = types_table(derived).reset_index().astype(str)
    widths = {name: max([len(str(name)), *table[name].str.len()]) for name in table}
    rows = [list(table.columns), *table.to_numpy().tolist()]
    padded = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths.values(), strict=True))
        for row in rows
    )
    return "".join(f"{line.rstrip()}\n" for line in padded)


def types_csv(derived: pd.DataFrame) -> str:
    """Return types and bounds as CSV, ids instead of labels.

    Parameters
    ----------
    derived : DataFrame
        One row per state, as `helpers.analysis.typology.derive` returns it.

    Returns
    -------
    str
        One line per state, in the order given; members of ``could_be`` are joined
        by ``;``.
    """
    table = derived.drop(columns="determined")
    table = table.assign(could_be=table["could_be"].map(";".join)).rename_axis("state")
    return str(table.to_csv(lineterminator="\n"))


def type_counts(derived: pd.DataFrame) -> pd.DataFrame:
    """Return how many states have each type.

    Parameters
    ----------
    derived : DataFrame
        One row per state, as `helpers.analysis.typology.derive` returns it.

    Returns
    -------
    DataFrame
        One row per support type, in the codebook's order: number of states, how many
        of these are determined, share of all states in percent, their names.
    """
    rows = {}
    for kind in load_codebook().support_types:
        those = derived[derived["type"] == kind.id]
        share = round(100 * len(those) / len(derived), 1) if len(derived) else 0.0
        sure = int(those["determined"].sum())
        rows[kind.label] = (len(those), sure, share, listing(names(those.index)))
    columns = ["n_states", "n_determined", "percent_of_states", "states"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("type")


def thesis_table(verdicts: pd.DataFrame) -> pd.DataFrame:
    """Return the thesis verdicts with the states' names.

    Parameters
    ----------
    verdicts : DataFrame
        One row per statement, as `helpers.analysis.typology.thesis` returns it.

    Returns
    -------
    DataFrame
        One row per statement: verdict; who contradicts it; who could, for all that
        is coded; each with its count of states.
    """
    total = int(verdicts["n_states"].max())
    return pd.DataFrame(
        {
            "verdict": verdicts["verdict"],
            "contradicted by": verdicts["contradicted_by"].map(lambda s: count_of(s, total)),
            "could contradict it": verdicts["open_because_of"].map(lambda s: count_of(s, total)),
        }
    ).set_axis(verdicts["statement"])


def recognition_axis(cases: pd.DataFrame, derived: pd.DataFrame, act: str) -> pd.Series:
    """Return where each state stands on recognition.

    Parameters
    ----------
    cases, derived : DataFrame
        One row per state, as `load_cases` and `derive` return them.
    act : str
        One act of recognition, or ``"any"`` for the recognition level.

    Returns
    -------
    Series
        One ordered category per state, `MISSING` first where a code is missing.

    Raises
    ------
    ValueError
        If ``act`` is not among the acts there are; the message names them.
    """
    require("act", act, act_ids())
    return derived["recognition"] if act == "any" else _with_missing(cases[act])


def material_axis(cases: pd.DataFrame, derived: pd.DataFrame, aid: str) -> pd.Series:
    """Return where each state stands on material support.

    Parameters
    ----------
    cases, derived : DataFrame
        One row per state, as `load_cases` and `derive` return them.
    aid : str
        One kind of material support, or ``"any"`` for the material level.

    Returns
    -------
    Series
        One ordered category per state, `MISSING` first where a code is missing.

    Raises
    ------
    ValueError
        If ``aid`` is not among the kinds there are; the message names them.
    """
    require("aid", aid, aid_ids())
    return derived["material"] if aid == "any" else _with_missing(cases[aid])


def cross_counts(rows: pd.Series, columns: pd.Series) -> pd.DataFrame:
    """Return exact counts of states, with their sums.

    Parameters
    ----------
    rows, columns : Series
        One category per state.

    Returns
    -------
    DataFrame
        One row per category of ``rows`` and one column per category of
        ``columns``, empty ones included, and ``all``.
    """
    table = pd.crosstab(rows, columns, dropna=False)
    order = (rows.cat.categories, columns.cat.categories)
    table = table.reindex(index=order[0], columns=order[1], fill_value=0)
    table = table.set_axis(list(order[0]), axis="index").set_axis(list(order[1]), axis="columns")
    table.loc["all"] = table.sum()
    table["all"] = table.sum(axis="columns")
    table.index.name, table.columns.name = rows.name, columns.name
    return table


def cross_names(rows: pd.Series, columns: pd.Series) -> pd.DataFrame:
    """Return the states' names by the cells of a cross-table.

    Parameters
    ----------
    rows, columns : Series
        One category per state.

    Returns
    -------
    DataFrame
        As `cross_counts`, without sums; short names joined by commas.
    """
    short = pd.Series(names(rows.index), index=rows.index)
    cells = {
        column: [
            ", ".join(sorted(short[(rows == row) & (columns == column)]))
            for row in rows.cat.categories
        ]
        for column in columns.cat.categories
    }
    table = pd.DataFrame(cells, index=list(rows.cat.categories))
    table.index.name, table.columns.name = rows.name, columns.name
    return table


def missing_table(status: pd.DataFrame, variables: Iterable[str]) -> pd.DataFrame:
    """Return what is open, and why, by variable.

    Parameters
    ----------
    status : DataFrame
        One row per state, as `helpers.dataset.loading.load_status` returns it.
    variables : iterable of str
        Ids of the variables to look at.

    Returns
    -------
    DataFrame
        One row per variable (label) and reason that occurs: number of states, and
        their names.

    Raises
    ------
    ValueError
        If there is no such variable; the message names those there are.
    """
    book = load_codebook()
    reasons = [*book.lists["statuses"], *book.lists["derived_statuses"]]
    rows = []
    for variable in map(book.variable, variables):
        for reason in reasons:
            those = status.index[status[variable.id] == reason.id]
            if reason.id != "coded" and len(those):
                rows.append((variable.label, reason.label, len(those), listing(names(those))))
    columns = ["variable", "why", "n_states", "states"]
    return pd.DataFrame(rows, columns=columns).set_index(["variable", "why"])


def members_table(cases: pd.DataFrame, variable: str) -> pd.DataFrame:
    """Return who has which member of a set variable.

    Parameters
    ----------
    cases : DataFrame
        One row per state, as `helpers.dataset.loading.load_cases` returns it.
    variable : str
        Id of a set variable, such as ``"restraints"``.

    Returns
    -------
    DataFrame
        One row per state (short name) in which the set is coded, one boolean column
        per member (label).

    Raises
    ------
    ValueError
        If there is no such variable, or it is no set.
    """
    book = load_codebook()
    sets = [v.id for v in book.variables if v.is_set]
    require("set variable", variable, sets)
    codes = book.variable(variable).codes
    table = cases[[f"{variable}_{code.id}" for code in codes]].dropna().astype(bool)
    # A set that silence fills is empty, and says nothing about the state.
    table = table[table.any(axis="columns")]
    return _named(table.set_axis([code.label for code in codes], axis="columns"))


def evidence_table(account: str, state: str, coder: str = "adjudicated") -> pd.DataFrame:
    """Return the codings of one state with their evidence.

    Parameters
    ----------
    account : str
        Whose picture of the world.
    state : str
        ISO3 code of a case.
    coder : str
        Whose coding of it.

    Returns
    -------
    DataFrame
        One row per coded or undecided variable: code, confidence, locator, rationale.

    Raises
    ------
    ValueError
        If an argument is not among the allowed values; the message names them.
    """
    require("state", state, case_names().index)
    codings = load_codings(account, coder).query("state == @state and status != 'silent'")
    columns = ["variable", "status", "code", "confidence", "locator", "rationale"]
    return codings[columns].set_index("variable")


def filter_region(table: pd.DataFrame, region: str) -> pd.DataFrame:
    """Return the rows of the states of one region.

    Parameters
    ----------
    table : DataFrame
        Any table indexed by ISO3 codes.
    region : str
        A region of any grouping, or ``"all"``.

    Returns
    -------
    DataFrame
        The rows whose state lies in the region; empty if none does.

    Raises
    ------
    ValueError
        If there is no such region, or a row is not that of a UN member; the message
        names the regions there are, or the rows.
    """
    require("region", region, region_ids())
    if region == "all":
        return table
    names(table.index)  # refuses what is no state
    inside = (load_states()[list(GROUPINGS)] == region).any(axis="columns")
    return table[inside.reindex(table.index)]


def regions_of(states: Iterable[str], grouping: str) -> pd.Series:
    """Return the region of each state.

    Parameters
    ----------
    states : iterable of str
        ISO3 codes.
    grouping : str
        The column of ``states.csv`` that names the regions.

    Returns
    -------
    Series
        One region per state, indexed by ISO3 code.

    Raises
    ------
    ValueError
        If there is no such grouping, or a code is not that of a UN member; the message
        names the groupings there are, or the code.

    Examples
    --------
    >>> regions_of(["NAM", "IRN"], "m49_subregion").tolist()
    ['Southern Africa', 'Southern Asia']
    """
    require("grouping", grouping, grouping_ids())
    codes = list(states)
    names(codes)  # refuses what is no state
    return load_states().loc[codes, grouping]


def composition(derived: pd.DataFrame, grouping: str) -> pd.DataFrame:
    """Return how many states of each region have each support type.

    Parameters
    ----------
    derived : DataFrame
        One row per state, as `helpers.analysis.typology.derive` returns it.
    grouping : str
        The column of ``states.csv`` that names the regions.

    Returns
    -------
    DataFrame
        One row per region that has a case, largest first; one column per type of
        the codebook (label), numbers of states; and ``n_states``.

    Raises
    ------
    ValueError
        If there is no such grouping; the message names those there are.
    """
    regions = regions_of(derived.index, grouping)
    labels = {t.id: t.label for t in load_codebook().support_types}
    table = pd.crosstab(regions, derived["type"]).reindex(columns=list(labels), fill_value=0)
    table = table.rename(columns=labels).rename_axis(columns=None)
    table["n_states"] = table.sum(axis="columns")
    return table.sort_values("n_states", ascending=False, kind="stable")


def level_shares(derived: pd.DataFrame, grouping: str) -> pd.DataFrame:
    """Return counts and shares of the three levels by region.

    Parameters
    ----------
    derived : DataFrame
        One row per state, as `helpers.analysis.typology.derive` returns it.
    grouping : str
        The column of ``states.csv`` that names the regions.

    Returns
    -------
    DataFrame
        One row per region, level and value: ``n``, ``of`` (cases in the region) and
        ``percent``.

    Raises
    ------
    ValueError
        If there is no such grouping; the message names those there are.
    """
    regions = regions_of(derived.index, grouping)
    rows = []
    for region, states in derived.groupby(regions, observed=True):
        for level in load_codebook().levels:
            counts = states[level.id].value_counts(sort=False)
            for code in level.codes:
                n = int(counts[code.id])
                rows.append((region, level.label, code.label, n, len(states)))
    table = pd.DataFrame(rows, columns=["region", "level", "value", "n", "of"])
    return table.assign(percent=(100 * table["n"] / table["of"]).round(1))


def provenance(account: str) -> pd.DataFrame:
    """Return which data stand behind an analysis.

    Parameters
    ----------
    account : str
        Whose picture of the world.

    Returns
    -------
    DataFrame
        One row per fact: version of the dataset, account and its date, sources,
        and how the codings were made.

    Raises
    ------
    ValueError
        If there is no such account; the message names those there are.
    """
    codings = load_codings(account)
    book = load_codebook()
    entry = load_table("accounts").set_index("account").loc[account]
    coders = load_table("coders").query("account == @account")
    sources = set(codings["source"].str.split(";").explode()) - {""}
    rows = {
        "dataset": f"version {book.dataset['version']} of {book.dataset['released']}",
        "cut-off of the dataset": book.dataset["cut_off"],
        "account": f"{entry['label']}, as of {entry['as_of']}",
        "codings": f"{len(codings)} adjudicated rows",
        "sources behind them": str(len(sources)),
        "made by": listing(coders["kind"].unique()),
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=["value"])


def _code_list(variable: Variable) -> str:
    """Return codes as text that shows whether they are ordered."""
    return (", " if variable.is_set else " < ").join(variable.code_ids)


def _named(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with short names instead of ISO3 codes as its index."""
    return table.set_axis(pd.Index(names(table.index), name="state"), axis="index")


def _with_missing(codes: pd.Series) -> pd.Series:
    """Return codes with a first category for those that are missing."""
    categories = [MISSING, *codes.cat.categories]
    return codes.cat.set_categories(categories, ordered=True).fillna(MISSING)
