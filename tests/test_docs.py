"""The pages that say how to add something are followed to the letter, on a copy of the data.

A block ``diff`` is typed into the file of ``data/`` that the text named last; a block
``console`` is run, and shows what is printed (``...`` stands for lines left out).
"""

import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from helpers.cli import main
from helpers.dataset.files import REPOSITORY

BLOCK = re.compile(r"^```(diff|console)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
PAGES = ["add-a-state", "add-a-variable", "add-an-account"]


def edit(path: Path, block: str) -> None:
    """Replace lines as a diff says; a diff without old lines adds to the end."""
    lines = block.splitlines(keepends=True)
    old = "".join(line[1:] for line in lines if line[0] in " -")
    new = "".join(line[1:] for line in lines if line[0] in " +")
    text = path.read_bytes().decode("utf-8")
    if old:
        assert text.count(old) == 1, old
    text = text.replace(old, new) if old else text + new
    path.write_bytes(text.encode("utf-8"))


def run(block: str) -> None:
    """Run the commands of a block, and compare what they print with what stands under them."""
    for command in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        line, _, shown = command.partition("\n")
        words = shlex.split(line)
        assert words[:3] == ["uv", "run", "coalition"]
        printed = CliRunner().invoke(main, words[3:], catch_exceptions=False).output
        pattern = re.escape(shown).replace(re.escape("...\n"), "(?:.*\n)*?")
        assert shown.replace("...", "").strip(), "the page shows nothing to compare with"
        assert re.fullmatch(pattern, printed), printed


@pytest.mark.parametrize("name", PAGES)
def test_a_page_does_what_it_says(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    shutil.copytree(REPOSITORY / "data", data)
    monkeypatch.setenv("COALITION_DATA", str(data))
    page = (REPOSITORY / "docs" / f"{name}.md").read_text(encoding="utf-8")
    blocks = list(BLOCK.finditer(page))
    assert {block[1] for block in blocks} == {"diff", "console"}
    assert len(blocks) == page.count("```") / 2
    for block in blocks:
        if block[1] == "console":
            run(block[2])
        else:
            file = re.findall(r"`data/([\w.]+\.(?:csv|yml))`", page[: block.start()])[-1]
            edit(data / file, block[2])


def test_the_page_on_notebooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its command, the plan and the table of the README go together."""
    page = (REPOSITORY / "docs" / "add-a-notebook.md").read_text(encoding="utf-8")
    shutil.copytree(REPOSITORY / "notebooks", tmp_path / "notebooks")
    shutil.copy(REPOSITORY / "README.md", tmp_path)
    monkeypatch.setenv("COALITION_NOTEBOOKS", str(tmp_path / "notebooks"))
    (line,) = re.findall(r"^uv run coalition (new-notebook .*)$", page, re.MULTILINE)
    done = CliRunner().invoke(main, shlex.split(line), catch_exceptions=False)
    path = Path(done.output.removeprefix("Look at: ").strip())
    plan, row = [block[2] for block in BLOCK.finditer(page)]
    edit(tmp_path / "notebooks" / "plan.yml", plan)
    edit(tmp_path / "README.md", row)
    question = shlex.split(line)[-1]
    assert f"| [`{path.stem}`](notebooks/{path.name}) | {question} |" in row
    assert f"coalition refresh {path.stem}\n" in page
    status = CliRunner().invoke(main, ["status", path.stem[:2]], catch_exceptions=False)
    assert status.exit_code == 0
    assert path.stem in status.output
    assert "record_2026" in status.output
