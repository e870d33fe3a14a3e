"""Values that may be asked for, read from the data: no list in the code repeats them."""

from collections.abc import Iterable

from helpers.dataset.codebook import load_codebook
from helpers.dataset.files import DataError, Row, data_folder, read_rows
from helpers.dataset.schema import TABLES

GROUPINGS = ("region", "m49_region", "m49_subregion", "un_regional_group")
"""The columns of ``states.csv`` that put states into regions; cases alone have the first."""
ALL, ANY = "all", "any"
"""What to ask for where no single value is meant."""


def _column(table: str, columns: Iterable[str]) -> tuple[str, ...]:
    """Return the distinct values of columns, in the order of the table."""
    rows = _rows(table)
    values = (row[column] for column in columns for row in rows)
    return tuple(dict.fromkeys(value for value in values if value))


def _rows(table: str) -> list[Row]:
    """Return a table's rows; one that cannot be read must not pass for an empty list."""
    rows, problems = read_rows(data_folder() / f"{table}.csv", TABLES[table])
    if problems:
        raise DataError(problems)
    return rows


def account_ids() -> tuple[str, ...]:
    """Return the ids of the accounts."""
    return _column("accounts", ["account"])


def silence_ids() -> tuple[str, ...]:
    """Return the readings of silence."""
    return load_codebook().ids("silence_readings")


def undecided_ids() -> tuple[str, ...]:
    """Return the readings of what is undecided."""
    return load_codebook().ids("undecided_readings")


def confidence_ids() -> tuple[str, ...]:
    """Return the levels of confidence, lowest first."""
    return load_codebook().ids("confidences")


def grouped_levels() -> tuple[str, ...]:
    """Return the levels that sum up a group of variables: those that share a group's id."""
    groups = load_codebook().ids("groups")
    return tuple(level.id for level in load_codebook().levels if level.id in groups)


def part_ids(level: str) -> tuple[str, ...]:
    """Return ``any`` and the variables of the group that a level sums up."""
    require("level", level, grouped_levels())
    return (ANY, *(v.id for v in load_codebook().variables if v.group == level))


def act_ids() -> tuple[str, ...]:
    """Return ``any`` and the acts of recognition: the parts of the first grouped level."""
    return _parts_of_grouped(0)


def aid_ids() -> tuple[str, ...]:
    """Return ``any`` and the kinds of material support: the parts of the second."""
    return _parts_of_grouped(1)


def _parts_of_grouped(place: int) -> tuple[str, ...]:
    levels = grouped_levels()
    return part_ids(levels[place]) if place < len(levels) else (ANY,)


def grouping_ids() -> tuple[str, ...]:
    """Return the columns that put states into regions."""
    return GROUPINGS


def region_ids() -> tuple[str, ...]:
    """Return ``all`` and the regions of every grouping."""
    return (ALL, *_column("states", GROUPINGS))


def case_ids() -> tuple[str, ...]:
    """Return the ISO3 codes of the cases."""
    return tuple(row["state"] for row in _rows("states") if row["region"])


def variable_ids() -> tuple[str, ...]:
    """Return the variables of the codebook."""
    return tuple(variable.id for variable in load_codebook().variables)


def section_ids() -> tuple[str, ...]:
    """Return ``all`` and the sections of the text that hold claims, in its order."""
    return (ALL, *_column("claims", ["section"]))


def verdict_ids() -> tuple[str, ...]:
    """Return ``all`` and the verdicts on claims."""
    return (ALL, *load_codebook().ids("claim_verdicts"))


def ordered_variable_ids() -> tuple[str, ...]:
    """Return the variables whose codes stand in order."""
    return tuple(variable.id for variable in load_codebook().variables if not variable.is_set)


def measure_ids() -> tuple[str, ...]:
    """Return the measures that others made."""
    return _column("measures", ["measure"])


def member_ids() -> tuple[str, ...]:
    """Return the ISO3 codes of the UN's members."""
    return _column("states", ["state"])


def resolution_set_ids() -> tuple[str, ...]:
    """Return the sets of resolutions."""
    return load_codebook().ids("resolution_sets")


def require(name: str, value: object, allowed: Iterable[str]) -> str:
    """Return a value if it is allowed; the error names all values that are.

    >>> require("account", "esay", ["essay", "record_2023"])
    Traceback (most recent call last):
    ...
    ValueError: account 'esay' is not known; allowed: essay, record_2023
    """
    values = tuple(allowed)
    if not isinstance(value, str) or value not in values:
        raise ValueError(f"{name} {value!r} is not known; allowed: {', '.join(values)}")
    return value


def require_flag(name: str, value: object) -> bool:
    """Return a value if it is true or false; Python would take any text for true.

    >>> require_flag("group_statements", "no")
    Traceback (most recent call last):
    ...
    ValueError: group_statements 'no' is not known; allowed: True, False
    """
    if not isinstance(value, bool):
        raise ValueError(f"{name} {value!r} is not known; allowed: True, False")
    return value
