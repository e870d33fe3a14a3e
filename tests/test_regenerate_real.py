"""The command on the project's own notebooks: only what a change concerns is run again."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NAMES = ("00_start_here", "01_support_typology", "02_recognition_vs_material_aid")
REGIONS = "03_regional_breakdown"
HEAVY = ("pandas", "numpy", "papermill", "jupyter_client", "nbformat", "IPython", "distributed")
LIGHT = """\
import json, sys
from helpers.cli import main
try:
    main(sys.argv[1:])
finally:
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


class Copy:
    """A copy of the notebooks and the data that can be changed."""

    def __init__(self, root):
        self.root = root
        self.data = root / "data"
        self.modules = set()
        shutil.copytree(ROOT / "data", self.data)
        (root / "notebooks").mkdir()
        for name in (*NAMES, REGIONS):
            shutil.copy(ROOT / "notebooks" / f"{name}.ipynb", root / "notebooks")
        plan = "".join(f"{name}: [{{}}]\n" for name in (*NAMES, REGIONS))
        (root / "notebooks" / "plan.yml").write_text(plan, encoding="utf-8")

    def call(self, *arguments):
        named = {"NOTEBOOKS": self.root / "notebooks", "DATA": self.data}
        done = subprocess.run(
            [sys.executable, "-c", LIGHT, *arguments, "--out", str(self.root / "out")],
            env={**os.environ, **{f"COALITION_{name}": str(at) for name, at in named.items()}},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        *said, modules = done.stderr.splitlines()
        assert said == []
        self.modules = set(json.loads(modules))
        return done.stdout

    def status(self):
        lines = self.call("status").splitlines()[:-2]
        return dict(line.split("  ", 1) for line in lines)

    def edit(self, name, old, new):
        path = self.data / name
        content = path.read_bytes()
        assert old in content
        path.write_bytes(content.replace(old, new, 1))
        return lambda: path.write_bytes(content)


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    copy = Copy(tmp_path_factory.mktemp("real"))
    assert set(copy.status().values()) == {"never run"}
    assert "4 of 4 went well" in copy.call("run")
    return copy


def heavy(modules):
    return [name for name in HEAVY if name in modules]


def test_with_nothing_to_do_nothing_heavy_is_imported(copy):
    said = copy.call("run")
    assert said == f"4 of 4 runs are up to date.\nLook at: {copy.root / 'out'}\n"
    assert heavy(copy.modules) == []


def test_status_imports_nothing_heavy(copy):
    assert set(copy.status().values()) == {"up to date"}
    assert heavy(copy.modules) == []


def test_votes_do_not_concern_who_never_reads_them(copy):
    restore = copy.edit("un_votes.csv", b",no\n", b',"no"\n')  # still sound, with other bytes
    assert set(copy.status().values()) == {"up to date"}
    restore()


def test_data_that_are_wrong_concern_everybody_who_checks_them(copy):
    restore = copy.edit("un_votes.csv", b",no\n", b",perhaps\n")
    assert set(copy.status().values()) == {"changed: checks"}
    restore()


def test_codings_concern_all_who_read_them(copy):
    restore = copy.edit("codings.csv", b"essay,", b'"essay",')
    assert set(copy.status().values()) == {"changed: data/codings.csv"}
    restore()
    assert set(copy.status().values()) == {"up to date"}


def test_the_codebook_is_a_reading_though_checks_read_it_first(copy):
    restore = copy.edit("codebook.yml", b"\n", b"\n# A remark.\n")
    assert set(copy.status().values()) == {"changed: data/codebook.yml"}
    restore()


def test_one_edited_notebook_is_run_alone(copy):
    path = copy.root / "notebooks" / f"{REGIONS}.ipynb"
    content = path.read_text(encoding="utf-8")
    notebook = json.loads(content)
    notebook["cells"][-1]["source"] = "print('edited')"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    assert copy.status() == {**dict.fromkeys(NAMES, "up to date"), REGIONS: "changed: notebook"}
    said = copy.call("run")
    assert said.startswith("3 of 4 runs are up to date.\n[1/1] 03_regional_breakdown")
    path.write_text(content, encoding="utf-8")
