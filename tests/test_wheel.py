"""The wheel: what it carries, and that it is enough without a clone."""

import json
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner
from kernel_runner import PATIENCE, wait_for
from tracked_files import tracked_files

from helpers import __version__
from helpers.cli import main, repository
from helpers.dataset.files import REPOSITORY
from helpers.regenerate import lab

PLACES = {"src/": "", "data/": "helpers/collection/data/"}
PLACES |= {"notebooks/": "helpers/collection/notebooks/"}
# What belongs to the whole environment: the configuration of Jupyter.
SHARED = f"coalition_of_the_unwilling-{__version__}.data/data/etc/jupyter/"
PLACES |= {"src/helpers/publish/jupyter_config/": SHARED}
STRAY = ["data/._codings.csv", "notebooks/.ipynb_checkpoints/a.ipynb", "src/helpers/a.pyc"]
NOTEBOOKS = sorted(path.stem for path in (REPOSITORY / "notebooks").glob("*.ipynb"))
WITHOUT_CLONE = "this needs a clone of the repository"
NEEDS_CLONE = [
    ["refresh"],
    ["new-notebook", "a_question", "Who?"],
    ["lab", "--edit", "--allow-root"],
    ["diff"],
    ["site"],
    ["seminar", "seminar"],
]


def uv(*arguments: str | Path) -> None:
    if shutil.which("uv") is None:
        pytest.skip("uv is not installed")
    subprocess.run(["uv", *arguments, "--quiet"], cwd=REPOSITORY, check=True)


def build(source: Path, out: Path, *options: str) -> Path:
    """Build and return the only file that comes of it."""
    uv("build", *options, "--no-create-gitignore", "--out-dir", out, source)
    (built,) = out.iterdir()
    return built


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of what git keeps, and of what else may lie beside it."""
    folder = tmp_path_factory.mktemp("clone")
    for path in tracked_files():
        target = folder / path.relative_to(REPOSITORY)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    for name in STRAY:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()
    return folder


@pytest.fixture(scope="module")
def wheel(clone: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(clone, tmp_path_factory.mktemp("wheel"), "--wheel")


def test_carries_package_data_and_notebooks_and_nothing_else(wheel: Path) -> None:
    names = [path.relative_to(REPOSITORY).as_posix() for path in tracked_files()]
    expected = {
        place + name.removeprefix(folder)
        for folder, place in PLACES.items()
        for name in names
        if name.startswith(folder)
    }
    with zipfile.ZipFile(wheel) as opened:
        found = {name for name in opened.namelist() if ".dist-info/" not in name}
    assert found == expected
    assert {"helpers/collection/data/codebook.yml", "helpers/collection/notebooks/plan.yml"} < found


@pytest.fixture
def without_clone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Have commands in an empty folder take the repository for what a wheel has installed."""
    monkeypatch.setattr(repository, "PACKAGED", REPOSITORY)
    monkeypatch.chdir(tmp_path)
    for name in ("COALITION_DATA", "COALITION_NOTEBOOKS"):
        monkeypatch.setenv(name, "")
    return tmp_path


@pytest.mark.parametrize("command", NEEDS_CLONE, ids=lambda command: command[0])
def test_what_needs_a_clone_says_so(without_clone: Path, command: list[str]) -> None:
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 2
    assert WITHOUT_CLONE in done.stderr
    assert list(without_clone.iterdir()) == []


def test_lab_opens_copies_of_tables_too(
    without_clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[tuple[Path, str]] = []
    monkeypatch.setattr(
        lab, "open_lab", lambda root, *_: opened.append((root, os.environ["COALITION_DATA"]))
    )
    copies = without_clone / "lab"
    copies.mkdir()
    # What an earlier time, with other data, has left.
    (copies / "data").symlink_to(without_clone, target_is_directory=True)
    command = ["lab", "--allow-root"]
    assert CliRunner().invoke(main, command).output == ""
    assert opened == [(copies, str(copies / "data"))]
    assert list(without_clone.iterdir()) == [copies]
    for original in (REPOSITORY / "data").iterdir():
        assert (copies / "data" / original.name).read_bytes() == original.read_bytes()
    assert sorted(path.stem for path in copies.glob("*.ipynb")) == NOTEBOOKS
    monkeypatch.setenv("COALITION_DATA", "")
    table = copies / "data" / "codings.csv"
    table.write_text("mine", encoding="utf-8")
    assert CliRunner().invoke(main, command).output == ""
    assert table.read_text(encoding="utf-8") == "mine"


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of commands of an environment that has the wheel, and no extra."""
    folder = tmp_path_factory.mktemp("installed")
    pins, environment = folder / "pins.txt", folder / "venv"
    bare = ("--no-default-groups", "--no-emit-project", "--no-hashes")
    uv("export", *bare, "--output-file", pins)
    uv("venv", "--python", sys.executable, environment)
    uv("pip", "install", "--python", environment, "--requirement", pins, wheel)
    return environment / ("Scripts" if sys.platform == "win32" else "bin")


@pytest.mark.long
def test_the_source_distribution_makes_the_same_wheel(
    clone: Path, wheel: Path, tmp_path: Path
) -> None:
    source = build(clone, tmp_path / "sdist", "--sdist")
    again = build(source, tmp_path / "wheel", "--wheel")
    assert again.read_bytes() == wheel.read_bytes()


@pytest.mark.long
def test_is_enough_without_a_clone(installed: Path, tmp_path: Path) -> None:
    home, here = tmp_path / "home", tmp_path / "here"
    home.mkdir()
    here.mkdir()
    env = {"PATH": f"{installed}{os.pathsep}{os.defpath}", "HOME": str(home)}

    def call(*command: str, code: int = 0) -> str:
        done = subprocess.run(
            [installed / command[0], *command[1:]],
            cwd=here,
            env=env,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout if code == 0 else done.stderr

    code = "import helpers.dataset.files as f; print(f.PACKAGED)"
    package = Path(call("python", "-c", code).strip())
    assert package.is_relative_to(installed.parent)
    before = {path: path.read_bytes() for path in package.rglob("*") if path.is_file()}
    listed = call("coalition", "list")
    assert all(name in listed for name in NOTEBOOKS)
    assert "0 problem(s)" in call("coalition", "check")
    assert call("coalition", "types") == CliRunner().invoke(main, ["types"]).stdout
    code = "from helpers.data import load_codings; print(len(load_codings('essay')) > 0)"
    assert call("python", "-c", code) == "True\n"
    call("coalition", "run", NOTEBOOKS[0])
    assert (here / "build" / f"{NOTEBOOKS[0]}.ipynb").is_file()
    assert "runs are up to date" in call("coalition", "run", NOTEBOOKS[0])
    call("coalition", "export", "package")
    for command in NEEDS_CLONE:
        assert WITHOUT_CLONE in call("coalition", *command, code=2)
    parquet = call("coalition", "export", "parquet", "--format", "parquet", code=2)
    assert "pip install 'coalition-of-the-unwilling[export]'" in parquet
    cluster = call("coalition", "run", "--force", "--cluster", "tcp://127.0.0.1:1", code=2)
    assert "pip install 'coalition-of-the-unwilling[cluster]'" in cluster
    assert sorted(path.name for path in here.iterdir()) == ["build", "package"]
    assert "codings.csv" in listed_by_lab(installed, here, env)
    assert before == {path: path.read_bytes() for path in package.rglob("*") if path.is_file()}


def listed_by_lab(installed: Path, here: Path, env: dict[str, str]) -> set[str]:
    """Start ``coalition lab``, return what it has in the folder data, and end it."""
    runtime = here / "runtime"
    process = subprocess.Popen(
        [installed / "coalition", "lab", "--no-browser", "--allow-root"],
        cwd=here,
        env={**env, "JUPYTER_RUNTIME_DIR": str(runtime)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    found: set[str] = set()

    def has_answered() -> bool:
        for file in runtime.glob("jpserver-*.json"):
            # It says where it listens a moment before it does, and not in one step.
            with suppress(urllib.error.URLError, ValueError):
                server = json.loads(file.read_text(encoding="utf-8"))
                address = f"{server['url']}api/contents/data?token={server['token']}"
                with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
                    found.update(entry["name"] for entry in json.load(answer)["content"])
        return bool(found) or process.poll() is not None

    try:
        wait_for(has_answered, 2 * PATIENCE)
    finally:
        process.terminate()
        process.wait(PATIENCE)
    return found
