"""Load the tables: states, codings, and cases for one account.

Every loader checks the data folder once, raises one error that lists all that
is wrong, and returns a DataFrame whose categories stand in the codebook's order.
Silence is never guessed at: what is not coded is missing, and `load_status`
says why.

Examples
--------
>>> cases = load_cases(account="essay")
>>> cases.loc["IRN", "arms_supply"]
'weapon_systems'
>>> load_status(account="essay").loc["IRN", "alliance"]
'silent'
"""

from functools import partial
from pathlib import Path

import pandas as pd

from helpers.dataset.allowed import (
    account_ids,
    confidence_ids,
    require,
    require_flag,
    silence_ids,
    undecided_ids,
)
from helpers.dataset.checks import require_clean
from helpers.dataset.codebook import Codebook, Variable, load_codebook
from helpers.dataset.files import data_folder, once_per_state, read_rows
from helpers.dataset.outcomes import (
    ADJUDICATED,
    AS_NO,
    BELOW_THRESHOLD,
    CODED,
    FIRST,
    GROUP_DROPPED,
    NOT_READ,
    OPEN,
    SEARCHED,
    SILENT,
)
from helpers.dataset.rules import Bound, holds
from helpers.dataset.schema import TABLES

_NUMBERS = {
    "cow",
    "gw",
    "tile_col",
    "tile_row",
    "words",
    "reading",
    "texts_read",
    "yes",
    "no",
    "abstain",
    "absent",
}


def load_table(name: str) -> pd.DataFrame:
    """Return one table of the dataset as it stands.

    Cells are text, an empty cell is an empty string (Namibia's ``NA`` stays text); codes of
    countries' numbering systems, tallies and tile places are integers. `DataError` lists all that
    is wrong.

    >>> load_table("accounts")["account"].tolist()
    ['essay', 'record_2023', 'record_2026']
    """
    require("table", name, TABLES)
    require_clean()
    # A copy that shares memory until one of the two is changed.
    return _table(data_folder() / f"{name}.csv").copy(deep=False)


@once_per_state
def _table(path: Path) -> pd.DataFrame:
    columns = TABLES[path.stem]
    rows, _ = read_rows(path, columns)
    table = pd.DataFrame([row.cells for row in rows], columns=list(columns), dtype="str")
    return table.astype({column: "int64" for column in columns if column in _NUMBERS})


def load_states() -> pd.DataFrame:
    """One row per member of the United Nations, indexed by ISO3 code.

    Names, COW and Gleditsch-Ward numbers, regions and regional groups, place on the tile grid.
    ``region`` is the project's own and is empty for all but the cases.

    >>> load_states().loc[["NAM"], ["iso2", "cow"]].values.tolist()
    [['NA', 565]]
    """
    return load_table("states").set_index("state")


def case_names() -> pd.Series:
    """Return the short names of the cases by ISO3 code, in the order of ``states.csv``."""
    require_clean()
    return _case_names(data_folder() / "states.csv").copy(deep=False)


@once_per_state
def _case_names(path: Path) -> pd.Series:
    states = _table(path).set_index("state")
    return states.loc[states["region"] != "", "short_name"]


def load_codings(
    account: str = FIRST,
    coder: str = ADJUDICATED,
    min_confidence: str = "low",
    group_statements: bool = True,
    undecided: str = OPEN,
) -> pd.DataFrame:
    """One row per state and variable that was read, for one account and coder.

    A row that does not count keeps all its cells; only its status changes, so that nothing is lost.

    Parameters
    ----------
    account, coder : str
        Whose picture of the world (the first account unless given), and whose coding.
    min_confidence : str
        Coded rows with less confidence are marked ``below_threshold``.
    group_statements : bool
        If not, codings that rest on a statement about a group of states are ``group_dropped``.
    undecided : str
        Which of the two codes of ``undecided.csv`` an undecided coding counts as, with the least
        confidence unless it has more: ``further``, ``closer``, or none.

    Raises
    ------
    ValueError
        If an argument is not allowed, or the data folder holds errors; the message names them.

    Examples
    --------
    >>> codings = load_codings("essay")
    >>> codings.query("state == 'PRK' and variable == 'arms_supply'")["locator"].item()
    'North Korea 1'
    """
    # First of all, lest an account of a broken table be called unknown.
    require_clean()
    accounts = account_ids()
    chosen = require("account", accounts[0] if account == FIRST else account, accounts)
    require("coder", coder, load_codebook().ids("coders"))
    levels = confidence_ids()
    require("min_confidence", min_confidence, levels)
    require_flag("group_statements", group_statements)
    table = load_table("codings")
    table = table[(table["account"] == chosen) & (table["coder"] == coder)]
    table = _read_undecided(table, undecided)
    too_low = levels[: levels.index(min_confidence)]
    below = (table["status"] == CODED) & table["confidence"].isin(too_low)
    status = table["status"].mask(below, BELOW_THRESHOLD)
    if not group_statements:
        status = status.mask((status == CODED) & (table["scope"] == "group"), GROUP_DROPPED)
    return table.assign(status=status).reset_index(drop=True)


def _read_undecided(codings: pd.DataFrame, reading: str) -> pd.DataFrame:
    """Return codings in which what is undecided counts as one of its two codes."""
    if require("undecided", reading, undecided_ids()) == OPEN:
        return codings
    key = ["account", "state", "variable", "coder"]
    codes = load_table("undecided").set_index(key)[reading]
    found = codings.merge(codes.rename("read"), on=key, how="left").set_axis(codings.index)
    named = found["read"].notna()
    return codings.assign(
        status=codings["status"].mask(named, CODED),
        code=codings["code"].mask(named, found["read"]),
        confidence=codings["confidence"].mask(
            named & (codings["confidence"] == ""), confidence_ids()[0]
        ),
    )


def load_status(
    account: str = FIRST,
    coder: str = ADJUDICATED,
    min_confidence: str = "low",
    group_statements: bool = True,
) -> pd.DataFrame:
    """One row per case: why each variable is coded or missing, as an id of the codebook's statuses.

    Arguments and errors are those of `load_codings`.
    """
    codings = load_codings(account, coder, min_confidence, group_statements)
    return _wide(codings, "status").fillna(NOT_READ)


def told_apart(codings: pd.DataFrame) -> pd.DataFrame:
    """Return codings whose status tells a silence that was looked for from one that was not."""
    searches = load_table("searches")
    pair = ["account", "state", "variable"]
    looked_for = pd.MultiIndex.from_frame(codings[pair]).isin(
        pd.MultiIndex.from_frame(searches[pair])
    )
    silent = codings["status"] == SILENT
    return codings.assign(status=codings["status"].mask(silent & looked_for, SEARCHED))


def load_cases(
    account: str = FIRST,
    coder: str = ADJUDICATED,
    min_confidence: str = "low",
    silence: str = OPEN,
    group_statements: bool = True,
    undecided: str = OPEN,
) -> pd.DataFrame:
    """One row per case, indexed by ISO3 code, ready for analysis.

    One ordered categorical column per ordinal or binary variable; one ``boolean`` column per
    member of a set, named ``variable_member``; one per bound of the codebook, true where one
    passage says it. What is not coded is missing. With ``silence="no"`` a silent variable has its
    ``silence_code``, and a silent set is empty; undecided codings, unless ``undecided`` says how
    they are read, and unread and dropped ones stay missing.

    >>> load_cases("essay").loc["KAZ", "turns_to_turkey"]
    np.True_
    >>> int(load_cases("essay", min_confidence="high")["arms_supply"].notna().sum())
    2
    """
    codings = load_codings(account, coder, min_confidence, group_statements, undecided)
    return as_cases(codings, silence)


def as_cases(codings: pd.DataFrame, silence: str = OPEN) -> pd.DataFrame:
    """Return codings of one account and coder as `load_cases` does, whoever made them."""
    require("silence", silence, silence_ids())
    book = load_codebook()
    coded = codings[codings["status"] == CODED]
    codes = _wide(coded, "code")
    if silence == AS_NO:
        codes = _read_silence(codes, _wide(codings, "status"), book)
    columns = [_columns(codes[variable.id], variable) for variable in book.variables]
    named = {name for bound in book.rules.bounds for name in bound.same_passage}
    locators = _wide(coded[coded["variable"].isin(named)], "locator")
    bounds = [_said_together(codes, locators, bound) for bound in book.rules.bounds]
    return pd.concat([*columns, *bounds], axis="columns")


def coverage(
    account: str = FIRST,
    coder: str = ADJUDICATED,
    min_confidence: str = "low",
    group_statements: bool = True,
) -> pd.DataFrame:
    """One row per variable: numbers of states by status, and ``n_states``, their sum.

    A silence that was looked for counts as ``searched``, not as ``silent``.

    >>> coverage("essay").loc["recognises_annexations", ["coded", "silent", "n_states"]].tolist()
    [4, 9, 13]
    """
    codings = load_codings(account, coder, min_confidence, group_statements)
    status = _wide(told_apart(codings), "status").fillna(NOT_READ)
    book = load_codebook()
    outcomes = [*book.ids("statuses"), *book.ids("derived_statuses")]
    counts = pd.DataFrame({outcome: (status == outcome).sum() for outcome in outcomes})
    counts.index.name = "variable"
    return counts.assign(n_states=counts.sum(axis="columns"))


def _wide(codings: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return one column of codings as states by variables, missing where no row is."""
    wide = codings.pivot(index="state", columns="variable", values=column)
    variables = [variable.id for variable in load_codebook().variables]
    # A variable that nobody has is a column of text too, not of numbers.
    wide = wide.reindex(index=case_names().index, columns=variables).astype("str")
    return wide.rename_axis(columns=None)


def _read_silence(codes: pd.DataFrame, status: pd.DataFrame, book: Codebook) -> pd.DataFrame:
    """Put the codebook's silence code where the status is silent, and nowhere else."""
    # A set's silence code is the empty text, which reads as no member at all.
    fills = {variable.id: variable.silence_code for variable in book.variables}
    silent = {name: codes[name].mask(status[name] == SILENT, fills[name]) for name in fills}
    return pd.DataFrame(silent, index=codes.index)


def _columns(codes: pd.Series, variable: Variable) -> pd.DataFrame:
    """Return the columns that one variable has among the cases."""
    if not variable.is_set:
        dtype = pd.CategoricalDtype(list(variable.code_ids), ordered=True)
        return codes.astype(dtype).to_frame()
    found = {
        f"{variable.id}_{code}": codes.map(partial(_has_member, code), na_action="ignore")
        for code in variable.code_ids
    }
    return pd.DataFrame(found, index=codes.index).astype("boolean")


def _has_member(code: str, joined: str) -> bool:
    return code in joined.split(";")


def _said_together(codes: pd.DataFrame, locators: pd.DataFrame, bound: Bound) -> pd.Series:
    """Tell where a bound's condition holds and one passage says so of all its variables."""
    plain = codes.astype(object).where(codes.notna(), None).to_dict("records")
    true = [bool(holds(bound.when, {str(k): v for k, v in row.items()})) for row in plain]
    places = locators[list(bound.same_passage)].fillna("").map(lambda text: set(text.split(";")))
    shared = [bool(set.intersection(*sets) - {""}) for sets in places.itertuples(index=False)]
    both = [held and together for held, together in zip(true, shared, strict=True)]
    return pd.Series(both, index=codes.index, name=bound.id)
