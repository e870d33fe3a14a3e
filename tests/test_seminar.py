"""The set of a seminar: whole or not at all, without solutions, without network, on one page."""

import json
import os
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pandas as pd
import pytest
from click.testing import CliRunner

from helpers.analysis import teaching
from helpers.analysis.typology import derive
from helpers.analysis.what_if import with_changes
from helpers.cli import main
from helpers.data import load_cases, load_codebook, load_codings
from helpers.dataset.checks import find_problems
from helpers.dataset.files import REPOSITORY, using_data
from helpers.dataset.words import in_labels
from helpers.parameters import ALLOWED
from helpers.publish.seminar import handout, plan, slides, write
from helpers.publish.seminar.handout import write_handout
from helpers.publish.seminar.notebooks import BLANK, write_notebooks
from helpers.publish.seminar.slides import write_slides
from helpers.publish.site.build import build_site

try:
    from axe_playwright_python.sync_playwright import Axe
    from reader import Reader, chromium
except ModuleNotFoundError:
    if os.environ.get("CI"):
        raise
    pytest.skip("the dependency group browser is not installed", allow_module_level=True)

SECOND = Path(__file__).parent / "second_text"
NOTEBOOKS = REPOSITORY / "notebooks"
PLAN = plan.PAGE.read_text(encoding="utf-8")
DATA = {"the essay": (REPOSITORY / "data", "essay"), "second text": (SECOND, "letter")}
SCREEN, HIGHEST = {"width": 1120, "height": 700}, 660
"""What a slide is drawn for, and how high it can be, in pixels."""


@pytest.fixture(params=DATA)
def account(request: pytest.FixtureRequest) -> Iterator[str]:
    """Return an account that codes a text, of either dataset."""
    folder, name = DATA[request.param]
    with using_data(folder):
        yield name


def places(page: Path) -> list[str]:
    """Return what a page leads to or takes along, but for addresses on the web."""
    found: list[str] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda _, given: found.extend(  # type: ignore[method-assign]
        str(to) for name, to in given if name in {"href", "src"}
    )
    parser.feed(page.read_text(encoding="utf-8"))
    return [unquote(to).partition("?")[0] for to in found if not to.startswith("http")]


# The set as a whole


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("seminar") / "set"
    done = CliRunner().invoke(main, ["seminar", str(out)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert done.output == f"Open: {out / write.START}\n"
    return out


def test_every_part_is_there_and_every_way_leads_somewhere(made: Path) -> None:
    assert [path.name for path in made.parent.iterdir()] == [made.name]
    assert sorted(path.name for path in made.iterdir()) == [
        write.START,
        "leader",
        "site",
        "students",
    ]
    pages = [made / write.START, made / "leader" / "slides" / "index.html"]
    pages += [made / "site" / "teach.html", made / "site" / plan.FOLDER / "slides" / "index.html"]
    for page in pages:
        broken = {to for to in places(page) if not (page.parent / to.partition("#")[0]).exists()}
        assert broken == set(), page
    students = sorted(path.name for path in (made / "students").iterdir())
    assert students == ["coding-sheet-essay.xlsx", "handout.pdf", "notebooks"]


def test_no_solution_is_in_anything_for_students(made: Path) -> None:
    texts = [p.read_text(encoding="utf-8") for p in (made / "students").rglob("*.ipynb")]
    assert len(texts) == len(list(NOTEBOOKS.glob("*.ipynb")))
    solutions = [
        "".join(cell["source"])
        for path in NOTEBOOKS.glob("*.ipynb")
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        if "solution" in cell["metadata"].get("tags", [])
    ]
    assert solutions
    left = [s for s in solutions for text in texts if json.dumps(s)[1:-1] in text]
    assert left == []


def test_the_set_goes_nowhere_where_something_stands(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    done = CliRunner().invoke(main, ["seminar", str(tmp_path / "taken")])
    assert done.exit_code == 2
    assert "exists already" in done.output
    assert list((tmp_path / "taken").iterdir()) == []


@pytest.mark.parametrize("part", ["build_site", "write_notebooks", "write_slides", "_start"])
def test_nothing_is_left_of_a_set_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    def site(out: Path, *_: object) -> list[str]:
        (out / plan.FOLDER).mkdir(parents=True)
        return []

    def fails(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(write, "build_site", site)
    monkeypatch.setattr(write, part, fails)
    done = CliRunner().invoke(main, ["seminar", str(tmp_path / "set")])
    assert done.exit_code == 1
    assert "the disk is full" in done.output
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def no_text(tmp_path: Path) -> Iterator[Path]:
    """Offer a dataset without a text of numbered paragraphs: all of it is silent."""
    folder = tmp_path / "no_text"
    shutil.copytree(SECOND, folder)

    def change(name: str, **columns: str) -> None:
        path = folder / f"{name}.csv"
        table = pd.read_csv(path, dtype=str, keep_default_na=False).assign(**columns)
        (table if columns else table.head(0)).to_csv(path, index=False, lineterminator="\n")

    for name in ("paragraphs", "adjudications", "undecided", "searches"):
        change(name)
    sources = (folder / "sources.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    still_cited = "".join(line for line in sources if not line.startswith("logbook,"))
    (folder / "sources.csv").write_text(still_cited, encoding="utf-8")
    change("accounts", text="", needs_searches="no")
    empty = dict.fromkeys(["code", "scope", "confidence", "source", "locator", "rationale"], "")
    change("codings", status="silent", **empty)
    with using_data(folder):
        assert find_problems() == []
        yield folder


def test_a_site_without_a_text_has_nothing_to_code(no_text: Path, tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    shutil.copy(min(NOTEBOOKS.glob("*.ipynb")), tmp_path / "notebooks")
    said = build_site(tmp_path / "site", tmp_path / "notebooks", ALLOWED)
    # Sphinx says this when it is started in a process for the second time.
    assert [line for line in said if "already registered" not in line] == []
    pages = {path.name for path in (tmp_path / "site").glob("*.html")}
    assert "codebook.html" in pages
    assert not pages & {"teach.html", plan.STUDENTS}
    assert not (tmp_path / "site" / "code").exists()
    assert not (tmp_path / "site" / plan.FOLDER).exists()
    start = tmp_path / "site" / "index.html"
    broken = {to for to in places(start) if not (start.parent / to.partition("#")[0]).exists()}
    assert broken == set()


def test_a_seminar_needs_a_text(no_text: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["seminar", str(tmp_path / "set")])
    assert done.exit_code != 0
    assert "no account codes a text of numbered paragraphs" in done.output
    assert not (tmp_path / "set").exists()


# Notebooks


def test_students_get_no_results_and_the_leader_all(tmp_path: Path) -> None:
    write_notebooks(NOTEBOOKS, tmp_path / "students", tmp_path / "leader")
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        assert (tmp_path / "leader" / path.name).read_bytes() == path.read_bytes()
        before = json.loads(path.read_text(encoding="utf-8"))["cells"]
        after = json.loads((tmp_path / "students" / path.name).read_text(encoding="utf-8"))["cells"]
        assert [cell["id"] for cell in before] == [cell["id"] for cell in after]
        for old, new in zip(before, after, strict=True):
            if new["cell_type"] == "code":
                assert (new["outputs"], new["execution_count"]) == ([], None)
            solves = "solution" in old["metadata"].get("tags", [])
            expected = [BLANK[old["cell_type"]]] if solves else old["source"]
            assert new["source"] == expected


# The plan


def minutes(table: str) -> list[int]:
    return [int(row.split("|")[1]) for row in table.splitlines()[2:]]


def test_every_session_has_its_ninety_minutes() -> None:
    tables = [found[0] for found in plan.TABLE.finditer(PLAN)]
    assert len(tables) == 4
    assert [sum(minutes(table)) for table in tables] == [90] * 4


def test_the_plan_names_slides_that_there_are(tmp_path: Path) -> None:
    write_slides("essay", tmp_path / "slides", "")
    text = (tmp_path / "slides" / "index.html").read_text(encoding="utf-8")
    titles = re.findall(r"<h2>(.*?)</h2>", text)
    cells = re.findall(r"slides: ([^|]+)", PLAN)
    named = {name for cell in cells for name in re.findall(r"\*([^*]+)\*", cell)}
    assert {"Guess", "Alone", "Where the text misleads", "At the end"} <= named
    for name in named:
        assert any(title.startswith(name) for title in titles), name


def test_the_page_has_every_computed_part() -> None:
    text = str(plan.teach_page())
    assert "<!-- site" not in text
    assert text.count("<table") == 4 + 5
    for label in ("Contestable pairs", "Where our coders differed", "Claims not borne out"):
        assert f'aria-label="{label}"' in text


def test_every_part_is_computed_for_any_scheme(account: str) -> None:
    assert not find_problems()
    for part in (
        plan.materials,
        plan.where_they_differ,
        plan.where_it_misleads,
        plan.what_the_data_answer,
    ):
        shown = re.sub(r"<[^>]*>", "", part(account))
        words = {*re.findall(r"\w+", shown)}
        book = load_codebook()
        ids = {entry.id for v in book.variables for entry in (v, *v.codes) if "_" in entry.id}
        assert words & {"nan", *ids} == set()
        assert "`" not in re.sub(r"`coalition .*?`", "", shown)


# What a class can expect


def test_pairs_to_contest_are_those_of_less_confidence_or_two_readings(account: str) -> None:
    found = teaching.contestable(account)
    codings = load_codings(account)
    sure = codings[(codings["confidence"] == "high") | (codings["status"] == "silent")]
    both = found.merge(sure, on=["state", "variable"])
    one, two = (load_codings(account, coder) for coder in ("coder_1", "coder_2"))
    pairs = one.merge(two, on=["state", "variable"])
    differ = pairs[(pairs["code_x"] != pairs["code_y"]) | (pairs["status_x"] != pairs["status_y"])]
    assert len(both) == len(both.merge(differ, on=["state", "variable"]))
    assert len(found) == len(codings) - len(sure) + len(both)


def test_outside_knowledge_is_what_another_account_says(account: str) -> None:
    found = teaching.known_elsewhere(account)
    assert len(found)
    silent = load_codings(account).set_index(["state", "variable"])["status"] == "silent"
    for _, row in found.iterrows():
        assert silent[row["state"], row["variable"]]
        for other in row["elsewhere"].split(";"):
            coded = load_codings(other).set_index(["state", "variable"])["status"]
            assert other != account
            assert coded[row["state"], row["variable"]] == "coded"


def test_the_states_of_a_class_have_most_to_argue_about() -> None:
    practice, states = teaching.practice_states("essay")
    hard = teaching.contestable("essay").query("scope == 'state'")["state"].value_counts()
    assert practice not in states
    assert practice not in hard.index
    assert states == hard.index[:2].tolist()


def test_what_misleads_is_not_fair_at_the_cut_off() -> None:
    found = teaching.misleading(["SYR"])
    assert set(found["verdict"]) == {"contradicted", "overtaken"}
    assert found.loc[found["aged"], "verdict"].eq("overtaken").all()
    touches = found["states"].str.contains("SYR").tolist()
    assert touches == sorted(touches, reverse=True)
    with using_data(SECOND):
        assert teaching.misleading(["NOR"]).empty


def test_changes_to_show_move_the_type(account: str) -> None:
    _, states = teaching.practice_states(account)
    found = teaching.moving_changes(account, states)
    assert list(found["state"]) == [state for state in states if state in set(found["state"])]
    before = load_cases(account)
    for row in found.to_dict("records"):
        cases = with_changes(before, row["state"], {row["variable"]: row["other"]})
        assert derive(before).loc[row["state"], "type"] == row["type"]
        assert derive(cases).loc[row["state"], "type"] == row["gives"] != row["type"]


def test_a_change_to_show_is_one_to_argue_about_if_there_is_one() -> None:
    _, states = teaching.practice_states("essay")
    found = teaching.moving_changes("essay", states)
    argued = teaching.contestable("essay")[["state", "variable"]]
    assert list(found["state"]) == states
    assert len(found.merge(argued, on=["state", "variable"])) == len(states)


def test_the_leader_gets_a_link_to_a_state_that_is_not_the_class_s() -> None:
    text = str(plan.materials("essay"))
    practice, states = teaching.practice_states("essay")
    (own,) = re.findall(r"states=([A-Z]{3})&", text)
    assert own not in {practice, *states}


def test_the_students_page_opens_the_text_beside_it() -> None:
    (address,) = re.findall(r'<a href="(https?://[^"]+)" target="_blank"', plan.students_page())
    assert address == plan.text_of("essay")[0]["address"]


# The handout


def test_the_handout_says_what_scope_and_source_are(account: str) -> None:
    said = [piece.bold + piece.text for piece in handout._front(account)]
    (scope,) = [text for text in said if text.startswith("scope: ")]
    assert all(entry.label in scope for entry in load_codebook().lists["scopes"])
    assert any(text.startswith("source: ") for text in said)
    assert any(text.startswith("Your pseudonym: ") for text in said)


def test_the_handout_is_one_page_and_the_same_each_time(tmp_path: Path, account: str) -> None:
    for name in ("one.pdf", "two.pdf"):
        write_handout(account, tmp_path / name)
    content = (tmp_path / "one.pdf").read_bytes()
    assert len(re.findall(rb"/Type /Page\b(?!s)", content)) == 1
    assert b"CreationDate" not in content
    assert content == (tmp_path / "two.pdf").read_bytes()


def test_a_scheme_that_fills_no_page_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = handout._columns("essay")[0] * 20
    monkeypatch.setattr(handout, "_columns", lambda _: (many, many))
    with pytest.raises(ValueError, match="too many variables"):
        write_handout("essay", tmp_path / "handout.pdf")
    assert list(tmp_path.iterdir()) == []


# The slides


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as running:
        yield running


def test_slides_ask_nothing_of_the_network_and_fit_the_screen(
    browser: Any, tmp_path: Path, account: str
) -> None:
    write_slides(account, tmp_path / "slides", "../site/")
    one = Reader(browser, f"{(tmp_path / 'slides').as_uri()}/", SCREEN, "light")
    window = one.open("index.html")
    window.wait_for_function("Reveal.isReady()")
    heights = window.evaluate(
        """[...Array(Reveal.getTotalSlides()).keys()].map((place) => {
            Reveal.slide(place);
            const slide = Reveal.getCurrentSlide();
            return [slide.innerText.split("\\n")[0], slide.scrollHeight];
        })"""
    )
    # axe looks at what is shown: once at the page, then at each slide.
    assert Axe().run(window, options={"preload": False}).response["violations"] == []
    found = window.evaluate(
        """async () => {
            const all = [];
            for (let place = 0; place < Reveal.getTotalSlides(); place += 1) {
                Reveal.slide(place);
                const { violations } = await axe.run(".slides .present", { preload: false });
                all.push(...violations.map((one) => [place, one.id, one.nodes[0].html]));
            }
            return all;
        }"""
    )
    assert found == []
    assert len(heights) > 10
    assert [title for title, height in heights if height > HIGHEST] == []
    one.context.close()
    assert one.wrong == []


def shown_slides(account: str, folder: Path) -> str:
    write_slides(account, folder / "slides", "../site/")
    return (folder / "slides" / "index.html").read_text(encoding="utf-8")


def test_slides_show_labels_and_no_ids(tmp_path: Path, account: str) -> None:
    text = shown_slides(account, tmp_path)
    assert "<code>" not in text
    ids = {code.id for v in load_codebook().variables for code in v.codes if "_" in code.id}
    assert {name for name in ids if name in re.sub(r"<[^>]*>", "", text)} == set()


def test_slides_leave_out_rules_that_are_not_about_texts(tmp_path: Path, account: str) -> None:
    text = shown_slides(account, tmp_path)
    left_out = load_codebook().marked("rules", "not_of_texts")
    assert left_out
    for entry in load_codebook().lists["rules"]:
        assert (str(slides.rule_html(entry.rule)) in text) == (entry not in left_out), entry.id


def test_slides_explain_every_type_before_what_follows(tmp_path: Path, account: str) -> None:
    before, _ = shown_slides(account, tmp_path).split("<h2>What follows</h2>")
    _, types = before.split("<h2>Types: from levels to a type</h2>")
    for entry in load_codebook().support_types:
        assert f"</span>{entry.label}</span>" in types


def test_links_of_slides_leave_the_slides_open(tmp_path: Path, account: str) -> None:
    links = re.findall(r"<a [^>]*>", shown_slides(account, tmp_path))
    assert links
    assert [one for one in links if 'target="_blank" rel="noopener"' not in one] == []


def test_what_has_no_label_is_shown_as_words() -> None:
    assert in_labels("`arms_supply` of `no_such_id`") == "`Arms` of `no such id`"


def test_reveal_js_comes_with_its_licence_and_version() -> None:
    folder = slides.OWN / "reveal"
    assert "Permission is hereby granted, free of charge" in (folder / "LICENSE").read_text("utf-8")
    (version,) = re.findall(r"reveal\.js ([\d.]+):", (folder / "README.md").read_text("utf-8"))
    assert f"`{version}`" in (folder / "reveal.js").read_text("utf-8")
