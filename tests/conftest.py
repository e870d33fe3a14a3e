"""Fixtures that several test modules share."""

from pathlib import Path

import pytest
from small_data import write_small_data


@pytest.fixture
def small_folder(tmp_path: Path) -> Path:
    """Return a fresh copy of the made-up data folder."""
    return write_small_data(tmp_path)
