"""The columns of the dataset's own tables, described for readers of an export.

`helpers.dataset.schema` says which columns there are, `helpers.dataset.checks` what they may hold;
this module adds labels, scales and joins in a form that formats can carry.
"""

from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from helpers.publish.export.table_model import CODE, DATE, INTEGER, TEXT, Cell, Field, Join, Scale

TITLES = {
    "accounts": "One row per account: a picture of the world that is coded",
    "states": "One row per member state of the United Nations",
    "sources": "One row per source that something rests on",
    "paragraphs": "One row per paragraph of a text that is coded: place and length, not its words",
    "coders": "One row per account and coder: how the coding was made",
    "earlier_readings": "One row per reading by a coder that a later one replaced",
    "undecided": "One row per undecided coding, with the two codes that are equally defensible",
    "explanations": "One row per coding whose evidence points elsewhere, and why it stands",
    "events": "One row per dated public event about one of the cases",
    "searches": "One row per account, state and variable that evidence was looked for",
    "claims": "One row per factual claim of a text that is coded, with a verdict",
    "measures": "One row per measure made by others that an account is compared with",
    "measure_values": "One row per measure and state",
    "un_resolutions": "One row per General Assembly resolution on the war or the annexations",
    "un_votes": "One row per resolution and member state",
    "adjudications": "One row per state and variable on which the coders differed",
}
"""What one row of each table is."""

LABELS: dict[str, dict[str, str]] = {
    "accounts": {
        "account": "Account",
        "label": "Name of the account",
        "as_of": "Date of the account (day, or month)",
        "cut_off": "Last day that the account covers",
        "basis": "What the account rests on",
        "text": "Source that is coded paragraph by paragraph; empty where events are the evidence",
        "needs_searches": "Silence counts only where it was looked for",
    },
    "states": {
        "state": "State (ISO 3166 alpha-3)",
        "un_name": "Name used by the United Nations",
        "short_name": "Common short name",
        "iso2": "ISO 3166 alpha-2 (Namibia's is NA)",
        "m49": "UN M49 code (three digits, as text)",
        "cow": "Correlates of War number",
        "gw": "Gleditsch-Ward number",
        "m49_region": "UN M49 region",
        "m49_subregion": "UN M49 subregion (intermediate in Africa, Latin America)",
        "un_regional_group": "Electoral group in the General Assembly",
        "region": "Region, the project's own; empty for states not coded",
        "tile_col": "Column on the tile grid",
        "tile_row": "Row on the tile grid",
    },
    "sources": {
        "source": "Source",
        "publisher": "Publisher",
        "title": "Title",
        "title_is_ours": "The title describes a publication whose own is not known",
        "date": "Date (day, month or year)",
        "address": "Address",
        "repost": "The address repeats what another outlet published",
        "read": "An excerpt was read",
    },
    "paragraphs": {
        "source": "Source",
        "section": "Section",
        "paragraph": "Number of the paragraph in its section",
        "words": "Number of words",
        "sha256": "SHA-256 of the paragraph's text",
    },
    "coders": {
        "account": "Account",
        "coder": "Coder",
        "kind": "Who or what coded",
        "made_on": "Day of the coding",
        "material": "What was coded from",
        "method": "How it was coded",
    },
    "earlier_readings": {
        "account": "Account",
        "state": "State (ISO 3166 alpha-3)",
        "variable": "Variable",
        "coder": "Coder",
        "reading": "Number of the reading, from 1, the earliest",
        "status": "Outcome of the reading",
        "code": "Code; members of a set are joined by ;",
        "scope": "What the evidence speaks of",
        "confidence": "Confidence in the coding",
        "locator": "Where in the sources, joined by ;, with events as they then were",
        "rationale": "Why, in the coder's words",
    },
    "undecided": {
        "account": "Account",
        "state": "State (ISO 3166 alpha-3)",
        "variable": "Variable",
        "coder": "Coder",
        "further": "Of the two codes, the one further from Russia",
        "closer": "Of the two codes, the one closer to Russia",
    },
    "explanations": {
        "account": "Account",
        "state": "State (ISO 3166 alpha-3)",
        "variable": "Variable",
        "code": "Adjudicated code that is explained",
        "explanation": "Why it stands although its evidence points elsewhere",
    },
    "events": {
        "event": "Event",
        "state": "State (ISO 3166 alpha-3)",
        "date": "Date (day, or month)",
        "dimension": "What the event is about",
        "direction": "Where the event moves the state",
        "description": "What happened",
        "source": "Sources, joined by ;",
        "source_read": "A source was read and says so",
        "standing": "Whether the state denies the report and no other party confirms it",
    },
    "searches": {
        "account": "Account",
        "state": "State (ISO 3166 alpha-3)",
        "variable": "Variable",
        "queries": "What was asked, in the words of the queries, joined by ;",
        "where": "Where was looked",
        "searched_on": "Day of the search",
        "texts_read": "Texts read that bear on the state and the matter",
        "estimated": "The number of texts was estimated after reading, not counted",
        "outcome": "What came of it",
        "events": "Events that bear on it, added or known, joined by ;",
        "note": "Note",
    },
    "claims": {
        "claim": "Claim",
        "section": "Section of the text",
        "paragraph": "Number of the paragraph in its section",
        "states": "States that the claim is about (ISO 3166 alpha-3), joined by ;",
        "statement": "The claim, in our words",
        "verdict": "Verdict against the public record",
        "explanation": "Why",
        "source": "Sources, joined by ;",
        "confidence": "Confidence in the verdict",
        "source_read": "A source was read and says so",
    },
    "measures": {
        "measure": "Measure",
        "label": "Name of the measure",
        "publisher": "Who made it",
        "as_of": "Date that it describes (day, month or year)",
        "scale": "Its values, furthest from Russia first where they are ordered",
        "what_it_measures": "What it measures",
        "account": "Account that it is compared with",
        "compared_with": "What of the account, joined by ;",
        "source": "Sources, joined by ;",
        "note": "What to keep in mind",
    },
    "measure_values": {
        "measure": "Measure",
        "state": "State (ISO 3166 alpha-3)",
        "value": "Value, as its maker or those who report it put it",
        "rank": "Place among these states, 1 furthest from Russia; empty where none is said",
        "source": "Sources, joined by ;",
        "note": "What to keep in mind",
    },
    "un_resolutions": {
        "resolution": "Resolution",
        "date": "Day of the vote",
        "title": "Title, shortened",
        "kind": "What the resolution is about",
        "yes": "States that voted yes",
        "no": "States that voted no",
        "abstain": "States that abstained",
        "absent": "States recorded as not voting",
        "symbol": "UN document symbol",
        "source": "Sources, joined by ;",
        "address": "Address of the record",
        "evidence_tier": "How the roll call was checked",
    },
    "un_votes": {
        "resolution": "Resolution",
        "state": "State (ISO 3166 alpha-3)",
        "vote": "Vote",
    },
    "adjudications": {
        "account": "Account",
        "state": "State (ISO 3166 alpha-3)",
        "variable": "Variable",
        "differed_in": "What the coders differed in, joined by ;",
        "won": "Whose coding stands",
        "reason": "Why",
    },
}
"""Table and column to a label; the order of the columns is the schema's."""

CODED = {
    ("accounts", "needs_searches"): "yes_no",
    ("sources", "title_is_ours"): "yes_no",
    ("sources", "repost"): "yes_no_unknown",
    ("sources", "read"): "yes_no",
    ("earlier_readings", "status"): "statuses",
    ("earlier_readings", "scope"): "scopes",
    ("earlier_readings", "confidence"): "confidences",
    ("events", "dimension"): "event_dimensions",
    ("events", "direction"): "event_directions",
    ("events", "source_read"): "yes_no",
    ("events", "standing"): "event_standings",
    ("searches", "estimated"): "yes_no",
    ("searches", "outcome"): "search_outcomes",
    ("claims", "verdict"): "claim_verdicts",
    ("claims", "confidence"): "confidences",
    ("claims", "source_read"): "yes_no",
    ("un_resolutions", "kind"): "resolution_kinds",
    ("un_resolutions", "evidence_tier"): "evidence_tiers",
    ("un_votes", "vote"): "votes",
    ("adjudications", "won"): "winners",
}
"""Columns of codes, and their scales."""
# Names that people write in a filter stay text in every format.
NAMED = {
    ("coders", "coder"): "coders",
    ("earlier_readings", "variable"): "variables",
    ("earlier_readings", "coder"): "separate_coders",
    ("searches", "variable"): "variables",
    ("adjudications", "variable"): "variables",
    ("undecided", "variable"): "variables",
    ("undecided", "coder"): "coders",
    ("explanations", "variable"): "variables",
}
"""Columns of text that hold the ids of a scale."""
OPTIONAL = {
    ("accounts", "text"),
    ("states", "region"),
    ("sources", "date"),
    ("sources", "address"),
    ("earlier_readings", "code"),
    ("earlier_readings", "scope"),
    ("earlier_readings", "confidence"),
    ("earlier_readings", "locator"),
    ("earlier_readings", "rationale"),
    ("searches", "events"),
    ("searches", "note"),
    ("claims", "source"),
    ("measures", "note"),
    ("measure_values", "rank"),
    ("measure_values", "note"),
    ("un_resolutions", "address"),
    ("adjudications", "differed_in"),
}
"""Columns that may be empty."""
DATES = {
    ("accounts", "cut_off"),
    ("coders", "made_on"),
    ("searches", "searched_on"),
    ("un_resolutions", "date"),
}
"""Columns whose every cell is a whole day."""
PATTERNS = {
    ("states", "state"): "[A-Z]{3}",
    ("states", "iso2"): "[A-Z]{2}",
    ("states", "m49"): "[0-9]{3}",
    ("accounts", "as_of"): "[0-9]{4}-[0-9]{2}(-[0-9]{2})?",
    ("events", "date"): "[0-9]{4}-[0-9]{2}(-[0-9]{2})?",
    ("sources", "date"): "[0-9]{4}(-[0-9]{2}){0,2}",
}
"""Columns of one form."""

KEYS = {
    "accounts": ("account",),
    "states": ("state",),
    "sources": ("source",),
    "paragraphs": ("source", "section", "paragraph"),
    "coders": ("account", "coder"),
    "earlier_readings": ("account", "state", "variable", "coder", "reading"),
    "events": ("event",),
    "searches": ("account", "state", "variable"),
    "claims": ("claim",),
    "undecided": ("account", "state", "variable", "coder"),
    "explanations": ("account", "state", "variable"),
    "measures": ("measure",),
    "measure_values": ("measure", "state"),
    "un_resolutions": ("resolution",),
    "un_votes": ("resolution", "state"),
    "adjudications": ("account", "state", "variable"),
}
"""Columns that tell the rows of a table apart."""
ACCOUNT = Join(("account",), "accounts", ("account",))
STATE = Join(("state",), "states", ("state",))
CODING = ("account", "state", "variable", "coder")
"""Columns that tell codings apart."""
JOINS = {
    "paragraphs": (Join(("source",), "sources", ("source",)),),
    "coders": (ACCOUNT,),
    # The reading that replaced it; codings.csv is exported as codings_long.
    "earlier_readings": (ACCOUNT, STATE, Join(CODING, "codings_long", CODING)),
    "events": (STATE,),
    "un_votes": (Join(("resolution",), "un_resolutions", ("resolution",)), STATE),
    "searches": (ACCOUNT, STATE),
    "adjudications": (ACCOUNT, STATE),
    "undecided": (ACCOUNT, STATE, Join(CODING, "codings_long", CODING)),
    "explanations": (ACCOUNT, STATE),
    "measures": (ACCOUNT,),
    "measure_values": (Join(("measure",), "measures", ("measure",)), STATE),
}
"""What joins to what; columns that hold several values joined by ; cannot say so."""


def state_fields(columns: Iterable[str]) -> Iterator[Field]:
    """Yield columns of ``states.csv`` for another table, whose every row has a case.

    Parameters
    ----------
    columns : iterable of str
        Which of them.

    Yields
    ------
    Field
        Required: of a case even the region is known.
    """
    for column in columns:
        kind = INTEGER if column in {"cow", "gw"} else TEXT
        yield Field(column, LABELS["states"][column], kind=kind, required=True)


def fields_of(name: str, table: pd.DataFrame, known: Mapping[str, Scale]) -> tuple[Field, ...]:
    """Return the columns of one of the dataset's tables.

    Parameters
    ----------
    name : str
        The table.
    table : DataFrame
        As `helpers.dataset.loading.load_table` returns it.
    known : mapping of str to Scale
        The scales.

    Returns
    -------
    tuple of Field
        In the table's order.

    Raises
    ------
    KeyError
        If a column has no label here.
    """
    return tuple(_field(name, str(column), table[column], known) for column in table.columns)


def _field(name: str, column: str, cells: pd.Series, known: Mapping[str, Scale]) -> Field:
    place = (name, column)
    scale = CODED.get(place) or NAMED.get(place)
    return Field(
        column,
        LABELS[name][column],
        kind=_kind(place, cells),
        scale=known[scale] if scale else None,
        required=place not in OPTIONAL,
        pattern=PATTERNS.get(place, ""),
    )


def _kind(place: tuple[str, str], cells: pd.Series) -> str:
    if place in CODED:
        return CODE
    if place in DATES:
        return DATE
    return INTEGER if pd.api.types.is_integer_dtype(cells.dtype) else TEXT


def rows_of(table: pd.DataFrame) -> tuple[tuple[Cell, ...], ...]:
    """Return the cells of a table as plain text and numbers.

    Parameters
    ----------
    table : DataFrame
        As `helpers.dataset.loading.load_table` returns it.

    Returns
    -------
    tuple of tuple of Cell
        One tuple per row; an empty text has become None.
    """
    plain = table.astype(object).itertuples(index=False)
    return tuple(tuple(None if cell == "" else cell for cell in row) for row in plain)
