"""The command: what it refuses before anything runs, and what it does not import."""

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from notebook_maker import asking

import helpers
from helpers.cli import main
from helpers.regenerate import batch, executors
from helpers.regenerate.execute import Outcome
from helpers.regenerate.store import open_store

TYPES = """\
account: Account = "essay"  # whose picture of the world
least: int = 2  # the least number of states
strict: bool = False  # drop what is open"""
PLAN = "01_types:\n  - {}\n  - {least: 3}\n02_plain:\n  - {}\n"
EXECUTED = b'{"cells": [{"cell_type": "markdown", "metadata": {}, "source": "# What came of it"}]}'
NO_SUCH = ["--no-such-option"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    folder = tmp_path / "notebooks"
    asking(folder / "01_types.ipynb", TYPES, question="Who supports whom?")
    asking(folder / "02_plain.ipynb", "")
    (folder / "plan.yml").write_text(PLAN, encoding="utf-8")
    monkeypatch.setenv("COALITION_NOTEBOOKS", str(folder))
    monkeypatch.setattr("helpers.parameters.ALLOWED", {"Account": lambda: ("essay", "record")})
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def execute(monkeypatch):
    """Put a function in the place of the execution; no process is to be started for it."""

    def put(function):
        monkeypatch.setattr(executors, "execute_run", lambda run, *_, **__: function(run))
        monkeypatch.setattr(executors, "refresh_run", function)
        monkeypatch.setattr(executors, "warm_kernels", contextlib.nullcontext)

    return put


@pytest.fixture
def ran(execute):
    """The runs that would have been executed."""
    runs = []

    def note(run):
        runs.append(run)
        return Outcome(run.name, 0.1, EXECUTED, reads={})

    execute(note)
    return runs


def notebooks(folder):
    return sorted(path.stem for path in folder.glob("*.ipynb"))


def call(*arguments):
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def test_runs_the_plan_into_build(folder, ran, tmp_path):
    done = call("run")
    assert done.exit_code == 0
    names = ["01_types", "01_types__least-3", "02_plain"]
    assert sorted(run.name for run in ran) == names
    assert notebooks(tmp_path / "build") == names
    assert done.stdout.endswith(f"Look at: {tmp_path / 'build'}\n")


def test_runs_one_notebook_with_given_values(folder, ran, tmp_path):
    done = call("run", "01", "-p", "account", "record", "-p", "strict", "true", "--out", "x/y")
    assert done.exit_code == 0
    (run,) = ran
    assert run.parameters == {"account": "record", "least": 2, "strict": True}
    assert (tmp_path / "x" / "y" / "01_types__account-record__strict-true.ipynb").is_file()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["01", "-p", "acount", "essay"], "no parameter 'acount' (did you mean 'account'?)"),
        (["01", "-p", "acount", "essay"], "allowed: account, least, strict"),
        (["01", "-p", "account", "esay"], "did you mean 'essay'?); allowed: essay, record"),
        (["01", "-p", "least", "two"], "least: 'two' (str) is not a whole number (int)"),
        (["01", "-p", "strict", "1"], "is not true or false (bool)"),
        (["01", "02", "-p", "least", "3"], "02_plain: no parameter 'least'; allowed: none"),
        (["-p", "least", "3"], "-p needs a notebook"),
        (["01_typse"], "no notebook '01_typse' (did you mean '01_types'?)"),
        (["01_typse"], "allowed: 01_types, 02_plain"),
        (["01", "--out", "notebooks"], "choose another --out"),
        (["01", "--out", "notebooks/plan.yml"], "cannot be a folder"),
        (["01", "-p", "least"], "requires 2 arguments"),
        (NO_SUCH, "No such option"),
    ],
)
def test_stops_before_anything_runs(folder, ran, tmp_path, arguments, message):
    done = call("run", *arguments)
    assert done.exit_code == 2
    assert message in done.stderr
    assert "Traceback" not in done.output
    assert done.stdout == ""
    assert not ran
    assert not (tmp_path / "build").exists()


def test_what_is_up_to_date_is_left_out(folder, ran):
    assert call("run").exit_code == 0
    ran.clear()
    done = call("run")
    assert done.stdout.startswith("3 of 3 runs are up to date.\nLook at: ")
    assert not ran
    assert call("run", "01", "-p", "least", "4").exit_code == 0
    assert [run.parameters["least"] for run in ran] == [4]
    ran.clear()
    assert call("run", "02", "--force").exit_code == 0
    assert [run.name for run in ran] == ["02_plain"]


def test_status_says_what_would_run_and_why(folder, ran, tmp_path):
    assert call("status").stdout == (
        "01_types  never run\n"
        "01_types__least-3  never run\n"
        "02_plain  never run\n"
        "\n"
        "3 of 3 runs would be executed.\n"
    )
    assert not (tmp_path / "build").exists()
    call("run")
    (tmp_path / "build" / "01_types.ipynb").unlink()
    asking(folder / "02_plain.ipynb", "", "print()")
    assert call("status").stdout.splitlines()[:3] == [
        "01_types  its file is missing",
        "01_types__least-3  up to date",
        "02_plain  changed: notebook",
    ]


def test_one_command_at_a_time(folder, ran, tmp_path):
    (tmp_path / "build").mkdir()
    with open_store(tmp_path / "build"):
        for command in ("run", "status"):
            done = call(command)
            assert done.exit_code == 2
            assert "another command is running notebooks into" in done.stderr
    assert not ran
    assert call("run").exit_code == 0


def test_a_failed_or_interrupted_run_is_done_again(folder, execute):
    execute(lambda run: Outcome(run.name, 1.0, b"x", "no" if "least" in run.name else "", {}))
    assert call("run").exit_code == 1
    again = []

    def interrupt(run):
        again.append(run.name)
        raise KeyboardInterrupt

    execute(interrupt)
    assert call("run").exit_code == 130
    assert call("status").stdout.splitlines()[1] == "01_types__least-3  failed last time"
    assert again == ["01_types__least-3"]


def test_jobs_are_for_this_machine(folder, ran):
    done = call("run", "--jobs", "2", "--cluster", "tcp://127.0.0.1:1")
    assert done.exit_code == 2
    assert "--jobs is for this machine" in done.stderr


def test_a_wrong_plan_stops_every_run_of_it(folder, ran):
    with (folder / "plan.yml").open("a", encoding="utf-8") as file:
        file.write("  - {least: 3}\n")
    done = call("run")
    assert done.exit_code == 2
    assert "Error: plan.yml, line 6: 02_plain: no parameter 'least'; allowed: none" in done.stderr
    assert not ran


def test_data_that_cannot_be_read_is_said(folder, ran, monkeypatch):
    def broken():
        raise ValueError("accounts.csv, line 2: too few cells")

    monkeypatch.setattr("helpers.parameters.ALLOWED", {"Account": broken})
    for command in ("list", "run", "refresh"):
        done = call(command)
        assert done.exit_code == 2
        assert "accounts.csv, line 2: too few cells" in done.stderr
    assert not ran


def test_a_failed_run_ends_with_code_1(folder, execute):
    execute(lambda run: Outcome(run.name, 1.0, b"x", "no"))
    assert call("run").exit_code == 1


def test_an_interrupt_ends_with_code_130(folder, execute):
    def interrupt(run):
        raise KeyboardInterrupt

    execute(interrupt)
    done = call("run")
    assert done.exit_code == 130
    assert "Interrupted" in done.stderr


def test_a_full_disk_is_said(folder, ran, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device", "build/01_types.ipynb")

    monkeypatch.setattr(batch, "write_whole", full)
    done = call("run")
    assert done.exit_code == 1
    assert "No space left on device: 'build/01_types.ipynb'" in done.stderr


def test_refresh_takes_all_notebooks_or_some(folder, ran):
    assert call("refresh").exit_code == 0
    assert [(run.name, run.parameters) for run in ran] == [("01_types", {}), ("02_plain", {})]
    assert (folder / "01_types.ipynb").read_bytes() == EXECUTED
    ran.clear()
    assert call("refresh", "02", "02_plain").exit_code == 0
    assert [run.name for run in ran] == ["02_plain"]


def test_lists_notebooks_for_people(folder):
    done = call("list")
    assert done.exit_code == 0
    assert done.stdout == (
        "01_types\n"
        "  Who supports whom?\n"
        '  -p account  Account, default "essay"\n'
        "       whose picture of the world\n"
        "       allowed: essay, record\n"
        "  -p least  int, default 2\n"
        "       the least number of states\n"
        "  -p strict  bool, default false\n"
        "       drop what is open\n"
        "\n"
        "02_plain\n"
        "  What is it?\n"
    )


def test_lists_notebooks_for_programs(folder):
    first, second = json.loads(call("list", "--json").stdout)
    assert second["parameters"] == []
    assert first["notebook"] == "01_types"
    assert first["path"] == str(folder / "01_types.ipynb")
    assert first["question"] == "Who supports whom?"
    assert first["parameters"][0] == {
        "name": "account",
        "type": "Account",
        "default": "essay",
        "allowed": ["essay", "record"],
        "help": "whose picture of the world",
    }
    assert first["parameters"][1]["allowed"] is None


def test_the_folder_does_not_depend_on_where_one_is(folder, monkeypatch, tmp_path):
    monkeypatch.delenv("COALITION_NOTEBOOKS")
    monkeypatch.chdir(tmp_path)
    from helpers.cli.repository import notebooks_folder  # noqa: PLC0415

    assert notebooks_folder() == Path(__file__).resolve().parents[1] / "notebooks"
    monkeypatch.setenv("COALITION_NOTEBOOKS", str(tmp_path / "empty"))
    done = call("list")
    assert done.exit_code == 2
    assert f"no notebooks in {tmp_path / 'empty'}" in done.stderr


def test_a_folder_that_is_named_relative_to_here_is_no_other_in_a_kernel(
    folder, monkeypatch, small_folder
):
    monkeypatch.chdir(small_folder.parent)
    monkeypatch.setenv("COALITION_DATA", small_folder.name)
    monkeypatch.setenv("COALITION_NOTEBOOKS", os.path.relpath(folder))
    assert call("list").exit_code == 0
    assert os.environ["COALITION_DATA"] == str(small_folder)
    assert os.environ["COALITION_NOTEBOOKS"] == str(folder)


@pytest.mark.parametrize("module", ["helpers", "helpers.cli"])
def test_is_a_module_too(module):
    done = subprocess.run(
        [sys.executable, "-m", module, "--version"],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, f"coalition, version {helpers.__version__}\n")


def commands():
    """Every command there is, those of groups in groups too."""
    found = [((), main)]
    for words, command in found:
        if isinstance(command, click.Group):
            found += [((*words, name), inner) for name, inner in command.commands.items()]
    return [words for words, _ in found]


@pytest.mark.parametrize("words", commands(), ids=lambda words: " ".join(words) or "coalition")
def test_help_has_an_example(words):
    for option in ("--help", "-h"):
        done = call(*words, option)
        assert done.exit_code == 0
        lines = done.stdout.splitlines()
        example = lines.index("  Example:")
        assert lines[example + 1].startswith(f"    coalition {' '.join(words)}".rstrip())


def test_version():
    assert helpers.__version__ in call("--version").stdout


HEAVY = ["pandas", "numpy", "matplotlib", "papermill", "jupyter_client", "nbformat", "IPython"]
LIGHT = f"""
import sys
from helpers.cli import main
for words in {[[*words, "--help"] for words in commands()] + [["list"], ["list", "--json"]]}:
    try:
        main(words)
    except SystemExit as end:
        assert not end.code, words
print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)
"""


def test_help_and_list_import_nothing_heavy(tmp_path):
    asking(tmp_path / "01_types.ipynb", "least: int = 2  # the least number")
    done = subprocess.run(
        [sys.executable, "-c", LIGHT],
        env={**os.environ, "COALITION_NOTEBOOKS": str(tmp_path)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip() == "[]"
    assert "least" in done.stdout


def test_a_closed_pipe_is_no_traceback(tmp_path):
    asking(tmp_path / "01_types.ipynb", "least: int = 2  # the least number")
    code = "import time; time.sleep(0.3)\nfrom helpers.cli import main; main(['list'])"
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "COALITION_NOTEBOOKS": str(tmp_path)},
        encoding="utf-8",
    ) as process:
        process.stdout.close()
        assert "Traceback" not in process.stderr.read()
