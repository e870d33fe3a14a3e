"""Where runs are executed: side by side in this process.

Threads, because the work is the kernels', which are processes of their own: what the
runner itself does for a run takes a tenth of what the kernel does. So papermill is
imported once, and one process that starts kernels serves them all.
"""

import contextlib
import itertools
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    CancelledError,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from contextlib import AbstractContextManager
from typing import TypeVar

from helpers.regenerate import processes, running_kernels, warm
from helpers.regenerate.errors import RegenerateError
from helpers.regenerate.execute import Outcome, execute_run, refresh_run
from helpers.regenerate.incremental import Project
from helpers.regenerate.limits import Limits
from helpers.regenerate.plan import Run
from helpers.regenerate.scratch import temporary_files
from helpers.regenerate.settings import own_settings
from helpers.regenerate.signals import undisturbed
from helpers.regenerate.warm import client

Execute = Callable[[Sequence[Run]], Iterable[Outcome]]
"""Executes runs and hands out what came of each, in whatever order they end."""

AnyRun = TypeVar("AnyRun", bound=Run)
FILES, FILES_OF_A_JOB = 64, 64
MARK = "COALITION_RUNS"
"""Tells what the kernels have started, by way of whatever, from all other processes."""
AWAKE = 0.5
"""Seconds after which an interrupt is noticed at the latest."""


def default_jobs() -> int:
    """As many notebooks side by side as there are cores that this process may use.

    Measured on two: a run takes 1.1 s of a core, the runner's 0.1 included, and four at a time took
    a tenth more of it than two.
    """
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def local(project: Project, jobs: int, limits: Limits) -> AbstractContextManager[Execute]:
    """Execute in this process and note what is read; leaves no kernel behind, whatever happens."""

    def work(run: Run) -> Outcome:
        return execute_run(run, project.watched(run), project.verifying, limits=limits)

    return _side_by_side(work, jobs)


def refreshing(jobs: int) -> AbstractContextManager[Execute]:
    """Execute in this process notebooks whose outputs are to be stored."""
    return _side_by_side(refresh_run, jobs)


@contextlib.contextmanager
def _side_by_side(work: Callable[[Run], Outcome], jobs: int) -> Iterator[Execute]:
    require_open_files(jobs)
    try:
        with temporary_files(), warm_kernels(), _threads(jobs) as executor:
            yield lambda runs: as_they_end(executor, work, runs, 2 * jobs)
    finally:
        running_kernels.allow()


@contextlib.contextmanager
def _threads(jobs: int) -> Iterator[Executor]:
    """Yield an executor; at an error or interrupt, end the kernels of its threads."""
    with ThreadPoolExecutor(jobs) as executor:
        try:
            yield executor
        except BaseException as error:
            # A second interrupt would leave behind what the first has us remove.
            with undisturbed():
                # First no new run, then an end to those at work, whose threads are waited for.
                executor.shutdown(wait=False, cancel_futures=True)
                for name in running_kernels.stop():
                    error.add_note(name)
                executor.shutdown()
            raise


def require_open_files(jobs: int) -> None:
    """Have as many files open at once as so many kernels take, or refuse to begin.

    ZeroMQ would end the whole process where one too many is asked for.
    """
    try:
        import resource  # noqa: PLC0415
    except ImportError:  # Windows
        return
    needed = FILES + jobs * FILES_OF_A_JOB
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return
    if hard != resource.RLIM_INFINITY and hard < needed:
        message = f"{jobs} jobs need {needed} open files, and the system allows {hard}"
        raise RegenerateError(f"{message}; allow more (ulimit -n), or ask for fewer --jobs")
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


@contextlib.contextmanager
def warm_kernels() -> Iterator[None]:
    """Have kernels forked from a process that imports while the first run imports papermill."""
    before = dict(os.environ)
    mark = secrets.token_hex(8)
    # As the kernels will have it: the packages that are imported beforehand read it, too.
    os.environ.update({**own_settings(), MARK: mark})
    warm.prepare()
    try:
        yield
    finally:
        with undisturbed():
            client.stop()
            processes.end(processes.marked(f"{MARK}={mark}"))
        for name in (warm.VARIABLE, MARK, *own_settings()):
            os.environ.pop(name, None)
        os.environ.update(before)


def as_they_end(
    executor: Executor, work: Callable[[AnyRun], Outcome], runs: Iterable[AnyRun], at_once: int
) -> Iterator[Outcome]:
    """Yield the outcomes of runs as they end; an error of the executor is the outcome of its run.

    ``at_once`` are given to the executor at a time: enough to keep it busy, and not so many that
    all notebooks are in memory.
    """
    left = iter(runs)
    given: dict[Future[Outcome], AnyRun] = {}
    while True:
        more = itertools.islice(left, at_once - len(given))
        given |= {executor.submit(work, run): run for run in more}
        if not given:
            return
        # Now and then awake: an interrupt may have reached another thread than this one, which
        # would learn of it only when a run ends.
        for future in wait(given, AWAKE, FIRST_COMPLETED).done:
            yield _outcome(future, given.pop(future))


def _outcome(future: Future[Outcome], run: Run) -> Outcome:
    try:
        return future.result()
    # Nobody is left who could execute the others.
    except CancelledError:
        raise
    # A worker that was lost again and again: the other runs go on.
    except Exception as error:
        return Outcome(run.name, 0.0, None, f"{type(error).__name__}: {error}")
