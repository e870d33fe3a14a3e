"""The start page: the question, its answer in one figure, and a table of states."""

from collections.abc import Sequence

import pandas as pd

from helpers import plots
from helpers.codebook import load_codebook
from helpers.data import load_cases, load_table
from helpers.parameters import account_ids
from helpers.plots.picture import Picture
from helpers.publish.model import Contents
from helpers.publish.site.markup import Html, block, figure, grid, joined, link, menu, page, tag
from helpers.tables import count_of, names
from helpers.typology import derive, thesis

QUESTION = "Who supports Russia's war on Ukraine, how, and how sure are we?"
FIGURE = "start.png"
INTRO = (
    "An op-ed of January 2023 argues that Russia's partners do not really support the war: a "
    '"coalition of the unwilling". This site turns that argument into data and tests it: '
    "every code names its evidence, and every number is computed from the codes."
)
CAPTION = (
    "A filled dot is what a state's codes make of it; a ring is what it could still be, were "
    'what is not coded known. Silence is never read as "no".'
)


def latest() -> tuple[str, str]:
    """Return the id and the label of the account with the latest date."""
    accounts = load_table("accounts").set_index("account")
    name = str(accounts["as_of"].idxmax())
    return name, str(accounts.loc[name, "label"])


def start_figure() -> Picture:
    """Return the figure that answers the question."""
    account, label = latest()
    types = derive(load_cases(account))
    n_sure = int(types["determined"].sum())
    title = f"{label}: {n_sure} of {len(types)} states have only one possible type"
    return plots.type_bounds(types, title=title)


def start_page(contents: Contents) -> str:
    """Return the start page.

    Parameters
    ----------
    contents : Contents
        What the dataset says about itself.

    Returns
    -------
    str
        MyST Markdown; every number is computed.
    """
    _, label = latest()
    coded_by = tag(
        "p",
        tag("strong", "Read with care. "),
        f"Coded by: {contents.dataset['coded_by']}. No person has checked the codes yet. ",
        link("limits.html", "What the data cannot say"),
        ".",
        class_="care",
    )
    return page(
        QUESTION,
        INTRO,
        block(_answer()),
        block(figure(f"_static/figures/{FIGURE}", start_figure().alt, CAPTION)),
        block(coded_by),
        "## The states",
        f"Support types on what is coded, in each account, and what else each state could be by "
        f"the latest ({label}). [All members and their votes](states/index.md) are on a map.",
        block(_states()),
        "## Does the essay's thesis hold?",
        block(_thesis()),
        "*Open* means that no state is known to break the statement, and that some could. "
        "[How the types follow from the codes](codebook.md), [the notebooks](notebooks/index.md) "
        "behind the numbers, [the tables](tables/index.md), [how to cite](cite.md).",
        menu(
            "notebooks/index",
            "states/index",
            "codebook",
            "Data <tables/index>",
            "Limits <limits>",
            "How to cite <cite>",
        ),
    )


def _answer() -> Html:
    """Return the answer in four sentences, from the latest account."""
    account, label = latest()
    types = derive(load_cases(account))
    n = len(types)
    lines = (
        ("Military support", types.index[types["material"] == "military"]),
        ("Recognition of the war's annexations or entities", _is(types, "recognition", "yes")),
        ("Both", types.index[types["type"] == "full_backer"]),
        ("Turning away from Russia", _is(types, "turning_away", "yes")),
        ("Only one type possible, whatever is not coded", types.index[types["determined"]]),
    )
    items = [tag("li", tag("strong", what), f": {count_of(list(who), n)}.") for what, who in lines]
    lead = tag("p", f"{label}, of the {n} states that the essay names:")
    return joined([lead, tag("ul", joined(items), class_="answer")])


def _is(types: pd.DataFrame, column: str, value: str) -> "pd.Index[str]":
    return types.index[types[column] == value]


def _states() -> Html:
    """Return the cases with their type in every account."""
    accounts = load_table("accounts").set_index("account")["label"]
    derived = {account: derive(load_cases(account)) for account in account_ids()}
    last = derived[latest()[0]]
    steps = {entry.id: entry.step for entry in load_codebook().support_types}
    # The most supportive first; undetermined stands outside the order, and so comes last.
    rank = last["type"].map(
        lambda kind: -1 if steps[kind] is None else last["type"].cat.categories.get_loc(kind)
    )
    order = rank.astype("int64").sort_values(ascending=False, kind="stable").index
    labels = {entry.id: entry.label for entry in load_codebook().support_types}
    rows = []
    for state, name in zip(order, names(order), strict=True):
        kinds = [_kind(str(table.loc[state, "type"])) for table in derived.values()]
        others = [labels[t] for t in last.loc[state, "could_be"] if t != last.loc[state, "type"]]
        said = ", ".join(others) or "nothing else"
        rows.append([link(f"states/{state}.html", name), *kinds, said])
    head = ["state", *accounts, tag("span", "could also be", class_="long")]
    return grid("Support types by state", head, rows, kind="sortable")


def _kind(name: str) -> Html:
    """Return a support type with its colour."""
    entry = load_codebook().entry("support_types", name)
    swatch = tag("span", class_="swatch", style=f"background:{entry.colour}")
    return tag("span", swatch, entry.label, class_="whole")


def _thesis() -> Html:
    """Return the verdict on each statement, by the essay and by the latest account."""
    accounts = load_table("accounts").set_index("account")["label"]
    shown = list(dict.fromkeys([account_ids()[0], latest()[0]]))
    verdicts = [thesis(load_cases(account)) for account in shown]
    rows = [
        [verdicts[0].loc[name, "statement"], *(_verdict(table.loc[name]) for table in verdicts)]
        for name in verdicts[0].index
    ]
    head = ["statement", *(accounts[account] for account in shown)]
    return grid("Thesis, statement by statement", head, rows)


def _verdict(row: "pd.Series[str]") -> str:
    against: Sequence[str] = row["contradicted_by"]
    return f"{row['verdict']}: {', '.join(names(against))}" if against else str(row["verdict"])
