"""A Data Package: CSV files, and a JSON file that says what stands in them.

The description follows version 1 of the specification, which every reader knows:
https://specs.frictionlessdata.io.
"""

import csv
import hashlib
import io
import json
from pathlib import Path
from typing import Any

from helpers.publish.export.table_model import (
    CODE,
    DATE,
    FLAG,
    INTEGER,
    TEXT,
    Contents,
    Field,
    Join,
    Licence,
    Table,
)

NAME = "coalition-of-the-unwilling"
TYPES = {TEXT: "string", CODE: "string", INTEGER: "integer", FLAG: "integer", DATE: "date"}
DIALECT = {
    "delimiter": ",",
    "lineTerminator": "\n",
    "quoteChar": '"',
    "doubleQuote": True,
    "skipInitialSpace": False,
    "header": True,
}
"""Said of each file, lest a reader guess: some take the apostrophe of a text for a quote."""
RUN_BY_SPREADSHEETS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""First characters that make a spreadsheet take a text of a CSV file for a formula; the last four
are full-width, as Chinese and Japanese editions read them."""
HOW = (
    "datapackage.json says what stands in each CSV file: types, codes, keys, terms. A column "
    "that ends in _n gives the codes of the one before it as numbers, in the codebook's order. "
    "An empty cell is missing and nothing else is: NA is Namibia's code. In R read them with "
    'read.csv(file, na.strings = ""), in pandas with keep_default_na=False.'
)


def write(contents: Contents, folder: Path) -> None:
    """Write a Data Package.

    Parameters
    ----------
    contents : Contents
        What to write.
    folder : Path
        An empty folder.

    Raises
    ------
    ValueError
        If a text begins like a formula. CSV cannot mark it as text, and to change it
        would falsify the data, so it has to be worded otherwise where it stands.
    OSError
        If a file cannot be written.
    """
    resources = []
    for table in contents.tables:
        _require_no_formula(table)
        content = _csv(table)
        (folder / f"{table.name}.csv").write_bytes(content)
        resources.append(_resource(table, content))
    package = _package(contents) | {"resources": resources}
    text = json.dumps(package, ensure_ascii=False, indent=2) + "\n"
    (folder / "datapackage.json").write_bytes(text.encode())


def _require_no_formula(table: Table) -> None:
    """Raise an error if a spreadsheet would run a cell."""
    for field, cells in table.columns():
        for line, cell in enumerate(cells, start=1):
            if isinstance(cell, str) and cell.startswith(RUN_BY_SPREADSHEETS):
                place = f"{table.name}, row {line}, column {field.name}"
                raise ValueError(
                    f"{place}: a spreadsheet would run {cell[:40]!r} as a formula; "
                    f"word it so that it does not begin with {cell[0]!r}"
                )


def _csv(table: Table) -> bytes:
    """Return a table as CSV."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([field.name for field in table.fields])
    writer.writerows(table.rows)
    return text.getvalue().encode()


def _package(contents: Contents) -> dict[str, Any]:
    """Describe the whole."""
    facts = contents.dataset
    licences = dict.fromkeys(table.licence for table in contents.tables)
    return {
        "profile": "tabular-data-package",
        "name": NAME,
        "title": facts["title"],
        "description": f"{facts['unit']} {facts['missing']} Coded by: {facts['coded_by']}.",
        "version": facts["version"],
        "created": f"{facts['released']}T00:00:00Z",
        "citation": facts["citation"],
        "cut_off": facts["cut_off"],
        "written_by": facts["written_by"],
        "licenses": [_licence(licence) for licence in licences],
        "sources": [_source(title, path) for title, path in contents.sources],
    }


def _source(title: str, path: str) -> dict[str, str]:
    return {"title": title, "path": path} if path else {"title": title}


def _resource(table: Table, content: bytes) -> dict[str, Any]:
    """Describe one file."""
    # The profile asks for one foreign key at least.
    joins = {"foreignKeys": [_foreign_key(join) for join in table.joins]} if table.joins else {}
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": f"{table.name}.csv",
        "title": table.title,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": DIALECT,
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "licenses": [_licence(table.licence)],
        "schema": {
            "fields": [_field(field) for field in table.fields],
            "missingValues": [""],
            "primaryKey": list(table.key),
            **joins,
        },
    }


def _licence(licence: Licence) -> dict[str, str]:
    described = {"title": licence.title, "path": licence.path}
    return {"name": licence.name, **described} if licence.name else described


def _field(field: Field) -> dict[str, Any]:
    """Describe one column."""
    described = {"name": field.name, "type": TYPES[field.kind], "title": field.label}
    if field.why:
        described["description"] = f"Why a cell is empty: see {field.why}."
    return described | {"constraints": _constraints(field)}


def _constraints(field: Field) -> dict[str, Any]:
    """Say what a column may hold."""
    found: dict[str, Any] = {"required": field.required}
    if field.scale and field.kind == FLAG:
        found["enum"] = list(field.scale.numbers.values())
    elif field.scale:
        found["enum"] = list(field.scale.ids)
    if field.pattern:
        found["pattern"] = field.pattern
    return found


def _foreign_key(join: Join) -> dict[str, Any]:
    reference = {"resource": join.table, "fields": list(join.to)}
    return {"fields": list(join.columns), "reference": reference}
