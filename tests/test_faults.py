"""Signals, full disks and the like at any moment: no half file, and the next run is whole.

A hundred rounds of signals take long: ``pytest -m long``; one runs always.
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
from kernel_runner import wait_for
from notebook_maker import asking

from helpers.regenerate import processes
from helpers.regenerate.scratch import DRAFT

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
PATIENCE = 900
ROUNDS = [1, *(pytest.param(number, marks=pytest.mark.long) for number in range(2, 101))]


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

    def start(self, out, **told):
        name, value = self.mark.split("=")
        ours = {"COALITION_NOTEBOOKS": str(self.folder), "TMPDIR": str(self.temporary)}
        # Whatever is started in the background, as in some CI, ignores interrupts.
        heed = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
        return subprocess.Popen(
            [
                *(sys.executable, "-c", f"{heed}; from helpers.cli import main; main()"),
                *("run", *NOTEBOOKS, "--jobs", "2", "--out", str(out)),
            ],
            env={**os.environ, **ours, **told, name: value},
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
    require_whole(house, out)


def require_whole(house, out):
    """The next run makes what a clean one makes, and leaves nothing else behind."""
    again = house.start(out)
    _, err = again.communicate(timeout=PATIENCE)
    assert again.returncode == 0, err
    assert contents(out) == contents(house.clean)
    assert {path.name for path in out.iterdir()} == {*contents(house.clean), ".runs.sqlite"}
    wait_for(lambda: not processes.marked(house.mark), PATIENCE)
    assert list(house.temporary.iterdir()) == []


def require_said(house, out, runner):
    """It ends by itself with a message, and what it has written is whole; return the message."""
    _, err = runner.communicate(timeout=PATIENCE)
    assert runner.returncode in {1, 2}, err
    assert "Traceback" not in err
    if out.exists():
        assert not [path.name for path in out.iterdir() if DRAFT in path.name]
        # Whose kernel could not write its own files has an error in place of its output.
        for name, content in contents(out).items():
            assert content == contents(house.clean)[name] or b'"output_type": "error"' in content
    return err


@contextlib.contextmanager
def mounted(place, *options):
    """Mount a file system, as root only."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("mounting takes root")
    place.mkdir(exist_ok=True)
    done = subprocess.run(["mount", *options, place], capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"no mounting here: {done.stderr.decode()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def tmpfs(place, kilobytes):
    return mounted(place, "-t", "tmpfs", "-o", f"size={kilobytes}k", "none")


@pytest.mark.long
def test_two_runners_on_one_folder(house, tmp_path):
    out = tmp_path / "out"
    both = [house.start(out), house.start(out)]
    said = [runner.communicate(timeout=PATIENCE)[1] for runner in both]
    assert sorted(runner.returncode for runner in both) == [0, 2], said
    assert "another command is running notebooks into" in "".join(said)
    assert contents(out) == contents(house.clean)
    require_whole(house, out)


@pytest.mark.long
@pytest.mark.parametrize("kilobytes", [4, 16, 24, 32, 40])
def test_a_full_disk(house, tmp_path, kilobytes):
    out = tmp_path / "out"
    with tmpfs(out, kilobytes):
        assert "full" in (err := require_said(house, out, house.start(out))) or "No space" in err
        subprocess.run(["mount", "-o", "remount,size=10m", out], check=True)
        require_whole(house, out)


@pytest.mark.long
@pytest.mark.parametrize("kilobytes", [4, 16, 64])
def test_a_full_folder_for_temporary_files(house, tmp_path, kilobytes):
    out = tmp_path / "out"
    with tmpfs(tmp_path / "tmp", kilobytes):
        (tmp_path / "tmp" / "full").write_bytes(bytes((kilobytes - 4) * 1024))
        require_said(house, out, house.start(out, TMPDIR=str(tmp_path / "tmp")))
    require_whole(house, out)


@pytest.mark.long
@pytest.mark.parametrize("size", [0, 1_000, 10_000])
def test_files_that_may_not_grow(house, tmp_path, size):
    import resource  # noqa: PLC0415

    out = tmp_path / "out"
    runner = house.start(out)
    resource.prlimit(runner.pid, resource.RLIMIT_FSIZE, (size, size))
    require_said(house, out, runner)
    require_whole(house, out)


@pytest.mark.long
def test_an_output_folder_that_becomes_read_only(house, tmp_path):
    out = tmp_path / "out"
    runner = house.start(out)
    wait_for(lambda: runner.poll() is not None or contents(out), PATIENCE)
    with mounted(out, "--bind", out):
        subprocess.run(["mount", "-o", "remount,ro,bind", out], check=True)
        assert "Read-only file system" in require_said(house, out, runner)
    require_whole(house, out)


@pytest.mark.long
@pytest.mark.parametrize("begun", range(4))
def test_an_output_folder_that_is_deleted(house, tmp_path, begun):
    out = tmp_path / "out"
    runner = house.start(out)
    wait_for(lambda: out.exists() and len(contents(out)) >= begun, PATIENCE)
    shutil.rmtree(out)
    _, err = runner.communicate(timeout=PATIENCE)
    assert runner.returncode in {0, 1}, err
    assert "Traceback" not in err
    assert contents(out).items() <= contents(house.clean).items()
    require_whole(house, out)
