"""What a notebook reads is heard, by whatever way it reads, and nothing else changes."""

import json
import os
import subprocess
import sys

import pytest
from notebook_maker import asking

from helpers.regenerate.execute import execute_run
from helpers.regenerate.fingerprint import CHANGED, MISSING, file_digest, names_digest
from helpers.regenerate.plan import Run
from helpers.regenerate.recorder import VARIABLE, Recording

EVENT = "tests.verifying"
START = "from helpers.regenerate.recorder import load_ipython_extension as start; start(None)\n"


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    (folder / "deep").mkdir(parents=True)
    for name in ("a.csv", "b.csv", "deep/c.csv"):
        (folder / name).write_text("x,y\n1,2\n", encoding="utf-8")
    (folder / "module.py").write_text("VALUE = 1\n", encoding="utf-8")
    return folder


def record(data, code, cwd=None, folders=None):
    """Execute code in a process of its own and return what it was heard to read."""
    with Recording(folders or {"data": data}, EVENT) as recording:
        subprocess.run(
            [sys.executable, "-c", START + code],
            env={**recording.environment(), "PYTHONDONTWRITEBYTECODE": ""},
            cwd=cwd or data,
            check=True,
        )
        return recording.reads()


WAYS = {
    "open('a.csv').read()": ["data/a.csv"],
    "open(b'a.csv', 'rb').read()": ["data/a.csv"],
    "open('a.csv', 'r+').read()": ["data/a.csv"],
    "import os; os.read(os.open('a.csv', os.O_RDONLY), 9)": ["data/a.csv"],
    "import pathlib; pathlib.Path('deep/c.csv').read_text()": ["data/deep/c.csv"],
    "import pandas; pandas.read_csv('a.csv')": ["data/a.csv"],
    "import pandas; pandas.read_csv('a.csv', engine='python')": ["data/a.csv"],
    "import pandas; pandas.read_csv('a.csv', memory_map=True)": ["data/a.csv"],
    "import numpy; numpy.loadtxt('a.csv', delimiter=',', skiprows=1)": ["data/a.csv"],
    "import sqlite3; sqlite3.connect('a.csv')": ["data/a.csv"],
    "import os; os.chdir('..'); open('data/a.csv')": ["data/a.csv"],
    "import os; os.listdir('deep')": ["data/deep/"],
    "import os; os.listdir()": ["data/"],
    "import pathlib; list(pathlib.Path('.').glob('*.csv'))": ["data/"],
    "import threading as t; x = t.Thread(target=open, args=['b.csv']); x.start(); x.join()": [
        "data/b.csv"
    ],
    "import os\nif not os.fork(): open('b.csv'); os._exit(0)\nos.wait()": ["data/b.csv"],
    "import sys; sys.path.insert(0, '.'); import module": ["data/module.py"],
    "open('new.csv', 'w').write('1')": [],
    "import importlib.metadata as m; m.version('pandas'); import colorsys": [],
    "import os; os.closerange(3, 50); open('a.csv')": ["data/a.csv"],
}


@pytest.mark.parametrize(("code", "expected"), WAYS.items(), ids=range(len(WAYS)))
def test_hears_every_way_of_reading(data, code, expected):
    if "fork" in code and not hasattr(os, "fork"):
        pytest.skip("cannot fork")
    reads = record(data, code)
    assert list(reads) == expected
    for name, digest in reads.items():
        path = data / name.partition("/")[2]
        assert digest == (names_digest(path) if name.endswith("/") else file_digest(path))


def test_a_compiled_module_stands_for_its_source(data):
    code = "import sys; sys.path.insert(0, '.'); import module"
    assert record(data, code) == record(data, code)  # the second time from __pycache__
    assert (data / "__pycache__").is_dir()


@pytest.mark.parametrize(
    "code",
    [
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
        "import sqlite3; sqlite3.connect('file:a.csv', uri=True)",
        "import os; os.listdir(os.open('.', os.O_RDONLY))",
        "import os; os.open('a.csv', os.O_RDONLY, dir_fd=os.open('.', os.O_RDONLY))",
        "import os; os.open('data/a.csv', os.O_RDONLY, dir_fd=os.open('..', os.O_RDONLY))",
        "import pyarrow.csv; pyarrow.csv.read_csv('a.csv')",
        "import pandas\ntry: pandas.read_parquet('a.csv')\nexcept Exception: pass",
        "import multiprocessing as m, sys; sys.argv[:] = ['']\n"
        "with m.get_context('forkserver').Pool(1) as p: p.map(len, ['a'])",
        "import multiprocessing as m, sys; sys.argv[:] = ['']\n"
        "with m.get_context('spawn').Pool(1) as p: p.map(len, ['a'])",
    ],
)
def test_what_it_cannot_hear_may_be_anything(data, code):
    assert "*" in record(data, code)


def test_what_was_heard_is_kept_beside_what_was_not(data):
    code = "import subprocess; open('a.csv'); subprocess.run(['true'])"
    assert record(data, code) == {"*": "", "data/a.csv": file_digest(data / "a.csv")}


def test_a_folder_that_leads_nowhere_is_no_concern(data, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    assert record(data, "import os; os.open('../elsewhere', os.O_RDONLY)") == {}


def test_a_file_that_is_not_there_may_be_there_tomorrow(data):
    code = "try: open('later.csv')\nexcept OSError: pass"
    assert record(data, code) == {"data/later.csv": MISSING}


def test_a_file_that_changes_after_it_was_read_has_no_digest(data):
    code = "open('a.csv').read(); open('a.csv', 'a').write('3,4')"
    assert record(data, code) == {"data/a.csv": CHANGED}
    assert record(data, code + "; open('a.csv').read()") == {"data/a.csv": CHANGED}


def test_reading_in_order_to_check_counts_by_its_result(data):
    code = f"import sys; sys.audit({EVENT!r}, True); open('a.csv'); sys.audit({EVENT!r}, False)\n"
    assert record(data, code) == {"checks": ""}
    assert sorted(record(data, code + "open('a.csv')")) == ["checks", "data/a.csv"]


def test_a_file_belongs_to_the_innermost_folder(data):
    folders = {".": data, "deep": data / "deep"}
    assert list(record(data, "open('deep/c.csv'); open('a.csv')", folders=folders)) == [
        *("deep/c.csv", "./a.csv")
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no links for everybody")
def test_links_lead_nowhere_unheard(data, tmp_path):
    (tmp_path / "link").symlink_to(data)
    (tmp_path / "outside.csv").write_text("1", encoding="utf-8")
    (data / "inner.csv").symlink_to(tmp_path / "outside.csv")
    assert list(record(data, "open('../link/a.csv'); open('inner.csv')")) == [
        *("data/a.csv", "data/inner.csv")
    ]


def test_a_process_that_never_began_has_read_anything(data):
    with Recording({"data": data}, EVENT) as recording:
        path = recording.path
        assert recording.reads() == {"*": ""}
    assert not path.exists()


CELLS = """\
import os, pandas
print({variable!r} in os.environ, __name__, sorted(name for name in globals() if name[0] != "_"))
print(len(pandas.read_csv({path!r})))"""


@pytest.mark.parametrize("provisioner", ["local-provisioner", "fork-server"])
def test_a_notebook_does_not_notice(data, tmp_path, monkeypatch, provisioner):
    from jupyter_client.provisioning import KernelProvisionerFactory  # noqa: PLC0415

    monkeypatch.setenv("JUPYTER_DEFAULT_PROVISIONER_NAME", provisioner)
    KernelProvisionerFactory.clear_instance()
    source = CELLS.format(variable=VARIABLE, path=str(data / "a.csv"))
    path = asking(tmp_path / "nb" / "a.ipynb", "n: int = 1  # a number", source)
    outcome = execute_run(Run(path, {}, "a"), {".": path.parent, "data": data}, EVENT)
    assert outcome.error == ""
    assert outcome.reads == {"data/a.csv": file_digest(data / "a.csv")}
    cells = json.loads(outcome.notebook)["cells"]
    assert [cell.get("execution_count") for cell in cells] == [None, 1, 2]
    names = ["In", "Out", "exit", "get_ipython", "n", "open", "os", "pandas", "quit"]
    printed = "".join(cells[2]["outputs"][0]["text"])
    assert printed.splitlines() == [f"False __main__ {names}", "1"]
    KernelProvisionerFactory.clear_instance()
