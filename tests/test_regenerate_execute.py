"""What happens when notebooks really run: kernels of this environment, errors kept.

Each kernel takes about a second, so the notebooks run once for all tests.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from notebook_maker import asking, code, printed, write

from helpers.regenerate.execute import execute_run, refresh_run
from helpers.regenerate.plan import Run

ENVIRONMENT = """\
import os, sys
print(sys.executable, os.getcwd(), os.environ["MPLBACKEND"], sep="|")"""
COMMAND = [sys.executable, "-c", "from helpers.cli import main; main()"]
NUMBER = "n: int = 1  # a number"
PLAN = """\
01_here:
  - {}
  - {n: 2}
02_fails: [{}]
03_dies: [{}]
04_after: [{}]
"""


@pytest.fixture(scope="module")
def shadow(tmp_path_factory):
    """A folder of kernels, as a user may have, whose python3 is another interpreter."""
    folder = tmp_path_factory.mktemp("jupyter")
    spec = folder / "kernels" / "python3" / "kernel.json"
    spec.parent.mkdir(parents=True)
    argv = [str(folder / "no-such-python"), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    content = {"argv": argv, "display_name": "Another Python", "language": "python"}
    spec.write_text(json.dumps(content), encoding="utf-8")
    return folder


def coalition(*arguments, **environment):
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        env={**os.environ, **{name: str(value) for name, value in environment.items()}},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    # Braces and spaces: papermill would fill in the braces.
    folder = tmp_path_factory.mktemp("some {n} notebooks")
    asking(folder / "01_here.ipynb", NUMBER, "print(n)", ENVIRONMENT)
    asking(
        folder / "02_fails.ipynb", NUMBER, "print(n)", "raise ValueError('no 3\\nor 4')", "print(9)"
    )
    asking(folder / "03_dies.ipynb", NUMBER, "print('alive')", "import os; os._exit(1)")
    asking(folder / "04_after.ipynb", NUMBER, "print('still here')")
    (folder / "plan.yml").write_text(PLAN, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def ran(folder, shadow, tmp_path_factory):
    """``coalition run`` of the whole plan, in an environment that is in the way."""
    out = tmp_path_factory.mktemp("out") / "new" / "build"
    ipython = tmp_path_factory.mktemp("ipython")
    done = coalition(
        *("run", "--out", out, "--jobs", 1),
        COALITION_NOTEBOOKS=folder,
        IPYTHONDIR=ipython,
        JUPYTER_PATH=shadow,
        MPLBACKEND="Agg",
    )
    done.out, done.ipython = out, ipython
    return done


def read(path):
    return json.loads(Path(path).read_text(encoding="utf-8"))


def output_text(notebook):
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    outputs = [output for cell in cells for output in cell["outputs"]]
    return "".join("".join(output.get("text", "")) for output in outputs)


def test_says_what_happened_and_nothing_else(ran):
    lines = ran.stdout.splitlines()
    assert [re.sub(r"\d+\.\d s", "N s", line) for line in lines[:5]] == [
        "[1/5] 01_here  N s  done",
        "[2/5] 01_here__n-2  N s  done",
        "[3/5] 02_fails  N s  FAILED",
        "[4/5] 03_dies  N s  FAILED",
        "[5/5] 04_after  N s  done",
    ]
    assert "02_fails: cell [4]: ValueError: no 3\nor 4\n" in ran.stdout
    assert "DeadKernelError" in ran.stdout
    assert "3 of 5 went well, 2 failed" in ran.stdout
    assert lines[-1] == f"Look at: {ran.out}"
    # Neither papermill's log and bar nor warnings of the kernels.
    assert ran.stderr == ""


def test_a_failure_ends_with_code_1_and_the_others_still_run(ran):
    assert ran.returncode == 1
    assert sorted(path.name for path in ran.out.iterdir()) == [
        ".runs.sqlite",
        "01_here.ipynb",
        "01_here__n-2.ipynb",
        "02_fails.ipynb",
        "03_dies.ipynb",
        "04_after.ipynb",
    ]
    assert output_text(read(ran.out / "04_after.ipynb")) == "still here\n"


def test_nothing_goes_into_the_history_of_what_the_user_typed(ran):
    assert list(ran.ipython.rglob("history*")) == []


def test_a_failed_notebook_is_kept_with_its_error(ran):
    failed = read(ran.out / "02_fails.ipynb")
    assert output_text(failed) == "1\n"
    (error,) = [
        output
        for cell in failed["cells"]
        for output in cell.get("outputs", [])
        if output["output_type"] == "error"
    ]
    assert error["ename"] == "ValueError"
    assert "An Exception was encountered" in "".join(failed["cells"][0]["source"])


def test_a_dead_kernel_is_an_error_of_its_cell(ran):
    dead = read(ran.out / "03_dies.ipynb")
    assert output_text(dead) == "alive\n"
    assert dead["cells"][-1]["outputs"][0]["ename"] == "DeadKernelError"


def test_executed_notebooks_hold_all_their_parameters(ran):
    for name, number in (("01_here", 1), ("01_here__n-2", 2)):
        executed = read(ran.out / f"{name}.ipynb")
        injected = executed["cells"][2]
        assert injected["metadata"]["tags"] == ["injected-parameters"]
        assert "".join(injected["source"]) == f"# Parameters\nn = {number}\n"
        assert output_text(executed).startswith(f"{number}\n")


def test_the_kernel_is_this_environments(ran, folder, shadow, monkeypatch):
    from jupyter_client.kernelspec import get_kernel_spec  # noqa: PLC0415

    # What any other tool would take, so that this test can fail.
    monkeypatch.setenv("JUPYTER_PATH", str(shadow))
    assert "no-such-python" in get_kernel_spec("python3").argv[0]
    line = output_text(read(ran.out / "01_here.ipynb")).splitlines()[1]
    executable, cwd, backend = line.split("|")
    assert executable == sys.executable
    assert Path(cwd) == folder.resolve()
    assert "inline" in backend


def test_executing_again_gives_the_same_bytes(ran, folder):
    where = Path.cwd()
    outcome = execute_run(Run((folder / "01_here.ipynb").resolve(), {"n": 2}, "again"))
    assert Path.cwd() == where
    assert outcome.error == ""
    assert outcome.seconds > 0
    assert outcome.notebook == (ran.out / "01_here__n-2.ipynb").read_bytes()


def test_a_file_that_is_no_notebook_is_an_outcome(tmp_path):
    path = tmp_path / "a.ipynb"
    path.write_text("<<<<<<< HEAD", encoding="utf-8")
    outcome = execute_run(Run(path, {}, "a"))
    assert outcome.notebook is None
    assert outcome.error


@pytest.mark.filterwarnings("ignore:kernels start as usual")
def test_a_kernel_that_never_starts_is_an_outcome(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-such-python"))
    outcome = execute_run(Run(asking(tmp_path / "a.ipynb", NUMBER), {}, "a"))
    assert "no-such-python" in outcome.error


def test_outputs_that_name_a_folder_of_this_machine_are_not_to_be_stored(folder):
    outcome = refresh_run(Run((folder / "01_here.ipynb").resolve(), {}, "01_here"))
    assert "cell [3] shows the path" in outcome.error


STORED = """\
import sys
for number in range(3):
    print(number, flush=True)
    print("w", number, file=sys.stderr, flush=True)"""


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory):
    """``coalition refresh``, twice."""
    folder = tmp_path_factory.mktemp("stored")
    (folder / "data.csv").write_text("7", encoding="utf-8")
    cell = code("n: int = 1  # a number", tags=("parameters",))
    stale = {**code(STORED, 7), "outputs": [printed("of yesterday\n")]}
    write(folder / "01_good.ipynb", cell, stale, code("print(n, open('data.csv').read())"))
    write(folder / "02_bad.ipynb", cell, code("1 / 0"))
    before = {path.name: path.read_bytes() for path in folder.glob("*.ipynb")}
    first = coalition("refresh", COALITION_NOTEBOOKS=folder)
    stored = (folder / "01_good.ipynb").read_bytes()
    os.utime(folder / "01_good.ipynb", (1, 1))
    again = coalition("refresh", "01", COALITION_NOTEBOOKS=folder)
    return folder, before, first, stored, again


def test_refresh_stores_outputs_in_order(refreshed):
    _, _, first, stored, _ = refreshed
    assert first.returncode == 1, first.stderr
    assert first.stderr == ""
    assert "01_good" in first.stdout and "rewritten" in first.stdout
    cells = json.loads(stored)["cells"]
    assert [cell["execution_count"] for cell in cells] == [1, 2, 3]
    assert [cell["id"] for cell in cells] == ["cell-0", "cell-1", "cell-2"]
    assert "".join(cells[2]["outputs"][0]["text"]) == "1 7\n"
    assert [(o["name"], len(o["text"])) for o in cells[1]["outputs"]] == [
        *(("stdout", 3), ("stderr", 3))
    ]
    assert b"injected" not in stored and b"papermill" not in stored and b'execution"' not in stored


def test_refresh_again_changes_nothing(refreshed):
    folder, _, _, stored, again = refreshed
    assert again.returncode == 0, again.stderr
    assert "unchanged" in again.stdout
    assert (folder / "01_good.ipynb").read_bytes() == stored
    assert (folder / "01_good.ipynb").stat().st_mtime == 1


def test_refresh_leaves_a_failing_notebook_as_it_was(refreshed):
    folder, before, first, _, _ = refreshed
    assert (folder / "02_bad.ipynb").read_bytes() == before["02_bad.ipynb"]
    assert "FAILED, left as it was" in first.stdout
    assert "02_bad: cell [2]: ZeroDivisionError: division by zero" in first.stdout
    assert sorted(path.name for path in folder.iterdir()) == [
        *("01_good.ipynb", "02_bad.ipynb", "data.csv")
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="uses a limit and a variable of Linux")
@pytest.mark.parametrize("files", [30, 40, 190])
def test_few_open_files_are_said(folder, tmp_path, files):
    import resource  # noqa: PLC0415

    done = subprocess.run(
        [*COMMAND, "run", "01", "--jobs", "2", "--out", str(tmp_path)],
        env={**os.environ, "COALITION_NOTEBOOKS": str(folder)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files)),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 2
    assert re.search(
        rf"2 jobs need \d+ open files, and the system allows {files}; allow more", done.stderr
    )


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_for(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal of Unix")
@pytest.mark.parametrize(
    "number", ["SIGINT", "SIGTERM", pytest.param("SIGHUP", marks=pytest.mark.long)]
)
def test_an_interrupt_leaves_no_kernel_and_no_half_file(tmp_path, number):
    sign = tmp_path / "pid"
    slow = f"import os, pathlib, time\npathlib.Path({str(sign)!r}).write_text(str(os.getpid()))"
    asking(tmp_path / "nb" / "01_quick.ipynb", NUMBER)
    asking(tmp_path / "nb" / "02_slow.ipynb", NUMBER, f"{slow}\nwhile True: print('x' * 30_000)")
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    # Whatever is started in the background, as in some CI, ignores interrupts.
    heeding = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    process = subprocess.Popen(
        [
            *COMMAND[:-1],
            f"{heeding}; {COMMAND[-1]}",
            "run",
            "01",
            "02",
            "--jobs",
            "1",
            "--max-output",
            "1e9",
            "--out",
            str(tmp_path / "out"),
        ],
        env={**os.environ, "COALITION_NOTEBOOKS": str(tmp_path / "nb"), "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    wait_for(lambda: sign.is_file() and sign.read_text(encoding="utf-8"))
    process.send_signal(getattr(signal, number))
    out, err = process.communicate(timeout=30)
    assert process.returncode == 128 + getattr(signal, number)
    assert list(temporary.iterdir()) == []
    assert err.strip() == (
        "Interrupted in 02_slow. What is written is whole; the same command goes on from there."
    )
    assert "1 of 2 went well, 0 failed, 1 not run" in out
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        *(".runs.sqlite", "01_quick.ipynb")
    ]
    kernel = int(sign.read_text(encoding="utf-8"))
    wait_for(lambda: not is_alive(kernel))
    status = coalition(
        "status", "01", "02", "--out", tmp_path / "out", COALITION_NOTEBOOKS=tmp_path / "nb"
    )
    assert status.stdout.splitlines()[:2] == ["01_quick  up to date", "02_slow  never run"]
