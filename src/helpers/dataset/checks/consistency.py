"""Evidence against itself: codings whose evidence points elsewhere than their code.

Which directions of events and votes speak for a code is said in the codebook.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from helpers.dataset.checks.cells import JOINT, both, filled, one_of, words_at_most
from helpers.dataset.checks.content import Content, at, check_cells, check_unique
from helpers.dataset.codebook import FILE
from helpers.dataset.files import Problem, Row
from helpers.dataset.outcomes import ADJUDICATED

WORDS = 40
KEY = ("account", "state", "variable")


@dataclass(frozen=True)
class Mismatch:
    """An adjudicated coding none of whose evidence speaks for its code.

    ``pointing`` has the direction of each locator; ``explanation`` is empty where none is written.
    """

    coding: Row
    pointing: dict[str, str]
    expected: tuple[str, ...]
    explanation: str


def mismatches(content: Content) -> Iterator[Mismatch]:
    """Yield the codings all of whose evidence points the other way or nowhere."""
    explained = content.first_rows("explanations", *KEY)
    for row in content.rows("codings"):
        variable = content.variables.get(row["variable"])
        expected = variable.directions.get(row["code"], ()) if variable else ()
        if row["coder"] != ADJUDICATED or not expected:
            continue
        pointing = _pointing(content, row)
        if pointing and not set(pointing.values()) & set(expected):
            said = explained.get(tuple([row[column] for column in KEY]))
            yield Mismatch(row, pointing, expected, said["explanation"] if said else "")


def _pointing(content: Content, row: Row) -> dict[str, str]:
    """Return the direction of every event and vote that a coding cites."""
    votes = {vote.id: vote.direction for vote in content.book.lists["votes"]}
    found: dict[str, str] = {}
    for locator in row["locator"].split(JOINT):
        if locator in content.events:
            found[locator] = content.events[locator]["direction"]
        elif (locator, row["state"]) in content.votes:
            found[locator] = votes.get(content.votes[locator, row["state"]], "")
    return {locator: direction for locator, direction in found.items() if direction}


def explanations(content: Content) -> Iterator[Problem]:
    """Yield what is wrong with ``explanations.csv``: also what explains nothing any more."""
    rules = {
        "account": content.known("accounts", "account"),
        "state": content.known_case,
        "variable": one_of(content.variables, FILE),
        "code": filled,
        "explanation": both(filled, words_at_most(WORDS)),
    }
    yield from check_cells(content, "explanations", rules)
    yield from check_unique(content, "explanations", *KEY)
    if not content.whole("codings", "events", "un_votes"):
        return
    found = {tuple([m.coding[c] for c in KEY]): m.coding["code"] for m in mismatches(content)}
    for row in content.rows("explanations"):
        key = tuple([row[column] for column in KEY])
        if key not in found:
            message = "no evidence of this coding points elsewhere any more; remove the row"
            yield at("explanations", row, "variable", message)
        elif found[key] != row["code"]:
            message = f"the code is now {found[key]}; explain it anew, or remove the row"
            yield at("explanations", row, "code", message)


def unexplained(content: Content) -> Iterator[Problem]:
    """Yield codings whose evidence points elsewhere, and nothing says why."""
    for mismatch in mismatches(content):
        if not mismatch.explanation:
            pointing = "; ".join(f"{name} {where}" for name, where in mismatch.pointing.items())
            message = f"its evidence points elsewhere ({pointing}); mend it, or say why in "
            yield at("codings", mismatch.coding, "code", f"{message}explanations.csv")
