"""Codes against votes: what is left out, and Kendall's tau-b."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kendalltau

from helpers import association, votes
from helpers.data import load_codings, load_table

STANCE = ["opposes", "distances", "ambivalent", "supports"]


def coded(values):
    return pd.Series(pd.Categorical(values, STANCE, ordered=True))


def tau_b(x, y):
    """Return tau-b in plain loops, from its definition."""
    score = ties_x = ties_y = pairs = 0
    for i in range(len(x)):
        for j in range(i):
            a, b = np.sign(x[i] - x[j]), np.sign(y[i] - y[j])
            score, pairs = score + a * b, pairs + 1
            ties_x, ties_y = ties_x + (a == 0), ties_y + (b == 0)
    return score / np.sqrt((pairs - ties_x) * (pairs - ties_y))


def test_perfect_agreement_and_its_opposite():
    codes = coded(STANCE)
    assert association.kendall(codes, pd.Series([0.0, 10, 50, 100]))["tau_b"] == 1
    assert association.kendall(codes, pd.Series([100.0, 50, 10, 0]))["tau_b"] == -1


def test_tau_b_and_exact_p_by_hand():
    codes = coded(["opposes", "distances", "distances", "supports"])
    index = pd.Series([0.0, 20.0, 10.0, 10.0])
    found = association.kendall(codes, index)
    x = [0, 1, 1, 3]
    assert found["tau_b"] == pytest.approx(tau_b(x, index.tolist()))
    assert found["permutations"] == 24
    # Tau-b's denominator is the same in every permutation.
    taus = np.array([tau_b(list(order), index.tolist()) for order in permutations(x)])
    above = (taus >= found["tau_b"] - 1e-9).mean()
    below = (taus <= found["tau_b"] + 1e-9).mean()
    assert found["p"] == pytest.approx(min(1.0, 2 * min(above, below)))


def test_random_permutations_are_seeded_and_near_the_exact_p():
    codes = coded([STANCE[n % 4] for n in range(8)])
    index = pd.Series([0.0, 30, 40, 90, 10, 20, 60, 80])
    first = association.kendall(codes, index, permutations=2000)
    again = association.kendall(codes, index, permutations=2000)
    assert first.tolist() == again.tolist()
    assert first["permutations"] == 2000
    exact = association.kendall(codes, index, permutations=50_000)
    assert exact["permutations"] == 40_320
    assert first["p"] == pytest.approx(exact["p"], abs=0.02)
    assert first["tau_b"] == pytest.approx(kendalltau(codes.cat.codes, index).statistic)


@pytest.mark.parametrize(
    ("values", "index"),
    [
        ([], []),
        (["opposes", "supports"], [0.0, 100.0]),
        (["opposes"] * 4, [0.0, 10.0, 20.0, 30.0]),
        (["opposes", "distances", "supports"], [50.0, 50.0, 50.0]),
    ],
    ids=["none", "two", "one code", "one index"],
)
def test_too_little_is_not_defined(values, index):
    found = association.kendall(coded(values), pd.Series(index, dtype="float64"))
    assert found["n"] == len(values)
    assert found["permutations"] == 0
    assert found[["tau_b", "p"]].isna().all()
    assert association.as_shown(found["tau_b"]) == "not defined"


def test_words_that_make_a_vote():
    texts = {
        "Abstained on UN General Assembly resolution ES-11/1 demanding withdrawal.": True,
        "Abstained when Russia vetoed a Security Council resolution.": True,
        "Did not take part in the vote on the UN resolution.": True,
        "Parliament voted to join the International Criminal Court.": False,
        "Permanent neutrality recognised by the UN General Assembly.": False,
        "Foreign minister called the Crimea vote a free expression of will.": False,
    }
    found = association.names_a_vote(pd.Series(list(texts)))
    assert found.tolist() == list(texts.values())


def test_every_event_that_names_one_of_the_roll_calls_is_a_vote():
    events = load_table("events")
    named = events["description"].str.contains(r"ES-11/\d|68/262", regex=True)
    assert association.names_a_vote(events.loc[named, "description"]).all()


@pytest.fixture
def codings():
    rows = [
        ("AAA", "opposes", "ES-11/1;AAA-01", "Votes for it."),
        ("BBB", "distances", "BBB-01", "Spoke against."),
        ("CCC", "ambivalent", "CCC-02;CCC-01", "An event that reports a vote."),
        ("DDD", "supports", "India 2", "Abstains at the UN."),
        ("EEE", "supports", "EEE-01", "Spoke for."),
        ("FFF", "supports", "FFF-01", "Spoke for."),
    ]
    table = pd.DataFrame(rows, columns=["state", "code", "locator", "rationale"])
    silent = {"state": "GGG", "status": "silent", "code": "", "locator": "", "rationale": ""}
    table = pd.concat([table.assign(status="coded"), pd.DataFrame([silent])], ignore_index=True)
    return table.assign(variable="public_stance")


@pytest.fixture
def on_vote(codings):
    events = pd.DataFrame(
        {
            "event": ["BBB-01", "CCC-01", "CCC-02"],
            "description": ["A speech.", "Voted against at the UN.", "A visit."],
        }
    )
    return association.rests_on_vote(codings, events, pd.DataFrame({"resolution": ["ES-11/1"]}))


def test_codings_that_rest_on_a_vote_are_found(codings, on_vote):
    assert codings.loc[on_vote, "state"].tolist() == ["AAA", "CCC", "DDD"]


def test_pairs_say_what_is_left_out_and_why(codings, on_vote):
    agreement = pd.DataFrame(
        {"index": [0.0, 10.0, 50.0, 60.0, 100.0, np.nan, 5.0], "n_compared": [8] * 5 + [0, 8]},
        index=["AAA", "BBB", "CCC", "DDD", "EEE", "FFF", "GGG"],
    )
    table = association.pairs(codings, on_vote, agreement, "public_stance")
    assert "GGG" not in table.index  # silent is no code
    assert table["use"].to_dict() == {
        "AAA": "rests on a vote",
        "BBB": "counted",
        "CCC": "rests on a vote",
        "DDD": "rests on a vote",
        "EEE": "counted",
        "FFF": "no votes to compare",
    }
    row = association.associations(codings, on_vote, agreement).loc["public_stance"]
    assert row[["coded", "rests_on_vote", "no_votes", "n"]].tolist() == [6, 3, 1, 2]
    assert pd.isna(row["tau_b"])


def test_a_variable_without_order_is_refused(codings, on_vote):
    with pytest.raises(ValueError, match="'turns_to' is not known"):
        association.pairs(codings, on_vote, pd.DataFrame({"index": []}), "turns_to")


@pytest.mark.parametrize("account", ["essay", "record_2023", "record_2026"])
def test_works_for_every_account(account):
    calls = votes.roll_calls(load_table("un_votes"), votes.resolutions_in("war"))
    codings = load_codings(account)
    on_vote = association.rests_on_vote(codings, load_table("events"), load_table("un_resolutions"))
    table = association.associations(codings, on_vote, votes.agreement(calls), permutations=50)
    parts = table[["rests_on_vote", "no_votes", "n"]].sum(axis="columns")
    assert (parts == table["coded"]).all()
    assert table["tau_b"].dropna().between(-1, 1).all()
    assert table["p"].dropna().between(0, 1).all()
