"""Claims are counted once per section, once per state; shares stand behind counts."""

import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from poisoned_data import PAYLOADS, Wild

from helpers import claims, plots, tables
from helpers.data import load_table
from helpers.dataset.codebook import load_codebook
from helpers.dataset.files import using_data


def test_claims_are_read_in_the_essays_order_with_ordered_categories() -> None:
    table = claims.load_claims()

    assert table.index.tolist() == load_table("claims")["claim"].tolist()
    assert table["section"].cat.categories[0] == "Introduction"
    assert list(table["verdict"].cat.categories) == list(load_codebook().ids("claim_verdicts"))
    assert list(table["confidence"].cat.categories) == ["low", "medium", "high"]


def test_filters_keep_what_they_say(small_folder: Path) -> None:
    with using_data(small_folder):
        assert claims.load_claims(section="Central Asia").index.tolist() == ["C02"]
        assert claims.load_claims(verdict="supported").index.tolist() == ["C01"]
        assert claims.load_claims(min_confidence="medium").index.tolist() == ["C01"]
        assert claims.load_claims(section="Introduction", verdict="contradicted").empty


@pytest.mark.parametrize(
    ("name", "value"), [("section", "Iram"), ("verdict", "true"), ("min_confidence", "sure")]
)
def test_unknown_values_are_refused_with_those_there_are(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"{name} '{value}' is not known; allowed: "):
        claims.load_claims(**{name: value})


def test_counts_by_section_confidence_and_state(small_folder: Path) -> None:
    with using_data(small_folder):
        table = claims.load_claims()
        by_section = claims.verdict_counts(table)
        by_state = claims.verdict_counts(table, "states")
        by_confidence = claims.verdict_counts(table, "confidence")

    assert by_section.loc["Introduction", ["supported", "n_claims"]].tolist() == [1, 1]
    assert by_section.index.tolist() == ["Introduction", "Central Asia"]
    assert by_state["n_claims"].to_dict() == {"ARM": 1, "KAZ": 1, "QAA": 1}
    assert by_confidence.index.tolist() == ["low", "high"]
    with pytest.raises(ValueError, match="allowed: section, confidence, states"):
        claims.verdict_counts(table, "source")


def test_every_claim_is_counted_once_and_once_per_state() -> None:
    table = claims.load_claims()
    n_pairs = table["states"].str.count(";").add(1).sum()

    assert claims.verdict_counts(table)["n_claims"].sum() == len(table)
    assert claims.verdict_counts(table, "states")["n_claims"].sum() == n_pairs


def counts() -> pd.DataFrame:
    """Return four claims of two sections."""
    rows = {"A": [1, 1, 1, 0, 0, 3], "B": [0, 0, 0, 0, 1, 1]}
    columns = [*load_codebook().ids("claim_verdicts"), "n_claims"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("section")


def test_shares_are_of_the_rows_claims_and_have_a_sum() -> None:
    table = tables.verdict_shares(counts())

    assert table.loc["A", "overtaken by later events"] == "1 (33%)"
    assert table.loc["B", "supported"] == "0 (0%)"
    assert table.loc["all", "cannot be checked"] == "1 (25%)"
    assert table.loc["all", "of"] == 4


def test_shares_by_state_have_no_sum_because_claims_repeat() -> None:
    assert "all" not in tables.verdict_shares(counts().rename_axis("states")).index


def test_ageing_leaves_out_what_cannot_be_checked() -> None:
    table = claims.load_claims()
    aged = claims.ageing(table).sum()
    n = table["verdict"].value_counts()

    assert aged["checkable"] == len(table) - n["cannot_be_checked"]
    assert aged["fair_when_written"] == n["supported"] + n["partly_supported"] + n["overtaken"]
    assert aged["fair_at_cut_off"] == aged["fair_when_written"] - n["overtaken"]


def test_claims_on_an_unread_source_are_found_either_way(small_folder: Path) -> None:
    table = pd.DataFrame(
        {"source": ["wire-one", "wire-one;wire-two", ""], "source_read": ["yes", "yes", "no"]},
        index=["C01", "C02", "C03"],
    )
    with using_data(small_folder):  # where sources.csv calls the second wire unread
        assert claims.unread(table).index.tolist() == ["C02", "C03"]


def test_the_list_links_its_sources_and_escapes_bars(small_folder: Path) -> None:
    with using_data(small_folder):
        table = claims.load_claims()
        table.loc["C01", "statement"] = "Said a|b."
        lines = tables.claims_markdown(table).splitlines()

    assert lines[2] == (
        "| C01 | Introduction 1 | Said a\\|b. | supported (high) | It is so. "
        "| [A wire 2022-06-30](https://example.org/1) |"
    )
    assert lines[3].endswith("| A motive. |  |")
    assert len(lines) == 4


def test_every_claim_of_the_data_is_listed_with_a_link() -> None:
    lines = tables.claims_markdown(claims.load_claims()).splitlines()[2:]

    assert len(lines) == len(load_table("claims"))
    assert all("](http" in line for line in lines)


def test_publishers_and_provenance_count_claims_once(small_folder: Path) -> None:
    with using_data(small_folder):
        table = claims.load_claims()
        assert claims.publishers(table).loc["A wire"].tolist() == [1, 2]
        assert tables.claims_provenance(table).loc["sources behind the verdicts", "value"] == "1"


def test_figures_say_what_they_show() -> None:
    assert plots.verdict_bars(counts(), "Verdicts", "section").alt == (
        "Verdicts. A: 1 supported, 1 partly supported and 1 overtaken by later events of 3; "
        "B: 1 cannot be checked of 1."
    )
    aged = pd.DataFrame(
        {"checkable": [3], "fair_when_written": [3], "fair_at_cut_off": [2], "overtaken": [1]},
        index=["A"],
    )
    picture = plots.ageing(aged, "Aged")
    assert picture.alt == "Aged. A: 3 of 3 fair when written, 2 at the cut-off."
    assert picture.png() == plots.ageing(aged, "Aged").png()


def test_figures_of_nothing_can_be_drawn(small_folder: Path) -> None:
    nothing = claims.load_claims(section="North Korea", verdict="contradicted")

    assert plots.verdict_bars(claims.verdict_counts(nothing), "None", "section").png()
    assert plots.ageing(claims.ageing(nothing), "None").png()


def test_no_cell_of_a_claim_is_markup_or_a_script(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    few, book = claims.load_claims().head(3), nbformat.v4.new_notebook()
    for poison in PAYLOADS:
        sources = load_table("sources").assign(publisher=poison, address="javascript:x()")
        monkeypatch.setattr(tables.claims, "load_table", lambda name, held=sources: held)
        text = tables.claims_markdown(few.assign(statement=poison, explanation=poison))
        book.cells.append(nbformat.v4.new_markdown_cell(text))
    nbformat.write(book, tmp_path / "claims.ipynb")
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--template", "basic", "claims"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    shown = (tmp_path / "claims.html").read_text(encoding="utf-8")
    assert Wild(shown).found == [] and not re.search("<(a|img|code|em|strong)[ >]", shown)
    each = 3 + 3 + few["source"].str.split(";").str.len().sum()
    # Some are parts of others.
    assert all(unescape(shown).count(poison) >= each for poison in PAYLOADS)
