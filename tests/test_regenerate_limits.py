"""Notebooks that misbehave are ended and named for what they did; the others are done."""

import asyncio
import json
import os
import re
import subprocess
import sys
import time

import pytest
from notebook_maker import asking

from helpers.regenerate import processes
from helpers.regenerate.engine import Client
from helpers.regenerate.errors import RegenerateError
from helpers.regenerate.limits import DEFAULTS, Limits, limits_of, read_limits
from helpers.regenerate.running_kernels import RunningKernel

COMMAND = [sys.executable, "-c", "from helpers.cli import main; main()"]
NUMBER = "n: int = 1  # a number"
SETTINGS = """\
import matplotlib, pandas
print(pandas.get_option("display.max_rows"), matplotlib.rcParams["figure.dpi"], sep="|")"""
SLEEP = f"sleep 7{os.getpid():07}"
STARTS = f"import subprocess; subprocess.Popen({SLEEP.split()}"
NOTEBOOKS = {
    "01_line": ("print('x' * 1_000_000)", {}),
    "02_once": ("print('x' * 30_000_000)", {}),
    "03_many": ("while True: print('x' * 10_000, flush=True)", {"max_output": 2}),
    "04_loop": ("while True: pass", {"timeout": 500}),
    "05_stop": ("import os, signal; os.kill(os.getpid(), signal.SIGSTOP)", {"timeout": 2}),
    "06_memory": ("x = b'1' * 700_000_000\nimport time; time.sleep(60)", {"max_memory": 600}),
    "07_error": ("raise ValueError('\\x1b[2J' + 'y' * 30_000_000)", {}),
    "08_odd": ("print(1)", {"timout": 2}),
    "09_clears": (
        "import os, pathlib, re\n"
        "for found in re.findall(r'/[^\"\\0]*reads-[^\"\\0]*', "
        "pathlib.Path('/proc/self/environ').read_text()): os.unlink(found)\nprint('cleared')",
        {},
    ),
    "10_good": (SETTINGS, {}),
    "11_child": (f"{STARTS}, start_new_session=True)\nprint('started')", {}),
    "12_orphan": (f"import subprocess; subprocess.run('setsid {SLEEP} &', shell=True)", {}),
    "14_exits": ("import sys; sys.exit()", {}),
    "13_both": (f"{STARTS}, start_new_session=True)\nwhile True: pass", {"timeout": 2}),
}


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """``coalition run`` of all of them, for a user who has set a lot for work of their own."""
    folder, home = tmp_path_factory.mktemp("nb"), tmp_path_factory.mktemp("home")
    for name, (source, limits) in NOTEBOOKS.items():
        path = asking(folder / f"{name}.ipynb", NUMBER, source)
        content = json.loads(path.read_text(encoding="utf-8"))
        content["metadata"]["coalition"] = limits
        path.write_text(json.dumps(content), encoding="utf-8")
    lines = {**dict.fromkeys(NOTEBOOKS, "{}"), "04_loop": "{coalition: {timeout: 2}}"}
    plan = "".join(f"{name}: [{run}]\n" for name, run in lines.items())
    (folder / "plan.yml").write_text(plan, encoding="utf-8")
    option = "import pandas; pandas.set_option('display.max_rows', 5)"
    for place in ("ipython/profile_default/startup/a.py", "startup.py"):
        (home / place).parent.mkdir(parents=True, exist_ok=True)
        (home / place).write_text(option, encoding="utf-8")
    (home / "matplotlibrc").write_text("figure.dpi: 7", encoding="utf-8")
    mine = {
        "COALITION_NOTEBOOKS": folder,
        "IPYTHONDIR": home / "ipython",
        "PYTHONSTARTUP": home / "startup.py",
        "MATPLOTLIBRC": home,
    }
    out = tmp_path_factory.mktemp("out")
    done = subprocess.run(
        [*COMMAND, "run", "--out", str(out), "--jobs", "2"],
        env={**os.environ, **{name: str(value) for name, value in mine.items()}},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
    done.out = out
    done.said = dict(re.findall(r"^(\d\d_\w+): (.*)$", done.stdout, re.MULTILINE))
    return done


def printed(ran, name):
    cells = json.loads((ran.out / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return "".join("".join(output.get("text", "")) for output in outputs)


def test_each_is_reported_for_what_it_is(ran):
    assert ran.returncode == 1, ran.stderr
    assert ran.stderr == ""
    limit = r"cell \[3\]: LimitError: "
    expected = {
        "02_once": rf"{limit}put out 3\d\.\d MB, where 10 MB are allowed \(--max-output\)",
        "03_many": rf"{limit}put out 2\.0 MB, where 2 MB are allowed \(--max-output\)",
        "04_loop": rf"{limit}ran longer than the 2 s allowed \(--timeout\)",
        "05_stop": rf"{limit}ran longer than the 2 s allowed \(--timeout\)",
        "06_memory": rf"{limit}took \d+ MB of memory, where 600 MB are allowed \(--max-memory\)",
        "14_exits": r"cell \[3\]: SystemExit: the cells after it are not executed",
        "13_both": rf"{limit}ran longer than the 2 s allowed \(--timeout\)",
        "07_error": rf"{limit}put out \d+\.\d MB, .*",
        "08_odd": r".*no limit 'timout' \(did you mean 'timeout'\?\); allowed: timeout, max_.*",
    }
    if sys.platform != "linux":
        del expected["06_memory"], ran.said["06_memory"]
    assert set(ran.said) == set(expected)
    for name, pattern in expected.items():
        assert re.fullmatch(pattern, ran.said[name]), ran.said[name]
    assert "\x1b" not in ran.stdout


def test_the_others_are_done(ran):
    assert printed(ran, "01_line") == "x" * 1_000_000 + "\n"
    assert len(printed(ran, "03_many")) > 1_000_000
    if sys.platform == "linux":
        assert printed(ran, "09_clears") == "cleared\n"


@pytest.mark.skipif(sys.platform != "linux", reason="where processes can be seen")
def test_nothing_that_they_have_started_is_left(ran):
    assert printed(ran, "11_child") == "started\n"
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    assert SLEEP not in listed.stdout.splitlines()


def test_what_a_user_has_set_for_other_work_is_not_there(ran):
    assert printed(ran, "10_good") == "60|100.0\n"


def test_limits_are_those_asked_for_then_the_plans_then_the_notebooks_then_the_defaults():
    assert limits_of({}).over(DEFAULTS) == DEFAULTS
    stated = limits_of({"coalition": {"timeout": 5, "max_memory": 6.5}})
    assert Limits(timeout=3).over(stated).over(DEFAULTS) == Limits(3, 6.5, DEFAULTS.max_output)


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ([], "limits by name are expected: timeout, max_memory, max_output"),
        ({"timout": 3}, r"no limit 'timout' \(did you mean 'timeout'\?\); allowed: timeout, max"),
        ({"timeout": "3"}, "timeout: '3' is not a number above 0"),
        ({"timeout": True}, "timeout: True is not"),
        ({"max_output": 0}, "max_output: 0 is not"),
        ({"max_output": float("nan")}, "max_output: nan is not"),
    ],
)
def test_limits_that_are_none(stated, message):
    with pytest.raises(RegenerateError, match=message):
        read_limits(stated)
    with pytest.raises(RegenerateError, match=f"metadata, coalition: {message}"):
        limits_of({"coalition": stated})


def test_output_is_counted_until_it_is_too_much(monkeypatch):
    ended = []
    monkeypatch.setattr(RunningKernel, "kill", lambda kernel: ended.append(kernel.name))
    kernel = RunningKernel("a", Limits(max_output=1))
    assert [kernel.hear(600_000) for _ in range(2)] == [True, False]
    end = time.monotonic() + 30
    while not ended:
        assert time.monotonic() < end
        time.sleep(0.01)
    assert kernel.passed == "put out 1.2 MB, where 1 MB are allowed (--max-output)"


def test_a_look_at_a_kernel_that_is_put_away_finds_none():
    client = Client.__new__(Client)
    client.kc = None
    asyncio.run(client._async_poll_kernel_alive())


def held(number):
    return processes.memory(processes.family(number, processes.look()))


@pytest.mark.skipif(sys.platform != "linux", reason="where memory can be seen")
def test_memory_is_that_of_all_processes_of_a_session():
    code = "x = b'1' * 100_000_000; import sys; print(flush=True); sys.stdin.read()"
    script = f'({sys.executable} -c "{code}"); true'
    pipe = subprocess.PIPE
    with subprocess.Popen(
        ["sh", "-c", script], stdin=pipe, stdout=pipe, start_new_session=True
    ) as process:
        process.stdout.readline()
        assert 100_000_000 < held(process.pid) < 200_000_000
        process.stdin.close()
    assert held(process.pid) == 0
