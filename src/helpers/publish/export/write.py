"""Write the dataset in one of the formats of other programs."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from helpers.dataset.allowed import require
from helpers.dataset.codebook import load_codebook
from helpers.publish.atomic import require_free, written_whole
from helpers.publish.export.codebook_json import codebook_files
from helpers.publish.export.collect import load_contents
from helpers.publish.export.formats import FORMATS, Format
from helpers.publish.export.readme import readme
from helpers.publish.export.table_model import Contents


def export(out: Path, style: str) -> None:
    """Write the dataset to a file or a folder, whole or not at all.

    Parameters
    ----------
    out : Path
        Where the file or folder is to stand. Nothing may stand there yet.
    style : str
        A format of `helpers.publish.export.formats`.

    Raises
    ------
    ValueError
        If there is no such format, the place is taken or its name does not suit the
        format, a package is missing, or the data hold errors or what the format
        cannot carry; the message says what to do.
    OSError
        If something cannot be written.
    """
    require("format", style, FORMATS)
    chosen = FORMATS[style]
    _require_package(style, chosen)
    _require_suffix(out, style, chosen)
    require_free(out)
    contents = load_contents(numbers=not chosen.labelled)
    with written_whole(out) as draft:
        write(contents, draft, style)
        if draft.is_dir():
            for name, content in codebook_files(load_codebook()).items():
                (draft / name).write_bytes(content)


def write(contents: Contents, out: Path, style: str) -> None:
    """Write contents as a file, or as a folder with a text that explains it.

    Parameters
    ----------
    contents : Contents
        What to write.
    out : Path
        A file or folder that does not exist yet.
    style : str
        A format of `helpers.publish.export.formats`.

    Raises
    ------
    ValueError
        If the contents hold what the format cannot carry.
    OSError
        If something cannot be written.
    """
    writer = import_module(f"helpers.publish.export.{style}")
    if FORMATS[style].suffix:
        writer.write(contents, out)
        return
    out.mkdir()
    writer.write(contents, out)
    (out / "README.txt").write_bytes(readme(contents, writer.HOW).encode())


def _require_package(style: str, chosen: Format) -> None:
    """Raise an error that says what to install, if a package is missing."""
    if chosen.needs and find_spec(chosen.needs) is None:
        raise ValueError(
            f"the format {style} needs the package {chosen.needs}: "
            "pip install 'coalition-of-the-unwilling[export]'"
        )


def _require_suffix(out: Path, style: str, chosen: Format) -> None:
    """Raise an error if programs would not know the file by its name."""
    if chosen.suffix and out.suffix.lower() != chosen.suffix:
        raise ValueError(
            f"the format {style} makes {chosen.makes}: {out.name} must end in {chosen.suffix}"
        )
