"""Figures of many tiles, stored small: a palette instead of full colour."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from helpers.plots.picture import Picture

N_PAINTS, N_GREYS = 24, 24
PAINT = 16
"""How far the channels of a colour lie apart that is no grey."""


class FewColours(Picture):
    """A figure that is stored with a palette.

    Hundreds of tiles with text make a PNG of several times the size, and a notebook
    holds a few of them. The most frequent colours and greys are kept exactly, so all
    tiles and dots are; the smoothed edges of letters become the nearest of these.
    """

    def png(self) -> bytes:
        """Return the figure as PNG bytes with a palette, the same for the same figure."""
        with Image.open(io.BytesIO(super().png())) as full:
            pixels = np.asarray(full.convert("RGB"))
        found, where, n = np.unique(
            pixels.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True
        )
        kept = _most_frequent(found, n)
        apart = found[:, None, :].astype(int) - kept[None, :, :].astype(int)
        nearest = (apart**2).sum(axis=-1).argmin(axis=1).astype(np.uint8)
        small = Image.fromarray(nearest[where].reshape(pixels.shape[:2]), mode="P")
        small.putpalette(kept.ravel().tolist())
        buffer = io.BytesIO()
        small.save(buffer, format="png", optimize=True)
        return buffer.getvalue()


def _most_frequent(colours: NDArray[np.uint8], n: NDArray[np.int_]) -> NDArray[np.uint8]:
    """Return the most frequent colours, and the most frequent greys.

    Letters have many greys; a single dot must not lose its colour to them.
    """
    order = np.argsort(-n, kind="stable")
    spread = colours.max(axis=1).astype(int) - colours.min(axis=1)
    paints = [place for place in order if spread[place] >= PAINT][:N_PAINTS]
    greys = [place for place in order if spread[place] < PAINT][:N_GREYS]
    return colours[[*paints, *greys]]


def few_colours(picture: Picture) -> FewColours:
    """Return a figure that is stored with a palette.

    Parameters
    ----------
    picture : Picture
        Any figure.

    Returns
    -------
    FewColours
        The same drawing and alternative text.
    """
    return FewColours(picture.figure, picture.alt)
