"""Tables against small cases worked out by hand, and their sums against the real data."""

from collections.abc import Callable, Iterator

import pandas as pd
import pytest
from IPython.core.formatters import HTMLFormatter
from IPython.core.interactiveshell import InteractiveShell

from helpers import tables
from helpers.analysis.typology import derive, thesis
from helpers.data import coverage, load_cases, load_codings, load_states, load_status, load_table
from helpers.dataset.allowed import GROUPINGS, act_ids, aid_ids, region_ids
from helpers.dataset.codebook import load_codebook

ACCOUNTS = ("essay", "record_2023", "record_2026")
TYPES = [
    "distancer",
    "bystander",
    "hedger",
    "economic partner",
    "endorser",
    "military backer",
    "full backer",
    "undetermined",
]
MEMBERS = [
    "own security",
    "domestic pressure",
    "territorial precedent",
    "protection failed",
    "rival gains",
    "nuclear threat",
    "reputation",
]


def made_cases() -> pd.DataFrame:
    """Four states with made-up codes, all else missing: Iran, Armenia, Syria, North Korea."""
    cases = load_cases("essay").loc[["IRN", "ARM", "SYR", "PRK"]].copy()
    for column in cases.columns.drop("general_denial"):
        cases[column] = cases[column].mask(cases[column].notna())
    cases["general_denial"] = False
    codes = {
        ("IRN", "arms_supply"): "weapon_systems",
        ("IRN", "recognises_annexations"): "refused",
        ("ARM", "public_stance"): "distances",
        ("SYR", "recognises_dpr_lpr"): "recognised",
        ("PRK", "arms_supply"): "munitions",
        ("PRK", "combat_troops"): "regular",
        ("PRK", "recognises_dpr_lpr"): "endorsed",
    }
    for (state, variable), code in codes.items():
        cases.loc[state, variable] = code
    return cases


@pytest.fixture(scope="module")
def cases() -> pd.DataFrame:
    return made_cases()


@pytest.fixture(scope="module")
def derived(cases: pd.DataFrame) -> pd.DataFrame:
    return derive(cases)


@pytest.fixture(scope="module", params=ACCOUNTS)
def real(request: pytest.FixtureRequest) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The cases of one account and what follows from them."""
    cases = load_cases(request.param)
    return cases, derive(cases)


@pytest.mark.parametrize(
    ("items", "text"),
    [
        ([], "none"),
        (["Iran"], "Iran"),
        (["Iran", "Syria"], "Iran and Syria"),
        (["Iran", "Syria", 3], "Iran, Syria and 3"),
        (iter("ab"), "a and b"),
    ],
)
def test_listing(items: list[object], text: str) -> None:
    assert tables.listing(items) == text


def test_listing_of_nobody() -> None:
    assert tables.listing([], "no state") == "no state"


def test_names_keep_their_order_and_repeat() -> None:
    assert tables.names(["PRK", "IRN", "PRK"]) == ["North Korea", "Iran", "North Korea"]
    assert tables.names(iter([])) == []


@pytest.mark.parametrize("wrong", ["XXX", "prk", "North Korea", "", None, 3, ["PRK"]], ids=repr)
def test_names_of_no_state(wrong: object) -> None:
    for function in (tables.names, lambda states: tables.count_of(states, 13)):
        with pytest.raises(ValueError) as error:
            function(["PRK", wrong])
        assert str(error.value) == f"not the ISO3 code of a UN member: {wrong}"


def test_count_of() -> None:
    assert tables.count_of([], 13) == "0 of 13 (none)"
    assert tables.count_of(["NAM"], 193) == "1 of 193 (Namibia)"


def test_variables_as_the_codebook_asks_them() -> None:
    table = tables.variables_table(["arms_supply", "turns_to"])
    questions = [load_codebook().variable(name).question for name in table.index]
    expected = pd.DataFrame(
        {
            "question": questions,
            "codes": ["none < dual_use < munitions < weapon_systems", "china, turkey, west"],
        },
        index=pd.Index(["arms_supply", "turns_to"], name="variable"),
    )
    pd.testing.assert_frame_equal(table, expected)


def test_codes_of_a_variable() -> None:
    table = tables.codes_table("territory_use")
    assert table.index.tolist() == ["none", "hosts_bases", "staging"]
    assert table["label"].tolist() == ["none", "hosts bases", "staging ground"]
    assert table.index.name == "territory_use"
    assert all(table["rule"].str.endswith("."))


def test_coverage_with_labels_and_a_sum() -> None:
    book = load_codebook()
    table = tables.coverage_table(coverage("essay"))
    assert list(table) == ["coded", "silent", "undecided", "not read", "of"]
    assert table.index.tolist() == [*(v.label for v in book.variables), "all variables"]
    assert (table.iloc[:-1].sum() == table.iloc[-1]).all()
    assert table.loc["all variables", "of"] == 13 * 15
    strict = tables.coverage_table(coverage("essay", min_confidence="high", group_statements=False))
    assert "below threshold" in strict
    made = pd.DataFrame(
        {"coded": [1, 0], "silent": [1, 0], "undecided": [0, 0], "not_read": [0, 2]}
        | {"below_threshold": [0, 0], "group_dropped": [0, 0], "n_states": [2, 2]},
        index=["alliance", "fate_tied"],
    )
    expected = pd.DataFrame(
        {"coded": [1, 0, 1], "silent": [1, 0, 1], "undecided": [0, 0, 0], "not read": [0, 2, 2]}
        | {"of": [2, 2, 4]},
        index=["Formal tie to Russia", "Fate tied to Putin's", "all variables"],
    )
    pd.testing.assert_frame_equal(tables.coverage_table(made), expected)


def test_codes_by_state_say_why_there_is_none(cases: pd.DataFrame) -> None:
    status = pd.DataFrame("not_read", index=cases.index, columns=load_status("essay").columns)
    status["arms_supply"] = ["coded", "silent", "undecided", "coded"]
    status["turns_to"] = "silent"
    expected = pd.DataFrame(
        {"Arms": ["weapon_systems", "(silent)", "(undecided)", "munitions"]},
        index=pd.Index(["Iran", "Armenia", "Syria", "North Korea"], name="state"),
    )
    found = tables.codes_by_state(cases, status)
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)


def test_codes_by_state_are_all_there() -> None:
    found = tables.codes_by_state(load_cases("essay"), load_status("essay"))
    assert found.shape == (13, 13)
    assert not found.isna().any(axis=None)
    silent = (load_status("essay") == "silent").drop(columns=["turns_to", "restraints"])
    assert (found == "(silent)").sum().sum() == silent.sum().sum()


def test_types_with_labels(derived: pd.DataFrame) -> None:
    table = tables.types_table(derived)
    assert table.index.tolist() == ["Armenia", "Syria", "Iran", "North Korea"]
    assert table["type"].tolist() == ["distancer", "endorser", "military backer", "full backer"]
    assert list(table) == [
        *("recognition", "material", "turning away", "type", "could be", "co belligerent")
    ]
    assert table.loc["North Korea"].tolist() == [
        *("yes", "military", "unknown", "full backer", "full backer", "yes")
    ]
    assert table.loc["Syria", "could be"] == "endorser, full backer"


def test_types_as_csv(derived: pd.DataFrame) -> None:
    lines = tables.types_csv(derived).split("\n")
    assert lines == [
        "state,recognition,material,turning_away,type,could_be,co_belligerent",
        "IRN,no,military,unknown,military_backer,military_backer;full_backer,unknown",
        "ARM,unknown,unknown,yes,distancer,"
        "distancer;hedger;endorser;military_backer;full_backer,unknown",
        "SYR,yes,unknown,unknown,endorser,endorser;full_backer,unknown",
        "PRK,yes,military,unknown,full_backer,full_backer,yes",
        "",
    ]


def test_types_as_text(derived: pd.DataFrame) -> None:
    lines = tables.types_text(derived).splitlines()
    assert len(lines) == 5
    assert lines[0].split("  ")[0] == "state"
    assert [line.split("  ")[0] for line in lines[1:]] == [
        *("Armenia", "Syria", "Iran", "North Korea")
    ]
    assert all(line == line.rstrip() for line in lines)
    # Columns stand under their names.
    for name, values in (("material", ["unknown", "unknown", "military", "military"]),):
        place = lines[0].index(name)
        assert [line[place:].split("  ")[0] for line in lines[1:]] == values


def test_counts_of_types(derived: pd.DataFrame) -> None:
    expected = pd.DataFrame(
        {
            "n_states": [1, 0, 0, 0, 1, 1, 1, 0],
            "n_determined": [0, 0, 0, 0, 0, 0, 1, 0],
            "percent_of_states": [25.0, 0.0, 0.0, 0.0, 25.0, 25.0, 25.0, 0.0],
            "states": [
                *("Armenia", "none", "none", "none", "Syria", "Iran", "North Korea", "none")
            ],
        },
        index=pd.Index(TYPES, name="type"),
    )
    pd.testing.assert_frame_equal(tables.type_counts(derived), expected, check_dtype=False)


def test_counts_of_types_add_up(real: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    table = tables.type_counts(real[1])
    assert table.index.tolist() == TYPES
    assert table["n_states"].sum() == 13
    assert table["percent_of_states"].sum() == pytest.approx(100, abs=0.4)
    assert (table["n_determined"] <= table["n_states"]).all()


def test_thesis_with_names(cases: pd.DataFrame) -> None:
    table = tables.thesis_table(thesis(cases))
    assert list(table) == ["verdict", "contradicted by", "could contradict it"]
    row = table.loc["No state both recognises and arms."]
    assert row.tolist() == [
        "contradicted",
        "1 of 4 (North Korea)",
        "3 of 4 (Iran, Armenia and Syria)",
    ]
    help_row = table.loc["No state gives any material help."]
    assert help_row["contradicted by"] == "2 of 4 (Iran and North Korea)"


def test_axes_of_the_cross_table(cases: pd.DataFrame, derived: pd.DataFrame) -> None:
    levels = tables.axis(cases, derived, "recognition")
    assert levels.tolist() == ["no", "unknown", "yes", "yes"]
    act = tables.axis(cases, derived, "recognition", "recognises_dpr_lpr")
    assert act.tolist() == ["not coded", "not coded", "recognised", "endorsed"]
    assert act.cat.ordered
    assert list(act.cat.categories) == [
        *("not coded", "refused", "withheld", "endorsed", "recognised")
    ]
    assert act.name == "recognises_dpr_lpr"
    kinds = tables.axis(cases, derived, "material", "arms_supply")
    assert kinds.tolist() == ["weapon_systems", "not coded", "not coded", "munitions"]
    assert tables.axis(cases, derived, "material").tolist() == derived["material"].tolist()
    # The tables of cases themselves keep missing codes missing.
    assert cases["arms_supply"].isna().sum() == 2


def test_cross_table_by_hand(cases: pd.DataFrame, derived: pd.DataFrame) -> None:
    rows = tables.axis(cases, derived, "recognition")
    columns = tables.axis(cases, derived, "material", "territory_use")
    index = pd.Index(["no", "unknown", "yes", "all"], name="recognition")
    names = ["not coded", "none", "hosts_bases", "staging"]
    counts = pd.DataFrame(
        [[1, 0, 0, 0, 1], [1, 0, 0, 0, 1], [2, 0, 0, 0, 2], [4, 0, 0, 0, 4]],
        index=index,
        columns=pd.Index([*names, "all"], name="territory_use"),
    )
    pd.testing.assert_frame_equal(tables.cross_counts(rows, columns), counts)
    cells = pd.DataFrame(
        [["Iran", *[""] * 3], ["Armenia", *[""] * 3], ["North Korea, Syria", *[""] * 3]],
        index=index[:-1],
        columns=pd.Index(names, name="territory_use"),
    )
    pd.testing.assert_frame_equal(tables.cross_names(rows, columns), cells)


@pytest.mark.parametrize("aid", aid_ids())
@pytest.mark.parametrize("act", act_ids())
def test_cross_tables_agree_with_themselves(
    act: str, aid: str, real: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    rows = tables.axis(*real, "recognition", act)
    columns = tables.axis(*real, "material", aid)
    counts, cells = tables.cross_counts(rows, columns), tables.cross_names(rows, columns)
    inner = counts.iloc[:-1, :-1]
    assert inner.index.tolist() == list(rows.cat.categories)
    assert inner.columns.tolist() == list(columns.cat.categories)
    assert counts.loc["all", "all"] == inner.sum().sum() == 13
    assert (inner.sum() == counts.iloc[-1, :-1]).all()
    assert (inner.sum(axis="columns") == counts.iloc[:-1, -1]).all()
    named = cells.map(lambda text: len(text.split(", ")) if text else 0)
    assert (named.to_numpy() == inner.to_numpy()).all()
    everybody = ", ".join(cells.to_numpy().ravel()).split(", ")
    assert sorted(filter(None, everybody)) == sorted(tables.names(rows.index))


def test_what_is_open_and_why(cases: pd.DataFrame) -> None:
    status = pd.DataFrame("coded", index=cases.index, columns=["arms_supply", "alliance"])
    status["alliance"] = ["silent", "not_read", "silent", "undecided"]
    label = "Formal tie to Russia"
    expected = pd.DataFrame(
        {"n_states": [2, 1, 1], "states": ["Iran and Syria", "North Korea", "Armenia"]},
        index=pd.MultiIndex.from_tuples(
            [(label, "silent"), (label, "undecided"), (label, "not read")],
            names=["variable", "why"],
        ),
    )
    found = tables.missing_table(status, ["arms_supply", "alliance"])
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)
    assert tables.missing_table(status, ["arms_supply"]).empty


@pytest.mark.parametrize("account", ACCOUNTS)
def test_every_missing_code_has_a_reason(account: str) -> None:
    status = load_status(account, min_confidence="medium", group_statements=False)
    table = tables.missing_table(status, status.columns)
    assert table["n_states"].sum() == (status != "coded").sum().sum()


def test_members_of_a_set(cases: pd.DataFrame) -> None:
    cases = cases.copy()
    columns = [c for c in cases if c.startswith("restraints_")]
    cases.loc["ARM", columns] = [True, False, False, True, False, False, False]
    cases.loc["SYR", columns] = False  # as silence read as "no" leaves it
    expected = pd.DataFrame(
        [[True, False, False, True, False, False, False]],
        index=pd.Index(["Armenia"], name="state"),
        columns=MEMBERS,
    )
    pd.testing.assert_frame_equal(tables.members_table(cases, "restraints"), expected)


@pytest.mark.parametrize("variable", ["restraints", "turns_to"])
@pytest.mark.parametrize("account", ACCOUNTS)
def test_silence_adds_nobody_to_a_set(account: str, variable: str) -> None:
    table = tables.members_table(load_cases(account), variable)
    closed = tables.members_table(load_cases(account, silence="no"), variable)
    pd.testing.assert_frame_equal(closed, table)
    coded = load_codings(account).query("variable == @variable and status == 'coded'")
    assert sorted(table.index) == sorted(tables.names(coded["state"]))
    assert table.sum().sum() == coded["code"].str.split(";").str.len().sum()


@pytest.mark.parametrize("account", ACCOUNTS)
def test_evidence_of_every_state(account: str) -> None:
    codings = load_codings(account)
    for state in load_cases(account).index:
        table = tables.evidence_table(account, state)
        rows = codings[(codings["state"] == state) & (codings["status"] != "silent")]
        assert list(table) == ["status", "code", "confidence", "locator", "rationale"]
        assert table.index.tolist() == rows["variable"].tolist()
        assert (table["locator"] != "").all()


@pytest.mark.parametrize("region", region_ids())
def test_every_region_keeps_its_states_and_no_other(region: str) -> None:
    states = load_states()
    kept = tables.filter_region(states, region)
    expected = [
        row["state"]
        for row in load_table("states").to_dict("records")
        if region in ("all", *(row[grouping] for grouping in GROUPINGS))
    ]
    assert kept.index.tolist() == expected
    cases = load_cases("essay")
    assert tables.filter_region(cases, region).index.tolist() == [
        state for state in cases.index if state in expected
    ]


def test_regions_of_states_in_any_order() -> None:
    found = tables.regions_of(["PRK", "IRN"], "region")
    assert found.to_dict() == {"PRK": "South and East Asia", "IRN": "Middle East"}
    assert found.index.tolist() == ["PRK", "IRN"]
    assert tables.regions_of([], "region").empty


def test_composition_by_hand(derived: pd.DataFrame) -> None:
    counts = {
        "Middle East": [0, 0, 0, 0, 1, 1, 0, 0, 2],
        "South Caucasus": [1, 0, 0, 0, 0, 0, 0, 0, 1],
        "South and East Asia": [0, 0, 0, 0, 0, 0, 1, 0, 1],
    }
    expected = pd.DataFrame.from_dict(counts, orient="index", columns=[*TYPES, "n_states"])
    found = tables.composition(derived, "region")
    pd.testing.assert_frame_equal(found, expected.rename_axis("region"), check_column_type=False)


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_composition_adds_up(grouping: str, real: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    _, derived = real
    table = tables.composition(derived, grouping)
    assert list(table) == [*TYPES, "n_states"]
    assert table["n_states"].sum() == 13
    assert (table[TYPES].sum(axis="columns") == table["n_states"]).all()
    assert table["n_states"].is_monotonic_decreasing
    by_type = tables.type_counts(derived)["n_states"]
    assert table[TYPES].sum().tolist() == by_type.tolist()
    sizes = load_states().loc[derived.index, grouping].value_counts()
    assert table["n_states"].to_dict() == sizes.to_dict()
    assert "" not in table.index


def test_shares_of_levels_by_hand(derived: pd.DataFrame) -> None:
    table = tables.level_shares(derived, "region")
    assert len(table) == 3 * (3 + 4 + 3)
    rows = table.query("region == 'Middle East' and level == 'Material level'")
    expected = pd.DataFrame(
        {
            "region": "Middle East",
            "level": "Material level",
            "value": ["none", "unknown", "economic", "military"],
            "n": [0, 1, 0, 1],
            "of": 2,
            "percent": [0.0, 50.0, 0.0, 50.0],
        }
    )
    pd.testing.assert_frame_equal(rows.reset_index(drop=True), expected, check_dtype=False)


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_shares_of_levels_add_up(grouping: str, real: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    _, derived = real
    table = tables.level_shares(derived, grouping)
    sums = table.groupby(["region", "level"])[["n", "percent"]].sum()
    sizes = table.groupby(["region", "level"])["of"].first()
    assert (sums["n"] == sizes).all()
    assert sums["percent"].tolist() == pytest.approx([100] * len(sums), abs=0.2)
    for level in load_codebook().levels:
        counted = table[table["level"] == level.label].groupby("value")["n"].sum()
        labels = derived[level.id].map({code.id: code.label for code in level.codes})
        values = labels.value_counts()
        assert counted[counted > 0].to_dict() == values[values > 0].to_dict()


@pytest.mark.parametrize("account", ACCOUNTS)
def test_provenance(account: str) -> None:
    table = tables.provenance(account)
    book = load_codebook()
    version = f"version {book.dataset['version']} of {book.dataset['released']}"
    assert table.loc["dataset", "value"] == version
    assert table.loc["cut-off of the dataset", "value"] == book.dataset["cut_off"]
    assert table.loc["codings", "value"] == f"{len(load_codings(account))} adjudicated rows"
    assert "language model" in table.loc["made by", "value"]
    assert int(table.loc["sources behind them", "value"]) >= 1
    assert tables.provenance("essay").loc["sources behind them", "value"] == "1"


NOT_ALLOWED: list[tuple[Callable[[object], object], str]] = [
    (lambda x: tables.variables_table([x]), "recognises_crimea, "),
    (tables.codes_table, "recognises_crimea, "),
    (lambda x: tables.axis(*both(), "recognition", x), "any, recognises_crimea, "),
    (lambda x: tables.axis(*both(), "material", x), "any, combat_troops, "),
    (lambda x: tables.axis(*both(), x), "recognition, material"),
    (lambda x: tables.missing_table(load_status(), [x]), "recognises_crimea, "),
    (lambda x: tables.members_table(both()[0], x), "turns_to, restraints"),
    (lambda x: tables.evidence_table(x, "PRK"), "essay, record_2023, record_2026"),
    (lambda x: tables.evidence_table("essay", x), "ARM, BLR, "),
    (lambda x: tables.evidence_table("essay", "PRK", x), "coder_1, coder_2, adjudicated"),
    (lambda x: tables.filter_region(both()[0], x), "all, "),
    (lambda x: tables.regions_of(["PRK"], x), "region, m49_region, "),
    (lambda x: tables.composition(both()[1], x), "region, m49_region, "),
    (lambda x: tables.level_shares(both()[1], x), "region, m49_region, "),
    (tables.provenance, "essay, record_2023, record_2026"),
]


def both() -> tuple[pd.DataFrame, pd.DataFrame]:
    cases = made_cases()
    return cases, derive(cases)


@pytest.mark.parametrize("wrong", ["arms", None, 3, ["any"]], ids=repr)
@pytest.mark.parametrize(("function", "allowed"), NOT_ALLOWED)
def test_wrong_arguments_are_answered_with_what_is_allowed(
    function: Callable[[object], object], allowed: str, wrong: object
) -> None:
    with pytest.raises(ValueError) as error:
        function(wrong)
    assert f"{wrong!r}" in str(error.value)
    assert f"allowed: {allowed}" in str(error.value)


def test_a_set_is_no_axis_and_a_member_of_the_un_no_case() -> None:
    with pytest.raises(ValueError, match="part of recognition 'arms_supply' is not known"):
        tables.axis(*both(), "recognition", "arms_supply")
    with pytest.raises(ValueError, match="state 'NAM' is not known"):
        tables.evidence_table("essay", "NAM")


def test_rows_that_are_no_states_are_refused(derived: pd.DataFrame) -> None:
    named = derived.set_axis(tables.names(derived.index))
    for function in (
        lambda: tables.filter_region(named, "Asia"),
        lambda: tables.regions_of(named.index, "region"),
        lambda: tables.composition(named, "region"),
        lambda: tables.types_table(named),
    ):
        with pytest.raises(ValueError, match="not the ISO3 code of a UN member: Iran, Armenia"):
            function()


def test_empty_tables() -> None:
    cases = load_cases("essay").iloc[:0]
    derived = derive(cases)
    assert tables.types_table(derived).empty
    assert tables.types_text(derived).split() == [
        *("state", "recognition", "material", "turning", "away", "type", "could", "be"),
        *("co", "belligerent"),
    ]
    header = "state,recognition,material,turning_away,type,could_be,co_belligerent\n"
    assert tables.types_csv(derived) == header
    assert tables.type_counts(derived)["n_states"].sum() == 0
    assert tables.type_counts(derived)["percent_of_states"].tolist() == [0.0] * 8
    verdicts = tables.thesis_table(thesis(cases))
    assert set(verdicts["contradicted by"]) == {"0 of 0 (none)"}
    rows = tables.axis(cases, derived, "recognition", "recognises_dpr_lpr")
    columns = tables.axis(cases, derived, "material")
    counts = tables.cross_counts(rows, columns)
    assert counts.shape == (6, 5)
    assert counts.to_numpy().sum() == 0
    assert (tables.cross_names(rows, columns) == "").all(axis=None)
    assert tables.members_table(cases, "restraints").shape == (0, 7)
    composition = tables.composition(derived, "region")
    assert list(composition) == [*TYPES, "n_states"]
    assert composition.empty
    shares = tables.level_shares(derived, "region")
    assert list(shares) == ["region", "level", "value", "n", "of", "percent"]
    assert shares.empty


def test_html_of_a_table() -> None:
    table = pd.DataFrame({"n": [1, 2], "rule": ["`none` & <b>", "x"]}, index=["a", "b"])
    html = tables.as_html(table)
    assert "mathjax_ignore" in html
    assert html == tables.as_html(table.copy())
    assert html != tables.as_html(table.assign(n=[1, 3]))
    assert "`" not in html
    assert "none &amp; &lt;b&gt;" in html
    # Text is to the left, numbers are not.
    assert "td:nth-of-type(2)" in html
    assert "td:nth-of-type(1)" not in html
    name = html.split('<table id="')[1].split('"')[0]
    assert f"#{name} th" in html
    assert html.count(f"#{name}") == 2


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    """A shell as notebooks have one, and pandas as it was afterwards."""
    width = pd.options.display.max_colwidth
    made = InteractiveShell()
    monkeypatch.setattr(tables.html, "get_ipython", lambda: made)
    yield made
    pd.options.display.max_colwidth = width


def test_readable_tables_in_a_notebook(shell: InteractiveShell) -> None:
    tables.readable()
    formatter = shell.display_formatter.formatters["text/html"]
    assert isinstance(formatter, HTMLFormatter)
    table = pd.DataFrame({"rule": ["x" * 500]})
    assert formatter(table) == tables.as_html(table)
    assert "x" * 500 in formatter(table)
    assert pd.options.display.max_colwidth is None


def test_readable_without_a_notebook(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables.html, "get_ipython", lambda: None)
    tables.readable()
    assert "x" * 500 in pd.DataFrame({"rule": ["x" * 500]}).to_string()
