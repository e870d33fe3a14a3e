"""The slides: reveal.js and what it shows, in one folder that needs no network."""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import pandas as pd

from helpers.analysis.teaching import contestable, misleading, practice_states
from helpers.analysis.typology import derive, thesis
from helpers.dataset.checks.cells import JOINT
from helpers.dataset.codebook import Entry, Variable, load_codebook
from helpers.dataset.loading import load_cases, load_codings
from helpers.dataset.outcomes import CODED
from helpers.dataset.rules import Condition, in_words, rests_on
from helpers.dataset.words import code_or_status, in_labels, labels, listing, names, worded
from helpers.publish.seminar.plan import (
    STUDENTS,
    code_label,
    coding_address,
    moving_links,
    pair_name,
    rule_html,
    text_of,
    variable_labels,
)
from helpers.publish.site.markup import Html, joined, link, tag
from helpers.publish.site.start_page import latest
from helpers.publish.site.support_types import account_labels, other_types, shown_type

Table: TypeAlias = tuple[list[str], list[list[object]]]
"""The heads of columns, and the rows."""
OWN = Path(__file__).parent / "static"
"""The slides' style and script, and reveal.js with its licence."""
STYLES = ("reveal/reveal.css", "slides.css")
SCRIPTS = ("reveal/reveal.js", "slides.js")
ROWS, RULES = 6, 6
"""Rows of a table and rules that one slide can show."""
LONG = 1500
"""Letters of rules that one slide can show."""
PRACTICE = 4
"""Variables of the state to practise that are asked first."""
SILENCE = 'Silence is never "no". What you know from elsewhere does not count.'
END = (
    "Which guess on the board did the text change? Which should it not have?",
    "Which disagreement was about the text, which about the rule, which about the world?",
    "Whom does the text leave out?",
    "Every code here was made by a language model and checked by nobody. What would you trust it "
    "with?",
)


def write_slides(account: str, folder: Path, site: str) -> None:
    """Write the slides of a class on an account; ``site`` is the way from there to the site."""
    shutil.copytree(OWN, folder)
    (folder / "index.html").write_bytes(_document(_slides(account, site)).encode("utf-8"))


def _document(slides: Iterable[Html]) -> str:
    """Return the page that reveal.js turns into slides."""
    title = load_codebook().dataset["title"]
    head = joined(
        [
            Html('<meta charset="utf-8">'),
            Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
            tag("title", f"Slides: {title}"),
            *(Html(f'<link rel="stylesheet" href="{name}">') for name in STYLES),
        ],
        "\n",
    )
    shown = tag("div", tag("div", joined(slides, "\n"), class_="slides"), class_="reveal")
    scripts = joined((tag("script", src=name) for name in SCRIPTS), "\n")
    body = tag("body", tag("main", shown), "\n", scripts)
    return f'<!DOCTYPE html>\n<html lang="en">\n{tag("head", head)}\n{body}\n</html>\n'


def _slide(title: str, *content: object, kind: str | None = None) -> Html:
    return tag("section", tag("h2", title), *content, class_=kind)


def _slides(account: str, site: str) -> Iterator[Html]:
    """Yield the slides in the order of the plan."""
    practice, states = practice_states(account)
    yield _title(account)
    yield _slide(
        "Guess",
        tag("p", load_codebook().dataset["question"]),
        tag("ul", *(tag("li", name) for name in names(load_cases(account).index)), class_="cols"),
        tag("p", "How do you know?"),
    )
    yield _outcomes()
    yield from _variable(_hardest(account, states))
    yield from _rules()
    yield from _practice(account, practice)
    yield _alone(account, states, site)
    yield _slide(
        "Argue",
        tag("p", _opened(f"{site}code/class.html", "The class page")),
        tag("p", "Name your paragraph. Then name your rule."),
    )
    yield from _expected(account, states)
    yield _levels(account, states)
    yield from _types()
    yield from _follows(account, states, site)
    yield from _moving(account, states, site)
    yield from _thesis(account)
    yield from _claims(states)
    yield _slide("At the end", tag("ul", *(tag("li", question) for question in END)))


def _title(account: str) -> Html:
    source, _ = text_of(account)
    dataset = load_codebook().dataset
    facts = [tag("p", source["title"]), tag("p", f"{source['publisher']}, {source['date']}")]
    small = tag("p", f"{dataset['title']}, version {dataset['version']}", class_="small")
    return tag("section", tag("h1", "Code it yourself"), *facts, small, class_="front")


def _outcomes() -> Html:
    """Return what a reading can find, and how sure one can be."""
    book = load_codebook()
    outcomes, levels = (_defined(book.lists[name]) for name in ("statuses", "confidences"))
    silence = tag("p", tag("strong", SILENCE))
    beside = tag("div", tag("div", outcomes), tag("div", levels), class_="beside")
    return _slide("Outcomes, and how sure", beside, silence, kind="dense")


def _defined(entries: Iterable[Entry]) -> Html:
    return tag("dl", *(tag("dt", e.label) + tag("dd", rule_html(e.rule)) for e in entries))


def _hardest(account: str, states: list[str]) -> Variable:
    """Return the variable of which most pairs of all states can be contested."""
    found = contestable(account)
    own = found[found["state"].isin(states)]
    return load_codebook().variable(str(own["variable"].value_counts().index[0]))


def _variable(variable: Variable) -> Iterator[Html]:
    """Yield one question with its codes, then its border cases."""
    asked = tag("p", rule_html(variable.question))
    yield _slide(f"One question: {variable.short_label}", asked, _defined(variable.codes))
    if variable.border_cases:
        cases = [tag("li", rule_html(case)) for case in variable.border_cases]
        yield _slide(f"Its border cases: {variable.short_label}", tag("ul", *cases))


def _rules() -> Iterator[Html]:
    """Yield the general rules on how a text is read, as many to a slide as can be read."""
    book = load_codebook()
    rules = [r for r in book.lists["rules"] if r not in book.marked("rules", "not_of_texts")]
    for part in _parts([tag("li", rule_html(entry.rule)) for entry in rules], RULES):
        yield _slide("General rules", tag("ul", *part))


def _parts(items: Sequence[Html], most: int) -> Iterator[list[Html]]:
    """Yield items in as many parts as slides are needed."""
    part: list[Html] = []
    for item in items:
        if part and (len(part) == most or sum(map(len, [*part, item])) > LONG):
            yield part
            part = []
        part.append(item)
    if part:
        yield part


def _practice(account: str, state: str) -> Iterator[Html]:
    """Yield some questions on the state to practise, then what we coded."""
    codings = load_codings(account)
    own = codings[(codings["state"] == state)]
    # Something that is said and something that is not: the class should meet both.
    said = own[own["status"] == CODED].head(PRACTICE - 1)
    asked = own[own.index.isin([*said.index, *own.index.difference(said.index)[:1]])]
    name, book = names([state])[0], load_codebook()
    questions = [tag("li", book.variable(v).question) for v in asked["variable"]]
    yield _slide(f"Practise: {name}", tag("ul", *questions))
    shown = own[(own["status"] == CODED) | own.index.isin(asked.index)]
    yield from _tables(f"What we coded: {name}", _coded(shown))


def _coded(codings: pd.DataFrame) -> Table:
    """Return a table of codings, with the paragraph that justifies each."""
    shown = variable_labels()
    said = code_or_status(codings["code"], codings["status"])
    rows: list[list[object]] = [
        [
            shown[row["variable"]],
            code_label(row),
            row["locator"].split(JOINT)[0],
            row["rationale"],
        ]
        for _, row in codings.assign(said=said).iterrows()
    ]
    return ["question", "code", "paragraph", "why"], rows


def _tables(title: str, table: Table) -> Iterator[Html]:
    """Yield a table on as many slides as it needs."""
    head, rows = table
    for part in _parts([_line(row) for row in rows], ROWS):
        yield _slide(title, _with_head(head, part))


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Html:
    return _with_head(head, [_line(row) for row in rows])


def _with_head(head: Sequence[str], lines: Iterable[Html]) -> Html:
    top = tag("thead", tag("tr", *(tag("th", name, scope="col") for name in head)))
    return tag("table", top, tag("tbody", *lines))


def _line(cells: Sequence[object]) -> Html:
    return tag("tr", *(tag("td", cell) for cell in cells))


def _alone(account: str, states: list[str], site: str) -> Html:
    source, _ = text_of(account)
    return _slide(
        f"Alone: {listing(names(states))}",
        tag("p", _opened(site + STUDENTS, "The page for students")),
        tag("p", _opened(site + coding_address(account, states), "The coding page")),
        tag("p", _opened(str(source["address"]), "The text")),
        tag("p", "Each for yourself. Nobody's answers are seen before all are handed in."),
        tag("p", "Save or open, Save the codings, hand in the file."),
    )


def _expected(account: str, states: list[str]) -> Iterator[Html]:
    """Yield the pairs of the class on which coders can differ."""
    found = contestable(account)
    own = found[found["state"].isin(states)]
    rows: list[list[object]] = [
        [pair_name(row), code_label(row), row["rationale"]] for _, row in own.iterrows()
    ]
    yield from _tables(
        "Where we expected you to differ", (["state and question", "our code", "why"], rows)
    )


def _levels(account: str, states: list[str]) -> Html:
    """Return how codes give levels: each with its questions, and what it is for some states."""
    book, shown = load_codebook(), variable_labels()
    derived = derive(load_cases(account)).loc[states]
    rows: list[list[object]] = []
    for rule in book.rules.levels:
        level = book.level(rule.id)
        asked = rests_on(book.rules, [case.when for case in rule.cases])
        own = [worded(level, str(code)) for code in derived[level.id]]
        rows.append([level.label, ", ".join(shown[name] for name in asked), *own])
    lead = tag("p", "The codes of a few questions give levels, and the levels give the type.")
    table = _table(
        ["level", "follows from the codes of", *(f"{n}, our codes" for n in names(states))], rows
    )
    return _slide("Types: from codes to levels", lead, table)


def _types() -> Iterator[Html]:
    """Yield each type with the levels that give it."""
    kinds = {kind.id: kind for kind in load_codebook().rules.types}
    rows: list[list[object]] = [
        [shown_type(entry.id), _takes(kinds[entry.id].when) if entry.id in kinds else entry.rule]
        for entry in load_codebook().support_types
    ]
    table = _table(["type", "a state is one if"], rows)
    yield _slide("Types: from levels to a type", table)


def _takes(condition: Condition) -> str:
    """Return a type's condition in a line, by the labels of levels and of their codes."""
    return "; ".join(_part(part) for part in condition.get("all", [condition]))


def _part(condition: Condition) -> str:
    if "test" not in condition:
        return in_labels(in_words(condition)).replace("`", "")
    name, codes = condition["test"], condition["codes"]
    book = load_codebook()
    known = {each.id: each for each in (*book.levels, *book.variables)}[name]
    return f"{known.label}: {' or '.join(worded(known, code) for code in codes)}"


def _moving(account: str, states: list[str], site: str) -> Iterator[Html]:
    """Yield a change for each state of the class that moves its type, if there is one."""
    items = [
        tag("li", _opened(site + address, said), f": {then}.")
        for address, said, then in moving_links(account, states)
    ]
    if items:
        yield _slide("What if: changes that move a type", tag("ul", *items))


def _opened(to: str, content: object) -> Html:
    """Return a link in a tab of its own, so that the slides stay where they are."""
    return link(to, content, new_tab=True)


def _follows(account: str, states: list[str], site: str) -> Iterator[Html]:
    """Yield the types of the class's states in every account."""
    kinds = labels("support_types")
    rows: list[list[object]] = [
        [
            _opened(f"{site}states/{state}.html#what-if", name),
            account_labels()[chosen],
            kinds[str(row["type"])],
            other_types(str(row["type"]), row["could_be"]),
        ]
        for chosen in dict.fromkeys([account, latest()])
        for name, (state, row) in zip(
            names(states), derive(load_cases(chosen)).loc[states].iterrows(), strict=True
        )
    ]
    yield from _tables("What follows", (["state", "account", "type", "could also be"], rows))


def _thesis(account: str) -> Iterator[Html]:
    """Yield the verdicts on the thesis, by the text's own codes and by the latest account."""
    chosen = list(dict.fromkeys([account, latest()]))
    verdicts = [thesis(load_cases(name)) for name in chosen]
    rows: list[list[object]] = [
        [statement, *(str(table["verdict"].iloc[place]) for table in verdicts)]
        for place, statement in enumerate(verdicts[0]["statement"])
    ]
    head = ["statement", *(account_labels()[name] for name in chosen)]
    yield from _tables("Does the thesis hold?", (head, rows))


def _claims(states: list[str]) -> Iterator[Html]:
    """Yield the claims on the class's states that the record does not bear out."""
    found, verdicts = misleading(states), labels("claim_verdicts")
    rows: list[list[object]] = [
        [row["statement"], verdicts[row["verdict"]], row["explanation"]]
        for _, row in found.iterrows()
        if {*row["states"].split(JOINT)} & {*states}
    ]
    head = ["claim, in our words", "verdict", "what the record says"]
    yield from _tables("Where the text misleads", (head, rows))
