"""One version of everything, whichever way the environment was made."""

import ast
import os
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from tracked_files import tracked_files

import helpers
from helpers.dataset.codebook import load_codebook
from helpers.dataset.files import REPOSITORY
from helpers.publish.export.formats import FORMATS

PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
CONDA = yaml.safe_load((REPOSITORY / "environment.yml").read_text(encoding="utf-8"))
CITATION = yaml.safe_load((REPOSITORY / "CITATION.cff").read_text(encoding="utf-8"))
CHANGELOG = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
WORKFLOW = yaml.safe_load(
    (REPOSITORY / ".github" / "workflows" / "tests.yml").read_text(encoding="utf-8")
)

PIN = re.compile(r"([a-z0-9-]+)==(\d[0-9a-z.]*)")
# What conda-forge calls a package that PyPI calls otherwise. The -base packages leave out
# what only windows and statistics need.
CONDA_NAMES = {
    "jupyter-client": "jupyter_client",
    "matplotlib": "matplotlib-base",
    "seaborn": "seaborn-base",
}
# What a package is imported as, where that is not its name.
IMPORT_NAMES = {"pyyaml": "yaml", "ipython": "IPython", "pillow": "PIL", "pyzmq": "zmq"}


def pins(requirements: list[str]) -> dict[str, str]:
    """Return versions by package; every requirement must be an exact pin and nothing else."""
    found = {}
    for requirement in requirements:
        pin = PIN.fullmatch(requirement)
        assert pin, f"{requirement} is not an exact pin"
        assert pin[1] not in found
        found[pin[1]] = pin[2]
    return found


RUN = pins(PROJECT["project"]["dependencies"])
EXTRAS = {
    extra: pins(needed) for extra, needed in PROJECT["project"]["optional-dependencies"].items()
}
DEV = pins(PROJECT["dependency-groups"]["dev"])
LINT = pins(PROJECT["dependency-groups"]["lint"])
BROWSER = pins(PROJECT["dependency-groups"]["browser"])
BROWSER_TESTS = [
    REPOSITORY / "tests" / f"{name}.py"
    for name in (
        "reader",
        "test_site",
        "test_codebook_json",
        "test_codings_js",
        "test_code_page",
        "test_class_page",
        "test_seminar",
        "test_explore_lab",
        "test_what_if_page",
    )
]


def conda_pins() -> dict[str, str]:
    found = {}
    for entry in CONDA["dependencies"]:
        if isinstance(entry, str) and entry != "pip" and not entry.startswith("python>"):
            name, version = entry.split("=")
            assert re.fullmatch(r"\d[0-9a-z.]*", version), entry
            found[name] = version
    return found


def test_uv_pip_and_conda_give_the_same_versions() -> None:
    expected = {CONDA_NAMES.get(name, name): version for name, version in (RUN | DEV).items()}
    assert conda_pins() == expected


@pytest.mark.parametrize("extra", EXTRAS)
def test_what_an_extra_adds_is_tested(extra: str) -> None:
    assert EXTRAS[extra].items() <= DEV.items()


def test_no_package_is_pinned_twice() -> None:
    assert not set(RUN) & set(DEV)
    assert not set(RUN) & set(LINT)
    assert not set(DEV) & set(LINT)
    assert not set(BROWSER) & {*RUN, *DEV, *LINT}
    # The extras are the exception: DEV repeats them, in the same versions.
    for extra in EXTRAS.values():
        assert not set(RUN) & set(extra)


def test_conda_installs_the_project_and_nothing_else_by_pip() -> None:
    (by_pip,) = [entry for entry in CONDA["dependencies"] if isinstance(entry, dict)]
    assert by_pip == {"pip": ["--no-deps --editable ."]}
    assert CONDA["channels"] == ["conda-forge", "nodefaults"]
    names = [entry for entry in CONDA["dependencies"] if isinstance(entry, str)]
    assert names[0].startswith("python")
    packages = [name.split("=")[0] for name in names[1:]]
    assert packages == sorted(packages)


def test_the_same_pythons_everywhere() -> None:
    pythons = PROJECT["project"]["requires-python"]
    assert pythons == ">=3.11,<3.15"
    assert f"python{pythons}" in CONDA["dependencies"]
    named = [
        text.rsplit(" ", 1)[1]
        for text in PROJECT["project"]["classifiers"]
        if re.search(r"Python :: 3\.\d+$", text)
    ]
    assert named == ["3.11", "3.12", "3.13", "3.14"]
    tested = WORKFLOW["jobs"]["tests"]["strategy"]["matrix"]["python"]
    assert (tested[0], tested[-1]) == (named[0], named[-1])
    assert PROJECT["tool"]["ruff"]["target-version"] == "py311"
    assert PROJECT["tool"]["mypy"]["python_version"] == "3.11"
    assert (3, 11) <= sys.version_info < (3, 15)


def test_resolution_is_fixed() -> None:
    settings = PROJECT["tool"]["uv"]
    assert settings["fork-strategy"] == "fewest"
    # It would be done anew before every command.
    assert "compile-bytecode" not in settings
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", settings["exclude-newer"])
    # A package of the day of the dataset would not be found by those who resolve as of then.
    assert settings["exclude-newer"][:10] <= load_codebook().dataset["released"]


@pytest.mark.parametrize("name", [*RUN, *DEV])
def test_what_is_installed_is_what_is_pinned(name: str) -> None:
    """Other versions print other things, and the stored outputs would differ."""
    assert metadata.version(name) == (RUN | DEV)[name]


@pytest.mark.parametrize("name", BROWSER)
def test_what_opens_the_site_is_what_is_pinned(name: str) -> None:
    """It may be missing where conda made the environment, but never in CI."""
    try:
        found = metadata.version(name)
    except metadata.PackageNotFoundError:
        if os.environ.get("CI"):
            raise
        pytest.skip("the dependency group browser is not installed")
    assert found == BROWSER[name]


def test_uv_installs_what_all_tests_need() -> None:
    assert set(PROJECT["tool"]["uv"]["default-groups"]) == {"dev", "browser"}


def test_no_lock_file_is_kept() -> None:
    names = {path.relative_to(REPOSITORY).as_posix() for path in tracked_files()}
    assert "uv.lock" not in names
    assert "pyproject.toml" in names
    ignored = (REPOSITORY / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {"uv.lock", "/build/", ".hypothesis/"} <= set(ignored)


def imported_by(path: Path) -> set[str]:
    """Return the top-level packages that one Python file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def test_what_is_imported_is_pinned() -> None:
    """A package that only another one brings may go, or come in another version."""
    ours = {"helpers", "benchmarks", *(path.stem for path in (REPOSITORY / "tests").glob("*.py"))}
    standard = set(sys.stdlib_module_names) | ours

    def as_imported(names: dict[str, str]) -> set[str]:
        return {IMPORT_NAMES.get(name, name.replace("-", "_")) for name in names}

    # A writer of a format may also import the package of the extra that its format needs, the
    # modules for clusters and for the site those of theirs, and the tests that open the site
    # the group `browser`.
    package = REPOSITORY / "src" / "helpers"
    allowed = {
        package / "publish" / "export" / f"{style}.py": {
            name: pin for name, pin in EXTRAS["export"].items() if name == chosen.needs
        }
        for style, chosen in FORMATS.items()
    }
    allowed[package / "regenerate" / "cluster.py"] = EXTRAS["cluster"]
    allowed[package / "publish" / "site" / "build.py"] = EXTRAS["site"]
    allowed[package / "publish" / "seminar" / "workbook.py"] = EXTRAS["seminar"]
    allowed[package / "dataset" / "coding_sheet.py"] = EXTRAS["seminar"]
    for path in (REPOSITORY / "src").rglob("*.py"):
        assert imported_by(path) - standard <= as_imported(RUN | allowed.get(path, {})), path
    for folder in ("tests", "benchmarks"):
        for path in (REPOSITORY / folder).rglob("*.py"):
            needed = BROWSER if path in BROWSER_TESTS else {}
            assert imported_by(path) - standard <= as_imported(RUN | DEV | needed), path


def test_one_version_of_the_software() -> None:
    version = PROJECT["project"]["version"]
    assert helpers.__version__ == version == metadata.version("coalition-of-the-unwilling")
    assert re.search(rf"^## (Unreleased|{re.escape(version)}\b)", CHANGELOG, re.MULTILINE)


def test_one_version_of_the_dataset() -> None:
    dataset = load_codebook().dataset
    assert CITATION["version"] == dataset["version"]
    assert CITATION["date-released"] == dataset["released"]
    assert CITATION["title"] == dataset["title"]
    assert f"### Data {dataset['version']} ({dataset['released']})" in CHANGELOG
    newest = re.findall(r"^### Data (\S+) ", CHANGELOG, re.MULTILINE)[0]
    assert newest == dataset["version"]


def test_citation_names_the_essay_and_no_made_up_author() -> None:
    (essay,) = CITATION["references"]
    assert essay["title"].startswith("Putin Has a Problem")
    assert essay["url"].startswith("https://www.19fortyfive.com/2023/01/")
    assert essay["authors"] == [{"name": "19FortyFive"}]
    assert CITATION["authors"] == PROJECT["project"]["authors"]
    assert set(CITATION["license"]) == {"BSD-3-Clause", "CC-BY-4.0"}
    assert PROJECT["project"]["license"] == "BSD-3-Clause"


def test_the_command_is_there() -> None:
    (command,) = metadata.entry_points(group="console_scripts", name="coalition")
    assert command.value == PROJECT["project"]["scripts"]["coalition"] == "helpers.cli:main"


def test_warnings_about_encodings_are_errors() -> None:
    options = PROJECT["tool"]["pytest"]["ini_options"]
    assert "error::EncodingWarning" in options["filterwarnings"]
    assert options["xfail_strict"] is True
    assert {"--strict-markers", "--strict-config", "--nbval"} <= set(options["addopts"])


def test_the_change_script_runs_what_the_readme_says() -> None:
    script = (REPOSITORY / ".ci" / "run").read_text(encoding="utf-8")
    for command in ("uv run pytest", "uv run coalition check", "ruff check", "mypy"):
        assert command in script
    steps = WORKFLOW["jobs"]["tests"]["steps"]
    assert "bash .ci/run" in [step.get("run") for step in steps]


def test_the_change_script_skips_no_test_of_the_browser() -> None:
    """It installs Chromium, and says that this is CI, where those tests fail without one."""
    script = (REPOSITORY / ".ci" / "run").read_text(encoding="utf-8")
    assert re.search(r"apt-get install .*\bchromium\b", script)
    assert script.index("export CI=true") < script.index("uv run pytest")
