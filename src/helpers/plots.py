"""How results are shown as figures: each function draws one table.

Colours and orders come from the codebook. A figure is returned as a `Picture`,
which Jupyter shows as an image with an alternative text made from the same
table; that text is what the notebook tests compare.
"""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from helpers.codebook import Entry, load_codebook
from helpers.tables import listing, names

DPI = 100
INK = "#333333"
FAINT = "#d0d0d0"


@dataclass(frozen=True)
class Picture:
    """A figure and its alternative text.

    Attributes
    ----------
    figure : matplotlib.figure.Figure
        What is drawn.
    alt : str
        What a reader who cannot see it is told; made from the table it draws.
    """

    figure: Figure
    alt: str

    def png(self) -> bytes:
        """Return the figure as PNG bytes, the same for the same figure."""
        buffer = io.BytesIO()
        # Without the writer's version the bytes depend on the drawing alone.
        self.figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
        return buffer.getvalue()

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
        data = {
            "image/png": base64.b64encode(self.png()).decode("ascii"),
            "text/plain": f"Figure: {self.alt}",
        }
        return data, {"image/png": {"alt": self.alt}}


def type_bounds(derived: pd.DataFrame, title: str) -> Picture:
    """Draw each state's type and every type it could have.

    Parameters
    ----------
    derived : DataFrame
        One row per state, as `helpers.typology.derive` returns it.
    title : str
        What is seen.

    Returns
    -------
    Picture
        One row per state, one column per type; a filled dot is the type, a ring a
        type that the state could have if what is missing were coded.
    """
    types = load_codebook().support_types
    order = {kind.id: place for place, kind in enumerate(types)}
    rows = _sorted_by_type(derived)
    figure, axes = _canvas(9.0, 1.6 + 0.32 * len(rows))
    for place, (_, row) in enumerate(rows.iterrows()):
        spots = [order[kind] for kind in {*row["could_be"], row["type"]}]
        axes.plot([min(spots), max(spots)], [place, place], color=FAINT, linewidth=2, zorder=1)
        for kind in row["could_be"]:
            colour = types[order[kind]].colour
            axes.scatter(order[kind], place, s=75, facecolor="white", edgecolor=colour, zorder=2)
        colour = types[order[row["type"]]].colour
        axes.scatter(order[row["type"]], place, s=110, color=colour, edgecolor=INK, zorder=3)
    axes.set_yticks(range(len(rows)), names(rows.index))
    axes.set_xticks(range(len(types)), [_two_lines(kind.label) for kind in types])
    axes.set_xlim(-0.5, len(types) - 0.5)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.grid(axis="x", color="#eeeeee", zorder=0)
    axes.set_xlabel("support type, in the scheme's order; undetermined stands outside it")
    axes.set_ylabel("state")
    _legend(axes, [_dot("type", INK), _dot("could be", "white")])
    return _finish(figure, axes, title, _bounds_alt(rows, title))


def code_map(cases: pd.DataFrame, status: pd.DataFrame, title: str) -> Picture:
    """Draw every code of every state, and what is missing.

    Parameters
    ----------
    cases, status : DataFrame
        One row per state, as `load_cases` and `load_status` return them.
    title : str
        What is seen.

    Returns
    -------
    Picture
        One row per state, one column per ordinal or binary variable that the
        account could cover; colour and word give the code, grey the reason why
        there is none.
    """
    book = load_codebook()
    shown = [v for v in book.variables if not v.is_set and (status[v.id] != "not_read").any()]
    reasons = {e.id: e for key in ("statuses", "derived_statuses") for e in book.lists[key]}
    figure, axes = _canvas(11.5, 1.9 + 0.36 * len(cases))
    for column, variable in enumerate(shown):
        codes = {code.id: code for code in variable.codes}
        for row, state in enumerate(cases.index):
            code = cases.loc[state, variable.id]
            missing = pd.isna(code)
            entry = reasons[status.loc[state, variable.id]] if missing else codes[code]
            read_as_no = not missing and status.loc[state, variable.id] != "coded"
            _tile(axes, column, row, entry, label=not missing, pale=read_as_no)
    axes.set_xticks(range(len(shown)), [_two_lines(v.short_label) for v in shown])
    axes.xaxis.tick_top()
    axes.set_yticks(range(len(cases)), names(cases.index))
    axes.set_xlim(-0.5, len(shown) - 0.5)
    axes.set_ylim(len(cases) - 0.5, -0.5)
    axes.set_xlabel("variable")
    axes.xaxis.set_label_position("top")
    axes.set_ylabel("state")
    found = [reason for reason in reasons.values() if _occurs(status, shown, reason.id)]
    patches = [Patch(facecolor=r.colour, edgecolor=FAINT, label=r.label) for r in found]
    if any(cases[v.id].notna().sum() > (status[v.id] == "coded").sum() for v in shown):
        patches.append(Patch(facecolor="#92c5de", alpha=0.45, label="pale: silence read as no"))
    patches.append(Patch(facecolor="#2166ac", label="furthest from Russia"))
    patches.append(Patch(facecolor="#b2182b", label="closest to Russia"))
    below = {"loc": "upper left", "bbox_to_anchor": (0, -0.01), "ncols": 6}
    axes.legend(handles=patches, frameon=False, fontsize=9.5, **below)
    counts = status[[v.id for v in shown]].stack().value_counts()
    parts = [f"{counts[reason.id]} {reason.label}" for reason in _coded_first(reasons, counts)]
    alt = f"{title}. {len(cases)} states by {len(shown)} variables: {listing(parts)} cells."
    return _finish(figure, axes, title, alt)


def cross_grid(cells: pd.DataFrame, counts: pd.DataFrame, title: str) -> Picture:
    """Draw a cross-table with the states named in its cells.

    Parameters
    ----------
    cells : DataFrame
        Names by cell, as `helpers.tables.cross_names` returns them.
    counts : DataFrame
        Numbers by cell, as `helpers.tables.cross_counts` returns them.
    title : str
        What is seen.

    Returns
    -------
    Picture
        One tile per cell, darker the more states it holds, with names and number.
    """
    numbers = counts.loc[cells.index, cells.columns]
    lines = {(r, c): _wrapped(cells.loc[r, c]) for r in cells.index for c in cells.columns}
    heights = [max(3, *(len(lines[row, c]) for c in cells.columns)) for row in cells.index]
    figure, axes = _canvas(9.5, 1.5 + 0.21 * sum(heights))
    top = 0.0
    middles = []
    most = max(1, int(numbers.to_numpy().max()))
    for row, height in zip(cells.index, heights, strict=True):
        middles.append(top + height / 2)
        for column, name in enumerate(cells.columns):
            n = int(numbers.loc[row, name])
            shade = 0.06 + 0.34 * n / most if n else 0.0
            box = Rectangle((column - 0.5, top), 1, height, facecolor=(0.1, 0.35, 0.6, shade))
            box.set_edgecolor(FAINT)
            axes.add_patch(box)
            names_here = "\n".join(lines[row, name])
            axes.text(column, top + height / 2, names_here, ha="center", va="center", color=INK)
            axes.text(column + 0.47, top + 0.15, str(n), ha="right", va="top", fontweight="bold")
        top += height
    axes.set_xticks(range(len(cells.columns)), [_plain(name) for name in cells.columns])
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.set_yticks(middles, [_plain(name) for name in cells.index])
    axes.set_xlim(-0.51, len(cells.columns) - 0.49)
    axes.set_ylim(top + 0.02, -0.02)
    axes.set_xlabel(_axis_label(cells.columns.name))
    axes.set_ylabel(_axis_label(cells.index.name))
    return _finish(figure, axes, title, _cross_alt(cells, numbers, title))


def members(table: pd.DataFrame, title: str, colours: Sequence[str]) -> Picture:
    """Draw which state has which member of a set variable.

    Parameters
    ----------
    table : DataFrame
        One row per state, as `helpers.tables.members_table` returns it.
    title : str
        What is seen.
    colours : sequence of str
        One colour per member.

    Returns
    -------
    Picture
        One row per member, most frequent first, with the states named on it.
    """
    paint = dict(zip(table.columns, colours, strict=True))
    counts = table.sum().sort_values(ascending=False, kind="stable")
    figure, axes = _canvas(9.0, 1.3 + 0.42 * len(counts))
    bars = axes.barh(range(len(counts)), counts, color=[paint[name] for name in counts.index])
    parts = []
    for bar, (name, n) in zip(bars, counts.items(), strict=True):
        who = ", ".join(table.index[table[name]])
        middle = bar.get_y() + bar.get_height() / 2
        axes.text(n + 0.05, middle, f"{n}: {who}" if n else "0", va="center", color=INK)
        parts.append(f"{name} {n}" + (f" ({who})" if n else ""))
    axes.set_yticks(range(len(counts)), list(counts.index))
    axes.invert_yaxis()
    axes.set_xlim(0, max(1, counts.max()) * 1.9)
    axes.set_xticks(range(int(max(1, counts.max())) + 1))
    axes.set_xlabel(f"states (of {len(table)} in which any is coded)")
    axes.set_ylabel("reason")
    return _finish(figure, axes, title, f"{title}. {'; '.join(parts)}.")


def composition(table: pd.DataFrame, title: str) -> Picture:
    """Draw how many states of each region have each type.

    Parameters
    ----------
    table : DataFrame
        One row per region, as `helpers.tables.composition` returns it.
    title : str
        What is seen.

    Returns
    -------
    Picture
        One stacked bar per region, in numbers of states.
    """
    types = [t for t in load_codebook().support_types if table[t.label].any()]
    figure, axes = _canvas(9.0, 2.1 + 0.5 * len(table))
    left = np.zeros(len(table))
    for kind in types:
        n = table[kind.label].to_numpy()
        axes.barh(range(len(table)), n, left=left, color=kind.colour, edgecolor="white")
        for place in np.flatnonzero(n):
            where = left[place] + n[place] / 2
            axes.text(
                where, place, str(n[place]), ha="center", va="center", color=_ink_on(kind.colour)
            )
        left += n
    labels = [f"{region} ({n})" for region, n in table["n_states"].items()]
    axes.set_yticks(range(len(table)), labels)
    axes.invert_yaxis()
    axes.set_xticks(range(int(max(left, default=0)) + 1))
    axes.set_xlabel("number of states")
    axes.set_ylabel("region (states coded)")
    handles = [Patch(facecolor=kind.colour, label=kind.label) for kind in types]
    _legend(axes, handles)
    parts = []
    for region, row in table.iterrows():
        found = [f"{row[kind.label]} {kind.label}" for kind in types if row[kind.label]]
        parts.append(f"{region}: {listing(found)} of {row['n_states']}")
    return _finish(figure, axes, title, f"{title}. {'; '.join(parts)}.")


def level_panels(shares: pd.DataFrame, title: str) -> Picture:
    """Draw the three levels by region, one panel per level.

    Parameters
    ----------
    shares : DataFrame
        One row per region, level and value, as `helpers.tables.level_shares`
        returns it.
    title : str
        What is seen.

    Returns
    -------
    Picture
        One panel per level; bars show shares of a region's states, the numbers in
        them are counts.
    """
    levels = load_codebook().levels
    regions = list(dict.fromkeys(shares["region"]))
    figure = Figure(figsize=(11.0, 2.1 + 0.48 * len(regions)), layout="constrained")
    panels = figure.subplots(1, len(levels), sharey=True, squeeze=False)[0]
    for axes, level in zip(panels, levels, strict=True):
        left = np.zeros(len(regions))
        part = shares[shares["level"] == level.label].set_index(["region", "value"])
        for code in level.codes:
            rows = part.xs(code.label, level="value").loc[regions]
            width, n = rows["percent"].to_numpy(), rows["n"].to_numpy()
            axes.barh(range(len(regions)), width, left=left, color=code.colour, edgecolor="white")
            for place in np.flatnonzero(n):
                where = left[place] + width[place] / 2
                ink = _ink_on(code.colour)
                axes.text(where, place, str(n[place]), ha="center", va="center", color=ink)
            left += width
        _clean(axes)
        axes.set_title(level.label, fontsize=10, loc="left")
        axes.set_xlim(0, 100.5)
        axes.set_xlabel("percent of the region's states")
        handles = [Patch(facecolor=code.colour, label=code.label) for code in level.codes]
        below = {"loc": "upper left", "bbox_to_anchor": (-0.02, -1.0 / len(regions)), "ncols": 2}
        axes.legend(handles=handles, frameon=False, fontsize=9, columnspacing=1, **below)
    sizes = shares.groupby("region", observed=True)["of"].first()
    panels[0].set_yticks(range(len(regions)), [f"{r} ({sizes[r]})" for r in regions])
    panels[0].invert_yaxis()
    panels[0].set_ylabel("region (states coded)")
    figure.suptitle(title, x=0.01, ha="left", fontsize=11.5, fontweight="bold")
    rows = shares[shares["n"] > 0]
    parts = [f"{r.region}, {r.level}: {r.value} {r.n} of {r.of}" for r in rows.itertuples()]
    return Picture(figure, f"{title}. {'; '.join(parts)}.")


def _canvas(width: float, height: float) -> tuple[Figure, Axes]:
    """Return a figure that no global state of matplotlib knows about."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.add_subplot()


def _clean(axes: Axes) -> None:
    axes.spines[["top", "right", "left", "bottom"]].set_visible(False)
    axes.tick_params(length=0, labelsize=9.5)
    axes.set_axisbelow(True)


def _finish(figure: Figure, axes: Axes, title: str, alt: str) -> Picture:
    _clean(axes)
    figure.suptitle(title, x=0.01, ha="left", fontsize=11.5, fontweight="bold")
    return Picture(figure, alt)


def _legend(axes: Axes, handles: Sequence[Patch | Line2D]) -> None:
    axes.legend(
        handles=list(handles),
        loc="upper left",
        bbox_to_anchor=(1.0, 1.0),
        frameon=False,
        fontsize=9.5,
    )


def _dot(label: str, face: str) -> Line2D:
    style = {"marker": "o", "markersize": 9, "linestyle": "none", "markeredgecolor": INK}
    return Line2D([], [], color=face, label=label, **style)


def _tile(axes: Axes, column: int, row: int, entry: Entry, label: bool, pale: bool) -> None:
    """Draw one cell of a code map; silence that was read as no is pale."""
    box = Rectangle((column - 0.48, row - 0.45), 0.96, 0.9, facecolor=entry.colour)
    box.set_edgecolor("white")
    box.set_alpha(0.45 if pale else 1.0)
    axes.add_patch(box)
    if label:
        ink = INK if pale else _ink_on(entry.colour)
        label_lines = _two_lines(entry.label)
        axes.text(column, row, label_lines, ha="center", va="center", fontsize=7.5, color=ink)


def _ink_on(colour: str) -> str:
    """Return dark or white text, whichever reads better on a colour."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return "white" if 0.299 * red + 0.587 * green + 0.114 * blue < 140 else INK


def _sorted_by_type(derived: pd.DataFrame) -> pd.DataFrame:
    named = derived.assign(short=names(derived.index))
    return named.sort_values(["type", "short"], kind="stable")


def _two_lines(text: str) -> str:
    return text.replace(" ", "\n", 1)


def _wrapped(text: str) -> list[str]:
    """Return names two to a line, as a tile has room for."""
    parts = text.split(", ") if text else []
    return [", ".join(parts[place : place + 2]) for place in range(0, len(parts), 2)]


def _plain(name: object) -> str:
    return str(name).replace("_", " ")


def _axis_label(name: object) -> str:
    """Return a level's or a variable's label for an axis."""
    book = load_codebook()
    known = {v.id: v.label for v in (*book.variables, *book.levels)}
    return known.get(str(name), _plain(name)).lower()


def _occurs(status: pd.DataFrame, shown: Sequence[object], reason: str) -> bool:
    columns = [variable.id for variable in shown if hasattr(variable, "id")]
    return reason != "coded" and bool((status[columns] == reason).any(axis=None))


def _coded_first(reasons: dict[str, Entry], counts: pd.Series) -> list[Entry]:
    return [entry for name, entry in reasons.items() if name in counts.index]


def _bounds_alt(rows: pd.DataFrame, title: str) -> str:
    labels = {kind.id: kind.label for kind in load_codebook().support_types}
    parts = []
    for short, kind, could_be in zip(rows["short"], rows["type"], rows["could_be"], strict=True):
        others = [labels[other] for other in could_be if other != kind]
        open_to = f", could be {listing(others)}" if others else ""
        parts.append(f"{short}: {labels[kind]}{open_to}")
    return f"{title}. {'; '.join(parts)}."


def _cross_alt(cells: pd.DataFrame, numbers: pd.DataFrame, title: str) -> str:
    parts = []
    for row in cells.index:
        for column in cells.columns:
            n = int(numbers.loc[row, column])
            if n:
                place = f"{_plain(row)} and {_plain(column)}"
                parts.append(f"{place} {n} ({cells.loc[row, column]})")
    head = f"{_axis_label(cells.index.name)} by {_axis_label(cells.columns.name)}"
    return f"{title}. {head}: {'; '.join(parts)}."
