"""What goes wrong around the server: its folder, its signals, its end, and limits of time."""

import os
import shutil
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import pytest
from kernel_runner import PATIENCE, STOCK, Kernel, is_alive, running, script, wait_for
from notebook_maker import code, write
from test_warm_server import fork_server, is_forked, module

from helpers.regenerate.execute import execute_run
from helpers.regenerate.plan import Run
from helpers.regenerate.warm import client, provisioner

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

__all__ = ["fork_server"]
WHO = "import os; print(os.getppid())"


def server_of(kernel):
    return kernel.manager.provisioner.process.server._process.pid


def folder_of(kernel):
    """Return the folder of a forked kernel's sockets; a stock kernel has an address instead."""
    folder = Path(kernel.manager.ip).parent
    # What is returned is removed by tests, and the parent of an address is the working folder.
    assert folder.is_absolute()
    return folder


def test_a_folder_that_was_cleaned_away_is_made_anew(fork_server):
    with running() as kernel:
        server, folder = server_of(kernel), folder_of(kernel)
        kernel.printed("x = 1")
        shutil.rmtree(folder)
        assert kernel.printed("print(x)") == "1"
        with running() as other:
            assert other.printed(WHO) == str(server)
            assert folder_of(other) == folder
        assert kernel.printed("print(x)") == "1"
        kernel.restart()
        assert kernel.printed(WHO) == str(server)


def test_a_folder_that_somebody_else_made_meanwhile_is_not_used(fork_server):
    with running() as kernel:
        folder = folder_of(kernel)
        shutil.rmtree(folder)
        folder.mkdir(mode=0o755)
        with running() as other:
            assert is_forked(other)
            assert folder_of(other) != folder
        kernel.client.stop_channels()
        with pytest.raises(FileNotFoundError, match="made by another"):
            kernel.manager.restart_kernel()
    assert client.make_private(folder) is False
    shutil.rmtree(folder)


def test_a_link_is_nobodys_folder(tmp_path):
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert client.make_private(tmp_path / "real")
    assert not client.make_private(tmp_path / "link")
    assert client.make_private(tmp_path / "new")
    assert not client.make_private(tmp_path / "real" / "no" / "parent")


KEPT_FRESH = """
import runpy, socket, sys, types
server = types.SimpleNamespace(**runpy.run_path(sys.argv[1]))
server.Server.serve.__globals__["FRESH"] = 0.05
ours, theirs = socket.socketpair()
print("ready", flush=True)
server.Server(theirs).serve()
"""


def test_keeps_its_folder_fresh(tmp_path):
    os.utime(tmp_path, (0, 0))
    process = subprocess.Popen([sys.executable, "-c", KEPT_FRESH, str(client.SCRIPT)], cwd=tmp_path)
    try:
        wait_for(lambda: tmp_path.stat().st_mtime > time.time() - 60)
    finally:
        process.kill()
        process.wait()


def test_an_interrupt_of_the_server_alone_is_nothing_to_it(fork_server):
    with running():
        server = client.start()
    for _ in range(2):
        os.kill(server._process.pid, signal.SIGINT)
        with running() as kernel:
            assert kernel.printed(WHO) == str(server._process.pid)
            handler = "import signal; print(signal.getsignal(signal.SIGINT).__name__)"
            assert kernel.printed(handler) == "default_int_handler"


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP])
def test_kernels_outlive_their_server_and_another_takes_over(fork_server, monkeypatch, how):
    kernel = Kernel()
    first, folder = server_of(kernel), folder_of(kernel)
    kernel.printed("x = 1")
    # Short for the server that is stopped, as usual for the one that takes over.
    usual, lost = client.ANSWER_LIMIT, client.Server._lost
    monkeypatch.setattr(client, "ANSWER_LIMIT", 2.0)

    def gone(server):
        client.ANSWER_LIMIT = usual
        lost(server)

    monkeypatch.setattr(client.Server, "_lost", gone)
    os.kill(first, how)
    if how != signal.SIGSTOP:
        wait_for(lambda: not is_alive(first))
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", RuntimeWarning)
        for _ in range(2):
            with running() as other:
                assert server_of(other) != first
                assert other.printed(WHO) == str(server_of(other))
                assert folder_of(other) == folder
    assert [str(w.message) for w in said if "fork" in str(w.message)] == [
        "the process that forks kernels has ended; another takes over"
    ]
    assert not is_alive(first)
    assert kernel.printed("print(x)") == "1"
    assert kernel.poll() is None
    # An end in order, a restart and a kill, though nobody tells of any of them.
    pid = kernel.manager.provisioner.pid
    kernel.restart()
    assert not is_alive(pid)
    assert kernel.printed("print(x)") == "NameError"
    assert is_forked(kernel)
    kernel.end()


@pytest.mark.parametrize("now", [False, True])
def test_an_orphan_is_ended_like_any_kernel(fork_server, now):
    kernel = Kernel()
    pid = kernel.manager.provisioner.pid
    os.kill(server_of(kernel), signal.SIGKILL)
    process = kernel.manager.provisioner.process
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=0.2)
    kernel.end(now=now)
    assert process.wait(timeout=PATIENCE) == 0
    assert not is_alive(pid)


def test_stop_ends_orphans(fork_server):
    kernel = Kernel()
    pid = kernel.manager.provisioner.pid
    folder = folder_of(kernel)
    os.kill(server_of(kernel), signal.SIGKILL)
    wait_for(lambda: not is_alive(server_of(kernel)))
    client.start()
    client.stop()
    wait_for(lambda: not is_alive(pid))
    assert not folder.exists()
    kernel.client.stop_channels()


ORPHANS = """
import os, signal, sys, time
import kernel_runner
kernel = kernel_runner.Kernel()
print(kernel.printed("import os; print(os.getpid())"), flush=True)
os.kill(kernel.manager.provisioner.process.server._process.pid, signal.SIGKILL)
if sys.argv[1] == "kill":
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("how", ["kill", "end"])
def test_no_orphan_outlives_the_client(fork_server, how):
    process = script(ORPHANS, how)
    found, _ = process.communicate(timeout=PATIENCE)
    wait_for(lambda: not is_alive(found.strip()))


def test_a_server_that_never_gets_ready_keeps_nobody_waiting(fork_server, tmp_path, monkeypatch):
    monkeypatch.setattr(client, "READY_LIMIT", 1.0)
    module(tmp_path, monkeypatch, "slow", "import time; time.sleep(600)")
    with pytest.warns(RuntimeWarning, match="not ready after 1 seconds"), running() as kernel:
        assert not is_forked(kernel)
    begun = time.monotonic()
    with running() as kernel:
        assert time.monotonic() - begun < PATIENCE / 2
        assert not is_forked(kernel)


@pytest.mark.parametrize("name", [STOCK, "fork-server"])
def test_the_time_for_starting_that_papermill_gives_is_kept(fork_server, tmp_path, name):
    profile = tmp_path / "ipython" / "profile_default"
    profile.mkdir(parents=True)
    sleeping = "import time\ntime.sleep(600)"
    (profile / "ipython_kernel_config.py").write_text(sleeping, encoding="utf-8")
    notebook = write(tmp_path / "a.ipynb", code("1"))
    done = subprocess.run(
        [
            *(sys.executable, "-m", "papermill", "-k", "python3", "--start-timeout", "3"),
            *(str(notebook), str(tmp_path / "out.ipynb")),
        ],
        env={
            **os.environ,
            "JUPYTER_DEFAULT_PROVISIONER_NAME": name,
            "IPYTHONDIR": str(profile.parent),
        },
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode
    assert "Kernel didn't respond in 3 seconds" in done.stderr


def test_a_stock_kernel_takes_over_where_warnings_are_errors(fork_server, caplog):
    client.start()
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        with running(env={**os.environ, "PYTHONHASHSEED": "7"}) as kernel:
            assert kernel.printed("print(1)") == "1"
    assert "PYTHONHASHSEED differ" in caplog.text


def test_waits_for_a_kernel_as_long_as_it_is_told_to(fork_server):
    with running() as kernel:
        process = kernel.manager.provisioner.process
        with pytest.raises(subprocess.TimeoutExpired) as error:
            process.wait(timeout=0.1)
        assert error.value.timeout == 0.1
        assert "ipykernel_launcher" in error.value.cmd
        kernel.client.execute("import os; os._exit(4)")
        assert process.wait(timeout=PATIENCE) == 4


def test_only_a_forked_kernel_leaves_the_usual_sockets(fork_server):
    client.start()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        with running(env={**os.environ, "PYTHONHASHSEED": "7"}) as kernel:
            assert not is_forked(kernel)
            assert kernel.manager.transport == "tcp"
            assert min(kernel.manager.ports) > 1000
    with running() as kernel:
        assert is_forked(kernel)
        assert kernel.manager.transport == "ipc"
        kernel.restart()
        assert kernel.printed("print(1)") == "1"
    # Begun with the server at work, which then has gone: back to where it was.
    before = client.start()
    os.kill(before._process.pid, signal.SIGKILL)
    before.alive, before.proven = True, False
    with pytest.warns(RuntimeWarning, match="has ended"), running() as kernel:
        assert kernel.manager.transport == "tcp"
        assert kernel.printed("print(1)") == "1"


@pytest.mark.parametrize("section", ["KernelManager", "ConnectionFileMixin"])
def test_whoever_asks_for_tcp_gets_it(fork_server, section):
    with running(config={section: {"transport": "tcp"}}) as kernel:
        assert is_forked(kernel)
        assert kernel.manager.transport == "tcp"
        kernel.restart()
        assert is_forked(kernel)


def test_what_was_said_is_said_once(monkeypatch):
    monkeypatch.setattr(provisioner, "_said", set())
    with pytest.warns(RuntimeWarning, match="once") as said:
        provisioner.say_once("once")
        provisioner.say_once("once")
    assert len(said) == 1


def test_a_run_in_flight_goes_on_when_the_server_is_killed(fork_server, tmp_path):
    killing = "import os, signal; os.kill(os.getppid(), signal.SIGKILL)"
    write(tmp_path / "a.ipynb", code("x = 1"), code(killing), code("print(x)"))
    write(tmp_path / "b.ipynb", code("print(2)"))
    runs = [Run(tmp_path / f"{name}.ipynb", {}, name) for name in "ab"]
    with pytest.warns(RuntimeWarning, match="another takes over"):
        outcomes = [execute_run(run) for run in runs]
    assert [outcome.error for outcome in outcomes] == ["", ""]
    for outcome, printed in zip(outcomes, (b'"1\\n"', b'"2\\n"'), strict=True):
        assert printed in outcome.notebook
