"""Where the parts of this repository lie, for what runs its notebooks.

Light to import, and importable on any machine that has the package: a worker of a
cluster asks the same questions and finds its own folders.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import helpers
from helpers.cli.group import WrongInput
from helpers.dataset.files import CODINGS, PACKAGED, REPOSITORY, VERIFYING, data_folder

if TYPE_CHECKING:
    from helpers.regenerate.incremental import Project


def notebooks_folder() -> Path:
    """Return the folder in ``COALITION_NOTEBOOKS``, or the repository's."""
    chosen = os.environ.get("COALITION_NOTEBOOKS")
    folder = Path(chosen) if chosen else REPOSITORY / "notebooks"
    return folder.expanduser().resolve()


def packaged(path: Path) -> bool:
    """Tell whether a path was installed with the package, so that nothing may change it."""
    return path.is_relative_to(PACKAGED)


def require_clone(path: Path = REPOSITORY) -> None:
    """Refuse a path that was installed with the package."""
    if packaged(path):
        raise WrongInput(
            "this needs a clone of the repository, and the package was installed without one"
        )


def project() -> "Project":
    """Return this machine's notebooks, helpers and data; ``ValueError`` if there are no data."""
    from helpers.regenerate.incremental import Project  # noqa: PLC0415

    return Project(
        notebooks=notebooks_folder(),
        code=Path(helpers.__file__).resolve().parent,
        folders={"data": data_folder(), **_codings()},
        verify=_problems,
        verifying=VERIFYING,
        settings=os.environ.get(CODINGS, ""),
    )


def _codings() -> dict[str, Path]:
    """Return the folder of codings from outside, if one is named and there."""
    folder = Path(os.environ.get(CODINGS) or os.devnull).expanduser().resolve()
    return {"codings": folder} if folder.is_dir() else {}


def _problems() -> str:
    """Return all that is wrong with the data, a line each."""
    from helpers.dataset.checks import find_problems  # noqa: PLC0415

    return "\n".join(map(str, find_problems()))
