"""Rules for one cell: what may stand there, said in words.

A rule takes the text of a cell and returns an empty text where all is well, or
what is allowed where it is not. Tables put rules together by column.
"""

import calendar
import difflib
import functools
import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import TypeAlias

Rule: TypeAlias = Callable[[str], str]
"""Cell to message; the empty message means that the cell is right."""

FIRST_YEAR = 1900
SHORT_LIST = 15
"""Longer lists are not printed: the closest entry helps more than all of them."""
JOINT = ";"
"""What joins several values in one cell."""
_MARKUP = re.compile("<[a-z!/?]", re.IGNORECASE)


def anything(_value: str) -> str:
    """Accept every cell."""
    return ""


def filled(value: str) -> str:
    """Accept any text but none."""
    return "" if value else "must not be empty"


def no_markup(value: str) -> str:
    """Accept a text that no browser could take for HTML."""
    return (
        "must be plain text, no HTML: a < stands before no letter" if _MARKUP.search(value) else ""
    )


def matching(pattern: str, what: str) -> Rule:
    r"""Return a rule for cells of one form.

    Parameters
    ----------
    pattern : str
        Regular expression for the whole cell. Digits are written ``[0-9]``: ``\d``
        would let in those of other scripts.
    what : str
        The form in words.
    """
    form = re.compile(pattern)
    message = f"must be {what}"
    return lambda value: "" if form.fullmatch(value) else message


def one_of(values: Iterable[str], where: str) -> Rule:
    """Return a rule for cells that hold one of a list of values.

    Parameters
    ----------
    values : iterable of str
        What is allowed.
    where : str
        Where the list stands, for the message.

    Examples
    --------
    >>> one_of(["low", "medium", "high"], "codebook.yml")("hihg")
    'must be one of low, medium, high (codebook.yml)'
    >>> one_of(map(str, range(100, 200)), "states.csv")("1999")
    'must be one of the 100 in states.csv; did you mean 199?'
    """
    allowed = tuple(dict.fromkeys(values))
    known = frozenset(allowed)
    return lambda value: "" if value in known else expected(value, allowed, where)


def expected(value: str, allowed: tuple[str, ...], where: str) -> str:
    """Say what is allowed: a short list in full, of a long one the closest."""
    if not allowed:
        return f"must stand in {where}, which has none"
    if len(allowed) <= SHORT_LIST:
        return f"must be one of {', '.join(allowed)} ({where})"
    near = _closest(value[:80].casefold(), allowed)
    hint = f"; did you mean {near}?" if near else ""
    return f"must be one of the {len(allowed)} in {where}{hint}"


# Comparing is slow beside everything else here; a table in which one wrong value stands
# in thousands of rows must not pay for it thousands of times.
@functools.lru_cache(maxsize=1024)
def _closest(value: str, allowed: tuple[str, ...]) -> str:
    folded = {entry.casefold(): entry for entry in allowed}
    near = difflib.get_close_matches(value, folded, n=1)
    return folded[near[0]] if near else ""


def optional(rule: Rule) -> Rule:
    """Return a rule that lets a cell also be empty."""
    return lambda value: rule(value) if value else ""


def several(rule: Rule) -> Rule:
    """Return a rule for values joined by ``;``, none of them twice.

    Examples
    --------
    >>> several(one_of("abc", "the alphabet"))("a;d")
    "'d': must be one of a, b, c (the alphabet)"
    """

    def check(value: str) -> str:
        if JOINT not in value:
            return rule(value)
        members = value.split(JOINT)
        if len(set(members)) < len(members):
            return f"the same value twice; each stands once, joined by {JOINT}"
        return next((f"{m!r}: {rule(m)}" for m in members if rule(m)), "")

    return check


def words_at_most(limit: int) -> Rule:
    """Return a rule for texts of at most so many words."""

    def check(value: str) -> str:
        count = len(value.split())
        return f"{count} words; at most {limit} are allowed" if count > limit else ""

    return check


def both(first: Rule, second: Rule) -> Rule:
    """Return a rule that asks for two things, the first of them first."""
    return lambda value: first(value) or second(value)


number = matching("0|[1-9][0-9]{0,8}", "a whole number, without sign or leading zeros")
count_from_one = matching("[1-9][0-9]{0,8}", "a whole number from 1")
yes_or_no = one_of(("yes", "no"), "fixed by the scheme")
address = matching(r"https?://[^\s/]+\S*", "an address, http:// or https://")


def last_day(text: str) -> str | None:
    """Return the last day that a date, month or year covers.

    Parameters
    ----------
    text : str
        ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``.

    Returns
    -------
    str or None
        ``YYYY-MM-DD``, so that days compare as texts; None if it is no date.

    Examples
    --------
    >>> last_day("2024-02"), last_day("2026"), last_day("2023-02-30")
    ('2024-02-29', '2026-12-31', None)
    """
    form = re.fullmatch("([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?", text)
    if not form:
        return None
    year, month = int(form[1]), int(form[2] or 12)
    try:
        day = int(form[3]) if form[3] else calendar.monthrange(year, month)[1]
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def in_years(rule: Rule, last: int) -> Rule:
    """Return a rule for dates, months or years from 1900 to a year.

    Examples
    --------
    >>> in_years(day, 2027)("2099-01-01")
    'must be of the years 1900 to 2027'
    """
    message = f"must be of the years {FIRST_YEAR} to {last}"
    return lambda value: rule(value) or ("" if FIRST_YEAR <= int(value[:4]) <= last else message)


def day(value: str) -> str:
    """Accept a day that the calendar has, written ``YYYY-MM-DD``."""
    right = len(value) == len("YYYY-MM-DD") and last_day(value)
    return "" if right else "must be a day of the calendar, YYYY-MM-DD"


def day_or_month(value: str) -> str:
    """Accept a day or a month, written ``YYYY-MM-DD`` or ``YYYY-MM``."""
    right = len(value) > len("YYYY") and last_day(value)
    return "" if right else "must be a day or month of the calendar, YYYY-MM-DD or YYYY-MM"


def day_month_or_year(value: str) -> str:
    """Accept a day, a month or a year."""
    allowed = "must be a day, month or year: YYYY-MM-DD, YYYY-MM or YYYY"
    return "" if last_day(value) else allowed
