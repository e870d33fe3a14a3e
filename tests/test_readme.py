"""What the README, the pages in docs and the guide to the data say is so: files, commands, keys.

Python examples in them run as doctests (see pyproject.toml); the change of a code is
followed to the letter in ``test_cli_data.py``.
"""

import base64
import csv
import json
import re
import shlex
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import click
import pytest
import yaml
from click.testing import CliRunner

from helpers.cli import main
from helpers.dataset.codebook import load_codebook
from helpers.dataset.files import REPOSITORY
from helpers.dataset.schema import TABLES
from helpers.parameters import ALLOWED
from helpers.publish.export.collect import load_contents
from helpers.publish.export.formats import FORMATS
from helpers.regenerate.plan import select_runs

NOTEBOOKS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
DATA_README = (REPOSITORY / "data" / "README.md").read_text(encoding="utf-8")
DOCS = sorted(f"docs/{path.name}" for path in (REPOSITORY / "docs").glob("*.md"))
GUIDES = ["README.md", "CONTRIBUTING.md", *DOCS]
PAGES = [*GUIDES, "data/README.md", "CHANGELOG.md"]

LINK = re.compile(r"\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")
FENCE = re.compile(r"^ *```\w*\n(.*?)^ *```", re.DOTALL | re.MULTILINE)


def page(name: str) -> str:
    return (REPOSITORY / name).read_text(encoding="utf-8")


def rows_of(name: str) -> list[dict[str, str]]:
    with (REPOSITORY / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def table_after(text: str, header: str) -> list[list[str]]:
    """Return the cells of the Markdown table with a header."""
    lines = text[text.index(header) :].splitlines()
    rows = []
    for line in lines[2:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


# Links


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    folder = (REPOSITORY / name).parent
    targets = [target for _, target in LINK.findall(FENCE.sub("", page(name)))]
    assert targets or name == "CHANGELOG.md" or name in DOCS
    for target in targets:
        if target.startswith("#"):
            headings = re.findall(r"^#+ (.+)$", page(name), re.MULTILINE)
            anchors = {re.sub(r"[^\w -]", "", text).lower().replace(" ", "-") for text in headings}
            assert target[1:] in anchors
        elif "://" in target:
            assert target.startswith("https://")
        else:
            assert (folder / target).exists(), target


@pytest.mark.parametrize("name", PAGES)
def test_links_to_files_are_named_after_them(name: str) -> None:
    for text, target in LINK.findall(FENCE.sub("", page(name))):
        if "://" not in target and not text.startswith("!"):
            word = text.strip("`")
            assert word in target or " " in word, (text, target)


@pytest.mark.parametrize("name", DOCS)
def test_the_readme_leads_to_every_page(name: str) -> None:
    assert f"]({name})" in README


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_left_to_be_filled_in(name: str) -> None:
    assert not re.search(r"\b(TODO|FIXME|XXX|TBD|NOTEBOOKS-MORE)\b", page(name))


# Commands

# What a package's command is called, where that is not its name.
BROUGHT = {"distributed": ["dask"]}


def commands() -> list[str]:
    """Return every command that the README and docs show, in blocks or in running text."""
    shown_pages = "\n".join(page(name) for name in GUIDES)
    lines = [line.strip() for block in FENCE.findall(shown_pages) for line in block.splitlines()]
    plain = FENCE.sub("", shown_pages)
    lines += [code.strip() for code in re.findall(r"`([^`\n]+)`", plain)]
    starts = ("uv ", "coalition ", "pip ", "conda ")
    shown = {line.split("  #")[0].strip() for line in lines if line.startswith(starts)}
    return sorted(shown - {"uv run"})


COMMANDS = commands()
OURS = sorted(
    {line.removeprefix("uv run ") for line in COMMANDS if re.match(r"(uv run )?coalition ", line)}
)


def test_the_readme_shows_commands() -> None:
    assert {"uv run coalition run", "uv run pytest"} <= set(COMMANDS)
    assert {line.split()[1] for line in OURS} == set(main.commands)


@pytest.mark.parametrize("line", OURS)
def test_our_commands_exist_with_their_options(
    line: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    words = shlex.split(line)[1:]
    command = main.commands[words[0]]
    if words[0] == "export":
        # It writes where it is run, and must not write into the repository.
        monkeypatch.chdir(tmp_path)
    # Parses as the command line would, and runs nothing.
    context = command.make_context(
        words[0], words[1:], parent=click.Context(main, **main.context_settings)
    )
    if words[0] == "run":
        given = context.params["given"]
        named = context.params["notebooks"]
        assert select_runs(REPOSITORY / "notebooks", named, given, ALLOWED)
    # These write or serve, and have tests of their own.
    elif words[0] not in {"refresh", "diff", "lab", "seminar", "site", "new-notebook"}:
        done = CliRunner().invoke(main, words)
        assert done.exit_code == 0, done.output


@pytest.mark.parametrize("line", [line for line in COMMANDS if "coalition " not in line])
def test_other_commands_name_what_there_is(line: str) -> None:
    project = tomllib.loads(page("pyproject.toml"))
    conda = yaml.safe_load(page("environment.yml"))
    words = shlex.split(line)
    for word in words:
        if "://" in word:
            assert urlsplit(word).hostname == "127.0.0.1", word
        elif "/" in word or word.endswith((".yml", ".ipynb")):
            assert (REPOSITORY / word).exists(), word
    if "activate" in words:
        assert words[-1] == conda["name"]
    if "--group" in words:
        assert words[words.index("--group") + 1] in project["dependency-groups"]
    if words[:2] == ["uv", "run"]:
        dependencies = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
        tools = {pin.split("==")[0] for pin in dependencies}
        if words[2] == "--extra":
            extra = project["project"]["optional-dependencies"][words[3]]
            tools = {tool for pin in extra for tool in BROUGHT.get(pin.split("==")[0], [])}
            words = words[2:]
        if words[2] == "--with-requirements":
            words = words[2:]
        if words[2] == "python" and words[3].endswith(".py"):
            assert (REPOSITORY / words[3]).is_file()
        elif words[2:4] == ["python", "-m"]:
            assert (REPOSITORY / words[4] / "__main__.py").is_file()
        else:
            assert words[2] in {*tools, "jupyter"}


def test_the_environment_is_the_one_that_is_activated() -> None:
    name = yaml.safe_load(page("environment.yml"))["name"]
    assert f"`conda activate {name}`" in page("CONTRIBUTING.md")


# Notebooks


def cells(path: Path) -> list[dict]:
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def question(path: Path) -> str:
    first = "".join(cells(path)[0]["source"])
    return first.splitlines()[0].removeprefix("# ")


def test_the_table_lists_every_notebook_with_its_question() -> None:
    rows = table_after(README, "| notebook | question |")
    expected = [f"[`{path.stem}`](notebooks/{path.name})" for path in NOTEBOOKS]
    assert [link for link, _ in rows] == expected
    for (_, asked), path in zip(rows, NOTEBOOKS, strict=True):
        assert asked.startswith(question(path)) or asked in question(path), path.stem


def test_every_notebook_has_a_question() -> None:
    for path in NOTEBOOKS:
        assert "?" in question(path)


# The picture: what the README shows is what the first notebook stores.


@pytest.fixture(scope="module")
def stored() -> tuple[str, bytes]:
    """Return the alternative text and the bytes of the figure stored in notebook 00."""
    (cell,) = [
        cell
        for cell in cells(REPOSITORY / "notebooks" / "00_start_here.ipynb")
        if "picture" in cell["metadata"].get("tags", [])
    ]
    (output,) = [found for found in cell["outputs"] if "image/png" in found.get("data", {})]
    picture = "".join(output["data"]["image/png"])
    return output["metadata"]["image/png"]["alt"], base64.b64decode(picture)


def test_the_picture_is_the_one_of_the_first_notebook(stored: tuple[str, bytes]) -> None:
    (found,) = re.findall(r"^!\[(.*)\]\((.*)\)$", README, re.MULTILINE)
    alt, target = found
    assert target == "docs/00_start_here.png"
    assert alt == stored[0]
    assert (REPOSITORY / target).read_bytes() == stored[1]


# Statements about the data


def test_the_versions_and_numbers_that_are_named() -> None:
    dataset = load_codebook().dataset
    year, month, day = dataset["cut_off"].split("-")
    assert month == "06"
    for text in (README, DATA_README):
        assert f"{int(day)} June {year}" in text
    n_cases = sum(bool(row["region"]) for row in rows_of("states"))
    assert f"The {n_cases} states are the essay's choice" in README
    assert f"({len(rows_of('states'))})" in DATA_README
    counts = {3: "three", 2: "two", 4: "four"}
    assert f"the\n{counts[len(rows_of('accounts'))]} accounts are" in README
    assert f"{len(rows_of('un_resolutions'))} General Assembly resolutions" in page("CHANGELOG.md")


def test_all_codings_were_made_by_a_language_model() -> None:
    """The README says so; a coding by a person must change that sentence."""
    assert "**All codings were made by a language model**" in README
    assert all("language model" in row["kind"] for row in rows_of("coders"))


DATA_TABLE = table_after(DATA_README, "| file | one row per")


def test_every_file_of_the_data_is_described() -> None:
    named = [row[0].strip("`") for row in DATA_TABLE]
    assert sorted(named) == sorted(["codebook.yml", *(f"{name}.csv" for name in TABLES)])
    there = {path.name for path in (REPOSITORY / "data").iterdir() if path.is_file()}
    assert there == {*named, "README.md"}


@pytest.mark.parametrize("row", DATA_TABLE[1:], ids=lambda row: row[0].strip("`"))
def test_keys_are_keys(row: list[str]) -> None:
    name = row[0].strip("`").removesuffix(".csv")
    key = re.findall(r"`(\w+)`", row[2])
    assert key
    assert set(key) <= set(TABLES[name])
    values = [tuple(cells[column] for column in key) for cells in rows_of(name)]
    assert len(set(values)) == len(values)


def test_the_tables_that_are_joined_to_exist() -> None:
    known = {*TABLES, "region"}
    for row in DATA_TABLE[1:]:
        assert set(re.findall(r"`(\w+)`", row[3])) <= known


def test_every_table_has_its_terms() -> None:
    rows = table_after(DATA_README, "| table | terms |")
    named = [name for row in rows for name in re.findall(r"`([\w.]+)`", row[0])]
    assert sorted(named) == sorted(["codebook.yml", *(f"{name}.csv" for name in TABLES)])
    assert all("CC BY" in row[1] or "terms" in row[1] for row in rows)


def test_states_whose_numbers_differ_are_named() -> None:
    found = re.search(r"they differ for (\w+) states \(([^)]+)\)", DATA_README)
    assert found
    named = re.split(r",\s+", found[2].replace("\n", " "))
    differ = [row["short_name"] for row in rows_of("states") if row["cow"] != row["gw"]]
    assert sorted(named) == sorted(differ)
    assert found[1] == {7: "seven"}.get(len(differ))


def test_columns_that_are_named_exist() -> None:
    """Words in code type are columns, tables, variables, codes, formats or notebooks that exist."""
    book = load_codebook()
    known = {column for columns in TABLES.values() for column in columns}
    known |= {*TABLES, *(f"{name}.csv" for name in TABLES), "codebook.yml", "NA"}
    known |= {
        *book.ids("statuses"),
        *book.ids("derived_statuses"),
        *book.ids("votes"),
        *book.ids("coders"),
    }
    known |= {row["account"] for row in rows_of("accounts")}
    known |= {word for v in book.variables for word in (v.id, *v.code_ids)}
    exported = load_contents().tables
    known |= {table.name for table in exported}
    known |= {field.name for table in exported for field in table.fields}
    known |= {*FORMATS, "datapackage.json", ".", *(f".{letter}" for letter in "abcd")}
    known |= {path.stem for path in NOTEBOOKS}
    for word in set(re.findall(r"`([A-Za-z_0-9.]+)`", DATA_README)):
        assert word in known, word
