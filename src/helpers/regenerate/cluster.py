"""Execute runs on other machines, through a Dask scheduler.

Nothing is shared but the network: a run is sent with its notebook, and what comes back
is the executed one. Helpers, data and packages are each machine's own, so every worker
is asked whether its own are the same, before anything runs and again with each run.
A run whose worker is lost is given to another one by the scheduler.
"""

import contextlib
import functools
import logging
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import Any

from helpers.regenerate import warm
from helpers.regenerate.errors import RegenerateError
from helpers.regenerate.execute import Outcome, execute_run
from helpers.regenerate.executors import Execute, as_they_end
from helpers.regenerate.fingerprint import MISSING, notebook_source, tree, versions
from helpers.regenerate.incremental import Project
from helpers.regenerate.limits import Limits
from helpers.regenerate.plan import Run
from helpers.regenerate.scratch import scratch
from helpers.regenerate.settings import own_settings

Locate = Callable[[], Project]
"""Finds the project on the machine where it is called; importable by name."""

AT_ONCE = 512
CONNECT_SECONDS = 20
SHOWN = 5


@dataclass(frozen=True)
class SentRun(Run):
    """A run that needs no file of its own machine: with the notebook, without outputs."""

    content: bytes


def fingerprint(project: Project) -> dict[str, str]:
    """Return what has to be the same everywhere: digests of all but the notebooks, and versions."""
    folders = {"helpers": project.code, "notebooks": project.notebooks, **project.folders}
    files = {f"{name}/{path}": d for name, at in folders.items() for path, d in tree(at).items()}
    return {**files, **versions()}


def differences(locate: Locate, expected: Mapping[str, str]) -> list[str]:
    """Say, file by file, how this machine differs from the one that sends the runs."""
    here = fingerprint(locate())
    names = sorted(set(here) | set(expected))
    return [
        _difference(name, here.get(name, MISSING), expected.get(name, MISSING))
        for name in names
        if here.get(name) != expected.get(name)
    ]


def _difference(name: str, here: str, expected: str) -> str:
    if "/" not in name:
        return f"{name} is {here} there, {expected} here"
    return f"{name} is {MISSING} there" if here == MISSING else f"{name} differs"


def execute_there(
    run: SentRun, locate: Locate, expected: Mapping[str, str], limits: Limits
) -> Outcome:
    """Execute a run on the machine where this is called; only an error if that machine differs."""
    found = differences(locate, expected)
    if found:
        return Outcome(run.name, 0.0, None, f"refused by a worker: {_listed(found)}")
    # Not ended with the run: the next one comes to the same process.
    os.environ.update(own_settings())
    tempfile.tempdir = str(scratch())
    warm.prepare()
    project = locate()
    here = Run(project.notebooks / run.notebook.name, run.parameters, run.name, limits=run.limits)
    return execute_run(here, project.watched(here), project.verifying, run.content, limits)


def _listed(found: Sequence[str]) -> str:
    """Name the first differences, and say how many more there are."""
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return "; ".join(found[:SHOWN]) + more


@contextlib.contextmanager
def cluster(
    address: str, locate: Locate, say: Callable[[str], None], limits: Limits
) -> Iterator[Execute]:
    """Execute on the workers of a Dask scheduler, such as ``tcp://10.0.0.1:8786``.

    ``locate`` finds the project, here and on the workers; ``say`` tells the user what is being
    waited for. RegenerateError if there is no Dask or no scheduler, or if a worker differs.
    """
    with _loss_explained(address), _client(address) as client:
        say(f"Waiting for a worker at {address}.")
        expected = fingerprint(locate())
        try:
            client.wait_for_workers(1)
            found = client.run(differences, locate, expected, on_error="return")
        # What is written later raises such errors, too.
        except OSError as error:
            raise CancelledError from error
        _require_same(found)
        executor = client.get_executor(pure=False)
        work = functools.partial(execute_there, locate=locate, expected=expected, limits=limits)
        try:
            yield lambda runs: as_they_end(executor, work, _sent(runs), AT_ONCE)
        finally:
            # Nothing is left but after an error or an interrupt: nobody waits for it then.
            executor.shutdown(wait=False)


@contextlib.contextmanager
def _loss_explained(address: str) -> Iterator[None]:
    """Say in words that there is no scheduler any more, for which all runs are cancelled."""
    try:
        yield
    except CancelledError as error:
        message = f"the Dask scheduler at {address} has gone, with the runs it had"
        advice = "what is written is whole; the same command goes on from there"
        raise RegenerateError(f"{message}; {advice}") from error


def _client(address: str) -> Any:
    try:
        from distributed import Client  # noqa: PLC0415
    except ImportError as error:
        message = "--cluster needs Dask: pip install 'coalition-of-the-unwilling[cluster]'"
        raise RegenerateError(message) from error
    # They log how it tries to come back; what comes of it is said here.
    for name in ("distributed", "distributed.client", "tornado.application", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        return Client(  # type: ignore[no-untyped-call]
            address, timeout=CONNECT_SECONDS, set_as_default=False
        )
    except (OSError, ValueError) as error:
        raise RegenerateError(f"no Dask scheduler answers at {address} ({error})") from error


def _require_same(found: Mapping[str, list[str] | BaseException]) -> None:
    lines = [
        f"{worker}: {_listed(result) if isinstance(result, list) else result!r}"
        for worker, result in found.items()
        if result
    ]
    if lines:
        raise RegenerateError("\n".join(["these workers would give other results:", *lines]))


def _sent(runs: Iterable[Run]) -> Iterator[SentRun]:
    """Yield runs with their notebooks, each of which is read once."""
    read = functools.cache(lambda path: notebook_source(path.read_bytes()))
    for run in runs:
        content = read(run.notebook)
        yield SentRun(run.notebook, run.parameters, run.name, content, limits=run.limits)
