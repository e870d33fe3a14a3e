"""Checks of the evidence: sources, paragraphs, events and claims.

One function per table; the rules of its columns stand first.
"""

from collections.abc import Iterator

from helpers.dataset.checks.cells import (
    JOINT,
    address,
    anything,
    count_from_one,
    day,
    day_month_or_year,
    day_or_month,
    filled,
    matching,
    number,
    one_of,
    optional,
    several,
    yes_or_no,
)
from helpers.dataset.checks.content import (
    Content,
    at,
    check_cells,
    check_numbered,
    check_unique,
)
from helpers.dataset.codebook import FILE
from helpers.dataset.files import Problem, Row

CITING = (
    "paragraphs",
    "codings",
    "events",
    "claims",
    "measures",
    "measure_values",
    "un_resolutions",
)
"""Tables that name sources."""


def sources(content: Content) -> Iterator[Problem]:
    """Yield what is wrong with ``sources.csv``."""
    rules = {
        "source": matching("[a-z0-9-]+", "lower-case letters, digits and -"),
        "publisher": filled,
        "title": filled,
        "title_is_ours": yes_or_no,
        "date": optional(content.dated(day_month_or_year)),
        "address": optional(address),
        "repost": one_of(("yes", "no", "unknown"), "fixed by the scheme"),
        "read": yes_or_no,
    }
    yield from check_cells(content, "sources", rules)
    yield from check_unique(content, "sources", "source")
    if content.whole(*CITING):
        cells = {row["source"] for table in CITING for row in content.rows(table)}
        used = {source for cell in cells for source in cell.split(JOINT)}
        for row in content.rows("sources"):
            if row["source"] not in used:
                message = "no row of any table names this source; remove it or cite it"
                yield at("sources", row, "source", message)


def paragraphs(content: Content) -> Iterator[Problem]:
    """Yield what is wrong with ``paragraphs.csv``."""
    rules = {
        "source": content.known_source,
        "section": filled,
        "paragraph": count_from_one,
        "words": number,
        "sha256": matching("[0-9a-f]{64}", "a SHA-256 of 64 hexadecimal digits"),
    }
    yield from check_cells(content, "paragraphs", rules)
    yield from check_unique(content, "paragraphs", "source", "section", "paragraph")
    yield from check_numbered(content, "paragraphs", "paragraph", "source", "section")


def events(content: Content) -> Iterator[Problem]:
    """Yield what is wrong with ``events.csv``."""
    rules = {
        "event": matching("[A-Z]{3}-[0-9]{2,3}", "a state's code and a number, such as KAZ-01"),
        "state": content.known_case,
        "date": content.dated(day_or_month),
        "dimension": content.listed("event_dimensions"),
        "direction": content.listed("event_directions"),
        "description": filled,
        "source": several(content.known_source),
        "source_read": yes_or_no,
        "standing": content.listed("event_standings"),
    }
    yield from check_cells(content, "events", rules)
    yield from check_unique(content, "events", "event")
    yield from check_numbered(content, "events", "event")
    for row in content.rows("events"):
        if row["event"].partition("-")[0] != row["state"]:
            yield at("events", row, "event", f"must begin with its state, {row['state']}-")
        yield from _read_somewhere(content, "events", row)


def searches(content: Content) -> Iterator[Problem]:
    """Yield what is wrong with ``searches.csv``."""
    rules = {
        "account": content.known("accounts", "account"),
        "state": content.known_case,
        "variable": one_of(content.variables, FILE),
        "queries": several(filled),
        "where": filled,
        "searched_on": content.dated(day),
        "texts_read": number,
        "estimated": yes_or_no,
        "outcome": content.listed("search_outcomes"),
        "events": optional(several(content.known("events", "event"))),
        "note": anything,
    }
    yield from check_cells(content, "searches", rules)
    yield from check_unique(content, "searches", "account", "state", "variable")
    for row in content.rows("searches"):
        if JOINT not in row["queries"]:
            message = f"must be at least two differently worded queries, joined by {JOINT}"
            yield at("searches", row, "queries", message)
        for name in row["events"].split(JOINT):
            event = content.events.get(name)
            if event and event["state"] != row["state"]:
                message = f"{name!r}: an event about {event['state']}; must be one about "
                yield at("searches", row, "events", message + row["state"])


def claims(content: Content) -> Iterator[Problem]:
    """Yield what is wrong with ``claims.csv``."""
    rules = {
        "claim": matching("C[0-9]{2}", "C and two digits, such as C01"),
        "section": content.known("paragraphs", "section"),
        "paragraph": count_from_one,
        "states": several(content.known_state),
        "statement": filled,
        "verdict": content.listed("claim_verdicts"),
        "explanation": filled,
        "source": optional(several(content.known_source)),
        "confidence": content.listed("confidences"),
        "source_read": yes_or_no,
    }
    yield from check_cells(content, "claims", rules)
    yield from check_unique(content, "claims", "claim")
    yield from check_numbered(content, "claims", "claim")
    checkable = [verdict.id for verdict in content.book.marked("claim_verdicts", "checkable")]
    places = content.first_rows("paragraphs", "section", "paragraph")
    sections = content.first_rows("paragraphs", "section")
    for row in content.rows("claims"):
        place = (row["section"], row["paragraph"])
        if content.whole("paragraphs") and (place[0],) in sections and place not in places:
            message = f"paragraphs.csv has no such paragraph of section {row['section']}"
            yield at("claims", row, "paragraph", message)
        if not row["source"] and row["verdict"] in checkable:
            others = [v for v in content.book.ids("claim_verdicts") if v not in checkable]
            message = f"must not be empty; only the verdict {' or '.join(others)} needs no source"
            yield at("claims", row, "source", message)
        yield from _read_somewhere(content, "claims", row)


def _read_somewhere(content: Content, table: str, row: Row) -> Iterator[Problem]:
    """Yield a row said to rest on a source that was read, where none was."""
    cited = row["source"].split(JOINT) if row["source"] else []
    found = [content.sources[source] for source in cited if source in content.sources]
    if row["source_read"] != "yes" or len(found) < len(cited):
        return
    if all(source["read"] == "no" for source in found):
        named = row["source"] or "there is none"
        message = f"must be no: sources.csv has read = no for its source ({named})"
        yield at(table, row, "source_read", message)
