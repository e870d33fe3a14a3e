"""Write a file or a folder so that it is whole or not there at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def require_free(out: Path) -> None:
    """Raise an error if something stands at a place already.

    Parameters
    ----------
    out : Path
        The place.

    Raises
    ------
    ValueError
        If a file, a folder or a link has that name. Nothing is ever replaced: what
        stands there could be somebody's work.
    """
    # Path.exists() would take a broken link for a free name.
    if os.path.lexists(out):
        raise ValueError(f"{out} exists already; give another name, or remove it first")


@contextmanager
def written_whole(out: Path) -> Iterator[Path]:
    """Offer a draft's place near the final one, and rename it at the end.

    Parameters
    ----------
    out : Path
        Where a file or folder is to stand; the folders above it are made.

    Yields
    ------
    Path
        A free name in a folder of the user's own. If the block raises, what was written goes.

    Raises
    ------
    ValueError
        If something stands at ``out`` already, before or after the block.
    OSError
        If the draft cannot be made or renamed.
    """
    require_free(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    # In the same folder, since only within a file system a rename is one step; and in one that
    # nobody else can enter, lest a link is planted where the draft is to be.
    with tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as private:
        draft = Path(private, out.name)
        yield draft
        require_free(out)
        draft.rename(out)
