"""Parquet: one file per table, with dictionary columns in the codebook's order."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from helpers.publish.export.table_model import (
    CODE,
    DATE,
    FLAG,
    INTEGER,
    TEXT,
    Cell,
    Contents,
    Field,
    Table,
)

PLAIN = {TEXT: pa.string(), DATE: pa.string(), INTEGER: pa.int32(), FLAG: pa.bool_()}
HOW = (
    "Columns of codes are dictionaries: factors in R, categoricals in pandas, ordered where "
    "the codebook orders them. Each file's metadata repeat version, citation and terms, and "
    "each column's its label."
)


def write(contents: Contents, folder: Path) -> None:
    """Write one Parquet file per table.

    Parameters
    ----------
    contents : Contents
        What to write.
    folder : Path
        An empty folder.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    for table in contents.tables:
        pq.write_table(_arrow(table, contents.dataset), folder / f"{table.name}.parquet")


def _arrow(table: Table, dataset: dict[str, str]) -> pa.Table:
    """Return a table in Arrow's terms."""
    arrays = [_array(field, cells) for field, cells in table.columns()]
    fields = [_field(field, array) for field, array in zip(table.fields, arrays, strict=True)]
    facts = {**dataset, "licence": table.licence.title, "table": table.title}
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata=facts))


def _array(field: Field, cells: tuple[Cell, ...]) -> pa.Array:
    """Return one column; codes become numbers and the list that they count in."""
    if field.kind != CODE or field.scale is None:
        values = [bool(cell) if field.kind == FLAG and cell is not None else cell for cell in cells]
        return pa.array(values, PLAIN[field.kind])
    places = {code: place for place, code in enumerate(field.scale.ids)}
    indices = pa.array([None if cell is None else places[str(cell)] for cell in cells], pa.int8())
    ids = pa.array(field.scale.ids, pa.string())
    return pa.DictionaryArray.from_arrays(indices, ids, ordered=field.scale.ordered)


def _field(field: Field, array: pa.Array) -> pa.Field:
    """Return the description of one column: its label and those of its codes."""
    facts = {"label": field.label}
    if field.scale:
        labels = {code.id: code.label for code in field.scale.codes}
        facts["labels"] = json.dumps(labels, ensure_ascii=False)
    return pa.field(field.name, array.type, nullable=not field.required, metadata=facts)
