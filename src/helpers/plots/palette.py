"""Images stored small: a palette instead of full colour.

Figures of tiles and letters make a PNG of several times the size in full colour,
and a notebook holds many of them. A palette of averages, as imaging libraries make
by themselves, would turn the colour of a single dot into a grey of the letters.
"""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

N_PAINTS, N_GREYS = 24, 24
"""How many colours, and how many greys, are kept exactly."""
PAINT = 16
"""How far the channels of a colour lie apart that is no grey."""


def pack(drawn: bytes) -> bytes:
    """Return an image with the palette of its most frequent colours.

    Parameters
    ----------
    drawn : bytes
        An image in full colour.

    Returns
    -------
    bytes
        A PNG, the same for the same image. The most frequent colours and greys are
        kept exactly; the smoothed edges of letters become the nearest of these.
    """
    pixels = np.asarray(Image.open(io.BytesIO(drawn)).convert("RGB"))
    # One number for each colour: finding those that occur is then a matter of milliseconds.
    numbers = pixels.astype(np.int64) @ np.array([1 << 16, 1 << 8, 1])
    found, where, n = np.unique(numbers, return_inverse=True, return_counts=True)
    colours = np.stack([found >> 16, found >> 8 & 255, found & 255], axis=1)
    kept = _most_frequent(colours, n)
    apart = colours[:, None, :] - kept[None, :, :]
    nearest = (apart**2).sum(axis=-1).argmin(axis=1).astype(np.uint8)
    small = Image.fromarray(nearest[where].reshape(numbers.shape))
    small.putpalette(kept.astype(np.uint8).ravel().tolist())
    buffer = io.BytesIO()
    small.save(buffer, format="png", optimize=True)
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
