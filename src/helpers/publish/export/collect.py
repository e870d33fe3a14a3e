"""What is exported: the dataset's tables, the wide and the long one, and the codebook."""

from collections.abc import Iterator, Mapping

import helpers
from helpers.dataset.codebook import Codebook, load_codebook
from helpers.dataset.loading import load_table
from helpers.publish.export import codings_long, codings_wide
from helpers.publish.export.code_lists import scales
from helpers.publish.export.codebook_table import code_table
from helpers.publish.export.described_columns import JOINS, KEYS, TITLES, fields_of, rows_of
from helpers.publish.export.table_model import Contents, Field, Licence, Scale, Table

AUTHORS = "Contributors to Coalition of the Unwilling"
OPEN = Licence(
    "Creative Commons Attribution 4.0",
    "https://creativecommons.org/licenses/by/4.0/",
    name="CC-BY-4.0",
)
OF_THE_UN = Licence(
    "The UN's record, under the terms of its compilers: UN Dag Hammarskjold Library, "
    "UN Digital Library voting data, non-commercial use with attribution; E. Voeten, "
    "United Nations General Assembly Voting Data (Harvard Dataverse)",
    "https://digitallibrary.un.org/record/4060887",
)
FROM_THE_UN = ("un_resolutions", "un_votes")
"""Tables that are not the project's own to license."""
CITED_WHOLE = ("paragraphs", "un_resolutions")
"""Tables whose sources the dataset as a whole was made from."""
SILENCE = (
    "Silence is never 'no'. An empty code has one of three reasons, which the column of "
    "the same name with _status gives: silent (the account was read and says nothing), "
    "undecided (two codes are equally defensible), not_read (there is no coding)."
)


def load_contents(numbers: bool = True) -> Contents:
    """Return all that is exported.

    Parameters
    ----------
    numbers : bool
        Whether the wide table repeats ordered codes as numbers; see
        `helpers.publish.export.codings_wide.wide_fields`.

    Returns
    -------
    Contents
        The wide and the long table, the codebook, the tables of the dataset in the
        schema's order, and a table of all these tables' columns.

    Raises
    ------
    ValueError
        If the data folder holds errors; the message lists them.

    Examples
    --------
    >>> contents = load_contents()
    >>> [table.name for table in contents.tables][:3]
    ['codings_wide', 'codings_long', 'codebook']
    >>> len(contents.table("codings_wide").rows)
    39
    """
    book = load_codebook()
    known = scales(book)
    tables = [
        _wide(book, known, numbers),
        _long(book, known),
        code_table(book, known, OPEN),
        *(_of_dataset(name, known) for name in TITLES),
    ]
    return Contents(_dataset(book), _sources(), (*tables, _columns(tables)))


def _wide(book: Codebook, known: Mapping[str, Scale], numbers: bool) -> Table:
    fields = codings_wide.wide_fields(book, known, numbers)
    rows = codings_wide.wide_rows(fields)
    return Table(
        codings_wide.NAME,
        codings_wide.TITLE,
        fields,
        rows,
        codings_wide.KEY,
        codings_wide.JOINS,
        OPEN,
    )


def _long(book: Codebook, known: Mapping[str, Scale]) -> Table:
    fields = codings_long.long_fields(known)
    rows = codings_long.long_rows(fields, book, known)
    return Table(
        codings_long.NAME,
        codings_long.TITLE,
        fields,
        rows,
        codings_long.KEY,
        codings_long.JOINS,
        OPEN,
    )


def _of_dataset(name: str, known: Mapping[str, Scale]) -> Table:
    """Return one of the dataset's tables as it stands."""
    table = load_table(name)
    fields = fields_of(name, table, known)
    licence = OF_THE_UN if name in FROM_THE_UN else OPEN
    joins = JOINS.get(name, ())
    return Table(name, TITLES[name], fields, rows_of(table), KEYS[name], joins, licence)


def _dataset(book: Codebook) -> dict[str, str]:
    """Return the facts that every format states."""
    facts = book.dataset
    what = f"{facts['title']} (version {facts['version']}) [Data set]"
    made_by = load_table("coders")["kind"].unique()
    return {
        "title": facts["title"],
        "version": facts["version"],
        "released": facts["released"],
        "cut_off": facts["cut_off"],
        "citation": f"{AUTHORS} ({facts['released'][:4]}). {what}.",
        "unit": book.unit,
        "coded_by": "; ".join(made_by),
        "missing": SILENCE,
        "licence": f"{OPEN.title}; {', '.join(FROM_THE_UN)}: {OF_THE_UN.title}",
        "written_by": f"coalition-of-the-unwilling {helpers.__version__}",
    }


def _sources() -> tuple[tuple[str, str], ...]:
    """Return title and address of what the whole was made from."""
    cited = {name for table in CITED_WHOLE for name in load_table(table)["source"]}
    sources = load_table("sources").set_index("source").loc[sorted(cited)]
    return tuple(zip(sources["title"], sources["address"], strict=True))


def _columns(tables: list[Table]) -> Table:
    """Return the table that describes the columns of all others."""
    fields = (
        Field("table", "Table", required=True),
        Field("column", "Column", required=True),
        Field("label", "Label", required=True),
        Field("kind", "Kind of value", required=True),
        Field("codes", "Codes, in order, joined by ;"),
        Field("why_empty", "Column that says why a cell is empty"),
    )
    rows = tuple(row for table in tables for row in _described(table))
    title = "One row per column of every other table"
    return Table("columns", title, fields, rows, ("table", "column"), (), OPEN)


def _described(table: Table) -> Iterator[tuple[str | None, ...]]:
    """Yield a row for each column of a table."""
    for field in table.fields:
        codes = "; ".join(field.scale.ids) if field.scale else None
        yield table.name, field.name, field.label, field.kind, codes, field.why or None
