"""Checks of what any cell of any table may say: what spreadsheets and keyboards leave behind."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator

from helpers.dataset.checks.content import Content, at
from helpers.dataset.codebook import FILE
from helpers.dataset.files import Problem, Row

LONGEST_TEXT = 2000
"""Characters of a cell."""

_ERRORS = "REF!|N/A|NAME\\?|DIV/0!|VALUE!|NUM!|NULL!|SPILL!|CALC!|FIELD!|GETTING_DATA"
_LATIN = "[A-Za-z\u00c0-\u024f]"
# Greek, Cyrillic and Armenian; Cherokee, Coptic and Lisu.
_LOOKS_LIKE_IT = "[\u0370-\u03ff\u0400-\u058f\u13a0-\u13ff\uab70-\uabbf\u2c80-\u2cff\ua4d0-\ua4ff]"
_REFUSED = {
    rf"#(?:{_ERRORS})|^Err:[0-9]+$|^#+$": "an error of a spreadsheet; write what stood there",
    "^[=+\\-@\uff1d\uff0b\uff0d\uff20]": "a spreadsheet would run it as a formula; begin otherwise",
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0]": (
        "a character that cannot be seen; remove it"
    ),
    "\ufffd": "stands for a character that was lost; write it again",
    "[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]": "must be of the usual width",
    "[\ufb00-\ufb06\U0001d400-\U0001d7cb]": "must be plain letters",
    r"(?![0-9])\d": "digits must be 0 to 9",
    f"{_LATIN}{_LOOKS_LIKE_IT}|{_LOOKS_LIKE_IT}{_LATIN}": "letters of two scripts in one word",
}
"""What no cell may hold, and why, or what is allowed."""
# Most rows are looked at once: nothing else can be wrong with what is ASCII.
_SUSPECT_ASCII = re.compile("(?m)^[=+@#-]|#[A-Z]|^Err:")
_CHECKED = [(re.compile(pattern), message) for pattern, message in _REFUSED.items()]


def texts(content: Content) -> Iterator[Problem]:
    """Yield the cells of all tables that hold what no cell may."""
    for table in content.tables:
        for row in content.rows(table):
            if _is_suspect(row):
                for column, cell in row.cells.items():
                    if message := text_message(cell):
                        yield at(table, row, column, message)


def _is_suspect(row: Row) -> bool:
    joined = "\n".join(row.cells.values())
    return (
        len(joined) > LONGEST_TEXT
        or not joined.isascii()
        or _SUSPECT_ASCII.search(joined) is not None
    )


def text_message(cell: str) -> str:
    """Say what no text may hold, and what is allowed; empty where all is well.

    Examples
    --------
    >>> text_message("Pu\u0442in")
    'letters of two scripts in one word: U+0075 U+0442'
    """
    if len(cell) > LONGEST_TEXT:
        return f"{len(cell)} characters; at most {LONGEST_TEXT} are allowed"
    for pattern, message in _CHECKED:
        if found := pattern.search(cell):
            return f"{message}: {_named(found[0])}"
    return "" if cell.isascii() else _marks(cell)


def _marks(cell: str) -> str:
    """Say where an accent stands alone, or beside a letter that has a form with it."""
    for before, sign in zip(" " + cell, cell, strict=False):
        if unicodedata.category(sign)[0] == "M" and unicodedata.category(before)[0] not in "LM":
            return f"an accent without its letter; remove it: {_named(sign)}"
    composed = unicodedata.normalize("NFC", cell)
    if cell == composed:
        return ""
    place = next(n for n, (a, b) in enumerate(zip(cell, composed, strict=False)) if a != b)
    return f"must be one character: {_named(composed[place])}, as Unicode's form NFC has it"


def _named(signs: str) -> str:
    """Return signs so that they can be told apart: ASCII as it is, others as numbers."""
    return signs if signs.isascii() else " ".join(f"U+{ord(sign):04X}" for sign in signs)


def seals(content: Content) -> Iterator[Problem]:
    """Yield the tables whose rows are not those that the codebook has sealed."""
    for table, seal in content.book.seals.items():
        found = seal_of(content.rows(table)) if content.whole(table) else seal
        if found != seal:
            message = f"not the rows that seals.{table} of {FILE} was written for; "
            message += f"`git diff` shows what differs. If it is meant, write {found} there"
            yield at(table, None, "", message)


def seal_of(rows: list[Row]) -> str:
    """Return what changes with any cell of a table, and with the order of its rows."""
    text = "\n".join("\t".join(row.cells.values()) for row in rows)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
