"""Robust, fragile and open by their definitions; single codings decide as said."""

import pandas as pd
import pytest

from helpers import plots, sensitivity, tables
from helpers.analysis.sensitivity import pivotal, readings, standing
from helpers.analysis.typology import derive, needed
from helpers.data import load_cases, load_codings
from helpers.dataset.files import using_data


def made_up(rows: list[tuple[str, dict[str, object], str, tuple[str, ...]]]) -> pd.DataFrame:
    """Return readings from state, departures from the baseline, type and bounds."""
    kinds = derive(load_cases("essay"))["type"].dtype
    table = [
        {"state": state, **sensitivity.BASELINE, **changed, "type": kind, "could_be": bounds}
        for state, changed, kind, bounds in rows
    ]
    return pd.DataFrame(table).astype({"type": kinds})


STRICT: dict[str, object] = {"min_confidence": "high"}
CLOSED: dict[str, object] = {"silence": "no"}


@pytest.mark.parametrize(
    ("bounds", "other", "word"),
    [
        (("hedger",), "hedger", "robust"),
        (("hedger", "endorser"), "hedger", "open"),
        (("hedger",), "endorser", "fragile"),
        (("hedger", "endorser"), "endorser", "fragile"),
        (("hedger",), "undetermined", "fragile"),
    ],
)
def test_the_three_words(bounds: tuple[str, ...], other: str, word: str) -> None:
    table = standing(made_up([("ARM", {}, "hedger", bounds), ("ARM", STRICT, other, ("hedger",))]))

    assert table.loc["ARM", "standing"] == word
    assert table.loc["ARM", "n_possible"] == len(bounds)
    assert table.loc["ARM", "n_readings"] == 2


def test_an_undetermined_type_is_never_robust() -> None:
    table = standing(made_up([("ARM", {}, "undetermined", ("hedger", "endorser"))]))

    assert table.loc["ARM", "standing"] == "open"


def test_a_choice_moves_a_type_only_if_it_alone_is_changed() -> None:
    rows = [
        ("ARM", {}, "hedger", ("hedger",)),
        ("ARM", STRICT, "endorser", ("hedger",)),
        ("ARM", CLOSED, "hedger", ("hedger",)),
        ("ARM", {**STRICT, **CLOSED}, "bystander", ("hedger",)),
    ]
    row = standing(made_up(rows)).loc["ARM"]

    assert row["moved_by"] == ("min_confidence",)
    assert row["other_types"] == ("bystander", "endorser")
    assert (row["n_same"], row["n_readings"]) == (2, 4)


def test_the_baseline_must_be_there() -> None:
    with pytest.raises(ValueError, match="baseline"):
        standing(made_up([("ARM", STRICT, "hedger", ("hedger",))]))


def test_readings_are_all_combinations_and_hold_the_analysis_itself() -> None:
    table = readings("essay")
    strict = table.query("coder == 'coder_2' and silence == 'no' and min_confidence == 'high'")
    choice = strict[~strict["group_statements"]].set_index("state")
    direct = derive(load_cases("essay", "coder_2", "high", "no", False))

    assert len(table) == 3 * 2 * 3 * 2 * 13
    assert choice["type"].astype(str).to_dict() == direct["type"].astype(str).to_dict()
    assert choice["could_be"].to_dict() == direct["could_be"].to_dict()


def test_accounts_that_are_unknown_or_not_coded_are_refused(small_folder) -> None:
    with pytest.raises(ValueError, match="allowed: essay"):
        readings("esay")
    with using_data(small_folder), pytest.raises(ValueError, match="no adjudicated codings"):
        readings("record_2026")


def case(**codes: str) -> pd.DataFrame:
    """Return cases of one state with these codes and nothing else."""
    cases = load_cases("essay").loc[["ARM"]].copy()
    cases[list(needed())] = pd.NA
    for name, code in codes.items():
        cases.loc["ARM", name] = code
    return cases


def test_the_only_support_of_a_type_is_needed() -> None:
    row = pivotal(case(arms_supply="munitions")).iloc[0]

    assert (row["type"], row["without"], row["needed"]) == ("military_backer", "undetermined", True)
    assert row["changes"] == (("none", "undetermined"), ("dual_use", "economic_partner"))
    assert (row["other_codes"], row["next_code"]) == (3, True)


def test_two_codings_that_say_the_same_are_neither_needed_nor_pivotal() -> None:
    table = pivotal(case(arms_supply="munitions", territory_use="staging"))

    assert not table["needed"].any()
    assert not table["pivotal"].any()


def test_a_coding_can_be_pivotal_without_being_needed() -> None:
    row = pivotal(case(arms_supply="munitions", recognises_dpr_lpr="withheld")).set_index(
        "variable"
    )
    row = row.loc["recognises_dpr_lpr"]

    assert not row["needed"]
    assert row["pivotal"]
    assert row["changes"] == (("endorsed", "full_backer"), ("recognised", "full_backer"))


def test_crimea_counts_only_if_asked_for() -> None:
    cases = case(recognises_crimea="recognised")

    assert pivotal(cases).empty
    assert pivotal(cases, ["crimea"])["needed"].tolist() == [True]


def test_changing_one_code_does_what_deriving_anew_does() -> None:
    cases = load_cases("record_2026" if not load_codings("record_2026").empty else "essay")
    table = pivotal(cases)
    for row in table[table["state"].isin(["IND", "BLR"])].itertuples():
        for code, kind in (*row.changes, (pd.NA, row.without)):
            changed = cases.loc[[row.state]].copy()
            changed.loc[row.state, row.variable] = code
            assert derive(changed)["type"].item() == kind


def test_evidence_is_joined_and_silence_read_as_no_has_none() -> None:
    codings = load_codings("essay")
    table = sensitivity.with_evidence(pivotal(load_cases("essay", silence="no")), codings)
    row = table.set_index(["state", "variable"]).loc[("PRK", "arms_supply")]

    assert row["locator"] == "North Korea 1"
    assert table.query("state == 'PRK' and variable == 'territory_use'")["locator"].item() == ""


def test_tables_to_read_keep_counts_and_names() -> None:
    rows = [("ARM", {}, "hedger", ("hedger",)), ("ARM", STRICT, "undetermined", ("hedger",))]
    table = standing(made_up(rows))

    assert tables.standing_table(table).loc["Armenia", "same type in"] == "1 of 2 readings"
    moved = tables.moved_by_table(table)
    assert moved.loc["min confidence"].tolist() == [1, 1, "Armenia"]
    assert moved.loc["coder"].tolist() == [0, 1, "none"]
    single = sensitivity.with_evidence(pivotal(load_cases("essay")), load_codings("essay"))
    assert ("Iran", "Arms") in tables.pivotal_table(single).index


def test_the_grid_says_what_it_shows() -> None:
    every = [
        {"coder": coder, "silence": silence, "min_confidence": least, "group_statements": group}
        for coder in ("coder_1", "adjudicated")
        for silence in ("open", "no")
        for least in ("low", "high")
        for group in (True, False)
    ]
    rows = [("IRN", choice, "hedger", ("hedger", "endorser")) for choice in every]
    rows[0] = ("IRN", every[0], "undetermined", ("hedger",))
    table = made_up(rows)
    picture = plots.reading_grid(table, standing(table), "Readings")

    assert picture.alt == (
        "Readings. Iran: fragile, hedger in 15 of 16 readings, otherwise undetermined, 2 possible."
    )
    assert picture.png().startswith(b"\x89PNG")
