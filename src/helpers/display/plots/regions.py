"""Figures of regions: composition by type, levels in small multiples."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.transforms import ScaledTranslation

from helpers.dataset.codebook import load_codebook
from helpers.display.plots.figure import (
    Picture,
    bar_rows,
    canvas,
    clean,
    finish,
    patches_of,
    stack,
    stacked_bars,
    titled,
)


def composition(table: pd.DataFrame, title: str) -> Picture:
    """Draw `helpers.tables.composition`: one stacked bar per region, in numbers of states."""
    types = [t for t in load_codebook().support_types if table[t.label].any()]
    figure, axes = canvas(9.0, 2.1 + 0.5 * len(table))
    by_id = table.rename(columns={kind.label: kind.id for kind in types})
    held = stacked_bars(axes, by_id, types, "n_states", "region (states coded)")
    axes.set_xticks(range(int(table["n_states"].max() if len(table) else 0) + 1))
    axes.set_xlabel("number of states")
    return finish(figure, axes, title, f"{title}. {held}.")


def level_panels(shares: pd.DataFrame, title: str) -> Picture:
    """Draw `helpers.tables.level_shares`: one panel per level.

    Bars show shares of a region's states, the numbers in them are counts.
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
        # In inches, so that one region leaves as much room for the legend as many do.
        down = ScaledTranslation(0, -0.54, figure.dpi_scale_trans)
        axes.legend(
            handles=patches_of(level.codes),
            loc="upper left",
            bbox_to_anchor=(-0.02, 0),
            bbox_transform=axes.transAxes + down,
            ncols=2,
            columnspacing=1,
            frameon=False,
            fontsize=9,
        )
    sizes = shares.groupby("region", observed=True)["of"].first()
    bar_rows(panels[0], sizes[regions], "region (states coded)")
    rows = shares[shares["n"] > 0]
    parts = [f"{r.region}, {r.level}: {r.value} {r.n} of {r.of}" for r in rows.itertuples()]
    return titled(figure, title, f"{title}. {'; '.join(parts)}.")
