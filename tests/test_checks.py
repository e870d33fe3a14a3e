"""Each rule of the scheme refuses the one cell that breaks it, and only says so."""

import csv
import io
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_data import WHO, small_rows, write_small_data, write_table

from helpers.dataset import checks
from helpers.dataset.checks import cells, codings, find_problems, require_clean, unexplained, unread
from helpers.dataset.files import DataError, Problem, data_folder, read_rows
from helpers.dataset.schema import TABLES

Place = tuple[str, int, str]


@pytest.fixture(scope="module")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for tests that put back what they change: one codebook to parse."""
    return write_small_data(tmp_path_factory.mktemp("shared"))


def problems_of_edit(folder: Path, table: str, line: int, changes: dict[str, str]) -> list[Problem]:
    """Return the problems of a folder with one line changed, and put the line back."""
    edit(folder, table, line, changes)
    try:
        return find_problems(folder)
    finally:
        write_table(folder, table, small_rows()[table])


def edit(folder: Path, table: str, line: int, changes: dict[str, str]) -> None:
    """Write other values into one line of a table."""
    rows = small_rows()[table]
    for column, value in changes.items():
        rows[line - 2][TABLES[table].index(column)] = value
    write_table(folder, table, rows)


def matching(problems: list[Problem], place: Place, words: str) -> list[Problem]:
    """Return the problems at a place whose message has all the words."""
    file, line, column = place
    return [
        problem
        for problem in problems
        if (problem.file, problem.line, problem.column) == (f"{file}.csv", line, column)
        and all(word in problem.message for word in words.split("|"))
    ]


# Table, line, what is written into it, and the message it gets. The problem stands in that
# line and in the first column that was changed.
CELLS: list[tuple[str, int, dict[str, str], str]] = [
    ("accounts", 2, {"account": "Essay"}, "lower-case"),
    ("accounts", 3, {"as_of": "2023"}, "YYYY-MM-DD or YYYY-MM"),
    ("accounts", 3, {"as_of": "2023-13"}, "YYYY-MM-DD or YYYY-MM"),
    ("accounts", 2, {"cut_off": "2023-01"}, "YYYY-MM-DD"),
    ("accounts", 2, {"cut_off": "2023-02-30"}, "calendar"),
    ("accounts", 2, {"cut_off": "2023-01-30"}, "last day of as_of, 2023-01-31"),
    ("accounts", 2, {"cut_off": "2023-01-3\u0661"}, "calendar"),
    ("accounts", 2, {"label": ""}, "must not be empty"),
    ("accounts", 4, {"basis": ""}, "must not be empty"),
    ("states", 20, {"state": "Qaa"}, "three capitals"),
    ("states", 20, {"un_name": ""}, "must not be empty"),
    ("states", 20, {"short_name": ""}, "must not be empty"),
    ("states", 20, {"iso2": ""}, "is empty|two capitals"),
    ("states", 20, {"iso2": "na"}, "two capitals"),
    ("states", 20, {"m49": "4"}, "three digits"),
    ("states", 20, {"cow": "2.0"}, "whole number"),
    ("states", 20, {"gw": ""}, "is empty|whole number"),
    ("states", 20, {"gw": "007"}, "leading zeros"),
    ("states", 20, {"m49_region": ""}, "must not be empty"),
    ("states", 20, {"m49_region": "Oceania"}, "lies in one region|line 2 |Europe"),
    ("states", 20, {"m49_subregion": ""}, "must not be empty"),
    ("states", 20, {"un_regional_group": ""}, "must not be empty"),
    ("states", 20, {"tile_col": "-1"}, "whole number"),
    ("states", 20, {"tile_row": "one"}, "whole number"),
    ("sources", 3, {"source": "Wire One"}, "lower-case"),
    ("sources", 3, {"source": "wire-none"}, "no row of any table names this source"),
    ("sources", 3, {"publisher": ""}, "must not be empty"),
    ("sources", 3, {"title": ""}, "must not be empty"),
    ("sources", 3, {"title_is_ours": "maybe"}, "yes, no"),
    ("sources", 3, {"date": "30 June 2022"}, "YYYY-MM"),
    ("sources", 3, {"date": "2022-06-31"}, "YYYY-MM"),
    ("sources", 3, {"address": "www.example.org"}, "http://"),
    ("sources", 3, {"address": "https://"}, "http://"),
    ("sources", 3, {"repost": ""}, "is empty|yes, no, unknown"),
    ("sources", 3, {"read": "unknown"}, "yes, no"),
    ("paragraphs", 2, {"source": "esay"}, "essay, wire-one"),
    ("paragraphs", 2, {"section": ""}, "must not be empty"),
    ("paragraphs", 2, {"paragraph": "0"}, "whole number from 1"),
    ("paragraphs", 2, {"words": "sixty"}, "whole number"),
    ("paragraphs", 2, {"sha256": "A" * 64}, "64 hexadecimal"),
    ("coders", 2, {"account": "esay"}, "essay, record_2023, record_2026"),
    ("coders", 2, {"coder": "coder_9"}, "coder_1, coder_2, adjudicated"),
    ("coders", 2, {"kind": ""}, "must not be empty"),
    ("coders", 2, {"made_on": "2026"}, "YYYY-MM-DD"),
    ("coders", 2, {"material": ""}, "must not be empty"),
    ("coders", 2, {"method": ""}, "must not be empty"),
    ("codings", 2, {"account": "esay"}, "essay, record_2023, record_2026"),
    ("codings", 2, {"state": "KAX"}, "KAZ, KGZ"),
    ("codings", 2, {"state": "QAA"}, "the cases in states.csv"),
    ("codings", 2, {"state": ""}, "is empty|KAZ, KGZ"),
    ("codings", 2, {"variable": "recognizes_crimea"}, "recognises_crimea"),
    ("codings", 2, {"coder": "coder_3"}, "coder_1, coder_2, adjudicated"),
    ("codings", 2, {"status": "unknown"}, "coded, silent, undecided"),
    ("codings", 2, {"status": "below_threshold"}, "coded, silent, undecided"),
    ("codings", 2, {"code": "withheld"}, "must be empty|silent"),
    ("codings", 2, {"scope": "state"}, "must be empty|silent"),
    ("codings", 2, {"confidence": "low"}, "must be empty|silent"),
    ("codings", 2, {"source": "essay"}, "must be empty|silent"),
    ("codings", 2, {"locator": "Introduction 1"}, "must be empty|silent"),
    ("codings", 2, {"rationale": "word " * 25 + "word"}, "26 words|25"),
    ("codings", 5, {"code": ""}, "must not be empty|coded"),
    ("codings", 5, {"scope": ""}, "must not be empty|coded"),
    ("codings", 5, {"confidence": ""}, "must not be empty|coded"),
    ("codings", 5, {"source": ""}, "must not be empty|coded"),
    ("codings", 5, {"locator": ""}, "must not be empty|coded"),
    ("codings", 5, {"rationale": ""}, "must not be empty|coded"),
    ("codings", 5, {"code": "turning"}, "exiting, seeking, diversifying, none (realignment"),
    ("codings", 5, {"code": "exiting;seeking"}, "exiting, seeking, diversifying, none"),
    ("codings", 5, {"scope": "region"}, "state, group"),
    ("codings", 5, {"confidence": "certain"}, "low, medium, high"),
    ("codings", 5, {"source": "wire-1"}, "essay, wire-one"),
    ("codings", 5, {"source": "wire-one"}, "the text that is coded: essay"),
    ("codings", 5, {"locator": "Central Asia 9"}, "Central Asia 2|paragraphs.csv"),
    ("codings", 5, {"locator": "Introduction 1;Introduction 1"}, "same locator twice"),
    ("codings", 5, {"locator": "Introduction 1;"}, "''|Central Asia 1"),
    ("codings", 5, {"locator": "KAZ-01"}, "paragraphs.csv"),
    ("codings", 8, {"code": "turkey;china"}, "codebook's order: china;turkey"),
    ("codings", 8, {"code": "china;china"}, "twice"),
    ("codings", 8, {"code": "china;india"}, "'india'|china, turkey, west"),
    ("codings", 14, {"confidence": "high"}, "low or medium for restraints"),
    ("codings", 17, {"confidence": "medium"}, "must be low|group"),
    ("codings", 20, {"code": "opposes"}, "must be empty|undecided"),
    ("codings", 20, {"source": ""}, "must not be empty|undecided"),
    ("codings", 20, {"locator": ""}, "must not be empty|undecided"),
    ("codings", 20, {"rationale": ""}, "must not be empty|undecided"),
    ("codings", 20, {"locator": "Outro 1"}, "paragraphs.csv"),
    ("codings", 32, {"variable": "fate_tied"}, "account essay only"),
    ("codings", 32, {"variable": "restraints"}, "account essay only"),
    ("codings", 26, {"locator": "KAZ-09"}, "KAZ-01|events and resolutions"),
    ("codings", 26, {"locator": "ARM-01"}, "about ARM; must be one about KAZ"),
    ("codings", 26, {"locator": "KAZ-03"}, "2023-03-31|ends with 2023-02-28"),
    ("codings", 26, {"locator": "ES-11/8"}, "admits for public_stance: ES-11/1, ES-11/2"),
    ("codings", 26, {"locator": "68/262"}, "admits for public_stance"),
    ("codings", 26, {"locator": "ES-11/7"}, "held on 2025-02-24; must be to 2023-02-28"),
    (
        "codings",
        26,
        {"locator": "ES-11/1", "account": "record_2026"},
        "held on 2022-03-02; must be from 2024-06-25 to 2026-06-25",
    ),
    ("codings", 26, {"locator": "ES-11/1", "state": "KGZ"}, "KGZ was absent"),
    ("codings", 26, {"source": "wire-one;un-votes"}, "in their order: un-votes;wire-one"),
    ("codings", 26, {"source": "un-votes"}, "in their order: un-votes;wire-one"),
    ("codings", 29, {"locator": "ES-11/1"}, "admits for aid_to_ukraine: none"),
    ("codings", 29, {"locator": "KAZ-02", "confidence": "high"}, "R10|source was not read"),
    ("earlier_readings", 2, {"account": "esay"}, "essay, record_2023"),
    ("earlier_readings", 2, {"state": "QAA"}, "the cases in states.csv"),
    ("earlier_readings", 2, {"variable": "fate_tied"}, "no later reading"),
    ("earlier_readings", 2, {"coder": "adjudicated"}, "coder_1, coder_2"),
    ("earlier_readings", 2, {"reading": "0"}, "from 1"),
    ("earlier_readings", 2, {"status": "guessed"}, "coded, silent, undecided"),
    ("earlier_readings", 2, {"scope": "region"}, "state, group"),
    ("earlier_readings", 2, {"confidence": "sure"}, "low, medium, high"),
    ("earlier_readings", 2, {"rationale": "word " * 25 + "word"}, "26 words|25"),
    ("earlier_readings", 2, {"code": "defence_pact"}, "must be empty|silent"),
    ("earlier_readings", 3, {"code": "defence_pakt"}, "none, partnership, defence_pact|alliance"),
    ("earlier_readings", 3, {"code": ""}, "must not be empty|coded"),
    ("earlier_readings", 3, {"scope": ""}, "must not be empty|coded"),
    ("earlier_readings", 3, {"confidence": "high", "scope": "group"}, "must be low|group"),
    ("earlier_readings", 3, {"locator": ""}, "must not be empty|coded"),
    ("earlier_readings", 3, {"locator": "Introduction 9"}, "Introduction 1|paragraphs.csv"),
    ("earlier_readings", 3, {"locator": "KAZ-01"}, "Introduction 1|paragraphs.csv"),
    ("earlier_readings", 3, {"rationale": ""}, "must not be empty|coded"),
    ("earlier_readings", 4, {"locator": "KAZ-01;KAZ-99"}, "'KAZ-99'|events and resolutions"),
    ("states", 2, {"region": ""}, "must not be empty|line 2"),
    ("accounts", 3, {"needs_searches": "perhaps"}, "yes, no"),
    ("searches", 2, {"account": "esay"}, "essay, record_2023"),
    ("searches", 2, {"variable": "alliances"}, "alliance"),
    ("searches", 2, {"queries": ""}, "must not be empty"),
    ("searches", 2, {"queries": "one way"}, "at least two differently worded"),
    ("searches", 2, {"where": ""}, "must not be empty"),
    ("searches", 2, {"searched_on": "2026-01"}, "YYYY-MM-DD"),
    ("searches", 2, {"texts_read": "few"}, "number"),
    ("searches", 2, {"estimated": "about"}, "yes, no"),
    ("searches", 2, {"outcome": "nothing"}, "nothing_found"),
    ("searches", 2, {"events": "KAZ-99"}, "events.csv"),
    ("searches", 2, {"events": "ARM-01"}, "an event about ARM; must be one about KAZ"),
    ("adjudications", 2, {"account": "esay"}, "essay, record_2023"),
    ("adjudications", 2, {"state": "QAA"}, "the cases in states.csv"),
    ("adjudications", 2, {"variable": "alliances"}, "alliance"),
    ("adjudications", 2, {"variable": "fate_tied"}, "no such coding by coder_1, coder_2"),
    ("adjudications", 2, {"differed_in": "code"}, "must be confidence|lines 11 and 12"),
    ("adjudications", 2, {"differed_in": "colour"}, "status, code, scope, confidence"),
    ("adjudications", 2, {"differed_in": ""}, "must be confidence|lines 11 and 12"),
    ("adjudications", 2, {"won": "both"}, "coder_1, coder_2, neither"),
    ("adjudications", 2, {"reason": ""}, "must not be empty"),
    ("adjudications", 2, {"reason": "word " * 40 + "word"}, "41 words|40"),
    ("events", 2, {"event": "KAZ1"}, "KAZ-01"),
    ("events", 2, {"event": "ARM-09"}, "begin with its state, KAZ-"),
    ("events", 2, {"state": "QAA"}, "the cases in states.csv"),
    ("events", 2, {"date": "2022"}, "YYYY-MM"),
    ("events", 2, {"date": "2022-02-29"}, "calendar"),
    ("events", 2, {"dimension": "trade"}, "recognition, troops"),
    ("events", 2, {"direction": "towards"}, "away_from_russia, neutral"),
    ("events", 2, {"standing": "disputed"}, "reported, denied"),
    ("events", 2, {"description": ""}, "must not be empty"),
    ("events", 2, {"source": "wire-nine"}, "wire-one"),
    ("events", 2, {"source": "wire-one;wire-nine"}, "'wire-nine'"),
    ("events", 2, {"source": "wire-one;wire-one"}, "twice"),
    ("events", 2, {"source": ""}, "is empty"),
    ("events", 2, {"source_read": "unknown"}, "yes, no"),
    ("events", 3, {"source_read": "yes"}, "must be no|wire-two"),
    ("claims", 2, {"claim": "1"}, "C01"),
    ("claims", 2, {"section": "Intro"}, "Introduction, Central Asia"),
    ("claims", 2, {"paragraph": "first"}, "whole number"),
    ("claims", 2, {"paragraph": "2"}, "no such paragraph of section Introduction"),
    ("claims", 2, {"states": "KAZ;ATL"}, "'ATL'|193 in states.csv"),
    ("claims", 2, {"states": ""}, "is empty"),
    ("claims", 2, {"statement": ""}, "must not be empty"),
    ("claims", 2, {"verdict": "true"}, "supported, partly_supported"),
    ("claims", 2, {"explanation": ""}, "must not be empty"),
    ("claims", 2, {"source": ""}, "only the verdict cannot_be_checked"),
    ("claims", 2, {"source": "wire-nine"}, "wire-one"),
    ("claims", 2, {"confidence": "sure"}, "low, medium, high"),
    ("claims", 2, {"source_read": ""}, "is empty|yes, no"),
    ("claims", 3, {"source_read": "yes"}, "must be no|there is none"),
    ("un_resolutions", 2, {"resolution": "A/68/262"}, "68/262 or ES-11/1"),
    ("un_resolutions", 2, {"date": "2014-03"}, "YYYY-MM-DD"),
    ("un_resolutions", 2, {"title": ""}, "must not be empty"),
    ("un_resolutions", 2, {"kind": "crimea"}, "annexation, crimea_rights"),
    ("un_resolutions", 2, {"yes": "many"}, "whole number"),
    ("un_resolutions", 2, {"yes": "191"}, "192 states with yes"),
    ("un_resolutions", 2, {"symbol": "A/RES/68/263"}, "A/RES/68/262"),
    ("un_resolutions", 2, {"source": "voeten"}, "un-votes"),
    ("un_resolutions", 2, {"source": ""}, "is empty"),
    ("un_resolutions", 2, {"address": "un.org"}, "http://"),
    ("un_resolutions", 2, {"evidence_tier": "D"}, "A, A-, B, C"),
    ("un_votes", 2, {"resolution": "68/626"}, "68/262"),
    ("un_votes", 2, {"state": "KAZA"}, "193 in states.csv; did you mean KAZ?"),
    ("un_votes", 2, {"state": "kaz"}, "did you mean KAZ?"),
    ("un_votes", 2, {"vote": "abstention"}, "yes, abstain, no, absent"),
]


@pytest.mark.parametrize(
    ("table", "line", "changes", "words"),
    CELLS,
    ids=[f"{t}-{n}-{c}={v[:20]}" for t, n, d, _ in CELLS for c, v in list(d.items())[:1]],
)
def test_wrong_cell(
    shared_folder: Path, table: str, line: int, changes: dict[str, str], words: str
) -> None:
    column, value = next(iter(changes.items()))
    problems = problems_of_edit(shared_folder, table, line, changes)
    found = matching(problems, (table, line, column), words)
    assert found, "\n".join(map(str, problems))
    assert found[0].value in (value, value[: len(found[0].value) - 3] + "...")


# A row written over another: (table, line, changes), then the place of the problem.
ELSEWHERE: list[tuple[str, int, dict[str, str], Place, str]] = [
    ("accounts", 3, {"account": "essay"}, ("accounts", 3, "account"), "essay stands already|2"),
    ("accounts", 2, {"text": ""}, ("accounts", 0, "text"), "must be essay in one row"),
    ("states", 3, {"state": "KAZ"}, ("states", 3, "state"), "line 2"),
    ("states", 3, {"iso2": "NA"}, ("states", 3, "iso2"), "NA stands already in line 2"),
    ("states", 3, {"m49": "000"}, ("states", 3, "m49"), "line 2"),
    ("states", 3, {"cow": "2"}, ("states", 3, "cow"), "line 2"),
    ("states", 3, {"gw": "2"}, ("states", 3, "gw"), "line 2"),
    ("states", 3, {"short_name": "State KAZ"}, ("states", 3, "short_name"), "State KAZ"),
    ("states", 3, {"un_name": "The State of KAZ"}, ("states", 3, "un_name"), "line 2"),
    ("states", 3, {"tile_col": "0"}, ("states", 3, "tile_col, tile_row"), "0 0|line 2"),
    ("states", 20, {"region": "Central Asia"}, ("states", 0, "region"), "14|13"),
    ("states", 2, {"region": ""}, ("states", 0, "region"), "12|13"),
    ("states", 2, {"region": "Centrl Asia"}, ("states", 0, "region"), "6|5|Centrl Asia (1)"),
    ("sources", 3, {"source": "essay"}, ("sources", 3, "source"), "essay stands already"),
    (
        "paragraphs",
        4,
        {"paragraph": "1"},
        ("paragraphs", 4, "source, section, paragraph"),
        "line 3",
    ),
    ("coders", 3, {"coder": "coder_1"}, ("coders", 3, "account, coder"), "line 2"),
    ("coders", 2, {"account": "record_2026"}, ("coders", 2, "coder"), "no coding"),
    ("coders", 2, {"account": "record_2026"}, ("codings", 2, "coder"), "coders.csv must say"),
    (
        "codings",
        3,
        {"coder": "coder_1"},
        ("codings", 3, "account, state, variable, coder"),
        "line 2",
    ),
    ("codings", 5, {"code": "none"}, ("codings", 8, "variable"), "none in line 5|seeking"),
    ("codings", 5, {"status": "silent"}, ("codings", 5, "code"), "must be empty"),
    ("codings", 5, {"variable": "recruitment"}, ("codings", 8, "variable"), "no row"),
    ("codings", 6, {"code": "exiting"}, ("codings", 6, "code"), "line 5|in code|adjudications"),
    ("codings", 6, {"state": "KGZ"}, ("codings", 7, "coder"), "without a coding by coder_2"),
    ("codings", 12, {"confidence": "medium"}, ("adjudications", 2, "differed_in"), "must be empty"),
    ("codings", 13, {"state": "UZB"}, ("adjudications", 2, "variable"), "adjudicated"),
    (
        "adjudications",
        2,
        {"variable": "turns_to"},
        ("adjudications", 2, "differed_in"),
        "do not differ",
    ),
    ("adjudications", 2, {"state": "ARM"}, ("codings", 12, "confidence"), "line 11"),
    ("events", 3, {"event": "KAZ-01"}, ("events", 3, "event"), "line 2"),
    ("events", 2, {"source": "essay"}, ("codings", 26, "source"), "un-votes;essay"),
    ("events", 2, {"date": "2023-04"}, ("codings", 26, "locator"), "2023-04-30"),
    ("claims", 3, {"claim": "C01"}, ("claims", 3, "claim"), "line 2"),
    ("un_resolutions", 3, {"resolution": "68/262"}, ("un_resolutions", 3, "resolution"), "2"),
    (
        "un_resolutions",
        2,
        {"yes": "191"},
        ("un_resolutions", 2, "yes, no, abstain, absent"),
        "192|193",
    ),
    ("un_votes", 3, {"state": "KAZ"}, ("un_votes", 3, "resolution, state"), "68/262 KAZ|line 2"),
    ("un_votes", 3, {"state": "KAZ"}, ("un_votes", 0, "state"), "68/262|without: KGZ"),
    ("un_votes", 2, {"vote": "no"}, ("un_resolutions", 2, "no"), "2 states with no"),
    ("un_votes", 197, {"vote": "absent"}, ("un_resolutions", 3, "absent"), "2 states"),
]


@pytest.mark.parametrize(
    ("table", "line", "changes", "place", "words"),
    ELSEWHERE,
    ids=[f"{t}-{n}-{'-'.join(d)}-{p[0]}-{p[2]}" for t, n, d, p, _ in ELSEWHERE],
)
def test_wrong_beside_others(
    shared_folder: Path, table: str, line: int, changes: dict[str, str], place: Place, words: str
) -> None:
    problems = problems_of_edit(shared_folder, table, line, changes)
    assert matching(problems, place, words), "\n".join(map(str, problems))


@pytest.mark.parametrize("table", TABLES)
def test_structure_of_each_table(small_folder: Path, table: str) -> None:
    path = small_folder / f"{table}.csv"
    text = path.read_text(encoding="utf-8")

    def only_problem(content: bytes | None) -> Problem:
        path.unlink(missing_ok=True)
        if content is not None:
            path.write_bytes(content)
        (problem,) = find_problems(small_folder)
        assert problem.file == path.name
        return problem

    # Nothing that other tables name is reported as unknown when a table is lost as a whole.
    assert "missing" in only_problem(None).message
    assert "empty" in only_problem(b"").message
    assert "UTF-16" in only_problem(text.encode("utf-16")).message
    assert only_problem(text.encode() + b"\xe9\n").message.startswith("not UTF-8")
    assert "header must be" in only_problem(b"x" + text.encode()).message
    assert only_problem(b"<<<<<<< HEAD\n" + text.encode()).line == 1
    assert "quotes" in only_problem(text.encode() + b'"').message


def quote_all(raw: bytes) -> bytes:
    """Return a CSV file with every cell in quotes."""
    text = io.StringIO()
    reader = csv.reader(io.StringIO(raw.decode("utf-8")))
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(reader)
    return text.getvalue().encode("utf-8")


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: b"\xef\xbb\xbf" + raw,
        lambda raw: raw.replace(b"\n", b"\r\n"),
        lambda raw: raw.replace(b"\n", b"\r"),
        lambda raw: raw.rstrip(b"\n"),
        quote_all,
    ],
    ids=["byte-order-mark", "crlf", "cr", "no-final-newline", "quotes"],
)
def test_what_spreadsheets_write_is_fine(
    small_folder: Path, change: Callable[[bytes], bytes]
) -> None:
    for path in small_folder.glob("*.csv"):
        path.write_bytes(change(path.read_bytes()))
    assert find_problems(small_folder) == []


def test_small_data_are_sound_and_every_column_has_a_rule(small_folder: Path) -> None:
    assert find_problems(small_folder) == []
    assert set(checks.CHECKS) == set(TABLES)
    # A column without a rule would raise a KeyError.
    for table, columns in TABLES.items():
        write_table(small_folder, table, [["\u2620"] * len(columns)])
    found = {problem.file.removesuffix(".csv") for problem in find_problems(small_folder)}
    # The codebook too, since its sets name resolutions that are no more.
    assert found == {*TABLES, "codebook.yml"}


def test_all_problems_at_once_in_order(small_folder: Path) -> None:
    edit(small_folder, "events", 3, {"date": "soon", "description": ""})
    edit(small_folder, "codings", 5, {"confidence": "sure", "rationale": ""})
    problems = find_problems(small_folder)
    assert [(p.file, p.line, p.column) for p in problems if p.column != "source_read"] == [
        ("codings.csv", 5, "confidence"),
        ("codings.csv", 5, "rationale"),
        ("codings.csv", 6, "confidence"),
        ("events.csv", 3, "date"),
        ("events.csv", 3, "description"),
    ]
    assert str(problems[0]) == (
        "codings.csv, line 5, column confidence: must be one of low, medium, high "
        "(codebook.yml) (found 'sure')"
    )


def test_unknown_tables_are_named(small_folder: Path) -> None:
    (small_folder / "coding.csv").write_text("a\n", encoding="utf-8")
    (small_folder / "Old.CSV").write_text("a\n", encoding="utf-8")
    (small_folder / "README.md").write_text("a\n", encoding="utf-8")
    problems = find_problems(small_folder)
    assert [problem.file for problem in problems] == ["Old.CSV", "coding.csv"]
    assert "codings" in problems[0].message


@pytest.mark.parametrize("name", ["._codings.csv", ".~lock.codings.csv#", "~$codings.csv"])
def test_hidden_files_are_nobodys_data(small_folder: Path, name: str) -> None:
    (small_folder / name).write_bytes(b"\x00\x05\x16\x07")
    (small_folder / "._codebook.yml").write_bytes(b"\x00\x05\x16\x07")
    assert find_problems(small_folder) == []
    require_clean(small_folder)


def test_a_cell_of_any_length_is_named_and_not_repeated(small_folder: Path) -> None:
    edit(small_folder, "events", 2, {"description": "x" * 200_000})
    problems = find_problems(small_folder)
    assert {(p.file, p.line, p.column) for p in problems} == {("events.csv", 2, "description")}
    assert all("200000 characters" in problem.message for problem in problems)
    edit(small_folder, "events", 2, {"source": "wire-one;" + "y" * 200_000})
    edit(small_folder, "codings", 2, {"rationale": "a\u200b" + "z" * 200_000})
    assert all(len(str(problem)) < 2000 for problem in find_problems(small_folder))


def test_one_missing_row_of_members_and_votes(small_folder: Path) -> None:
    rows = small_rows()
    write_table(small_folder, "states", rows["states"][:-1])
    (count,) = matching(find_problems(small_folder), ("states", 0, ""), "192 rows|193")
    assert count.value == ""
    write_table(small_folder, "states", rows["states"])
    write_table(small_folder, "un_votes", rows["un_votes"][7:])
    (missing,) = matching(find_problems(small_folder), ("un_votes", 0, "state"), "68/262")
    assert missing.message.endswith("without: KAZ, KGZ, TJK, TKM, UZB and 2 more")


def test_tables_without_rows(small_folder: Path) -> None:
    for table in TABLES:
        write_table(small_folder, table, [])
    problems = find_problems(small_folder)
    assert {problem.file for problem in problems} == {"codebook.yml", "states.csv"}
    write_table(small_folder, "un_votes", [["68/262", "KAZ", "yes"]])
    (problem,) = matching(find_problems(small_folder), ("un_votes", 2, "resolution"), "has none")
    assert problem.value == "68/262"


def test_silent_and_undecided_rows_may_say_more(small_folder: Path) -> None:
    rows = small_rows()["codings"]
    for row in rows[0:3]:
        row[-1] = "The event KAZ-03 is unconfirmed."
    for row in rows[18:21]:
        row[6:8] = ["group", "low"]
    write_table(small_folder, "codings", rows)
    assert find_problems(small_folder) == []


def test_turn_beside_undecided_realignment_is_allowed(small_folder: Path) -> None:
    rows = small_rows()["codings"]
    for row in rows[3:6]:
        row[4:6] = ["undecided", ""]
    write_table(small_folder, "codings", rows)
    assert find_problems(small_folder) == []


def test_silence_of_an_account_that_needs_searches_must_have_been_looked_for(
    small_folder: Path,
) -> None:
    write_table(small_folder, "searches", [])
    (problem,) = find_problems(small_folder)
    assert (problem.file, problem.line, problem.column) == ("codings.csv", 34, "status")
    assert "searches.csv has no search" in problem.message
    accounts = small_rows()["accounts"]
    accounts[1][-1] = "no"
    write_table(small_folder, "accounts", accounts)
    assert find_problems(small_folder) == []


def test_a_report_that_its_state_denies_is_low_at_most(small_folder: Path) -> None:
    rows = small_rows()
    rows["events"][1][-1] = "denied"
    write_table(small_folder, "events", rows["events"])
    problems = find_problems(small_folder)
    assert [(p.line, p.column) for p in problems] == [(n, "confidence") for n in (29, 30, 31)]
    assert "must be low" in problems[0].message
    assert "KAZ-02" in problems[0].message
    for row in rows["codings"][27:30]:
        row[7] = "low"
    write_table(small_folder, "codings", rows["codings"])
    assert find_problems(small_folder) == []


def test_a_denied_report_behind_the_first_locator_caps_nothing(small_folder: Path) -> None:
    rows = small_rows()
    rows["events"][0][-1] = "denied"
    write_table(small_folder, "events", rows["events"])
    assert find_problems(small_folder) == []


def test_silent_realignment_excludes_a_turn(small_folder: Path) -> None:
    rows = small_rows()["codings"]
    for row in rows[3:6]:
        row[4:11] = ["silent", *[""] * 6]
    write_table(small_folder, "codings", rows)
    problems = find_problems(small_folder)
    assert [(p.line, p.column) for p in problems] == [(line, "variable") for line in (8, 9, 10)]
    assert "silent in line 5" in problems[0].message


def test_all_differences_are_listed_in_order(small_folder: Path) -> None:
    rows = small_rows()
    rows["codings"][10][4:11] = ["silent", *[""] * 6]
    write_table(small_folder, "codings", rows["codings"])
    (problem,) = find_problems(small_folder)
    assert "must be status;code;scope;confidence" in problem.message
    rows["adjudications"][0][3] = "status;code;scope;confidence"
    write_table(small_folder, "adjudications", rows["adjudications"])
    assert find_problems(small_folder) == []


def test_a_broken_codebook_is_all_that_can_be_said(small_folder: Path) -> None:
    (small_folder / "codebook.yml").write_text("a: [", encoding="utf-8")
    edit(small_folder, "codings", 2, {"state": "KAX"})
    (problem,) = find_problems(small_folder)
    assert problem.file == "codebook.yml"
    with pytest.raises(DataError, match=r"codebook\.yml"):
        unread(small_folder)


def test_codebook_without_a_list_entry_does_not_break_the_checks(small_folder: Path) -> None:
    path = small_folder / "codebook.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("{id: absent,", "{id: away,"), encoding="utf-8")
    (vote, *_rest) = [p for p in find_problems(small_folder) if p.file == "un_votes.csv"]
    assert "away" in vote.message


@pytest.mark.parametrize(
    ("table", "line", "changes", "place", "words"),
    [
        ("codings", 7, {"code": "exiting"}, ("codings", 7, "code"), "seeking (line 5)"),
        ("codings", 7, {"confidence": "low"}, ("codings", 7, "confidence"), "medium (line 5)"),
        ("codings", 13, {"confidence": "high"}, ("adjudications", 2, "won"), "neither"),
        ("adjudications", 2, {"won": "coder_2"}, ("adjudications", 2, "won"), "coder_1"),
        ("adjudications", 2, {"won": "neither"}, ("adjudications", 2, "won"), "coder_1"),
    ],
)
def test_unexplained_codings_stop_nobody(
    small_folder: Path, table: str, line: int, changes: dict[str, str], place: Place, words: str
) -> None:
    assert unexplained(small_folder) == []
    edit(small_folder, table, line, changes)
    assert find_problems(small_folder) == []
    assert matching(unexplained(small_folder), place, words)


def test_sets_name_known_resolutions(small_folder: Path) -> None:
    edit(small_folder, "un_resolutions", 4, {"resolution": "ES-11/6", "symbol": "A/RES/ES-11/6"})
    found = [p for p in find_problems(small_folder) if p.file == "codebook.yml"]
    assert {problem.value for problem in found} == {"ES-11/7"}
    assert "resolution_sets.war.resolutions" in {problem.column for problem in found}


def test_a_departure_from_both_coders_can_be_explained(small_folder: Path) -> None:
    edit(small_folder, "codings", 7, {"code": "exiting"})
    rows = small_rows()["adjudications"]
    rows.append(["essay", *small_rows()["codings"][5][1:3], "", "neither", "a made-up reason"])
    write_table(small_folder, "adjudications", rows)
    assert find_problems(small_folder) == []
    assert unexplained(small_folder) == []
    edit(small_folder, "codings", 7, {})
    assert "remove the row" in str(find_problems(small_folder))


def test_missing_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for function in (find_problems, require_clean, unread):
        with pytest.raises(ValueError, match="no data folder at"):
            function(tmp_path / "nowhere")
    monkeypatch.setenv("COALITION_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(ValueError, match="COALITION_DATA"):
        find_problems()


def test_require_clean_lists_everything(small_folder: Path) -> None:
    require_clean(small_folder)
    edit(small_folder, "events", 3, {"date": "soon", "dimension": "x"})
    with pytest.raises(DataError, match="2 problem") as caught:
        require_clean(small_folder)
    assert {problem.column for problem in caught.value.problems} == {"date", "dimension"}


def test_require_clean_checks_once_per_state(
    small_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def counted(folder: Path) -> list[Problem]:
        calls.append(folder)
        return find_problems(folder)

    monkeypatch.setattr(checks, "find_problems", counted)
    monkeypatch.setenv("COALITION_DATA", str(small_folder))
    require_clean()
    require_clean(small_folder)
    assert len(calls) == 1
    path = small_folder / "codebook.yml"
    os.utime(path, ns=(1, path.stat().st_mtime_ns + 1_000_000))
    require_clean()
    (small_folder / "other.csv").write_text("a\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"other\.csv"):
        require_clean()
    assert len(calls) == 3


def test_unread_pairs(small_folder: Path) -> None:
    pairs = unread(small_folder)
    assert len(pairs) == 3 * 13 * 15 + 3 * 13 * 13 - 33
    assert ("essay", "coder_1", "KAZ", "alliance") not in pairs
    assert ("essay", "coder_1", "KAZ", "fate_tied") in pairs
    assert not [pair for pair in pairs if pair[0] != "essay" and pair[3] == "restraints"]
    rows = [
        [account, state, variable, who, "silent", *[""] * 6]
        for account, who, state, variable in pairs
    ]
    write_table(small_folder, "codings", small_rows()["codings"] + rows)
    assert unread(small_folder) == []


def test_months_and_years_count_as_their_last_day() -> None:
    assert cells.last_day("2023-02") == "2023-02-28"
    assert cells.last_day("2023") == "2023-12-31"
    assert cells.last_day("2023-02-07") == "2023-02-07"
    for wrong in ("", "2023-", "2023-2", "2023-00", "0000-01-01", "20230207", "2023-W05-1"):
        assert cells.last_day(wrong) is None


@pytest.mark.parametrize(
    ("resolution", "variable", "account", "ok"),
    [
        ("ES-11/4", "recognises_annexations", "record_2023", True),
        ("68/262", "recognises_crimea", "record_2026", True),
        ("77/229", "recognises_crimea", "record_2026", False),
        ("ES-11/4", "recognises_dpr_lpr", "record_2023", False),
        ("ES-11/4", "public_stance", "record_2023", True),
        ("ES-11/9", "public_stance", "record_2026", True),
        ("ES-11/6", "public_stance", "record_2026", False),
    ],
)
def test_admitted_votes(
    small_folder: Path, resolution: str, variable: str, account: str, ok: bool
) -> None:
    days = {"ES-11/4": "2022-10-12", "68/262": "2014-03-27", "77/229": "2022-12-15"}
    days |= {"ES-11/9": "2025-12-03", "ES-11/6": "2023-02-23"}
    rows = small_rows()
    cast = [[resolution, row[0], "yes"] for row in rows["states"]]
    tally = ["193", "0", "0", "0", f"A/RES/{resolution}", "un-votes", "", "A"]
    known = [row for row in rows["un_resolutions"] if row[0] != resolution]
    votes = [row for row in rows["un_votes"] if row[0] != resolution]
    write_table(small_folder, "un_votes", [*votes, *cast])
    write_table(
        small_folder,
        "un_resolutions",
        [*known, [resolution, days[resolution], "Title", "war", *tally]],
    )
    coded = [["BLR", variable, who, "coded", "supports", "state", "medium"] for who in WHO]
    if variable != "public_stance":
        coded = [[*row[:4], "endorsed", *row[5:]] for row in coded]
    added = [[account, *row, "un-votes", resolution, "So it voted."] for row in coded]
    write_table(small_folder, "codings", rows["codings"] + added)
    people = [[account, who, "made up", "2026-01-31", "Scheme", "Reading"] for who in WHO]
    kept = [row for row in rows["coders"] if row[0] != account]
    write_table(small_folder, "coders", [*kept, *people])
    problems = find_problems(small_folder)
    assert (problems == []) is ok
    assert {problem.column for problem in problems} <= {"locator"}


def test_constants_fit_the_schema() -> None:
    assert set(codings.COMPARED) < set(TABLES["codings"])
    for rules in (codings.MUST_BE_FILLED, codings.MUST_BE_EMPTY):
        assert {column for columns in rules.values() for column in columns} < set(TABLES["codings"])


# Whatever stands in the files, people get messages and never a traceback.
anyhow = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
names = st.sampled_from([*(f"{table}.csv" for table in TABLES), "codebook.yml"])


@anyhow
@given(name=names, content=st.binary(max_size=400), where=st.sampled_from(["all", "in", "end"]))
def test_any_bytes_give_messages(
    shared_folder: Path, name: str, content: bytes, where: str
) -> None:
    path = shared_folder / name
    sound = path.read_bytes()
    half = len(sound) // 2
    path.write_bytes(
        {"all": content, "in": sound[:half] + content + sound[half:], "end": sound + content}[where]
    )
    try:
        problems = find_problems(shared_folder)
        assert problems or content.strip() == b"" or where != "all"
        assert all(str(problem).startswith(problem.file) for problem in problems)
    finally:
        path.write_bytes(sound)


odd_texts = st.one_of(
    st.text(st.characters(blacklist_categories=["Cs"]), max_size=30),
    st.sampled_from([";", ";;", "-", "0", "9" * 5000, "\u0661", "2023-02-30", "KAZ;", "A/B", "=1"]),
    st.sampled_from(["coded", "silent", "undecided", "group", "high", "essay", "record_2026"]),
)


@anyhow
@given(data=st.data(), table=st.sampled_from(sorted(TABLES)), text=odd_texts)
def test_any_cell_gives_messages(
    shared_folder: Path, data: st.DataObject, table: str, text: str
) -> None:
    rows = small_rows()[table]
    row = data.draw(st.sampled_from(rows))
    row[data.draw(st.integers(0, len(row) - 1))] = text
    try:
        write_table(shared_folder, table, rows)
        for problem in find_problems(shared_folder):
            assert problem.message
            assert "\n" not in str(problem)
    finally:
        write_table(shared_folder, table, small_rows()[table])


@pytest.mark.parametrize("table", ["codings", "events", "un_votes", "sources"])
def test_ten_thousand_bad_rows_are_all_named(small_folder: Path, table: str) -> None:
    width = len(TABLES[table])
    rows = [[f"x{number}"] * width for number in range(10_000)]
    write_table(small_folder, table, rows)
    problems = find_problems(small_folder)
    assert len({problem.line for problem in problems if problem.file == f"{table}.csv"}) >= 10_000


def test_the_dataset_itself_is_sound_and_complete() -> None:
    assert find_problems() == []
    assert unread() == []
    assert unexplained() == []


def test_checking_needs_no_table_library() -> None:
    code = (
        "import sys, helpers.dataset.checks; helpers.dataset.checks.find_problems(); "
        "print([m for m in ('pandas', 'numpy', 'papermill', 'jupyter_client') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=True
    )
    assert done.stdout.strip() == "[]"


def test_namibia_is_not_missing() -> None:
    rows, _ = read_rows(data_folder() / "states.csv", TABLES["states"])
    (namibia,) = [row for row in rows if row["state"] == "NAM"]
    assert namibia["iso2"] == "NA"


@pytest.mark.parametrize(
    ("table", "line", "place", "words"),
    [
        ("codings", 13, ("codings", 12, "coder"), "both coders read|adjudicated"),
        ("claims", 2, ("claims", 2, "claim"), "missing before it: 1"),
        ("events", 3, ("events", 4, "event"), "missing before it: 2"),
        ("paragraphs", 3, ("paragraphs", 3, "paragraph"), "missing before it: 1"),
    ],
)
def test_a_row_that_vanishes_is_missed(
    small_folder: Path, table: str, line: int, place: Place, words: str
) -> None:
    rows = small_rows()[table]
    del rows[line - 2]
    write_table(small_folder, table, rows)
    problems = find_problems(small_folder)
    assert matching(problems, place, words), "\n".join(map(str, problems))


def test_readings_are_numbered_without_holes(small_folder: Path) -> None:
    edit(small_folder, "earlier_readings", 4, {"reading": "999999999"})
    (problem,) = find_problems(small_folder)
    assert (problem.line, problem.column) == (4, "reading")
    assert problem.message.endswith("missing before it: 1 to 999999998")


@pytest.mark.parametrize("table", ["claims", "earlier_readings"])
def test_the_last_row_of_a_counted_table_is_missed(small_folder: Path, table: str) -> None:
    book = small_folder / "codebook.yml"
    rows = small_rows()[table]
    text = book.read_text(encoding="utf-8")
    book.write_text(
        text.replace("counts:\n", f"counts:\n  {table}: {len(rows)}\n"), encoding="utf-8"
    )
    assert find_problems(small_folder) == []
    write_table(small_folder, table, rows[:-1])
    (problem,) = find_problems(small_folder)
    assert str(problem) == (
        f"{table}.csv: {len(rows) - 1} rows; counts.{table} of codebook.yml says {len(rows)}"
    )


@pytest.mark.parametrize("count", ["0", "many"])
def test_a_count_of_rows_is_a_number(small_folder: Path, count: str) -> None:
    book = small_folder / "codebook.yml"
    text = book.read_text(encoding="utf-8")
    book.write_text(text.replace("counts:\n", f"counts:\n  claims: {count}\n"), encoding="utf-8")
    (problem,) = find_problems(small_folder)
    assert (problem.file, problem.column) == ("codebook.yml", "counts.claims")


WRONG_TEXTS = {
    "#REF!": "spreadsheet",
    "see #N/A": "spreadsheet",
    "=1+1": "formula",
    "+1": "formula",
    "@SUM(1)": "formula",
    "x" * 100_000: "100000 characters; at most",
    "e\u0301cole": "must be one character: U+00E9",
    "a \u0301x": "accent without its letter",
    "\uff41": "usual width",
    "\u0661": "0 to 9",
    "Pu\u0442in": "two scripts",
    "\u13aarmy": "two scripts",
    "o\ufb03ce": "plain letters",
    "\U0001d400rmy": "plain letters",
    "a\u200bb": "cannot be seen",
    "a\u3164b": "cannot be seen",
    "a\ufffd": "was lost",
}


@pytest.mark.parametrize("text", WRONG_TEXTS, ids=lambda text: ascii(text[:12]))
@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("accounts", "label"),
        ("states", "un_name"),
        ("sources", "title"),
        ("events", "description"),
        ("measure_values", "note"),
        ("earlier_readings", "rationale"),
    ],
)
def test_no_cell_holds_what_spreadsheets_and_keyboards_leave(
    shared_folder: Path, table: str, column: str, text: str
) -> None:
    problems = problems_of_edit(shared_folder, table, 2, {column: text})
    assert matching(problems, (table, 2, column), WRONG_TEXTS[text])
    assert all(len(str(problem)) < 2000 for problem in problems)


@pytest.mark.parametrize(
    "text",
    [
        "\u015eükrü",
        "\u041f\u0440\u0435\u0441\u0441-TV",
        "5 - 1 = 4",
        "no. #1",
        "\u65b0\u30cb\u30e5\u30fc",
    ],
)
def test_texts_of_all_scripts_are_fine(shared_folder: Path, text: str) -> None:
    assert problems_of_edit(shared_folder, "sources", 2, {"title": text}) == []


@pytest.mark.parametrize("date", ["1023-01-31", "2099-01-31"])
@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("events", "date"),
        ("sources", "date"),
        ("coders", "made_on"),
        ("searches", "searched_on"),
        ("measures", "as_of"),
        ("accounts", "as_of"),
        ("accounts", "cut_off"),
        ("un_resolutions", "date"),
    ],
)
def test_years_are_bounded(shared_folder: Path, table: str, column: str, date: str) -> None:
    problems = problems_of_edit(shared_folder, table, 2, {column: date})
    assert matching(problems, (table, 2, column), "must be of the years 1900 to 2027")


@pytest.mark.parametrize("column", ["m49_subregion", "un_regional_group"])
def test_groups_of_states_are_those_of_the_codebook(shared_folder: Path, column: str) -> None:
    problems = problems_of_edit(shared_folder, "states", 20, {column: "Asia-Pacfic"})
    assert matching(problems, ("states", 20, column), "groupings of codebook.yml")


def test_a_column_sorted_by_itself_breaks_the_seal(small_folder: Path) -> None:
    rows = small_rows()["states"]
    book = small_folder / "codebook.yml"
    (small_folder / "codebook.yml").write_text(
        book.read_text(encoding="utf-8") + '\nseals:\n  states: "0123456789abcdef"\n',
        encoding="utf-8",
    )
    (problem,) = find_problems(small_folder)
    found = re.search("write ([0-9a-f]{16}) there", problem.message)
    assert found and problem.file == "states.csv"
    book.write_text(
        book.read_text(encoding="utf-8").replace("0123456789abcdef", found[1]), encoding="utf-8"
    )
    assert find_problems(small_folder) == []
    for row, iso2 in zip(rows, sorted(row[3] for row in rows), strict=True):
        row[3] = iso2
    write_table(small_folder, "states", rows)
    (problem,) = find_problems(small_folder)
    assert "seals.states of codebook.yml" in problem.message


@pytest.mark.parametrize(
    ("part", "key"),
    [
        ("seals:\n  states: abc", "seals.states"),
        ("seals:\n  stats: '0123456789abcdef'", "seals"),
        ("seals: abc", "seals"),
    ],
)
def test_seals_are_well_formed(small_folder: Path, part: str, key: str) -> None:
    book = small_folder / "codebook.yml"
    book.write_text(f"{book.read_text(encoding='utf-8')}\n{part}\n", encoding="utf-8")
    (problem,) = find_problems(small_folder)
    assert (problem.file, problem.column) == ("codebook.yml", key)
