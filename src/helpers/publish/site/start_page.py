"""The start page: the question, its answer in one figure, and a table of states."""

from collections.abc import Sequence

import pandas as pd

from helpers.analysis.typology import derive, thesis
from helpers.dataset.allowed import account_ids
from helpers.dataset.codebook import load_codebook
from helpers.dataset.loading import load_cases, load_table
from helpers.dataset.words import count_of, names
from helpers.display import plots
from helpers.display.plots.figure import Picture
from helpers.publish.export.table_model import Contents
from helpers.publish.site.markup import Html, block, figure, grid, joined, link, menu, page, tag
from helpers.publish.site.support_types import legend_of_types, other_types, shown_type

QUESTION = "Who supports Russia's war on Ukraine, how, and how sure are we?"
FIGURE = "start.png"
INTRO = (
    "An op-ed of January 2023 argues that Russia's partners do not really support the war: a "
    '"coalition of the unwilling". This site turns that argument into data and tests it: '
    "every code names its evidence, and every number is computed from the codes."
)
CAPTION = (
    "A filled dot is what a state's codes make of it; a ring is what else it could be, since "
    'not everything is known. Silence is never read as "no".'
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
        f"Coded by: {contents.dataset['coded_by']}. ",
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
        f"The type that each state's codes give in each account, and what else it could be by the "
        f"latest ({label}). A state's name leads to its codes, their evidence and its votes; "
        "[all members of the UN](states/index.md) are on a map.",
        block(_states()),
        block(joined([tag("p", "What the types mean:"), legend_of_types()])),
        "## Does the essay's thesis hold?",
        block(_thesis()),
        "*Contradicted* is followed by the states that break the statement for certain; *open* "
        "means that none is known to, and that some could.",
        "## Read on",
        "- [The notebooks](notebooks/index.md): how each number is computed\n"
        "- [The codebook](codebook.md): what every code means, and how types follow from codes\n"
        "- [The data](tables/index.md): every table, to sort, to search and to download\n"
        "- [What the data cannot say](limits.md), and [how to cite](cite.md)",
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
    """Return the answer in a few lines, from the latest account."""
    account, label = latest()
    types = derive(load_cases(account))
    n = len(types)
    lines = (
        ("Give military support", _is(types, "material", "military")),
        (
            "Recognise or endorse Russia's acts of 2022 (DPR and LPR, the four regions)",
            _is(types, "recognition", "yes"),
        ),
        ("Do both", _is(types, "type", "full_backer")),
        ("Turn away from Russia in word or deed", _is(types, "turning_away", "yes")),
        (
            "Have only one possible type, however the gaps were filled",
            types.index[types["determined"]],
        ),
    )
    items = [tag("li", tag("strong", what), f": {count_of(list(who), n)}.") for what, who in lines]
    lead = tag(
        "p", f"By the latest account ({label}), of the {n} states whose support the essay weighs:"
    )
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
    rows = []
    for state, name in zip(order, names(order), strict=True):
        kinds = [shown_type(str(table.loc[state, "type"])) for table in derived.values()]
        others = other_types(str(last.loc[state, "type"]), last.loc[state, "could_be"])
        rows.append([link(f"states/{state}.html", name), *kinds, others])
    head = ["state", *accounts, "could also be"]
    return grid("Support types by state", head, rows, kind="sortable stacked")


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
    return grid("Thesis, statement by statement", head, rows, kind="stacked")


def _verdict(row: "pd.Series[str]") -> str:
    against: Sequence[str] = row["contradicted_by"]
    return f"{row['verdict']}: {', '.join(names(against))}" if against else str(row["verdict"])
