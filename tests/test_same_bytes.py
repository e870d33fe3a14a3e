"""Executed notebooks, exports and site are the same bytes wherever they are made.

Takes minutes: ``pytest -m long``.
"""

import hashlib
import os
import subprocess

import pytest
from test_who_gets_in import commands

from helpers.dataset.files import REPOSITORY

pytestmark = pytest.mark.long

WORDS = (
    "run 01 05 09 -p account essay --out {out}/notebooks",
    "export {out}/datapackage",
    "export {out}/stata --format stata",
    "export {out}/parquet --format parquet",
    "export {out}/book.xlsx --format excel",
    "site --out {out}/site",
)
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
USUAL = {"TZ": "UTC", "COLUMNS": "200", "PYTHONHASHSEED": "0", **dict.fromkeys(THREADS, "2")}
WORLDS = {
    "elsewhere": {"TZ": "Pacific/Kiritimati", "umask": 0o077},
    "another terminal": {"LC_ALL": "C", "LANG": "C", "COLUMNS": "40", "LINES": "9"},
    "another machine": {
        **{"LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "7", "TZ": "America/St_Johns"},
        **dict.fromkeys(THREADS, "1"),
    },
}


def made(place, **world):
    """Make everything in a world with a home and a working folder of its own; return digests."""
    home, cwd, out = (place / name for name in ("home", "cwd", "out"))
    for folder in (home, cwd):
        folder.mkdir()
    commands(*(words.format(out=out) for words in WORDS), cwd=cwd, HOME=str(home), **world)
    files = [path for path in out.rglob("*") if path.is_file() and path.suffix != ".sqlite"]
    return {
        path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    return made(tmp_path_factory.mktemp("usual"), **USUAL)


def require_same(usual, found):
    assert sum(name.startswith("notebooks/") for name in usual) == 3
    assert found.keys() == usual.keys()
    assert [name for name in usual if found[name] != usual[name]] == []


@pytest.mark.parametrize("world", WORLDS)
def test_the_same_bytes_wherever_they_are_made(usual, tmp_path, world):
    require_same(usual, made(tmp_path, **USUAL | WORLDS[world]))


@pytest.mark.parametrize("version", ["3.12", "3.13", "3.14"])
def test_the_same_bytes_on_another_python(usual, tmp_path, version):
    environment = tmp_path / "environment"
    done = subprocess.run(
        ["uv", "sync", "-q", "--frozen", "--all-extras", "--no-python-downloads", "-p", version],
        cwd=REPOSITORY,
        env={**os.environ, "UV_PROJECT_ENVIRONMENT": str(environment)},
        stderr=subprocess.PIPE,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        pytest.skip(f"no Python {version} here, or not its packages: {done.stderr}")
    require_same(usual, made(tmp_path, python=str(environment / "bin/python"), **USUAL))
