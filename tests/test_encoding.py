"""Text is UTF-8 wherever it is read or written, whatever the machine's own encoding.

Python only warns of a missing encoding if it is told to at its start, so the code runs
in a process of its own here.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tracked_files import text_files, tracked_files

from helpers.dataset.files import REPOSITORY

WARNED = """
import sys, warnings
assert sys.flags.warn_default_encoding
warnings.filterwarnings("error", category=EncodingWarning, module=r"helpers(\\.|$)")
"""
TRY_IT = (
    WARNED
    + """
from pathlib import Path
from tempfile import TemporaryDirectory
import helpers.dataset.files

# A warning that is no error here would make the rest of this test idle.
try:
    exec(compile("open('README.md').close()", "x", "exec"), {"__name__": "helpers.dataset.files"})
except EncodingWarning:
    pass
else:
    sys.exit("EncodingWarning is no error")

def command(*words):
    from helpers.cli import main
    try:
        main(list(words))
    except SystemExit as end:
        assert not end.code, (words, end.code)

for words in (["check"], ["codebook"], ["codebook", "arms_supply"], ["list"], ["list", "--json"],
              ["types"], ["types", "--format", "csv"], ["diff"]):
    command(*words)

from helpers import plots, tables, typology
from helpers.dataset.checks import find_problems, unexplained, unread
from helpers.data import coverage, load_cases, load_states, load_status, load_table
from helpers.parameters import ALLOWED
from helpers.dataset.schema import TABLES
assert not find_problems() and not unexplained()
unread()
assert len(load_states()) == 193
# No coding needs an explanation today.
assert [name for name in TABLES if not len(load_table(name))] == ["explanations"]
assert all(values() for values in ALLOWED.values())
coverage()
derived = typology.derive(load_cases())
assert plots.type_bounds(derived, "title").png()
assert tables.provenance("essay") is not None

from helpers.regenerate.plan import read_plan
from helpers.regenerate.notebook_source import read_notebook
from helpers.regenerate.normalise import normalise
runs = read_plan(Path("notebooks"), ALLOWED)
assert read_notebook(runs[0].notebook).parameters
print("well")
"""
)


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-X", "warn_default_encoding", "-c", code],
        cwd=REPOSITORY,
        env={**os.environ, **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_every_file_is_read_with_its_encoding() -> None:
    done = run(TRY_IT)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines()[-1] == "well"


def test_a_run_is_written_with_its_encoding(tmp_path: Path) -> None:
    """One planned run, from the reading of the notebook to the file that is kept."""
    code = WARNED + (
        "from helpers.cli import main\n"
        f"main(['run', '03', '-p', 'region', 'Central Asia', '--out', {str(tmp_path)!r}])"
    )
    done = run(code)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    (made,) = tmp_path.glob("*.ipynb")
    assert b"\r" not in made.read_bytes()
    assert json.loads(made.read_text(encoding="utf-8"))["cells"]


@pytest.mark.parametrize("words", [["check"], ["codebook"], ["list"], ["types"], ["diff"]])
def test_a_terminal_without_utf_8_is_no_traceback(words: list[str]) -> None:
    """An old console shows other signs for what it lacks, and the command ends well."""
    code = f"from helpers.cli import main; main({words!r})"
    done = run(code, PYTHONUTF8="0", PYTHONIOENCODING="ascii", LC_ALL="C")
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "path", text_files(), ids=lambda path: path.relative_to(REPOSITORY).as_posix()
)
def test_text_files_are_utf_8_with_plain_line_ends(path: Path) -> None:
    raw = path.read_bytes()
    raw.decode("utf-8")
    assert not raw.startswith(b"\xef\xbb\xbf"), "a byte order mark"
    assert b"\r" not in raw, "a carriage return"
    assert b"\x00" not in raw
    assert not raw or raw.endswith(b"\n"), "no line end at the end"


def test_pictures_are_the_only_files_that_are_no_text() -> None:
    others = [path for path in tracked_files() if path not in text_files()]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in others)


def test_git_keeps_line_ends_as_they_are() -> None:
    lines = (REPOSITORY / ".gitattributes").read_text(encoding="utf-8").splitlines()
    assert "* text=auto eol=lf" in lines
