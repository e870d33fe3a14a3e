"""Runs on real worker processes; one is killed, one differs, and nothing is lost."""

import contextlib
import itertools
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from notebook_maker import asking

from helpers.regenerate import processes
from helpers.regenerate.cluster import SentRun, differences, execute_there, fingerprint
from helpers.regenerate.incremental import Project
from helpers.regenerate.limits import Limits
from helpers.regenerate.store import read_records

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sends signals of Unix")

# Whatever goes wrong here, no process outlives this.
LONGEST = 1800
PATIENCE = 900
NUMBER = "n: int = 1  # a number"
# Says where it is, and goes on when it may.
WAITING = """\
import os, pathlib, time
marks = pathlib.Path(os.environ["MARKS"])
(marks / f"{os.environ['WORKER']}-{n}").write_text("")
while not (marks / "go").exists():
    time.sleep(0.02)
print(n, (pathlib.Path(os.environ["COALITION_DATA"]) / "a.csv").read_text())"""
PLAN = "01_waits:\n  - {}\n  - {n: 2}\n  - {n: 3}\n02_fails:\n  - {}\n"
# What they print, or the name of their error.
WHOLE = {
    "01_waits": "1 1\n",
    "01_waits__n-2": "2 1\n",
    "01_waits__n-3": "3 1\n",
    "02_fails": "ZeroDivisionError",
}


def wait_for(condition, seconds=PATIENCE):
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
    return found


class Cluster:
    """A scheduler and workers, each with folders of its own."""

    def __init__(self, root, stack):
        self.root = root
        self.stack = stack
        self.marks = root / "marks"
        self.temporary = root / "tmp"
        self.marks.mkdir()
        self.temporary.mkdir()
        self.begin()

    def begin(self):
        """Start a scheduler; a second one has an address of its own."""
        (self.root / "scheduler.json").unlink(missing_ok=True)
        self.scheduler = self.start(
            *("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show"),
            *("--scheduler-file", self.root / "scheduler.json", "--idle-timeout", f"{LONGEST} s"),
        )
        self.address = wait_for(self.written_address)

    def written_address(self):
        try:
            found = json.loads((self.root / "scheduler.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None  # not there yet, or not yet whole
        return found["address"]

    def machine(self, name, value="1"):
        """Return the environment of one machine, with copies of its own."""
        notebooks, data = (self.root / name / kind for kind in ("notebooks", "data"))
        if not data.is_dir():
            data.mkdir(parents=True)
            (data / "a.csv").write_text(value, encoding="utf-8")
            asking(notebooks / "01_waits.ipynb", NUMBER, WAITING)
            asking(notebooks / "02_fails.ipynb", NUMBER, "1 / 0")
            (notebooks / "plan.yml").write_text(PLAN, encoding="utf-8")
        ours = {"NOTEBOOKS": notebooks, "DATA": data}
        named = {f"COALITION_{kind}": str(path) for kind, path in ours.items()}
        temporary = {"TMPDIR": str(self.temporary)}
        return {**os.environ, **named, **temporary, "MARKS": str(self.marks), "WORKER": name}

    def begun(self):
        """How many notebooks say that they are at work."""
        return len(list(self.marks.glob("*-*")))

    def printed(self):
        """What each notebook that was written has printed, by its name."""
        found = {}
        for path in (self.root / "out").glob("*.ipynb"):
            outputs = json.loads(path.read_text(encoding="utf-8"))["cells"][-1]["outputs"]
            found[path.stem] = "".join(outputs[0].get("text", outputs[0].get("ename", "")))
        return found

    def start(self, *arguments, env=None):
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *map(str, arguments)],
            env=env or dict(os.environ),
            cwd=self.root,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.stack.callback(process.wait)
        self.stack.callback(process.kill)
        return process

    def worker(self, name, value="1"):
        return self.start(
            *("worker", self.address, "--name", name, "--nthreads", "1", "--no-dashboard"),
            *("--no-nanny", "--host", "127.0.0.1", "--memory-limit", "0"),
            *("--lifetime", f"{LONGEST} s", "--death-timeout", f"{LONGEST} s"),
            *("--local-directory", self.root / f"scratch-{name}"),
            env=self.machine(name, value),
        )

    def run(self, *arguments):
        process = subprocess.Popen(
            [
                *(sys.executable, "-c", "from helpers.cli import main; main()", "run"),
                *("--out", str(self.root / "out"), "--cluster", self.address, *arguments),
            ],
            env=self.machine("head"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        self.stack.callback(process.kill)
        return process


@pytest.fixture
def cluster(tmp_path_factory):
    with contextlib.ExitStack() as stack:
        # A short name, since sockets of kernels are to fit below it.
        yield Cluster(tmp_path_factory.mktemp("c"), stack)


def test_a_killed_worker_loses_nothing(cluster):
    workers = {name: cluster.worker(name) for name in ("first", "second")}
    head = cluster.run()
    # Both are in the middle of a notebook.
    wait_for(lambda: head.poll() or cluster.begun() == 2)
    assert head.poll() is None, head.communicate()
    workers["first"].send_signal(signal.SIGKILL)
    lost = next(cluster.marks.glob("first-*")).name.partition("-")[2]
    (cluster.marks / "go").touch()
    out, err = head.communicate(timeout=PATIENCE)
    assert "3 of 4 went well, 1 failed" in out, err
    assert "ZeroDivisionError" in out
    assert (cluster.marks / f"second-{lost}").is_file()
    assert cluster.printed() == WHOLE


def test_a_scheduler_that_dies_ends_the_run_with_a_message(cluster):
    cluster.worker("only")
    head = cluster.run()
    wait_for(lambda: head.poll() or cluster.begun())
    cluster.scheduler.kill()
    out, err = head.communicate(timeout=PATIENCE)
    assert head.returncode == 2
    assert f"Error: the Dask scheduler at {cluster.address} has gone" in err
    assert "Traceback" not in out + err
    assert [path.name for path in (cluster.root / "out").iterdir()] == [".runs.sqlite"]


KINDS = list(itertools.product(["worker", "scheduler"], ["SIGKILL", "SIGTERM", "SIGINT"]))


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="looks at processes as Linux shows them")
@pytest.mark.parametrize("number", range(24))
def test_a_signal_to_the_cluster_at_any_moment_costs_nothing_but_time(cluster, number):
    rng = random.Random(number)
    kind, signum = KINDS[number % len(KINDS)]
    workers = [cluster.worker(name) for name in ("first", "second")]
    (cluster.marks / "go").touch()
    head, begun = cluster.run(), rng.randrange(4)
    wait_for(lambda: head.poll() or cluster.begun() >= begun)
    time.sleep(rng.random())
    target = rng.choice(workers) if kind == "worker" else cluster.scheduler
    target.send_signal(getattr(signal, signum))
    out, err = head.communicate(timeout=PATIENCE)
    assert "Traceback" not in out + err
    if kind == "worker" or "4/4" in out:
        assert "3 of 4 went well, 1 failed" in out, err
    else:
        assert re.search("has gone, with the runs it had|no Dask scheduler answers", err), out
    assert cluster.printed().items() <= WHOLE.items()
    for process in (*workers, cluster.scheduler):
        process.kill()
        process.wait()
    cluster.begin()
    last = cluster.worker("last")
    out, err = cluster.run().communicate(timeout=PATIENCE)
    assert ", 1 failed;" in out, err
    assert cluster.printed() == WHOLE
    assert {path.name for path in (cluster.root / "out").iterdir()} == {
        *(".runs.sqlite", *(f"{name}.ipynb" for name in WHOLE))
    }
    last.terminate()
    last.wait(PATIENCE)
    wait_for(lambda: not processes.marked(f"MARKS={cluster.marks}"))
    assert list(cluster.temporary.iterdir()) == []


def test_what_a_worker_has_read_is_remembered_here(cluster):
    cluster.worker("only")
    (cluster.marks / "go").touch()
    out, _ = cluster.run("01").communicate(timeout=PATIENCE)
    assert "3 of 3 went well" in out, out
    records = read_records(cluster.root / "out")
    assert {"data/a.csv", "notebook", "helpers"} <= set(records["01_waits"].inputs)
    out, _ = cluster.run("01").communicate(timeout=PATIENCE)
    assert out.startswith("3 of 3 runs are up to date.")


def test_a_worker_that_differs_is_refused(cluster):
    cluster.worker("other", value="2")
    _, err = cluster.run().communicate(timeout=PATIENCE)
    assert "these workers would give other results" in err
    assert "data/a.csv differs" in err
    assert "Traceback" not in err
    assert not list((cluster.root / "out").glob("*.ipynb"))


def test_no_scheduler(tmp_path, cluster):
    cluster.scheduler.kill()
    cluster.scheduler.wait()
    head = cluster.run()
    _, err = head.communicate(timeout=PATIENCE)
    assert head.returncode == 2
    assert f"no Dask scheduler answers at {cluster.address}" in err


@pytest.fixture
def house(tmp_path):
    for name in ("code/a.py", "data/a.csv"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("1", encoding="utf-8")
    return Project(tmp_path, tmp_path / "code", {"data": tmp_path / "data"})


def test_differences_are_named(house, tmp_path):
    assert differences(lambda: house, fingerprint(house)) == []
    other = {**fingerprint(house), "python": "2.7", "data/b.csv": "3", "helpers/a.py": "4"}
    del other["data/a.csv"]
    python, *files = reversed(differences(lambda: house, other))
    assert sorted(files) == [
        *("data/a.csv differs", "data/b.csv is missing there", "helpers/a.py differs")
    ]
    assert python.endswith("there, 2.7 here")


def test_a_worker_that_has_changed_since_refuses(house):
    run = SentRun(Path("01.ipynb"), {}, "01", b"")
    outcome = execute_there(run, lambda: house, {**fingerprint(house), "pandas": "0.1"}, Limits())
    assert outcome.notebook is None
    assert outcome.error.startswith("refused by a worker: pandas is ")
