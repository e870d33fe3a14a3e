"""Guttman's scalogram and Loevinger's H, against worked examples and another formula."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from helpers import scaling, votes
from helpers.data import load_table


def table_of(rows, columns="abcdefgh"):
    """Return passes (1), fails (0) and absences (None) as a table."""
    frame = pd.DataFrame(rows, columns=list(columns[: len(rows[0])]), dtype="object")
    return frame.astype("boolean")


def calls_of(rows):
    letters = {"y": "yes", "a": "abstain", "n": "no", "-": "absent"}
    cells = [[letters[letter] for letter in row] for row in rows]
    frame = pd.DataFrame(cells, index=[f"S{n}" for n in range(len(rows))])
    return frame.rename(columns={n: f"ES-11/{n + 1}" for n in frame}).astype("category")


PERFECT = [[1, 1, 1], [1, 1, 0], [1, 0, 0], [0, 0, 0]]
# Four members, three items passed by 3, 2 and 1. The last member passes only the hardest:
# a pass and a fail out of line, two errors as Goodenough and Edwards count.
FLAWED = [[1, 1, 0], [1, 1, 0], [1, 0, 0], [0, 0, 1]]


def covariance_h(table):
    """H as the ratio of covariances to the most that the margins allow: another formula."""
    data = table.dropna().astype(float).to_numpy()
    p = data.mean(axis=0)
    seen = most = 0.0
    for i, j in combinations(range(data.shape[1]), 2):
        seen += (data[:, i] * data[:, j]).mean() - p[i] * p[j]
        most += min(p[i], p[j]) - p[i] * p[j]
    return seen / most


def edwards_errors(table):
    """Errors counted cell by cell in plain loops."""
    errors = 0
    for row in table.astype(int).to_numpy():
        predicted = [1] * sum(row) + [0] * (len(row) - sum(row))
        errors += sum(a != b for a, b in zip(row, predicted, strict=True))
    return errors


def test_a_perfect_scale_has_no_errors():
    found = scaling.summary(table_of(PERFECT))
    assert found[["members", "resolutions", "votes", "errors"]].tolist() == [4, 3, 12, 0]
    assert found[["cr", "scalability", "h"]].tolist() == [1.0, 1.0, 1.0]
    # Larger sides: 3, 2 and 3 of 4.
    assert found["mmr"] == pytest.approx(8 / 12)


def test_a_flawed_scale_counted_by_hand():
    found = scaling.summary(table_of(FLAWED))
    assert found["errors"] == 2
    assert found["cr"] == pytest.approx(1 - 2 / 12)
    assert found["mmr"] == pytest.approx(8 / 12)
    assert found["scalability"] == pytest.approx(0.5)
    # Pairs a-b, a-c, b-c: errors 0, 1, 1; expected 1*2/4, 1*1/4, 2*1/4.
    assert found["h"] == pytest.approx(1 - 2 / 1.25)
    rows = scaling.items(table_of(FLAWED))
    assert rows["errors"].tolist() == [1, 0, 1]
    expected = [1 - 1 / 0.75, 1 - 1 / 1.0, 1 - 2 / 0.75]
    assert rows["h"].tolist() == pytest.approx(expected, abs=0.001)


def test_h_of_a_worked_example_in_a_tutorial():
    """Two items with means 0.2 and 0.6 of 100: eight errors expected; two seen give 0.75."""
    rows = [[1, 1]] * 18 + [[0, 1]] * 2 + [[1, 0]] * 42 + [[0, 0]] * 38
    assert scaling.summary(table_of(rows))["h"] == pytest.approx(0.75)
    chance = [[1, 1]] * 12 + [[0, 1]] * 8 + [[1, 0]] * 48 + [[0, 0]] * 32
    assert scaling.summary(table_of(chance))["h"] == pytest.approx(0.0)


@pytest.mark.parametrize("seed", range(5))
def test_agrees_with_other_formulas_on_random_tables(seed):
    rng = np.random.default_rng(seed)
    ability, ease = rng.normal(size=(60, 1)), np.sort(rng.normal(size=(1, 5)))[:, ::-1]
    data = (ability + ease + 0.7 * rng.normal(size=(60, 5)) > 0).astype(int)
    table = table_of(data.tolist())
    table = table[table.sum().sort_values(ascending=False, kind="stable").index]
    found = scaling.summary(table)
    assert found["h"] == pytest.approx(covariance_h(table))
    assert found["errors"] == edwards_errors(table)


def test_agrees_with_other_formulas_on_the_war():
    calls = votes.roll_calls(load_table("un_votes"), votes.resolutions_in("war"))
    table = scaling.steps(calls)
    found = scaling.summary(table)
    assert found["h"] == pytest.approx(covariance_h(table))
    assert found["errors"] == edwards_errors(table)
    assert found["votes"] == found["members"] * found["resolutions"]


def test_cuts_put_abstentions_on_either_side_and_absence_on_none():
    calls = calls_of(["yyy", "yan", "y-n"])
    yes = scaling.steps(calls, "yes", "available")
    assert yes.loc["S1"].tolist() == [True, False, False]
    assert yes.loc["S2"].isna().sum() == 1
    assert pd.isna(yes.loc["S2", "ES-11/2"])
    not_no = scaling.steps(calls, "not_no", "available")
    assert not_no.loc["S1", "ES-11/2"]
    assert pd.isna(not_no.loc["S2", "ES-11/2"])


def test_absent_members_are_left_out_or_keep_their_votes():
    calls = calls_of(["yy", "y-", "--"])
    assert scaling.steps(calls, absent="left_out").index.tolist() == ["S0"]
    assert scaling.steps(calls, absent="available").index.tolist() == ["S0", "S1"]


def test_without_absences_both_treatments_agree():
    rows = scaling.versions(calls_of(["yyy", "yya", "yan", "aan", "nna"]))
    for passes in scaling.CUTS:
        first, second = (rows.loc[(passes, absent)] for absent in scaling.ABSENCES)
        assert first.tolist() == second.tolist()


def test_absent_cells_are_in_no_denominator():
    table = table_of([[1, None, 1], [1, 1, 0], [0, None, None]])
    found = scaling.summary(table)
    assert found["votes"] == 6
    assert found["errors"] == 0
    assert scaling.items(table)["cast"].tolist() == [3, 1, 2]


def test_the_prediction_uses_the_votes_cast_only():
    # Passes the first and third of four, was absent from the second: as predicted.
    table = table_of([[1, None, 1, 0]])
    assert not scaling.error_cells(table).to_numpy().any()


def test_the_most_passed_comes_first_and_ties_keep_their_order():
    calls = calls_of(["nyy", "nyy", "yay"])
    assert scaling.steps(calls).columns.tolist() == ["ES-11/3", "ES-11/2", "ES-11/1"]
    tied = calls_of(["yy", "nn"])
    assert scaling.steps(tied).columns.tolist() == ["ES-11/1", "ES-11/2"]


def test_places_are_shared_by_equal_shares():
    found = scaling.places(table_of([[1, 1], [0, 0], [1, 0], [1, None], [1, 0]]))
    assert found["first_place"].tolist() == [1, 1, 3, 3, 5]
    assert found["last_place"].tolist() == [2, 2, 4, 4, 5]
    assert found["percent_passed"].tolist() == [100.0, 100.0, 50.0, 50.0, 0.0]


@pytest.mark.parametrize("rows", [[[1, 1], [1, 1]], [[0, 0], [0, 0]]])
def test_without_variation_h_is_not_defined(rows):
    found = scaling.summary(table_of(rows))
    assert found[["cr", "mmr"]].tolist() == [1.0, 1.0]
    assert found[["scalability", "h"]].isna().all()
    assert scaling.items(table_of(rows))["h"].isna().all()


def test_one_roll_call_is_no_scale():
    found = scaling.summary(table_of([[1], [0]]))
    assert found["errors"] == 0
    assert found[["cr", "mmr", "scalability", "h"]].isna().all()


def test_nobody_is_no_scale():
    nobody = scaling.steps(calls_of(["--", "--"]))
    assert nobody.empty
    found = scaling.summary(nobody)
    assert found["votes"] == 0
    assert found[["cr", "mmr", "scalability", "h"]].isna().all()
    assert scaling.places(nobody).empty
    assert scaling.items(nobody)["percent_passed"].isna().all()


def test_unknown_treatments_are_refused():
    calls = calls_of(["yy"])
    with pytest.raises(ValueError, match="passes 'maybe' is not known; allowed: yes, not_no"):
        scaling.steps(calls, passes="maybe")
    with pytest.raises(ValueError, match="absent 'no' is not known"):
        scaling.steps(calls, absent="no")
