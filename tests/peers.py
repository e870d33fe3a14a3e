"""Peers' own tests on warm and on stock kernels, compared test by test.

Run it with ``uv run --with-requirements tests/peers.txt python tests/peers.py [NAME]...``. It
fetches the source distributions at the installed versions, which takes the network.
"""

import os
import subprocess
import sys
import tarfile
import tempfile
import xml.etree.ElementTree as ET
from importlib.metadata import version
from pathlib import Path

# What of an unpacked source distribution is executed.
TESTS = {
    "nbclient": "tests",
    "jupyter_client": "tests",
    "jupyter_kernel_test": "test_ipykernel.py",
}
KERNELS = {"warm": "fork-server", "stock": "local-provisioner"}
LONGEST = 1800
# Tests that are to differ, by a part of their names, and why.
MEANT = {
    "test_kernelapp_lifecycle": "a second after its start began it is to be past it; the first "
    "kernel of a process waits for the imports, and until then the program hears no signal",
}


def unpacked(name: str, folder: Path) -> Path:
    """Fetch a source distribution; return where it has been unpacked."""
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"),
            *("--no-binary", ":all:", "--dest", str(folder), f"{name}=={version(name)}"),
        ],
        check=True,
    )
    (archive,) = folder.glob(f"{name}-*.tar.gz")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    return folder / archive.name.removesuffix(".tar.gz")


def outcomes(source: Path, tests: str, provisioner: str) -> dict[str, str]:
    """Execute tests; return passed, failed, error or skipped by their names."""
    report = source / f"{provisioner}.xml"
    subprocess.run(
        [
            *(sys.executable, "-m", "pytest", tests, "-q", "--no-header", "--tb=no"),
            *("-p", "no:cacheprovider", f"--junitxml={report}"),
            # Without it a plugin warns, which their settings make an error.
            *("-o", "asyncio_default_fixture_loop_scope=function"),
        ],
        cwd=source,
        env={**os.environ, "JUPYTER_DEFAULT_PROVISIONER_NAME": provisioner},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=LONGEST,
        check=False,
    )
    kinds = {"failure": "failed", "error": "error", "skipped": "skipped"}
    found = {}
    for case in ET.parse(report).iter("testcase"):
        name = f"{case.get('classname')}::{case.get('name')}"
        found[name] = next((kinds[child.tag] for child in case if child.tag in kinds), "passed")
    return found


def compare(name: str) -> bool:
    """Print how a peer's tests fare on both kinds of kernels; whether all that differs is meant."""
    with tempfile.TemporaryDirectory() as folder:
        source = unpacked(name, Path(folder))
        found = {kind: outcomes(source, TESTS[name], used) for kind, used in KERNELS.items()}
    for kind, results in found.items():
        counts = {how: list(results.values()).count(how) for how in sorted({*results.values()})}
        print(f"{name} {version(name)}, {kind}: {counts}", flush=True)
    expected = True
    for test in sorted(found["warm"].keys() | found["stock"].keys()):
        warm, stock = (found[kind].get(test, "missing") for kind in KERNELS)
        if warm != stock:
            reason = next((why for part, why in MEANT.items() if part in test), "NOT MEANT")
            expected = expected and reason != "NOT MEANT"
            print(f"  {test}: warm {warm}, stock {stock} ({reason})", flush=True)
    return expected


if __name__ == "__main__":
    fared = [compare(name) for name in sys.argv[1:] or TESTS]
    sys.exit(not all(fared))
