"""Roll calls: agreement, companions, change, each against counts made by hand."""

import csv
from collections import Counter

import pandas as pd
import pytest

from helpers import votes
from helpers.data import load_table
from helpers.dataset.codebook import load_codebook
from helpers.dataset.files import data_folder

# Made up. The first resolution finds Russia absent.
SHEET = {
    "RUS": ["absent", "no", "no", "abstain"],
    "BBB": ["no", "no", "no", "abstain"],
    "CCC": ["yes", "yes", "abstain", "no"],
    "DDD": ["absent", "absent", "absent", "absent"],
    "EEE": ["no", "absent", "no", "yes"],
}
NAMES = ["68/262", "ES-11/1", "ES-11/2", "ES-11/8"]


@pytest.fixture
def ballots():
    rows = [(r, s, v) for s, row in SHEET.items() for r, v in zip(NAMES, row, strict=True)]
    return pd.DataFrame(rows, columns=["resolution", "state", "vote"])


@pytest.fixture
def calls(ballots):
    return votes.roll_calls(ballots, NAMES)


@pytest.fixture(scope="module")
def real():
    return load_table("un_votes")


def by_hand(state, resolutions):
    """Count agreement with Russia straight from the file, without the helpers."""
    with (data_folder() / "un_votes.csv").open(encoding="utf-8", newline="") as file:
        cells = {(r["resolution"], r["state"]): r["vote"] for r in csv.DictReader(file)}
    counts = Counter()
    for resolution in resolutions:
        own, russia = cells[resolution, state], cells[resolution, "RUS"]
        if own == "absent":
            counts["absent"] += 1
        elif russia == "absent":
            counts["other_absent"] += 1
        elif own == russia:
            counts["same"] += 1
        else:
            counts["one_abstains" if "abstain" in {own, russia} else "opposed"] += 1
    return counts


def test_every_set_holds_known_resolutions_in_order_of_time():
    table = load_table("un_resolutions").set_index("resolution")
    for entry in load_codebook().lists["resolution_sets"]:
        assert set(entry.resolutions) <= set(table.index), entry.id
        assert len(set(entry.resolutions)) == len(entry.resolutions), entry.id
        sessions = [r.startswith("ES") for r in entry.resolutions]
        assert sessions == sorted(sessions), entry.id
        for special in (False, True):
            part = [r for r in entry.resolutions if r.startswith("ES") == special]
            assert part == sorted(part, key=lambda r: table["date"][r]), entry.id


def test_es_11_8_stands_with_others_only_where_the_set_says_so():
    mixed = {
        entry.id
        for entry in load_codebook().lists["resolution_sets"]
        if votes.mixes_apart(entry.resolutions)
    }
    assert mixed == {"all"}
    (apart,) = load_codebook().marked("resolution_sets", "apart")
    assert apart.resolutions[0] in load_codebook().entry("resolution_sets", "all").rule
    assert set(votes.resolutions_in("all")) == set(load_table("un_resolutions")["resolution"])


def test_the_war_set_is_what_the_scheme_counts_for_public_stance():
    expected = [*(f"ES-11/{n}" for n in range(1, 8)), "ES-11/9"]
    assert list(votes.resolutions_in("war")) == expected


def test_an_unknown_set_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match=r"'peace' is not known; allowed: war,.*all"):
        votes.resolutions_in("peace")


def test_roll_calls_refuses_what_is_missing(ballots):
    with pytest.raises(ValueError, match="no resolution"):
        votes.roll_calls(ballots, [])
    with pytest.raises(ValueError, match="'ES-11/3' is not known"):
        votes.roll_calls(ballots, ["ES-11/3"])
    with pytest.raises(ValueError, match="no row of votes on some resolution for EEE"):
        votes.roll_calls(ballots.iloc[:-1], NAMES)
    with pytest.raises(ValueError, match="unknown votes maybe"):
        votes.roll_calls(ballots.replace("abstain", "maybe"), NAMES)


def test_tallies_equal_the_announced_ones(real):
    table = load_table("un_resolutions").set_index("resolution")
    counts = votes.tallies(votes.roll_calls(real, table.index))
    names = ["yes", "no", "abstain", "absent"]
    pd.testing.assert_frame_equal(counts[names], table[names])
    assert (counts["n_members"] == 193).all()


def test_agreement_counted_by_hand(calls):
    table = votes.agreement(calls)
    assert "RUS" not in table.index
    counts = ["same", "one_abstains", "opposed", "n_compared", "absent", "other_absent"]
    assert table.loc["BBB", counts].tolist() == [3, 0, 0, 3, 0, 1]
    assert table.loc["CCC", counts].tolist() == [0, 2, 1, 3, 0, 1]
    assert table.loc["EEE", counts].tolist() == [1, 1, 0, 2, 1, 1]
    assert table.loc["BBB", ["percent_same", "index"]].tolist() == [100.0, 100.0]
    assert table.loc["CCC", ["percent_same", "index"]].tolist() == [0.0, 33.3]
    assert table.loc["EEE", ["percent_same", "index"]].tolist() == [50.0, 75.0]


def test_an_absence_agrees_with_nobody(calls):
    row = votes.agreement(calls).loc["DDD"]
    assert row[["same", "one_abstains", "opposed", "n_compared", "absent"]].tolist() == [
        0,
        0,
        0,
        0,
        4,
    ]
    assert row[["percent_same", "index"]].isna().all()
    # Two absences on the same resolution are no agreement either.
    both = votes.agreement(calls[["68/262"]]).loc["DDD"]
    assert both[["same", "absent", "other_absent"]].tolist() == [0, 1, 0]


def test_parts_of_agreement_add_up(real):
    table = votes.agreement(votes.roll_calls(real, votes.resolutions_in("all")))
    parts = table[["n_compared", "absent", "other_absent"]].sum(axis="columns")
    assert (parts == table["n_resolutions"]).all()
    kinds = table[["same", "one_abstains", "opposed"]].sum(axis="columns")
    assert (kinds == table["n_compared"]).all()
    assert len(table) == 192


@pytest.mark.parametrize("state", ["KAZ", "NIC", "AFG", "USA", "VEN"])
@pytest.mark.parametrize("name", ["war", "crimea_yearly", "all"])
def test_agreement_equals_a_count_straight_from_the_file(real, state, name):
    chosen = votes.resolutions_in(name)
    row = votes.agreement(votes.roll_calls(real, chosen)).loc[state]
    expected = by_hand(state, chosen)
    for kind in ("same", "one_abstains", "opposed", "absent", "other_absent"):
        assert row[kind] == expected[kind], kind


def test_agreement_refuses_an_unknown_state(calls):
    with pytest.raises(ValueError, match="state 'XXX' is not known"):
        votes.agreement(calls, with_state="XXX")


def test_companions_counted_by_hand(calls):
    found = votes.companions(calls)
    # Only the two resolutions on which Russia itself voted "no" count.
    assert found.index.tolist() == ["BBB", "EEE"]
    assert found["n_together"].tolist() == [2, 1]
    assert found["n_voted"].tolist() == [2, 1]
    assert (found["n_resolutions"] == 2).all()
    assert found["resolutions"].tolist() == [("ES-11/1", "ES-11/2"), ("ES-11/2",)]


def test_absence_is_no_company(calls):
    with pytest.raises(ValueError, match="vote 'absent' is not known"):
        votes.companions(calls, vote="absent")


def test_companions_by_resolution_names_who_is_left_out(calls):
    table = votes.companions_by_resolution(votes.companions(calls), ["BBB"])
    assert table.index.tolist() == ["ES-11/1", "ES-11/2"]
    assert table["n_companions"].tolist() == [1, 2]
    assert table["n_cases"].tolist() == [1, 1]
    assert table["left_out"].tolist() == [(), ("EEE",)]


def test_no_companions_give_empty_tables(calls):
    nobody = votes.companions(calls[["ES-11/8"]])
    assert nobody.empty
    assert votes.companions_by_resolution(nobody, ["BBB"]).empty


def test_companions_on_the_war_are_the_tallies_without_russia(real):
    calls = votes.roll_calls(real, votes.resolutions_in("war"))
    found = votes.companions_by_resolution(votes.companions(calls), [])
    expected = votes.tallies(calls)["no"] - 1
    assert found["n_companions"].to_dict() == expected.to_dict()


def test_split_at_keeps_order_and_may_be_empty():
    days = pd.Series({"a": "2022-03-02", "b": "2025-01-01", "c": "2024-12-31"})
    assert votes.split_at(["b", "c", "a"], days, "2025-01-01") == (("a", "c"), ("b",))
    assert votes.split_at(["a"], days, "2025-01-01") == (("a",), ())
    with pytest.raises(ValueError, match="resolution 'd' is not known"):
        votes.split_at(["d"], days, "2025-01-01")


def test_change_counted_by_hand(calls):
    groups = pd.Series({"RUS": "x", "BBB": "x", "CCC": "y", "DDD": "y", "EEE": ""}, name="part")
    table = votes.change_by_group(calls, groups, ["68/262"], ["ES-11/1", "ES-11/2"])
    assert table.index.tolist() == ["x", "y", "all"]
    x, y, everyone = (table.loc[name] for name in ("x", "y", "all"))
    assert x[["n_members", "no_before", "absent_before", "cast_before"]].tolist() == [2, 1, 1, 1]
    assert x[["no_since", "cast_since", "percent_yes_since"]].tolist() == [4, 4, 0.0]
    assert y[["yes_before", "cast_before", "percent_yes_before"]].tolist() == [1, 1, 100.0]
    assert y[["yes_since", "abstain_since", "absent_since"]].tolist() == [1, 1, 2]
    assert y["points"] == -50.0
    assert everyone["n_members"] == 5


def test_a_share_of_no_votes_is_missing(calls):
    groups = pd.Series("x", index=["DDD"], name="part")
    table = votes.change_by_group(calls.loc[["DDD"]], groups, NAMES[:2], [])
    assert table["cast_before"].tolist() == [0, 0]
    assert table[["percent_yes_before", "percent_yes_since", "points"]].isna().all(axis=None)


def test_turnover_counts_members_between_neighbours(calls):
    table = votes.turnover(calls, ["68/262", "ES-11/1"], ["ES-11/2", "ES-11/8"])
    assert (table.index.name, table.columns.name) == ("ES-11/1", "ES-11/2")
    assert table.loc["no", "no"] == 2
    assert table.loc["yes", "abstain"] == 1
    assert table.loc["absent", "no"] == 1
    assert table.loc["all", "all"] == 5
    assert votes.turnover(calls, [], NAMES).empty
    with pytest.raises(ValueError, match="'ES-11/3' is not known"):
        votes.turnover(calls, ["ES-11/3"], NAMES)
