"""Choices of an analysis and their values in words."""

from helpers.analysis.readings import AS_THEY_STAND
from helpers.dataset.words import labels

_CHOICES = {
    "coder": "whose coding",
    "undecided": "what undecided means",
    "silence": "what silence means",
    "min_confidence": "least confidence",
    "group_statements": "statements about groups",
}
_FLAGS = {True: "counted", False: "left out"}


def choice_label(choice: str) -> str:
    """Return a choice in words; those of the codebook's options are words already."""
    return _CHOICES.get(choice, choice)


def value_label(choice: str, value: object) -> str:
    """Return a value of a choice in words."""
    if isinstance(value, bool):
        return _FLAGS[value]
    known = {
        "coder": labels("coders"),
        "undecided": labels("undecided_readings"),
        "silence": labels("silence_readings"),
        "min_confidence": labels("confidences"),
    }.get(choice, labels("options") | {AS_THEY_STAND: AS_THEY_STAND})
    return known[str(value)]


def under(n: int, total: int) -> str:
    """Return a number of readings with its base.

    >>> under(96, 96), under(61, 96)
    ('under every reading', 'under 61 of 96 readings')
    """
    return "under every reading" if n == total else f"under {n} of {total} readings"
