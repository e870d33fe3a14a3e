"""Figures say what their tables say: marks, colours and words, and the text for who cannot see.

A figure is looked at through the artists that it holds; pixels are only compared with
pixels of the same figure, drawn again. The figures of roll calls, comparisons and events
have test modules of their own.
"""

import base64
import io
import itertools
import re
import struct
import subprocess
import sys
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection, PolyCollection
from matplotlib.colors import to_hex
from matplotlib.container import BarContainer
from matplotlib.text import Text
from PIL import Image

from helpers import tables
from helpers.analysis.typology import derive
from helpers.data import load_cases, load_status
from helpers.dataset.allowed import GROUPINGS, act_ids, aid_ids
from helpers.dataset.codebook import Entry, load_codebook
from helpers.dataset.files import using_data
from helpers.display.plots import (
    Picture,
    code_map,
    composition,
    cross_grid,
    level_panels,
    members,
    type_bounds,
)
from helpers.display.plots.figure import DPI, INK, axis_label, ink_on, plain, two_lines

BOOK = load_codebook()
TYPES = {kind.id: kind for kind in BOOK.support_types}
ORDER = list(TYPES)
TITLE = "What is seen here"
ANALYSES = [
    pytest.param(account, silence, least, id=f"{account}-{silence}-{least}")
    for account in ("essay", "record_2023", "record_2026")
    for silence in ("open", "no")
    for least in ("low", "medium", "high")
]
DRAWN = ("type_bounds", "code_map", "cross_grid", "members", "composition", "level_panels")

Analysis = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]


def analysis(account: str, silence: str, least: str) -> Analysis:
    """Return cases, status and what is derived."""
    cases = load_cases(account, min_confidence=least, silence=silence)
    return cases, load_status(account, min_confidence=least), derive(cases)


class Seen:
    """One analysis and its figures, each drawn once."""

    def __init__(self, account: str, silence: str, least: str):
        self.cases, self.status, self.derived = analysis(account, silence, least)
        self.drawn: dict[str, Picture] = {}

    def picture(self, name: str) -> Picture:
        if name not in self.drawn:
            self.drawn[name] = draw(name, self.cases, self.status, self.derived)
        return self.drawn[name]

    def axes(self, name: str) -> Axes:
        (found,) = self.picture(name).figure.axes
        return found


@pytest.fixture(scope="module", params=[found.values for found in ANALYSES], ids="-".join)
def real(request: pytest.FixtureRequest) -> Seen:
    return Seen(*request.param)


def restraint_colours() -> list[str]:
    return [code.colour for code in BOOK.variable("restraints").codes]


def crossed(cases: pd.DataFrame, derived: pd.DataFrame, act: str = "any", aid: str = "any"):
    rows = tables.axis(cases, derived, "recognition", act)
    columns = tables.axis(cases, derived, "material", aid)
    return tables.cross_names(rows, columns), tables.cross_counts(rows, columns)


def draw(name: str, cases: pd.DataFrame, status: pd.DataFrame, derived: pd.DataFrame) -> Picture:
    """Draw one figure as a notebook would."""
    if name == "type_bounds":
        return type_bounds(derived, TITLE)
    if name == "code_map":
        return code_map(cases, status, TITLE)
    if name == "cross_grid":
        return cross_grid(*crossed(cases, derived), TITLE)
    if name == "members":
        return members(tables.members_table(cases, "restraints"), TITLE, restraint_colours())
    if name == "composition":
        return composition(tables.composition(derived, "region"), TITLE)
    return level_panels(tables.level_shares(derived, "region"), TITLE)


def texts(axes: Axes) -> dict[tuple[float, float], str]:
    """Words by place in the units of the axes."""
    return {tuple(np.round(text.get_position(), 6)): text.get_text() for text in axes.texts}


def labels(ticks: Sequence[Text]) -> list[str]:
    return [label.get_text() for label in ticks]


def flat(text: str) -> str:
    return text.replace("\n", " ")


def bars(axes: Axes) -> list[BarContainer]:
    return [found for found in axes.containers if isinstance(found, BarContainer)]


# What every figure has.


@pytest.mark.parametrize("name", DRAWN)
def test_every_figure_of_every_analysis(real: Seen, name: str) -> None:
    picture = real.picture(name)
    assert picture.figure.get_suptitle() == TITLE
    assert picture.alt.startswith(f"{TITLE}. ")
    assert picture.alt.endswith(".")
    assert "nan" not in picture.alt.lower().split()
    assert "_" not in picture.alt
    first, *_ = picture.figure.axes
    assert first.get_ylabel()
    assert all(axes.get_xlabel() for axes in picture.figure.axes)


@pytest.mark.parametrize("name", DRAWN)
def test_drawn_twice_the_bytes_are_the_same(name: str) -> None:
    found = analysis("essay", "open", "low")
    picture = draw(name, *found)
    first = picture.png()
    assert first == picture.png()
    assert first == draw(name, *found).png()
    assert first[:8] == b"\x89PNG\r\n\x1a\n"
    assert b"Software" not in first
    size = struct.unpack(">II", first[16:24])
    assert size == tuple(round(inches * DPI) for inches in picture.figure.get_size_inches())
    data, metadata = picture._repr_mimebundle_()
    assert base64.b64decode(data["image/png"]) == first
    assert data["text/plain"] == f"Figure: {picture.alt}"
    assert metadata == {"image/png": {"alt": picture.alt}}


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize(("account", "silence"), [("essay", "open"), ("record_2026", "no")])
def test_no_words_are_cut_off(name: str, account: str, silence: str) -> None:
    check_words(draw(name, *analysis(account, silence, "low")))


def check_words(picture: Picture) -> None:
    """Hold that every word lies inside the figure, and nothing under its title."""
    figure = picture.figure
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    width, height = canvas.get_width_height()
    shown = {text for text in figure.findobj(Text) if text.get_visible() and text.get_text()}
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            beyond = [tick for tick in axis.get_major_ticks() if not low <= tick.get_loc() <= high]
            shown -= {label for tick in beyond for label in (tick.label1, tick.label2)}
    assert len(shown) > 5
    for text in shown:
        box = text.get_window_extent(canvas.get_renderer())
        inside = box.x0 >= -1 and box.y0 >= -1 and box.x1 <= width + 1 and box.y1 <= height + 1
        assert inside, (text.get_text(), box.extents, (width, height))
    title = figure._suptitle.get_window_extent(canvas.get_renderer())
    below = [axes.get_tightbbox(canvas.get_renderer()) for axes in figure.axes]
    assert all(box.y1 <= title.y0 + 1 for box in below)


@pytest.mark.parametrize("name", DRAWN)
def test_one_state_is_enough(name: str) -> None:
    cases, status, derived = analysis("essay", "open", "low")
    one = ["IND"]
    picture = draw(name, cases.loc[one], status.loc[one], derived.loc[one])
    check_words(picture)
    if name != "code_map":
        assert "India" in picture.alt or "South and East Asia" in picture.alt or name == "members"


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.filterwarnings("ignore:Attempting to set identical low and high")
def test_no_state_at_all_is_an_empty_figure(name: str) -> None:
    found = [table.iloc[:0] for table in analysis("essay", "open", "low")]
    assert draw(name, *found).png()


@pytest.mark.filterwarnings("ignore:Attempting to set identical low and high")
def test_an_account_without_rows(small_folder) -> None:
    with using_data(small_folder):
        found = analysis("record_2026", "open", "low")
        for name in DRAWN:
            assert draw(name, *found).png()


def test_packing_keeps_the_colours_of_the_codebook() -> None:
    """A palette with too few colours would paint two codes alike, or none as the codebook says."""
    cases, status, _ = analysis("essay", "open", "low")
    picture = code_map(cases, status, TITLE)
    pixels = np.asarray(Image.open(io.BytesIO(picture.png())).convert("RGB")).astype(int)
    (axes,) = picture.figure.axes
    for (column, row), entry in expected_tiles(cases, status).items():
        # The upper left of a tile, where no word stands.
        x, y = axes.transData.transform((column - 0.44, row - 0.38))
        found = pixels[pixels.shape[0] - round(y), round(x)]
        colour = [int(entry.colour[place : place + 2], 16) for place in (1, 3, 5)]
        assert np.abs(found - colour).max() <= 3, (entry.id, found, colour)


GLOBAL = """
import sys
import helpers.display.plots
sys.exit("matplotlib.pyplot" in sys.modules)
"""


def test_no_global_state_of_matplotlib() -> None:
    """Figures of pyplot would be drawn a second time by the notebook, and never be freed."""
    done = subprocess.run([sys.executable, "-c", GLOBAL], check=False)
    assert done.returncode == 0


# What axes hold.


def marks(axes: Axes) -> Iterator[tuple[float, float, str, str]]:
    """Where the dots of all scatters stand, and their colours: inside, and of the rim."""
    for spots in axes.collections:
        if isinstance(spots, PathCollection):
            places = np.asarray(spots.get_offsets())
            faces, edges = spots.get_facecolor(), spots.get_edgecolor()
            assert {len(faces), len(edges)} <= {1, len(places)}
            for number, (x, y) in enumerate(places):
                face, edge = faces[number % len(faces)], edges[number % len(edges)]
                yield float(x), float(y), to_hex(face), to_hex(edge)


def boxes(axes: Axes) -> Iterator[tuple[float, float, float, float, tuple[float, ...]]]:
    """Left, bottom, right and top of all boxes, and their colours with opacity."""
    for found in axes.collections:
        if isinstance(found, PolyCollection):
            paths, faces = found.get_paths(), found.get_facecolor()
            assert len(paths) == len(faces)
            for path, face in zip(paths, faces, strict=True):
                (left, bottom), (right, top) = path.vertices.min(axis=0), path.vertices.max(axis=0)
                yield left, bottom, right, top, tuple(map(float, face))


# Types and their bounds.


def test_dots_are_types_and_rings_are_what_could_be(real: Seen) -> None:
    derived, axes = real.derived, real.axes("type_bounds")
    shorts = labels(axes.get_yticklabels())
    assert sorted(shorts) == sorted(tables.names(derived.index))
    row_of = dict(zip(tables.names(derived.index), derived.itertuples(), strict=True))
    rings: dict[str, set[str]] = {short: set() for short in shorts}
    dots: dict[str, list[str]] = {short: [] for short in shorts}
    for x, y, face, edge in marks(axes):
        kind, short = ORDER[int(x)], shorts[int(y)]
        if face == "#ffffff":
            assert edge == TYPES[kind].colour
            rings[short].add(kind)
        else:
            assert (face, edge) == (TYPES[kind].colour, INK)
            dots[short].append(kind)
    for short in shorts:
        assert rings[short] == set(row_of[short].could_be)
        assert dots[short] == [row_of[short].type]
    places = [ORDER.index(kind) for short in shorts for kind in dots[short]]
    assert places == sorted(places)
    assert labels(axes.get_xticklabels()) == [two_lines(kind.label) for kind in TYPES.values()]


def test_bounds_in_words(real: Seen) -> None:
    derived, alt = real.derived, real.picture("type_bounds").alt
    for short, row in zip(tables.names(derived.index), derived.itertuples(), strict=True):
        others = [TYPES[kind].label for kind in row.could_be if kind != row.type]
        could = f", could be {tables.listing(others)}" if others else ""
        assert re.search(rf"[.;] {short}: {TYPES[row.type].label}{could}[.;]", alt)


def test_every_mark_of_the_bounds_is_inside_the_axes(real: Seen) -> None:
    axes = real.axes("type_bounds")
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    for x, y, *_ in marks(axes):
        assert left < x < right
        assert top < y < bottom


# Codes.


def expected_tiles(cases: pd.DataFrame, status: pd.DataFrame) -> dict[tuple[int, int], Entry]:
    """What each place of the map must show: a code, or the reason why there is none."""
    reasons = {e.id: e for key in ("statuses", "derived_statuses") for e in BOOK.lists[key]}
    shown = [v for v in BOOK.variables if not v.is_set and (status[v.id] != "not_read").any()]
    tiles = {}
    for column, variable in enumerate(shown):
        codes = {code.id: code for code in variable.codes}
        for row, state in enumerate(cases.index):
            code = cases.at[state, variable.id]
            missing = pd.isna(code)
            tiles[column, row] = reasons[status.at[state, variable.id]] if missing else codes[code]
    return tiles


def test_tiles_have_the_colours_of_the_codebook(real: Seen) -> None:
    cases, status, axes = real.cases, real.status, real.axes("code_map")
    tiles = expected_tiles(cases, status)
    found = list(boxes(axes))
    drawn = {
        (round((left + right) / 2), round((bottom + top) / 2)): face
        for left, bottom, right, top, face in found
    }
    assert len(drawn) == len(found)
    assert {place: to_hex(face) for place, face in drawn.items()} == {
        place: entry.colour for place, entry in tiles.items()
    }
    words = {(round(x), round(y)): text for (x, y), text in texts(axes).items()}
    codes = {place for place in tiles if drawn[place] and tiles[place] not in reasons_list()}
    assert {place: flat(text) for place, text in words.items()} == {
        place: tiles[place].label for place in codes
    }
    shown = [v for v in BOOK.variables if not v.is_set and (status[v.id] != "not_read").any()]
    for (column, row), face in drawn.items():
        state, variable = cases.index[row], shown[column].id
        filled = (column, row) in codes and status.at[state, variable] != "coded"
        assert face[3] == (0.45 if filled else 1.0)
    assert labels(axes.get_yticklabels()) == tables.names(cases.index)
    assert [flat(t) for t in labels(axes.get_xticklabels())] == [v.short_label for v in shown]


def reasons_list() -> list[Entry]:
    return [*BOOK.lists["statuses"], *BOOK.lists["derived_statuses"]]


def test_the_legend_of_codes_explains_what_occurs(real: Seen) -> None:
    status, axes = real.status, real.axes("code_map")
    explained = labels(axes.get_legend().get_texts())
    shown = [v.id for v in BOOK.variables if not v.is_set and (status[v.id] != "not_read").any()]
    occurring = set(status[shown].to_numpy().ravel()) - {"coded"}
    reasons = {reason.id: reason.label for reason in reasons_list()}
    silence_is_read = any(face[3] == 0.45 for *_, face in boxes(axes))
    assert set(explained) == {
        *(reasons[reason] for reason in occurring),
        "furthest from Russia",
        "closest to Russia",
        *(["pale: silence read as no"] if silence_is_read else []),
    }


def test_codes_in_words(real: Seen) -> None:
    cases, status, alt = real.cases, real.status, real.picture("code_map").alt
    shown = [v.id for v in BOOK.variables if not v.is_set and (status[v.id] != "not_read").any()]
    assert f"{len(cases)} states by {len(shown)} variables" in alt
    for reason in reasons_list():
        n = int((status[shown] == reason.id).sum().sum())
        assert (f" {n} {reason.label}" in alt) == (n > 0)


# Cross-tables.


@pytest.mark.parametrize("aid", aid_ids())
@pytest.mark.parametrize("act", act_ids())
def test_cells_name_their_states(act: str, aid: str) -> None:
    cases, _, derived = analysis("record_2026", "open", "low")
    cells, counts = crossed(cases, derived, act, aid)
    picture = cross_grid(cells, counts, TITLE)
    (axes,) = picture.figure.axes
    found = list(boxes(axes))
    assert len(found) == cells.size
    alphas: dict[int, set[float]] = {}
    for (left, top, right, bottom, face), (row, column) in zip(
        found, itertools.product(cells.index, cells.columns), strict=True
    ):
        inside = [
            flat(text)
            for (x, y), text in texts(axes).items()
            if left <= x <= right and top <= y <= bottom
        ]
        n = int(counts.at[row, column])
        joined = " ".join(inside).replace(" ,", ",")
        assert str(n) in inside
        for short in filter(None, cells.at[row, column].split(", ")):
            assert short in joined
            assert f"{plain(row)} and {plain(column)} {n} (" in picture.alt
        alphas.setdefault(n, set()).add(round(face[3], 6))
    # Equal counts are equally dark, and more states are darker.
    assert all(len(shades) == 1 for shades in alphas.values())
    shades = [alphas[n].pop() for n in sorted(alphas)]
    assert shades == sorted(set(shades))
    assert labels(axes.get_yticklabels()) == [plain(name) for name in cells.index]
    assert labels(axes.get_xticklabels()) == [plain(name) for name in cells.columns]
    assert axes.get_xlabel() == axis_label(cells.columns.name)
    assert axes.get_ylabel() == axis_label(cells.index.name)


def test_cross_table_in_words(real: Seen) -> None:
    alt = real.picture("cross_grid").alt
    for short in tables.names(real.cases.index):
        assert alt.count(short) == 1
    assert sum(map(int, re.findall(r" (\d+) \(", alt))) == len(real.cases)


# Members of a set.


@pytest.mark.parametrize("variable", ["restraints", "turns_to"])
@pytest.mark.parametrize("account", ["essay", "record_2026"])
def test_bars_of_members(account: str, variable: str) -> None:
    table = tables.members_table(load_cases(account), variable)
    codes = BOOK.variable(variable).codes
    picture = members(table, TITLE, [code.colour for code in codes])
    (axes,) = picture.figure.axes
    (container,) = bars(axes)
    shown = labels(axes.get_yticklabels())
    assert sorted(shown) == sorted(code.label for code in codes)
    colours = {code.label: code.colour for code in codes}
    lengths = [round(bar.get_width()) for bar in container]
    assert lengths == [int(table[name].sum()) for name in shown]
    assert lengths == sorted(lengths, reverse=True)
    assert [to_hex(bar.get_facecolor()) for bar in container] == [colours[n] for n in shown]
    for name, n, text in zip(shown, lengths, axes.texts, strict=True):
        who = ", ".join(table.index[table[name]])
        assert text.get_text() == (f"{n}: {who}" if n else "0")
        assert f"{name} {n}" + (f" ({who})" if n else "") in picture.alt
    assert f"of {len(table)} in which" in axes.get_xlabel()


def test_a_set_that_nobody_has() -> None:
    """The record accounts have no restraints: bars of nothing, and a figure all the same."""
    table = tables.members_table(load_cases("record_2026"), "restraints")
    assert table.empty
    picture = members(table, TITLE, restraint_colours())
    (axes,) = picture.figure.axes
    assert [text.get_text() for text in axes.texts] == ["0"] * 7
    assert "of 0 in which" in axes.get_xlabel()
    assert picture.png()


def test_one_colour_for_each_member() -> None:
    table = tables.members_table(load_cases("essay"), "restraints")
    with pytest.raises(ValueError, match="zip"):
        members(table, TITLE, restraint_colours()[:-1])


# Regions.


def widths_by_colour(axes: Axes, place: int) -> dict[str, float]:
    """The lengths of the bars of one row, by colour, those of no length left out."""
    boxes = [container[place] for container in bars(axes)]
    return {to_hex(box.get_facecolor()): box.get_width() for box in boxes if box.get_width()}


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_bars_of_regions_are_counts_of_types(grouping: str) -> None:
    _, _, derived = analysis("essay", "open", "low")
    table = tables.composition(derived, grouping)
    picture = composition(table, TITLE)
    (axes,) = picture.figure.axes
    expected_numbers = []
    for place, (region, row) in enumerate(table.iterrows()):
        there = {kind.colour: row[kind.label] for kind in TYPES.values() if row[kind.label]}
        assert widths_by_colour(axes, place) == there
        expected_numbers += [str(n) for n in there.values()]
        ends = [box.get_x() + box.get_width() for box in (c[place] for c in bars(axes))]
        assert max(ends) == row["n_states"]
        words = [f"{row[k.label]} {k.label}" for k in TYPES.values() if row[k.label]]
        assert f"{region}: {tables.listing(words)} of {row['n_states']}" in picture.alt
    assert sorted(text.get_text() for text in axes.texts) == sorted(expected_numbers)
    assert labels(axes.get_yticklabels()) == [f"{r} ({n})" for r, n in table["n_states"].items()]
    occurring = [kind.label for kind in TYPES.values() if table[kind.label].any()]
    assert labels(axes.get_legend().get_texts()) == occurring


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_panels_of_levels_are_shares_with_counts(grouping: str) -> None:
    _, _, derived = analysis("record_2023", "open", "low")
    shares = tables.level_shares(derived, grouping)
    picture = level_panels(shares, TITLE)
    panels = picture.figure.axes
    assert [axes.get_title(loc="left") for axes in panels] == [lv.label for lv in BOOK.levels]
    regions = list(dict.fromkeys(shares["region"]))
    sizes = shares.groupby("region")["of"].first()
    assert labels(panels[0].get_yticklabels()) == [f"{r} ({sizes[r]})" for r in regions]
    for axes, level in zip(panels, BOOK.levels, strict=True):
        colours = {code.label: code.colour for code in level.codes}
        numbers = []
        for place, region in enumerate(regions):
            rows = shares.query("region == @region and level == @level.label and n > 0")
            assert widths_by_colour(axes, place) == pytest.approx(
                {colours[row.value]: row.percent for row in rows.itertuples()}
            )
            numbers += [str(row.n) for row in rows.itertuples()]
            for row in rows.itertuples():
                words = f"{region}, {level.label}: {row.value} {row.n} of {row.of}"
                assert re.search(rf"{re.escape(words)}[.;]", picture.alt)
        assert sorted(text.get_text() for text in axes.texts) == sorted(numbers)
        assert labels(axes.get_legend().get_texts()) == list(colours)
        assert axes.get_xlim()[1] >= 100


# Words and colours.


def test_labels() -> None:
    assert two_lines("endorser") == "endorser"
    assert two_lines("all of it") == "all\nof it"
    assert plain("hosts_bases") == "hosts bases"
    assert axis_label("recognition") == "recognition level"
    assert axis_label("arms_supply") == "arms supply"
    assert axis_label("made_up") == "made up"


def linear(colour: str) -> np.ndarray:
    """A colour of the screen as shares of light."""
    parts = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG 2 defines it: 1 for none, 21 for black on white."""
    weights = np.array([0.2126, 0.7152, 0.0722])
    dark, light = sorted(float(linear(colour) @ weights) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_measured_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def lists_of_colours() -> dict[str, tuple[Entry, ...]]:
    """Every list of the codebook whose entries have colours of their own."""
    found = {variable.id: variable.codes for variable in (*BOOK.variables, *BOOK.levels)}
    return found | {n: entries for n, entries in BOOK.lists.items() if entries[0].colour}


COLOURS = lists_of_colours()
# Words of figures may stand on these at less than WCAG's 4.5: middle tones on which
# neither ink does better. None of them ever has words on it.
MIDDLE_TONES = {
    ("turns_to", "turkey"),
    ("restraints", "territorial_precedent"),
    ("restraints", "nuclear_threat"),
}


@pytest.mark.parametrize(
    ("name", "entry"),
    [(name, entry) for name, entries in COLOURS.items() for entry in entries],
    ids=lambda value: getattr(value, "id", value),
)
def test_words_can_be_read_on_every_colour(name: str, entry: Entry) -> None:
    inks = {"white": "#ffffff", INK: INK}
    chosen = contrast(inks[ink_on(entry.colour)], entry.colour)
    assert chosen == max(contrast(ink, entry.colour) for ink in inks.values())
    if (name, entry.id) in MIDDLE_TONES:
        assert 3 <= chosen < 4.5
    else:
        assert chosen >= 4.5


def test_words_on_pale_tiles_can_be_read() -> None:
    for variable in BOOK.variables:
        for code in variable.codes if not variable.is_set else ():
            mixed = [
                round(255 - 0.45 * (255 - int(code.colour[place : place + 2], 16)))
                for place in (1, 3, 5)
            ]
            assert contrast(INK, "#{:02x}{:02x}{:02x}".format(*mixed)) >= 4.5


# Machado, Oliveira and Fernandes (2009), severity 1.0: what the two commonest kinds of colour
# blindness leave of linear light.
SIGHTS = {
    "full": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
}
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
WHITE = np.array([0.95047, 1.0, 1.08883])
APART = 10.0
"""CIE 1976 difference below which two patches that lie apart are easily mixed up."""


def seen(colour: str, sight: str) -> np.ndarray:
    """A colour in CIELAB, as one kind of sight has it."""
    light = np.clip(SIGHTS[sight] @ linear(colour), 0, 1)
    xyz = TO_XYZ @ light / WHITE
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_sight_is_simulated_right() -> None:
    assert seen("#ffffff", "full") == pytest.approx([100, 0, 0], abs=0.02)
    for sight in ("protanopia", "deuteranopia"):
        # Greys stay grey, and a red and a green of equal lightness become alike.
        assert seen("#808080", sight) == pytest.approx(seen("#808080", "full"), abs=0.1)
    red, green = "#d04040", "#8a8a20"
    apart = np.linalg.norm(seen(red, "full") - seen(green, "full"))
    blind = np.linalg.norm(seen(red, "deuteranopia") - seen(green, "deuteranopia"))
    assert blind < apart / 3


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("name", [n for n in COLOURS if n != "derived_statuses"])
def test_codes_can_be_told_apart(name: str, sight: str) -> None:
    # Derived statuses stand beside the others on one map.
    entries = reasons_list() if name == "statuses" else COLOURS[name]
    close = [
        (one.id, other.id, round(float(distance), 1))
        for one, other in itertools.combinations(entries, 2)
        if (distance := np.linalg.norm(seen(one.colour, sight) - seen(other.colour, sight))) < APART
    ]
    assert close == []
