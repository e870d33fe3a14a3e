"""How old the evidence of codes is, what no code cites, and what the documentation says of both."""

import pandas as pd
import pytest

from helpers.analysis.evidence import ended_before, unchanged_since, uncited, with_newest
from helpers.data import load_codings, load_table
from helpers.dataset.checks.cells import last_day
from helpers.dataset.files import REPOSITORY
from helpers.display.tables import newest_table, uncited_text
from helpers.publish.site.about_pages import RECORD, section

SAID = section(REPOSITORY / "data" / "README.md", RECORD)


def one(locator: str, status: str = "coded") -> pd.DataFrame:
    """Return a made-up coding that cites real evidence."""
    codings = load_codings("record_2026").iloc[:1]
    return codings.assign(status=status, code="refused", locator=locator)


@pytest.mark.parametrize(
    ("locator", "newest"),
    [
        ("KAZ-12", "2022-06-17"),
        ("ES-11/4;KAZ-12", "2022-10-12"),
        # A month counts as its last day.
        ("KAZ-06;KAZ-05", "2022-03"),
        ("UZB-03;UZB-05", "2022-03"),
    ],
)
def test_the_newest_event_or_roll_call_dates_a_code(locator: str, newest: str) -> None:
    assert with_newest(one(locator))["newest"].tolist() == [newest]


def test_what_has_no_date_or_no_code_is_left_out() -> None:
    assert with_newest(one("Central Asia 1")).empty
    assert with_newest(one("KAZ-12", "silent")).empty
    none = with_newest(load_codings("essay"))
    assert none.empty
    assert unchanged_since(none, "2026-01-01").empty
    assert newest_table(none).empty


def test_unchanged_is_what_was_public_by_the_day() -> None:
    dated = with_newest(one("UZB-03"))

    assert unchanged_since(dated, "2022-03-30").empty
    assert len(unchanged_since(dated, "2022-03-31")) == 1


def test_a_record_is_compared_with_the_one_before_it() -> None:
    assert list(ended_before("record_2026").values()) == ["2023-02-28"]
    assert ended_before("record_2023") == ended_before("essay") == {}


def test_the_table_to_read_begins_with_the_oldest_and_has_labels() -> None:
    table = newest_table(with_newest(load_codings("record_2026")))

    assert table["newest evidence"].is_monotonic_increasing
    assert table.loc[("Tajikistan", "Alliance"), "code"] == "defence pact"


def test_uncited_events_are_those_that_no_coder_cites() -> None:
    found = set(uncited()["event"])
    cited = set(load_table("codings")["locator"].str.split(";").explode())

    assert found.isdisjoint(cited)
    assert found | cited >= set(load_table("events")["event"])
    text = uncited_text(uncited(), len(load_table("events")))
    assert text.startswith(f"cited by no coding: {len(found)} of ")
    assert sum(text.count(f" {event}") for event in found) >= len(found)


def test_help_that_is_reported_of_years_ago_alone_is_named() -> None:
    dated = with_newest(load_codings("record_2026"))
    helped = dated[(dated["variable"] == "aid_to_ukraine") & (dated["code"] != "none")]
    old = helped[helped["newest"] < "2024-03"].set_index("state")["newest"].str[:4]

    assert old.to_dict() == {
        "IRN": "2022",
        "UZB": "2022",
        "TKM": "2023",
        "ARM": "2024",
        "KAZ": "2024",
    }
    assert "(Iran and Uzbekistan), and so" in SAID
    assert "2023 (Turkmenistan) or early 2024 (Armenia and Kazakhstan)" in SAID


def test_every_general_pledge_is_named() -> None:
    events = load_table("events")
    pledges = events["description"].str.contains("uphold the territorial integrity of all")

    assert pledges.sum() == 4
    assert all(event in SAID for event in events.loc[pledges, "event"])


def test_evidence_of_a_record_that_was_published_after_it_is_named() -> None:
    end = dict(load_table("accounts")[["account", "cut_off"]].to_numpy())["record_2023"]
    dates = load_table("sources").set_index("source")["date"]
    events = load_table("events").set_index("event")["source"].str.split(";")
    said = load_codings("record_2023").query("status != 'silent'")["locator"]
    late = [
        event
        for event in events.index.intersection(said.str.split(";").explode())
        if (known := [day for source in events[event] if (day := last_day(dates[source]))])
        and min(known) > end
    ]

    assert sorted(late) == ["IND-24", "SRB-34"]
    assert all(event in SAID for event in [*late, "ARM-37"])
    arms = load_codings("record_2023").query("state == 'ARM' and variable == 'arms_supply'")
    assert arms["locator"].tolist() == ["ARM-37"]
