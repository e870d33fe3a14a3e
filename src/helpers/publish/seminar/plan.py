"""The page *Teach with this*: the plan as docs has it, with what is computed put in its places."""

import re
from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd

from helpers.analysis.agreement import disagreements
from helpers.analysis.claims import FAIRNESS, ageing, load_claims
from helpers.analysis.sensitivity import pivotal
from helpers.analysis.teaching import (
    contestable,
    differed,
    known_elsewhere,
    misleading,
    practice_states,
    text_accounts,
)
from helpers.analysis.typology import derive, thesis
from helpers.dataset.checks.codings import CODERS
from helpers.dataset.codebook import load_codebook
from helpers.dataset.files import REPOSITORY
from helpers.dataset.loading import coverage, load_cases, load_codings, load_table
from helpers.dataset.outcomes import CODED
from helpers.dataset.words import labels, listing, names
from helpers.publish.site.markup import Html, Markdown, fenced, grid, joined, link, prose, tag
from helpers.publish.site.start_page import latest
from helpers.publish.site.support_types import account_labels, other_types

PAGE = REPOSITORY / "docs" / "teach-with-this.md"
PLACE = re.compile(r"^<!-- site: (\w+) -->\n.*?^<!-- /site -->$", re.DOTALL | re.MULTILINE)
"""A part of the page that the site says otherwise."""
FOLDER = "files/seminar"
"""Where the site has what is handed out."""
MATERIALS = {
    "code/index.html": "the coding page, for the students",
    "code/class.html": "the class page, for you: drop the students' files on it",
    f"{FOLDER}/slides/index.html": "the slides",
    f"{FOLDER}/handout.pdf": "the handout, one page to print",
}
"""What a class needs, by its place on the site."""
FASTEST = 200
"""Words a minute of a reader who reads closely."""


def coding_sheet_name(account: str) -> str:
    """Return the name of the file of an account's coding sheet."""
    return f"coding-sheet-{account}.xlsx"


def teach_page() -> Markdown:
    """Return the page; its lists are of the first account that codes a text."""
    account = text_accounts()[0]
    parts: dict[str, Callable[[str], Html]] = {
        "materials": materials,
        "differ": where_they_differ,
        "misleads": where_it_misleads,
        "answers": what_the_data_answer,
    }

    def put(found: re.Match[str]) -> str:
        return fenced("{raw} html", parts[found[1]](account))

    return Markdown(PLACE.sub(put, PAGE.read_text(encoding="utf-8")))


def materials(account: str) -> Html:
    """Return the links of a class, its text and its states."""
    sheets = {
        f"{FOLDER}/{coding_sheet_name(a)}": f"the coding sheet for Excel, instead of the coding "
        f"page ({account_labels()[a]})"
        for a in text_accounts()
    }
    items = [
        tag("li", link(to, to.rpartition("/")[2] if to in sheets else to), f": {what}")
        for to, what in (MATERIALS | sheets).items()
    ]
    practice, states = practice_states(account)
    return joined(
        [
            tag("p", "What you need:"),
            tag("ul", *items, text_item(account)),
            tag(
                "p",
                tag("strong", "The states of the class: "),
                state_links(states),
                ". ",
                tag("strong", "To practise: "),
                state_links([practice]),
                ". They are chosen from the data: the first have most pairs that can be contested "
                "and that the text says of them alone, the last has fewest.",
            ),
            tag("p", expected(account, states)),
        ]
    )


def text_item(account: str) -> Html:
    """Return the text that is read, with its address and its length."""
    source, paragraphs = text_of(account)
    n_words = int(paragraphs["words"].sum())
    facts = f" ({len(paragraphs)} paragraphs, {n_words} words: {-(-n_words // FASTEST)} minutes)"
    return tag("li", link(str(source["address"]), source["title"]), ": the text", facts)


def text_of(account: str) -> tuple["pd.Series[Any]", pd.DataFrame]:
    """Return the source that an account codes, and its paragraphs."""
    own = str(load_table("accounts").set_index("account").at[account, "text"])
    paragraphs = load_table("paragraphs")
    sources = load_table("sources").set_index("source")
    return sources.T[own], paragraphs[paragraphs["source"] == own]


def expected(account: str, states: list[str]) -> str:
    """Say how much there is to code about some states."""
    codings = load_codings(account)
    own = codings[codings["state"].isin(states)]
    n_coded = int((own["status"] == CODED).sum())
    return (
        f"On {listing(names(states))} there are {len(own)} pairs of a state and a variable to "
        f"code. By our adjudicated codings the text says something on {n_coded} of them, and "
        "the others are not coded."
    )


def state_links(states: Iterable[str]) -> Html:
    """Return the names of states, each leading to its page."""
    codes = list(states)
    pairs = zip(codes, names(codes), strict=True)
    return joined((link(f"states/{code}.html", name) for code, name in pairs), ", ")


def where_they_differ(account: str) -> Html:
    """Return what in the data makes coders differ, for the class's states and for all."""
    _, states = practice_states(account)
    return joined(
        [
            tag("h3", "Silent in the text, coded elsewhere"),
            _outside(account, states),
            tag("h3", "Border cases and readings that others could contest"),
            _contested(account, states),
            tag("h3", "Where our own coders differed"),
            _differed(account),
        ]
    )


def pair_name(row: "pd.Series[Any]") -> str:
    """Return what a pair of a state and a variable is called."""
    return f"{names([row['state']])[0]}: {variable_labels()[row['variable']]}"


def _outside(account: str, states: list[str]) -> Html:
    """Return where outside knowledge finds a code."""
    found = known_elsewhere(account)
    total = load_codings(account)
    lead = (
        f"On {len(found)} of {len(total)} pairs the text is silent and another account has a code. "
        "A student who codes one of these has used outside knowledge. In the states of the class:"
    )
    shown = variable_labels()
    items = [
        tag("li", tag("strong", name), ": ", listing(shown[v] for v in rows["variable"]), ".")
        for state, name in zip(states, names(states), strict=True)
        if len(rows := found[found["state"] == state])
    ]
    return tag("p", lead) + tag("ul", *items)


def variable_labels() -> dict[str, str]:
    """Return the short labels of the variables, by their ids."""
    return {variable.id: variable.short_label for variable in load_codebook().variables}


def _contested(account: str, states: list[str]) -> Html:
    """Return the pairs of some states that can be contested, with the rules that decide."""
    found, sure = contestable(account), labels("confidences")
    own = found[found["state"].isin(states)]
    lead = (
        f"We coded {len(found)} pairs with less than the highest confidence, or left them "
        "undecided. Those of the class:"
    )
    rows = [
        [
            pair_name(row),
            row["said"],
            sure.get(row["confidence"], ""),
            row["rationale"],
        ]
        for _, row in own.iterrows()
    ]
    table = grid("Contestable pairs", ["pair", "our code", "confidence", "why"], rows)
    return tag("p", lead) + table + _border_cases(own["variable"])


def _border_cases(variables: Iterable[str]) -> Html:
    """Return the border cases of some variables; those that several share stand once."""
    asked, book = dict.fromkeys(variables), load_codebook()
    cases: dict[str, list[str]] = {}
    for variable in (book.variable(name) for name in asked):
        for case in variable.border_cases:
            cases.setdefault(case, []).append(variable.short_label)
    items = [tag("li", prose(case), f" ({listing(who)})") for case, who in cases.items()]
    if not items:
        return Html()
    return tag("details", tag("summary", "The border cases of these variables"), tag("ul", *items))


def _differed(account: str) -> Html:
    """Return what the coders differed in, and how it was settled."""
    found, accounts = differed(), account_labels()
    rows = [
        [
            f"{pair_name(row)} ({accounts[row['account']]})",
            f"{row[CODERS[0]]} / {row[CODERS[1]]}",
            row["reason"],
        ]
        for _, row in found.iterrows()
    ]
    table = grid("Where our coders differed", ["pair", "said", "settled by"], rows)
    n_pairs = len(load_table("codings")) // (len(CODERS) + 1)
    split = disagreements(*(load_codings(account, coder) for coder in CODERS))
    lead = (
        f"In {len(found)} of {n_pairs} pairs of all accounts, {len(split)} of them with another "
        "code or status in the text. Two readings by one language model agree more than your "
        "students will."
    )
    return tag("p", lead) + table


def where_it_misleads(account: str) -> Html:
    """Return the claims that the record does not bear out, those on the class's states first."""
    found = misleading(practice_states(account)[1])
    if found.empty:
        return tag("p", "No claim of the text was found wrong.")
    verdicts = labels("claim_verdicts")
    aged = int(found["aged"].sum())
    lead = (
        f"Of {len(load_claims())} claims the record does not bear out {len(found)}: "
        f"{len(found) - aged} were wrong when written, {aged} were overtaken. Those that touch the "
        "states of the class stand first."
    )
    rows = [
        [
            row["statement"],
            f"{row['section']} {row['paragraph']}",
            verdicts[row["verdict"]],
            row["explanation"],
        ]
        for _, row in found.iterrows()
    ]
    head = ["claim, in our words", "place", "verdict", "what the record says"]
    return tag("p", lead) + grid("Claims not borne out", head, rows)


def what_the_data_answer(account: str) -> Html:
    """Return questions of the data with their answers, and what the class's codes carry."""
    _, states = practice_states(account)
    types = derive(load_cases(account))
    sure = types.index[types["determined"]]
    counts = coverage(account).sum()
    asked = [
        (
            "How much does the text say?",
            f"{counts[CODED]} of {counts['n_states']} pairs of a state and a variable can be coded "
            "from it.",
        ),
        (
            "For how many states does it settle the type, whatever fills the gaps?",
            f"{len(sure)} of {len(types)}: {listing(names(sure))}.",
        ),
        *_verdicts(account),
        *_fairness(),
    ]
    items = [tag("dt", question) + tag("dd", answer) for question, answer in asked]
    lead = tag("p", "And some that the data answer:")
    carried = tag("h3", "What a code carries") + what_carries(account, states)
    return lead + tag("dl", *items) + carried


def _verdicts(account: str) -> list[tuple[str, str]]:
    """Return the thesis by the text's own codes and by the last account, if there is a thesis."""
    answers = []
    for chosen in dict.fromkeys([account, latest()]):
        table = thesis(load_cases(chosen))
        against = table.loc[table["verdict"] == "contradicted", "statement"]
        if len(table):
            by = account_labels()[chosen]
            told = f"{len(against)} of {len(table)}. {' '.join(against)}"
            answers.append((f"Which statements of the thesis are contradicted ({by})?", told))
    return answers


def _fairness() -> list[tuple[str, str]]:
    """Return how the claims stood when written and later, if claims were checked."""
    sums = ageing(load_claims()).sum()
    if not sums["n_claims"]:
        return []
    checkable, then, now = (int(sums[mark]) for mark in FAIRNESS)
    answer = f"Of {checkable} that could be checked, {then} when written and {now} at the cut-off."
    return [("How many of the claims are fair?", answer)]


def what_carries(account: str, states: list[str]) -> Html:
    """Return, for each code of some states that a type rests on, which other gives another type."""
    kinds = labels("support_types")
    cases = load_cases(account)
    derived, pivots = derive(cases), pivotal(cases)
    rows = [
        [
            pair_name(row),
            row["code"],
            "; ".join(f"{code}: {kinds[kind]}" for code, kind in row["changes"]) or "nothing",
        ]
        for _, row in pivots[pivots["state"].isin(states)].iterrows()
    ]
    said = [
        f"{name}: {kinds[str(row['type'])]}; could also be "
        f"{other_types(str(row['type']), row['could_be'])}."
        for name, (_, row) in zip(names(states), derived.loc[states].iterrows(), strict=True)
    ]
    head = ["pair", "our code", "another code, and the type that it gives"]
    return tag("p", " ".join(said)) + grid("What a code carries", head, rows)
