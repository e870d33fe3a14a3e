"""Labels, counts and names of states as running text, for sentences and axes."""

import re
from collections.abc import Iterable, Sequence

import pandas as pd

from helpers.dataset.codebook import Variable, load_codebook
from helpers.dataset.loading import load_states, load_table
from helpers.dataset.outcomes import CODED


def listing(items: Iterable[object], nobody: str = "none") -> str:
    """Return items with commas, and "and" before the last; ``nobody`` if there is none.

    >>> listing(["Iran", "Syria", "Serbia"]), listing([])
    ('Iran, Syria and Serbia', 'none')
    """
    texts = [str(item) for item in items]
    if len(texts) < 2:
        return texts[0] if texts else nobody
    return f"{', '.join(texts[:-1])} and {texts[-1]}"


def names(states: Iterable[str]) -> list[str]:
    """Return the short names of states, in the order of their ISO3 codes.

    ``ValueError`` names the codes that are not those of a UN member.

    >>> names(["PRK", "IRN"])
    ['North Korea', 'Iran']
    """
    known = load_states()["short_name"]
    codes = list(states)
    unknown = [code for code in codes if not isinstance(code, str) or code not in known.index]
    if unknown:
        raise ValueError(f"not the ISO3 code of a UN member: {', '.join(map(str, unknown))}")
    return [str(known[code]) for code in codes]


def count_of(states: Sequence[str], total: int) -> str:
    """Return a count of states, given by ISO3 code, with its base and their names.

    >>> count_of(["IRN", "SYR"], 13)
    '2 of 13 (Iran and Syria)'
    """
    return f"{len(states)} of {total} ({listing(names(states))})"


def labels(name: str) -> dict[str, str]:
    """Return the labels of one list of the codebook, such as ``support_types``, by id."""
    return {entry.id: entry.label for entry in load_codebook().lists[name]}


def reference_state() -> str:
    """Return the ISO3 code of the state whose war it is, with which others are compared."""
    return load_codebook().dataset["reference_state"]


def reference_name() -> str:
    """Return the short name of that state, or its code where the data do not hold it."""
    state = reference_state()
    return str(load_states()["short_name"].get(state, state))


def in_labels(text: str) -> str:
    """Return a rule of the codebook with labels between its backticks in place of ids.

    >>> in_labels("`none` for every variable but `recruitment`")
    '`none` for every variable but `Recruitment`'
    """
    book = load_codebook()
    known = {entry.id: entry.label for entries in book.lists.values() for entry in entries}
    for variable in (*book.levels, *book.variables):
        known |= {code.id: code.label for code in variable.codes}
    known |= {level.id: level.label for level in book.levels}
    known |= {variable.id: variable.short_label for variable in book.variables}
    return re.sub(
        r"`([^`]+)`", lambda found: f"`{known.get(found[1]) or found[1].replace('_', ' ')}`", text
    )


def code_or_status(codes: pd.Series, status: pd.Series) -> pd.Series:
    """Return codes, or in round brackets the status where there is none."""
    return codes.where(status == CODED, "(" + status + ")")


def worded(variable: Variable, said: str) -> str:
    """Return codes as the codebook labels them; why there is none stays as it is.

    >>> worded(load_codebook().variable("turns_to"), "china;west")
    'China, the West'
    """
    known = {code.id.replace("_", " "): code.label for code in variable.codes}
    return ", ".join(known.get(code.replace("_", " "), code) for code in said.split(";"))


def text_name() -> str:
    """Return what the text under study is called within a sentence, from its account's label."""
    accounts = load_table("accounts")
    labels_of_texts = accounts.loc[accounts["text"] != "", "label"]
    label = str(labels_of_texts.iat[0]) if len(labels_of_texts) else "the text"
    return label.replace("The ", "the ", 1)
