"""The ``coalition`` command.

Commands are thin: they read arguments, call a function and print. They import what
they need when they run, so that ``--help`` and what only reads text start at once.
"""

from helpers.cli import agree, dataset, notebooks, publish, seminar
from helpers.cli.group import main

__all__ = ["agree", "dataset", "main", "notebooks", "publish", "seminar"]
