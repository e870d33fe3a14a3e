"""A signal at a random moment: no half file, nothing stale for fresh, and the next run is whole.

A hundred rounds take long: ``pytest -m long``; a few run always.
"""

import contextlib
import itertools
import os
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest
from notebook_maker import asking

from helpers.regenerate import processes

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes as Linux shows")
NUMBER = "n: int = 1  # a number"
NOTEBOOKS = {
    "01_quick": "print(n)",
    "02_prints": "import time\nfor n in range(20): print(n, flush=True); time.sleep(0.05)",
    "03_figure": "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
    "04_table": "import pandas\npandas.DataFrame({'a': [1, 2]})",
}
SIGNALS = [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT]
TARGETS = ["runner", "server", "kernel"]
KINDS = list(itertools.product(TARGETS, SIGNALS))
ENDED = {-number for number in SIGNALS} | {128 + number for number in SIGNALS} | {0, 1}
PATIENCE = 300
ROUNDS = [1, 2, 3, *(pytest.param(number, marks=pytest.mark.long) for number in range(4, 101))]


class House:
    """A folder of notebooks, one for what they become, and one for temporary files."""

    def __init__(self, place):
        self.folder, self.temporary = place / "nb", place / "tmp"
        self.temporary.mkdir()
        self.mark = f"FAULTS_TEST={place}"
        for name, source in NOTEBOOKS.items():
            asking(self.folder / f"{name}.ipynb", NUMBER, source)
        self.clean = place / "clean"
        begun = time.monotonic()
        assert self.start(self.clean).wait(PATIENCE) == 0
        self.seconds = time.monotonic() - begun

    def start(self, out):
        name, value = self.mark.split("=")
        told = {"COALITION_NOTEBOOKS": str(self.folder), "TMPDIR": str(self.temporary)}
        # Whatever is started in the background, as in some CI, ignores interrupts.
        heed = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
        return subprocess.Popen(
            [
                *(sys.executable, "-c", f"{heed}; from helpers.cli import main; main()"),
                *("run", *NOTEBOOKS, "--jobs", "2", "--out", str(out)),
            ],
            env={**os.environ, **told, name: value},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def target(self, runner, kind, rng):
        """A process of that kind, as soon as there is one; None if there will be none any more."""
        while runner.poll() is None:
            own = processes.marked(self.mark)
            servers = [one.number for one in own if one.parent == runner.pid]
            kernels = [one.number for one in own if one.parent in servers]
            found = {"runner": [runner.pid], "server": servers, "kernel": kernels}[kind]
            if found:
                return rng.choice(found)
            time.sleep(0.02)
        return None

    def strike(self, out, kind, signum, rng):
        """Start a runner and send a signal at a moment when there is somebody to get it."""
        latest = self.seconds
        while True:
            runner = self.start(out)
            time.sleep(rng.uniform(0, latest))
            target = self.target(runner, kind, rng)
            if target:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(target, signum)
                    return runner
            # Too late: this time it took less than the clean one.
            runner.communicate()
            shutil.rmtree(out)
            latest /= 2


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    return House(tmp_path_factory.mktemp("faults"))


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.glob("*.ipynb")}


@pytest.mark.parametrize("number", ROUNDS)
def test_a_signal_at_any_moment_costs_nothing_but_time(house, tmp_path, number):
    rng = random.Random(number)
    kind, signum = KINDS[(number * 7) % len(KINDS)]
    out = tmp_path / "out"
    runner = house.strike(out, kind, signum, rng)
    _, err = runner.communicate(timeout=PATIENCE)
    assert runner.returncode in ENDED, err
    assert "Traceback" not in err
    clean = contents(house.clean)
    if kind == "runner":
        assert contents(out).items() <= clean.items() if out.exists() else True
    again = house.start(out)
    assert again.wait(PATIENCE) == 0, again.stderr.read()
    assert contents(out) == clean
    assert {path.name for path in out.iterdir()} == {*clean, ".runs.sqlite"}
    end = time.monotonic() + PATIENCE
    while processes.marked(house.mark):
        assert time.monotonic() < end, "something is left"
        time.sleep(0.1)
    assert list(house.temporary.iterdir()) == []
