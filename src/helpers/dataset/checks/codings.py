"""Checks of the codings, of who made them, and of how they were adjudicated.

One function per table; the rules of its columns stand first. What holds for a
coding as a whole is a list of small functions, one per rule of the scheme.
"""

from collections.abc import Iterator

from helpers.dataset.checks.cells import (
    JOINT,
    Rule,
    anything,
    both,
    count_from_one,
    day,
    expected,
    filled,
    last_day,
    no_markup,
    one_of,
    optional,
    several,
    words_at_most,
)
from helpers.dataset.checks.content import (
    Content,
    at,
    check_cells,
    check_numbered,
    check_unique,
)
from helpers.dataset.codebook import FILE, Votes
from helpers.dataset.files import Problem, Row
from helpers.dataset.outcomes import ADJUDICATED, CLOSER, FURTHER, UNDECIDED
from helpers.dataset.rules import holds, in_words, rests_on

CODERS = ("coder_1", "coder_2")
"""Those who code independently and are compared."""
COMPARED = ("status", "code", "scope", "confidence")
"""Columns in which two codings can differ, in the order that `differed_in` has."""

RATIONALE_WORDS = 25
REASON_WORDS = 40

MUST_BE_FILLED = {
    "coded": ("code", "scope", "confidence", "source", "locator", "rationale"),
    "undecided": ("source", "locator", "rationale"),
}
"""For each status the cells that must hold something."""
MUST_BE_EMPTY = {
    "silent": ("code", "scope", "confidence", "source", "locator"),
    "undecided": ("code",),
}
"""For each status the cells that must hold nothing."""


def coders(content: Content) -> Iterator[Problem]:
    """Yield what is wrong with ``coders.csv``."""
    rules = {
        "account": content.known("accounts", "account"),
        "coder": content.listed("coders"),
        "kind": filled,
        "made_on": content.dated(day),
        "material": filled,
        "method": filled,
    }
    yield from check_cells(content, "coders", rules)
    yield from check_unique(content, "coders", "account", "coder")
    if not content.whole("coders", "codings"):
        return
    described = content.first_rows("coders", "account", "coder")
    working = content.first_rows("codings", "account", "coder")
    for key, row in described.items():
        if key not in working:
            message = f"codings.csv has no coding of account {key[0]} by this coder"
            yield at("coders", row, "coder", message)
    for key, row in working.items():
        if key not in described:
            message = f"coders.csv must say who codes account {key[0]} as {key[1]}"
            yield at("codings", row, "coder", message)


def codings(content: Content, coder: Rule | None = None) -> Iterator[Problem]:
    """Yield what is wrong with ``codings.csv``; ``coder`` is the rule for names from outside."""
    rules = {
        "account": content.known("accounts", "account"),
        "state": content.known_case,
        "variable": one_of(content.variables, FILE),
        "coder": coder or content.listed("coders"),
        "status": content.listed("statuses"),
        "code": anything,
        "scope": optional(content.listed("scopes")),
        "confidence": optional(content.listed("confidences")),
        "source": optional(several(content.known_source)),
        "locator": anything,
        "rationale": both(no_markup, words_at_most(RATIONALE_WORDS)),
    }
    yield from check_cells(content, "codings", rules)
    yield from check_unique(content, "codings", "account", "state", "variable", "coder")
    for row in content.rows("codings"):
        yield from _reading(content, "codings", row)
        yield from _required(content, row)
        if row["locator"]:
            yield from _locators(content, row)
        yield from _unsearched(content, row)


def _unsearched(content: Content, row: Row) -> Iterator[Problem]:
    """Yield a silence that stands although nothing says that it was looked for."""
    account = content.accounts.get(row["account"])
    if not account or account["needs_searches"] != "yes" or not content.whole("searches"):
        return
    key = (row["account"], row["state"], row["variable"])
    if row["status"] == "silent" and row["coder"] == ADJUDICATED and key not in content.searches:
        message = "searches.csv has no search for this pair; silence must have been looked for"
        yield at("codings", row, "status", message)


def _reading(content: Content, table: str, row: Row) -> Iterator[Problem]:
    """Yield what is wrong with one reading by itself, whether it counts or was replaced."""
    yield from _cells_of_status(table, row)
    yield from _code(content, table, row)
    yield from _confidence(content, table, row)


def _cells_of_status(table: str, row: Row) -> Iterator[Problem]:
    """Yield the cells that the status asks for, or rules out."""
    status = row["status"]
    for column, cell in row.cells.items():
        if not cell and column in MUST_BE_FILLED.get(status, ()):
            yield at(table, row, column, f"must not be empty where the status is {status}")
        if cell and column in MUST_BE_EMPTY.get(status, ()):
            yield at(table, row, column, f"must be empty where the status is {status}")


def _code(content: Content, table: str, row: Row) -> Iterator[Problem]:
    """Yield a code that the variable does not have, in this account or at all."""
    variable = content.variables.get(row["variable"])
    if variable is None:
        return
    if not variable.is_coded_in(row["account"]):
        only = ", ".join(variable.accounts)
        yield at(table, row, "variable", f"is coded in the account {only} only")
    code = row["code"]
    if not code:
        return
    allowed = one_of(variable.code_ids, f"{variable.id} in {FILE}")
    message = (several(allowed) if variable.is_set else allowed)(code)
    if not message and variable.is_set:
        ordered = JOINT.join(c for c in variable.code_ids if c in code.split(JOINT))
        message = "" if code == ordered else f"members stand in the codebook's order: {ordered}"
    if message:
        yield at(table, row, "code", message)


def _confidence(content: Content, table: str, row: Row) -> Iterator[Problem]:
    """Yield more confidence than the scheme allows."""
    levels = content.book.ids("confidences")
    confidence = row["confidence"]
    if confidence not in levels:
        return
    if row["scope"] == "group" and confidence != levels[0]:
        message = f"must be {levels[0]}: the scope is group, and a group statement is {levels[0]}"
        yield at(table, row, "confidence", message)
    variable = content.variables.get(row["variable"])
    most = variable.max_confidence if variable else ""
    allowed = _up_to(levels, most)
    if confidence not in allowed:
        message = f"must be {' or '.join(allowed)} for {row['variable']}"
        yield at(table, row, "confidence", message)


def _up_to(levels: tuple[str, ...], most: str) -> tuple[str, ...]:
    """Return the levels of confidence up to one, all where there is no limit."""
    return levels[: levels.index(most) + 1] if most else levels


def _required(content: Content, row: Row) -> Iterator[Problem]:
    """Yield a coding whose variable requires other codings of the state, which are not so."""
    condition = content.book.rules.requires.get(row["variable"])
    if condition is None or row["status"] != "coded":
        return
    names = rests_on(content.book.rules, [condition])
    keys = {name: (row["account"], row["state"], name, row["coder"]) for name in names}
    others = {name: content.codings.get(key) for name, key in keys.items()}
    codes = {name: other["code"] or None if other else None for name, other in others.items()}
    # Undecided can mean that only codes which would do are left.
    if holds(condition, codes) or any(o and o["status"] == "undecided" for o in others.values()):
        return
    found = "; ".join(
        f"{name} is {other['code'] or other['status']} in line {other.line}"
        if other
        else f"{name} has no row"
        for name, other in others.items()
    )
    message = f"{row['variable']} requires, by the same coder, that {in_words(condition)}; {found}"
    yield at("codings", row, "variable", message)


def _locators(content: Content, row: Row) -> Iterator[Problem]:
    """Yield locators that do not lead to the evidence of the account."""
    locators = row["locator"].split(JOINT)
    if len(set(locators)) < len(locators):
        yield at("codings", row, "locator", "the same locator twice; each stands once")
    account = content.accounts.get(row["account"])
    # What is evidence in an account that is not known cannot be said.
    if account is None:
        return
    text = account["text"]
    if text:
        yield from _paragraphs(content, row, text, locators)
        return
    for locator in locators:
        message = _evidence(content, row, locator)
        if message:
            yield at("codings", row, "locator", f"{locator!r}: {message}")
    yield from _sources_of_locators(content, row, locators)
    first = content.events.get(locators[0])
    surest = content.book.ids("confidences")[-1]
    if first and first["source_read"] == "no" and row["confidence"] == surest:
        message = "an event whose source was not read is never the first locator of a "
        message += f"{surest} code"
        yield at("codings", row, "locator", f"{message} (record rule R10)")
    if first:
        yield from _standing(content, row, first)


def _standing(content: Content, row: Row, first: Row) -> Iterator[Problem]:
    """Yield more confidence than the standing of the first event allows."""
    levels = content.book.ids("confidences")
    for standing in content.book.lists["event_standings"]:
        allowed = _up_to(levels, standing.max_confidence)
        if first["standing"] == standing.id and row["confidence"] in levels[len(allowed) :]:
            message = f"must be {' or '.join(allowed)}: the first locator, {first['event']}, has"
            message += f" the standing {standing.id} (rule G12)"
            yield at("codings", row, "confidence", message)


def _paragraphs(content: Content, row: Row, text: str, locators: list[str]) -> Iterator[Problem]:
    """Yield locators that name no paragraph of the text that is coded."""
    # A text without paragraphs is said of the account itself.
    if not content.whole("paragraphs") or text not in content.paragraphs:
        return
    if row["source"] != text:
        yield at("codings", row, "source", f"must be the text that is coded: {text}")
        return
    known = one_of(content.paragraphs[text], f"paragraphs.csv for {text}")
    for locator in locators:
        if known(locator):
            yield at("codings", row, "locator", f"{locator!r}: {known(locator)}")


def _evidence(content: Content, row: Row, locator: str) -> str:
    """Say what keeps an event or a vote from being evidence for a coding."""
    if locator in content.events:
        return _event(content, row, content.events[locator])
    if locator in content.resolutions:
        return _vote(content, row, content.resolutions[locator])
    if not content.whole("events", "un_resolutions"):
        return ""
    return expected(locator, (*content.events, *content.resolutions), "events and resolutions")


def _event(content: Content, row: Row, event: Row) -> str:
    """Say why an event cannot be evidence for a state in an account."""
    if event["state"] != row["state"]:
        return f"an event about {event['state']}; must be one about {row['state']}"
    public, cut_off = last_day(event["date"]), _cut_off(content, row)
    if public and cut_off and public > cut_off:
        return f"public on {public}; the account ends with {cut_off}"
    return ""


def _vote(content: Content, row: Row, resolution: Row) -> str:
    """Say why a vote cannot be evidence for a variable in an account."""
    variable = content.variables.get(row["variable"])
    admitted = variable.votes if variable and variable.votes else Votes(())
    if resolution["resolution"] not in admitted.resolutions:
        votes = ", ".join(admitted.resolutions) or "none"
        return f"votes that the scheme admits for {row['variable']}: {votes}"
    if content.votes.get((resolution["resolution"], row["state"])) == "absent":
        return f"{row['state']} was absent, and absence codes nothing"
    held, cut_off = resolution["date"], _cut_off(content, row)
    if not cut_off or day(held):
        return ""
    begin = _months_before(cut_off, admitted.within_months)
    if not begin <= held <= cut_off:
        return f"held on {held}; must be {f'from {begin} ' if held < begin else ''}to {cut_off}"
    return ""


def _months_before(day: str, months: int | None) -> str:
    """Return a day some months earlier; days are texts that compare as such."""
    if months is None:
        return ""
    years, month = divmod(int(day[:4]) * 12 + int(day[5:7]) - 1 - months, 12)
    return f"{years:04}-{month + 1:02}{day[7:]}"


def _cut_off(content: Content, row: Row) -> str | None:
    """Return the last day of a coding's account, None where it is not known."""
    account = content.accounts.get(row["account"])
    return last_day(account["cut_off"]) if account else None


def _sources_of_locators(content: Content, row: Row, locators: list[str]) -> Iterator[Problem]:
    """Yield a source cell that does not hold the sources of the locators."""
    evidence = {**content.events, **content.resolutions}
    if any(locator not in evidence for locator in locators):
        return
    cited = (source for name in locators for source in evidence[name]["source"].split(JOINT))
    right = JOINT.join(dict.fromkeys(cited))
    if row["source"] != right:
        message = f"must be the sources of the locators, in their order: {right}"
        yield at("codings", row, "source", message)


def earlier_readings(content: Content) -> Iterator[Problem]:
    """Yield what is wrong with ``earlier_readings.csv``.

    Of its locators only that they exist: they name events as they then were.
    """
    rules: dict[str, Rule] = {
        "account": content.known("accounts", "account"),
        "state": content.known_case,
        "variable": one_of(content.variables, FILE),
        "coder": one_of(CODERS, "those who code independently"),
        "reading": count_from_one,
        "status": content.listed("statuses"),
        "code": anything,
        "scope": optional(content.listed("scopes")),
        "confidence": optional(content.listed("confidences")),
        "locator": anything,
        "rationale": words_at_most(RATIONALE_WORDS),
    }
    yield from check_cells(content, "earlier_readings", rules)
    yield from check_unique(
        content, "earlier_readings", "account", "state", "variable", "coder", "reading"
    )
    yield from check_numbered(
        content, "earlier_readings", "reading", "account", "state", "variable", "coder"
    )
    for row in content.rows("earlier_readings"):
        yield from _reading(content, "earlier_readings", row)
        yield from _places(content, row)
    if content.whole("codings"):
        for row in content.rows("earlier_readings"):
            key = (row["account"], row["state"], row["variable"], row["coder"])
            if key not in content.codings:
                message = "codings.csv has no later reading of this variable by this coder"
                yield at("earlier_readings", row, "variable", message)


def _places(content: Content, row: Row) -> Iterator[Problem]:
    """Yield the locators of an earlier reading that name nothing."""
    account = content.accounts.get(row["account"])
    if not row["locator"] or account is None:
        return
    text = account["text"]
    if text in content.paragraphs and content.whole("paragraphs"):
        known = one_of(content.paragraphs[text], f"paragraphs.csv for {text}")
    elif not text and content.whole("events", "un_resolutions"):
        known = one_of((*content.events, *content.resolutions), "events and resolutions")
    else:
        return
    if message := several(known)(row["locator"]):
        yield at("earlier_readings", row, "locator", message)


def undecided(content: Content) -> Iterator[Problem]:
    """Yield what is wrong with ``undecided.csv``."""
    rules = {
        "account": content.known("accounts", "account"),
        "state": content.known_case,
        "variable": one_of((v.id for v in content.book.variables if not v.is_set), FILE),
        "coder": content.listed("coders"),
        FURTHER: filled,
        CLOSER: filled,
    }
    yield from check_cells(content, "undecided", rules)
    yield from check_unique(content, "undecided", "account", "state", "variable", "coder")
    for row in content.rows("undecided"):
        yield from _two_codes(content, row)


def _two_codes(content: Content, row: Row) -> Iterator[Problem]:
    """Yield a row whose coding is not undecided, or whose codes are not two in order."""
    key = (row["account"], row["state"], row["variable"], row["coder"])
    coding = content.codings.get(key)
    if content.whole("codings") and (coding is None or coding["status"] != UNDECIDED):
        message = f"codings.csv has no {UNDECIDED} coding of this variable; remove the row"
        yield at("undecided", row, "variable", message)
    if row["variable"] not in content.variables:
        return
    codes = content.variables[row["variable"]].code_ids
    for column in (FURTHER, CLOSER):
        if row[column] not in codes:
            message = expected(row[column], codes, f"{row['variable']} in {FILE}")
            yield at("undecided", row, column, message)
            return
    if codes.index(row[FURTHER]) >= codes.index(row[CLOSER]):
        yield at("undecided", row, CLOSER, f"must stand after {row[FURTHER]} in {FILE}")


def unnamed(content: Content) -> Iterator[Problem]:
    """Yield undecided codings whose two codes ``undecided.csv`` does not name."""
    named = content.first_rows("undecided", "account", "state", "variable", "coder")
    for key, row in content.codings.items():
        variable = content.variables[row["variable"]]
        if row["status"] == UNDECIDED and key not in named and not variable.is_set:
            yield at("codings", row, "status", "name the two codes in undecided.csv")


def adjudications(content: Content) -> Iterator[Problem]:
    """Yield what is wrong with ``adjudications.csv``."""
    rules: dict[str, Rule] = {
        "account": content.known("accounts", "account"),
        "state": content.known_case,
        "variable": one_of(content.variables, FILE),
        # Empty where both coders agree and the adjudicated coding departs from them.
        "differed_in": optional(several(one_of(COMPARED, "columns of codings.csv"))),
        "won": one_of((*CODERS, "neither"), "fixed by the scheme"),
        "reason": both(filled, words_at_most(REASON_WORDS)),
    }
    yield from check_cells(content, "adjudications", rules)
    yield from check_unique(content, "adjudications", "account", "state", "variable")
    if content.whole("codings"):
        for row in content.rows("adjudications"):
            yield from _adjudication(content, row)
    if content.whole("codings", "adjudications"):
        yield from _unsettled(content)


def _adjudication(content: Content, row: Row) -> Iterator[Problem]:
    """Yield what is wrong with one adjudication, beside the codings."""
    one, two, final = _three(content, row)
    missing = [c for c, r in zip((*CODERS, ADJUDICATED), (one, two, final), strict=True) if not r]
    if one is None or two is None or final is None:
        message = f"codings.csv has no such coding by {', '.join(missing)}"
        yield at("adjudications", row, "variable", message)
        return
    differed = JOINT.join(_difference(one, two))
    if row["differed_in"] != differed:
        place = f"{' and '.join(CODERS)} in lines {one.line} and {two.line}"
        found = f"must be {differed}" if differed else "they do not differ; must be empty"
        yield at("adjudications", row, "differed_in", f"{place}: {found}")
    elif not differed and _same(one, final):
        message = "both coders and the adjudicated coding are the same; remove the row"
        yield at("adjudications", row, "variable", message)


def _unsettled(content: Content) -> Iterator[Problem]:
    """Yield what is not adjudicated, and adjudicated codings without ground."""
    settled = content.first_rows("adjudications", "account", "state", "variable")
    for key, row in content.first_rows("codings", "account", "state", "variable").items():
        one, two, final = _three(content, row)
        if one and two:
            differed = _difference(one, two)
            if differed and key not in settled:
                message = f"differs from line {one.line} in {JOINT.join(differed)}"
                message += "; adjudications.csv must have a row for it"
                yield at("codings", two, differed[0], message)
            if not final:
                message = f"both coders read this pair; it must have a row of {ADJUDICATED}"
                yield at("codings", two, "coder", message)
        elif final:
            message = f"adjudicated without a coding by {CODERS[0] if two else CODERS[1]}"
            yield at("codings", final, "coder", message)


def unexplained(content: Content) -> Iterator[Problem]:
    """Yield adjudicated codings that ``adjudications.csv`` does not account for.

    These keep nobody from working: someone who tries another code has not yet
    written down why it should win.
    """
    settled = content.first_rows("adjudications", "account", "state", "variable")
    for key, row in content.first_rows("codings", "account", "state", "variable").items():
        one, two, final = _three(content, row)
        if not (one and two and final):
            continue
        if key not in settled:
            yield from _departure(one, final)
            continue
        codings = zip(CODERS, (one, two), strict=True)
        winners = [coder for coder, coding in codings if _same(coding, final)] or ["neither"]
        if settled[key]["won"] not in winners:
            message = f"the adjudicated coding in line {final.line} is that of {winners[0]}"
            yield at("adjudications", settled[key], "won", message)


def _departure(one: Row, final: Row) -> Iterator[Problem]:
    """Yield where an adjudicated coding leaves what both coders say."""
    for column in _difference(one, final):
        agreed = one[column] or "empty"
        message = f"both coders have {agreed} (line {one.line}); say why in adjudications.csv"
        yield at("codings", final, column, message)


def _three(content: Content, row: Row) -> tuple[Row | None, Row | None, Row | None]:
    """Return the two codings and the adjudicated one for a row's key."""
    key = (row["account"], row["state"], row["variable"])
    one, two, final = (content.codings.get((*key, c)) for c in (*CODERS, ADJUDICATED))
    return one, two, final


def _difference(one: Row, two: Row) -> list[str]:
    """Return the columns in which two codings differ."""
    return [column for column in COMPARED if one[column] != two[column]]


def _same(one: Row, two: Row) -> bool:
    return not _difference(one, two)
