"""What must stand nowhere: the essay's sentences, the paths of a machine, names of hosts."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tracked_files import text_files, tracked_files, words_of

from helpers.dataset.files import REPOSITORY

ESSAY = REPOSITORY.parent / "shared" / "essay" / "essay.txt"
RUN = 8
"""So many words in a row, and a passage is the essay's and not ours."""
# The title is cited, and cannot be put otherwise.
TITLE = "Putin Has a Problem: His So-Called Allies Won't Help Fight in Ukraine"

FILES = [pytest.param(path, id=path.relative_to(REPOSITORY).as_posix()) for path in text_files()]


def words(text: str) -> list[str]:
    """Return the words of a text, without case, accents of print and markup."""
    plain = re.sub(r"['\N{RIGHT SINGLE QUOTATION MARK}\N{MODIFIER LETTER APOSTROPHE}`*_]", "", text)
    return re.findall(r"\w+", plain.lower())


def runs(text: str) -> Iterator[tuple[str, ...]]:
    found = words(text)
    return (tuple(found[n : n + RUN]) for n in range(len(found) - RUN + 1))


@pytest.fixture(scope="module")
def passages() -> frozenset[tuple[str, ...]]:
    if not ESSAY.is_file():
        pytest.skip("the essay is under copyright and not here to be compared with")
    found = frozenset(runs(ESSAY.read_text(encoding="utf-8"))) - frozenset(runs(TITLE))
    assert len(found) > 1000
    return found


@pytest.mark.parametrize("path", FILES)
def test_no_sentence_of_the_essay(path: Path, passages: frozenset[tuple[str, ...]]) -> None:
    copied = {" ".join(run) for run in runs(words_of(path)) if run in passages}
    assert not copied


def test_a_copied_passage_would_be_found(passages: frozenset[tuple[str, ...]]) -> None:
    text = ESSAY.read_text(encoding="utf-8")
    start = len(text) // 2
    passage = " ".join(text[start : start + 200].split()[1:-1])
    for disguise in (passage.upper(), passage.replace(" ", "\n"), f"**{passage}**"):
        assert passages & set(runs(disguise))


# Built from pieces, or this file would hold what it forbids.
SLASH = "/"
FOLDERS = ("work", "root", "home", "Users", "private")
MACHINE = re.compile(rf"(?<![\w./:~-]){SLASH}(?:{'|'.join(FOLDERS)}){SLASH}\w")
TEMPORARY = re.compile(rf"(?<![\w./:~-]){SLASH}tmp{SLASH}\w|[A-Z]:\\+Users\\")


@pytest.mark.parametrize("path", FILES)
def test_no_paths_of_a_machine(path: Path) -> None:
    # Tests of the rule against such paths have made-up ones.
    if path.parent.name == "tests":
        assert not re.search(rf"{SLASH}work{SLASH}", path.read_text(encoding="utf-8"))
        return
    text = words_of(path)
    assert not MACHINE.search(text)
    assert not TEMPORARY.search(text)


def test_a_path_of_a_machine_would_be_found() -> None:
    for folder in FOLDERS:
        assert MACHINE.search(f"see {SLASH}{folder}{SLASH}x/y")
        assert MACHINE.search(f'"{SLASH}{folder}{SLASH}x"')
        assert not MACHINE.search(f"https://example.org/{folder}/x")
    assert TEMPORARY.search(f"in ({SLASH}tmp{SLASH}x)")


REGISTRIES = (
    "pypi" + ".org",
    "python" + "hosted.org",
    "anaconda" + ".org",
    "anaconda" + ".com",
    "npmjs" + ".org",
    "jsdelivr" + ".net",
    "unpkg" + ".com",
    "cdnjs" + ".cloudflare.com",
)
SETTINGS = ("UV_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL")


def hosts() -> set[str]:
    """Return the names of registries: those everybody knows, and those of this machine."""
    found = set(REGISTRIES)
    lock = REPOSITORY / "uv.lock"
    addresses = [word for name in SETTINGS for word in os.environ.get(name, "").split()]
    if lock.is_file():
        addresses += re.findall(r'(?:registry|url) = "([^"]+)"', lock.read_text(encoding="utf-8"))
    found |= {urlsplit(address.split("=", 1)[-1]).hostname or "" for address in addresses}
    return found - {""}


HOSTS = hosts()


@pytest.mark.parametrize("path", FILES)
def test_no_registry_is_named(path: Path) -> None:
    text = path.read_text(encoding="utf-8").lower()
    assert [host for host in HOSTS if host in text] == []


def test_nothing_is_kept_that_was_made() -> None:
    names = [path.relative_to(REPOSITORY).as_posix() for path in tracked_files()]
    made = re.compile(r"(^|/)(uv\.lock|build|dist|__pycache__|\.ipynb_checkpoints|\.venv)(/|$)")
    assert [name for name in names if made.search(name)] == []
    assert not [name for name in names if re.search(r"[^\w./-]", name)]
