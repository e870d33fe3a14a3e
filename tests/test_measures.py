"""Measures made by others: checked, compared by order alone, and every disagreement named."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from small_data import small_rows, write_table

from helpers import measures, plots, tables
from helpers.data import load_table
from helpers.dataset.checks import find_problems
from helpers.dataset.files import using_data
from helpers.dataset.schema import TABLES

SECOND = Path(__file__).parent / "second_text"


@pytest.mark.parametrize(
    ("table", "cells", "words"),
    [
        ("measures", {"compared_with": "turns_to"}, "compared_with: "),
        ("measures", {"account": "record"}, "account: must be one of"),
        ("measures", {"measure": "other"}, "measure: measure_values.csv has no value"),
        ("measures", {"source": "wire-nine"}, "source: "),
        ("measure_values", {"measure": "indec"}, "measure: must be one of index"),
        ("measure_values", {"rank": "first"}, "rank: "),
        ("measure_values", {"state": "USA"}, "state: must be one of"),
        ("measure_values", {"value": ""}, "value: must not be empty"),
    ],
)
def test_what_is_refused(small_folder: Path, table: str, cells, words: str) -> None:
    rows = small_rows()[table]
    for column, value in cells.items():
        rows[0][TABLES[table].index(column)] = value
    assert find_problems(small_folder) == []
    write_table(small_folder, table, rows)
    found = [f"{p.column}: {p.message}" for p in find_problems(small_folder)]
    assert any(words in message for message in found), found


@pytest.fixture
def second() -> Iterator[None]:
    with using_data(SECOND):
        yield


@pytest.mark.usefixtures("second")
def test_states_without_a_place_or_a_code_are_not_compared() -> None:
    found = measures.pairs("boats", "conduct")
    assert found["use"].to_dict() == {
        "ISL": measures.COMPARED,
        "NOR": measures.COMPARED,
        "CHL": measures.COMPARED,
        "PER": measures.NO_PLACE,
    }
    assert found["place"].tolist()[:3] == [1.0, 1.0, 0.0]
    assert measures.compared() == [("boats", each) for each in ("type", "quota", "conduct")]
    with pytest.raises(ValueError, match="allowed: boats"):
        measures.pairs("ships", "type")


@pytest.mark.usefixtures("second")
def test_agreement_and_disagreements_on_a_second_text() -> None:
    table = measures.agreement()
    assert table.loc[("boats", "type"), ["n", "n_discordant", "n_ordered"]].tolist() == [3, 0, 3]
    assert table.loc[("boats", "type"), "tau_b"] == 1.0
    (row,) = measures.disagreements().to_dict("records")
    assert (row["closer"], row["further"]) == ("ISL", "NOR")
    assert (row["value_closer"], row["value_further"]) == ("many", "some")
    assert (row["code_closer"], row["code_further"]) == ("kept", "undercut")
    assert plots.measure_pairs(table, "Pairs").alt.startswith("Pairs. Boats at sea: Support type")


def test_every_disagreement_is_counted_and_named() -> None:
    table, named = measures.agreement(), measures.disagreements()
    assert table["n_discordant"].sum() == len(named)
    for row in named.to_dict("records"):
        found = measures.pairs(row["measure"], row["compared_with"])
        closer, further = found.loc[row["closer"]], found.loc[row["further"]]
        assert closer["rank"] > further["rank"]
        assert closer["place"] < further["place"]
    shown = tables.disagreements_table(named)
    assert shown["yet further than"].str.count(r"\(").sum() >= len(named)


def test_tau_b_is_that_of_the_pairs() -> None:
    for row in measures.agreement().query("tau_b == tau_b").itertuples():
        assert (row.tau_b > 0) == (row.n_ordered - row.n_discordant > row.n_discordant)


def test_tables_name_measures_and_what_they_are_compared_with() -> None:
    shown = tables.measures_table()
    assert list(shown.index) == load_table("measures")["label"].tolist()
    agreement = tables.measure_agreement_table(measures.agreement())
    assert agreement["states"].str.fullmatch(r"\d+ of \d+").all()
    first, compared = measures.compared()[0]
    values = tables.measure_values_table(first, compared)
    assert len(values) == len(measures.pairs(first, compared))
