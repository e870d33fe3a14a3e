"""Fixtures that several test modules share."""

import os
from pathlib import Path

import pytest
from small_data import write_small_data

from helpers.regenerate import warm


def pytest_configure():
    """Have the kernels that run the notebooks forked, unless the environment says otherwise."""
    os.environ.update(warm.environment())


@pytest.fixture
def small_folder(tmp_path: Path) -> Path:
    """Return a fresh copy of the made-up data folder."""
    return write_small_data(tmp_path)
