"""Robust, fragile and open by their definitions; single codings decide as said."""

import numpy as np
import pandas as pd
import pytest

from helpers import plots, sensitivity, tables
from helpers.analysis.readings import Readings, readings, type_names
from helpers.analysis.sensitivity import (
    deciding,
    finding_counts,
    finding_spread,
    pivotal,
    standing,
    type_counts,
    verdict_counts,
)
from helpers.analysis.typology import derive, needed
from helpers.data import load_cases, load_codings
from helpers.dataset.files import using_data


def made_up(
    *types: str, bounds: tuple[str, ...] = ("hedger",), n_values: tuple[int, ...] = ()
) -> Readings:
    """Return readings of one made-up state: its type under each, its bounds in the baseline."""
    names = type_names()
    bits = sum(1 << names.index(kind) for kind in bounds)
    sizes = n_values or (len(types),)
    return Readings(
        account="essay",
        choices={f"choice {n}": tuple(range(size)) for n, size in enumerate(sizes)},
        states=("ARM",),
        types=np.array([[names.index(kind)] for kind in types], dtype="int8"),
        could_be=np.full((len(types), 1), bits),
        verdicts=np.zeros((len(types), 4), dtype="int8"),
        findings=np.array([[[kind == "hedger"]] * 4 for kind in types]),
    )


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
    table = standing(made_up("hedger", other, bounds=bounds))

    assert table.loc["ARM", "standing"] == word
    assert table.loc["ARM", "could_be"] == bounds
    assert table.loc["ARM", "n_possible"] == len(bounds)
    assert table.loc["ARM", "n_readings"] == 2


def test_an_undetermined_type_is_never_robust() -> None:
    table = standing(made_up("undetermined", bounds=("hedger", "endorser")))

    assert table.loc["ARM", "standing"] == "open"


# Two choices of two and three values; the first by itself moves nothing, the second does.
TWO = ("hedger", "endorser", "hedger", "hedger", "bystander", "hedger")


def test_a_choice_moves_a_type_only_if_it_alone_is_changed() -> None:
    row = standing(made_up(*TWO, n_values=(2, 3))).loc["ARM"]

    assert row["moved_by"] == ("choice 1",)
    assert row["other_types"] == ("bystander", "endorser")
    assert (row["n_same"], row["n_readings"]) == (4, 6)


def test_what_a_choice_decides_is_counted_over_all_pairs_that_differ_in_it_alone() -> None:
    found = made_up(*TWO, n_values=(2, 3))
    table = deciding(found)

    assert table.index.tolist() == ["choice 1", "choice 0"]
    assert table["n_pairs"].tolist() == [6, 3]
    assert table["n_moved"].tolist() == [4, 1]
    assert table["percent_moved"].tolist() == [66.7, 33.3]
    assert table["states"].tolist() == [("ARM",), ()]
    spread = finding_spread(found, "turning_away")
    assert spread.round(2).to_dict() == {"choice 1": 0.67, "choice 0": 0.0}


def test_counts_of_types_verdicts_and_findings_are_of_all_readings() -> None:
    found = made_up(*TWO, n_values=(2, 3))
    types, verdicts, held = type_counts(found), verdict_counts(found), finding_counts(found)

    assert types.loc["ARM", ["hedger", "endorser", "bystander", "distancer"]].tolist() == [
        4,
        1,
        1,
        0,
    ]
    assert verdicts.loc["all_three", ["verdict", "contradicted", "open"]].tolist() == [
        "contradicted",
        6,
        0,
    ]
    assert held.loc["turning_away", ["n_states", "n_same", "fewest", "most"]].tolist() == [
        1,
        4,
        0,
        1,
    ]


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
    found = readings("essay")
    n = len(found)
    table = tables.standing_table(standing(found))
    same = standing(found).loc["IRN", "n_same"]
    assert table.loc["Iran", "same type"] == tables.under(same, n)
    choices = tables.choices_table(found)
    assert choices.loc["whose coding", "in the baseline"] == "adjudicated"
    assert choices["values"].product() == n
    shares = tables.type_shares_table(found)
    assert shares.loc["Iran", "military backer"] == f"{100 * same / n:.0f}% ({same})"
    verdicts = tables.verdict_shares_table(found)["in the baseline"]
    assert set(verdicts) <= {"contradicted", "open", "holds"}
    assert tables.findings_table(found)["in the baseline"].str.contains("of 13").all()
    assert tables.deciding_table(found)["another type in"].str.fullmatch(r"\d+% \(\d+\)").all()
    single = sensitivity.with_evidence(pivotal(load_cases("essay")), load_codings("essay"))
    assert ("Iran", "Arms") in tables.pivotal_table(single).index


def test_under_every_reading_is_said_in_words() -> None:
    assert tables.under(3, 3) == "under every reading"
    assert tables.under(0, 3) == "under 0 of 3 readings"


def test_figures_of_readings_say_what_they_show() -> None:
    found = readings("essay")
    heat = plots.type_heat(found, "Types")
    worth = standing(found).loc["IRN"]
    said = f"Iran: {worth['standing']}, military backer {worth['n_same']} of {len(found)}"
    assert said in heat.alt
    assert heat.png().startswith(b"\x89PNG")
    curve = plots.specification_curve(found, "turning_away", "Turning away")
    n_base = finding_counts(found).loc["turning_away", "n_states"]
    assert f"in the baseline {n_base}." in curve.alt
    assert "threshold of turning away" in curve.alt
    assert curve.png().startswith(b"\x89PNG")
