"""The program is not about one text: a made-up dataset under another scheme goes through it."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from helpers import comparison, plots, sensitivity, tables, typology
from helpers.data import coverage, load_cases, load_codings, load_states, load_status
from helpers.dataset.files import using_data
from helpers.publish.export.formats import FORMATS

FOLDER = Path(__file__).parent / "second_text"


@pytest.fixture(autouse=True)
def second() -> Iterator[None]:
    with using_data(FOLDER):
        yield


def call(*words: str) -> str:
    """Return what a command prints on the second text."""
    command = [sys.executable, "-m", "helpers", *words]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "COALITION_DATA": str(FOLDER)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_check_finds_nothing_wrong() -> None:
    assert call("check") == "0 problem(s), 0 coding(s) to explain\n"


def test_types_follow_the_other_scheme() -> None:
    lines = call("types", "--format", "csv").splitlines()
    assert lines[0] == "state,word,conduct,type,could_be,watched"
    assert lines[1:] == [
        "ISL,yes,good,keeper,keeper,yes",
        "NOR,no,good,doer,doer,yes",
        "CHL,no,poor,outsider,outsider,no",
        "PER,yes,unknown,talker,talker;keeper,unknown",
    ]


def test_the_account_that_needs_searches_is_the_one_that_is_marked() -> None:
    totals = {account: coverage(account).sum() for account in ("letter", "logbook")}
    assert (totals["letter"]["silent"], totals["letter"]["searched"]) == (4, 0)
    assert (totals["logbook"]["silent"], totals["logbook"]["searched"]) == (0, 6)


def test_options_and_silence_are_those_of_the_scheme() -> None:
    cases = load_cases("letter", silence="no")
    assert typology.derive(cases).loc["PER", "type"] == "talker"
    assert typology.derive(load_cases("letter"), ["lenient"]).loc["NOR", "type"] == "keeper"
    verdicts = typology.thesis(load_cases("logbook"))
    assert verdicts["verdict"].to_dict() == {"all_sign": "open", "none_exceeds": "contradicted"}
    assert typology.needed("word") == ["signature"]


def test_the_codebook_is_printed_with_its_rules() -> None:
    text = " ".join(call("codebook", "conduct").split())
    assert "`good` if `quota` is `kept` or `undercut`, and `inspectors` is `yes`" in text
    assert "keeper" in call("codebook")


def test_diff_knows_the_tables() -> None:
    assert "Codings: " in call("diff")


@pytest.mark.parametrize("style", FORMATS)
def test_it_is_exported(tmp_path: Path, style: str) -> None:
    out = tmp_path / f"out{FORMATS[style].suffix}"
    call("export", str(out), "--format", style)
    assert out.exists()


def both() -> tuple[pd.DataFrame, pd.DataFrame]:
    return load_codings("letter"), load_codings("logbook")


def derived(account: str = "letter") -> pd.DataFrame:
    return typology.derive(load_cases(account))


SHOWN: list[Callable[[], Any]] = [
    lambda: tables.variables_table(["signature", "reasons"]),
    lambda: tables.codes_table("quota"),
    lambda: tables.coverage_table(coverage("letter")),
    lambda: tables.codes_by_state(load_cases("letter"), load_status("letter")),
    lambda: tables.types_table(derived()),
    lambda: tables.type_counts(derived()),
    lambda: tables.thesis_table(typology.thesis(load_cases("letter"))),
    lambda: tables.missing_table(load_status("letter"), typology.needed()),
    lambda: tables.members_table(load_cases("letter"), "reasons"),
    lambda: tables.evidence_table("letter", "NOR"),
    lambda: tables.filter_region(derived(), "North"),
    lambda: tables.composition(derived(), "region"),
    lambda: tables.level_shares(derived(), "region"),
    lambda: tables.provenance("letter"),
    lambda: plots.type_bounds(derived(), "Types"),
    lambda: plots.code_map(load_cases("letter"), load_status("letter"), "Codes"),
    lambda: plots.composition(tables.composition(derived(), "region"), "Regions"),
    lambda: plots.level_panels(tables.level_shares(derived(), "region"), "Levels"),
    lambda: sensitivity.standing(sensitivity.readings("letter")),
    lambda: tables.choices_table(sensitivity.readings("letter")),
    lambda: tables.type_shares_table(sensitivity.readings("letter")),
    lambda: tables.verdict_shares_table(sensitivity.readings("logbook")),
    lambda: tables.findings_table(sensitivity.readings("logbook")),
    lambda: tables.deciding_table(sensitivity.readings("logbook")),
    lambda: plots.type_heat(sensitivity.readings("logbook"), "Types"),
    lambda: plots.specification_curve(sensitivity.readings("logbook"), "words_given", "Words"),
    lambda: sensitivity.pivotal(load_cases("letter")),
    lambda: comparison.code_changes(*both()),
    lambda: comparison.type_changes(derived("letter"), derived("logbook")),
]


@pytest.mark.parametrize("show", SHOWN, ids=[str(number) for number in range(len(SHOWN))])
def test_tables_and_figures_are_made(show: Callable[[], Any]) -> None:
    found = show()
    assert len(found) if isinstance(found, pd.DataFrame) else found._repr_mimebundle_()


def test_the_states_are_its_own() -> None:
    assert load_states().index.tolist() == ["ISL", "NOR", "CHL", "PER", "AUT", "CHE"]


def test_the_site_is_built(tmp_path: Path) -> None:
    """Without votes at the United Nations there is no map, and no page asks for any."""
    out = tmp_path / "site"
    call("site", "--out", str(out))
    start = (out / "index.html").read_text(encoding="utf-8")
    assert "fishing treaty, in this made-up text?</h1>" in re.sub("<a class=.*?</a>", "", start)
    assert "Votes at the General" not in (out / "states" / "NOR.html").read_text(encoding="utf-8")
