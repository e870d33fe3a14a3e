"""Runs side by side: as many as asked for, in the order in which they end."""

import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from helpers.regenerate import executors, running_kernels
from helpers.regenerate.execute import Outcome
from helpers.regenerate.executors import as_they_end, default_jobs
from helpers.regenerate.plan import Run
from helpers.regenerate.running_kernels import RunningKernel

RUNS = [Run(Path("a.ipynb"), {}, str(n)) for n in range(6)]


def test_outcomes_come_as_runs_end():
    last = threading.Event()

    def work(run):
        if run.name == "0":
            assert last.wait(60)
        if run.name == "5":
            last.set()
        return Outcome(run.name, 0.0, b"")

    with ThreadPoolExecutor(2) as executor:
        names = [outcome.name for outcome in as_they_end(executor, work, RUNS, 4)]
    assert sorted(names) == [run.name for run in RUNS]
    assert names.index("0") > names.index("4")


def test_only_so_many_are_given_at_once():
    taken = []

    def runs():
        for run in RUNS:
            taken.append(run.name)
            yield run

    with ThreadPoolExecutor(1) as executor:
        outcomes = as_they_end(executor, lambda run: Outcome(run.name, 0.0, b""), runs(), 2)
        next(outcomes)
        assert len(taken) <= 3
        assert len(list(outcomes)) == len(RUNS) - 1


def test_an_interrupt_is_not_disturbed_by_another():
    """Only the first ends the work: what it removes is removed whatever follows."""
    begun, stopped = threading.Event(), threading.Event()

    def work():
        begun.set()
        assert stopped.wait(60)

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), executors._threads(1) as executor:
        executor.submit(work)
        assert begun.wait(60)
        threading.Timer(0.2, signal.raise_signal, [signal.SIGINT]).start()
        threading.Timer(0.4, stopped.set).start()
        raise KeyboardInterrupt
    running_kernels.allow()
    assert signal.getsignal(signal.SIGINT) is before


def test_a_lost_worker_is_the_outcome_of_its_run():
    def work(run):
        if run.name == "3":
            raise ConnectionError("lost")
        return Outcome(run.name, 0.0, b"")

    with ThreadPoolExecutor(2) as executor:
        outcomes = {out.name: out for out in as_they_end(executor, work, RUNS, 4)}
    assert len(outcomes) == len(RUNS)
    assert outcomes["3"] == Outcome("3", 0.0, None, "ConnectionError: lost")


def test_after_a_stop_no_kernel_begins_its_work():
    running_kernels.stop()
    with pytest.raises(running_kernels.StoppedError), RunningKernel("a").at_work(None):
        raise AssertionError("began")
    running_kernels.allow()
    started = SimpleNamespace(provisioner=SimpleNamespace(pid=0))
    with RunningKernel("a").at_work(started):
        pass


def test_there_is_a_default_number_of_jobs(monkeypatch):
    assert default_jobs() >= 1
    monkeypatch.delattr(executors.os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(executors.os, "cpu_count", lambda: None)
    assert default_jobs() == 1
