"""What makes kernels the same for everybody, whatever a user has set for work of their own."""

import os

from helpers.regenerate.scratch import scratch


def own_settings() -> dict[str, str]:
    """Return an environment without the user's IPython profile, start-up file and matplotlibrc."""
    return {
        "IPYTHONDIR": str(scratch() / "ipython"),
        "MATPLOTLIBRC": os.devnull,
        # Set in any case: kernels are forked only if all that Python reads at its start is equal.
        "PYTHONSTARTUP": "",
    }
