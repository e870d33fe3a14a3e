"""Fixtures that several test modules share."""

import os
from pathlib import Path

import pytest
from small_data import write_small_data

from helpers.regenerate import warm
from helpers.regenerate.settings import own_settings


def pytest_configure():
    """Have kernels forked, unless the environment says otherwise, and without a user's settings."""
    os.environ.update({**warm.environment(), **own_settings()})


@pytest.fixture
def small_folder(tmp_path: Path) -> Path:
    """Return a fresh copy of the made-up data folder."""
    return write_small_data(tmp_path)
