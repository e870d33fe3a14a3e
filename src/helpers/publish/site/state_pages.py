"""A page for each member state, and the map that leads to them."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from helpers.analysis import profiles
from helpers.analysis.evidence import ended_before, unchanged_since, with_newest
from helpers.analysis.typology import derive
from helpers.analysis.votes import agreement, roll_calls
from helpers.dataset.checks import mismatches
from helpers.dataset.codebook import Entry, load_codebook
from helpers.dataset.loading import case_names, load_cases, load_codings, load_states, load_table
from helpers.dataset.words import listing, text_name, worded
from helpers.display import plots
from helpers.display.plots.figure import Picture
from helpers.display.tables.consistency import UNEXPLAINED, pointing
from helpers.publish.site import what_if
from helpers.publish.site.codebook_page import anchor
from helpers.publish.site.markup import (
    Html,
    Markdown,
    figure,
    grid,
    joined,
    link,
    page,
    tag,
)
from helpers.publish.site.support_types import account_labels, other_types, shown_type
from helpers.publish.site.tile_map import NO_BORDERS, reference, tile_map


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
        return self.votes_in(self.resolutions.index)

    @cached_property
    def compared(self) -> dict[str, dict[str, dict[str, float]]]:
        """Agreement with the reference state, by label of a set of resolutions and by member."""
        sets = load_codebook().lists["resolution_sets"]
        return {e.label: _by_member(agreement(self.votes_in(e.resolutions))) for e in sets}

    def votes_in(self, resolutions: Iterable[str]) -> pd.DataFrame:
        """Return one row per member, one column per resolution."""
        return roll_calls(self.ballots, resolutions)

    @cached_property
    def derived(self) -> dict[str, pd.DataFrame]:
        """Types of the cases, by label of an account."""
        return {label: derive(load_cases(name)) for name, label in account_labels().items()}

    @cached_property
    def newest(self) -> dict[str, pd.DataFrame]:
        """Codings with the date of their newest evidence, by account."""
        return {name: with_newest(load_codings(name)) for name in account_labels()}

    @cached_property
    def figures(self) -> dict[str, Picture]:
        """The figures of the cases' pages, by the name of a file."""
        names = {str(state): str(self.states.loc[state, "short_name"]) for state in self.cases}
        timelines = {f"{state}-events.png": _timeline(state, name) for state, name in names.items()}
        voting = names if len(self.resolutions) else {}
        return timelines | {
            f"{state}-votes.png": _votes_figure(self, state, name) for state, name in voting.items()
        }


def state_pages(members: Members) -> dict[str, Markdown]:
    """Return by its path the page of every member, and the one with the map."""
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


def _index(members: Members) -> Markdown:
    """Return the page with the list of members, and the map of their votes where there are any."""
    sets, (_, other) = load_codebook().lists["resolution_sets"], reference()
    head = ["state", "ISO3", "UN regional group", f"region in {text_name()}"]
    states = members.states.sort_values("short_name", kind="stable")
    rows: list[list[object]] = [
        [link(f"{state}.html", row["short_name"]), state, row["un_regional_group"], row["region"]]
        for state, row in states.iterrows()
    ]
    if sets:
        compared = members.compared[sets[0].label]
        head.append(f"agreement with {other}")
        rows = [[*row, _index_of(compared, str(row[1]))] for row in rows]
    return page(
        "States",
        *(_map(members, sets[0]) if sets else ()),
        Markdown("## All members"),
        grid("Members of the United Nations", head, rows, kind="sortable"),
    )


def _map(members: Members, chosen: Entry) -> list[object]:
    """Return how every member voted in a set of resolutions, beside the reference state."""
    _, other = reference()
    return [
        f"How often each member of the UN voted as {other} did, in {len(chosen.resolutions)} roll "
        f"calls ({chosen.label}). The index of agreement is 100 if every vote was the same and 0 "
        "if every vote was opposed; where one of the two abstained, the vote counts as half the "
        "same. A roll call that either missed is left out. In bold the states whose support "
        f"{text_name()} weighs; each tile leads to its state's page.",
        tile_map(agreement(members.votes_in(chosen.resolutions))),
        f"{NO_BORDERS} To vote with {other} is not yet to support its war: support is what the "
        "codes are about, and only the states in bold have any.",
    ]


def _by_member(table: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Return a table's rows by their index: looking up one in a table takes its time."""
    rows: dict[Any, dict[Any, float]] = table.to_dict(orient="index")
    return rows


def _index_of(compared: dict[str, dict[str, float]], state: str) -> str:
    """Return an index of agreement as it is shown; a dash where there is none."""
    index = compared[state]["index"] if state in compared else math.nan
    return "-" if math.isnan(index) else f"{index:.1f}"


def _page(members: Members, state: str) -> Markdown:
    """Return one member's page."""
    name = str(members.states.loc[state, "short_name"])
    return page(
        name,
        tag("p", link("index.html", "All states"), " / ", name, class_="way"),
        *(_coded(members, state) if state in members.cases else [_uncoded(state)]),
        *(_votes(members, state) if len(members.resolutions) else ()),
        Markdown("## Names and numbers"),
        _identity(members, state),
        orphan=True,
    )


def _uncoded(state: str) -> str:
    """Return why a member has no codes."""
    compared, name = reference()
    if state == compared:
        return f"{name} is the state that the others are compared with."
    return (
        f"This state is not among those whose support {text_name()} weighs, so it was not coded. "
        "That says nothing about its support."
    )


def _identity(members: Members, state: str) -> Html:
    """Return a member's names, and its numbers in other datasets."""
    row = members.states.loc[state]
    rows = [[label, row[column] or "none"] for column, label in profiles.facts().items()]
    return grid("Names and numbers", [], [["ISO three-letter code", state], *rows])


def _coded(members: Members, state: str) -> list[object]:
    """Return what only a case has: types, codes with evidence, events."""
    evidence, events = profiles.evidence(state), profiles.events_of(state)
    return [
        Markdown("## Support type"),
        _types(members, state),
        Markdown("What each type means is on the [start page](../index.md)."),
        Markdown("## Codes"),
        "A variable's name leads to its rules. In round brackets why there is no code; silence is "
        'never "no".',
        _codes(state),
        what_if.section(state),
        Markdown("## Evidence"),
        f"What each code rests on: paragraphs of {text_name()} (a section and the number of a "
        "paragraph in it), dated events, or roll calls at the General Assembly.",
        _evidence(evidence, {*events["event"], *members.resolutions.index}),
        *_unchanged(members, state),
        Markdown("## Evidence against itself"),
        _against(state),
        Markdown("## Events"),
        _shown(members, f"{state}-events.png") + _events(events, evidence),
        "Events were looked for where the variables ask, so that their number measures attention. "
        "Titles in square brackets are ours.",
    ]


def _types(members: Members, state: str) -> Html:
    """Return the support type in every account, and what else the state could be."""
    levels = load_codebook().levels
    rows = []
    for account, table in members.derived.items():
        row = table.loc[state]
        others = other_types(str(row["type"]), row["could_be"])
        codes = [worded(level, str(row[level.id])) for level in levels]
        rows.append([account, shown_type(str(row["type"])), others, *codes])
    head = ["account", "type", "could also be", *(level.label.lower() for level in levels)]
    return grid("Support type by account", head, rows, kind="stacked fits")


def _codes(state: str) -> Html:
    """Return the codes in every account, side by side."""
    codes = profiles.codes_by_account(state)
    variables = load_codebook().variables
    rows = [
        [
            link(f"../codebook.html#{anchor(variable.id)}", variable.label),
            *(worded(variable, str(said)) for said in codes.loc[variable.label]),
        ]
        for variable in variables
    ]
    return grid("Codes by account", ["variable", *codes.columns], rows, kind="stacked fits")


def _evidence(evidence: pd.DataFrame, places: set[str]) -> Html:
    """Return what each code rests on; events and roll calls lead to their rows further down."""
    accounts = account_labels()
    variables = {variable.id: variable for variable in load_codebook().variables}
    rows = [
        [
            link(f"../codebook.html#{anchor(row['variable'])}", variables[row["variable"]].label),
            accounts[row["account"]],
            worded(variables[row["variable"]], row["code"]),
            row["confidence"],
            joined((_place(name, places) for name in row["locator"].split("; ")), "; "),
            row["rationale"],
        ]
        for row in evidence.reset_index().to_dict(orient="records")
    ]
    head = ["variable", "account", "code", "confidence", "where", "why"]
    return grid("Evidence of the codes", head, rows, kind="sortable stacked")


def _unchanged(members: Members, state: str) -> list[str]:
    """Return, for each account of events that another went before, which codes rest on old news."""
    variables = {variable.id: variable.label for variable in load_codebook().variables}
    said = []
    for account, rows in members.newest.items():
        own = rows[rows["state"] == state]
        for label, day in ended_before(account).items():
            old = unchanged_since(own, day)
            last = zip(old["variable"].map(variables), old["newest"], strict=True)
            said.append(
                f"What was last reported holds until an event changes it: of the {len(own)} codes "
                f'of "{account_labels()[account]}", {len(old)} rest only on evidence up to {day}, '
                f'the end of "{label}" ({listing(f"{name} {date}" for name, date in last)}).'
            )
    return said


def _against(state: str) -> object:
    """Return the codings of a state whose evidence points elsewhere, and why they stand."""
    found = [m for m in mismatches() if m.coding["state"] == state]
    if not found:
        return (
            "None: among the events and votes that each code names is one that points the way of "
            f"the code. (Paragraphs of {text_name()} have no direction.)"
        )
    accounts, variables = account_labels(), {v.id: v for v in load_codebook().variables}
    rows = [
        [
            variables[m.coding["variable"]].label,
            accounts[m.coding["account"]],
            worded(variables[m.coding["variable"]], m.coding["code"]),
            pointing(m),
            m.explanation or UNEXPLAINED,
        ]
        for m in found
    ]
    head = ["variable", "account", "code", "its evidence points", "why it stands"]
    return grid("Codings whose evidence points elsewhere", head, rows, kind="stacked")


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
            row["standing"],
            row["description"],
            _cited(event, evidence),
            _sources(sources.loc[[event]]),
        ]
        for event, row in listed.iterrows()
    ]
    head = ["event", "date", "about", "direction", "standing", "what happened"]
    head += ["cited for", "sources"]
    return grid("Events", head, rows, kind="sortable stacked")


def _cited(event: object, evidence: pd.DataFrame) -> str:
    """Return the variables with a code that rests on an event."""
    labels = {variable.id: variable.label for variable in load_codebook().variables}
    rests = [event in locator.split("; ") for locator in evidence["locator"]]
    names = evidence.index.get_level_values("variable")[rests]
    return "; ".join(labels[name] for name in dict.fromkeys(names)) or "no code"


def _sources(sources: pd.DataFrame) -> Html:
    """Return an event's sources, those with an address as links."""
    said: list[object] = []
    for row in sources.to_dict(orient="records"):
        text = f"{row['publisher']}: {row['title']}"
        said.append(link(row["address"], text) if row["address"] else text)
    return joined(said, "<br>")


def _votes(members: Members, state: str) -> list[object]:
    """Return a member's votes, and its agreement with the reference state."""
    counts, (compared, other) = profiles.vote_counts(members.calls, state), reference()
    parts = [
        tag("p", f"{counts} roll calls. An absence is not a vote, and the record does not say why.")
    ]
    if state in members.cases:
        parts.append(_shown(members, f"{state}-votes.png"))
    parts.append(_ballots(members, state))
    if state != compared:
        parts += [tag("h3", f"Agreement with {other}"), _agreement(members, state)]
    return [Markdown("## Votes at the General Assembly"), joined(parts)]


def _ballots(members: Members, state: str) -> Html:
    """Return a member's votes beside those of the reference state, with links to the records."""
    addresses = members.resolutions["address"]
    table = profiles.votes_table(members.calls, members.resolutions, state)
    columns = list(table.columns)
    after = columns.index("vote") + 1
    # After a member's own vote come the reference state's, and how the two compare.
    shown = ["title", "vote", *(columns[after : after + 2] if state != reference()[0] else ())]
    rows = [
        [
            tag("span", link(to, name) if (to := addresses[name]) else name, id=str(name)),
            tag("span", row["date"], class_="whole"),
            *(row[column] for column in shown),
        ]
        for name, row in zip(table.index, table.to_dict(orient="records"), strict=True)
    ]
    return grid("Votes", ["resolution", "date", *shown], rows, kind="sortable")


def _agreement(members: Members, state: str) -> Html:
    """Return how a member's votes compare with the reference state's, by set of resolutions."""
    rows = []
    for label, table in members.compared.items():
        row = table[state]
        counts = [int(row[name]) for name in ("same", "one_abstains", "opposed")]
        compared = f"{int(row['n_compared'])} of {int(row['n_resolutions'])}"
        rows.append([label, _index_of(table, state), *counts, compared])
    head = ["resolutions", "index (0 to 100)", "same vote", "one abstains", "opposed", "compared"]
    return grid(f"Agreement with {reference()[1]} by set of resolutions", head, rows)
