"""``python -m helpers`` is the ``coalition`` command."""

from helpers.cli import main

main(prog_name="coalition")
