"""The conda environment holds what pyproject.toml pins, under conda-forge's names."""

import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
CONDA = {
    "jupyter-client": "jupyter_client",
    "matplotlib": "matplotlib-base",
    "seaborn": "seaborn-base",
}


def pins(lines):
    return {tuple(line.split("==")) for line in lines}


def test_conda_has_the_pinned_versions():
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)
    needed = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    expected = {(CONDA.get(name, name), version) for name, version in pins(needed)}
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    listed = [line for line in yaml.safe_load(text)["dependencies"] if isinstance(line, str)]
    found = {tuple(line.split("=")) for line in listed if line != "pip" and ">" not in line}
    assert found == expected


def test_what_the_extras_name_is_tested():
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)
    extras = project["project"]["optional-dependencies"].values()
    assert {line for lines in extras for line in lines} <= set(project["dependency-groups"]["dev"])
