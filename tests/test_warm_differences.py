"""What a notebook can tell a forked kernel from a new process by: as little as can be."""

import gzip
import re
import sys
import warnings
import zipfile

import pytest
from jupyter_client.provisioning import KernelProvisionerFactory
from kernel_runner import FORKED, STOCK, running
from test_warm_server import MARK, fork_server, is_forked

from helpers.dataset.files import REPOSITORY
from helpers.regenerate.warm import client
from helpers.regenerate.warm.provisioner import shadows

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks, and reads /proc")

__all__ = ["fork_server"]

HOLDER = """
import gzip, tempfile, zipfile
archive = zipfile.ZipFile("kept.zip", "w")
archive.writestr("member", "text" * 1000)
packed = gzip.open("kept.gz", "wt", encoding="utf-8")
packed.write("text" * 1000)
plain = open("kept.txt", "w", encoding="utf-8")
plain.write("text")
scratch = tempfile.NamedTemporaryFile(dir=".", prefix="scratch-")
def hold():
    return archive, packed, plain, scratch
"""
# By whom the files are held when the kernel is shut down.
HELD = {
    "by the notebook": HOLDER,
    "by its module": "import holder",
    "by a package that it extends": "import holder, pandas; pandas.held = holder.hold()",
    "by a ring": HOLDER + "\nring = [hold()]; ring.append(ring); del archive, packed, plain",
}


@pytest.fixture
def whole_stack(fork_server, monkeypatch):
    """Have imported beforehand what is in use, and what forked kernels are known by."""
    monkeypatch.setenv(client.PRELOAD, ",".join([MARK, *client.STACK]))


@pytest.mark.parametrize("provisioner", [pytest.param(STOCK, marks=pytest.mark.long), FORKED])
@pytest.mark.parametrize("code", HELD.values(), ids=HELD.keys())
def test_closes_at_its_end_what_nobody_has_closed(
    whole_stack, monkeypatch, tmp_path, code, provisioner
):
    monkeypatch.setenv("JUPYTER_DEFAULT_PROVISIONER_NAME", provisioner)
    (tmp_path / "holder.py").write_text(HOLDER, encoding="utf-8")
    with running(cwd=str(tmp_path)) as kernel:
        assert is_forked(kernel) == (provisioner == FORKED)
        assert kernel.printed(code) == ""
        assert list(tmp_path.glob("scratch-*"))
        kernel.end()
    with zipfile.ZipFile(tmp_path / "kept.zip") as archive:
        assert archive.read("member") == b"text" * 1000
    assert gzip.decompress((tmp_path / "kept.gz").read_bytes()) == b"text" * 1000
    assert (tmp_path / "kept.txt").read_text(encoding="utf-8") == "text"
    assert not list(tmp_path.glob("scratch-*"))


@pytest.mark.parametrize("name", ["yaml.py", "seaborn/__init__.py"])
def test_a_module_beside_the_notebook_is_imported(whole_stack, tmp_path, name):
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("OWN = 'own'", encoding="utf-8")
    module = name.partition("/")[0].removesuffix(".py")
    said = pytest.warns(RuntimeWarning, match=f"a module of its own named {module}")
    with said, running(cwd=str(tmp_path)) as kernel:
        assert kernel.printed(f"import {module}; print({module}.OWN)") == "own"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with running() as kernel:
            assert is_forked(kernel)


def test_what_only_looks_like_a_module_is_none(tmp_path):
    (tmp_path / "yaml").mkdir()
    (tmp_path / "seaborn.csv").touch()
    # Python's own library comes first, in any kernel.
    (tmp_path / "statistics.py").touch()
    assert shadows(tmp_path, {"yaml", "seaborn", "statistics", "pandas"}) == ""
    assert shadows(tmp_path / "no such folder", {"yaml"}) == ""
    (tmp_path / "pandas.abi3.so").touch()
    assert "pandas" in shadows(tmp_path, {"yaml", "seaborn", "pandas"})


PAGE = (REPOSITORY / "docs" / "kernels.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(.*?)` \| (\w+) \| (\w+) \|", PAGE, re.MULTILINE)


def test_the_page_has_rows():
    assert len(ROWS) == PAGE.count("\n| `") >= 6


@pytest.mark.parametrize(
    ("code", "stock", "warm"),
    [
        pytest.param(*row, marks=[pytest.mark.long] if place > 1 else [], id=str(place))
        for place, row in enumerate(ROWS)
    ],
)
def test_the_page_says_what_differs(whole_stack, monkeypatch, tmp_path, code, stock, warm):
    assert stock != warm
    for provisioner, printed in ((FORKED, warm), (STOCK, stock)):
        monkeypatch.setenv("JUPYTER_DEFAULT_PROVISIONER_NAME", provisioner)
        KernelProvisionerFactory.clear_instance()
        folder = tmp_path / provisioner
        folder.mkdir()
        with running(cwd=str(folder)) as kernel:
            assert kernel.printed(code) == printed, provisioner
