"""Figures of votes and events: what their alternative texts and drawings say."""

import io

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from helpers import association, plots, scaling, tables, votes
from helpers.data import load_codings, load_states, load_table
from helpers.dataset.codebook import load_codebook
from helpers.display.plots.timeline import day_of
from helpers.display.plots.votes import BINS, SHADES, class_of


@pytest.fixture(scope="module")
def ballots():
    return load_table("un_votes")


@pytest.fixture(scope="module")
def war(ballots):
    return votes.roll_calls(ballots, votes.resolutions_in("war"))


def texts(picture):
    """Every text in a figure's axes."""
    return [text.get_text() for axes in picture.figure.axes for text in axes.texts]


def pixels(picture):
    with Image.open(io.BytesIO(picture.png())) as image:
        return {colour for _, colour in image.convert("RGB").getcolors(1 << 24)}


def rgb(colour):
    return tuple(round(255 * part) for part in to_rgb(colour))


def test_the_map_has_one_tile_per_member(war):
    picture = plots.vote_map(war["ES-11/4"], "Votes")
    assert sorted(texts(picture)) == sorted(load_states().index)
    assert "NAM" in texts(picture)
    assert picture.alt.startswith("Votes. 193 members: yes 143; abstain 35 (Armenia, ")
    assert "; no 5 (Belarus, " in picture.alt
    # Absences are told apart from votes in words and in the drawing.
    assert "absent 10" in picture.alt


def test_members_outside_of_a_region_are_pale_and_uncounted(war):
    part = tables.filter_region(war, "South Caucasus")
    picture = plots.vote_map(part["ES-11/4"], "Votes")
    assert "1 members" in picture.alt
    assert len(texts(picture)) == 193


def test_agreement_map_counts_every_member_once(war):
    table = votes.agreement(war)
    picture = plots.agreement_map(table, "Agreement")
    assert "Index of agreement of 192 members" in picture.alt
    assert "no vote to compare: 3 (Azerbaijan, Turkmenistan and Venezuela)" in picture.alt
    assert "100: 3 (Burkina Faso, Belarus and North Korea)" in picture.alt
    assert "Fewer than half compared: 4 (Burkina Faso," in picture.alt


def test_classes_of_the_index():
    places = [class_of(index) for index in (0, 0.1, 24.9, 25, 50, 75, 99.9, 100)]
    assert places == [0, 1, 1, 2, 3, 4, 4, 5]
    assert np.isnan(class_of(float("nan")))
    assert len(BINS) == len(SHADES)


def test_the_stored_image_keeps_the_colours_of_votes(war):
    found = pixels(plots.vote_map(war["ES-11/7"], "Votes"))
    for vote in ("yes", "abstain", "no"):
        assert rgb(load_codebook().entry("votes", vote).colour) in found
    assert (255, 255, 255) in found
    assert len(found) <= 48


def test_a_single_dot_keeps_its_colour(war):
    agreement = votes.agreement(war)
    codings = load_codings("essay")
    nothing = pd.Series(False, index=codings.index)
    table = association.pairs(codings, nothing, agreement, "arms_supply")
    picture = plots.codes_against_votes(table, "arms_supply", "Arms")
    codes = {c.id: c.colour for c in load_codebook().variable("arms_supply").codes}
    assert rgb(codes["weapon_systems"]) in pixels(picture)
    assert "Iran: weapon_systems, 71.4, counted" in picture.alt


def test_the_same_figure_gives_the_same_bytes(war):
    first, second = (plots.vote_map(war["ES-11/1"], "Votes").png() for _ in range(2))
    assert first == second


def test_scalogram_crosses_are_the_errors(war):
    part = tables.filter_region(war, "Western Asia")
    table = scaling.steps(part, absent="available")
    places = scaling.places(table)
    picture = plots.scalogram(part, table, places, "Scale")
    crosses = {
        (axes.get_yticklabels()[int(row)].get_text(), table.columns[int(column)])
        for axes in picture.figure.axes
        for line in axes.lines
        if line.get_marker() == "x"
        for column, row in line.get_xydata()
    }
    wrong = scaling.error_cells(table).stack()
    assert crosses == {(tables.names([state])[0], item) for state, item in wrong.index[wrong]}
    assert len(crosses) == places["errors"].sum() > 0
    assert f"{places['errors'].sum()} votes are not as the scale predicts" in picture.alt
    labels = [t.get_text() for axes in picture.figure.axes for t in axes.get_yticklabels()]
    assert sorted(labels) == sorted(tables.names(table.index))


@pytest.mark.parametrize("region", ["South Caucasus", "all"])
def test_scalogram_of_one_and_of_all(war, region):
    part = tables.filter_region(war, region)
    table = scaling.steps(part, absent="available")
    picture = plots.scalogram(part, table, scaling.places(table), "Scale")
    assert f"{len(table)} members by 8 resolutions" in picture.alt


def test_scalogram_of_nobody(war):
    nobody = scaling.steps(war.loc[["VEN"]])
    picture = plots.scalogram(war.loc[["VEN"]], nobody, scaling.places(nobody), "Scale")
    assert "0 members" in picture.alt


def test_change_shows_counts_beside_shares(war):
    groups = load_states().loc[war.index, "un_regional_group"]
    table = votes.change_by_group(war, groups, ["ES-11/6"], ["ES-11/7"])
    picture = plots.period_change(table, "Change", ("then", "now"))
    assert "all: then 78.3 (141/180), now 52.8 (93/176)" in picture.alt
    assert "141/180" in texts(picture)
    empty = plots.period_change(votes.change_by_group(war, groups, ["ES-11/6"], []), "Change")
    assert "since not defined (0/0)" in empty.alt


def test_state_votes_stand_beside_russia_and_all(ballots):
    facts = load_table("un_resolutions").set_index("resolution")
    calls = votes.roll_calls(ballots, ["ES-11/7", "68/262"])
    picture = plots.state_votes(calls, facts, "VEN", "Votes")
    assert picture.alt == "Votes. Votes of Venezuela: 68/262 no; ES-11/7 absent."
    alone = plots.state_votes(calls, facts, "RUS", "Votes")
    assert [t.get_text() for t in alone.figure.axes[0].get_xticklabels()] == ["Russia"]


def test_codes_without_votes_say_so(war):
    codings = load_codings("essay")
    nothing = pd.Series(False, index=codings.index)
    table = association.pairs(codings, nothing, votes.agreement(war).iloc[:0], "public_stance")
    picture = plots.codes_against_votes(table, "public_stance", "Stance")
    assert "No state is coded" in picture.alt


def test_timeline_draws_every_event_with_its_number():
    events = load_table("events").query("state == 'KAZ'")
    picture = plots.event_timeline(events, "Events")
    assert sorted(texts(picture)) == sorted(e.partition("-")[2] for e in events["event"])
    assert picture.alt.startswith(f"Events. {len(events)} events, {events['date'].min()}")


def test_timeline_of_late_or_early_events_only():
    events = load_table("events").query("state == 'KAZ'")
    for part in (events[events["date"] >= "2022"], events[events["date"] < "2022"]):
        picture = plots.event_timeline(part, "Events")
        assert len(picture.figure.axes) == 1
        assert len(texts(picture)) == len(part)


def test_timeline_without_events_says_so():
    none = load_table("events").query("state == 'NAM'")
    assert plots.event_timeline(none, "Events").alt == "Events. No event in the dataset."


def test_a_month_counts_as_its_last_day():
    assert str(day_of("2023-02")) == "2023-02-28"
    with pytest.raises(ValueError, match="Invalid isoformat"):
        day_of("some time in 2023")
