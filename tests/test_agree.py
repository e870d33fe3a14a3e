"""`coalition agree`, its tables and its figure, on made-up classes."""

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from made_up_class import COLUMNS, coded, places, row_of, write_class, write_codings

from helpers import agreement, plots, tables
from helpers.cli import main
from helpers.data import load_codings
from helpers.dataset.coding_files import read_coding_files
from helpers.dataset.files import using_data
from helpers.display.plots.disagreements import shade

HEADER = (
    "variable,member,silent_as,n_units,n_coders,percent_agreement,kappa,alpha,alpha_low,alpha_high,"
)
TEXT, LOCATORS = places("essay")
EVIL = "<img src=x onerror=alert(1)>"


def agree(*words: object) -> Result:
    return CliRunner().invoke(main, ["agree", *map(str, words)])


def answer(name: str, state: str, code: str, variable: str = "arms_supply") -> dict[str, str]:
    """Return the row of one answer; the empty code is silence."""
    cells = coded(TEXT, LOCATORS[0], code) if code else {}
    return row_of("essay", state, variable, name, **cells)


@pytest.fixture
def three(tmp_path: Path) -> Path:
    """Return a folder of three coders, two of whom agree on Iran and all on Armenia."""
    folder = tmp_path / "class"
    folder.mkdir()
    for name, code in (("ann", "none"), ("bob", "none"), ("cyd", "")):
        rows = [answer(name, "IRN", code), answer(name, "ARM", "munitions")]
        write_codings(folder / f"{name}.csv", rows)
    return folder


def test_csv_has_a_row_per_variable_and_reading_of_silence(three: Path) -> None:
    done = agree(three, "--format", "csv")

    assert done.exit_code == 0
    header, category, missing = done.stdout.splitlines()
    assert header == f"{HEADER}ac1"
    # One of three pairs agrees on Iran, all three on Armenia.
    assert category.startswith("arms_supply,,category,2,3,66.666667,")
    assert missing.startswith("arms_supply,,missing,2,3,100.0,1.0,1.0,,,1.0")


def test_sets_have_a_row_per_member(tmp_path: Path) -> None:
    done = agree(write_class(tmp_path / "class", 3, seed=2), "--format", "csv")
    rows = [line.split(",")[:3] for line in done.stdout.splitlines()[1:]]

    assert ["turns_to", "china", "category"] in rows
    assert ["turns_to", "turkey", "missing"] in rows
    assert len({tuple(row) for row in rows}) == len(rows)


def test_text_has_labels_and_says_what_is_not_defined(three: Path) -> None:
    write_codings(three / "ann.csv", [answer("ann", "IRN", "none")])
    write_codings(three / "cyd.csv", [answer("cyd", "IRN", "none")])
    done = agree(three)

    assert done.stdout.startswith("Account essay, 3 coders\n\nSilence as a category\n")
    assert re.search(r"Arms supply +1 +3 +100.0 +not defined +not defined +1.00", done.stdout)
    assert re.search(r"Iran +1 +0 +100.0\n$", done.stdout)


def test_what_is_left_out_is_named_beside_the_result(three: Path) -> None:
    write_codings(three / "bob.csv", [answer("bob", EVIL, "none")] * 30)
    (three / "eve.csv").write_text(f"{','.join(COLUMNS)}\n", encoding="utf-8")
    done = agree(three, "--format", "csv")

    assert done.exit_code == 0
    assert "left out: bob.csv, line 2, column state: must be one of" in done.stderr
    assert "left out: bob.csv: 39 more problem(s)" in done.stderr
    assert "bob" not in done.stdout
    assert ",2,2," in done.stdout


def test_one_coder_cannot_be_compared(three: Path) -> None:
    done = agree(three / "ann.csv")

    assert done.exit_code == 2
    assert "agreement needs two codings" in done.stderr


def test_what_does_not_exist_is_refused(tmp_path: Path) -> None:
    assert "no file or folder" in agree(tmp_path / "none").stderr
    assert agree().exit_code == 2


def test_accounts_are_compared_one_at_a_time(tmp_path: Path) -> None:
    everything = Path(__file__).parents[1] / "data" / "codings.csv"
    first = agree(everything)
    other = agree(everything, "--account", "record_2023")

    assert "Also coded: record_2023, record_2026" in first.stderr
    assert first.stdout.startswith("Account essay, 2 coders")
    assert other.stdout.startswith("Account record_2023, 2 coders")
    assert "allowed: essay, record_2023" in agree(everything, "--account", "essai").stderr


def test_another_text_is_compared_too(tmp_path: Path) -> None:
    with using_data(Path(__file__).parent / "second_text"):
        codings = load_codings("letter", "coder_1"), load_codings("letter", "coder_2")
        assert len(agreement.reliability(*codings, n_resamples=5))
        assert plots.disagreement_map(agreement.by_pair(*codings), "Letter").alt


@pytest.fixture
def coders(three: Path) -> dict[str, pd.DataFrame]:
    return agreement.by_coder(read_coding_files([three])[0])


def test_pairs_stand_in_order_of_difficulty(coders: dict[str, pd.DataFrame]) -> None:
    pairs = agreement.by_pair(*coders.values())

    assert pairs["state"].tolist() == ["IRN", "ARM"]
    assert pairs["percent_agreement"].round(1).tolist() == [33.3, 100]
    assert pairs["n_answers"].tolist() == [2, 1]
    coded_only = agreement.by_pair(*coders.values(), silent_as="missing")
    assert dict(zip(coded_only["state"], coded_only["n_coders"], strict=True)) == {
        "ARM": 3,
        "IRN": 2,
    }
    with pytest.raises(ValueError, match="allowed: category, missing"):
        agreement.by_pair(*coders.values(), silent_as="gone")


def test_means_stand_by_state_and_by_variable(coders: dict[str, pd.DataFrame]) -> None:
    pairs = agreement.by_pair(*coders.values())
    table = tables.mean_table(agreement.mean_by(pairs, "state"))

    assert table.to_numpy().tolist() == [[1, 1, "33.3"], [1, 0, "100.0"]]
    assert table.index.tolist() == ["Iran", "Armenia"]
    assert tables.mean_table(agreement.mean_by(pairs, "variable")).index.tolist() == ["Arms supply"]


def test_answers_are_listed_with_those_who_gave_them(coders: dict[str, pd.DataFrame]) -> None:
    table = tables.pairs_table(agreement.by_pair(*coders.values()), coders)

    assert table.loc[("Iran", "Arms"), "answers"] == "none: ann and bob; (silent): cyd"


def test_each_coder_is_held_against_what_stands() -> None:
    standing = pd.DataFrame([answer("x", "IRN", "none"), answer("x", "ARM", "none")])
    standing = pd.concat([standing, pd.DataFrame([answer("x", "KAZ", "")])])
    mine = pd.DataFrame(
        [answer("a", "IRN", "munitions"), answer("a", "ARM", ""), answer("a", "KAZ", "none")]
    )
    found = agreement.against({"a": mine, "x": standing}, standing)

    assert found.loc["a"].tolist() == [3, 0, 0, 1, 1, 1, 0]
    assert found.loc["x"].tolist() == [3, 3, 100, 0, 0, 0, 0]
    assert tables.against_table(found)["same"].to_dict() == {"a": "0 of 3", "x": "3 of 3"}


def test_types_and_verdicts_that_differ_are_named(coders: dict[str, pd.DataFrame]) -> None:
    armed = [answer("dan", "IRN", "weapon_systems"), answer("dan", "ARM", "none")]
    cases = agreement.cases_of({"ann": coders["ann"], "dan": pd.DataFrame(armed)})
    types = tables.differing_types(agreement.types_of(cases), "ann")

    assert types.loc[("Iran", "dan"), "by the coder"] == "military backer"
    verdicts = tables.differing_verdicts(agreement.verdicts_of(cases), "ann")
    assert set(verdicts.index.get_level_values("coder")) <= {"dan"}


def test_silencing_a_variable_leaves_the_others(coders: dict[str, pd.DataFrame]) -> None:
    codings = pd.concat([coders["ann"], pd.DataFrame([answer("ann", "IRN", "none", "alliance")])])
    silent = agreement.silenced(codings, "arms_supply").set_index("variable")

    assert set(silent.loc["arms_supply", "status"]) == {"silent"}
    assert silent.loc["alliance", "code"] == "none"


def test_the_map_shows_the_hardest_first(coders: dict[str, pd.DataFrame]) -> None:
    picture = plots.disagreement_map(agreement.by_pair(*coders.values()), "Who differs")

    assert picture.alt == (
        "Who differs. Least agreed first: Iran, Arms: 33 percent, 2 answers. All agree on 1 of 2 "
        "pairs."
    )
    (axes,) = picture.figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Iran", "Armenia"]
    assert [text.get_text() for text in axes.texts] == ["33"]
    assert shade(100 / 3) == shade(25)
    same = agreement.by_pair(coders["ann"], coders["ann"])
    assert plots.disagreement_map(same, "All").alt == "All. All agree on 2 of 2 pairs."


def test_numbers_that_are_not_defined_are_empty_in_csv(coders: dict[str, pd.DataFrame]) -> None:
    ann = coders["ann"].query("state == 'IRN'")
    table = agreement.reliability(ann, ann, n_resamples=5)

    assert np.isnan(table["kappa"]).all()
    assert tables.agreement_csv(table).splitlines()[1] == "arms_supply,,category,1,2,100.0,,,,,1.0"
    assert set(tables.agreement_table(table, "missing")["kappa"]) == {"not defined"}


class Elements(HTMLParser):
    """Names of the elements of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)


def test_nothing_in_a_file_runs_in_the_notebook(three: Path, tmp_path: Path) -> None:
    write_codings(three / "eve.csv", [answer(EVIL, "IRN", "weapon_systems")])
    write_codings(three / "fay.csv", [answer("fay", EVIL, "none")])
    (three / "<script>alert(2)<.csv").write_text("a;b", encoding="utf-8")
    command = [sys.executable, "-m", "helpers", "run", "09", "-p", "account", "essay"]
    done = subprocess.run(
        [*command, "--out", str(tmp_path / "out")],
        env=os.environ | {"COALITION_CODINGS": str(three)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout
    (path,) = (tmp_path / "out").glob("09*.ipynb")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    shown = [output["data"] for output in outputs if "data" in output]
    assert set().union(*shown) <= {"text/plain", "text/html", "image/png"}
    html = "".join("".join(data.get("text/html", "")) for data in shown)
    page = Elements()
    page.feed(html)
    assert page.found == {"style", "table", "thead", "tbody", "tr", "th", "td"}
    assert html.count("&lt;img src=x onerror=alert(1)&gt;") > 2
    assert "military backer" in html
