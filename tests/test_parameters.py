"""Values that parameters may have come from the data, each once, without heavy imports."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from small_data import REGIONS, small_rows, write_table

from helpers import parameters
from helpers.dataset.allowed import GROUPINGS, require, require_flag
from helpers.dataset.codebook import load_codebook
from helpers.dataset.files import REPOSITORY, DataError, using_data
from helpers.dataset.schema import TABLES
from helpers.parameters import ALLOWED

DATA = REPOSITORY / "data"
BOOK = yaml.safe_load((DATA / "codebook.yml").read_text(encoding="utf-8"))
RECOGNITION = ["recognises_crimea", "recognises_dpr_lpr", "recognises_annexations"]
MATERIAL = ["combat_troops", "arms_supply", "territory_use", "recruitment", "economic_support"]


def rows_of(table: str) -> list[dict[str, str]]:
    with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def column(table: str, *names: str) -> list[str]:
    """The distinct values of columns, column after column, as the csv module reads them."""
    rows = rows_of(table)
    return list(dict.fromkeys(row[name] for name in names for row in rows if row[name]))


def ids(name: str) -> list[str]:
    return [entry["id"] for entry in BOOK[name]]


EXPECTED = {
    "Account": column("accounts", "account"),
    "Silence": ids("silence_readings"),
    "Confidence": ids("confidences"),
    "Act": ["any", *RECOGNITION],
    "Aid": ["any", *MATERIAL],
    "Grouping": list(GROUPINGS),
    "Region": ["all", *column("states", *GROUPINGS)],
    "Case": [row["state"] for row in rows_of("states") if row["region"]],
    "VariableId": ids("variables"),
    "Section": ["all", *column("claims", "section")],
    "Verdict": ["all", *ids("claim_verdicts")],
    "OrderedVariable": [v["id"] for v in BOOK["variables"] if v["type"] != "set"],
    "Member": column("states", "state"),
    "Resolution": column("un_resolutions", "resolution"),
    "ResolutionSet": ids("resolution_sets"),
    "Measure": column("measures", "measure"),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_allowed_values_are_those_of_the_data(name: str) -> None:
    values = ALLOWED[name]()
    assert values
    assert len(set(values)) == len(values)
    assert all(isinstance(value, str) and value for value in values)
    # Whoever adds a parameter's type says here where its values come from.
    assert list(values) == EXPECTED[name]


def test_every_name_is_one_that_a_notebook_can_import() -> None:
    for name in ALLOWED:
        assert getattr(parameters, name) is str
    aliases = {name for name, value in vars(parameters).items() if value is str}
    assert aliases == set(ALLOWED)


def test_groupings_are_columns_of_the_states() -> None:
    assert set(GROUPINGS) < set(TABLES["states"])
    assert "all" not in column("states", *GROUPINGS)


def test_no_region_is_one_of_two_groupings() -> None:
    """A region is chosen by name alone, so the same name must hold the same states."""
    rows = rows_of("states")
    for region in EXPECTED["Region"][1:]:
        found = [
            {row["state"] for row in rows if row[grouping] == region} for grouping in GROUPINGS
        ]
        distinct = {frozenset(states) for states in found if states}
        cases = {frozenset(states & set(REGIONS)) for states in distinct}
        assert len(cases) == 1, region


def test_other_data_give_other_values(small_folder: Path) -> None:
    rows = small_rows()
    rows["accounts"][0][0] = "speech"
    write_table(small_folder, "accounts", rows["accounts"])
    with using_data(small_folder):
        assert ALLOWED["Account"]() == ("speech", "record_2023", "record_2026")
        assert ALLOWED["Case"]() == tuple(REGIONS)
        assert ALLOWED["Section"]() == ("all", "Introduction", "Central Asia")
        assert "Asia" in ALLOWED["Region"]()
        assert "Northern Africa" not in ALLOWED["Region"]()


@pytest.mark.parametrize("name", ["Account", "Case", "Region", "Section", "Member"])
def test_a_table_that_cannot_be_read_is_no_empty_list(name: str, small_folder: Path) -> None:
    for table in ("accounts", "states", "claims"):
        (small_folder / f"{table}.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with using_data(small_folder), pytest.raises(DataError, match="the header must be"):
        ALLOWED[name]()


@pytest.mark.parametrize("value", [None, 3, True, 1.5, ["essay"], {}, "Essay", "essay ", ""])
def test_require_refuses_and_says_what_is_allowed(value: object) -> None:
    with pytest.raises(ValueError) as error:
        require("account", value, iter(["essay", "record"]))
    assert str(error.value) == f"account {value!r} is not known; allowed: essay, record"


def test_require_gives_the_value_back() -> None:
    assert require("account", "essay", iter(["essay", "record"])) == "essay"
    assert require_flag("strict", False) is False
    with pytest.raises(ValueError, match="strict 0 is not known; allowed: True, False"):
        require_flag("strict", 0)


LIGHT = """
import sys
from helpers.parameters import ALLOWED
assert all(values() for values in ALLOWED.values())
heavy = ("pandas", "numpy", "matplotlib", "papermill", "jupyter_client", "nbformat", "IPython")
sys.exit(", ".join(name for name in heavy if name in sys.modules) or None)
"""


def test_importing_is_light() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIGHT], capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_codebook_here_is_the_one_that_is_loaded() -> None:
    assert [variable.id for variable in load_codebook().variables] == EXPECTED["VariableId"]
