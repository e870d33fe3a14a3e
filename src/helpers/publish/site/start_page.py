"""The start page: the question, its answer in one figure, and a table of states."""

from collections.abc import Mapping, Sequence
from typing import Any

from helpers.analysis.readings import Readings, readings
from helpers.analysis.sensitivity import finding_counts, verdict_counts
from helpers.analysis.teaching import text_accounts
from helpers.analysis.typology import derive, open_because_of, thesis
from helpers.dataset.allowed import account_ids
from helpers.dataset.codebook import load_codebook
from helpers.dataset.loading import load_cases, load_table
from helpers.dataset.words import count_of, listing, names, text_name
from helpers.display import plots
from helpers.display.choices import choice_label, under
from helpers.display.plots.figure import Picture
from helpers.publish.export.table_model import Contents
from helpers.publish.site.markup import (
    Html,
    Markdown,
    figure,
    grid,
    joined,
    link,
    md,
    menu,
    page,
    tag,
)
from helpers.publish.site.support_types import (
    account_labels,
    legend_of_types,
    other_types,
    shown_type,
)

FIGURE = "start.png"
CAPTION = (
    "A filled dot is what a state's codes make of it; a ring is what else it could be, since "
    'not everything is known. Silence is never read as "no".'
)


CODE_IT = (
    "- [Code it yourself](code/index.md): the same text, your own codes, what follows\n"
    "- [Compare a class](code/class.md): where its members differ, and who chose what\n"
)
TEACH = "- [Teach with this](teach.md): a class of 90 minutes in which students code the text\n"
"""What a dataset lacks that has no text to code."""


def latest() -> str:
    """Return the account with the latest date."""
    return str(load_table("accounts").set_index("account")["as_of"].idxmax())


def start_figure() -> Picture:
    """Return the figure that answers the question."""
    types = derive(load_cases(latest()))
    n_sure, label = int(types["determined"].sum()), account_labels()[latest()]
    title = f"{label}: {n_sure} of {len(types)} states have only one possible type"
    return plots.type_bounds(types, title=title)


def start_page(contents: Contents) -> Markdown:
    """Return the start page; every number is computed."""
    book, coded = load_codebook(), bool(text_accounts())
    shown = {account: readings(account) for account in (account_ids()[0], latest())}
    coded_by = tag(
        "p",
        tag("strong", "Read with care. "),
        f"Coded by: {contents.dataset['coded_by']}. ",
        link("limits.html", "What the data cannot say"),
        ".",
        class_="care",
    )
    return page(
        book.dataset["question"],
        book.dataset["introduction"],
        _answer(shown[latest()]),
        figure(f"_static/figures/{FIGURE}", start_figure().alt, CAPTION),
        coded_by,
        Markdown("## The states"),
        md(
            "The type that each state's codes give in each account, what else it could be by the "
            "latest ({label}), and which variables without a code leave that open. A state's name "
            "leads to its codes, their evidence and its votes; [all members of the UN]"
            "(states/index.md) are on a map.",
            label=account_labels()[latest()],
        ),
        _states(),
        joined([tag("p", "What the types mean:"), legend_of_types()]),
        *(_thesis(shown) if book.lists["thesis"] else ()),
        Markdown(
            "## Read on\n\n"
            "- [The notebooks](notebooks/index.md): how each number is computed\n"
            "- [The codebook](codebook.md): what every code means, and how types follow from codes"
            "\n"
            f"{CODE_IT if coded else ''}"
            "- [The data](tables/index.md): every table, to sort, to search and to download\n"
            f"{TEACH if coded else ''}"
            "- [Guides](docs/index.md): what you can do with all this, a page each\n"
            "- [What the data cannot say](limits.md), and [how to cite](cite.md)"
        ),
        menu(
            "notebooks/index",
            "states/index",
            "codebook",
            *(["Code it yourself <code/index>"] if coded else ()),
            "Data <tables/index>",
            "Guides <docs/index>",
            "Limits <limits>",
            *(["Teach <teach>"] if coded else ()),
            "How to cite <cite>",
        ),
    )


def _answer(found: Readings) -> Html:
    """Return the answer in a few lines, from the latest account."""
    types = derive(load_cases(latest()))
    n, label = len(types), account_labels()[latest()]
    lines = [
        (row["label"], f"{count_of(row['states'], n)}; {_range(row, n)}.")
        for row in finding_counts(found).to_dict("records")
    ]
    sure = [str(state) for state in types.index[types["determined"]]]
    lines.append(
        (
            "Have only one possible type on these codes, however gaps were filled",
            f"{count_of(sure, n)}.",
        )
    )
    items = [tag("li", tag("strong", what), f": {said}") for what, said in lines]
    who = f"of the {n} states whose support {text_name()} weighs"
    lead = f"By the latest account ({label}), {who}:"
    return joined([tag("p", lead), tag("ul", *items, class_="answer"), _what_readings_are(found)])


def _range(row: Mapping[Any, Any], n: int) -> str:
    """Return under how many readings a finding holds of the same states, and of how many."""
    same, fewest, most = under(row["n_same"], row["n_readings"]), row["fewest"], row["most"]
    return f"exactly these {same}" + ("" if fewest == most else f", from {fewest} to {most} of {n}")


def _what_readings_are(found: Readings) -> Html:
    """Return what the shares are shares of."""
    asked = listing(choice_label(choice) for choice, values in found.choices.items() if values[1:])
    return tag(
        "p",
        f"A reading is one combination of choices that an analysis has to make ({asked}). The "
        f"{len(found)} of them are counted, not weighed, so a share is no probability. ",
        link("notebooks/index.html", "The notebooks"),
        " say which choice decides what.",
    )


def _states() -> Html:
    """Return the cases with their type in every account."""
    derived = {account: derive(load_cases(account)) for account in account_ids()}
    last, unknown = derived[latest()], open_because_of(load_cases(latest()))
    short = {variable.id: variable.short_label for variable in load_codebook().variables}
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
        if missing := [short[variable] for variable in unknown[state]]:
            others += f" (not known: {', '.join(missing)})"
        rows.append([link(f"states/{state}.html", name), *kinds, others])
    head = ["state", *account_labels().values(), "could also be"]
    return grid("Support types by state", head, rows, kind="sortable stacked fits")


def _thesis(shown: Mapping[str, Readings]) -> list[object]:
    """Return the verdict on each statement, by the essay and by the latest account."""
    verdicts = [_verdicts(account, found) for account, found in shown.items()]
    rows = [
        [statement, *(table[str(name)] for table in verdicts)]
        for name, statement in thesis(load_cases(account_ids()[0]))["statement"].items()
    ]
    head = ["statement", *(account_labels()[account] for account in shown)]
    return [
        md("## Does {text}'s thesis hold?", text=text_name()),
        grid("Thesis, statement by statement", head, rows, kind="stacked"),
        Markdown(
            "*Contradicted* is followed by the states that break the statement for certain; *open* "
            "means that none is known to, and that some could. Between them stands under how many "
            "readings of the account the verdict is the same, whichever states break the statement."
        ),
    ]


def _verdicts(account: str, found: Readings) -> dict[str, str]:
    """Return the verdict on each statement, and under how many readings it stands."""
    counts = verdict_counts(found).to_dict("index")
    verdicts = thesis(load_cases(account)).to_dict("records")
    return {
        str(name): _verdict(verdict, under(row[row["verdict"]], row["n_readings"]))
        for (name, row), verdict in zip(counts.items(), verdicts, strict=True)
    }


def _verdict(row: Mapping[Any, Any], share: str) -> str:
    """Return a verdict, in which share of the readings it stands, and who broke the statement."""
    against: Sequence[str] = row["contradicted_by"]
    return f"{row['verdict']} {share}" + (f"; by {', '.join(names(against))}" if against else "")
