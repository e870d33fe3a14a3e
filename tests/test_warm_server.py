"""The server that forks kernels: where it steps aside, and that it leaves nothing behind."""

import json
import os
import stat
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import pytest
from jupyter_client.provisioning import KernelProvisionerFactory
from kernel_runner import FORKED, PATIENCE, Kernel, is_alive, running, script, wait_for
from notebook_maker import code, write

from helpers.regenerate import warm
from helpers.regenerate.execute import execute_run
from helpers.regenerate.plan import Run
from helpers.regenerate.warm import client, provisioner

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

COMMAND = [sys.executable, "-m", "ipykernel_launcher", "-f", "file"]
MARK = "wave"
"""A module of Python's own that a kernel has imported only if it was imported beforehand."""
FIGURE = "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots()\naxes.plot([1, 2])"


@pytest.fixture
def fork_server(monkeypatch):
    """Have kernels forked by a server of this test's own."""
    for name, value in warm.environment().items():
        monkeypatch.setenv(name, value)
    # Little, since each test waits for it.
    monkeypatch.setenv(client.PRELOAD, MARK)
    # A busy machine may take longer than users are to wait.
    monkeypatch.setattr(client, "READY_LIMIT", 120.0)
    client.stop()
    provisioner._said.clear()
    KernelProvisionerFactory.clear_instance()
    yield
    client.stop()
    KernelProvisionerFactory.clear_instance()


def is_forked(kernel):
    return kernel.printed(f"import sys; print('{MARK}' in sys.modules)") == "True"


def module(folder, monkeypatch, name, text):
    """Write a module that is imported beforehand."""
    (folder / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.setenv(client.PRELOAD, f"{MARK}, {name}")


def test_is_chosen_for_a_command_only(monkeypatch):
    monkeypatch.delenv(warm.VARIABLE, raising=False)
    assert warm.environment() == {"JUPYTER_DEFAULT_PROVISIONER_NAME": "fork-server"}
    monkeypatch.setenv(warm.VARIABLE, "local-provisioner")
    assert warm.environment() == {"JUPYTER_DEFAULT_PROVISIONER_NAME": "local-provisioner"}


def test_imports_nothing_of_this_project():
    names = client.modules({client.PRELOAD: " helpers.data, json,helpers,, helpersome"})
    assert names == [*client.NEEDED, "json", "helpersome"]
    assert "seaborn" in client.modules({})


@pytest.mark.parametrize(
    ("command", "given", "reason"),
    [
        (COMMAND, {}, ""),
        (["python9", *COMMAND[1:]], {}, "is not the Python that runs this"),
        (["/usr/bin/R", "--slave", "-e", "IRkernel::main()"], {}, "is not the Python"),
        ([sys.executable, "-Xfrozen_modules=off", *COMMAND[1:]], {}, "is not the Python"),
        (COMMAND, {"stdout": subprocess.PIPE}, "piped"),
        (COMMAND, {"preexec_fn": print}, "preexec_fn cannot be passed on"),
        (COMMAND, {"env": {"PYTHONPATH": "src"}}, "relative"),
        (COMMAND, {"env": {"PYTHONPATH": f"{os.sep}a{os.pathsep}"}}, "relative"),
    ],
)
def test_says_why_a_kernel_is_not_forked(command, given, reason):
    found = provisioner.why_not(command, {"env": {}, **given})
    assert reason in found
    assert bool(found) == bool(reason)


def test_another_environment_with_the_same_interpreter_is_another(tmp_path):
    (tmp_path / "python").symlink_to(sys.executable)
    assert not provisioner.is_own_kernel([str(tmp_path / "python"), *COMMAND[1:]])


def test_a_folder_with_settings_for_figures_is_respected(tmp_path):
    (tmp_path / "matplotlibrc").write_text("lines.linewidth: 9", encoding="utf-8")
    assert "matplotlibrc" in provisioner.why_not(COMMAND, {"env": {}, "cwd": str(tmp_path)})


def test_is_for_systems_that_fork(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert "macOS" in client.unsupported()
    monkeypatch.setenv(client.ON_MACOS, "1")
    assert client.unsupported() == ""
    monkeypatch.delattr(os, "fork")
    assert client.unsupported()
    assert warm.environment() == {}


NAMES = ["PYTHONHASHSEED", "PYTHONPATH", "PYTHONUTF8", "LD_PRELOAD", "OMP_NUM_THREADS"]


@pytest.mark.parametrize("name", [*NAMES, "OPENBLAS_NUM_THREADS", "LC_ALL", "MPLCONFIGDIR"])
def test_what_a_process_reads_at_its_start_must_not_differ(name):
    assert name in provisioner.differs({}, {name: "1"})
    assert name in provisioner.differs({name: "1"}, {name: "2"})
    assert name in provisioner.differs({name: "1"}, {})
    assert not provisioner.differs({name: "1", "TZ": "UTC"}, {name: "1", "MPLBACKEND": "svg"})


def test_steps_aside_and_says_so_once(fork_server):
    env = {**os.environ, "PYTHONHASHSEED": "7"}
    hashed = set()
    with running():
        pass
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", RuntimeWarning)
        for _ in range(2):
            with running(env=env) as kernel:
                assert not is_forked(kernel)
                hashed.add(kernel.printed("print(hash('a'))"))
    messages = [str(warning.message) for warning in said if "forked" in str(warning.message)]
    assert len(messages) == 1
    assert "PYTHONHASHSEED" in messages[0]
    assert len(hashed) == 1


def test_what_is_not_forked_is_restarted_and_ended_as_usual(fork_server):
    client.start()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        with running(env={**os.environ, "PYTHONHASHSEED": "7"}) as kernel:
            kernel.restart()
            assert kernel.printed("print(1)") == "1"


@pytest.mark.parametrize(
    "text",
    [
        "raise RuntimeError('not today')",
        "import threading as t; t.Thread(target=t.Event().wait).start()",
    ],
    ids=["fails", "starts a thread"],
)
def test_a_module_that_cannot_be_imported_beforehand(fork_server, tmp_path, monkeypatch, text):
    module(tmp_path, monkeypatch, "unfit", text)
    with pytest.warns(RuntimeWarning, match="has ended"), running() as kernel:
        assert kernel.printed("print(1)") == "1"


def test_what_is_not_installed_is_left_out(fork_server, monkeypatch):
    monkeypatch.setenv(client.PRELOAD, f"no_such_module, {MARK}")
    with running() as kernel:
        assert is_forked(kernel)


def test_figures_show_with_the_inline_backend_imported_beforehand(fork_server, monkeypatch):
    monkeypatch.setenv(client.PRELOAD, f"{MARK}, matplotlib_inline.backend_inline")
    with running() as kernel:
        assert is_forked(kernel)
        assert len(kernel.picture(FIGURE)) == 1


def test_kernels_do_not_do_what_the_server_was_to_do_at_its_end(fork_server, tmp_path, monkeypatch):
    note = tmp_path / "note"
    text = (
        "import atexit, os, weakref\nclass Held: pass\nheld = Held()\n"
        f"def note(*_): open({str(note)!r}, 'a').write(str(os.getpid()))\n"
        "atexit.register(note)\nweakref.finalize(held, note)\n"
    )
    module(tmp_path, monkeypatch, "willing", text)
    kernel = Kernel()
    assert kernel.printed("import sys; print('willing' in sys.modules)") == "True"
    kernel.end()
    assert not note.exists()


def test_sockets_are_for_the_user_only(fork_server):
    with running() as kernel:
        folder = Path(kernel.manager.ip).parent
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert len(list(folder.iterdir())) == 5
        kernel.end()
        assert list(folder.iterdir()) == []


def test_paths_of_sockets_stay_short(fork_server, tmp_path, monkeypatch):
    deep = tmp_path / ("d" * 90)
    deep.mkdir()
    monkeypatch.setattr(client.tempfile, "tempdir", str(deep))
    with running() as kernel:
        assert is_forked(kernel)
        assert len(kernel.manager.ip) < 90


def test_leaves_nothing_behind(fork_server):
    def held():
        return len(list(Path("/proc/self/fd").iterdir()))

    with running():
        pass
    server, before = client.start(), held()
    children = Path(f"/proc/{server._process.pid}/task/{server._process.pid}/children")
    for number in range(6):
        kernel = Kernel()
        assert kernel.printed("print(1)") == "1"
        kernel.end(now=number % 2 == 0)
    wait_for(lambda: children.read_text(encoding="utf-8") == "")
    assert list(server.folder.iterdir()) == []
    assert held() <= before
    assert threading.active_count() < 20
    client.stop()
    assert not is_alive(server._process.pid)
    assert not server.folder.exists()


def test_a_forked_copy_of_the_client_has_a_server_of_its_own(fork_server):
    text = (
        "import os, kernel_runner\nfrom helpers.regenerate.warm import client\n"
        "first = kernel_runner.Kernel()\n"
        "server = client.start()._process.pid\n"
        "pid = os.fork()\n"
        "if not pid:\n"
        "    with kernel_runner.running(): other = client.start()._process.pid\n"
        "    client.stop()\n"
        "    os._exit(0 if other != server else 1)\n"
        "assert os.waitpid(pid, 0)[1] == 0\n"
        "print(first.printed('print(1)'), client.start()._process.pid == server)\n"
        "first.end()\n"
    )
    found, errors = script(text).communicate(timeout=PATIENCE)
    assert found == "1 True\n", errors


@pytest.fixture
def notebook(tmp_path):
    return write(
        tmp_path / "warm.ipynb", code("import sys; print('seaborn' in sys.modules)"), code(FIGURE)
    )


def command(tool, *arguments):
    """Run a tool's command with warm kernels."""
    return subprocess.run(
        [sys.executable, "-m", tool, *arguments],
        env={**os.environ, **warm.environment()},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def outputs(path):
    cells = json.loads(Path(path).read_text(encoding="utf-8"))["cells"]
    return [output for cell in cells for output in cell.get("outputs", [])]


TOOLS = {
    "papermill": ["IN", "OUT", "-k", "python3"],
    "nbconvert": ["--to", "notebook", "--execute", "IN", "--output", "OUT"],
}


@pytest.mark.parametrize("tool", TOOLS)
def test_tools_use_it_unchanged(tool, notebook, tmp_path):
    out = tmp_path / "out.ipynb"
    arguments = [{"IN": str(notebook), "OUT": str(out)}.get(part, part) for part in TOOLS[tool]]
    done = command(tool, *arguments)
    assert done.returncode == 0, done.stderr
    assert "without encryption" not in done.stderr
    assert outputs(out)[0]["text"] in ("True\n", ["True\n"])
    assert "image/png" in outputs(out)[-1]["data"]


def test_our_own_runner_uses_it(fork_server, monkeypatch, notebook):
    monkeypatch.delenv(client.PRELOAD)
    outcome = execute_run(Run(notebook, {}, "warm"))
    assert outcome.error == ""
    assert outcome.notebook is not None
    assert b'"True\\n"' in outcome.notebook
    assert b"image/png" in outcome.notebook


def test_nbval_uses_it(tmp_path):
    cell = code("import sys; print('seaborn' in sys.modules)", 1)
    cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "True\n"}]
    write(tmp_path / "checked.ipynb", cell)
    options = ["-p", "no:cacheprovider", "--nbval", "--nbval-current-env", "-c", os.devnull]
    done = command("pytest", *options, str(tmp_path))
    assert "1 passed" in done.stdout, done.stdout


def test_is_found_by_its_name():
    found = KernelProvisionerFactory.instance().get_provisioner_entries()
    assert found[FORKED].endswith("provisioner:ForkServerProvisioner")
    KernelProvisionerFactory.clear_instance()
