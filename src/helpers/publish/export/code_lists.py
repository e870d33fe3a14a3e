"""The scales of the export: every list of codes, by the name that formats show."""

from helpers.dataset.codebook import Codebook, Entry, Variable
from helpers.dataset.outcomes import ADJUDICATED, NOT_READ
from helpers.publish.export.table_model import Scale

LISTS = (
    "confidences",
    "scopes",
    "coders",
    "event_dimensions",
    "event_directions",
    "event_standings",
    "search_outcomes",
    "claim_verdicts",
    "votes",
    "resolution_kinds",
    "evidence_tiers",
    "support_types",
)
"""Lists of the codebook that columns take their codes from."""
ORDERED = ("confidences", "event_directions")
"""Those of them in which a later code is more. Types of one step differ in kind only."""
NO, YES, UNKNOWN = Entry("no", "no"), Entry("yes", "yes"), Entry("unknown", "unknown")


def scales(book: Codebook) -> dict[str, Scale]:
    """Return every scale by name.

    Parameters
    ----------
    book : Codebook
        The scheme.

    Returns
    -------
    dict of str to Scale
        Lists by the codebook's names, one scale per variable and level, ``statuses``
        with ``not_read``, and what the tables' own columns hold.
    """
    statuses = (*book.lists["statuses"], book.entry("derived_statuses", NOT_READ))
    found = [
        *(Scale(name, book.lists[name], ordered=name in ORDERED) for name in LISTS),
        *(_variable(v) for v in (*book.variables, *book.levels) if not v.is_set),
        Scale("statuses", statuses),
        Scale("variables", tuple(Entry(v.id, v.label) for v in book.variables)),
        Scale("separate_coders", _separate(book)),
        Scale("winners", (*_separate(book), Entry("neither", "neither"))),
        Scale("yes_no", (NO, YES), first=0),
        # A scale of its own, because only here an empty cell has a reason.
        Scale("member", (NO, YES), first=0),
        Scale("yes_no_unknown", (NO, YES, UNKNOWN), first=0),
    ]
    return {scale.name: scale for scale in found}


def _variable(variable: Variable) -> Scale:
    """Return a variable's codes; where there are but no and yes they are 0 and 1."""
    first = 0 if variable.code_ids == ("no", "yes") else 1
    return Scale(variable.id, variable.codes, ordered=True, first=first)


def _separate(book: Codebook) -> tuple[Entry, ...]:
    """Return the two coders who worked apart."""
    return tuple(coder for coder in book.lists["coders"] if coder.id != ADJUDICATED)
