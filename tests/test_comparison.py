"""Accounts compared: each kind of change, its direction, and how certain it is."""

import pandas as pd
import pytest

from helpers import comparison, plots, tables
from helpers.analysis.typology import derive, thesis
from helpers.data import load_cases

COLUMNS = [
    "account",
    "state",
    "variable",
    "status",
    "code",
    "confidence",
    "locator",
    "rationale",
]


def codings(account: str, *rows: tuple[str, str, str]) -> pd.DataFrame:
    """Return codings from state, variable and code; a word in brackets is a status."""
    table = []
    for state, variable, code in rows:
        if code.startswith("("):
            table.append((account, state, variable, code.strip("()"), "", "", "", ""))
        else:
            table.append((account, state, variable, "coded", code, "high", "X 1", "Says so."))
    return pd.DataFrame(table, columns=COLUMNS)


def change_of(variable: str, before: str, after: str) -> pd.Series:
    """Return the change of one coding of Armenia."""
    changes = comparison.code_changes(
        codings("essay", ("ARM", variable, before)),
        codings("record_2023", ("ARM", variable, after)),
    )
    return changes.iloc[0]


@pytest.mark.parametrize(
    ("variable", "before", "after", "change", "steps"),
    [
        ("arms_supply", "none", "munitions", "toward_russia", 2),
        ("aid_to_ukraine", "none", "arms", "away_from_russia", -2),
        ("alliance", "none", "none", "same_code", 0),
        ("turns_to", "china;turkey", "turkey;china", "same_code", None),
        ("turns_to", "china", "west", "other_members", None),
        ("alliance", "(silent)", "none", "became_coded", None),
        ("alliance", "none", "(silent)", "became_silent", None),
        ("alliance", "none", "(undecided)", "became_undecided", None),
        ("alliance", "none", "(below_threshold)", "became_below_threshold", None),
        ("alliance", "(silent)", "(undecided)", "became_undecided", None),
        ("alliance", "(silent)", "(silent)", "still_without_code", None),
    ],
)
def test_each_kind_of_change(
    variable: str, before: str, after: str, change: str, steps: int | None
) -> None:
    row = change_of(variable, before, after)

    assert row["change"] == change
    assert row["steps"] == steps if steps is not None else pd.isna(row["steps"])


def test_every_ordinal_variable_runs_from_furthest_to_closest() -> None:
    assert change_of("public_stance", "opposes", "supports")["change"] == comparison.toward()
    assert change_of("recognises_crimea", "recognised", "refused")["change"] == comparison.away()


def test_swapping_the_accounts_turns_the_arrows_round() -> None:
    first = codings("essay", ("ARM", "alliance", "none"), ("IRN", "arms_supply", "munitions"))
    second = codings(
        "record_2023", ("ARM", "alliance", "union_state"), ("IRN", "arms_supply", "none")
    )
    there, back = comparison.code_changes(first, second), comparison.code_changes(second, first)

    assert there["change"].tolist() == [comparison.toward(), comparison.away()]
    assert back["change"].tolist() == [comparison.away(), comparison.toward()]
    assert (there["steps"] == -back["steps"]).all()


def test_variables_read_in_one_account_only_are_said_so_and_left_out() -> None:
    first = codings("essay", ("ARM", "alliance", "none"), ("ARM", "restraints", "reputation"))
    second = codings("record_2023", ("ARM", "alliance", "none"))

    assert comparison.comparable_variables(first, second) == ["alliance"]
    assert comparison.not_comparable(first, second)["only_in"].to_dict() == {"restraints": "essay"}
    assert comparison.code_changes(first, second)["variable"].tolist() == ["alliance"]


def test_a_state_that_one_account_did_not_read_keeps_its_row() -> None:
    first = codings("essay", ("ARM", "alliance", "none"), ("IRN", "alliance", "none"))
    second = codings("record_2023", ("ARM", "alliance", "none"))
    changes = comparison.code_changes(first, second).set_index("state")

    assert changes.loc["IRN", ["status_after", "change"]].tolist() == [
        "not_read",
        "became_not_read",
    ]


def test_an_account_without_codings_is_refused_with_those_there_are() -> None:
    some = codings("essay", ("ARM", "alliance", "none"))

    with pytest.raises(ValueError, match=r"account 2 of the comparison has no codings.*essay"):
        comparison.code_changes(some, some.iloc[:0])
    with pytest.raises(ValueError, match="account 1"):
        comparison.not_comparable(some.iloc[:0], some)


def test_counts_add_up() -> None:
    first = codings("essay", ("ARM", "alliance", "none"), ("IRN", "alliance", "(silent)"))
    second = codings("record_2023", ("ARM", "alliance", "none"), ("IRN", "alliance", "none"))
    counts = comparison.change_counts(comparison.code_changes(first, second))
    known = comparison.coded_side_by_side(first, second)

    assert counts.loc["alliance"].to_dict() == {"same_code": 1, "became_coded": 1, "n_states": 2}
    assert known.loc["alliance"].to_dict() == {"before": 1, "after": 2, "both": 1, "n_states": 2}


def types(**rows: tuple[str, tuple[str, ...]]) -> pd.DataFrame:
    """Return types and bounds by state."""
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["type", "could_be"])
    kinds = derive(load_cases("essay"))["type"].dtype
    return table.astype({"type": kinds})


@pytest.mark.parametrize(
    ("before", "after", "direction"),
    [
        ("bystander", "hedger", "toward_russia"),
        ("full_backer", "endorser", "away_from_russia"),
        ("endorser", "military_backer", "not_ordered"),
        ("endorser", "undetermined", "not_ordered"),
        ("undetermined", "endorser", "not_ordered"),
        ("hedger", "hedger", "same_type"),
    ],
)
def test_types_have_a_direction_only_where_the_scheme_orders_them(
    before: str, after: str, direction: str
) -> None:
    was, now = (types(ARM=(kind, ("hedger",))) for kind in (before, after))
    moves = comparison.type_changes(was, now)

    assert moves.loc["ARM", "direction"] == direction


@pytest.mark.parametrize(
    ("before", "after", "certainty"),
    [
        (("hedger",), ("endorser", "full_backer"), "differs"),
        (("hedger",), ("hedger",), "same"),
        (("hedger",), ("hedger", "endorser"), "open"),
        (("hedger", "endorser"), ("hedger", "endorser"), "open"),
    ],
)
def test_certainty_goes_by_the_bounds(
    before: tuple[str, ...], after: tuple[str, ...], certainty: str
) -> None:
    moves = comparison.type_changes(types(ARM=("hedger", before)), types(ARM=("hedger", after)))

    assert moves.loc["ARM", "certainty"] == certainty


def test_types_of_different_states_are_not_compared() -> None:
    with pytest.raises(ValueError, match="same states"):
        comparison.type_changes(types(ARM=("hedger", ())), types(IRN=("hedger", ())))


def moves() -> pd.DataFrame:
    """Return one state that moves towards Russia for certain and one that stays."""
    before = types(ARM=("bystander", ("bystander",)), IRN=("hedger", ("hedger", "endorser")))
    after = types(ARM=("endorser", ("endorser",)), IRN=("hedger", ("hedger",)))
    return comparison.type_changes(before, after)


def test_transitions_are_counted_with_names_and_certainty() -> None:
    table = comparison.transition_counts(moves())

    assert table.to_numpy().tolist() == [
        ["bystander", "endorser", 1, 1, "Armenia"],
        ["hedger", "hedger", 1, 0, "Iran"],
    ]


def test_tables_to_read_name_states_codes_and_evidence() -> None:
    first = codings("essay", ("ARM", "alliance", "none"))
    second = codings("record_2023", ("ARM", "alliance", "(undecided)"))
    row = tables.changes_table(comparison.code_changes(first, second), "essay", "record")

    assert row.index.tolist() == [("Armenia", "Alliance")]
    assert row.iloc[0].tolist() == [
        "none",
        "(undecided)",
        "became undecided",
        "Says so. [X 1; high]",
        "",
    ]
    side = tables.types_side_by_side(moves())
    assert side.loc["Armenia", "direction"] == "towards Russia"
    assert side.index[0] == "Armenia"


def test_an_account_can_be_compared_with_itself() -> None:
    same = codings("essay", ("ARM", "alliance", "none"))
    changes = comparison.code_changes(same, same)

    assert changes["change"].tolist() == [comparison.SAME]
    assert list(tables.changes_table(changes, "essay", "essay").columns[:2]) == [
        "essay",
        "essay again",
    ]


def test_verdicts_stand_side_by_side_with_their_states() -> None:
    cases = load_cases("essay")
    table = tables.verdicts_table(
        {"a": thesis(cases), "b": thesis(cases.assign(combat_troops=pd.NA))}
    )

    assert table.loc["No state sends regular troops.", "b"] == (
        "open: 13 of 13 (Armenia, Belarus, China, India, Iran, Kazakhstan, Kyrgyzstan, "
        "North Korea, Serbia, Syria, Tajikistan, Turkmenistan and Uzbekistan)"
    )


def test_figures_say_what_they_show() -> None:
    changes = comparison.code_changes(
        codings("essay", ("ARM", "alliance", "none"), ("IRN", "alliance", "none")),
        codings("record_2023", ("ARM", "alliance", "partnership"), ("IRN", "alliance", "(silent)")),
    )
    alt = plots.change_map(changes, "Changes").alt
    assert alt == (
        "Changes. Of 2 pairs of state and variable: 1 towards Russia and 1 became silent. "
        "Different codes: Armenia, Alliance: none to partnership."
    )
    alt = plots.type_moves(moves(), "Moves", "one", "two").alt
    assert alt == (
        "Moves. From one to two. Armenia: bystander to endorser (towards Russia); "
        "Iran: hedger in both."
    )
    alt = plots.transition_grid(moves(), "Types", "one", "two").alt
    assert alt == "Types. From one to two. bystander to endorser: Armenia; hedger in both: Iran."


def test_figures_are_drawn_and_repeat_byte_for_byte() -> None:
    for draw in (plots.type_moves, plots.transition_grid):
        assert draw(moves(), "T", "a", "b").png() == draw(moves(), "T", "a", "b").png()
