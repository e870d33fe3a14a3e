"""``python -m helpers`` is the ``coalition`` command."""

from helpers.cli import main

# Processes that it starts may import it under another name.
if __name__ == "__main__":
    main(prog_name="coalition")
