"""What the site is made of, and what its command refuses, without building it."""

import csv
import re
import signal
import string
import subprocess
import sys
from urllib.request import urlopen

import nbformat
import pytest
from click.testing import CliRunner
from poisoned_data import PAYLOADS, Wild

from helpers.cli import main
from helpers.cli.group import WrongInput
from helpers.cli.publish import _serve
from helpers.data import load_states
from helpers.dataset.codebook import load_codebook
from helpers.dataset.files import REPOSITORY
from helpers.dataset.words import worded
from helpers.display.plots.votes import shades
from helpers.parameters import ALLOWED
from helpers.publish.export.collect import load_contents
from helpers.publish.site import (
    about_pages,
    build,
    codebook_page,
    gallery,
    guides,
    sphinx_settings,
    start_page,
    state_pages,
    support_types,
    table_pages,
)
from helpers.publish.site.coding_page import coding_data
from helpers.publish.site.markup import (
    Html,
    Markdown,
    cell,
    fenced,
    grid,
    link,
    md,
    page,
    prose,
    tag,
)
from helpers.publish.site.serve import server
from helpers.publish.site.tile_map import NO_BORDERS, PALE, SUBJECT, ink
from helpers.regenerate.parameter_values import remember
from helpers.regenerate.readme_picture import picture_of

SERVE = """
import signal, sys
from pathlib import Path
from helpers.cli.publish import _serve
# Whoever starts the tests in the background may have them ignore it.
signal.signal(signal.SIGINT, signal.default_int_handler)
_serve(Path(sys.argv[1]), 0)
"""


@pytest.fixture(scope="module")
def notebooks():
    return gallery.read_notebooks(REPOSITORY / "notebooks", remember(ALLOWED))


@pytest.fixture(scope="module")
def contents():
    return load_contents()


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", '"><b>', "a & b", "`````"])
def test_no_cell_becomes_markup(hostile):
    shown = grid(hostile, [hostile], [[hostile, hostile]])
    assert "<script" not in shown
    assert '"><b>' not in shown
    assert "a & b" not in shown


def test_what_would_run_is_found():
    """The tests of poisoned data rest on it."""
    wild = "<script>alert(1)</script><img src=x><a href=' JavaScript:x'>x</a><b onclick=x>x</b>"
    assert [tag for tag, *_ in Wild(wild).found] == ["script", "img", "a", "b"]
    assert Wild("&lt;script&gt;alert(1)<a href='x.html'>javascript:x</a>").found == []


def test_html_stays_and_everything_else_is_escaped():
    assert tag("b", Html("<i>i</i>"), "<i>") == "<b><i>i</i>&lt;i&gt;</b>"
    assert tag("img", src="x.png", alt='a "b"') == '<img src="x.png" alt="a &#34;b&#34;">'
    assert cell("https://example.org/a") == "https://example.org/a"
    assert cell(None) == ""


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "JavaScript:x", " javascript:x", "java\tscript:x", "data:text/html,x"],
)
def test_no_address_runs_anything(address):
    assert link(address, "<x>") == "&lt;x&gt;"


@pytest.mark.parametrize("address", ["https://x.org/a:b", "../a.html#b:c", "#x", "a.html", "a?b:c"])
def test_addresses_of_the_site_and_of_the_web_are_links(address):
    assert link(address, "x") == f'<a href="{address}">x</a>'


@pytest.mark.parametrize("hostile", [*PAYLOADS, "# a", "- a", "a\n# b", "a\n\n```{raw} html\n<b>"])
def test_no_text_becomes_markdown(hostile):
    """Behind a backslash no punctuation is markup, and a text is never more than one line."""
    shown = md("{text}", text=hostile)
    assert shown in page(hostile) and shown in page("x", hostile)
    assert "\n" not in shown
    assert not set(re.sub(r"\\[!-/:-@\[-`{-~]", "", shown)) & set(string.punctuation)
    assert re.sub(r"\\(.)", r"\1", shown) == " ".join(hostile.splitlines())
    assert md("{text}", text=Markdown(hostile)) == hostile


def test_pages_say_whether_they_are_searched_and_in_a_menu():
    assert page("Title", Markdown("*Text*.")) == "# Title\n\n*Text*.\n"
    front = page("Title", search=False, orphan=True).splitlines()[:4]
    assert front == ["---", "orphan: true", "nosearch: true", "---"]
    assert page("T", Html("x")) == "# T\n\n`````{raw} html\nx\n`````\n\n"
    assert fenced("x", "a\n``````\nb") == "```````x\na\n``````\nb\n```````\n"


def test_figures_carry_their_alternative_text_where_the_page_looks_for_it(notebooks):
    names = {shown.name for shown in notebooks}
    for shown in notebooks:
        made = nbformat.reads(gallery.notebook_page(shown, names), as_version=4)
        alts = [alt for _, alt in gallery.images(shown)]
        cells = [entry.metadata["mystnb"] for entry in made.cells if "mystnb" in entry.metadata]
        assert [entry["image"]["alt"] for entry in cells] == alts
        assert len(made.cells) == len(shown.node.cells) + 1
        assert "<th></th>" not in str(made)


def test_what_is_stored_is_not_changed(notebooks):
    shown = notebooks[0]
    before = nbformat.writes(shown.node)
    gallery.notebook_page(shown, {shown.name})
    assert nbformat.writes(shown.node) == before


def test_solutions_are_folded_away(notebooks):
    for shown in notebooks:
        made = nbformat.reads(gallery.notebook_page(shown, set()), as_version=4)
        solutions = [c for c in made.cells if "solution" in c.metadata.get("tags", [])]
        assert solutions
        assert all("hide-cell" in entry.metadata.tags for entry in solutions)


def test_every_notebook_says_what_it_does_not_show(notebooks):
    assert all(gallery.limits_of(shown).startswith("*") for shown in notebooks)


def test_a_missing_section_is_named(tmp_path):
    path = tmp_path / "README.md"
    path.write_text("# Title\n\n## One\n\nText.\n\n## Two\n", encoding="utf-8")
    assert about_pages.section(path, "One") == "Text."
    with pytest.raises(ValueError, match=r"README\.md has no section 'Three'"):
        about_pages.section(path, "Three")


def test_the_codebook_page_has_every_list():
    shown = set(codebook_page.LISTS) | {"groups", "levels"}
    assert shown >= set(load_codebook().lists)


def test_ids_lead_where_they_are_explained():
    known = {"BLR-01"}
    assert table_pages._linked("state", "NAM", known) == '<a href="../states/NAM.html">NAM</a>'
    assert "codebook.html#variable-arms-supply" in table_pages._linked(
        "variable", "arms_supply", known
    )
    assert table_pages._linked("state", None, known) == ""
    two = '<a href="sources.html#a">a</a>; <a href="sources.html#b">b</a>'
    assert table_pages._linked("source", "a;b", known) == two
    # Earlier readings name events as they then were; not all of them are still there.
    places = '<a href="events.html#BLR-01">BLR-01</a>; BLR-99'
    assert table_pages._linked("locator", "BLR-01;BLR-99", known) == places


def test_no_table_of_the_data_is_forgotten(contents):
    """Whoever adds a file to the data finds it on the site, row by row, or is told here."""
    files = {path.stem: path for path in (REPOSITORY / "data").glob("*.csv")}
    shown = {table.name: len(table.rows) for table in contents.tables}
    names = {name: {"codings": "codings_long"}.get(name, name) for name in files}
    assert set(shown) == {*names.values(), "codings_wide", "codebook", "columns"}
    for name, path in files.items():
        with path.open(encoding="utf-8", newline="") as lines:
            assert shown[names[name]] == sum(1 for _ in csv.DictReader(lines)), name
    pages = table_pages.table_pages(contents, "")
    assert set(pages) == {f"tables/{name}.md" for name in [*shown, "about", "index"]}
    assert all(f'href="{name}.html"' in pages["tables/index.md"] for name in shown)
    others = {path.name for path in (REPOSITORY / "data").iterdir()} - {
        path.name for path in files.values()
    }
    assert others == {"README.md", "codebook.yml"}


def test_no_notebook_is_forgotten(notebooks):
    there = [path.stem for path in sorted((REPOSITORY / "notebooks").glob("*.ipynb"))]
    assert [shown.name for shown in notebooks] == there
    page_of_all = gallery.gallery_page(notebooks)
    assert all(f'href="{name}.html"' in page_of_all for name in there)
    limits = about_pages.limits_page(notebooks)
    assert all(f"(notebooks/{name}.ipynb)" in limits for name in there)


def test_the_limits_of_the_record_stand_beside_those_of_the_data(notebooks):
    limits = about_pages.limits_page(notebooks)
    assert f"## {about_pages.RECORD}\n" in limits
    assert "[`04_essay_vs_record`](notebooks/04_essay_vs_record.ipynb) lists the codes" in limits


def test_what_a_state_could_also_be_names_what_is_not_known():
    cells = {
        row.split("</a>")[0].split(">")[-1]: re.findall(r"<td[^>]*>(.*?)</td>", row)
        for row in str(start_page._states()).split("<tr")
    }
    assert cells["China"][-1] == "military backer (not known: Territory)"
    assert cells["Iran"][-1] == "nothing else"


def test_a_state_page_says_which_codes_rest_on_old_evidence():
    members = state_pages.Members()
    (said,) = state_pages._unchanged(members, "UZB")
    assert "Aid to Ukraine 2022-06-07" in said
    assert 'the end of "Public record, February 2023"' in said


def test_nothing_is_executed(contents):
    assert sphinx_settings.settings(contents)["nb_execution_mode"] == "off"


def test_a_table_of_pandas_has_one_row_of_headings():
    row = '<tr style="text-align: right;">'
    two = f"{row}<th></th><th>n</th></tr> <tr><th>state</th><th></th></tr>"
    assert gallery._headed(two) == "<tr><th>state</th><th>n</th></tr>"
    twice = f"{row}<th></th><th></th><th>n</th></tr><tr><th>a</th><th>b</th><th></th></tr>"
    assert gallery._headed(twice) == "<tr><th>a</th><th>b</th><th>n</th></tr>"
    # The columns' own name stands in the first row: here the two cannot be one.
    named = "<tr><th>vote</th><th>n</th></tr><tr><th>state</th><th></th></tr>"
    assert gallery._headed(named) == named.replace("<th></th>", "<td></td>")
    assert gallery._headed("<tr><th></th><th>n</th></tr>") == "<tr><td></td><th>n</th></tr>"


def test_a_notebook_is_shown_by_the_picture_that_it_lends(notebooks):
    first = notebooks[0]
    assert gallery.face(first) == picture_of(first.raw)
    others = [shown for shown in notebooks if picture_of(shown.raw) is None]
    assert [gallery.face(shown) for shown in others] == [
        next(gallery.images(shown), None) for shown in others
    ]
    faces = [gallery.face(shown) for shown in notebooks]
    assert len({image for image, _ in filter(None, faces)}) == len(notebooks)


def test_rows_as_cards_are_still_a_table_to_a_screen_reader():
    shown = grid("x", ["state", "type"], [["Iran", "a & b"]], kind="sortable stacked")
    assert '<table class="sortable stacked" role="table">' in shown
    assert '<td role="cell" data-label="type">a &amp; b</td>' in shown
    assert '<th scope="row" role="rowheader">Iran</th>' in shown


def test_every_support_type_is_explained():
    legend = support_types.legend_of_types()
    assert all(prose(entry.rule) in legend for entry in load_codebook().support_types)
    with pytest.raises(ValueError, match="friend"):
        support_types.shown_type("friend")
    assert support_types.other_types("hedger", ["hedger", "endorser", "full_backer"]) == (
        "endorser, full backer"
    )


def test_codes_are_shown_in_the_codebooks_words():
    book = load_codebook()
    assert worded(book.variable("territory_use"), "staging") == "staging ground"
    two = book.variable("turns_to").codes[:2]
    said = ";".join(code.id for code in two)
    assert worded(book.variable("turns_to"), said) == f"{two[0].label}, {two[1].label}"
    assert worded(book.variable("arms_supply"), "(silent)") == "(silent)"
    assert worded(book.variable("arms_supply"), "undecided") == "undecided"


def test_pages_of_states_say_why_there_is_no_code():
    assert "whose support the essay weighs, so it was not coded" in state_pages._uncoded("UKR")
    assert "compared with" in state_pages._uncoded("RUS")


def test_guides_lead_to_pages_and_to_no_file(tmp_path, monkeypatch):
    monkeypatch.setattr(guides, "REPOSITORY", tmp_path)
    monkeypatch.setattr(guides, "FOLDER", tmp_path / "docs")
    monkeypatch.setattr(guides, "HALF_HOUR", tmp_path / "CONTRIBUTING.md")
    (tmp_path / "docs").mkdir()
    (tmp_path / "CONTRIBUTING.md").write_text("# First\n\nBegin. Go on.\n", encoding="utf-8")
    fence = "```diff\n+[kept](../CHANGELOG.md)\n```\n"
    text = (
        "# One\n\nYou want\none. And two.\n\n[a](two.md) [b](../CONTRIBUTING.md) "
        f"[c](../data/README.md) [d](../CHANGELOG.md) [e](https://f.org)\n\n{fence}"
    )
    (tmp_path / "docs" / "one.md").write_text(text, encoding="utf-8")
    pages = guides.guide_pages()
    links = "[a](two.md) [b](contributing.md) [c](../tables/index.md) d [e](https://f.org)"
    assert links in pages["docs/one.md"]
    assert fence in pages["docs/one.md"]
    assert (
        "- [First](contributing.md): Begin.\n- [One](one.md): You want one."
        in pages["docs/index.md"]
    )


def test_tiles_can_be_read_and_lie_apart():
    assert {ink(fill) for fill in (*shades(), PALE, SUBJECT)} == {"#000000", "#ffffff"}
    assert not load_states()[["tile_col", "tile_row"]].duplicated().any()
    assert "Crimea" in NO_BORDERS


def test_a_site_is_replaced_and_nothing_else_is(tmp_path):
    site, other = tmp_path / "site", tmp_path / "thesis"
    for place in (site, other):
        place.mkdir()
    (site / build.MARK).touch()
    build.require_place(site)
    build.require_place(tmp_path / "free")
    done = CliRunner().invoke(main, ["site", "--out", str(other)])
    assert done.exit_code == 2
    assert "is no site; give another name, or remove it first" in done.output
    assert list(other.iterdir()) == []


@pytest.mark.parametrize("name", build.NEEDED)
def test_a_missing_package_is_named_with_what_to_install(monkeypatch, tmp_path, name):
    monkeypatch.setattr(build, "find_spec", lambda asked: None if asked == name else object())
    done = CliRunner().invoke(main, ["site", "--out", str(tmp_path / "site")])
    assert done.exit_code == 2
    assert (
        f"needs the package {name}: pip install 'coalition-of-the-unwilling[site]'" in done.output
    )


def test_no_port_beyond_the_last(tmp_path):
    done = CliRunner().invoke(main, ["site", "--port", "65536", "--out", str(tmp_path / "site")])
    assert done.exit_code == 2
    assert not (tmp_path / "site").exists()


def test_warnings_are_shown_and_the_site_is_served_after_it_is_built(monkeypatch, tmp_path):
    served = []
    monkeypatch.setattr(build, "build_site", lambda *given: ["a warning"])
    monkeypatch.setattr("helpers.cli.publish._serve", lambda *given: served.append(given))
    out = tmp_path / "site"
    done = CliRunner().invoke(main, ["site", "--out", str(out), "--serve", "--port", "1234"])
    assert (done.exit_code, done.stderr) == (0, "a warning\n")
    assert served == [(out, 1234)]


def test_a_port_that_is_taken_is_named(tmp_path):
    with server(tmp_path, 0) as other, pytest.raises(WrongInput) as refused:
        taken = other.server_address[1]
        _serve(tmp_path, taken)
    assert f"port {taken} cannot be used" in str(refused.value)
    assert "give another with --port" in str(refused.value)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C otherwise")
def test_serving_stops_on_ctrl_c(tmp_path):
    (tmp_path / "index.html").write_text("here", encoding="utf-8")
    command = [sys.executable, "-u", "-c", SERVE, str(tmp_path)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, encoding="utf-8", **pipes) as serving:
        address = serving.stdout.readline().split()[1]
        assert address.startswith("http://127.0.0.1:")
        with urlopen(address) as answer:
            assert answer.read() == b"here"
        serving.send_signal(signal.SIGINT)
        said, wrong = serving.communicate()
    assert (serving.returncode, said, wrong) == (0, "Stopped.\n", "")


def test_what_a_question_requires_is_said_in_labels() -> None:
    """The message of a file's check keeps the ids that the file has."""
    said = coding_data()["material.js"].decode("ascii")
    assert '"requires_in_labels":"`Realignment` is ' in said
    assert '"requires_in_words":"`realignment` is ' in said
