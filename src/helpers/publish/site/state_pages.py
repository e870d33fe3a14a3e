"""A page for each member state, and the map that leads to them."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from helpers.analysis import profiles
from helpers.analysis.typology import derive
from helpers.analysis.votes import RUSSIA, agreement, resolutions_in, roll_calls
from helpers.dataset.allowed import account_ids
from helpers.dataset.codebook import Variable, load_codebook
from helpers.dataset.loading import case_names, load_cases, load_states, load_table
from helpers.display import plots
from helpers.display.plots.figure import Picture, plain
from helpers.publish.site.codebook_page import anchor
from helpers.publish.site.markup import (
    Html,
    block,
    escape,
    figure,
    grid,
    joined,
    link,
    page,
    tag,
)
from helpers.publish.site.support_types import other_types, shown_type
from helpers.publish.site.tile_map import NO_BORDERS, tile_map

NOT_A_CASE = (
    "This state is not among those whose support the essay weighs, so it was not coded. That says "
    "nothing about its support."
)


@dataclass(frozen=True)
class Members:
    """What the pages of all members are made from, read once."""

    @cached_property
    def states(self) -> pd.DataFrame:
        """One row per member."""
        return load_states()

    @cached_property
    def cases(self) -> set[str]:
        """The members that the essay names."""
        return set(case_names().index)

    @cached_property
    def ballots(self) -> pd.DataFrame:
        """One row per resolution and member."""
        return load_table("un_votes")

    @cached_property
    def resolutions(self) -> pd.DataFrame:
        """One row per resolution."""
        return load_table("un_resolutions").set_index("resolution")

    @cached_property
    def calls(self) -> pd.DataFrame:
        """One row per member, one column per resolution."""
        return self.votes_in(resolutions_in("all"))

    @cached_property
    def compared(self) -> dict[str, dict[str, dict[str, float]]]:
        """Agreement with Russia, by label of a set of resolutions and by member."""
        sets = load_codebook().lists["resolution_sets"]
        return {e.label: _by_member(agreement(self.votes_in(e.resolutions))) for e in sets}

    def votes_in(self, resolutions: Iterable[str]) -> pd.DataFrame:
        """Return one row per member, one column per resolution."""
        return roll_calls(self.ballots, resolutions)

    @cached_property
    def derived(self) -> dict[str, pd.DataFrame]:
        """Types of the cases, by label of an account."""
        labels = load_table("accounts").set_index("account")["label"]
        return {str(labels[name]): derive(load_cases(name)) for name in account_ids()}

    @cached_property
    def figures(self) -> dict[str, Picture]:
        """The figures of the cases' pages, by the name of a file."""
        names = {str(state): str(self.states.loc[state, "short_name"]) for state in self.cases}
        timelines = {f"{state}-events.png": _timeline(state, name) for state, name in names.items()}
        return timelines | {
            f"{state}-votes.png": _votes_figure(self, state, name) for state, name in names.items()
        }


def state_pages(members: Members) -> dict[str, str]:
    """Return the page of every member, and the one with the map.

    Parameters
    ----------
    members : Members
        What they are made from.

    Returns
    -------
    dict of str to str
        Path to MyST Markdown.
    """
    pages = {f"states/{state}.md": _page(members, str(state)) for state in members.states.index}
    pages["states/index.md"] = _index(members)
    return pages


def _timeline(state: str, name: str) -> Picture:
    events = profiles.events_of(state)
    return plots.event_timeline(
        events, title=f"{name}: {len(events)} dated events, by subject and direction"
    )


def _votes_figure(members: Members, state: str, name: str) -> Picture:
    title = f"{name} at the General Assembly"
    return plots.state_votes(members.calls, members.resolutions, state, title=title)


def _shown(members: Members, name: str) -> Html:
    """Return one of the figures."""
    return figure(f"../_static/figures/{name}", members.figures[name].alt)


def _index(members: Members) -> str:
    """Return the page with the map and the list of members."""
    war = load_codebook().entry("resolution_sets", "war")
    compared = members.compared[war.label]
    rows = [
        [
            link(f"{state}.html", row["short_name"]),
            state,
            row["un_regional_group"],
            row["region"],
            _index_of(compared, str(state)),
        ]
        for state, row in members.states.sort_values("short_name", kind="stable").iterrows()
    ]
    head = ["state", "ISO3", "UN regional group", "region in the essay", "agreement with Russia"]
    return page(
        "States",
        f"How often each member of the UN voted as Russia did, in {len(war.resolutions)} roll "
        "calls on the war. The index of agreement is 100 if every vote was the same and 0 if "
        "every vote was opposed; where one of the two abstained, the vote counts as half the same. "
        "A roll call that either missed is left out. In bold the states whose support the essay "
        "weighs; each tile leads to its state's page.",
        block(tile_map(agreement(members.votes_in(war.resolutions)))),
        f"{NO_BORDERS} To vote with Russia is not yet to support its war: support is what the "
        "codes are about, and only the states in bold have any.",
        "## All members",
        block(grid("Members of the United Nations", head, rows, kind="sortable")),
    )


def _by_member(table: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Return a table's rows by their index: looking up one in a table takes its time."""
    rows: dict[Any, dict[Any, float]] = table.to_dict(orient="index")
    return rows


def _index_of(compared: dict[str, dict[str, float]], state: str) -> str:
    """Return an index of agreement as it is shown; a dash where there is none."""
    index = compared[state]["index"] if state in compared else math.nan
    return "-" if math.isnan(index) else f"{index:.1f}"


def _page(members: Members, state: str) -> str:
    """Return one member's page."""
    name = str(members.states.loc[state, "short_name"])
    back = link("index.html", "All states")
    parts = [block(tag("p", back, " / ", name, class_="way"))]
    parts += _coded(members, state) if state in members.cases else [_uncoded(state)]
    parts += ["## Votes at the General Assembly", block(_votes(members, state))]
    parts += ["## Names and numbers", block(_identity(members, state))]
    return page(name, *parts, orphan=True)


def _uncoded(state: str) -> str:
    """Return why a member has no codes."""
    return (
        "Russia is the state that the others are compared with." if state == RUSSIA else NOT_A_CASE
    )


def _identity(members: Members, state: str) -> Html:
    """Return a member's names, and its numbers in other datasets."""
    row = members.states.loc[state]
    rows = [[label, row[column] or "none"] for column, label in profiles.facts().items()]
    return grid("Names and numbers", [], [["ISO three-letter code", state], *rows])


def _coded(members: Members, state: str) -> list[str]:
    """Return what only a case has: types, codes with evidence, events."""
    evidence, events = profiles.evidence(state), profiles.events_of(state)
    return [
        "## Support type",
        block(_types(members, state)),
        "What each type means is on the [start page](../index.md).",
        "## Codes",
        "A variable's name leads to its rules. In round brackets why there is no code; silence is "
        'never "no".',
        block(_codes(state)),
        "## Evidence",
        "What each code rests on: paragraphs of the essay (a section and the number of a paragraph "
        "in it), dated events, or roll calls at the General Assembly.",
        block(_evidence(evidence, {*events["event"], *members.resolutions.index})),
        "## Events",
        block(joined([_shown(members, f"{state}-events.png"), _events(events, evidence)])),
        "Events were looked for where the variables ask, so that their number measures attention. "
        "Titles in square brackets are ours.",
    ]


def _types(members: Members, state: str) -> Html:
    """Return the support type in every account, and what else the state could be."""
    rows = []
    for account, table in members.derived.items():
        row = table.loc[state]
        levels = [row["recognition"], row["material"], row["turning_away"]]
        others = other_types(str(row["type"]), row["could_be"])
        rows.append([account, shown_type(str(row["type"])), others, *levels])
    head = ["account", "type", "could also be", "recognition", "material support", "turning away"]
    return grid("Support type by account", head, rows)


def _codes(state: str) -> Html:
    """Return the codes in every account, side by side."""
    codes = profiles.codes_by_account(state)
    variables = load_codebook().variables
    rows = [
        [
            link(f"../codebook.html#{anchor(variable.id)}", variable.label),
            *(_worded(variable, str(said)) for said in codes.loc[variable.label]),
        ]
        for variable in variables
    ]
    return grid("Codes by account", ["variable", *codes.columns], rows)


def _worded(variable: Variable, said: str) -> str:
    """Return codes as the codebook labels them; why there is none stays as it is."""
    labels = {plain(code.id): code.label for code in variable.codes}
    return ", ".join(labels.get(plain(code), code) for code in said.split(";"))


def _evidence(evidence: pd.DataFrame, places: set[str]) -> Html:
    """Return what each code rests on; events and roll calls lead to their rows further down."""
    accounts = load_table("accounts").set_index("account")["label"]
    variables = {variable.id: variable for variable in load_codebook().variables}
    rows = [
        [
            link(f"../codebook.html#{anchor(row['variable'])}", variables[row["variable"]].label),
            accounts[row["account"]],
            _worded(variables[row["variable"]], row["code"]),
            row["confidence"],
            joined((_place(name, places) for name in row["locator"].split("; ")), "; "),
            row["rationale"],
        ]
        for row in evidence.reset_index().to_dict(orient="records")
    ]
    head = ["variable", "account", "code", "confidence", "where", "why"]
    return grid("Evidence of the codes", head, rows, kind="sortable stacked")


def _place(name: str, places: set[str]) -> Html:
    return tag("span", link(f"#{name}", name) if name in places else name, class_="whole")


def _events(events: pd.DataFrame, evidence: pd.DataFrame) -> Html:
    """Return the events with their sources and the codes that rest on them."""
    listed = profiles.events_table(events, evidence)
    sources = profiles.sources_of(events)
    rows = [
        [
            tag("span", event, id=str(event), class_="whole"),
            tag("span", row["date"], class_="whole"),
            row["about"],
            row["direction"],
            row["description"],
            _cited(event, evidence),
            _sources(sources.loc[[event]]),
        ]
        for event, row in listed.iterrows()
    ]
    head = ["event", "date", "about", "direction", "what happened", "cited for", "sources"]
    return grid("Events", head, rows, kind="sortable stacked")


def _cited(event: object, evidence: pd.DataFrame) -> str:
    """Return the variables with a code that rests on an event."""
    labels = {variable.id: variable.label for variable in load_codebook().variables}
    rests = [event in locator.split("; ") for locator in evidence["locator"]]
    names = evidence.index.get_level_values("variable")[rests]
    return "; ".join(labels[name] for name in dict.fromkeys(names)) or "no code"


def _sources(sources: pd.DataFrame) -> Html:
    """Return an event's sources, those with an address as links."""
    said = []
    for row in sources.to_dict(orient="records"):
        text = f"{row['publisher']}: {row['title']}"
        said.append(link(row["address"], text) if row["address"] else escape(text))
    return joined(said, "<br>")


def _votes(members: Members, state: str) -> Html:
    """Return a member's votes, and its agreement with Russia."""
    counts = profiles.vote_counts(members.calls, state)
    parts = [
        tag("p", f"{counts} roll calls. An absence is not a vote, and the record does not say why.")
    ]
    if state in members.cases:
        parts.append(_shown(members, f"{state}-votes.png"))
    parts.append(_ballots(members, state))
    if state != RUSSIA:
        parts += [tag("h3", "Agreement with Russia"), _agreement(members, state)]
    return joined(parts)


def _ballots(members: Members, state: str) -> Html:
    """Return a member's votes beside Russia's, with links to the records."""
    addresses = members.resolutions["address"]
    table = profiles.votes_table(members.calls, members.resolutions, state)
    beside = [] if state == RUSSIA else ["Russia", "compared"]
    rows = [
        [
            tag("span", link(to, name) if (to := addresses[name]) else name, id=str(name)),
            tag("span", row["date"], class_="whole"),
            *(row[column] for column in ("title", "vote", *beside)),
        ]
        for name, row in zip(table.index, table.to_dict(orient="records"), strict=True)
    ]
    return grid("Votes", ["resolution", "date", "title", "vote", *beside], rows, kind="sortable")


def _agreement(members: Members, state: str) -> Html:
    """Return how a member's votes compare with Russia's, by set of resolutions."""
    rows = []
    for label, table in members.compared.items():
        row = table[state]
        counts = [int(row[name]) for name in ("same", "one_abstains", "opposed")]
        compared = f"{int(row['n_compared'])} of {int(row['n_resolutions'])}"
        rows.append([label, _index_of(table, state), *counts, compared])
    head = ["resolutions", "index (0 to 100)", "same vote", "one abstains", "opposed", "compared"]
    return grid("Agreement with Russia by set of resolutions", head, rows)
