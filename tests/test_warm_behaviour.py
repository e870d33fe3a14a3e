"""A forked kernel does what a kernel that was started does: one set of tests for both."""

import contextlib
import json
import os
import signal
import sys
from pathlib import Path

import kernel_runner
import pytest
from jupyter_client.manager import _ShutdownStatus
from jupyter_client.provisioning import KernelProvisionerFactory
from kernel_runner import FORKED, STOCK, Kernel, is_alive, running, script, wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

SLEEP = "import time\nprint('begun', flush=True)\ntime.sleep(100)"
# Seeds are compared after this, so that what has been drawn before does not matter.
STATE = """
import json, os, random, resource, signal, sys, time, threading, warnings
import matplotlib, numpy, pandas, seaborn
from matplotlib import pyplot
get = pandas.get_option
options = [key for key in pandas._config.config._registered_options]
print(json.dumps({
    "argv": [os.path.basename(part) for part in sys.argv[1:2]],
    "program": sys.argv[0],
    "path": sys.path,
    "flags": str(sys.flags),
    "main": sys.modules["__main__"].__name__,
    "pandas": {key: str(get(key)) for key in options},
    "numpy": str(numpy.get_printoptions()),
    "rcParams": str(dict(matplotlib.rcParams)),
    "backend": matplotlib.get_backend(),
    "interactive": matplotlib.is_interactive(),
    "filters": sorted(map(str, warnings.filters)),
    "session": [os.getsid(0) == os.getpid(), os.getpgrp() == os.getpid()],
    "signals": {s.name: str(signal.getsignal(s)).split(" at ")[0] for s in signal.valid_signals()
                if hasattr(s, "name")},
    "blocked": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
    "limits": resource.getrlimit(resource.RLIMIT_NOFILE),
    "threads": sorted(thread.name.partition("-")[0] for thread in threading.enumerate()),
    "gc": __import__("gc").isenabled(),
    "encodings": [sys.getfilesystemencoding(), sys.__stdout__.encoding],
    "input": os.read(0, 1).decode(),
}))
"""
FIGURE = """
import matplotlib.pyplot as plt, numpy as np, seaborn as sns
figure, axes = plt.subplots()
sns.lineplot(x=np.arange(9), y=np.arange(9) ** 2, ax=axes)
axes.set_title("nine squares")
"""
CLIENT = """
import os, sys
import kernel_runner
kernel = kernel_runner.Kernel()
server = getattr(kernel.manager.provisioner.process, "server", None)
print(kernel.printed("import os; print(os.getpid())"), flush=True)
print(server._process.pid if server else 0, server.folder if server else "-", flush=True)
sys.stdin.read()
"""


# What stock kernels do in the same tests is for long runs: importing anew takes its time.
@pytest.fixture(scope="module", params=[pytest.param(STOCK, marks=pytest.mark.long), FORKED])
def provisioner(request):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_DEFAULT_PROVISIONER_NAME", request.param)
        # The factory asks once and remembers.
        KernelProvisionerFactory.clear_instance()
        yield request.param
    KernelProvisionerFactory.clear_instance()


@pytest.fixture(scope="module")
def kernel(provisioner):
    with running() as kernel:
        yield kernel


@pytest.fixture(scope="module")
def seen():
    """What each provisioner's kernels had to show, to be compared."""
    return {}


def same_for_both(seen, provisioner, key, value):
    assert seen.setdefault(key, value) == value, provisioner


def test_the_kernel_is_what_the_test_says(kernel, provisioner):
    forked = kernel.printed("import sys; print('pandas' in sys.modules)") == "True"
    assert forked == (provisioner == FORKED)
    assert (kernel.manager.transport == "ipc") == forked


def test_no_code_of_this_project_is_imported_beforehand(kernel):
    assert kernel.printed("print([m for m in sys.modules if m.startswith('helpers')])") == "[]"


def test_starts_in_the_state_of_a_new_process(seen, provisioner):
    with running() as kernel:
        # What follows the first line are warnings of options that pandas will drop.
        state = json.loads(kernel.printed(STATE).splitlines()[0])
    for key, value in state.items():
        same_for_both(seen, provisioner, key, value)
    assert state["session"] == [True, True]


def test_new_files_have_the_permissions_that_the_client_gives_them(provisioner):
    before = os.umask(0o077)
    try:
        with running() as kernel:
            assert kernel.printed("import os; print(oct(os.umask(0)))") == "0o77"
    finally:
        os.umask(before)


def streams_of(pid):
    """The pipes and sockets that a process has open, but for what the test itself writes to."""

    def links(process, names):
        for name in names:
            # What was opened only to list the folder is closed again by now.
            with contextlib.suppress(FileNotFoundError):
                yield str(Path(f"/proc/{process}/fd/{name}").readlink())

    found = set(links(pid, [path.name for path in Path(f"/proc/{pid}/fd").iterdir()])) - set(
        links("self", range(3))
    )
    return {link for link in found if link.startswith(("socket:", "pipe:"))}


def test_inherits_no_pipes_and_no_sockets(provisioner):
    with running() as other, running() as kernel:
        own = streams_of(kernel.manager.provisioner.pid)
        others = streams_of(os.getpid()) | streams_of(other.manager.provisioner.pid)
        if provisioner == FORKED:
            others |= streams_of(kernel.manager.provisioner.process.server._process.pid)
    assert own
    assert not own & others


def test_has_the_folder_and_the_environment_asked_for(provisioner, tmp_path, monkeypatch):
    monkeypatch.setenv("NOT_FOR_KERNELS", "1")
    env = {**os.environ, "TZ": "Asia/Tokyo", "ONLY_HERE": "ä"}
    del env["NOT_FOR_KERNELS"]
    names = "[os.environ.get(n) for n in ('ONLY_HERE', 'NOT_FOR_KERNELS', 'TZ')]"
    code = f"import os, time; print(os.getcwd(), {names}, time.localtime(0).tm_hour)"
    with running(cwd=str(tmp_path), env=env) as kernel:
        assert kernel.printed(code) == f"{tmp_path} ['ä', None, 'Asia/Tokyo'] 9"
        # As subprocesses see it, too.
        assert kernel.printed("!echo $ONLY_HERE") == "ä"
    with running() as kernel:
        assert kernel.printed("import os; print(os.environ.get('ONLY_HERE'))") == "None"


def test_refuses_a_folder_that_is_not_there(provisioner, tmp_path):
    with pytest.raises(FileNotFoundError) as error:
        Kernel(cwd=str(tmp_path / "nowhere"))
    assert error.value.filename == str(tmp_path / "nowhere")


def test_random_numbers_are_its_own(provisioner):
    code = (
        "import multiprocessing, numpy, random\n"
        "print(random.random(), numpy.random.rand(), numpy.random.default_rng().random(),\n"
        "      multiprocessing.current_process().authkey)"
    )
    drawn = []
    for _ in range(3):
        with running() as kernel:
            drawn.append(kernel.printed(code).split(maxsplit=3))
    for column in zip(*drawn, strict=True):
        assert len(set(column)) == len(drawn)


def test_leaves_nothing_to_its_siblings(provisioner):
    change = "import warnings, matplotlib\nmatplotlib.rcParams['lines.linewidth'] = 7\n"
    with running() as kernel:
        kernel.printed(f"{change}warnings.simplefilter('ignore')")
    with running() as kernel:
        width = "import matplotlib, warnings; print(matplotlib.rcParams['lines.linewidth'])"
        assert kernel.printed(width) == "1.5"
        assert kernel.printed("warnings.warn('heard')").endswith("heard\n  warnings.warn('heard')")


def test_figures_are_the_same_byte_for_byte(seen, provisioner):
    with running() as kernel:
        shown = kernel.picture(FIGURE) + kernel.picture("plt.plot([1, 2]); plt.show()")
        assert kernel.picture("figure") == kernel.picture("axes.get_figure()")
    with running() as kernel:
        # Back to the settings of the time when seaborn was imported.
        shown += kernel.picture(f"import seaborn\nseaborn.reset_orig()\n{FIGURE}")
    assert len(shown) == 3
    same_for_both(seen, provisioner, "pictures", shown)


def test_another_backend_is_respected(provisioner):
    with running(env={**os.environ, "MPLBACKEND": "svg"}) as kernel:
        assert kernel.picture(FIGURE) == []
        assert kernel.printed("import matplotlib; print(matplotlib.get_backend())") == "svg"


def begin_to_sleep(kernel, code=SLEEP):
    """Run something long, and return when it has begun."""
    number = kernel.client.execute(code)
    while True:
        message = kernel.client.get_iopub_msg(timeout=kernel_runner.PATIENCE)
        if message["msg_type"] == "stream":
            return number


def reply_to(kernel, number):
    while True:
        reply = kernel.client.get_shell_msg(timeout=kernel_runner.PATIENCE)
        if reply["parent_header"]["msg_id"] == number:
            return reply["content"]


CALL = "import subprocess\nprint('begun', flush=True)\nsubprocess.run(['sleep', '100'])"


@pytest.mark.parametrize("code", [SLEEP, CALL], ids=["its own code", "a program it runs"])
def test_can_be_interrupted(kernel, code):
    number = begin_to_sleep(kernel, code)
    kernel.manager.interrupt_kernel()
    assert reply_to(kernel, number)["ename"] == "KeyboardInterrupt"
    assert kernel.printed("print(1 + 1)") == "2"


def test_an_interrupt_is_for_one_kernel(kernel):
    with running() as other:
        number = begin_to_sleep(other)
        kernel.manager.interrupt_kernel()
        assert kernel.printed("print('here')") == "here"
        other.manager.interrupt_kernel()
        assert reply_to(other, number)["ename"] == "KeyboardInterrupt"


def test_can_be_restarted(provisioner):
    with running() as kernel:
        before = kernel.printed("import os; x = 1; print(os.getpid())")
        kernel.client.stop_channels()
        kernel.manager.restart_kernel()
        kernel.connect()
        assert kernel.printed("print(x)") == "NameError"
        after = kernel.printed("import os; print(os.getpid())")
        assert before != after
        assert not is_alive(before)
        assert is_alive(after)


def test_can_be_killed_with_what_it_has_started(provisioner):
    kernel = Kernel()
    pids = kernel.printed(
        "import os, subprocess as s; print(os.getpid(), s.Popen(['sleep', '99']).pid)"
    )
    begin_to_sleep(kernel)
    kernel.end(now=True)
    wait_for(lambda: not any(map(is_alive, pids.split())))


def test_a_kill_spares_the_siblings(kernel, provisioner):
    with running() as other:
        begin_to_sleep(other)
        other.end(now=True)
    assert kernel.printed("print('here')") == "here"


@pytest.mark.parametrize(
    ("code", "status"), [("os._exit(3)", 3), ("os.kill(os.getpid(), 11)", -signal.SIGSEGV)]
)
def test_tells_how_it_crashed(provisioner, code, status):
    kernel = Kernel()
    kernel.client.execute(f"import os; {code}")
    wait_for(lambda: kernel.poll() is not None)
    assert kernel.poll() == status
    assert not kernel.manager.is_alive()
    kernel.end()


def test_asks_for_input(kernel):
    def answer(message):
        assert message["content"]["prompt"] == "name? "
        kernel.client.input("Ada")

    code = "print('Hello', input('name? '))"
    assert kernel.printed(code, allow_stdin=True, stdin_hook=answer) == "Hello Ada"
    assert kernel.printed("input()", allow_stdin=False) == "StdinNotImplementedError"


def debug(kernel, command, **arguments):
    """Ask the debugger; return its answer."""
    client = kernel.client
    content = {"type": "request", "seq": 1, "command": command, "arguments": arguments}
    request = client.session.msg("debug_request", content)
    client.control_channel.send(request)
    while True:
        reply = client.get_control_msg(timeout=kernel_runner.PATIENCE)
        if reply["parent_header"]["msg_id"] == request["header"]["msg_id"]:
            return reply["content"]


def test_can_be_debugged(provisioner):
    code = "x = 1\nprint(x)"
    with running() as kernel:
        debug(kernel, "initialize", clientID="test", adapterID="")
        debug(kernel, "attach")
        path = debug(kernel, "dumpCell", code=code)["body"]["sourcePath"]
        source = {"source": {"path": path}, "sourceModified": False}
        debug(kernel, "setBreakpoints", breakpoints=[{"line": 2}], **source)
        debug(kernel, "configurationDone")
        kernel.client.execute(code)
        event = {}
        while event.get("event") != "stopped":
            event = kernel.client.get_iopub_msg(timeout=kernel_runner.PATIENCE)["content"]
        thread = event["body"]["threadId"]
        frames = debug(kernel, "stackTrace", threadId=thread)["body"]["stackFrames"]
        assert frames[0]["line"] == 2


LAST_WILL = """
import atexit, io, pathlib, weakref
class Held: pass
held = Held()
folder = pathlib.Path({folder!r})
atexit.register((folder / "atexit").write_text, "done")
weakref.finalize(held, (folder / "finalize").write_text, "done")
left_open = open(folder / "open", "w")
left_open.write("done")
io.left_open = open(folder / "global", "w")
io.left_open.write("done")
import threading, time
def late():
    time.sleep(0.3); (folder / "thread").write_text("done")
threading.Thread(target=late).start()
"""


def test_ends_in_order_when_asked_to(provisioner, tmp_path):
    kernel = Kernel()
    kernel.printed(LAST_WILL.format(folder=str(tmp_path)))
    kernel.end()
    # Asked once, and never told to.
    assert kernel.manager._shutdown_status == _ShutdownStatus.ShutdownRequest
    found = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    assert found == dict.fromkeys(["atexit", "finalize", "global", "open", "thread"], "done")


def test_multiprocessing_works_inside(provisioner, tmp_path):
    (tmp_path / "work.py").write_text("def double(n):\n    return 2 * n\n", encoding="utf-8")
    code = "import multiprocessing as m, work\nfor way in ('fork', 'spawn'):\n"
    code += "    with m.get_context(way).Pool(1) as pool: print(pool.map(work.double, [1, 2]))"
    with running(cwd=str(tmp_path)) as kernel:
        assert kernel.printed(code) == "[2, 4]\n[2, 4]"


def test_sees_code_as_it_is_now(provisioner, tmp_path):
    module = tmp_path / "edited.py"
    for number in (1, 22):
        module.write_text(f"value = {number}", encoding="utf-8")
        with running(cwd=str(tmp_path)) as kernel:
            assert kernel.printed("import edited; print(edited.value)") == str(number)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, None])
def test_nothing_outlives_the_client(provisioner, how):
    client = script(CLIENT, JUPYTER_DEFAULT_PROVISIONER_NAME=provisioner)
    assert client.stdout is not None
    kernel = int(client.stdout.readline())
    server, folder = client.stdout.readline().split()
    assert is_alive(kernel)
    if how:
        client.send_signal(how)
    # Closes its input, and it ends by itself with its kernel forgotten. Reads until the end
    # of its streams: whoever still held them would be waited for.
    client.communicate(timeout=kernel_runner.PATIENCE)
    wait_for(lambda: not is_alive(kernel))
    if provisioner == FORKED:
        wait_for(lambda: not is_alive(server))
        assert not Path(folder).exists()


def test_nothing_is_left_in_the_working_folder(provisioner, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with running() as kernel:
        file = Path(kernel.manager.connection_file)
        assert file.exists()
        kernel.end()
    assert not file.exists()
    assert list(tmp_path.iterdir()) == []
