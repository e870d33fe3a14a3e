"""Images stored small: a palette instead of full colour.

Figures of tiles and letters make a PNG of several times the size in full colour,
and a notebook holds many of them. A palette of averages, as imaging libraries make
by themselves, would turn the colour of a single dot into a grey of the letters.
"""

import io

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

N_PAINTS, N_GREYS = 24, 24
"""How many colours, and how many greys, are kept exactly."""
LEVEL = 8
"""Of compression: the highest takes more than twice as long and saves two percent."""
PAINT = 16
"""How far the channels of a colour lie apart that is no grey."""


def pack(pixels: NDArray[np.uint8]) -> bytes:
    """Return an image (rows, columns, and red, green, blue, opacity) as a PNG with a palette.

    The same for the same image. The most frequent colours and greys are kept exactly; the smoothed
    edges of letters become the nearest of these. Opacity is not looked at.
    """
    # Figures are mostly even areas: runs of a colour, of which there are few, are looked at.
    flat = np.ascontiguousarray(pixels).view(">u4").ravel()
    starts = np.flatnonzero(np.append(True, flat[1:] != flat[:-1]))
    lengths = np.diff(starts, append=len(flat))
    # One number for each colour, since a table of them finds those that occur at once.
    where, found = pd.factorize(flat[starts].astype(np.int64) >> 8, sort=True)
    n = np.bincount(where, weights=lengths).astype(np.int64)
    colours = np.stack([found >> 16, found >> 8 & 255, found & 255], axis=1)
    kept = _most_frequent(colours, n)
    apart = colours[:, None, :] - kept[None, :, :]
    nearest = (apart**2).sum(axis=-1).argmin(axis=1).astype(np.uint8)
    small = Image.fromarray(np.repeat(nearest[where], lengths).reshape(pixels.shape[:2]))
    small.putpalette(kept.astype(np.uint8).ravel().tolist())
    buffer = io.BytesIO()
    small.save(buffer, format="png", compress_level=LEVEL)
    return buffer.getvalue()


def _most_frequent(colours: NDArray[np.int64], n: NDArray[np.int_]) -> NDArray[np.int64]:
    """Return the most frequent colours, and the most frequent greys.

    Letters have many greys; a single dot must not lose its colour to them.
    """
    order = np.argsort(-n, kind="stable")
    spread = colours.max(axis=1) - colours.min(axis=1)
    paints = [place for place in order if spread[place] >= PAINT][:N_PAINTS]
    greys = [place for place in order if spread[place] < PAINT][:N_GREYS]
    return colours[[*paints, *greys]]
