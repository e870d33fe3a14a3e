"""What a class can expect: where codings will differ and why, and where the text misleads.

All of it is taken from the codings, their adjudication and the claims; nothing is guessed.
"""

from collections.abc import Sequence

import pandas as pd

from helpers.analysis.agreement import disagreements
from helpers.analysis.claims import load_claims
from helpers.analysis.sensitivity import pivotal
from helpers.dataset.allowed import confidence_ids
from helpers.dataset.checks.cells import JOINT
from helpers.dataset.checks.codings import CODERS
from helpers.dataset.codebook import load_codebook
from helpers.dataset.loading import case_names, load_cases, load_codings, load_table
from helpers.dataset.outcomes import CODED, SILENT
from helpers.dataset.words import code_or_status, labels, worded

_KEY = ["state", "variable"]
_LISTS = {"status": "statuses", "scope": "scopes", "confidence": "confidences"}
"""The list of the codebook in which a column's labels are."""
OWN = "state"
"""The scope of evidence that names the state itself."""


def text_accounts() -> tuple[str, ...]:
    """Return the accounts that code a text with numbered paragraphs."""
    accounts, numbered = load_table("accounts"), set(load_table("paragraphs")["source"])
    return tuple(accounts.loc[accounts["text"].isin(numbered), "account"])


def differed() -> pd.DataFrame:
    """Return the pairs on which the coders differed, in all accounts.

    One row per account, state and variable, as ``adjudications.csv`` has them: ``differed_in``,
    what each coder had there under ``coder_1`` and ``coder_2``, by the codebook's labels, ``won``
    and ``reason``.
    """
    settled = load_table("adjudications")
    settled = settled[settled["differed_in"] != ""].reset_index(drop=True)
    codings = load_table("codings").set_index(["coder", "account", *_KEY])
    asked = settled[["account", *_KEY, "differed_in"]].to_numpy().tolist()
    known = {column: labels(name) for column, name in _LISTS.items()}

    def labelled(cell: str, column: str, variable: str) -> str:
        if column == "code":
            return worded(load_codebook().variable(variable), cell)
        return known[column].get(cell, cell)

    for coder in CODERS:
        own = codings.loc[coder]
        settled[coder] = [
            ", ".join(
                labelled(str(own.loc[tuple(key), column]), column, key[-1]) or "none"
                for column in columns.split(JOINT)
            )
            for *key, columns in asked
        ]
    return settled


def contestable(account: str) -> pd.DataFrame:
    """Return the pairs of an account that a class may well code otherwise, in its order.

    Those that are undecided, coded with less than the highest confidence, or on which the coders
    differed. One row per state and variable: ``said`` (the code, or in brackets the status),
    ``scope``, ``confidence``, ``rationale``.
    """
    codings = load_codings(account)
    pairs = disagreements(*(load_codings(account, coder) for coder in CODERS))
    split = set(pairs[_KEY].itertuples(index=False, name=None))
    least_sure = codings["confidence"].isin(confidence_ids()[:-1])
    open_ = ~codings["status"].isin([CODED, SILENT])
    both = pd.MultiIndex.from_frame(codings[_KEY]).isin(split)
    found = codings[least_sure | open_ | both]
    said = code_or_status(found["code"], found["status"])
    columns = [*_KEY, "said", "scope", "confidence", "rationale"]
    return found.assign(said=said)[columns].reset_index(drop=True)


def known_elsewhere(account: str) -> pd.DataFrame:
    """Return the pairs on which an account is silent and another one is not.

    Here a coder who uses outside knowledge finds a code. One row per state and variable:
    ``elsewhere``, the other accounts that are coded, joined by ``;``.
    """
    codings = load_table("codings")
    coded = codings[(codings["coder"] == "adjudicated") & (codings["status"] == CODED)]
    others = coded[coded["account"] != account].groupby(_KEY, sort=False)["account"].agg(";".join)
    own = load_codings(account)
    silent = own.loc[own["status"] == SILENT, _KEY]
    found = silent.merge(others.rename("elsewhere").reset_index(), on=_KEY)
    return found.reset_index(drop=True)


def practice_states(account: str, n: int = 2) -> tuple[str, list[str]]:
    """Return a state to practise on, and ``n`` on which a class will differ most.

    Only evidence that names the state itself counts. The first has the fewest contestable pairs
    and among those the most codes; the others have the most contestable pairs.
    """
    codings = load_codings(account)
    own = codings[(codings["status"] == CODED) & (codings["scope"] == OWN)]
    hard = contestable(account)
    numbers = pd.DataFrame(
        {
            "hard": hard.loc[hard["scope"] != "group", "state"].value_counts(),
            "coded": own["state"].value_counts(),
        },
        index=case_names().index,
    ).fillna(0)
    numbers = numbers[numbers["coded"] > 0]
    easiest = numbers.sort_values(["hard", "coded"], ascending=[True, False], kind="stable")
    practice = str(easiest.index[0])
    rest = numbers.drop(practice).sort_values("hard", ascending=False, kind="stable")
    return practice, [str(state) for state in rest.index[:n]]


def moving_changes(account: str, states: Sequence[str]) -> pd.DataFrame:
    """Return for each state a change of one code that gives another type, if there is one.

    If possible one to a type within the scheme's order, of a code that a class may argue about.
    One row per state: ``variable``, ``code``, ``type``, ``other``, the code instead, and ``gives``,
    the type then.
    """
    found = pivotal(load_cases(account)).explode("changes").dropna(subset="changes")
    found = found[found["state"].isin(states)].reset_index(drop=True)
    found[["other", "gives"]] = pd.DataFrame(found["changes"].tolist(), columns=["other", "gives"])
    ordered = [kind.id for kind in load_codebook().support_types if kind.step is not None]
    argued = pd.MultiIndex.from_frame(contestable(account)[_KEY])
    found["aside"] = ~found["gives"].isin(ordered)
    found["calm"] = ~pd.MultiIndex.from_frame(found[_KEY]).isin(argued)
    first = found.sort_values(["aside", "calm"], kind="stable").drop_duplicates("state")
    place = first["state"].map([*states].index)
    columns = [*_KEY, "code", "type", "other", "gives"]
    return first.loc[place.sort_values().index, columns].reset_index(drop=True)


def misleading(states: Sequence[str] = ()) -> pd.DataFrame:
    """Return the claims that the record does not bear out, those of some states first if given.

    Indexed by claim: as `helpers.analysis.claims.load_claims`, and ``aged``, true where the claim
    was fair when it was written.
    """
    book, claims = load_codebook(), load_claims()
    marked = {
        mark: {verdict.id for verdict in book.marked("claim_verdicts", mark)}
        for mark in ("checkable", "fair_when_written", "fair_at_cut_off")
    }
    wrong = marked["checkable"] - marked["fair_at_cut_off"]
    found = claims[claims["verdict"].isin(wrong)]
    found = found.assign(aged=found["verdict"].isin(marked["fair_when_written"]))
    of_states = found["states"].map(lambda text: bool({*text.split(";")} & {*states})).astype(bool)
    return pd.concat([found[of_states], found[~of_states]])
