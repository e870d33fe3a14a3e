"""Checks of what frames the codings: accounts, states and their votes.

One function per table; the rules of its columns stand first.
"""

from collections import Counter
from collections.abc import Iterator

from helpers.dataset.checks.cells import (
    address,
    anything,
    day,
    day_or_month,
    filled,
    last_day,
    matching,
    number,
    optional,
    several,
    yes_or_no,
)
from helpers.dataset.checks.content import Content, at, check_cells, check_unique
from helpers.dataset.codebook import FILE
from helpers.dataset.files import Problem, Row

TALLY = ("yes", "no", "abstain", "absent")
"""Columns of ``un_resolutions.csv`` named like the votes that they count."""
N_NAMED = 5
"""Missing members that a message names."""

STATE = matching("[A-Z]{3}", "an ISO 3166 code of three capitals")


def accounts(content: Content) -> Iterator[Problem]:
    """Yield what is wrong with ``accounts.csv``."""
    rules = {
        "account": matching("[a-z0-9_]+", "lower-case letters, digits and _"),
        "label": filled,
        "as_of": content.dated(day_or_month),
        "cut_off": content.dated(day),
        "basis": filled,
        # Empty where events and votes are the evidence.
        "text": optional(content.known("paragraphs", "source")),
        "needs_searches": yes_or_no,
    }
    yield from check_cells(content, "accounts", rules)
    yield from check_unique(content, "accounts", "account")
    for row in content.rows("accounts"):
        end = last_day(row["as_of"])
        if end and not day(row["cut_off"]) and row["cut_off"] != end:
            yield at("accounts", row, "cut_off", f"must be the last day of as_of, {end}")
    named = {row["text"] for row in content.rows("accounts")}
    for source in sorted(content.paragraphs.keys() - named) if named else []:
        message = f"must be {source} in one row, since paragraphs.csv has its paragraphs"
        yield at("accounts", None, "text", message)


def states(content: Content) -> Iterator[Problem]:
    """Yield what is wrong with ``states.csv``."""
    rules = {
        "state": STATE,
        "un_name": filled,
        "short_name": filled,
        # Namibia's code is the text NA; nothing here reads it as a missing value.
        "iso2": matching("[A-Z]{2}", "an ISO 3166 code of two capitals (Namibia's is NA)"),
        "m49": matching("[0-9]{3}", "an M49 code of three digits"),
        "cow": number,
        "gw": number,
        "m49_region": content.grouping("m49_region"),
        "m49_subregion": content.grouping("m49_subregion"),
        "un_regional_group": content.grouping("un_regional_group"),
        "region": anything,
        "tile_col": number,
        "tile_row": number,
    }
    yield from check_cells(content, "states", rules)
    for column in ("state", "un_name", "short_name", "iso2", "m49", "cow", "gw"):
        yield from check_unique(content, "states", column)
    yield from check_unique(content, "states", "tile_col", "tile_row")
    yield from _subregions(content)
    yield from _lost_regions(content)
    if content.whole("states"):
        yield from _numbers_of_states(content)


def _subregions(content: Content) -> Iterator[Problem]:
    """Yield the subregions that stand in a second region."""
    first: dict[str, Row] = {}
    for row in content.rows("states"):
        other = first.setdefault(row["m49_subregion"], row)
        if row["m49_region"] != other["m49_region"]:
            place = f"{other['m49_subregion']} belongs to {other['m49_region']}"
            message = f"a subregion lies in one region; in line {other.line} {place}"
            yield at("states", row, "m49_region", message)


def _lost_regions(content: Content) -> Iterator[Problem]:
    """Yield the states without a region that are coded."""
    coded = content.first_rows("codings", "state")
    for row in content.rows("states"):
        if not row["region"] and (row["state"],) in coded:
            line = coded[row["state"],].line
            message = f"must not be empty: codings.csv codes the state, first in line {line}"
            yield at("states", row, "region", message)


def _numbers_of_states(content: Content) -> Iterator[Problem]:
    """Yield numbers of members, of cases and of regions that the codebook does not expect."""
    regions = Counter(row["region"] for row in content.rows("states") if row["region"])
    found = ", ".join(f"{name} ({count})" for name, count in sorted(regions.items()))
    counted = {
        "members": (len(content.rows("states")), "", "rows"),
        "cases": (len(content.cases), "region", "states have a region"),
        "regions": (len(regions), "region", f"regions ({found})"),
    }
    for name, (n, column, what) in counted.items():
        yield from _counted(content, "states", name, column, n, what)


def numbers_of_rows(content: Content) -> Iterator[Problem]:
    """Yield the tables with more or fewer rows than the codebook counts, where it does."""
    for table in content.tables:
        if table in content.book.counts and content.whole(table):
            yield from _counted(content, table, table, "", len(content.rows(table)), "rows")


def _counted(
    content: Content, table: str, name: str, column: str, n: int, what: str
) -> Iterator[Problem]:
    """Yield a number that is not the one that the codebook has."""
    expected = content.book.counts[name]
    if n != expected:
        message = f"{n} {what}; counts.{name} of {FILE} says {expected}"
        yield at(table, None, column, message)


def un_resolutions(content: Content) -> Iterator[Problem]:
    """Yield what is wrong with ``un_resolutions.csv``."""
    rules = {
        "resolution": matching("(?:[0-9]+|ES-[0-9]+)/[0-9]+", "a number such as 68/262 or ES-11/1"),
        "date": content.dated(day),
        "title": filled,
        "kind": content.listed("resolution_kinds"),
        "symbol": anything,
        "source": several(content.known_source),
        "address": optional(address),
        "evidence_tier": content.listed("evidence_tiers"),
        **dict.fromkeys(TALLY, number),
    }
    yield from check_cells(content, "un_resolutions", rules)
    yield from check_unique(content, "un_resolutions", "resolution")
    for row in content.rows("un_resolutions"):
        if row["symbol"] != f"A/RES/{row['resolution']}":
            yield at("un_resolutions", row, "symbol", f"must be A/RES/{row['resolution']}")
        tally = [int(row[vote]) for vote in TALLY if not number(row[vote])]
        members = content.book.counts["members"]
        if len(tally) == len(TALLY) and sum(tally) != members:
            message = f"{' + '.join(map(str, tally))} is {sum(tally)}; must add up to {members}"
            yield at("un_resolutions", row, ", ".join(TALLY), message)
    if content.whole("un_resolutions"):
        yield from _resolution_sets(content)


def _resolution_sets(content: Content) -> Iterator[Problem]:
    """Yield what the codebook's sets name that is no resolution."""
    known = {row["resolution"] for row in content.rows("un_resolutions")}
    for entry in content.book.lists["resolution_sets"]:
        for resolution in entry.resolutions:
            if resolution not in known:
                place = f"resolution_sets.{entry.id}.resolutions"
                message = "not in un_resolutions.csv; allowed: its column resolution"
                yield Problem(FILE, 0, place, resolution, message)


def un_votes(content: Content) -> Iterator[Problem]:
    """Yield what is wrong with ``un_votes.csv``."""
    rules = {
        "resolution": content.known("un_resolutions", "resolution"),
        "state": content.known_state,
        "vote": content.listed("votes"),
    }
    yield from check_cells(content, "un_votes", rules)
    yield from check_unique(content, "un_votes", "resolution", "state")
    if content.whole("states", "un_votes", "un_resolutions"):
        yield from _missing_votes(content)
        yield from _tallies(content)


def _missing_votes(content: Content) -> Iterator[Problem]:
    """Yield the resolutions for which members have no row."""
    members = [row["state"] for row in content.rows("states")]
    for resolution in content.resolutions:
        missing = [state for state in members if (resolution, state) not in content.votes]
        if missing:
            named = ", ".join(missing[:N_NAMED])
            more = f" and {len(missing) - N_NAMED} more" if len(missing) > N_NAMED else ""
            message = f"resolution {resolution} must have a row for every member; without: "
            yield at("un_votes", None, "state", message + named + more)


def _tallies(content: Content) -> Iterator[Problem]:
    """Yield the announced tallies that the votes do not add up to."""
    counts = Counter((key[0], vote) for key, vote in content.votes.items())
    for resolution, row in content.resolutions.items():
        for vote in TALLY:
            counted = counts[resolution, vote]
            if not number(row[vote]) and int(row[vote]) != counted:
                message = f"un_votes.csv has {counted} states with {vote}; both must be the same"
                yield at("un_resolutions", row, vote, message)
