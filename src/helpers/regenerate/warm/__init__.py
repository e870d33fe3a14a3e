"""Warm kernels: forked from a process that has imported the stack, for any Jupyter tool.

``provisioner`` is what Jupyter finds under the name ``fork-server``; ``client`` starts
the server, one for a process, and speaks with it; ``server`` is that process, ``child``
what it forks. A kernel is as isolated as a new process would be; where that cannot be
promised, the stock provisioner starts it. ``docs/kernels.md`` says what differs all the same.
"""

import os

NAME = "fork-server"
VARIABLE = "JUPYTER_DEFAULT_PROVISIONER_NAME"


def environment() -> dict[str, str]:
    """Variables that make Jupyter tools start warm kernels; a provisioner already chosen stays.

    For one command, never for a profile: in other environments the name is unknown. Empty on
    a system that cannot fork.
    """
    return {VARIABLE: os.environ.get(VARIABLE, NAME)} if hasattr(os, "fork") else {}


def prepare() -> None:
    """Have this process's kernels forked: the server imports while the caller goes on."""
    from helpers.regenerate.warm import client  # noqa: PLC0415

    os.environ.update(environment())
    if os.environ.get(VARIABLE) == NAME and not client.unsupported():
        client.start()
