"""Notebooks that do their worst: each is said for what it is, the others are done, nothing is left.

The whole list takes minutes: ``pytest -m long``. A part of it runs always, in
``test_regenerate_limits``.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from notebook_maker import asking

from helpers.regenerate import processes

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes as Linux shows them"),
]
MARK = f"HOSTILE_TEST={os.getpid()}"
NUMBER = "n: int = 1  # a number"
STOPPED = r"LimitError: ran longer than the 5 s allowed \(--timeout\)"
MUCH = r"LimitError: put out \d+\.\d MB, where 10 MB are allowed \(--max-output\)"
HUNGRY = r"LimitError: took \d+ MB of memory, where 600 MB are allowed \(--max-memory\)"
DEAD = r"DeadKernelError: .*"
SHOW = "from IPython.display import HTML, display, clear_output\n"

# What a notebook does, and how it is reported; nothing if it went well all the same.
NOTEBOOKS = {
    "endless": ("while True: pass", STOPPED),
    "endless_and_deaf": (
        "while True:\n  try:\n    while True: pass\n  except BaseException: pass",
        STOPPED,
    ),
    "ignores_signals": (
        "import signal\nfor n in (2, 15): signal.signal(n, signal.SIG_IGN)\nwhile True: pass",
        STOPPED,
    ),
    "stops_itself": ("import os, signal; os.kill(os.getpid(), signal.SIGSTOP)", STOPPED),
    "prints_little_for_ever": ("while True: print(1, flush=True)", f"({STOPPED}|{MUCH})"),
    "prints_for_ever": ("while True: print('x' * 10_000)", MUCH),
    "prints_a_line_of_100_mb": ("print('x' * 100_000_000)", MUCH),
    "prints_100_mb_in_lines": ("for _ in range(1_000_000): print('x' * 99)", MUCH),
    "a_line_written_over": ("print('x\\r' * 2_000_000)", ""),
    "many_lines_written_over": ("print('xyz\\r\\n' * 1_000_000)", ""),
    "shows_50_mb_of_html": (SHOW + "display(HTML('<b>x</b>' * 6_250_000))", MUCH),
    "returns_50_mb": ("'x' * 50_000_000", MUCH),
    "shows_for_ever": (SHOW + "while True: display(1)", f"({STOPPED}|{MUCH})"),
    "clears_for_ever": (SHOW + "while True: clear_output(); print(1)", f"({STOPPED}|{MUCH})"),
    "updates_for_ever": (
        SHOW + "shown = display(1, display_id=True)\nwhile True: shown.update('x' * 1000)",
        f"({STOPPED}|{MUCH})",
    ),
    "an_error_of_50_mb": ("raise ValueError('x' * 50_000_000)", MUCH),
    "an_error_with_escapes": (
        r"raise ValueError('\x1b[2J\x1b]0;title\x07')",
        r"ValueError: \\x1b.*",
    ),
    "an_error_of_deep_recursion": ("def f(): f()\nf()", r"RecursionError: .*"),
    "memory": ("x = [b'1' * 100_000_000 for _ in range(40)]\nimport time; time.sleep(60)", HUNGRY),
    "memory_of_children": (
        "import subprocess, sys, time\n"
        "code = \"x = b'1' * 400_000_000; import time; time.sleep(60)\"\n"
        "started = [subprocess.Popen([sys.executable, '-c', code]) for _ in range(2)]\n"
        "time.sleep(60)",
        HUNGRY,
    ),
    "crashes": ("import ctypes; ctypes.string_at(0)", DEAD),
    "ends_itself": ("import os; os._exit(0)", DEAD),
    "kills_itself": ("import os; os.kill(os.getpid(), 9)", DEAD),
    "kills_its_group": ("import os; os.killpg(0, 9)", DEAD),
    "exits": ("import sys; sys.exit()", "SystemExit: the cells after it are not executed"),
    "exits_with_3": ("import sys; sys.exit(3)", "SystemExit: 3"),
    "closes_its_sockets": ("import os; os.closerange(3, 200); print(1)", ".+"),
    "asks": ("input('who? ')", r"StdinNotImplementedError: .*"),
    "lone_surrogates": (r"print('\ud800'); '\udfff'", None),
    "threads": (
        "import threading, time\n"
        "for _ in range(20): threading.Thread(target=time.sleep, args=(600,)).start()",
        "",
    ),
    "prints_in_the_background": (
        "import threading, time\n"
        "def say():\n  while True: print('x', end=''); time.sleep(0.01)\n"
        "threading.Thread(target=say, daemon=True).start()",
        "",
    ),
    "children": ("import subprocess; subprocess.Popen(['sleep', '600'])", ""),
    "children_of_their_own": (
        "import subprocess; subprocess.Popen(['sleep', '600'], start_new_session=True)",
        "",
    ),
    "orphans": ("import subprocess; subprocess.run('setsid sleep 600 &', shell=True)", ""),
    "daemons": (
        "import os, time\nif os.fork() == 0:\n  os.setsid()\n"
        "  if os.fork() == 0: time.sleep(600)\n  os._exit(0)\nos.wait()",
        "",
    ),
    "removes_temporary_files": (
        "import pathlib, shutil, re\n"
        "for found in set(re.findall('[^\"=]*coalition-run-[a-z0-9_]*', "
        "pathlib.Path('/proc/self/environ').read_text().replace('\\0', '\"'))):\n"
        "    shutil.rmtree(found, ignore_errors=True)",
        None,
    ),
    "removes_outputs_and_store": ("import shutil; shutil.rmtree({out!r}, ignore_errors=True)", ""),
    "a_folder_for_an_output": (
        "import pathlib\nplace = pathlib.Path({out!r}, 'z_a_folder_for_an_output.ipynb')\n"
        "place.mkdir(parents=True); (place / 'x').touch()",
        r".*cannot be written.*",
    ),
    "removes_its_notebook": (
        "import pathlib; pathlib.Path('removes_its_notebook.ipynb').unlink()",
        "",
    ),
    "leaves_for_elsewhere": ("import os; os.chdir('/')", ""),
}


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    place = tmp_path_factory.mktemp("hostile")
    folder, out, temporary = (place / name for name in ("nb", "out", "tmp"))
    temporary.mkdir()
    for name, (source, expected) in NOTEBOOKS.items():
        limits = {"timeout": 5 if STOPPED in (expected or "") else 100, "max_memory": 600}
        text = source.replace("{out!r}", repr(str(out)))
        stem = f"z_{name}" if name == "a_folder_for_an_output" else name
        # Kernels of the same server find its folder gone.
        stem = f"zzz_{name}" if name == "removes_temporary_files" else stem
        path = asking(folder / f"{stem}.ipynb", NUMBER, text)
        content = json.loads(path.read_text(encoding="utf-8"))
        content["metadata"]["coalition"] = limits
        path.write_text(json.dumps(content), encoding="utf-8")
    asking(folder / "zz_good.ipynb", NUMBER, "print('good')")
    names = sorted(path.stem for path in folder.iterdir())
    plan = "".join(f"{name}: [{{}}]\n" for name in names)
    (folder / "plan.yml").write_text(plan, encoding="utf-8")
    name, value = MARK.split("=")
    told = {"COALITION_NOTEBOOKS": str(folder), "TMPDIR": str(temporary), name: value}
    done = subprocess.run(
        [sys.executable, "-m", "helpers", "run", "--out", str(out), "--jobs", "2"],
        env={**os.environ, **told},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=1500,
    )
    done.folder, done.out, done.temporary = folder, out, temporary
    done.said = dict(re.findall(r"^(?:z+_)?(\w+): (.*)$", done.stdout, re.MULTILINE))
    return done


def test_the_run_ends_by_itself_and_says_nothing_else(ran):
    assert ran.returncode == 1
    assert "Traceback" not in ran.stdout + ran.stderr
    assert f"of {len(NOTEBOOKS) + 1} went well" in ran.stdout
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", ran.stdout + ran.stderr)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_each_is_said_for_what_it_is(ran, name):
    expected = NOTEBOOKS[name][1]
    said = ran.said.get(name, "")
    if expected is not None:
        assert re.fullmatch(rf"(?:cell \[3\]: )?{expected}" if expected else "", said), said


def test_the_others_are_done(ran):
    cells = json.loads((ran.out / "zz_good.ipynb").read_text(encoding="utf-8"))["cells"]
    assert [o["text"] for cell in cells for o in cell.get("outputs", [])] == [["good\n"]]


def test_nothing_is_left(ran):
    assert processes.marked(MARK) == []
    assert list(Path(ran.temporary).iterdir()) == []
    assert not [path.name for path in ran.out.iterdir() if "draft" in path.name]
