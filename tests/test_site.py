"""The site, opened in a browser as a reader would, with the network cut off."""

import html
import itertools
import os
import re
import shutil
import subprocess
import sys
import zipfile
from functools import cache
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urlsplit

import nbformat
import openpyxl
import pytest
from made_up_class import write_class
from poisoned_data import PAYLOADS, Wild, write_poisoned_data

from helpers.analysis.typology import derive
from helpers.analysis.what_if import with_changes
from helpers.data import case_names, load_cases, load_states
from helpers.dataset.codebook import load_codebook
from helpers.dataset.files import REPOSITORY
from helpers.publish.export.collect import load_contents

try:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import expect
    from reader import LAPTOP, PHONE, Reader, chromium, served
except ModuleNotFoundError:
    if os.environ.get("CI"):
        raise
    pytest.skip("the dependency group browser is not installed", allow_module_level=True)

NOTEBOOKS = sorted(path.stem for path in (REPOSITORY / "notebooks").glob("*.ipynb"))
PAGES = [
    "index.html",
    "notebooks/index.html",
    *(f"notebooks/{name}.html" for name in NOTEBOOKS),
    "states/index.html",
    "states/PRK.html",
    "states/NAM.html",
    "states/RUS.html",
    "codebook.html",
    "docs/index.html",
    "docs/add-a-state.html",
    "code/class.html",
    "code/index.html",
    "tables/index.html",
    "tables/about.html",
    "tables/events.html",
    "tables/codings_wide.html",
    "tables/coders.html",
    "cite.html",
    "limits.html",
    "teach.html",
    "for-students.html",
    "search.html?q=armenia",
]
PRINTED = {"states/PRK.html", "code/class.html", "teach.html", "for-students.html"}
"""Pages that are looked at on paper as well."""
CELLS = 150
LIGHT, DARK = "light laptop", "dark phone"
# Pages of a kind are built alike, and looking at one takes many seconds.
ALIKE = {*NOTEBOOKS[1:], "about", "coders", "codings_wide", "NAM", "add-a-state"}
ON_A_PHONE = "index states/index states/PRK notebooks/index code/index"
ALWAYS = {
    LIGHT: {path for path in PAGES if path.split("/")[-1].removesuffix(".html") not in ALIKE},
    DARK: {f"{name}.html" for name in ON_A_PHONE.split()},
}
SEEN = [
    pytest.param(window, path, marks=[] if path in ALWAYS[window] else [pytest.mark.long])
    for window, path in itertools.product(ALWAYS, PAGES)
]


def run(out, **environment):
    """Have a site built, and return what the command said."""
    command = [sys.executable, "-c", "from helpers.cli import main; main()", "site"]
    return subprocess.run(
        [*command, "--out", str(out)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env=os.environ | environment,
    )


def build(out, **environment):
    """Build a site, and return what the command said."""
    done = run(out, **environment)
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Return the folder of a site, and what the command that built it said."""
    out = tmp_path_factory.mktemp("site") / "site"
    return out, build(out)


@pytest.fixture(scope="module")
def folder(built):
    return built[0]


@pytest.fixture(scope="module")
def address(folder):
    with served(folder) as place:
        yield place


@pytest.fixture(scope="module")
def browser():
    """Return Chromium. Where there is none the tests are skipped, but never in CI."""
    with chromium() as running:
        yield running


@pytest.fixture
def reader(browser, address):
    """Return a window on a laptop."""
    one = Reader(browser, address, LAPTOP, "light")
    yield one
    one.context.close()
    assert one.wrong == []


@pytest.fixture(scope="module")
def window(request, browser, address):
    """Return a window on each kind of screen, kept for many pages."""
    scheme, screen = request.param.split()
    one = Reader(browser, address, LAPTOP if screen == "laptop" else PHONE, scheme)
    yield one
    one.context.close()


@cache
def parsed(path):
    """Return a page's elements as (tag, attributes)."""
    found = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: found.append((tag, dict(attributes)))
    parser.feed(path.read_text(encoding="utf-8"))
    return found


def pages_of(folder):
    """Return every page; the theme keeps a template among its static files."""
    return [path for path in folder.rglob("*.html") if "_static" not in path.parts]


def values(path, attribute, *tags):
    return [
        given[attribute]
        for tag, given in parsed(path)
        if attribute in given and (tag in tags or not tags)
    ]


def test_the_command_has_nothing_to_warn_of_and_leaves_nothing_beside(built):
    out, done = built
    assert done.stderr == ""
    assert str(out / "index.html") in done.stdout
    assert [path.name for path in out.parent.iterdir()] == [out.name]


def test_every_page_is_there(folder):
    for path in PAGES:
        assert (folder / path.partition("?")[0]).is_file()
    assert {path.stem for path in (folder / "notebooks").glob("*.html")} == {"index", *NOTEBOOKS}
    members = {path.stem for path in (folder / "states").glob("*.html")} - {"index"}
    assert members == set(load_states().index)
    guides = {path.stem for path in (folder / "docs").glob("*.html")} - {"index", "contributing"}
    assert guides == {path.stem for path in (REPOSITORY / "docs").glob("*.md")}


def test_every_link_within_the_site_leads_somewhere(folder):
    broken = set()
    for page in pages_of(folder):
        for to in {*values(page, "href"), *values(page, "src")}:
            there, fragment = urldefrag(to)
            if urlsplit(there).scheme or there.startswith("//"):
                continue
            target = (page.parent / unquote(there).partition("?")[0]) if there else page
            places = values(target, "id") if target.suffix == ".html" and target.is_file() else []
            if not target.exists() or (fragment and places and fragment not in places):
                broken.add((page.name, to))
    assert broken == set()


def test_nothing_is_fetched_from_elsewhere(folder):
    """In every page, not only in those that the browser opens."""
    for page in pages_of(folder):
        fetched = [*values(page, "src"), *values(page, "href", "link")]
        assert [to for to in fetched if urlsplit(to).netloc] == []


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebooks_show_their_stored_figures_with_their_alternative_texts(folder, name):
    stored = nbformat.read(REPOSITORY / "notebooks" / f"{name}.ipynb", as_version=4)
    outputs = [output for cell in stored.cells for output in cell.get("outputs", [])]
    expected = [
        output.metadata["image/png"]["alt"]
        for output in outputs
        if "image/png" in output.get("data", {})
    ]
    page = folder / "notebooks" / f"{name}.html"
    shown = [given for tag, given in parsed(page) if tag == "img"]
    assert [image["alt"] for image in shown] == expected
    text = page.read_text(encoding="utf-8")
    assert text.count("cell_output docutils") == sum(bool(c.get("outputs")) for c in stored.cells)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_tables_of_notebooks_are_tables(folder, name):
    """Markdown that is shown as it is written would be a wall of bars."""
    text = (folder / "notebooks" / f"{name}.html").read_text(encoding="utf-8")
    assert "<p>|" not in text
    assert "| ---" not in text


def test_every_table_has_every_row(folder):
    for table in load_contents().tables:
        text = (folder / "tables" / f"{table.name}.html").read_text(encoding="utf-8")
        rows = text.count('scope="row"') - len(table.fields)
        assert rows == len(table.rows), table.name


def test_every_image_of_every_page_has_an_alternative_text(folder):
    for page in pages_of(folder):
        images = [given for tag, given in parsed(page) if tag == "img"]
        assert all(given.get("alt", "").strip() for given in images), page.name


def test_codebook_page_has_every_rule(folder):
    text = (folder / "codebook.html").read_text(encoding="utf-8")
    book = load_codebook()
    for variable in (*book.variables, *book.levels):
        assert f'id="variable-{variable.id.replace("_", "-")}"' in text
        assert text.count(f"{variable.id}</span>") > 0
    rules = [e.rule for entries in book.lists.values() for e in entries if "`" not in e.rule]
    rules += [c.rule for v in book.variables for c in v.codes if "`" not in c.rule]
    rules += [case for v in book.variables for case in v.border_cases if "`" not in case]
    plain = html.unescape(text)
    assert [rule for rule in rules if rule not in plain] == []


def test_downloads_can_be_opened(folder):
    for name in ("coalition-stata.zip", "coalition-datapackage.zip", "coalition.xlsx"):
        assert zipfile.ZipFile(folder / "files" / name).testzip() is None
    tables = {path.stem for path in (folder / "files" / "tables").glob("*.csv")}
    assert tables == {table.name for table in load_contents().tables}
    for name in NOTEBOOKS:
        stored = REPOSITORY / "notebooks" / f"{name}.ipynb"
        assert (folder / "files" / "notebooks" / stored.name).read_bytes() == stored.read_bytes()


@pytest.mark.parametrize(("window", "path"), SEEN, indirect=["window"])
def test_pages_are_sound(window, path, tmp_path):
    """Nothing goes wrong, nothing is asked outside, nothing is too wide, axe finds nothing."""
    window.wrong.clear()
    page = window.open(path)
    expect(page.locator("h1").first).to_be_visible()
    if path.startswith("search.html"):
        expect(page.locator("#search-results li").first).to_be_visible()
    if "class" in path:
        files = sorted(write_class(tmp_path / "class", 3, seed=1).iterdir())
        page.get_by_label("Drop the class").set_input_files([*files, REPOSITORY / "README.md"])
        expect(page.locator("#verdicts")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    # The many rows of a large table are alike, and looking at each takes minutes.
    page.evaluate(
        """(most) => document.querySelectorAll("tbody").forEach((body) => {
            const width = body.rows[0]?.cells.length ?? 1;
            [...body.rows].slice(Math.ceil(most / width)).forEach((row) => row.remove());
        })""",
        CELLS,
    )
    for media in ("screen", "print")[: 1 + (path in PRINTED)]:
        page.emulate_media(media=media)
        # Preloading would ask for what style sheets import as if it lay beside the page.
        found = Axe().run(page, options={"preload": False}).response["violations"]
        assert [(v["id"], [n["html"][:200] for n in v["nodes"]][:3]) for v in found] == []
    page.emulate_media(media="screen")
    assert window.wrong == []


@pytest.mark.parametrize("path", ["index.html", "notebooks/index.html", "states/PRK.html"])
def test_dark_mode_loses_no_figure(browser, address, path):
    dark = Reader(browser, address, LAPTOP, "dark")
    page = dark.open(path)
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    looks = page.evaluate(
        """[...document.querySelectorAll("article img")].map((image) => {
            const look = getComputedStyle(image);
            return [image.complete && image.naturalWidth > 0, look.backgroundColor, look.filter];
        })"""
    )
    assert looks
    assert all(look == [True, "rgb(255, 255, 255)", "none"] for look in looks)
    # Paper is white.
    for event, theme in (("beforeprint", "light"), ("afterprint", "dark")):
        page.evaluate("(event) => window.dispatchEvent(new Event(event))", event)
        assert page.evaluate("document.documentElement.dataset.theme") == theme
    dark.context.close()
    assert dark.wrong == []


@pytest.mark.parametrize(
    ("words", "page"),
    [("Namibia", "states/NAM.html"), ("North Korea", "states/PRK.html")]
    + [(name, "codebook.html") for name in ("arms_supply", "public_stance")],
)
def test_search_finds_states_and_variables(reader, words, page):
    window = reader.open("index.html")
    window.keyboard.press("Control+k")
    window.locator("dialog input[type=search]").fill(words)
    window.keyboard.press("Enter")
    window.wait_for_url("**/search.html?q=*")
    results = window.locator("#search-results li a")
    expect(results.first).to_be_visible()
    expect(window.locator(".search-summary")).to_contain_text("finished")
    found = results.evaluate_all("links => links.map((link) => link.href)")
    assert any(page in to for to in found[:3]), found


@pytest.mark.parametrize(
    ("words", "shown"),
    [("arms_supply", "arms_supply"), ("Belarus", "belarus"), ("territory", "territor")],
)
def test_search_shows_where_the_words_stand(reader, words, shown):
    """Sphinx's own excerpts begin anywhere, since it looks for the words' stems."""
    page = reader.open(f"search.html?q={words}")
    expect(page.locator(".search-summary")).to_contain_text("finished")
    excerpts = page.locator("#search-results p.context")
    expect(excerpts).to_have_count(page.locator("#search-results > ul > li").count())
    texts = excerpts.all_inner_texts()
    found = [text for text in texts if shown in text.lower()]
    # A page may also be found by its title alone.
    assert len(found) >= len(texts) - 2


def test_tables_are_sorted_and_searched(reader):
    page = reader.open("tables/states.html")
    table, rows = page.locator("table.sortable"), page.locator("table.sortable tbody tr:visible")
    heading = table.get_by_role("columnheader", name="cow")
    place = [cell.strip(" ↕") for cell in table.locator("thead th").all_inner_texts()].index("cow")
    for order, first in (("ascending", "2"), ("descending", "990")):
        heading.get_by_role("button").click()
        expect(heading).to_have_attribute("aria-sort", order)
        assert rows.first.locator("th, td").nth(place).inner_text() == first
    page.get_by_label("Search this table").fill("korea eastern")
    expect(rows).to_have_count(2)
    expect(page.get_by_role("status")).to_have_text("2 of 193 rows")
    page.get_by_label("Search this table").fill("")
    expect(rows).to_have_count(193)


def test_tables_are_sorted_by_keyboard(reader):
    page = reader.open("index.html")
    heading = page.get_by_role("columnheader", name="state", exact=False).first
    heading.get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(heading).to_have_attribute("aria-sort", "ascending")
    shown = page.locator("table.sortable tbody th").all_inner_texts()
    assert shown == sorted(case_names())


def test_the_map_leads_to_every_member_by_keyboard(reader):
    page = reader.open("states/index.html")
    tiles = page.locator(".tiles a")
    assert tiles.count() == len(load_states())
    tile = page.get_by_role("link", name="ARM, Armenia: index of agreement")
    tile.focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Armenia")


def test_the_keyboard_reaches_the_content_first(reader):
    page = reader.open("index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").strip() == "Skip to main content"


def test_wide_tables_scroll_in_their_box_on_a_phone(browser, address):
    phone = Reader(browser, address, PHONE, "light")
    page = phone.open("states/PRK.html")
    box = page.get_by_role("region", name="Votes", exact=True)
    assert box.evaluate("box => box.scrollWidth > box.clientWidth")
    box.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("box => box.scrollLeft > 0", arg=box.element_handle())
    phone.context.close()
    assert phone.wrong == []


def test_long_texts_are_in_sight_on_a_phone(browser, address):
    phone = Reader(browser, address, PHONE, "light")
    page = phone.open("states/PRK.html")
    for name in ("Evidence of the codes", "Events"):
        box = page.get_by_role("region", name=name, exact=True)
        assert box.evaluate("box => box.scrollWidth <= box.clientWidth")
        assert box.get_by_role("rowheader").count() > 0
    phone.context.close()
    assert phone.wrong == []


def test_notebooks_lead_to_the_next_and_other_pages_nowhere(folder):
    for place, name in enumerate(NOTEBOOKS):
        page = folder / "notebooks" / f"{name}.html"
        steps = [
            given["href"]
            for tag, given in parsed(page)
            if tag == "a" and given.get("class") in {"left-prev", "right-next"}
        ]
        around = ["index", *NOTEBOOKS][place : place + 3 : 2]
        assert steps == [f"{other}.html" for other in around]
    assert "prev-next-area" not in (folder / "codebook.html").read_text(encoding="utf-8")


def test_pages_read_well_without_scripts(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "tables/states.html")
    assert page.locator("table.sortable tbody tr").count() == len(load_states())
    context.close()


@pytest.mark.parametrize("state", ["IRN", "KGZ", "PRK"])
def test_another_code_shows_at_once_what_follows(reader, state):
    page = reader.open(f"states/{state}.html?account=essay&arms_supply=dual_use")
    codes = {"arms_supply": "dual_use"}
    row = derive(with_changes(load_cases(), state, codes)).loc[state]
    place = page.locator("#what-if")
    expect(place).to_have_attribute("data-type", row["type"])
    expect(place).to_have_attribute("data-could-be", ";".join(row["could_be"]))
    page.get_by_role("button", name="Back to the codes").click()
    row = derive(load_cases()).loc[state]
    expect(place).to_have_attribute("data-type", row["type"])
    assert page.url == f"{reader.address}states/{state}.html"
    expect(page.locator('.page-toc a[href="#what-if"]')).to_have_count(1)
    expect(page.locator('p.way a[href="#what-if"]')).to_have_count(1)


def test_without_scripts_there_is_nothing_to_change(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "states/IRN.html")
    assert page.get_by_role("heading", name="What if").count() == 0
    assert page.locator("#what-if").inner_text() == ""
    context.close()


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory):
    """Return a site of data whose every text would like to be markup, and the data."""
    place = tmp_path_factory.mktemp("poisoned")
    data, columns = write_poisoned_data(place)
    # What may hold any text; whoever adds such a column finds it poisoned too.
    assert {("coders", "kind"), ("states", "short_name"), ("accounts", "label")} <= columns
    assert {("claims", "statement"), ("claims", "explanation"), ("sources", "publisher")} <= columns
    assert build(place / "site", COALITION_DATA=str(data)).stderr == ""
    return place / "site", data


def test_no_cell_becomes_markup_a_script_or_a_link(poisoned):
    site, _ = poisoned
    pages = {path.relative_to(site).as_posix(): path for path in pages_of(site)}
    texts = {name: path.read_text(encoding="utf-8") for name, path in pages.items()}
    assert {name: found for name in pages if (found := Wild(texts[name]).found)} == {}
    outside = {urlsplit(to).netloc for path in pages.values() for to in values(path, "href")}
    assert all(re.fullmatch(r"[\w.-]*", host) for host in outside)
    for payload in PAYLOADS:
        shown = [html.escape(payload, quote=False).replace("'", "&#39;").replace('"', "&#34;")]
        assert any(one in texts["tables/claims.html"] + texts["codebook.html"] for one in shown)


def test_nothing_in_a_cell_runs(poisoned, browser):
    """Neither in pages nor in what search makes of them, nor when tables are used."""
    site, _ = poisoned
    tables = [f"tables/{path.name}" for path in (site / "tables").glob("*.html")]
    asked = ["script", "alert", "javascript", "%3Cscript%3Ealert(1)%3C/script%3E"]
    with served(site) as place:
        one = Reader(browser, place, LAPTOP, "light")
        data = [path for path in PAGES if not path.startswith("notebooks/")]
        for path in dict.fromkeys([*data, *tables, *(f"search.html?q={words}" for words in asked)]):
            page = one.open(path)
            if path.startswith("search.html"):
                expect(page.locator(".search-summary")).to_contain_text("finished")
        page = one.open("tables/claims.html")
        page.get_by_label("Search this table").fill("<script>alert(1)</script>")
        page.locator("table.sortable thead button").first.click()
        one.context.close()
    assert one.wrong == []


def test_no_cell_of_a_workbook_is_a_formula_or_a_link(poisoned):
    book = openpyxl.load_workbook(poisoned[0] / "files" / "coalition.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink] == []


def test_a_formula_in_a_cell_is_refused_with_its_place(tmp_path):
    data = tmp_path / "data"
    shutil.copytree(REPOSITORY / "data", data)
    path = data / "events.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Signed the Collective", "=1+1", 1), encoding="utf-8")
    done = run(tmp_path / "site", COALITION_DATA=str(data))
    assert done.returncode != 0
    assert "events.csv, line 2, column description: a spreadsheet would run it" in done.stderr
