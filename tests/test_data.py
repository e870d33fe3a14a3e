"""The loaders give what the tables hold: all of it, typed, and nothing that is not there.

What is expected is read from the files again, with the csv module alone.
"""

import csv
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from small_data import small_rows, write_table

from helpers.data import (
    case_names,
    coverage,
    load_cases,
    load_codings,
    load_states,
    load_status,
    load_table,
)
from helpers.dataset.codebook import load_codebook
from helpers.dataset.files import REPOSITORY, DataError, data_folder, using_data
from helpers.dataset.loading import told_apart
from helpers.dataset.schema import TABLES

DATA = REPOSITORY / "data"
ACCOUNTS = ("essay", "record_2023", "record_2026")
CODERS = ("coder_1", "coder_2", "adjudicated")
CONFIDENCES = ("low", "medium", "high")
WHO = [(account, coder) for account in ACCOUNTS for coder in CODERS]
NUMBERS = {
    "states": {"cow", "gw", "tile_col", "tile_row"},
    "paragraphs": {"words"},
    "un_resolutions": {"yes", "no", "abstain", "absent"},
    "earlier_readings": {"reading"},
    "searches": {"texts_read"},
}
MANY = 10_000


def read(table: str, folder: Path = DATA) -> list[dict[str, str]]:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def codings() -> list[dict[str, str]]:
    return read("codings")


@pytest.fixture(scope="module")
def cases_of_13() -> list[str]:
    return [row["state"] for row in read("states") if row["region"]]


def of(codings: list[dict[str, str]], account: str, coder: str) -> list[dict[str, str]]:
    return [row for row in codings if (row["account"], row["coder"]) == (account, coder)]


@pytest.mark.parametrize("name", TABLES)
def test_tables_are_the_files(name: str) -> None:
    table = load_table(name)
    rows = read(name)
    assert tuple(table.columns) == TABLES[name]
    assert table.index.tolist() == list(range(len(rows)))
    assert not table.isna().any(axis=None)
    for column in table:
        number = column in NUMBERS.get(name, set())
        assert table[column].dtype == ("int64" if number else "str"), column
        assert table[column].astype(str).tolist() == [row[column] for row in rows]


def test_every_number_is_loaded_as_one() -> None:
    """Columns of nothing but whole numbers without a meaning as text are integers."""
    texts = {("states", "m49"), ("paragraphs", "paragraph"), ("claims", "paragraph")}
    for name in TABLES:
        rows = read(name)
        for column in TABLES[name]:
            if rows and all(row[column].isdecimal() for row in rows):
                assert column in NUMBERS.get(name, set()) or (name, column) in texts


def test_namibia_stays() -> None:
    states = load_states()
    assert states.index[states["iso2"] == "NA"].tolist() == ["NAM"]
    assert len(states) == 193
    assert states.index.is_unique
    assert states.index.name == "state"
    assert states.loc["NAM", "short_name"] == "Namibia"


def test_cases_are_the_states_with_a_region(cases_of_13: list[str]) -> None:
    shorts = case_names()
    assert shorts.index.tolist() == cases_of_13
    assert len(shorts) == 13
    assert shorts["PRK"] == "North Korea"


@pytest.mark.parametrize(("account", "coder"), WHO)
def test_cases_hold_every_code_and_no_other(
    account: str, coder: str, codings: list[dict[str, str]], cases_of_13: list[str]
) -> None:
    cases = load_cases(account, coder)
    assert cases.index.tolist() == cases_of_13
    codes = {
        (row["state"], row["variable"]): row["code"]
        for row in of(codings, account, coder)
        if row["status"] == "coded"
    }
    columns = []
    for variable in load_codebook().variables:
        names = (
            [f"{variable.id}_{code}" for code in variable.code_ids]
            if variable.is_set
            else [variable.id]
        )
        columns += names
        for state in cases_of_13:
            code = codes.get((state, variable.id))
            found = [cases.at[state, name] for name in names]
            if code is None:
                assert all(pd.isna(value) for value in found)
            elif variable.is_set:
                assert found == [member in code.split(";") for member in variable.code_ids]
            else:
                assert found == [code]
    assert list(cases) == [*columns, "general_denial"]


@pytest.mark.parametrize("silence", ["open", "no"])
@pytest.mark.parametrize(("account", "coder"), WHO)
def test_dtypes_do_not_depend_on_what_is_coded(account: str, coder: str, silence: str) -> None:
    cases = load_cases(account, coder, "high", silence, group_statements=False)
    for variable in load_codebook().variables:
        if variable.is_set:
            for code in variable.code_ids:
                assert cases[f"{variable.id}_{code}"].dtype == "boolean"
        else:
            dtype = pd.CategoricalDtype(list(variable.code_ids), ordered=True)
            assert cases[variable.id].dtype == dtype
    assert cases["general_denial"].dtype == bool


def test_codes_can_be_compared_in_the_schemes_order() -> None:
    arms = load_cases("essay")["arms_supply"]
    assert (
        arms.index[arms >= "munitions"].tolist()
        == arms.index[arms.isin(["munitions", "weapon_systems"])].tolist()
    )
    assert (arms >= "munitions").any()


@pytest.mark.parametrize(
    ("least", "group"), [("low", True), ("medium", True), ("low", False), ("high", False)]
)
@pytest.mark.parametrize(("account", "coder"), WHO)
def test_nothing_is_lost_under_any_threshold(
    account: str, coder: str, least: str, group: bool, codings: list[dict[str, str]]
) -> None:
    rows = of(codings, account, coder)
    found = load_codings(account, coder, least, group)
    beside = [column for column in TABLES["codings"] if column != "status"]
    assert found[beside].to_dict("records") == [
        {column: row[column] for column in beside} for row in rows
    ]
    low = CONFIDENCES[: CONFIDENCES.index(least)]
    expected = [
        "below_threshold"
        if row["status"] == "coded" and row["confidence"] in low
        else "group_dropped"
        if row["status"] == "coded" and row["scope"] == "group" and not group
        else row["status"]
        for row in rows
    ]
    assert found["status"].tolist() == expected
    status = load_status(account, coder, least, group)
    by_pair = {(r["state"], r["variable"]): s for r, s in zip(rows, expected, strict=True)}
    assert status.isna().sum().sum() == 0
    for state in status.index:
        for variable in status:
            assert status.at[state, variable] == by_pair.get((state, variable), "not_read")


def test_thresholds_and_group_statements_do_something() -> None:
    """The two derived statuses occur in the real data, or the tests above prove nothing."""
    assert "below_threshold" in load_codings(min_confidence="high")["status"].tolist()
    assert "group_dropped" in load_codings(group_statements=False)["status"].tolist()
    both = load_codings(min_confidence="high", group_statements=False)
    assert "group_dropped" not in both.query("confidence == 'low'")["status"].tolist()


@pytest.mark.parametrize(
    ("least", "group"), [("low", True), ("medium", True), ("low", False), ("high", False)]
)
@pytest.mark.parametrize(("account", "coder"), WHO)
def test_coverage_adds_up(account: str, coder: str, least: str, group: bool) -> None:
    book = load_codebook()
    table = coverage(account, coder, least, group)
    outcomes = [*book.ids("statuses"), *book.ids("derived_statuses")]
    assert list(table) == [*outcomes, "n_states"]
    assert table.index.tolist() == [variable.id for variable in book.variables]
    assert (table["n_states"] == 13).all()
    assert (table[outcomes].sum(axis="columns") == table["n_states"]).all()
    assert all(dtype == "int64" for dtype in table.dtypes)
    counted = Counter(told_apart(load_codings(account, coder, least, group))["status"])
    totals = table[outcomes].drop(columns="not_read").sum()
    assert totals[totals > 0].to_dict() == dict(counted)
    cases = load_cases(account, coder, least, group_statements=group)
    for variable in book.variables:
        column = f"{variable.id}_{variable.code_ids[0]}" if variable.is_set else variable.id
        assert cases[column].notna().sum() == table.at[variable.id, "coded"]


def test_silence_that_was_looked_for_is_told_apart() -> None:
    looked_for = {(r["account"], r["state"], r["variable"]) for r in read("searches")}
    for account in ACCOUNTS:
        plain = load_codings(account)
        apart = told_apart(plain)
        keys = zip(plain["account"], plain["state"], plain["variable"], strict=True)
        expected = [
            "searched" if status == "silent" and key in looked_for else status
            for status, key in zip(plain["status"], keys, strict=True)
        ]
        assert apart["status"].tolist() == expected
        pd.testing.assert_frame_equal(apart.drop(columns="status"), plain.drop(columns="status"))
    assert "searched" not in told_apart(load_codings("essay"))["status"].tolist()
    assert "silent" not in told_apart(load_codings("record_2023"))["status"].tolist()


@pytest.mark.parametrize(("account", "coder"), WHO)
def test_a_general_denial_is_one_passage_that_denies_both(
    account: str, coder: str, codings: list[dict[str, str]]
) -> None:
    cases = load_cases(account, coder)
    rows = {(r["state"], r["variable"]): r for r in of(codings, account, coder)}
    for state in cases.index:
        troops = rows.get((state, "combat_troops"), {"code": "", "locator": ""})
        arms = rows.get((state, "arms_supply"), {"code": "", "locator": ""})
        denied = troops["code"] == arms["code"] == "none"
        shared = set(troops["locator"].split(";")) & set(arms["locator"].split(";"))
        assert cases.at[state, "general_denial"] == bool(denied and shared), state


def test_general_denials_occur() -> None:
    assert load_cases("essay")["general_denial"].sum() > 0


def test_a_general_denial_goes_with_the_codings_that_state_it(small_folder: Path) -> None:
    rows = small_rows()["codings"]
    here, there = "Central Asia 2", "Introduction 1"
    pairs = {
        "ARM": (("none", f"{there};{here}"), ("none", here)),
        "BLR": (("none", here), ("none", there)),  # denied, but each by itself
        "SRB": (("none", here), ("dual_use", here)),  # one passage, but only troops denied
        "CHN": (("refused", here), ("none", here)),  # asked and not sent is no general denial
    }
    for state, codes in pairs.items():
        for variable, (code, place) in zip(("combat_troops", "arms_supply"), codes, strict=True):
            line = ["coded", code, "state", "medium", "essay", place, "Said in a word."]
            rows += [["essay", state, variable, who, *line] for who in CODERS]
    write_table(small_folder, "codings", rows)
    with using_data(small_folder):
        denials = load_cases("essay")["general_denial"]
        assert denials.index[denials].tolist() == ["ARM"]
        assert not load_cases("essay", min_confidence="high")["general_denial"].any()


WRONG = [None, 3, 1.5, True, ["essay"], ("low",), {}, "", "Essay", " essay"]


@pytest.mark.parametrize("value", WRONG, ids=repr)
@pytest.mark.parametrize(
    ("argument", "allowed"),
    [
        ("account", "essay, record_2023, record_2026"),
        ("coder", "coder_1, coder_2, adjudicated"),
        ("min_confidence", "low, medium, high"),
        ("silence", "open, no"),
    ],
)
def test_wrong_arguments_are_answered_with_what_is_allowed(
    argument: str, allowed: str, value: object
) -> None:
    functions = [load_cases]
    if argument != "silence":
        functions += [load_codings, load_status, coverage]
    for function in functions:
        with pytest.raises(ValueError) as error:
            function(**{argument: value})
        assert str(error.value) == f"{argument} {value!r} is not known; allowed: {allowed}"


@pytest.mark.parametrize("value", [None, "no", "False", 0, 1, [False]], ids=repr)
@pytest.mark.parametrize("function", [load_codings, load_status, load_cases, coverage])
def test_group_statements_is_true_or_false(function, value: object) -> None:
    """Python takes the text "no" for true; a notebook's reader would not notice."""
    with pytest.raises(ValueError) as error:
        function(group_statements=value)
    assert str(error.value) == f"group_statements {value!r} is not known; allowed: True, False"


@pytest.mark.parametrize("value", [None, 3, ["states"], "state", "states.csv", "../x"], ids=repr)
def test_unknown_tables(value: object) -> None:
    with pytest.raises(ValueError) as error:
        load_table(value)
    assert str(error.value) == f"table {value!r} is not known; allowed: {', '.join(TABLES)}"


def test_the_working_directory_does_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = load_cases("essay")
    (tmp_path / "data").mkdir()
    monkeypatch.chdir(tmp_path)
    pd.testing.assert_frame_equal(load_cases("essay"), before)
    assert data_folder() == DATA


def test_the_environment_names_another_folder(
    small_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COALITION_DATA", str(small_folder))
    assert load_states().loc["KAZ", "short_name"] == "State KAZ"
    assert load_cases("essay").loc["KAZ", "alliance"] == "defence_pact"
    monkeypatch.setenv("COALITION_DATA", str(small_folder / "none"))
    with pytest.raises(ValueError, match=r"no data folder at .*none; set COALITION_DATA"):
        load_states()
    monkeypatch.setenv("COALITION_DATA", "")
    assert len(load_codings("essay")) == len(of(read("codings"), "essay", "adjudicated"))


def test_using_data_goes_before_the_environment_and_ends(
    small_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COALITION_DATA", str(small_folder / "none"))
    with using_data(small_folder):
        assert data_folder() == small_folder.resolve()
        with using_data(DATA):
            assert load_states().loc["KAZ", "short_name"] == "Kazakhstan"
        assert load_states().loc["KAZ", "short_name"] == "State KAZ"
    monkeypatch.delenv("COALITION_DATA")
    with pytest.raises(KeyError), using_data(small_folder):
        raise KeyError
    assert data_folder() == DATA


def test_a_change_of_a_file_is_seen(small_folder: Path) -> None:
    with using_data(small_folder):
        assert load_cases("essay").loc["KAZ", "alliance"] == "defence_pact"
        rows = small_rows()["codings"]
        for row in rows:
            if row[:3] == ["essay", "KAZ", "alliance"]:
                row[5] = "partnership"
        write_table(small_folder, "codings", rows)
        assert load_cases("essay").loc["KAZ", "alliance"] == "partnership"


def test_what_is_returned_is_ones_own() -> None:
    cases, states = load_cases("essay"), load_states()
    cases["arms_supply"] = "none"
    states["short_name"] = "nobody"
    assert load_cases("essay").loc["IRN", "arms_supply"] == "weapon_systems"
    assert load_states().loc["IRN", "short_name"] == "Iran"


def test_an_account_without_rows(small_folder: Path) -> None:
    with using_data(small_folder):
        assert load_codings("record_2026").empty
        assert (load_status("record_2026") == "not_read").all(axis=None)
        for silence in ("open", "no"):
            cases = load_cases("record_2026", silence=silence)
            assert cases.drop(columns="general_denial").isna().all(axis=None)
            assert not cases["general_denial"].any()
            assert cases.dtypes.equals(load_cases("essay").dtypes)
        table = coverage("record_2026")
        assert (table["not_read"] == 13).all()
        assert (table["coded"] == 0).all()


def test_pairs_that_were_not_read(small_folder: Path) -> None:
    with using_data(small_folder):
        status = load_status("essay")
        assert status.loc["KAZ", "recognises_crimea"] == "silent"
        assert status.loc["ARM", "public_stance"] == "undecided"
        assert status.loc["KGZ", "combat_troops"] == "coded"
        assert (status == "not_read").sum().sum() == 13 * 15 - 7
        dropped = load_status("essay", group_statements=False)
        assert dropped.loc["KGZ", "combat_troops"] == "group_dropped"
        low = load_status("essay", min_confidence="medium", group_statements=False)
        assert low.loc["KGZ", "combat_troops"] == "below_threshold"
        closed = load_cases("essay", silence="no")
        assert closed.loc["KAZ", "recognises_crimea"] == "withheld"
        assert closed["recognises_crimea"].notna().sum() == 1
        assert pd.isna(closed.loc["ARM", "public_stance"])
        assert closed.loc["KAZ", "turns_to_turkey"]
        assert not closed.loc["KAZ", "turns_to_west"]


def test_a_silent_set_read_as_no_is_empty(small_folder: Path) -> None:
    rows = small_rows()["codings"]
    rows += [["essay", "ARM", "restraints", who, "silent", *[""] * 6] for who in CODERS]
    write_table(small_folder, "codings", rows)
    with using_data(small_folder):
        columns = [f"restraints_{code}" for code in load_codebook().variable("restraints").code_ids]
        assert load_cases("essay").loc["ARM", columns].isna().all()
        closed = load_cases("essay", silence="no").loc["ARM", columns]
        assert closed.tolist() == [False] * len(columns)


@pytest.mark.parametrize("loader", [load_states, load_codings, load_cases, load_status, coverage])
def test_broken_data_stop_every_loader_with_all_that_is_wrong(loader, small_folder: Path) -> None:
    rows = small_rows()
    rows["codings"][3][5] = "turning"
    rows["events"][0][1] = "ZZZ"
    for table in ("codings", "events"):
        write_table(small_folder, table, rows[table])
    # The list of accounts comes from a table too, and an unreadable one is no empty list.
    (small_folder / "accounts.csv").write_text("account\nessay\n", encoding="utf-8")
    with using_data(small_folder), pytest.raises(DataError) as error:
        loader()
    found = {(problem.file, problem.line) for problem in error.value.problems}
    assert {("accounts.csv", 1), ("codings.csv", 5), ("events.csv", 2)} <= found
    for message in ("accounts.csv, line 1", "'turning'", "'ZZZ'"):
        assert message in str(error.value)


def test_ten_thousand_wrong_rows_are_all_named(small_folder: Path) -> None:
    rows = small_rows()["codings"]
    n_rows = len(rows)
    rows += [["essay", f"X{n}", "arms_supply", "coder_1", "silent", *[""] * 6] for n in range(MANY)]
    write_table(small_folder, "codings", rows)
    with using_data(small_folder), pytest.raises(DataError) as error:
        load_cases("essay")
    lines = {p.line for p in error.value.problems if p.column == "state"}
    assert lines == set(range(n_rows + 2, n_rows + 2 + MANY))
    assert str(error.value).count("\n") == len(error.value.problems)


def test_a_table_that_was_changed_is_the_callers_alone() -> None:
    first = load_table("accounts")
    first.loc[0, "account"] = "changed"
    first["more"] = 1
    assert load_table("accounts")["account"].tolist() == list(ACCOUNTS)
    assert list(load_table("accounts").columns) == list(TABLES["accounts"])
