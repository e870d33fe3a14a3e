"""What if, on a state's page: in Chromium, from a folder, with no server and no network."""

import json
import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from helpers.analysis import what_if
from helpers.analysis.typology import TRUTHS, derive, thesis
from helpers.data import account_ids, load_cases, load_codebook, load_codings
from helpers.dataset.allowed import silence_ids
from helpers.dataset.files import REPOSITORY, using_data
from helpers.publish.site import what_if as section
from helpers.publish.site.sphinx_sources import OWN

try:
    from playwright.sync_api import Browser, Page, expect
    from reader import LAPTOP, Reader, chromium
except ModuleNotFoundError:
    if os.environ.get("CI"):
        raise
    pytest.skip("the dependency group browser is not installed", allow_module_level=True)

DATA = {"ours": REPOSITORY / "data", "second text": Path(__file__).parent / "second_text"}
N_RANDOM = 200
N_PARTS = 5
# One text, since the browser's driver takes long for many small values.
FOLLOWS = """(given) => JSON.stringify(given.map(([account, state, silence, changes]) => {
  const found = whatIf.consequences(account, state, silence, changes);
  const verdicts = found.verdicts.map((v) => [v.verdict, v.contradictedBy, v.openBecauseOf]);
  const shortest = whatIf.shortestChanges(found.codes);
  return [found.levels, found.type, found.couldBe, found.flags, verdicts, shortest];
}))"""
EVERY_WAY = """() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const kinds = all(".what-if-ways dt").map((kind) => kind.textContent.trim());
  const counts = all(".what-if-ways dd").map((ways) => all("button", ways).length);
  const back = all("#what-if .what-if-choice button")[0];
  return kinds.flatMap((kind, place) => [...Array(counts[place]).keys()].map((number) => {
    all("button", all(".what-if-ways dd")[place])[number].click();
    const type = document.getElementById("what-if").dataset.type;
    back.click();
    return [kind, type];
  }));
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(params=DATA)
def data(request: pytest.FixtureRequest) -> Iterator[str]:
    with using_data(DATA[request.param]):
        yield request.param


def write_page(folder: Path, state: str) -> str:
    """Write the section's page, and the scripts unless they are there; return where it is."""
    (folder / "_static").mkdir(parents=True, exist_ok=True)
    (folder / "states").mkdir(exist_ok=True)
    for name in ("rules.js", "whatif.js"):
        shutil.copy(OWN / name, folder / "_static" / name)
    if not (folder / "_static" / section.DATA).exists():
        (folder / "_static" / section.DATA).write_bytes(section.what_if_data())
    text = f"<!doctype html><title>{state}</title><h1>{state}</h1>{section.section(state)}"
    path = folder / "states" / f"{state}.html"
    path.write_text(text, encoding="utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the pages of some states are, as files."""
    folder = tmp_path_factory.mktemp("pages")
    for state in ("IRN", "KGZ", "PRK"):
        write_page(folder, state)
    return folder


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[Reader]:
    one = Reader(browser, "file://", LAPTOP, "light")
    yield one
    one.context.close()


@pytest.fixture
def page(window: Reader) -> Iterator[Page]:
    yield window.page
    assert window.wrong == []


def address(folder: Path, state: str) -> str:
    return (folder / "states" / f"{state}.html").as_uri()


def result(page: Page) -> tuple[str | None, str | None]:
    place = page.locator("#what-if")
    return place.get_attribute("data-type"), place.get_attribute("data-could-be")


def query(page: Page) -> str:
    return page.url.partition("?")[2]


def generated() -> list[tuple[str, str, str, dict[str, str]]]:
    """Return random changes of random states, and every state as it is."""
    draw, book = random.Random(20261130), load_codebook()
    statuses = [status for status in book.ids("statuses") if status != "coded"]
    found: list[tuple[str, str, str, dict[str, str]]] = []
    states = {account: list(load_cases(account).index) for account in account_ids()}
    codings = {
        account: load_codings(account).set_index(["state", "variable"]) for account in states
    }
    for account, known in states.items():
        found += [(account, state, silence, {}) for state in known for silence in silence_ids()]
    for _ in range(N_RANDOM):
        account = draw.choice(list(states))
        state = draw.choice(states[account])
        said = codings[account].loc[state]
        names = [v.id for v in book.variables if not v.is_set and v.id in said.index]
        changes = {}
        for name in draw.sample(names, draw.choice((1, 1, 2, 3, len(names)))):
            own = said.at[name, "code"] or said.at[name, "status"]
            others = {*book.variable(name).code_ids, *statuses} - {own}
            changes[name] = draw.choice(sorted(others))
        found.append((account, state, draw.choice(silence_ids()), changes))
    return found


def derived(cases: pd.DataFrame, state: str, silence: str, changes: dict[str, str]) -> list[Any]:
    """Return what Python makes of the same changes, in the order of the script's answer."""
    book = load_codebook()
    codes = {name: what_if.as_read(name, value, silence) for name, value in changes.items()}
    cases = what_if.with_changes(cases, state, codes)
    row = derive(cases).loc[state]
    levels = {level.id: row[level.id] for level in book.levels}
    truths = {word: truth for truth, word in TRUTHS.items()}
    flags = {flag.id: truths[row[flag.id]] for flag in book.rules.flags}
    columns = ["verdict", "contradicted_by", "open_because_of"]
    verdicts = [[v, list(a), list(o)] for v, a, o in thesis(cases)[columns].to_numpy()]
    shortest = {
        kind: [[[name, list(group)] for name, group in way] for way in ways]
        for kind, ways in what_if.shortest_changes(
            book.rules, what_if.codes_of(cases, state)
        ).items()
    }
    return [levels, row["type"], list(row["could_be"]), flags, verdicts, shortest]


@pytest.mark.parametrize(
    "part", [0, *(pytest.param(part, marks=pytest.mark.long) for part in range(1, N_PARTS))]
)
def test_a_browser_says_what_python_says(data: str, page: Page, tmp_path: Path, part: int) -> None:
    page.goto(write_page(tmp_path, load_cases(account_ids()[0]).index[0]))
    given = generated()[part::N_PARTS]
    answers = json.loads(page.evaluate(FOLLOWS, given))
    assert len(answers) == len(given) > N_RANDOM / N_PARTS
    kept = {(a, s): load_cases(a, silence=s) for a in account_ids() for s in silence_ids()}
    for one, answer in zip(given, answers, strict=True):
        account, state, silence, changes = one
        assert answer == derived(kept[account, silence], state, silence, changes), one


@pytest.mark.parametrize("state", ["IRN", "KGZ", "PRK"])
def test_each_list_shows_at_once_what_follows(page: Page, folder: Path, state: str) -> None:
    page.goto(address(folder, state))
    row = derive(load_cases()).loc[state]
    as_coded = (row["type"], ";".join(row["could_be"]))
    assert result(page) == as_coded
    assert query(page) == ""
    page.select_option("#what-if-arms_supply", "dual_use")
    page.select_option("#what-if-recognises_annexations", "silent")
    changed = {"arms_supply": "dual_use", "recognises_annexations": None}
    row = derive(what_if.with_changes(load_cases(), state, changed)).loc[state]
    assert result(page) == (row["type"], ";".join(row["could_be"]))
    link = page.url
    page.goto("about:blank")
    page.goto(link)
    assert result(page) == (row["type"], ";".join(row["could_be"]))
    page.get_by_role("button", name="Back to the codes").click()
    assert result(page) == as_coded
    assert query(page) == ""


def test_the_address_is_that_of_the_change(page: Page, folder: Path) -> None:
    page.goto(address(folder, "IRN"))
    page.select_option("#what-if-recognises_annexations", "recognised")
    assert query(page) == "account=essay&recognises_annexations=recognised"
    assert result(page) == ("full_backer", "full_backer")
    moved = page.locator("tr.moved").all_inner_texts()
    assert any("Recognition level" in text and "Four regions is" in text for text in moved)
    assert any("recognises and arms" in text and "Iran, North Korea" in text for text in moved)
    expect(page.get_by_role("status")).to_contain_text("As coded: military backer")
    page.select_option("#what-if-account", "record_2026")
    page.select_option("#what-if-silence", "no")
    assert query(page) == "account=record_2026&silence=no"


def test_what_the_address_asks_wrongly_is_said_and_left_out(page: Page, folder: Path) -> None:
    plain = address(folder, "IRN")
    wrong = "account=pravda&arms_supply=<b>&restraints=reputation&x=1&combat_troops=none"
    page.goto(f"{plain}?{wrong}")
    said = page.get_by_role("alert").locator("p")
    assert said.count() == 4
    assert "account cannot be pravda; allowed: essay, record_2023" in said.nth(0).inner_text()
    assert "arms_supply cannot be <b>; allowed: none, dual_use" in said.nth(1).inner_text()
    assert query(page) == "account=essay&combat_troops=none"
    page.goto(plain)
    expect(page.get_by_role("alert").locator("p")).to_have_count(0)


def test_every_shortest_change_keeps_its_word(page: Page, folder: Path) -> None:
    page.goto(address(folder, "KGZ"))
    labels = {kind.label: kind.id for kind in load_codebook().support_types}
    tried = page.evaluate(EVERY_WAY)
    assert len(tried) > page.locator(".what-if-ways dt").count() > 0
    assert [labels[kind] for kind, _ in tried] == [type_ for _, type_ in tried]


def test_the_keyboard_changes_a_code(page: Page, folder: Path) -> None:
    page.goto(address(folder, "IRN"))
    page.locator("#what-if-account").focus()
    for _ in range(4):
        page.keyboard.press("Tab")
    page.keyboard.press("End")
    focused = page.evaluate("document.activeElement.id")
    assert query(page) == f"account=essay&{focused.removeprefix('what-if-')}=undecided"


def test_the_lists_are_those_of_the_second_text(page: Page, tmp_path: Path) -> None:
    with using_data(DATA["second text"]):
        page.goto(write_page(tmp_path, "NOR"))
    lists = page.locator(".what-if-fields fieldset select")
    ids = [one.get_attribute("id") for one in lists.all()]
    assert ids == ["what-if-signature", "what-if-quota", "what-if-inspectors"]
    page.select_option("#what-if-signature", "signed")
    assert result(page) == ("keeper", "keeper")
    assert query(page) == "account=letter&signature=signed"


def test_no_text_of_the_data_becomes_markup() -> None:
    text = section.what_if_data().decode()
    assert text.count("\n") == 1
    assert text.isascii()
