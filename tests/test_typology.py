"""What follows from codes, held against the scheme's own words.

The expectations are written here a second time, from the text of the scheme and
without the implementation's functions or order of codes, so that a slip in either
shows.
"""

import functools
import itertools
from collections.abc import Iterable, Sequence

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers.analysis.typology import derive, needed, open_because_of, thesis
from helpers.data import load_cases, load_status
from helpers.dataset.codebook import load_codebook
from helpers.dataset.rules import level_codes, type_of

Record = dict[str, str | bool | None]

# The scheme, section Variables: codes from furthest from Russia to closest.
CODES = {
    "recognises_crimea": ("refused", "withheld", "endorsed", "recognised"),
    "recognises_dpr_lpr": ("refused", "withheld", "endorsed", "recognised"),
    "recognises_annexations": ("refused", "withheld", "endorsed", "recognised"),
    "combat_troops": ("refused", "none", "volunteers", "regular"),
    "arms_supply": ("none", "dual_use", "munitions", "weapon_systems"),
    "territory_use": ("none", "hosts_bases", "staging"),
    "economic_support": ("curtailed", "none", "trade", "lifeline"),
    "public_stance": ("opposes", "distances", "ambivalent", "supports"),
    "aid_to_ukraine": ("arms", "nonlethal", "none"),
    "realignment": ("exiting", "seeking", "diversifying", "none"),
}
ACTS = ("recognises_dpr_lpr", "recognises_annexations")
KINDS = ("combat_troops", "arms_supply", "territory_use", "economic_support")
TURNS = ("public_stance", "aid_to_ukraine", "realignment")

# The scheme, section Derived: the table of support types, cell by cell.
TABLE = {
    ("yes", "military", "yes"): "full_backer",
    ("yes", "military", "no"): "full_backer",
    ("yes", "military", "unknown"): "full_backer",
    ("yes", "economic", "yes"): "endorser",
    ("yes", "economic", "no"): "endorser",
    ("yes", "economic", "unknown"): "endorser",
    ("yes", "none", "yes"): "endorser",
    ("yes", "none", "no"): "endorser",
    ("yes", "none", "unknown"): "endorser",
    ("yes", "unknown", "yes"): "endorser",
    ("yes", "unknown", "no"): "endorser",
    ("yes", "unknown", "unknown"): "endorser",
    ("no", "military", "yes"): "military_backer",
    ("no", "military", "no"): "military_backer",
    ("no", "military", "unknown"): "military_backer",
    ("no", "economic", "yes"): "hedger",
    ("no", "economic", "no"): "economic_partner",
    ("no", "economic", "unknown"): "economic_partner",
    ("no", "none", "yes"): "distancer",
    ("no", "none", "no"): "bystander",
    ("no", "none", "unknown"): "bystander",
    ("no", "unknown", "yes"): "distancer",
    ("no", "unknown", "no"): "undetermined",
    ("no", "unknown", "unknown"): "undetermined",
    ("unknown", "military", "yes"): "military_backer",
    ("unknown", "military", "no"): "military_backer",
    ("unknown", "military", "unknown"): "military_backer",
    ("unknown", "economic", "yes"): "hedger",
    ("unknown", "economic", "no"): "economic_partner",
    ("unknown", "economic", "unknown"): "economic_partner",
    ("unknown", "none", "yes"): "distancer",
    ("unknown", "none", "no"): "bystander",
    ("unknown", "none", "unknown"): "bystander",
    ("unknown", "unknown", "yes"): "distancer",
    ("unknown", "unknown", "no"): "undetermined",
    ("unknown", "unknown", "unknown"): "undetermined",
}
# "distancer, bystander < hedger, economic partner < endorser and military backer < full backer;
# undetermined stands outside."
STEPS = {
    "distancer": 0,
    "bystander": 0,
    "hedger": 1,
    "economic_partner": 1,
    "endorser": 2,
    "military_backer": 2,
    "full_backer": 3,
    "undetermined": None,
}


def expected_recognition(acts: Iterable[str | None]) -> str:
    """`yes` if either is `endorsed` or `recognised`; `no` if neither is and one is said."""
    said = [act for act in acts if act is not None]
    if "endorsed" in said or "recognised" in said:
        return "yes"
    return "no" if said else "unknown"


def expected_material(
    troops: str | None, arms: str | None, territory: str | None, economy: str | None
) -> str:
    """Military before economic; none only where all four are coded."""
    if troops in ("volunteers", "regular"):
        return "military"
    if arms in ("munitions", "weapon_systems") or territory == "staging":
        return "military"
    if economy in ("trade", "lifeline") or arms == "dual_use":
        return "economic"
    coded = [code for code in (troops, arms, territory, economy) if code is not None]
    return "none" if len(coded) == 4 else "unknown"


def expected_turning(stance: str | None, aid: str | None, realignment: str | None) -> str:
    """One sign of turning away is enough; `no` needs all three."""
    signs = [stance == "opposes", stance == "distances", aid == "arms"]
    signs += [realignment == "seeking", realignment == "exiting"]
    if any(signs):
        return "yes"
    coded = [code for code in (stance, aid, realignment) if code is not None]
    return "no" if len(coded) == 3 else "unknown"


def ways(record: Record, names: Sequence[str]) -> Iterable[tuple[str, ...]]:
    """Every way in which the missing among some variables could be coded."""
    options = []
    for name in names:
        code = record[name]
        codes = [code] if isinstance(code, str) else list(CODES[name])
        if code is None and name == "territory_use" and record.get("general_denial"):
            codes.remove("staging")
        options.append(codes)
    return itertools.product(*options)


@functools.cache
def levels_there_could_be(
    names: tuple[str, ...], codes: tuple[str | None, ...], denial: bool
) -> frozenset[str]:
    """The levels that follow from any completion of some variables."""
    record: Record = {**dict(zip(names, codes, strict=True)), "general_denial": denial}
    if names == KINDS:
        return frozenset(expected_material(*way) for way in ways(record, names))
    if names == TURNS:
        return frozenset(expected_turning(*way) for way in ways(record, names))
    return frozenset(expected_recognition(way) for way in ways(record, names))


def expected_bounds(record: Record, crimea: bool = False) -> set[str]:
    """Every type that some completion gives."""
    acts = (*ACTS, "recognises_crimea") if crimea else ACTS
    found = []
    for names in (acts, KINDS, TURNS):
        codes = tuple(code if isinstance(code := record[n], str) else None for n in names)
        found.append(levels_there_could_be(names, codes, bool(record.get("general_denial"))))
    return {TABLE[levels] for levels in itertools.product(*found)}


def table_of(records: Sequence[Record], index: Sequence[str] | None = None) -> pd.DataFrame:
    """Return records as a table of cases, in the dtypes that the loader gives."""
    names = [*CODES, "general_denial"]
    columns = {name: [record.get(name) for record in records] for name in names}
    columns["general_denial"] = [bool(value) for value in columns["general_denial"]]
    states = list(index) if index is not None else [f"S{n:02}" for n in range(len(records))]
    table = pd.DataFrame(columns, index=states, dtype=object)
    for name, codes in CODES.items():
        table[name] = table[name].astype(pd.CategoricalDtype(list(codes), ordered=True))
    return table.astype({"general_denial": bool})


def records_of(cases: pd.DataFrame) -> list[Record]:
    """Return a table of cases as plain records."""
    plain = cases[[*CODES, "general_denial"]].astype(object)
    return [
        {name: None if value is None or value != value else value for name, value in row.items()}
        for row in plain.to_dict("records")
    ]


def every(names: Sequence[str], others: str | None = None) -> list[Record]:
    """Every combination of codes, missing included, of some variables.

    The others are missing, or take their first or last code.
    """
    place = {"first": 0, "last": -1}
    blank: Record = {name: others and codes[place[others]] for name, codes in CODES.items()}
    options = [(*CODES[name], None) for name in names]
    return [blank | dict(zip(names, way, strict=True)) for way in itertools.product(*options)]


one_record = st.fixed_dictionaries(
    {name: st.none() | st.sampled_from(codes) for name, codes in CODES.items()}
    | {"general_denial": st.booleans()}
)
some_records = st.lists(one_record, max_size=3)
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=40)


def test_the_scheme_here_is_the_codebook() -> None:
    book = load_codebook()
    assert {name: book.variable(name).code_ids for name in CODES} == CODES
    assert {kind.id: kind.step for kind in book.support_types} == STEPS
    assert list(STEPS) == [kind.id for kind in book.support_types]
    assert needed("material") == list(KINDS)
    assert needed() == [name for name in CODES if name != "recognises_crimea"]
    assert needed(options=["crimea"]) == list(CODES)


@pytest.mark.parametrize(("levels", "kind"), TABLE.items(), ids="-".join)
def test_table_of_types(levels: tuple[str, str, str], kind: str) -> None:
    names = ("recognition", "material", "turning_away")
    assert type_of(load_codebook().rules, dict(zip(names, levels, strict=True))) == kind


def test_the_table_is_all_there() -> None:
    book = load_codebook()
    levels = [book.level(name).code_ids for name in ("recognition", "material", "turning_away")]
    assert set(TABLE) == set(itertools.product(*levels))
    assert set(TABLE.values()) == set(STEPS)


def level_of(name: str, given: dict[str, str | None], options: Sequence[str] = ()) -> str:
    """Return one level of some codes, all others missing."""
    codes = {**dict.fromkeys(load_codebook().rules.codes), **given}
    return level_codes(load_codebook().rules, codes, frozenset(options))[name]


@pytest.mark.parametrize("options", [[], ["crimea"]])
def test_recognition_over_all_codes(options: list[str]) -> None:
    names = (*ACTS, *(["recognises_crimea"] if options else []))
    for acts in itertools.product((*CODES["recognises_crimea"], None), repeat=len(names)):
        given = dict(zip(names, acts, strict=True))
        assert level_of("recognition", given, options) == expected_recognition(acts), acts


def test_material_over_all_codes() -> None:
    combinations = list(itertools.product(*((*CODES[name], None) for name in KINDS)))
    assert len(combinations) == 5 * 5 * 4 * 5
    for codes in combinations:
        given = dict(zip(KINDS, codes, strict=True))
        assert level_of("material", given) == expected_material(*codes), codes


def test_turning_away_over_all_codes() -> None:
    combinations = list(itertools.product(*((*CODES[name], None) for name in TURNS)))
    assert len(combinations) == 5 * 4 * 5
    for codes in combinations:
        given = dict(zip(TURNS, codes, strict=True))
        assert level_of("turning_away", given) == expected_turning(*codes), codes


@pytest.mark.parametrize("names", [(*ACTS, "recognises_crimea"), TURNS], ids=["acts", "turning"])
@pytest.mark.parametrize("crimea", [False, True])
def test_derived_levels_read_the_right_columns(names: tuple[str, ...], crimea: bool) -> None:
    records = every(names, "first")
    derived = derive(table_of(records), ["crimea"] if crimea else [])
    acts = (*ACTS, "recognises_crimea") if crimea else ACTS
    assert derived["recognition"].tolist() == [
        expected_recognition([r[name] for name in acts]) for r in records
    ]
    assert derived["turning_away"].tolist() == [
        expected_turning(*(r[name] for name in TURNS)) for r in records
    ]
    assert [set(found) for found in derived["could_be"]] == [
        expected_bounds(r, crimea) for r in records
    ]


@pytest.mark.parametrize("denial", [False, True])
def test_material_bounds_over_all_codes(denial: bool) -> None:
    records = [{**record, "general_denial": denial} for record in every(KINDS)]
    derived = derive(table_of(records))
    for record, row in zip(records, derived.itertuples(index=False), strict=True):
        codes = [record[name] for name in KINDS]
        assert row.material == expected_material(*codes), record
        assert set(row.could_be) == expected_bounds(record), record
        flag = {"regular": "yes", None: "unknown"}.get(record["combat_troops"], "no")
        assert row.co_belligerent == flag


@unhurried
@given(st.data())
def test_bounds_are_every_completion_tried_as_a_whole(data: st.DataObject) -> None:
    """No level by itself: each completed case goes through the rules of the scheme."""
    record = data.draw(one_record)
    gaps = data.draw(st.sets(st.sampled_from(sorted(CODES)), max_size=5))
    for name, codes in CODES.items():
        if name not in gaps and record[name] is None:
            record[name] = data.draw(st.sampled_from(codes))
    crimea = data.draw(st.booleans())
    acts = (*ACTS, "recognises_crimea") if crimea else ACTS
    names = (*acts, *KINDS, *TURNS)
    found = set()
    for way in ways(record, names):
        whole = dict(zip(names, way, strict=True))
        recognition = expected_recognition([whole[name] for name in acts])
        material = expected_material(*(whole[name] for name in KINDS))
        turning = expected_turning(*(whole[name] for name in TURNS))
        found.add(TABLE[recognition, material, turning])
    (could_be,) = derive(table_of([record]), ["crimea"] if crimea else [])["could_be"]
    assert set(could_be) == found


@unhurried
@given(some_records, st.booleans())
def test_total_and_within_bounds(records: list[Record], crimea: bool) -> None:
    cases = table_of(records)
    untouched = cases.copy(deep=True)
    derived = derive(cases, ["crimea"] if crimea else [])
    pd.testing.assert_frame_equal(cases, untouched)
    assert derived.index.equals(cases.index)
    assert not derived.isna().any(axis=None)
    order = list(STEPS)
    for record, row in zip(records, derived.itertuples(index=False), strict=True):
        assert set(row.could_be) == expected_bounds(record, crimea)
        assert row.type == TABLE[row.recognition, row.material, row.turning_away]
        assert row.type in row.could_be or row.type == "undetermined"
        assert "undetermined" not in row.could_be
        assert sorted(row.could_be, key=order.index) == list(row.could_be)
        assert row.determined == (len(row.could_be) == 1)


@unhurried
@given(st.lists(one_record, min_size=1, max_size=3), st.randoms(use_true_random=False))
def test_order_of_rows_and_columns_does_not_matter(records: list[Record], random) -> None:
    cases = table_of(records)
    rows, columns = list(cases.index), list(cases.columns)
    random.shuffle(rows)
    random.shuffle(columns)
    shuffled = derive(cases.loc[rows, columns].assign(beside="a column of one's own"))
    pd.testing.assert_frame_equal(shuffled.loc[cases.index], derive(cases))


@unhurried
@given(st.data())
def test_more_support_never_makes_a_type_less_supportive(data: st.DataObject) -> None:
    """Holds for a higher code and for a code where none was; nobody becomes undetermined."""
    record = data.draw(one_record)
    name = data.draw(st.sampled_from((*ACTS, "recognises_crimea", *KINDS)))
    codes = CODES[name]
    lowest = 0 if record[name] is None else codes.index(record[name])
    higher = record | {name: data.draw(st.sampled_from(codes[lowest:]))}
    before, after = derive(
        table_of([record, higher]), ["crimea"] if data.draw(st.booleans()) else []
    )["type"]
    assert before == "undetermined" or STEPS[after] is not None
    assert before == "undetermined" or STEPS[after] >= STEPS[before]


@unhurried
@given(st.data())
def test_coding_what_was_missing_only_narrows_the_bounds(data: st.DataObject) -> None:
    record = data.draw(one_record)
    name = data.draw(st.sampled_from(sorted(CODES)))
    # The general denial speaks of what is not coded: a code that belies it may widen them.
    codes = [c for c in CODES[name] if not (c == "staging" and record["general_denial"])]
    filled = record | {name: record[name] or data.draw(st.sampled_from(codes))}
    before, after = derive(table_of([record, filled]))["could_be"]
    assert set(after) <= set(before)


def test_a_general_denial_rules_out_staging_only() -> None:
    blank: Record = {**dict.fromkeys(CODES), "combat_troops": "none", "arms_supply": "none"}
    denied = blank | {"general_denial": True}
    staged = denied | {"territory_use": "staging"}
    cases = table_of([blank, denied, staged])
    derived = derive(cases)
    without, with_denial, coded = derived["could_be"]
    assert set(without) == set(STEPS) - {"undetermined"}
    assert set(without) - set(with_denial) == {"military_backer", "full_backer"}
    assert set(coded) == {"military_backer", "full_backer"}
    for empty in (cases.drop(columns="general_denial"), cases.assign(general_denial=pd.NA)):
        assert set(derive(empty)["could_be"].iloc[1]) == set(without)


@pytest.mark.parametrize("account", ["essay", "record_2023", "record_2026"])
def test_bounds_are_open_because_of_something_missing(account: str) -> None:
    cases = load_cases(account)
    found, types = open_because_of(cases), derive(cases)

    assert (found.map(len) == 0).tolist() == types["determined"].tolist()
    assert all(cases.loc[state, list(names)].isna().all() for state, names in found.items())


def test_what_bounds_rule_out_leaves_nothing_open() -> None:
    cases = load_cases("record_2026")
    assert open_because_of(cases)["CHN"] == ("territory_use",)
    cases.loc["CHN", "general_denial"] = True
    assert open_because_of(cases)["CHN"] == ()


def test_crimea_counts_only_if_asked() -> None:
    blank: Record = dict.fromkeys(CODES)
    cases = table_of([blank | {"recognises_crimea": code} for code in CODES["recognises_crimea"]])
    assert derive(cases)["recognition"].tolist() == ["unknown"] * 4
    assert derive(cases, ["crimea"])["recognition"].tolist() == ["no", "no", "yes", "yes"]
    assert derive(cases, ["crimea"])["type"].tolist()[2:] == ["endorser", "endorser"]


@pytest.mark.parametrize("wrong", [[None], "crimea", ["Crimea"], [True], [["crimea"]]], ids=repr)
@pytest.mark.parametrize("function", [derive, thesis])
def test_an_unknown_option_is_refused(function, wrong: Sequence[object]) -> None:
    allowed = ", ".join(load_codebook().ids("options"))
    with pytest.raises(ValueError, match=rf"option .* is not known; allowed: {allowed}$"):
        function(table_of([]), wrong)


def test_dtypes_and_order() -> None:
    derived = derive(table_of(every(["combat_troops"])))
    book = load_codebook()
    assert list(derived) == [
        *("recognition", "material", "turning_away", "type", "could_be", "determined"),
        "co_belligerent",
    ]
    for level in book.levels:
        assert derived[level.id].dtype == pd.CategoricalDtype(list(level.code_ids), ordered=True)
    assert derived["type"].dtype == pd.CategoricalDtype(list(STEPS), ordered=False)
    assert derived["determined"].dtype == bool


@pytest.mark.parametrize("function", [derive, thesis])
@pytest.mark.parametrize("name", CODES)
def test_missing_columns_and_unknown_codes_are_named(function, name: str) -> None:
    cases = table_of([dict.fromkeys(CODES)])
    with pytest.raises(ValueError, match=f"lacks the columns {name}$"):
        function(cases.drop(columns=name))
    for wrong in ("Recognised", "yes", "", 3):
        with pytest.raises(ValueError) as error:
            function(cases.assign(**{name: wrong}))
        allowed = ", ".join(CODES[name])
        assert str(error.value) == f"column {name} holds {wrong}; allowed: {allowed}"


def test_all_missing_columns_are_named_at_once() -> None:
    with pytest.raises(ValueError, match=r"recognises_dpr_lpr, recognises_annexations, .*, realig"):
        derive(pd.DataFrame(index=["IRN"]))


def test_plain_text_columns_do_as_well() -> None:
    cases = table_of(every(["arms_supply"]))
    text = cases.astype(dict.fromkeys(CODES, object))
    pd.testing.assert_frame_equal(derive(text), derive(cases))
    narrow = cases.assign(arms_supply=cases["arms_supply"].cat.remove_unused_categories())
    pd.testing.assert_frame_equal(derive(narrow), derive(cases))


def test_empty_tables_of_cases() -> None:
    derived = derive(table_of([]))
    assert derived.empty
    assert list(derived["type"].cat.categories) == list(STEPS)
    verdicts = thesis(table_of([]))
    assert set(verdicts["verdict"]) == {"holds"}
    assert set(verdicts["n_states"]) == {0}


# The thesis: what breaks each statement, in the scheme's words.
def breaks(recognition: str, codes: Sequence[str]) -> dict[str, bool]:
    troops, arms, _, _ = codes
    regular, armed = troops == "regular", arms in ("munitions", "weapon_systems")
    return {
        "all_three": recognition == "yes" and armed and regular,
        "regular_troops": regular,
        "recognition_and_arms": recognition == "yes" and armed,
        "material_help": expected_material(*codes) in ("economic", "military"),
    }


def expected_thesis(records: Sequence[Record], crimea: bool) -> dict[str, tuple[str, list[int]]]:
    """Per statement the verdict, and the places of those who break it or could."""
    acts = (*ACTS, "recognises_crimea") if crimea else ACTS
    certain: dict[str, list[int]] = {}
    possible: dict[str, list[int]] = {}
    for place, record in enumerate(records):
        recognitions = {expected_recognition(way) for way in ways(record, acts)}
        outcomes = [
            breaks(recognition, codes)
            for recognition in recognitions
            for codes in ways(record, KINDS)
        ]
        for statement in outcomes[0]:
            answers = {outcome[statement] for outcome in outcomes}
            if answers == {True}:
                certain.setdefault(statement, []).append(place)
            elif answers == {True, False}:
                possible.setdefault(statement, []).append(place)
    return {"contradicted": certain, "open": possible}


@unhurried
@given(st.lists(one_record, max_size=3), st.booleans())
def test_thesis_verdicts_are_brute_force(records: list[Record], crimea: bool) -> None:
    found = expected_thesis(records, crimea)
    verdicts = thesis(table_of(records), ["crimea"] if crimea else [])
    names = [f"S{n:02}" for n in range(len(records))]
    for statement, row in verdicts.iterrows():
        against = found["contradicted"].get(statement, [])
        unsure = found["open"].get(statement, [])
        assert row["contradicted_by"] == tuple(names[n] for n in against)
        assert row["open_because_of"] == tuple(names[n] for n in unsure)
        assert row["verdict"] == ("contradicted" if against else "open" if unsure else "holds")
        assert row["n_states"] == len(records)


def test_thesis_statements_are_the_codebooks() -> None:
    verdicts = thesis(table_of([]))
    entries = load_codebook().lists["thesis"]
    assert verdicts.index.tolist() == [entry.id for entry in entries]
    assert verdicts["statement"].tolist() == [entry.rule for entry in entries]
    assert verdicts.index.tolist() == list(breaks("no", ["none"] * 4))
    assert verdicts.index.name == "thesis"


def test_one_case_of_each_verdict() -> None:
    blank: Record = dict.fromkeys(CODES)
    nothing = blank | dict.fromkeys(KINDS, "none") | dict.fromkeys(ACTS, "refused")
    everything = blank | {"combat_troops": "regular", "arms_supply": "munitions"}
    everything |= dict.fromkeys(ACTS, "endorsed")
    holds = thesis(table_of([nothing]))
    assert set(holds["verdict"]) == {"holds"}
    broken = thesis(table_of([nothing, everything, blank]))
    assert set(broken["verdict"]) == {"contradicted"}
    assert set(broken["contradicted_by"]) == {("S01",)}
    assert set(broken["open_because_of"]) == {("S02",)}
    assert set(thesis(table_of([nothing, blank]))["verdict"]) == {"open"}


# The real data: what silence read as "no" may do.
READINGS = [
    pytest.param(account, coder, least, id=f"{account}-{coder}-{least}")
    for account in ("essay", "record_2023", "record_2026")
    for coder in ("coder_1", "coder_2", "adjudicated")
    for least in ("low", "medium", "high")
]


@pytest.mark.parametrize(("account", "coder", "least"), READINGS)
def test_silence_read_as_no_only_narrows(account: str, coder: str, least: str) -> None:
    open_cases = load_cases(account, coder, least)
    closed_cases = load_cases(account, coder, least, silence="no")
    status = load_status(account, coder, least)
    for variable in load_codebook().variables:
        columns = [variable.id] if not variable.is_set else []
        columns += [f"{variable.id}_{c}" for c in variable.code_ids if variable.is_set]
        silent = status[variable.id] == "silent"
        for column in columns:
            was, now = open_cases[column], closed_cases[column]
            assert was[silent].isna().all()
            assert now[silent].notna().all()
            assert set(now[silent]) <= {variable.silence_code if not variable.is_set else False}
            pd.testing.assert_series_equal(was[~silent], now[~silent])
    assert open_cases["general_denial"].equals(closed_cases["general_denial"])
    before, after = derive(open_cases), derive(closed_cases)
    for wide, narrow in zip(before["could_be"], after["could_be"], strict=True):
        assert set(narrow) <= set(wide)
    for derived, cases in ((before, open_cases), (after, closed_cases)):
        expected = [expected_bounds(record) for record in records_of(cases)]
        assert [set(found) for found in derived["could_be"]] == expected
