"""The class page counts what `coalition agree` counts, and nothing in a file runs on it."""

import base64
import json
import math
import os
import random
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from made_up_class import (
    COLUMNS,
    SAID,
    cases,
    coded,
    places,
    row_of,
    write_class,
    write_codings,
)
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from test_coding_sheet import KINDS, SOUND, WRONG, broken, type_codings
from test_coding_sheet import place as cell

from helpers.analysis.agreement import (
    by_coder,
    by_pair,
    cases_of,
    mean_by,
    reliability,
    types_of,
    verdicts_of,
)
from helpers.dataset.codebook import load_codebook
from helpers.dataset.coding_files import MOST_BYTES, read_coding_files
from helpers.dataset.coding_sheet import INSTRUCTIONS, LARGEST, PSEUDONYM
from helpers.dataset.loading import case_names, load_codings
from helpers.publish import site
from helpers.publish.seminar.workbook import write_coding_sheet
from helpers.publish.site.class_page import SCRIPTS
from helpers.publish.site.coding_page import coding_data

try:
    from playwright.sync_api import Page
    from reader import LAPTOP, Reader, chromium
except ModuleNotFoundError:
    if os.environ.get("CI"):
        raise
    pytest.skip("the dependency group browser is not installed", allow_module_level=True)

STATIC = Path(site.__file__).parent / "static"
SEED = 20261130
N_CLASSES, N_PARTS = 100, 20
GATHER = """const gather = (files) => classroom.gather(files.map(([name, text]) => (
  { name, bytes: Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0)) })), book, material);"""
# One text, since the browser's driver takes minutes for many small values.
GATHERED = f"""async (files) => {{ {GATHER} return JSON.stringify(await gather(files)); }}"""
COUNT = f"""async (classes) => {{ {GATHER} return JSON.stringify(await Promise.all(classes.map(
  async (files) => count(await gather(files)))));
function count({{ rows, problems }}) {{"""
COUNT += """
  const coders = classroom.byCoder(rows), states = material.states.map((state) => state.id);
  const pairs = classroom.byPair(book, states, coders);
  const missing = classroom.byPair(book, states, coders, "missing");
  return {
    n: rows.length, problems,
    variables: classroom.byVariable(book, coders).map((e) =>
      [e.variable, e.member, e.silentAs, e.nUnits, e.nCoders, e.percent]),
    pairs: [pairs, missing].map((some) => some.map((e) =>
      [e.state, e.variable, e.nCoders, e.answers.length, e.percent])),
    states: classroom.meanBy(pairs, "state").map((e) => [e.id, e.nPairs, e.nDiffer, e.percent]),
  };
}}"""
FOLLOW = f"""async (files) => {{ {GATHER}
  const coders = classroom.byCoder((await gather(files)).rows);"""
FOLLOW += """
  const states = material.states.map((state) => state.id);
  const all = [...classroom.follows(book, states, coders)];
  return Object.fromEntries(all.map(([name, of]) => [name, [
    Object.fromEntries(states.map((state) => [state, of.states[state].type])),
    Object.fromEntries(of.verdicts.map((each) => [each.id, each.verdict])),
  ]]));
}"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page as a file, its scripts beside it; the site puts its own frame around."""
    folder = tmp_path_factory.mktemp("page")
    (folder / "material.js").write_bytes(coding_data()["material.js"])
    for name in (*SCRIPTS, "site.css", "class.css"):
        shutil.copy(STATIC / name, folder / name)
    scripts = "".join(f'<script src="{name}" defer></script>' for name in ("material.js", *SCRIPTS))
    styles = "".join(f'<link rel="stylesheet" href="{name}">' for name in ("site.css", "class.css"))
    (folder / "class.html").write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>A class</title>{styles}'
        f'<main><h1>A class</h1><div id="class"></div></main>{scripts}</html>',
        encoding="utf-8",
    )
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def window(browser: Any, place: Path) -> Iterator[Reader]:
    one = Reader(browser, f"{place.as_uri()}/", LAPTOP, "light")
    yield one
    one.context.close()


@pytest.fixture
def page(window: Reader) -> Iterator[Page]:
    """Return the page, opened anew; nothing may go wrong on it, and nothing be asked of others."""
    window.page.goto(f"{window.address}class.html")
    yield window.page
    assert window.wrong == []


def hand_in(page: Page, files: Any) -> None:
    """Choose files, and wait for what the page makes of them."""
    page.locator("#files").set_input_files(files)
    page.locator(".sum").wait_for()


def packed(folder: Path) -> list[tuple[str, str]]:
    """Return the files of a folder in Base64, in no order of their names."""
    files = [(p.name, base64.b64encode(p.read_bytes()).decode()) for p in folder.iterdir()]
    random.Random(len(files)).shuffle(files)
    return files


def same(ours: list[Any], theirs: list[Any]) -> bool:
    """Tell whether rows are the same, a number that is not defined standing as null."""
    pairs = [pair for rows in zip(ours, theirs, strict=True) for pair in zip(*rows, strict=True)]
    return all(
        math.isclose(a, b, abs_tol=1e-9)
        if isinstance(a, float) and b is not None
        else math.isnan(a)
        if isinstance(a, float)
        else a == b
        for a, b in pairs
    )


def rows_of(table: Any, *columns: str) -> list[Any]:
    return [list(row) for row in table[[*columns]].itertuples(index=False, name=None)]


@pytest.mark.parametrize(
    "part", [0, *(pytest.param(part, marks=pytest.mark.long) for part in range(1, N_PARTS))]
)
def test_a_hundred_made_up_classes_have_the_same_numbers(
    page: Page, tmp_path: Path, part: int
) -> None:
    numbers = range(part, N_CLASSES, N_PARTS)
    folders = [write_class(tmp_path / str(n), 2 + n % 3, SEED + n) for n in numbers]
    all_found = json.loads(page.evaluate(COUNT, [packed(folder) for folder in folders]))
    for folder, found in zip(folders, all_found, strict=True):
        codings, problems = read_coding_files([folder])
        coders = by_coder(codings).values()
        assert (found["n"], found["problems"], problems) == (len(codings), [], [])
        keys = ("variable", "member", "silent_as", "n_states", "n_coders", "percent_agreement")
        assert same(rows_of(reliability(*coders, n_resamples=20), *keys), found["variables"])
        keys = ("state", "variable", "n_coders", "n_answers", "percent_agreement")
        pairs = [by_pair(*coders, silent_as=silent_as) for silent_as in ("category", "missing")]
        for ours, theirs in zip(pairs, found["pairs"], strict=True):
            assert same(rows_of(ours, *keys), theirs)
        states = mean_by(pairs[0], "state").reset_index()
        keys = ("state", "n_pairs", "n_differ", "percent_agreement")
        ours = {row[0]: row for row in rows_of(states, *keys)}
        assert same([ours[row[0]] for row in found["states"]], found["states"])
        assert len(ours) == len(found["states"])


def test_types_and_verdicts_of_each_coder_are_the_same(page: Page, tmp_path: Path) -> None:
    folder = write_class(tmp_path / "class", 6, SEED)
    ours = cases_of(by_coder(read_coding_files([folder])[0]))
    found = page.evaluate(FOLLOW, packed(folder))

    kinds, verdicts = types_of(ours), verdicts_of(ours)
    assert {name: [kinds[name].to_dict(), verdicts[name].to_dict()] for name in ours} == found


def twenty(folder: Path) -> Path:
    """Write a class of twenty: all silent but on one pair, on which twelve say one code."""
    folder.mkdir()
    text, locators = places("essay")
    variable = load_codebook().variable("arms_supply")
    for number in range(20):
        name = f"Made up {number:02}"
        code = variable.code_ids[0 if number < 12 else -1]
        rows = [
            row_of("essay", state, each.id, name)
            for state in cases()
            for each in load_codebook().variables
        ]
        chosen = next(r for r in rows if (r["state"], r["variable"]) == ("IRN", variable.id))
        chosen.update(coded(text, locators[0], code))
        write_codings(folder / f"{number:02}.csv", rows)
    return folder


def test_a_class_of_twenty_sees_where_it_differs(page: Page, tmp_path: Path) -> None:
    folder = twenty(tmp_path / "class")
    hand_in(page, sorted(folder.iterdir()))

    assert page.locator(".sum").inner_text() == "20 coders in 20 files; no problems."
    assert page.locator("#argue h3").inner_text() == "Iran: Arms supply"
    bars = page.locator("#argue .answers > li")
    assert [bar.get_attribute("data-n") for bar in bars.all()] == ["12", "8"]
    assert bars.nth(1).locator(".who").inner_text().startswith("Made up 12, Made up 13")
    expected = 100 * (12 * 11 + 8 * 7) / (20 * 19)
    assert f"{expected:.1f} percent of pairs of coders agree" in page.locator("#argue").inner_text()
    row = page.locator("#variables tr[data-variable=arms_supply]")
    shown = float(row.get_attribute("data-percent"))
    assert shown == pytest.approx((12 * 100 + expected) / 13)
    assert row.locator("td").first.inner_text() == f"{shown:.1f}"
    state = page.locator("#states tbody tr").first
    assert (state.get_attribute("data-id"), state.get_attribute("data-n-differ")) == ("IRN", "1")
    types = page.locator("#types tbody tr", has_text="Iran").locator("li")
    assert sorted(int(each.get_attribute("data-n")) for each in types.all()) == [8, 12]
    reasons = page.locator("#argue .why").first
    assert not reasons.locator("ul").is_visible()
    reasons.locator("summary").click()
    assert reasons.locator("li").count() == 12
    said = f"Made up 00: {places('essay')[1][0]}: {SAID}"
    assert reasons.locator("li").first.inner_text() == said


def test_types_are_shown_of_the_states_that_somebody_coded(page: Page, tmp_path: Path) -> None:
    for name in ("ann", "bob"):
        write_codings(tmp_path / f"{name}.csv", [row_of("essay", "IRN", "alliance", name)])
    hand_in(page, [tmp_path / "ann.csv", tmp_path / "bob.csv"])

    assert page.locator("#types tbody th").all_inner_texts() == ["Iran"]
    others = len(cases()) - 1
    assert f"Nobody coded the other {others} states." in page.locator("#types").inner_text()


def test_later_files_are_added_until_the_class_starts_over(page: Page, tmp_path: Path) -> None:
    files = sorted(twenty(tmp_path / "class").iterdir())
    hand_in(page, files[:12])
    assert page.locator(".sum").inner_text() == "12 coders in 12 files; no problems."
    hand_in(page, files[10:])
    page.get_by_text("20 coders in 20 files; no problems.").wait_for()
    bars = page.locator("#argue .answers > li")
    assert [bar.get_attribute("data-n") for bar in bars.all()] == ["12", "8"]

    page.get_by_role("button", name="Start over").click()
    assert page.locator(".results").inner_text() == ""
    hand_in(page, files[:2])
    assert page.locator(".sum").inner_text() == "2 coders in 2 files; no problems."


def test_a_later_file_of_the_same_name_counts_and_that_is_said(page: Page, tmp_path: Path) -> None:
    row = row_of("essay", "IRN", "alliance", "ann", rationale=SAID)
    write_codings(tmp_path / "a.csv", [row])
    write_codings(tmp_path / "b.csv", [row | {"coder": "bob"}])
    hand_in(page, [tmp_path / "a.csv", tmp_path / "b.csv"])
    write_codings(tmp_path / "a.csv", [row, row | {"state": "ARM"}])
    hand_in(page, tmp_path / "a.csv")

    page.get_by_text("the later one counts: a.csv").wait_for()
    assert page.locator(".sum").inner_text() == "2 coders in 2 files; no problems."
    assert page.locator("#types tbody th").all_inner_texts() == ["Armenia", "Iran"]


def test_files_of_one_name_in_one_drop_are_all_kept(page: Page) -> None:
    names = page.evaluate(
        """() => {
          const later = [1, 2, 3].map((byte) => ({ name: "a.b.csv", bytes: Uint8Array.of(byte) }));
          const { files, replaced } = classroom.add([], later);
          return [files.map((file) => file.name), files.map((file) => file.bytes[0]), replaced];
        }"""
    )
    assert names == [["a.b.csv", "a.b (2).csv", "a.b (3).csv"], [1, 2, 3], []]


def test_two_alike_pseudonyms_are_told_what_helps(page: Page, tmp_path: Path) -> None:
    """The second is left out, as `coalition agree` does, until its coder has another name."""
    rows = [row_of("essay", "IRN", v.id, "heron") for v in load_codebook().variables]
    for name, coder in (("a", "heron"), ("b", "Heron"), ("c", "owl")):
        write_codings(tmp_path / f"{name}.csv", [row | {"coder": coder} for row in rows])
    hand_in(page, sorted(tmp_path.iterdir()))

    codings, problems = read_coding_files([tmp_path])
    assert page.locator(".sum").inner_text() == "2 coders in 3 files; 1 problem."
    assert (len(by_coder(codings)), len(problems)) == (2, 1)
    told = page.locator("#class .care").inner_text()
    assert "Heron in b.csv" in told
    assert "presses All questions, then Rename" in told

    write_codings(tmp_path / "d.csv", [row | {"coder": "heron two"} for row in rows])
    hand_in(page, tmp_path / "d.csv")
    page.get_by_text("3 coders in 4 files; 1 problem.").wait_for()


def test_files_can_be_dropped(page: Page, tmp_path: Path) -> None:
    page.evaluate(
        """(files) => {
          const dataTransfer = new DataTransfer();
          for (const [name, text] of files) dataTransfer.items.add(new File([atob(text)], name));
          const event = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
          document.querySelector(".drop").dispatchEvent(event);
        }""",
        packed(twenty(tmp_path / "class")),
    )

    page.locator("#argue").wait_for()
    assert page.locator(".sum").inner_text() == "20 coders in 20 files; no problems."


def test_pairs_are_reached_by_keyboard_and_from_the_map(page: Page, tmp_path: Path) -> None:
    folder = twenty(tmp_path / "class")
    hand_in(page, sorted(folder.iterdir()))
    page.get_by_role("button", name="Next").press("Enter")
    assert "number 2 of" in page.locator("#argue").inner_text()
    page.get_by_role("button", name="Previous").press("Enter")
    assert "number 1 of" in page.locator("#argue").inner_text()

    page.get_by_role("button", name="Armenia: Arms supply").press("Enter")
    assert page.locator("#argue h3").inner_text() == "Armenia: Arms supply"
    assert page.locator("#argue .answers > li").count() == 1


HEADER = ",".join(COLUMNS)
EVIL = "<img src=x onerror=alert(1)>"


def evil_files() -> dict[str, bytes]:
    """Return files that are broken or made to do harm, by name."""
    text, locators = places("essay")
    rows = [row_of("essay", "IRN", v.id, "Eve") for v in load_codebook().variables]
    good = rows[0] | coded(text, locators[0], load_codebook().variables[0].code_ids[0])

    def file(*some: dict[str, str]) -> bytes:
        return "\n".join([HEADER, *(",".join(row.values()) for row in some), ""]).encode()

    return {
        "a.csv": file(*[row | {"coder": "Ann"} for row in rows]),
        "b.csv": file(*[row | {"coder": "Bob"} for row in rows[1:]], good | {"coder": "Bob"}),
        "c-html.csv": file(good | {"rationale": EVIL}),
        "d-script.csv": file(good | {"rationale": "<script>alert(2)</script>"}, rows[1]),
        "e-formula.csv": file(
            good | {"coder": "=1+1"}, good | {"coder": "Fay", "rationale": "=A1"}
        ),
        "f-state.csv": file(good | {"state": EVIL}, good | {"code": EVIL}),
        "g-latin.csv": file(good) + "é".encode("latin-1"),
        "h-wide.csv": file(good).decode().encode("utf-16"),
        "i-semicolons.csv": file(good).replace(b",", b";"),
        "j-extra.csv": file(*[rows[2] | {"coder": "Jay"}] * 10_001),
        "k-like.csv": file(*[row | {"coder": "ANN"} for row in rows]),
        "l-quote.csv": file(
            good | {"coder": "Lea", "rationale": '"lost'}, rows[1] | {"coder": "Lea"}
        ),
        "m-empty.csv": b"",
        "n-columns.csv": b"a,b\n1,2\n",
        "o-standing.csv": file(good | {"coder": "adjudicated"}),
        "p-name.csv": file(rows[3] | {"coder": EVIL}, rows[4] | {"coder": EVIL}),
        "q-page.html": b"<script>alert(3)</script>",
        f"r{EVIL.replace('/', '')}.csv": file(good | {"state": "XXX"}),
        "s-book.csv": b"PK\x03\x04" + bytes(40),
    }


def test_nothing_in_a_file_runs_and_the_same_is_counted_and_named(
    page: Page, tmp_path: Path
) -> None:
    files = evil_files()
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    codings, problems = read_coding_files([tmp_path])
    found = json.loads(page.evaluate(GATHERED, packed(tmp_path)))
    assert [row["cells"] for row in found["rows"]] == codings.to_dict(orient="records")
    ours = {(p.file, p.column, p.line if p.column else 0) for p in problems}
    theirs = {(p["file"], p["column"], p["line"] if p["column"] else 0) for p in found["problems"]}
    assert ours == theirs
    given = [
        {"name": name, "mimeType": "text/csv", "buffer": content} for name, content in files.items()
    ]
    hand_in(page, given)

    coders = by_coder(codings)
    n_problems = int(page.locator(".sum").inner_text().split("; ")[1].split()[0])
    assert (
        page.locator(".sum").inner_text().startswith(f"{len(coders)} coders in {len(files)} files")
    )
    assert n_problems >= len(problems) > 10_000
    assert page.locator("#class :is(script, img, iframe, a)").count() == 0
    assert EVIL in page.locator("#class").inner_text()
    page.locator(".problems summary").click()
    listed = page.locator(".problems").inner_text()
    assert "c-html.csv, line 2, column rationale: must be plain text, no HTML" in listed
    expected = reliability(*coders.values(), n_resamples=1).query("silent_as == 'category'")
    shown = page.locator("#variables tbody tr")
    percents = [float(row.get_attribute("data-percent")) for row in shown.all()]
    assert percents == pytest.approx(expected["percent_agreement"].tolist())
    coders_shown = [int(row.get_attribute("data-n-coders")) for row in shown.all()]
    assert coders_shown == expected["n_coders"].tolist()


DATES = {
    "yyyy-mm-dd": (date(2024, 3, 1), True),
    "dd/mm/yyyy": (45000, True),
    "mm-dd-yy": (45000, True),
    "[h]:mm": (0.5, True),
    '0" days"': (5, False),
    "[Red]0": (7, False),
    "d.m.": ("1.3.", False),
}
"""What is in a cell, by the way it is shown, and whether that makes it a date."""


def sheets(folder: Path) -> Path:
    """Fill coding sheets for Excel as students would, and break some."""
    folder.mkdir()
    empty = folder / "empty.xlsx"
    write_coding_sheet("essay", empty)
    states = [f"{state} {name}" for state, name in case_names().items()]

    def type_in(book: Any, sheet: str, variable: str, cells: dict[str, Any]) -> None:
        for column, value in cells.items():
            book[sheet][cell("essay", column, variable)] = value

    def odd(book: Any) -> None:
        """Leave something wrong, or other than text, in each state's sheet."""
        for sheet, (kind, (column, value, _)) in zip(states, WRONG.items(), strict=False):
            others = {} if kind == "no status" else SOUND
            type_in(book, sheet, "combat_troops", others | {column: value})
            type_in(book, sheet, "arms_supply", {"status": "silent"})
        sure = SOUND | {"confidence": "medium"}
        type_in(book, states[7], "realignment", sure | {"code": "none"})
        type_in(book, states[7], "turns_to", sure | {"code": None})
        book[states[7]][cell("essay", "code", "turns_to", "china")] = "X"
        book[states[8]][cell("essay", "code", "turns_to", "china")] = "yes"
        typed = [5, 0.5, 2.0, True, "a  b", CellRichText("a ", TextBlock(InlineFont(b=True), "b"))]
        for sheet, said in zip(states[7:], typed, strict=True):
            type_in(book, sheet, "alliance", {"status": "silent", "rationale": said})
        type_in(book, states[9], "arms_supply", {"status": "silent", "code": "#REF!"})
        type_in(book, states[10], "arms_supply", {"status": "silent", "rationale": "-5 percent"})
        for sheet, (shown, (value, _)) in zip(states, DATES.items(), strict=False):
            type_in(book, sheet, "fate_tied", {"status": "silent", "rationale": value})
            book[sheet][cell("essay", "rationale", "fate_tied")].number_format = shown
        book.create_sheet("Notes")["A3"] = "mine"

    changes: dict[str, tuple[str, Callable[[Any], object]]] = {
        "all.xlsx": ("owl", lambda book: type_codings(book, "essay", "coder_1")),
        "odd.XLSX": ("tit", odd),
        "other account.xlsx": ("jay", lambda b: b[INSTRUCTIONS].__setitem__("B3", "record_2023")),
    }
    for name, (coder, change) in changes.items():
        book = openpyxl.load_workbook(empty)
        book[INSTRUCTIONS][PSEUDONYM] = coder
        change(book)
        book.save(folder / name)
    for kind in KINDS:
        broken(folder / f"{kind}.xlsx", kind, empty)
    with zipfile.ZipFile(folder / "liar.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * LARGEST)
    liar, said = folder / "liar.xlsx", LARGEST.to_bytes(4, "little")
    liar.write_bytes(liar.read_bytes().replace(said, (99).to_bytes(4, "little")))
    (folder / "large.xlsx").write_bytes(bytes(MOST_BYTES + 1))
    shutil.copy(empty, folder / "sheet.ods")
    return folder


def test_coding_sheets_are_read_as_python_reads_them(page: Page, tmp_path: Path) -> None:
    folder = sheets(tmp_path / "sheets")
    codings, problems = read_coding_files([folder])
    found = json.loads(page.evaluate(GATHERED, packed(folder)))

    assert len(codings) > len(load_codings("essay", "coder_1"))
    assert {*codings["coder"]} == {"owl", "tit"}
    assert [row["cells"] for row in found["rows"]] == codings.to_dict(orient="records")
    # What Python calls an error of its own has no name here, and Python guesses what was meant.
    left_out = re.compile(r" \(\w+\)(?=;)|; did you mean .*\?$")
    ours = [(p.file, p.line, left_out.sub("", p.message)) for p in problems]
    theirs = [(p["file"], p["line"], p["message"]) for p in found["problems"]]
    assert {file for file, *_ in ours} == {p.name for p in folder.iterdir()} - {"all.xlsx"}
    # The browser takes no word of a file for its size.
    stricter = {"liar.xlsx"}
    assert sorted(one for one in theirs if one[0] not in stricter) == sorted(
        one for one in ours if one[0] not in stricter
    )
    n_dates = sum(message.endswith(": a date; only text can be read") for *_, message in theirs)
    assert n_dates == sum(is_date for _, is_date in DATES.values()) + ("a date" in WRONG)
    broken_ones = [one for one in theirs if one[0] in stricter]
    assert broken_ones == [
        (name, 0, "cannot be read as a workbook; save it as .xlsx") for name in sorted(stricter)
    ]

    csv = write_codings(tmp_path / "ann.csv", [row_of("essay", "KAZ", "alliance", "ann")])
    hand_in(page, [folder / "odd.XLSX", csv])
    n_odd = len([one for one in ours if one[0] == "odd.XLSX"])
    assert page.locator(".sum").inner_text() == f"2 coders in 2 files; {n_odd} problems."
    page.locator(".problems summary").click()
    where = f"odd.XLSX: sheet {case_names().index[0]} "
    assert any(line.startswith(where) for line in page.locator(".problems li").all_inner_texts())


def test_one_coder_alone_is_told_so(page: Page, tmp_path: Path) -> None:
    write_codings(tmp_path / "a.csv", [row_of("essay", "IRN", "alliance", "ann", rationale=SAID)])
    hand_in(page, tmp_path / "a.csv")

    assert "two coders must have answered the same question" in page.locator("#class").inner_text()
