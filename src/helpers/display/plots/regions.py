"""Figures of regions: composition by type, levels in small multiples."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.transforms import ScaledTranslation

from helpers.dataset.codebook import load_codebook
from helpers.dataset.words import listing
from helpers.display.plots.figure import Picture, canvas, clean, finish, legend, stack


def composition(table: pd.DataFrame, title: str) -> Picture:
    """Draw how many states of each region have each type.

    Parameters
    ----------
    table : DataFrame
        One row per region, as `helpers.display.tables.composition` returns it.
    title : str
        What is seen.

    Returns
    -------
    Picture
        One stacked bar per region, in numbers of states.
    """
    types = [t for t in load_codebook().support_types if table[t.label].any()]
    figure, axes = canvas(9.0, 2.1 + 0.5 * len(table))
    left = np.zeros(len(table))
    for kind in types:
        n = table[kind.label].to_numpy()
        left = stack(axes, n, n, left, kind.colour)
    labels = [f"{region} ({n})" for region, n in table["n_states"].items()]
    axes.set_yticks(range(len(table)), labels)
    axes.invert_yaxis()
    axes.set_xticks(range(int(max(left, default=0)) + 1))
    axes.set_xlabel("number of states")
    axes.set_ylabel("region (states coded)")
    handles = [Patch(facecolor=kind.colour, label=kind.label) for kind in types]
    legend(axes, handles)
    parts = []
    for region, row in table.iterrows():
        found = [f"{row[kind.label]} {kind.label}" for kind in types if row[kind.label]]
        parts.append(f"{region}: {listing(found)} of {row['n_states']}")
    return finish(figure, axes, title, f"{title}. {'; '.join(parts)}.")


def level_panels(shares: pd.DataFrame, title: str) -> Picture:
    """Draw the three levels by region, one panel per level.

    Parameters
    ----------
    shares : DataFrame
        One row per region, level and value, as `helpers.display.tables.level_shares`
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
        part = shares[shares["level"] == level.label]
        for code in level.codes:
            rows = part[part["value"] == code.label].set_index("region").loc[regions]
            width, n = rows["percent"].to_numpy("float64"), rows["n"].to_numpy("int64")
            left = stack(axes, n, width, left, code.colour)
        clean(axes)
        axes.set_title(level.label, fontsize=10, loc="left")
        axes.set_xlim(0, 100.5)
        axes.set_xlabel("percent of the region's states")
        handles = [Patch(facecolor=code.colour, label=code.label) for code in level.codes]
        # In inches, so that one region leaves as much room for the legend as many do.
        down = ScaledTranslation(0, -0.54, figure.dpi_scale_trans)
        axes.legend(
            handles=handles,
            loc="upper left",
            bbox_to_anchor=(-0.02, 0),
            bbox_transform=axes.transAxes + down,
            ncols=2,
            columnspacing=1,
            frameon=False,
            fontsize=9,
        )
    sizes = shares.groupby("region", observed=True)["of"].first()
    panels[0].set_yticks(range(len(regions)), [f"{r} ({sizes[r]})" for r in regions])
    panels[0].invert_yaxis()
    panels[0].set_ylabel("region (states coded)")
    figure.suptitle(title, x=0.01, ha="left", fontsize=11.5, fontweight="bold")
    rows = shares[shares["n"] > 0]
    parts = [f"{r.region}, {r.level}: {r.value} {r.n} of {r.of}" for r in rows.itertuples()]
    return Picture(figure, f"{title}. {'; '.join(parts)}.")
