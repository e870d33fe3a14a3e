"""One state's page: cases and others, present and absent."""

import pandas as pd
import pytest

from helpers import profiles, tables, votes
from helpers.data import case_names, load_states, load_table
from helpers.dataset.allowed import account_ids, variable_ids
from helpers.dataset.files import using_data


@pytest.fixture(scope="module")
def ballots():
    return load_table("un_votes")


@pytest.fixture(scope="module")
def war(ballots):
    return votes.roll_calls(ballots, votes.resolutions_in("war"))


def test_only_the_states_of_the_essay_are_cases():
    assert [s for s in load_states().index if profiles.is_case(s)] == list(case_names().index)


@pytest.mark.parametrize(
    "view",
    [
        profiles.is_case,
        profiles.identity,
        profiles.coverage_by_account,
        profiles.codes_by_account,
        profiles.evidence,
        profiles.events_of,
    ],
)
def test_what_is_no_member_is_refused(view):
    with pytest.raises(ValueError, match="state 'XKX' is not known"):
        view("XKX")


def test_coverage_adds_up_for_cases_and_others():
    for state in ("BLR", "NIC"):
        table = profiles.coverage_by_account(state)
        assert len(table) == len(account_ids())
        assert (table["of"] == len(variable_ids())).all()
    assert (profiles.coverage_by_account("NIC")["not read"] == len(variable_ids())).all()
    searched = profiles.coverage_by_account("BLR")["searched, nothing found"]
    assert searched.loc["The essay"] == 0
    assert searched.iloc[1:].gt(0).all()


def test_codes_stand_side_by_side():
    codes = profiles.codes_by_account("BLR")
    assert codes.loc["Use of territory", "The essay"] == "staging"
    assert codes.loc["Arms supply", "The essay"] == "(silent)"
    assert codes.loc["Restraints"].iloc[1] == "(not read)"
    assert "(silent)" not in codes.iloc[:, 1:].to_numpy()
    assert "(searched, nothing found)" in codes.iloc[:, 1:].to_numpy()
    assert profiles.codes_by_account("NIC").empty


def test_an_account_without_rows_is_not_read(small_folder):
    with using_data(small_folder):
        codes = profiles.codes_by_account("KAZ")
        known = profiles.coverage_by_account("KAZ")
        assert len(profiles.evidence("KAZ"))
    assert (codes["Record 2026"] == "(not read)").all()
    assert known.loc["Record 2026", "not read"] == known.loc["Record 2026", "of"]


def test_silence_is_no_difference():
    codes = pd.DataFrame(
        {"a": ["none", "(silent)", "yes"], "b": ["none", "yes", "no"]}, index=["x", "y", "z"]
    )
    assert profiles.differing(codes) == ["z"]


def test_evidence_and_events_point_at_each_other():
    said = profiles.evidence("KAZ")
    events = profiles.events_of("KAZ")
    listed = profiles.events_table(events, said)
    assert events["date"].is_monotonic_increasing
    for event, uses in listed["cited for"].items():
        cited = {
            variable
            for (variable, _), joined in said["locator"].items()
            if event in joined.split("; ")
        }
        assert {use.partition(" (")[0] for use in uses.split("; ") if use} == cited


def test_sources_of_events_keep_every_pair():
    events = profiles.events_of("BLR")
    table = profiles.sources_of(events)
    assert len(table) == events["source"].str.count(";").add(1).sum()
    assert set(table.index) == set(events["event"])


def test_addresses_become_links_and_nothing_else():
    table = pd.DataFrame({"address": ["https://a.org/x?y=1&z=2", "", "see https://a.org"]})
    html = tables.LinkedTable(table)._repr_html_()
    assert html.count("<a href=") == 1
    assert '<a href="https://a.org/x?y=1&amp;z=2">' in html
    assert repr(tables.LinkedTable(table)) == repr(table)


@pytest.mark.parametrize("state", ["NIC", "NAM", "USA", "RUS", "AFG", "VEN"])
def test_every_view_works_for_other_members(ballots, war, state):
    assert profiles.identity(state).loc["region in the essay", state].startswith("none")
    assert profiles.evidence(state).empty
    events = profiles.events_of(state)
    assert events.empty
    assert profiles.events_table(events, profiles.evidence(state)).empty
    assert profiles.sources_of(events).empty
    facts = load_table("un_resolutions").set_index("resolution")
    table = profiles.votes_table(war, facts, state)
    assert len(table) == len(war.columns)
    assert profiles.agreement_by_set(ballots, state).empty == (state == "RUS")
    assert len(profiles.scale_places(war, state)) == 4


def test_votes_are_compared_one_by_one(war):
    facts = load_table("un_resolutions").set_index("resolution")
    compared = profiles.votes_table(war, facts, "NIC")["compared"].value_counts()
    assert compared.to_dict() == {"same": 6, "one abstains": 2}
    assert set(profiles.votes_table(war, facts, "VEN")["compared"]) == {"absent"}
    assert set(profiles.votes_table(war, facts, "RUS")["compared"]) == {"Russia itself"}
    assert profiles.vote_counts(war, "AFG") == "5 yes, 0 abstain, 0 no and 3 absent of 8"


def test_absence_leaves_no_place(war):
    assert profiles.scale_places(war, "VEN").drop(columns="members").isna().all(axis=None)
    some = profiles.scale_places(war, "AFG")
    assert some.loc[("yes", "left_out")].drop("members").isna().all()
    assert some.loc[("yes", "available"), ["passed", "cast"]].tolist() == [5, 5]
