"""What nbconvert makes of a notebook says what its figures show."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.dataset.files import REPOSITORY

NOTEBOOK = REPOSITORY / "notebooks" / "00_start_here.ipynb"


@pytest.mark.parametrize("form", ["html", "slides"])
def test_figures_keep_their_alternative_text(form: str, tmp_path: Path) -> None:
    made = tmp_path / "made.html"
    command = ["-m", "nbconvert", "--to", form, "--output", made.stem, "--output-dir", tmp_path]
    done = subprocess.run(
        [sys.executable, *map(str, command), str(NOTEBOOK)],
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    assert "Alternative text is missing" not in done.stderr
    (page,) = tmp_path.glob("made*.html")
    images = re.findall(r"<img[^>]*>", page.read_text(encoding="utf-8"))
    assert len(images) == 2
    for image in images:
        assert re.search(r'alt="[^"]{60,}"', image)
        assert 'src="data:image/png;base64,' in image
