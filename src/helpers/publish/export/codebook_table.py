"""The codebook as a table: one row per variable, code, rule and border case."""

from collections.abc import Iterable, Iterator, Mapping

from helpers.dataset.codebook import Codebook, Entry, Variable
from helpers.publish.export.table_model import INTEGER, Cell, Field, Licence, Scale, Table

FIELDS = (
    Field("list", "List: a variable's id, or a list of the codebook", required=True),
    Field("n", "Place in the list", INTEGER, required=True),
    Field("id", "Id, as it stands in the tables", required=True),
    Field("label", "Label"),
    Field("number", "Number of the code, where codes are numbered", INTEGER),
    Field("text", "Question, rule or statement"),
    Field("broken_if", "When a state breaks a statement of the thesis"),
    Field("type", "Type of a variable"),
    Field("group", "Group of a variable"),
    Field("silence_code", "Code that silence takes where an analysis reads it as no"),
    Field("members", "What a set of resolutions holds, joined by ;"),
    Field("colour", "Colour in figures"),
)


def code_table(book: Codebook, known: Mapping[str, Scale], licence: Licence) -> Table:
    """Return the codebook as a table.

    Parameters
    ----------
    book : Codebook
        The scheme.
    known : mapping of str to Scale
        The scales, for the numbers of codes.
    licence : Licence
        The table's terms.

    Returns
    -------
    Table
        The variables; for each its codes (``list`` is the variable's id) and its
        border cases; the derived levels likewise; then every other list.
    """
    records = [*_variables("variables", book.variables), *_variables("levels", book.levels)]
    for variable in (*book.variables, *book.levels):
        records += _entries(variable.id, variable.codes, known)
        records += _border_cases(variable)
    for name, entries in book.lists.items():
        records += _entries(name, entries, known)
    rows = tuple(tuple(_filled(record.get(field.name)) for field in FIELDS) for record in records)
    title = "One row per variable, code, rule and border case of the coding scheme"
    return Table("codebook", title, FIELDS, rows, ("list", "n"), (), licence)


def _filled(cell: Cell) -> Cell:
    """Return None for an empty text; the number 0 stays."""
    return None if cell == "" else cell


def _variables(name: str, variables: Iterable[Variable]) -> Iterator[dict[str, Cell]]:
    """Yield a record for each variable."""
    for place, variable in enumerate(variables, start=1):
        yield {
            "list": name,
            "n": place,
            "id": variable.id,
            "label": variable.label,
            "text": variable.question,
            "type": variable.type,
            "group": variable.group,
            "silence_code": variable.silence_code,
        }


def _entries(
    name: str, entries: Iterable[Entry], known: Mapping[str, Scale]
) -> Iterator[dict[str, Cell]]:
    """Yield a record for each entry of a list."""
    numbers = known[name].numbers if name in known else {}
    for place, entry in enumerate(entries, start=1):
        yield {
            "list": name,
            "n": place,
            "id": entry.id,
            "label": entry.label,
            "number": numbers.get(entry.id),
            "text": entry.rule,
            "broken_if": entry.breaks,
            "members": ";".join(entry.resolutions),
            "colour": entry.colour,
        }


def _border_cases(variable: Variable) -> Iterator[dict[str, Cell]]:
    """Yield a record for each border case of a variable."""
    for place, text in enumerate(variable.border_cases, start=1):
        name = f"{variable.id} border cases"
        yield {"list": name, "n": place, "id": f"border case {place}", "text": text}
