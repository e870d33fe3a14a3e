"""The words that go with every export: what it is, how to cite it, what is missing."""

from helpers.publish.export.table_model import Contents

HEADINGS = {
    "title": "Dataset",
    "version": "Version",
    "released": "Released",
    "cut_off": "Cut-off date",
    "citation": "Cite as",
    "unit": "Unit",
    "coded_by": "Coded by",
    "missing": "Missing values",
    "licence": "Licence",
    "written_by": "Written by",
}
"""A heading for each fact about the dataset, in the order of reading."""


def readme(contents: Contents, how: str) -> str:
    """Return the text file that lies beside exported tables.

    Parameters
    ----------
    contents : Contents
        What is exported.
    how : str
        What is particular to the format.

    Returns
    -------
    str
        Plain text.
    """
    facts = [f"{heading}: {contents.dataset[name]}" for name, heading in HEADINGS.items()]
    tables = [f"{table.name}: {table.title}." for table in contents.tables]
    return "\n\n".join([*facts, how, "Tables", "\n".join(tables)]) + "\n"
