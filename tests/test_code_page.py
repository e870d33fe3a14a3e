"""Code it yourself: the page in a browser, as a student uses it, by keyboard and by touch."""

import csv
import hashlib
import os
import re
import shutil
from pathlib import Path

import pytest
from poisoned_data import write_poisoned_data

from helpers.analysis.agreement import reliability
from helpers.analysis.typology import derive, thesis
from helpers.data import load_cases, load_codings
from helpers.dataset.checks import find_problems
from helpers.dataset.codebook import load_codebook
from helpers.dataset.files import data_folder, read_rows, using_data
from helpers.dataset.schema import TABLES
from helpers.publish.export.collect import load_contents
from helpers.publish.site.build import _run_sphinx
from helpers.publish.site.coding_page import coding_page, material
from helpers.publish.site.markup import menu, page
from helpers.publish.site.sphinx_settings import settings
from helpers.publish.site.sphinx_sources import write_static

try:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import expect
    from reader import LAPTOP, PHONE, Reader, chromium, served
except ModuleNotFoundError:
    if os.environ.get("CI"):
        raise
    pytest.skip("the dependency group browser is not installed", allow_module_level=True)

SECOND = Path(__file__).parent / "second_text"
COLUMNS = TABLES["codings"]
PAGE = "code/index.html"
THUMB = 44
# Made up, like all of the second text.
BODIES = [
    "Iceland signed on Monday and keeps to its quota.",
    "Norway's minister said: not yet, and not this year.",
    "Chile takes more than it may; Peru says nothing of it.",
]


def bare_site_of(data, out):
    """Write the page for coding of data in a frame of its own; Sphinx takes a minute."""
    with using_data(data):
        write_static(out / "html")
        parts = re.findall(
            r"^`{5,}{raw} html\n(.*?)\n`{5,}$", coding_page(), re.DOTALL | re.MULTILINE
        )
    head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Code it yourself</title>'
    head += '<meta name="viewport" content="width=device-width, initial-scale=1">'
    # As the theme has it.
    head += "<style>*, ::before, ::after { box-sizing: border-box } body { margin: 0 }</style>"
    for name in ("_static/favicon.svg", "_static/site.css"):
        kind = "icon" if name.endswith("svg") else "stylesheet"
        head += f'<link rel="{kind}" href="../{name}">'
    (out / "html" / "code").mkdir()
    text = f"{head}<body><main>{''.join(parts)}</main></body></html>"
    (out / "html" / PAGE).write_text(text, encoding="utf-8")
    return out / "html"


def site_of(data, out):
    """Build a site of data that has only a start page and the page for coding."""
    with using_data(data):
        write_static(out / "source")
        (out / "source" / "code").mkdir()
        start = page("Start", menu("Code it yourself <code/index>"))
        (out / "source" / "index.md").write_text(start, encoding="utf-8")
        (out / "source" / "code" / "index.md").write_text(coding_page(), encoding="utf-8")
        _run_sphinx(out, settings(load_contents()))
    return out / "html"


@pytest.fixture(scope="module")
def made_up(tmp_path_factory):
    """Return the second text's data, with paragraphs of which the words are known."""
    data = tmp_path_factory.mktemp("data") / "data"
    shutil.copytree(SECOND, data)
    with (data / "paragraphs.csv").open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(TABLES["paragraphs"])
        for source in ("letter", "logbook"):
            for number, body in enumerate(BODIES, start=1):
                digest = hashlib.sha256(body.encode()).hexdigest()
                writer.writerow([source, "Body", number, len(body.split()), digest])
    assert find_problems(data) == []
    return data


@pytest.fixture(scope="module")
def folder(made_up, tmp_path_factory):
    return bare_site_of(made_up, tmp_path_factory.mktemp("made-up"))


@pytest.fixture(scope="module")
def address(folder):
    with served(folder) as place:
        yield place


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Return the address of a site of the project's own data."""
    with served(site_of(data_folder(), tmp_path_factory.mktemp("project"))) as place:
        yield place


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture
def laptop(browser, address):
    """Return a window in which nothing may go wrong."""
    one = Reader(browser, address, LAPTOP, "light")
    yield one
    one.context.close()
    assert one.wrong == []


@pytest.fixture
def phone(browser, address):
    one = Reader(browser, address, PHONE, "light", has_touch=True, is_mobile=True)
    yield one
    one.context.close()
    assert one.wrong == []


def begin(window, name="ann", path=PAGE):
    """Begin as a coder, and return the page."""
    page = window.open(path)
    page.get_by_label("Your pseudonym").fill(name)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2)).to_contain_text("Iceland")
    return page


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def code_three(page):
    """Code three pairs by keyboard: silent, one code, then undecided."""
    press(page, "2", "Enter")
    expect(page.get_by_role("heading", level=2)).to_contain_text("Keeping of the quota")
    press(page, "1", "3", "1", "2", "2", "Enter")
    page.keyboard.type("It takes less, it says.")
    press(page, "Enter")
    expect(page.get_by_role("heading", level=2)).to_contain_text("Inspectors on board")
    press(page, "3", "1", "Enter")
    page.keyboard.type("Yes or no; both can be meant.")
    press(page, "Enter")
    expect(page.get_by_role("heading", level=2)).to_contain_text("Reasons")


SET = ["coded", "undercut", "state", "medium", "letter", "Body 2", "It takes less, it says."]
OPEN = ["undecided", "", "", "", "letter", "Body 1", "Yes or no; both can be meant."]
CODED = [
    ["letter", "ISL", "signature", "ann", "silent", "", "", "", "", "", ""],
    ["letter", "ISL", "quota", "ann", *SET],
    ["letter", "ISL", "inspectors", "ann", *OPEN],
]


def saved(page, tmp_path, what="Save the codings"):
    """Save a file, and return where it lies."""
    page.get_by_role("button", name="Save or open").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name=what).click()
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def rows_of(path):
    rows, problems = read_rows(path, COLUMNS)
    assert problems == []
    return [list(row.cells.values()) for row in rows]


def open_file(page, path):
    page.locator("#code input[type=file]").last.set_input_files(path)


def test_three_pairs_by_keyboard_are_kept_saved_and_opened_elsewhere(
    laptop, browser, address, tmp_path
):
    page = begin(laptop)
    code_three(page)
    page.reload()
    page.get_by_role("button", name="ann: 3 answers").click()
    expect(page.get_by_role("heading", level=2)).to_contain_text("Reasons")
    expect(page.get_by_text("ann: 3 of 16 done")).to_be_visible()
    path = saved(page, tmp_path)
    assert path.name == "codings-ann.csv"
    assert rows_of(path) == CODED
    other = Reader(browser, address, LAPTOP, "light")
    page = other.open(PAGE)
    open_file(page, path)
    expect(page.get_by_role("heading", level=2)).to_have_text(
        "3 answers taken from codings-ann.csv"
    )
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", level=2)).to_contain_text("Reasons")
    (tmp_path / "again").mkdir()
    assert saved(page, tmp_path / "again").read_bytes() == path.read_bytes()
    other.context.close()
    assert other.wrong == []


def test_what_leaves_passes_the_check_of_the_dataset(laptop, made_up, tmp_path):
    page = begin(laptop)
    code_three(page)
    rows = rows_of(saved(page, tmp_path))
    data = tmp_path / "data"
    shutil.copytree(made_up, data)
    mine = {tuple(row[:3]) for row in rows}
    kept = [row.cells for row in read_rows(data / "codings.csv", COLUMNS)[0]]
    others = [
        [*cells.values()]
        for cells in kept
        if cells["coder"] != "coder_1"
        or (cells["account"], cells["state"], cells["variable"]) not in mine
    ]
    renamed = [[*row[:3], "coder_1", *row[4:]] for row in rows]
    with (data / "codings.csv").open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines, lineterminator="\n").writerows([COLUMNS, *others, *renamed])
    # What differs from the second coder's is to be adjudicated, and nothing else is wrong.
    assert {problem.message.rpartition(";")[2] for problem in find_problems(data)} <= {
        " adjudications.csv must have a row for it"
    }


def test_three_pairs_by_touch_on_a_phone(phone, tmp_path):
    page = phone.open(PAGE)
    page.get_by_label("Your pseudonym").fill("ann")
    page.get_by_role("button", name="Begin").tap()
    main = page.get_by_role("button", name="Go on", exact=True)
    tap_choice(page, "silent")
    main.tap()
    # Whoever chooses a code need not say before that there is one.
    for choice in ("undercut", "state", "medium"):
        tap_choice(page, choice)
    page.get_by_role("button", name="Body 2").tap()
    page.get_by_label("Why, in your own words").fill("It takes less, it says.")
    assert small_targets(page) == []
    main.tap()
    tap_choice(page, "undecided")
    page.get_by_role("button", name="Body 1").tap()
    page.get_by_label("Why, in your own words").fill("Yes or no; both can be meant.")
    main.tap()
    expect(page.get_by_text("ann: 3 of 16 done")).to_be_visible()
    assert rows_of(saved(page, tmp_path)) == CODED


def tap_choice(page, value):
    page.locator(".choice", has=page.locator(f"input[value={value}]")).tap()


def small_targets(page):
    """Return what is smaller than a thumb among what can be tapped."""
    return page.evaluate(
        """(least) => [...document.querySelectorAll(
                "#code :is(button, .choice, summary, textarea, select, input[type=text])")]
            .filter((part) => part.offsetParent && part.getBoundingClientRect().height < least)
            .map((part) => part.outerHTML.slice(0, 100))""",
        THUMB,
    )


def test_nothing_that_the_check_would_refuse_can_be_made(laptop):
    page = begin(laptop)
    go_on = page.get_by_role("button", name="Go on", exact=True)
    go_on.click()
    expect(page.locator(".wrong")).to_contain_text(["Still missing: what the text says"])
    press(page, "1", "1")
    page.locator("#field-rationale").fill("so\u200bme\n\n" + "word\u00a0\u2028" * 25)
    expect(page.locator("#hint-rationale")).to_have_text("1 words too many")
    go_on.click()
    expect(page.locator("div.wrong")).to_contain_text("26 words; at most 25 are allowed")
    page.locator("input[value=group]").check()
    expect(page.locator("input[value=low]")).to_be_checked()
    expect(page.locator("input[value=high]")).to_be_disabled()
    page.get_by_role("button", name="All questions").click()
    expect(page.get_by_role("button", name="Signature of the treaty: begun")).to_be_visible()


def test_a_variable_that_requires_another_leads_there(laptop):
    page = begin(laptop)
    for _ in range(3):
        page.get_by_role("button", name="Skip").click()
    press(page, "1", "1", "2", "Enter", "1", "1", "1", "Enter")
    page.keyboard.type("Jobs, and fish.")
    press(page, "Enter")
    expect(page.locator("div.wrong")).to_contain_text("Signature is refused or delayed")
    expect(page.locator("input[name=confidence][value=high]")).to_be_disabled()
    page.get_by_role("button", name="Go to Signature of the treaty").click()
    press(page, "1", "2", "1", "1", "1", "Enter")
    page.keyboard.type("Not yet.")
    press(page, "Enter")
    expect(page.get_by_text("ann: 1 of 16 done")).to_be_visible()


def test_undo_finds_the_question_though_one_came_before_it(laptop):
    page = laptop.open(f"{PAGE}?states=ISL&variables=reasons&order=state")
    page.get_by_label("Your pseudonym").fill("ann")
    press(page, "Enter")
    press(page, "1", "1", "2", "Enter", "1", "1", "1", "Enter")
    page.keyboard.type("Jobs.")
    press(page, "Enter")
    page.get_by_role("button", name="Go to Signature of the treaty").click()
    press(page, "u")
    expect(page.get_by_role("heading", level=2)).to_contain_text("Reasons")
    expect(page.locator("#field-rationale")).to_have_value("")
    press(page, "b")
    expect(page.get_by_role("heading", level=2)).to_contain_text("Signature")
    expect(page.locator("input:checked")).to_have_count(0)


def test_undo_back_skip_note_and_the_list_of_keys(laptop, tmp_path):
    page = begin(laptop)
    press(page, "1")
    press(page, "u")
    expect(page.locator("input[name=status]:checked")).to_have_count(0)
    press(page, "s")
    expect(page.get_by_role("heading", level=2)).to_contain_text("Keeping of the quota")
    press(page, "b")
    expect(page.get_by_role("heading", level=2)).to_contain_text("Signature")
    press(page, "?")
    expect(page.get_by_role("dialog")).to_contain_text("skip this question")
    press(page, "Escape")
    press(page, "2")
    page.get_by_role("button", name="Undo").focus()
    press(page, "n")
    page.keyboard.type("Ask about Monday.")
    press(page, "Escape", "u", "u")
    page.get_by_text("A note to yourself").click()
    page.get_by_label("Note", exact=True).fill("Ask about Monday.")
    path = saved(page, tmp_path, "Save 1 note")
    assert path.read_text(encoding="utf-8-sig").splitlines()[1] == (
        "letter,ISL,signature,ann,Ask about Monday."
    )


def test_pasted_text_is_recognised_and_a_click_fills_in_the_locator(laptop, tmp_path):
    page = begin(laptop)
    page.get_by_text("Put your own copy").click()
    broken = "Menu\n\nThe letter\r\n" + BODIES[0].replace(" ", "\r\n", 2)
    broken += "\n" + BODIES[1].replace(" ", "\u00a0 \n") + " " + BODIES[2] + "\n\nImprint"
    page.get_by_label("Text", exact=True).fill(broken)
    page.get_by_role("button", name="Use this text").click()
    expect(page.get_by_text("3 of 3 paragraphs recognised")).to_be_visible()
    press_on = page.locator(".paragraph", has_text="Norway's minister")
    page.locator("input[value=coded]").check()
    press_on.get_by_role("button", name="Body 2").click()
    page.locator(".paragraph p", has_text="Chile takes").click()
    pressed = page.locator("[data-locator][aria-pressed=true]")
    expect(pressed).to_have_count(2)
    expect(pressed.first).to_contain_text("Body 2 (1)")
    page.reload()
    page.get_by_role("button", name="ann: 1 answer").click()
    expect(page.get_by_text("3 of 3 paragraphs recognised")).to_be_visible()


def test_what_is_not_recognised_is_numbered_by_hand(laptop):
    page = begin(laptop)
    page.get_by_text("Put your own copy").click()
    page.locator("#own-text").fill(f"{BODIES[0]}\n\nNorway says quite another thing.")
    page.get_by_role("button", name="Use this text").click()
    expect(page.get_by_text("1 of 3 paragraphs recognised")).to_be_visible()
    page.get_by_label("Which paragraph is this?").select_option("Body 2")
    expect(page.get_by_text("2 of 3 paragraphs recognised")).to_be_visible()
    page.get_by_label("Go to a section").select_option("Body")
    expect(page.locator("[data-place='Body 1']")).to_be_in_viewport()


def test_windows_side_by_side_overwrite_nothing(laptop, tmp_path):
    first = begin(laptop)
    second = laptop.another()
    second.goto(laptop.address + PAGE)
    second.get_by_role("button", name="ann: 0 answers").click()
    press(second, "s")
    expect(second.get_by_role("heading", level=2)).to_contain_text("Keeping of the quota")
    press(first, "2", "Enter")
    press(second, "2", "Enter")
    assert [row[2] for row in rows_of(saved(first, tmp_path))] == ["signature", "quota"]
    first.get_by_role("button", name="Back to coding").click()
    press(second, "b")
    expect(second.locator("input[value=silent]")).to_be_checked()
    second.locator("input[value=undecided]").check()
    expect(first.locator("input[value=undecided]")).to_be_checked()
    expect(first.get_by_text("changed in another window")).to_be_visible()


FORBIDDEN = """Object.defineProperty(window, "localStorage", {
    get() { throw new DOMException("no", "SecurityError"); },
});"""


def test_where_the_browser_keeps_nothing_the_file_can_still_be_saved(browser, address, tmp_path):
    private = Reader(browser, address, LAPTOP, "light")
    private.page.add_init_script(FORBIDDEN)
    page = begin(private)
    expect(page.get_by_role("alert").first).to_contain_text("keeps nothing for this page")
    code_three(page)
    assert rows_of(saved(page, tmp_path)) == CODED
    private.context.close()


def test_where_the_room_is_full_the_file_can_still_be_saved(laptop, tmp_path):
    page = begin(laptop)
    page.evaluate(
        """() => {
            for (let size = 1e6; size >= 1; size = Math.floor(size / 2)) {
                try {
                    for (let i = 0; i < 99; i += 1) {
                        localStorage.setItem(`${size} ${i}`, "x".repeat(size));
                    }
                } catch { /* Full for this size. */ }
            }
        }"""
    )
    code_three(page)
    expect(page.get_by_role("alert").first).to_contain_text("no room left")
    assert rows_of(saved(page, tmp_path)) == CODED


def test_a_file_edited_by_hand_is_refused_line_by_line(laptop, tmp_path):
    path = tmp_path / "edited.csv"
    broken = [
        CODED[0],
        [*CODED[1][:5], "plenty", *CODED[1][6:]],
        CODED[2],
        ["letter", "NOR", "signature", "ben", "silent", "", "", "", "", "", ""],
        ["letter", "NOR", "quota", "ann", "silent", "", "", "", "", "", "=1+1"],
    ]
    with path.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines, lineterminator="\r\n").writerows([COLUMNS, *broken])
    page = laptop.open(PAGE)
    open_file(page, path)
    expect(page.get_by_role("heading", level=2)).to_have_text("2 answers taken from edited.csv")
    expect(page.locator(".problems li")).to_contain_text(
        [
            "Line 3, code: must be one of exceeded, kept, undercut",
            "Line 6, rationale: a spreadsheet would run it",
            "Line 5, coder: is by ben",
        ]
    )


def test_an_answer_that_is_here_stays_unless_the_coder_says_otherwise(laptop, tmp_path):
    page = begin(laptop)
    press(page, "3", "1", "Enter")
    page.keyboard.type("Two readings.")
    press(page, "Enter")
    path = tmp_path / "other.csv"
    with path.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines, lineterminator="\n").writerows([COLUMNS, *CODED])
    page.get_by_role("button", name="Save or open").click()
    open_file(page, path)
    expect(page.get_by_text("1 answer in this browser differs")).to_be_visible()
    assert after_report(page, "Go on", tmp_path)[0][4] == "undecided"
    open_file(page, path)
    assert after_report(page, "Take the file's instead", tmp_path) == CODED


def after_report(page, name, tmp_path):
    page.get_by_role("button", name=name).click()
    return rows_of(saved(page, tmp_path))


WILD = "<img src=x onerror=alert(1)><script>alert(1)</script>"
ESCAPED = "&lt;img src=x onerror=alert(1)&gt; [x](javascript:alert(1))"


def test_nothing_that_is_typed_or_opened_runs(laptop, tmp_path):
    page = laptop.open(PAGE)
    path = tmp_path / "<b>.csv"
    wild = [
        [*CODED[1][:3], WILD[:28], *CODED[1][4:10], ESCAPED],
        [*CODED[2][:3], WILD[:28], *CODED[2][4:10], WILD],
        [WILD] * 11,
        ["a"],
        [*CODED[0][:10], "'=1+1"],
    ]
    with path.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines, lineterminator="\n").writerows([COLUMNS, *wild])
    open_file(page, path)
    expect(page.get_by_role("heading", level=2)).to_contain_text("1 answer taken from <b>.csv")
    expect(page.locator(".problems")).to_contain_text(
        f"no HTML: a < stands before no letter (found {WILD}"
    )
    page.get_by_role("button", name="Go on").click()
    page.get_by_text("Put your own copy").click()
    page.locator("#own-text").fill(WILD)
    page.get_by_role("button", name="Use this text").click()
    expect(page.locator(".paragraphs p.unknown")).to_have_text(WILD)
    page.get_by_text("A note to yourself").click()
    page.get_by_label("Note", exact=True).fill(WILD)
    page.get_by_role("button", name="Compare").click()
    page.get_by_role("button", name="Show me").click()
    expect(page.locator("td", has_text=ESCAPED)).to_be_visible()
    assert page.locator("#code :is(img, script, b)").count() == 0


def test_a_poisoned_codebook_runs_nothing(browser, tmp_path):
    data, _ = write_poisoned_data(tmp_path)
    with served(bare_site_of(data, tmp_path / "site")) as place:
        one = Reader(browser, place, LAPTOP, "light")
        page = one.open(PAGE)
        page.get_by_label("Your pseudonym").fill("ann")
        press(page, "Enter")
        press(page, "1", "1", "1", "1", "0", "1", "Enter")
        page.keyboard.type("Because.")
        press(page, "Enter")
        page.get_by_role("button", name="Compare").click()
        page.get_by_role("button", name="Show me").click()
        expect(page.locator("h3", has_text="Question by question")).to_be_visible()
        assert page.locator("#code :is(img, script, svg)").count() == 0
        one.context.close()
    assert one.wrong == []


def test_the_link_of_a_leader_chooses_and_shuffles(laptop):
    page = begin(
        laptop, path=f"{PAGE}?account=logbook&states=ISL&variables=quota,signature&order=state"
    )
    expect(page.get_by_text("ann: 0 of 2 done")).to_be_visible()
    firsts = set()
    for name in ("ann", "ben", "cem", "dua", "eva", "fay"):
        page = laptop.open(
            f"{PAGE}?account=letter&order=state&shuffle=yes&states=ISL,NOR,CHL,PER,ZZZ"
        )
        expect(page.get_by_text("not known here, and left out: ZZZ")).to_be_visible()
        page.get_by_label("Your pseudonym").fill(name)
        press(page, "Enter")
        firsts.add(page.get_by_role("heading", level=2).inner_text())
    assert len(firsts) > 1


LINK = f"{PAGE}?states=ISL&variables=signature,quota"


def test_the_end_of_a_link_saves_first_and_compares_last(laptop, tmp_path):
    page = begin(laptop, path=LINK)
    press(page, "2", "Enter", "2", "Enter")
    expect(page.get_by_role("heading", level=2)).to_have_text("All questions are answered")
    assert page.locator("#code button.main").all_inner_texts() == ["Save the codings"]
    assert page.locator("#code .buttons button").last.inner_text() == "Compare"
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save the codings").click()
    waiting.value.save_as(tmp_path / "mine.csv")
    expect(page.get_by_role("status")).to_have_text("Saved as codings-ann.csv, in your downloads.")
    assert [row[2] for row in rows_of(tmp_path / "mine.csv")] == ["signature", "quota"]

    page.get_by_label("Which state?").select_option(label="Norway")
    page.get_by_role("button", name="Code another state").click()
    expect(page.get_by_role("heading", level=2)).to_contain_text("Norway")
    expect(page.get_by_text("ann: 2 of 4 done")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="ann: 2 answers").click()
    expect(page.get_by_role("heading", level=2)).to_contain_text("Norway")
    expect(page.get_by_text("ann: 2 of 4 done")).to_be_visible()
    page.get_by_role("button", name="All questions").click()
    expect(page.get_by_text("Norway: 0 of 2 done")).to_be_visible()
    assert "Norway" not in page.get_by_label("Which state?").inner_text()
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text("wait until all have")).to_be_visible()


def test_a_coder_is_renamed_and_keeps_all_answers(laptop, tmp_path):
    page = begin(laptop, "ben")
    page = begin(laptop)
    code_three(page)
    page.get_by_role("button", name="All questions").click()
    page.get_by_role("button", name="Rename").click()
    for name, reason in (("coder_1", "one of the project's"), ("ben", "in this browser already")):
        page.get_by_label("New pseudonym").fill(name)
        press(page, "Enter")
        expect(page.locator("p.wrong")).to_contain_text(reason)
    page.get_by_label("New pseudonym").fill("heron")
    press(page, "Enter")
    expect(page.get_by_role("status")).to_contain_text("ann is now heron")
    path = saved(page, tmp_path)
    assert path.name == "codings-heron.csv"
    assert rows_of(path) == [[*row[:3], "heron", *row[4:]] for row in CODED]

    page.reload()
    expect(page.get_by_role("button", name="heron: 3 answers")).to_be_visible()
    expect(page.get_by_role("button", name="ann:")).to_have_count(0)
    first = page.locator("#code :is(button, input)").first
    assert first.inner_text().partition(":")[0] in ("ben", "heron")


def test_a_pseudonym_may_not_be_the_projects(laptop):
    page = laptop.open(PAGE)
    for name in ("", "coder_1", "=1+1"):
        page.get_by_label("Your pseudonym").fill(name)
        press(page, "Enter")
        expect(page.locator("p.wrong")).to_contain_text("The pseudonym")


def test_it_works_as_a_file_and_stays_blind_until_asked(browser, folder, tmp_path):
    one = Reader(browser, folder.as_uri() + "/", LAPTOP, "light")
    asked = []
    one.page.on("request", lambda request: asked.append(request.url))
    page = begin(one)
    code_three(page)
    assert rows_of(saved(page, tmp_path)) == CODED
    page.get_by_role("button", name="Back to coding").click()
    page.get_by_role("button", name="Compare").click()
    assert not any("project.js" in url for url in asked)
    page.get_by_role("button", name="Show me").click()
    expect(page.get_by_role("heading", name="You and the project")).to_be_visible()
    assert any("project.js" in url for url in asked)
    one.context.close()
    assert one.wrong == []


def test_the_comparison_has_the_numbers_that_python_has(browser, project, tmp_path):
    """The first coder's codings, under another name, beside the project's."""
    account = material()["accounts"][0]["id"]
    mine = load_codings(account, "coder_1")
    path = tmp_path / "mine.csv"
    mine.assign(coder="ann")[list(COLUMNS)].to_csv(path, index=False)
    one = Reader(browser, project, LAPTOP, "light")
    page = one.open(PAGE)
    open_file(page, path)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Compare").click()
    page.get_by_role("button", name="Show me").click()
    expect(page.locator("h3", has_text="Question by question")).to_be_visible()
    expect(page.locator("section.compared")).to_have_count(len(mine))
    found = reliability(mine, load_codings(account, "coder_2"), n_resamples=1)
    found = found[found["silent_as"] == "category"]
    expected = [f"{row.n_agree} of {row.n_states}" for row in found.itertuples()]
    shown = page.get_by_role("region", name="Agreement by variable").locator("tbody tr")
    texts = [row.locator("td").nth(1).inner_text() for row in shown.all()]
    assert [text.partition("(")[2].rstrip(")") for text in texts[:-1]] == expected
    types = page.get_by_role("region", name="Support types").locator("tbody tr").all_inner_texts()
    cases = {coder: load_cases(account, coder) for coder in ("coder_1", "adjudicated")}
    labels = {kind.id: kind.label for kind in load_codebook().support_types}
    for coder, text in (("coder_1", 0), ("adjudicated", 1)):
        for row, kind in zip(types, derive(cases[coder])["type"], strict=True):
            assert labels[kind] in row.split("\t")[text + 1]
    verdicts = page.get_by_role("region", name="Verdicts").locator("tbody tr")
    for column, coder in enumerate(cases):
        expected = list(thesis(cases[coder])["verdict"])
        texts = [row.locator("td").nth(column).inner_text() for row in verdicts.all()]
        assert [text.partition(":")[0] for text in texts] == expected
    one.context.close()
    assert one.wrong == []


@pytest.mark.parametrize(("screen", "scheme"), [(LAPTOP, "light"), (PHONE, "dark")])
def test_every_step_is_sound(browser, project, screen, scheme):
    """axe finds nothing, nothing is too wide, also in print."""
    one = Reader(browser, project, screen, scheme)
    page = one.open(PAGE)
    sound(page)
    page.get_by_label("Your pseudonym").fill("ann")
    press(page, "Enter")
    page.get_by_text("Put your own copy").click()
    page.locator("#own-text").fill("A text.\n\nThat is another.")
    page.get_by_role("button", name="Use this text").click()
    page.get_by_role("button", name="Go on", exact=True).click()
    page.evaluate(
        "document.querySelectorAll('#code details').forEach((box) => { box.open = true; })"
    )
    sound(page)
    press(page, "Escape")
    page.locator("input[value=coded]").check()
    page.locator("input[name=code]").first.check()
    page.locator("input[value=group]").check()
    page.locator("[data-locator]").first.click()
    page.locator("#field-rationale").fill("word " * 30)
    sound(page)
    page.locator("#field-rationale").fill("Because.")
    page.get_by_role("button", name="Go on", exact=True).click()
    page.locator("h2").focus()
    press(page, "?")
    sound(page)
    press(page, "Escape")
    page.get_by_role("button", name="All questions").click()
    sound(page)
    page.get_by_role("button", name="Save or open").click()
    sound(page)
    page.get_by_role("button", name="Back to coding").click()
    page.get_by_role("button", name="Compare").click()
    sound(page)
    page.get_by_role("button", name="Show me").click()
    expect(page.locator("h3", has_text="Question by question")).to_be_visible()
    sound(page)
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Back to coding")).to_be_hidden()
    sound(page)
    one.context.close()
    assert one.wrong == []


def sound(page):
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    found = Axe().run(page, options={"preload": False}).response["violations"]
    assert [(v["id"], [n["html"][:200] for n in v["nodes"]][:3]) for v in found] == []
