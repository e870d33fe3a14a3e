"""The dataset in files to take away, as `coalition export` writes them."""

import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

from helpers.publish.export.write import export

_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Download:
    """One file: the format it is in, its name, and whom it is for."""

    style: str
    file: str
    whom: str


DOWNLOADS = (
    Download("excel", "coalition.xlsx", "one workbook, for Excel and other spreadsheets"),
    Download("stata", "coalition-stata.zip", "labelled .dta files, for Stata, SPSS and R"),
    Download(
        "datapackage", "coalition-datapackage.zip", "CSV and datapackage.json, for everything else"
    ),
)


def write_downloads(folder: Path, scratch: Path) -> None:
    """Write the files to take away.

    Parameters
    ----------
    folder : Path
        Where to; it exists.
    scratch : Path
        An existing folder for what is packed.

    Raises
    ------
    ValueError
        As `helpers.publish.export.write.export`.
    OSError
        If something cannot be written.
    """
    for download in DOWNLOADS:
        target = folder / download.file
        if target.suffix == ".zip":
            export(scratch / download.style, download.style)
            _pack(scratch / download.style, target)
        else:
            export(target, download.style)
    _copy_tables(scratch / "datapackage", folder / "tables")


def _copy_tables(package: Path, folder: Path) -> None:
    """Lay the tables of a Data Package out one by one, and the codebook as JSON."""
    folder.mkdir()
    for table in sorted([*package.glob("*.csv"), *package.glob("codebook*.json")]):
        shutil.copyfile(table, folder / table.name)


def _pack(folder: Path, target: Path) -> None:
    """Pack a folder's files, the same bytes for the same files."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(str(path.relative_to(folder.parent).as_posix()), _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, path.read_bytes())
