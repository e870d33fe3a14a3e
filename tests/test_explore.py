"""The notebook's lists: set a value, and read what follows."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from helpers import tables, typology, what_if
from helpers.data import load_cases, load_codebook
from helpers.dataset.files import using_data
from helpers.display.explore import Explorer

SECOND = Path(__file__).parent / "second_text"


def ids(control: Any) -> list[str]:
    return [value for _, value in control.options]


@pytest.fixture
def explorer() -> Explorer:
    return Explorer(state="IRN", variable="recognises_annexations", code="recognised")


def test_it_begins_with_what_it_is_given(explorer: Explorer) -> None:
    values = [control.value for control in explorer.controls]
    asked = ["essay", "open", "low", "all", "IRN", "recognises_annexations", "recognised"]
    assert values == asked
    assert "Iran: full backer, military backer as coded." in explorer.said.value
    assert explorer.now.types.loc["IRN", "could_be"] == ("full_backer",)


def test_what_is_shown_is_what_the_tables_say(explorer: Explorer) -> None:
    cases = load_cases()
    changed = what_if.with_changes(cases, "IRN", {"recognises_annexations": "recognised"})
    both = what_if.following(cases), what_if.following(changed)
    assert explorer.moved.value == tables.as_html(tables.moved_table(*both, "IRN"))
    assert explorer.shortest.value == tables.as_html(tables.shortest_table(changed, "IRN"))


def test_every_list_moves_what_is_shown_in_place(explorer: Explorer) -> None:
    shown = explorer.moved, explorer.figure, explorer.shortest
    for control, value in [
        (explorer.account, "record_2026"),
        (explorer.silence, "no"),
        (explorer.min_confidence, "high"),
        (explorer.region, "Central Asia"),
        (explorer.state, "KGZ"),
        (explorer.code, "endorsed"),
    ]:
        before = [part.value for part in shown]
        control.value = value
        assert [part.value for part in shown] != before, control.description
    assert shown == (explorer.moved, explorer.figure, explorer.shortest)
    cases = load_cases("record_2026", silence="no", min_confidence="high")
    changed = what_if.with_changes(cases, "KGZ", {"recognises_annexations": "endorsed"})
    assert explorer.now.types.equals(typology.derive(changed))


def test_a_list_redraws_once(explorer: Explorer, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    update = explorer.update
    monkeypatch.setattr(explorer, "update", lambda: (drawn.append(1), update()))
    for control, value in ((explorer.variable, "arms_supply"), (explorer.code, "none")):
        drawn.clear()
        control.value = value
        assert len(drawn) == 1


def test_another_variable_begins_as_coded(explorer: Explorer) -> None:
    explorer.variable.value = "arms_supply"
    assert explorer.code.value == "weapon_systems"
    marked = [text for text, _ in explorer.code.options if text.endswith("(as coded)")]
    assert marked == ["weapon systems (as coded)"]
    assert ids(explorer.code)[-2:] == ["silent", "undecided"]
    assert explorer.now.types.equals(explorer.before.types)


def test_another_account_keeps_the_change(explorer: Explorer) -> None:
    explorer.account.value = "record_2023"
    assert explorer.code.value == "recognised"


def test_a_code_below_the_threshold_is_offered_as_it_is(explorer: Explorer) -> None:
    explorer.variable.value = "recognises_crimea"
    explorer.min_confidence.value = "high"
    assert explorer.code.options[-1] == ("below threshold (as coded)", "below_threshold")


def test_states_are_those_of_a_region(explorer: Explorer) -> None:
    def height() -> int:
        return Image.open(io.BytesIO(explorer.figure.value)).height

    of_all = height()
    explorer.region.value = "Middle East"
    assert height() < of_all
    assert "Iran: full backer" in explorer.words.value
    assert "Belarus" not in explorer.words.value


def test_the_same_choice_gives_the_same_bytes(explorer: Explorer) -> None:
    first = explorer.figure.value
    explorer.code.value = "silent"
    assert explorer.figure.value != first
    explorer.code.value = "recognised"
    assert explorer.figure.value == first


@pytest.mark.parametrize(
    ("wrong", "allowed"),
    [
        ({"account": "pravda"}, "essay, record_2023"),
        ({"silence": "yes"}, "open, no"),
        ({"region": "Atlantis"}, "Central Asia"),
        ({"state": "XXX"}, "IRN"),
        ({"variable": "restraints"}, "arms_supply"),
        ({"state": "IRN", "variable": "arms_supply", "code": "bombs"}, "none, dual_use"),
    ],
)
def test_a_wrong_beginning_is_named(wrong: dict[str, str], allowed: str) -> None:
    with pytest.raises(ValueError, match=f"{[*wrong.values()][-1]}.*{allowed}"):
        Explorer(**wrong)


def test_what_stands_for_it_is_always_the_same(explorer: Explorer) -> None:
    first, second = explorer._repr_mimebundle_(), Explorer()._repr_mimebundle_()
    view = "application/vnd.jupyter.widget-view+json"
    assert first.pop(view)["model_id"] != second.pop(view)["model_id"]
    assert first == second
    assert set(first) == {"text/plain", "text/html"}


def test_no_more_than_eight_lists(explorer: Explorer) -> None:
    assert len(explorer.controls) <= 8


def test_it_knows_the_second_text() -> None:
    with using_data(SECOND):
        explorer = Explorer(state="NOR", variable="signature", code="signed")
        assert explorer.now.types.loc["NOR", "type"] == "keeper"
        explorer.region.value = "North"
        assert ids(explorer.variable) == ["signature", "quota", "inspectors"]
        assert load_codebook().entry("support_types", "keeper").label in explorer.said.value
