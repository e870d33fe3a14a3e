"""The page *Teach with this*: the plan as docs has it, with what is computed put in its places."""

import itertools
import re
from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd
from markupsafe import escape

from helpers.analysis.claims import FAIRNESS, ageing, load_claims
from helpers.analysis.sensitivity import pivotal
from helpers.analysis.teaching import (
    contestable,
    differed,
    known_elsewhere,
    misleading,
    moving_changes,
    practice_states,
    text_accounts,
)
from helpers.analysis.typology import derive, thesis
from helpers.dataset.checks.codings import CODERS
from helpers.dataset.codebook import load_codebook
from helpers.dataset.files import REPOSITORY
from helpers.dataset.loading import coverage, load_cases, load_codings, load_table
from helpers.dataset.outcomes import CODED, SILENT
from helpers.dataset.words import in_labels, labels, listing, names, worded
from helpers.publish.site.markup import (
    CODE,
    Html,
    Markdown,
    fenced,
    grid,
    joined,
    link,
    page,
    prose,
    tag,
)
from helpers.publish.site.start_page import latest
from helpers.publish.site.support_types import account_labels, other_types, shown_type

STUDENTS = "for-students.html"
"""The page whose address a class is given."""
PAGE = REPOSITORY / "docs" / "teach-with-this.md"
EMPHASIS = re.compile(r"\*([^*]+)\*")
PLACE = re.compile(r"^<!-- site: (\w+) -->\n.*?^<!-- /site -->$", re.DOTALL | re.MULTILINE)
"""A part of the page that the site says otherwise."""
FOLDER = "files/seminar"
"""Where the site has what is handed out."""
TABLE = re.compile(r"^\| .*\|\n\|(?:---\|)+\n(?:\|.*\|\n)+", re.MULTILINE)
"""A table of the plan, in Markdown."""


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

    text = PLACE.sub(put, PAGE.read_text(encoding="utf-8"))
    numbers = itertools.count(1)
    return Markdown(TABLE.sub(lambda found: _cards(found[0], next(numbers)), text))


def students_page() -> Markdown:
    """Return the page that a class is given, which says in a few steps what to do."""
    account = text_accounts()[0]
    source, _ = text_of(account)
    _, states = practice_states(account)
    steps = [
        joined(
            [
                "Read the text, which opens in a tab of its own: ",
                link(str(source["address"]), source["title"], new_tab=True),
                ".",
            ]
        ),
        joined(
            [
                "Go on to ",
                link(coding_address(account, states), "the coding page"),
                ". Type the pseudonym that was agreed for you, and begin. You code "
                f"{listing(names(states))}.",
            ]
        ),
        "For each question say first whether the text says anything on it. Code only what it "
        "says, right or wrong: what you know from elsewhere does not count.",
        joined(
            [
                "When the time is up press ",
                tag("em", "Save or open"),
                ", then ",
                tag("em", "Save the codings"),
                ". Hand in the file, which is where your browser keeps downloads.",
            ]
        ),
    ]
    handout = link(f"{FOLDER}/handout.pdf", "The handout")
    return page(
        "For students",
        tag("ol", *(tag("li", step) for step in steps)),
        tag("p", handout, " has all questions and codes on one page."),
        orphan=True,
    )


def _cards(table: str, number: int) -> Markdown:
    """Return a table of Markdown so that a phone shows each of its rows as a card."""
    head, _, *rows = [[c.strip() for c in line.split("|")[1:-1]] for line in table.splitlines()]
    cells = [[f"{minutes} min", *map(_marked, others)] for minutes, *others in rows]
    return fenced("{raw} html", grid(f"Plan {number}", head, cells, kind="stacked plan"))


def materials(account: str) -> Html:
    """Return the links of a class, its text and its states."""
    practice, states = practice_states(account)
    own = [state for state in practice_states(account, len(states) + 1)[1] if state not in states]
    needed = [
        (
            STUDENTS,
            "The page for students",
            "give them its address. It leads to the text, and to the coding page, which asks for "
            "the states of the class, in an order by chance of the pseudonym",
        ),
        *(
            (
                coding_address(account, [state]),
                f"The coding page for {name}",
                "for you, before the class",
            )
            for state, name in zip(own, names(own), strict=True)
        ),
        ("code/class.html", "The class page", "for you: drop the students' files on it"),
        (f"{FOLDER}/slides/index.html", "The slides", "for you to show"),
        (f"{FOLDER}/handout.pdf", "The handout", "one page to print"),
        *(
            (
                f"{FOLDER}/{coding_sheet_name(chosen)}",
                f"A coding sheet for Excel ({label})",
                "for who cannot use the coding page; the class page reads it too",
            )
            for chosen, label in account_labels().items()
            if chosen in text_accounts()
        ),
    ]
    items = [tag("li", link(to, name), ": ", prose(what), ".") for to, name, what in needed]
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
                ". They are chosen from the data: on the first most codes can be contested that "
                "the text gives to them alone, on the last fewest.",
            ),
            tag("p", expected(account, states)),
            _moving(account, states),
        ]
    )


def _moving(account: str, states: list[str]) -> Html:
    """Return the changes that move a type of the class's states, as links that make them."""
    items = [
        tag("li", link(address, said), f": {then}.")
        for address, said, then in moving_links(account, states)
    ]
    lead = tag(
        "p", tag("strong", "To show what follows: "), "changes of one code that move a type."
    )
    return lead + tag("ul", *items) if items else Html()


def _marked(cell: str) -> Html:
    """Return a cell of a table of Markdown, with what is emphasised in it."""
    # As plain text: what joins the pieces of `Html` would escape the new elements.
    return Html(EMPHASIS.sub(r"<em>\1</em>", str(prose(cell))))


def coding_address(account: str, states: Iterable[str]) -> str:
    """Return where on the site some states are coded, in an order of each coder's own."""
    return f"code/index.html?account={account}&states={','.join(states)}&order=state&shuffle=yes"


def text_item(account: str) -> Html:
    """Return the text that is read, with its address and its length."""
    source, paragraphs = text_of(account)
    n_words = int(paragraphs["words"].sum())
    facts = f": the text, {len(paragraphs)} paragraphs with {n_words} words."
    return tag("li", link(str(source["address"]), source["title"], new_tab=True), facts)


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
    n_silent = int((own["status"] == SILENT).sum())
    return (
        f"On {listing(names(states))} together there are {len(own)} questions to answer. By our "
        f"codes the text is silent on {n_silent} of them."
    )


def state_links(states: Iterable[str]) -> Html:
    """Return the names of states, each leading to its page."""
    codes = list(states)
    pairs = zip(codes, names(codes), strict=True)
    return joined((link(f"states/{code}.html#what-if", name) for code, name in pairs), ", ")


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
            _differed(),
        ]
    )


def pair_name(row: "pd.Series[Any]") -> str:
    """Return what a pair of a state and a variable is called."""
    return f"{names([row['state']])[0]}: {variable_labels()[row['variable']]}"


def rule_html(rule: str) -> Html:
    """Return a rule of the codebook with labels, set apart, in place of ids."""
    return Html(CODE.sub(r"<em>\1</em>", str(escape(in_labels(rule)))))


def _outside(account: str, states: list[str]) -> Html:
    """Return where outside knowledge finds a code."""
    found = known_elsewhere(account)
    total = load_codings(account)
    lead = (
        f"On {len(found)} of {len(total)} questions the text is silent and another account has a "
        "code. A student who codes one of these has used outside knowledge. In the states of the "
        "class:"
    )
    shown = variable_labels()
    items = [
        tag("li", tag("strong", name), ": ", listing(shown[v] for v in rows["variable"]), ".")
        for state, name in zip(states, names(states), strict=True)
        if len(rows := found[found["state"] == state])
    ]
    return tag("p", lead) + tag("ul", *items)


def code_label(row: "pd.Series[Any]") -> str:
    """Return the label of the code of a pair, or in brackets why there is none."""
    return worded(load_codebook().variable(row["variable"]), row["said"])


def moving_links(account: str, states: list[str]) -> list[tuple[str, str, str]]:
    """Return a change for each state that moves its type: its address, itself, what it does."""
    kinds, found = labels("support_types"), []
    for _, row in moving_changes(account, states).iterrows():
        variable = load_codebook().variable(row["variable"])
        query = f"?account={account}&{variable.id}={row['other']}#what-if"
        said = f"{pair_name(row)}, {worded(variable, row['other'])} instead of "
        said += worded(variable, row["code"])
        then = f"the type is {kinds[row['gives']]}, and no more {kinds[row['type']]}"
        found.append((f"states/{row['state']}.html{query}", said, then))
    return found


def variable_labels() -> dict[str, str]:
    """Return the short labels of the variables, by their ids."""
    return {variable.id: variable.short_label for variable in load_codebook().variables}


def _contested(account: str, states: list[str]) -> Html:
    """Return the pairs of some states that can be contested, with the rules that decide."""
    found, sure = contestable(account), labels("confidences")
    own = found[found["state"].isin(states)]
    lead = (
        f"We answered {len(found)} questions with less than the highest confidence, or left them "
        "undecided. Those of the class:"
    )
    rows = [
        [
            pair_name(row),
            code_label(row),
            sure.get(row["confidence"], ""),
            row["rationale"],
        ]
        for _, row in own.iterrows()
    ]
    table = grid(
        "Contestable pairs",
        ["state and question", "our code", "confidence", "why"],
        rows,
        kind="stacked plan",
    )
    return tag("p", lead) + table + _border_cases(own["variable"])


def _border_cases(variables: Iterable[str]) -> Html:
    """Return the border cases of some variables; those that several share stand once."""
    asked, book = dict.fromkeys(variables), load_codebook()
    cases: dict[str, list[str]] = {}
    for variable in (book.variable(name) for name in asked):
        for case in variable.border_cases:
            cases.setdefault(case, []).append(variable.short_label)
    items = [tag("li", rule_html(case), f" ({listing(who)})") for case, who in cases.items()]
    if not items:
        return Html()
    return tag("details", tag("summary", "The border cases of these variables"), tag("ul", *items))


def _differed() -> Html:
    """Return what the coders differed in, in all accounts, and how it was settled."""
    found, accounts = differed(), account_labels()
    rows = [
        [
            f"{pair_name(row)} ({accounts[row['account']]})",
            f"{row[CODERS[0]]} / {row[CODERS[1]]}",
            rule_html(row["reason"]),
        ]
        for _, row in found.iterrows()
    ]
    table = grid(
        "Where our coders differed",
        ["state and question", "said", "settled by"],
        rows,
        kind="stacked plan",
    )
    n_pairs = len(load_table("codings").drop_duplicates(["account", "state", "variable"]))
    n_codes = int(found["differed_in"].str.contains(r"\b(?:status|code)\b").sum())
    lead = (
        f"In {len(found)} of {n_pairs} answers of all accounts, on the status or the code in "
        f"{n_codes}, else on the scope or the confidence. Two readings by one language model agree "
        "more than your students will."
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
    return tag("p", lead) + grid("Claims not borne out", head, rows, kind="stacked plan")


def what_the_data_answer(account: str) -> Html:
    """Return questions of the data with their answers, and what the class's codes carry."""
    _, states = practice_states(account)
    types = derive(load_cases(account))
    sure = types.index[types["determined"]]
    counts = coverage(account).sum()
    asked = [
        (
            "How much does the text say?",
            f"{counts[CODED]} of {counts['n_states']} questions on all states can be coded "
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
            worded(load_codebook().variable(row["variable"]), row["code"]),
            "; ".join(
                f"{worded(load_codebook().variable(row['variable']), code)}: {kinds[kind]}"
                for code, kind in row["changes"]
            )
            or "nothing",
        ]
        for state in states
        for _, row in pivots[pivots["state"] == state].iterrows()
    ]
    types = [
        [name, shown_type(str(row["type"])), other_types(str(row["type"]), row["could_be"])]
        for name, (_, row) in zip(names(states), derived.loc[states].iterrows(), strict=True)
    ]
    head = ["state and question", "our code", "another code, and the type that it gives"]
    return joined(
        [
            grid(
                "Types by the text",
                ["state", "type by the text", "could also be"],
                types,
                kind="stacked plan",
            ),
            grid("What a code carries", head, rows, kind="stacked plan"),
        ]
    )
