"""What another user, a planted file or a name could get at, and that nothing asks the network.

What takes long runs only when asked for: ``pytest -m long``.
"""

import ast
import json
import os
import shutil
import socket
import sqlite3
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
import pytest
from kernel_runner import running
from notebook_maker import asking, code, markdown, notebook
from test_regenerate_lab import Lab
from test_regenerate_store import RECORD, altered

from helpers.dataset.files import REPOSITORY
from helpers.publish.atomic import written_whole
from helpers.publish.site import build, gallery
from helpers.publish.site.gallery import Shown
from helpers.regenerate.batch import write_whole
from helpers.regenerate.errors import RegenerateError
from helpers.regenerate.fingerprint import CHANGED
from helpers.regenerate.incremental import Inputs, Project
from helpers.regenerate.listing import describe_notebooks, format_listing
from helpers.regenerate.plan import Run, read_plan
from helpers.regenerate.store import NAME, open_store, read_records
from helpers.regenerate.warm import client

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="users and sockets as on Linux")
for_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root becomes another user"
)
NOBODY = 65534
NUMBER = "n: int = 1  # a number"


@pytest.fixture
def anywhere(tmp_path, monkeypatch):
    """A temporary folder for all users, in which everybody may write, and no umask."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        place = Path(name)
        place.chmod(0o1777)
        monkeypatch.setenv("TMPDIR", name)
        monkeypatch.setattr(tempfile, "tempdir", name)
        before = os.umask(0)
        yield place
        os.umask(before)


def can(path):
    """Say what the user of this process can do with a file, folder or socket."""
    for way, attempt in {
        "read": lambda: path.open("rb").close(),
        "write": lambda: path.open("ab").close(),
        "list": lambda: list(path.iterdir()),
        "make": (path / "planted").touch,
        "call": lambda: socket.socket(socket.AF_UNIX).connect(str(path)),
    }.items():
        try:
            attempt()
        except OSError:
            continue
        yield f"{way} {path.name}"


def others_can(paths):
    """Say what another user can do with some of the files, folders and sockets."""
    heard, said = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            found = [done for path in paths for done in can(path)]
            os.write(said, json.dumps(found).encode())
        finally:
            os._exit(0)
    os.close(said)
    os.waitpid(child, 0)
    with os.fdopen(heard, encoding="utf-8") as answer:
        return json.load(answer)


def below(place):
    return [path for path in place.rglob("*") if not path.is_symlink()]


@for_root
def test_another_user_is_one(anywhere):
    (anywhere / "open").touch()
    private = anywhere / "private"
    private.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(anywhere / "socket"))
        listening.listen()
        found = others_can([*below(anywhere), anywhere / "private" / "x"])
    assert sorted(found) == ["call socket", "read open", "write open"]


@for_root
def test_kernels_are_the_users_own(anywhere, monkeypatch):
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(anywhere / "runtime"))
    # On a busy machine a stock kernel would take over.
    monkeypatch.setattr(client, "READY_LIMIT", 300.0)
    client.stop()
    with running() as kernel:
        assert kernel.manager.transport == "ipc"
        found = below(anywhere)
        assert sum(path.is_socket() for path in found) == 5
        assert Path(kernel.manager.connection_file) in found
        assert others_can(found) == []
    client.stop()


SCRATCH = """\
import os, shutil, sys, tempfile
from pathlib import Path
from helpers.regenerate.recorder import Recording
from helpers.regenerate.scratch import MARK, scratch, temporary_files
os.umask(0)
with temporary_files(), Recording({}, "") as recording:
    print(scratch(), recording.path, flush=True)
    sys.stdin.readline()
before = scratch()
shutil.rmtree(before)
elsewhere = Path(sys.argv[1])
elsewhere.mkdir()
(elsewhere / MARK).touch()
before.symlink_to(elsewhere)
assert scratch() != before and scratch().lstat().st_mode & 0o077 == 0
assert scratch() == scratch()
before.unlink()
if os.geteuid() == 0:
    before = scratch()
    shutil.rmtree(before)
    before.mkdir()
    before.chmod(0o777)
    (before / MARK).touch()
    os.chown(before, 65534, 65534)
    assert scratch() != before and scratch().stat().st_uid == 0
    shutil.rmtree(before)
"""


def test_temporary_files_are_the_users_own_and_nobody_else_can_take_their_place(anywhere):
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", SCRATCH, str(anywhere / "elsewhere")]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, encoding="utf-8") as process:
        made = [Path(name) for name in process.stdout.readline().split()]
        assert all(path.is_relative_to(anywhere) for path in made)
        assert made[0].stat().st_mode & 0o077 == 0
        if os.geteuid() == 0:
            assert others_can([*made, *below(made[0])]) == []
        process.stdin.close()
        assert process.wait(60) == 0
    assert [path.name for path in anywhere.iterdir()] == ["elsewhere"]


COMMANDS = """\
import sys
from helpers.cli import main
for words in sys.argv[1:]:
    try:
        main(words.split())
    except SystemExit as end:
        assert not end.code, words
"""
QUICK = {"new-notebook any Who?": "01_any.ipynb", "export package": "codings_long.csv"}
LONG = {"run 00 --out out": "made", "export book.xlsx --format excel": "book.xlsx"}


def commands(*words, python=sys.executable, cwd=None, umask=-1, **environment):
    """Do commands one after the other in one process."""
    subprocess.run(
        [python, "-c", COMMANDS, *words],
        cwd=cwd,
        umask=umask,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        check=True,
    )


@pytest.mark.parametrize("words", [QUICK, pytest.param(LONG, marks=pytest.mark.long)])
def test_nothing_is_for_others_to_change(anywhere, small_folder, monkeypatch, words):
    monkeypatch.chdir(anywhere)
    folder = anywhere / "notebooks"
    asking(folder / "00_first.ipynb", NUMBER, "open('made', 'w').close()")
    given = {folder, folder / "00_first.ipynb"}
    commands(*words, COALITION_NOTEBOOKS=str(folder), COALITION_DATA=str(small_folder))
    made = set(below(anywhere)) - given
    assert set(words.values()) <= {path.name for path in made}
    assert [path for path in made if path.stat().st_mode & stat.S_IWOTH] == []


@pytest.mark.parametrize("name", ["../up", "{folder}/up", "a/../../up", "a\\nb", "a\\0b", ".."])
def test_a_plan_names_what_is_in_its_folder(tmp_path, name):
    asking(tmp_path / "up.ipynb", NUMBER)
    folder = tmp_path / "notebooks"
    asking(folder / "a.ipynb", NUMBER)
    name = name.format(folder=tmp_path)
    (folder / "plan.yml").write_text(f'"{name}": [{{}}]', encoding="utf-8")
    with pytest.raises(RegenerateError, match=r"line 1: no notebook"):
        read_plan(folder, {})


@pytest.mark.parametrize("name", ["a\nb", "a\x1b[2J", "a\x9b2J", "a\u202eb"])
def test_a_notebook_has_a_name_that_can_be_seen(tmp_path, name):
    asking(tmp_path / f"{name}.ipynb", NUMBER)
    with pytest.raises(RegenerateError, match="rename the file"):
        describe_notebooks(tmp_path, {})


def test_what_is_listed_steers_no_terminal(tmp_path):
    asking(tmp_path / "a.ipynb", "n: int = 1  # a \x1b[2J", question="Who \x1b]0;x\x07\x9b2J?")
    listed = format_listing(describe_notebooks(tmp_path, {}))
    assert listed.isascii() and "\x1b" not in listed and "\\x1b[2J" in listed


def test_no_link_is_followed_where_drafts_are_written(tmp_path):
    target = tmp_path / "target"
    target.write_bytes(b"mine")
    target.chmod(0o666)
    out = tmp_path / "out"
    out.mkdir()
    (out / f".book.{os.getpid()}.tmp").symlink_to(target)
    (out / "a.ipynb").symlink_to(target)
    with written_whole(out / "book") as draft:
        assert draft.parent.stat().st_mode & 0o077 == 0
        draft.write_bytes(b"new")
    write_whole(out / "a.ipynb", b"new")
    assert target.read_bytes() == b"mine"
    for name in ("book", "a.ipynb"):
        made = out / name
        assert made.read_bytes() == b"new" and not made.is_symlink()
        assert made.stat().st_mode & stat.S_IWOTH == 0
    assert len(list(out.iterdir())) == 3


ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT"
POISONED = {
    "a view without end": altered(
        "DROP TABLE runs",
        f"CREATE VIEW runs AS {ENDLESS} x AS name, x AS inputs, x AS output, x AS state, "
        "x AS failed FROM n",
    ),
    "a trigger": altered(
        "CREATE TRIGGER t AFTER INSERT ON runs BEGIN UPDATE runs SET failed = 0; END"
    ),
    "another table": altered("CREATE TABLE more (x)"),
    "a column that computes": altered(
        "DROP TABLE runs",
        "CREATE TABLE runs (name TEXT PRIMARY KEY, inputs AS (zeroblob(1)), output, state, failed)",
    ),
    "a large value": altered("UPDATE runs SET inputs = zeroblob(20000000)"),
    "a pickle": lambda path: path.write_bytes(b"\x80\x04cos\nsystem\n(S'touch x'\ntR."),
}


@pytest.mark.parametrize("what", POISONED)
def test_a_poisoned_store_is_set_aside_unread(tmp_path, what):
    POISONED[what](tmp_path / NAME)
    said = []
    assert read_records(tmp_path, said.append) == {}
    with open_store(tmp_path, said.append) as store:
        assert store.records() == {}
        store.remember("a", RECORD)
    assert "cannot be used" in said[0] and "set aside" in said[1]
    assert read_records(tmp_path) == {"a": RECORD}


def test_a_store_is_no_link_to_another_database(tmp_path):
    other = tmp_path / "other.sqlite"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE runs (mine)")
    before = other.read_bytes()
    out = tmp_path / "out"
    out.mkdir()
    (out / NAME).symlink_to(other)
    with open_store(out, lambda _: None) as store:
        store.remember("a", RECORD)
    assert other.read_bytes() == before
    assert not (out / NAME).is_symlink()


@pytest.mark.parametrize("name", ["data/../secret", "data//etc/passwd", "./../secret", "data/.."])
def test_a_store_names_no_file_elsewhere(tmp_path, name):
    (tmp_path / "secret").touch()
    run = Run(asking(tmp_path / "notebooks" / "a.ipynb", NUMBER), {}, "a")
    (tmp_path / "data").mkdir()
    project = Project(run.notebook.parent, tmp_path, {"data": tmp_path / "data"})
    assert Inputs(project).now(run, name) == CHANGED


REFUSED_CALLS = {"eval", "exec", "compile", "unsafe_load", "full_load", "read_pickle"}
REFUSED_IMPORTS = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib"}


def test_nothing_that_is_read_is_code():
    """Neither pickles nor texts, and YAML that makes nothing but plain values."""
    found = []
    for path in (REPOSITORY / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Import(names=names):
                    used = {name.name.partition(".")[0] for name in names} & REFUSED_IMPORTS
                case ast.ImportFrom(module=str(module)):
                    used = {module.partition(".")[0]} & REFUSED_IMPORTS
                case ast.Call(func=ast.Name(id=name)):
                    used = {name} & REFUSED_CALLS
                case ast.Call(func=ast.Attribute(attr=name, value=ast.Name(id=module))):
                    loads = module == "yaml" and name in {"load", "load_all"}
                    used = {name} & (REFUSED_CALLS - {"compile"}) | ({name} if loads else set())
                case _:
                    continue
            found += [(path.name, name) for name in used]
    assert found == []


TAGS = ['!!python/object/apply:os.system ["touch X"]', "!!python/name:os.system x", "!x y"]


@pytest.mark.parametrize("tag", TAGS)
def test_tags_of_yaml_make_nothing(tmp_path, small_folder, tag):
    from helpers.dataset.checks import find_problems  # noqa: PLC0415

    folder = tmp_path / "notebooks"
    asking(folder / "a.ipynb", NUMBER)
    (folder / "plan.yml").write_text(f"a:\n  - {{n: {tag}}}\n", encoding="utf-8")
    with pytest.raises(RegenerateError, match="line 2: the tag"):
        read_plan(folder, {})
    book = small_folder / "codebook.yml"
    book.write_text(f"{book.read_text(encoding='utf-8')}more: {tag}\n", encoding="utf-8")
    assert any("the tag" in str(problem) for problem in find_problems(small_folder))


def told(place, source):
    """Return a notebook that tells the site to execute it, and to show files from elsewhere."""
    texts = [
        "# Who?",
        "[link](../../../secret.txt) ![image](../../../secret.png) {download}`../../../secret.txt`",
        "```{include} ../../../secret.txt\n```",
        "```{raw} html\n:file: ../../../secret.txt\n```",
        "```{raw} html\n:url: http://127.0.0.1:9/\n```",
        "```{literalinclude} ../../../secret.txt\n```",
    ]
    made = notebook(markdown("\n\n".join(texts)), code(source))
    made["metadata"]["mystnb"] = {"execution_mode": "force"}
    made["metadata"]["myst"] = {"enable_extensions": ["substitution"]}
    made["metadata"]["odd"] = "!!python/name:os.system"
    for name in ("secret.txt", "secret.png"):
        (place / name).write_text("SECRET", encoding="utf-8")
    return Shown("a", "Who?", [], b"", nbformat.from_dict(made))


def test_a_notebooks_own_settings_do_not_reach_the_site(tmp_path):
    page = json.loads(gallery.notebook_page(told(tmp_path, "1"), set()))
    assert set(page["metadata"]) == {"kernelspec", "language_info"}


@pytest.mark.long
def test_the_site_executes_nothing_and_shows_no_file_from_elsewhere(tmp_path):
    ran = tmp_path / "ran"
    sources = tmp_path / "work" / "source" / "notebooks"
    sources.mkdir(parents=True)
    page = gallery.notebook_page(told(tmp_path, f"open({str(ran)!r}, 'w').close()"), set())
    (sources / "a.ipynb").write_text(page, encoding="utf-8")
    menu = "# Index\n\n```{toctree}\nnotebooks/a\n```\n"
    (sources.parent / "index.md").write_text(menu, encoding="utf-8")
    chosen = {"extensions": ["myst_nb"], "nb_execution_mode": "off", "html_theme": "basic"}
    plain = {"html_copy_source": False, "html_use_index": False}
    warnings = build._run_sphinx(tmp_path / "work", chosen | plain)
    assert not ran.exists()
    assert sum("no file of the site" in line for line in warnings) == 2
    made = [path for path in (tmp_path / "work" / "html").rglob("*") if path.is_file()]
    assert "a.html" in {path.name for path in made}
    assert [path.name for path in made if b"SECRET" in path.read_bytes()] == []


# Heard in every process of Python that is started, kernels included.
LISTENER = """\
import os, sys
def hear(event, arguments):
    if event == "socket.connect" and not isinstance(arguments[1], tuple):
        return
    if event.startswith("socket.get") and event.endswith(("addrinfo", "hostbyname")):
        told = arguments[0]
    elif event in ("socket.connect", "socket.sendto", "urllib.Request"):
        told = arguments[1] if event.startswith("socket") else arguments[0]
    else:
        return
    with open(os.environ["HEARD"], "a", encoding="utf-8") as file:
        file.write(f"{event} {told!r}\\n")
sys.addaudithook(hear)
"""
ASKS = "import socket; socket.getaddrinfo('example.org', 80)"


@pytest.fixture
def heard(tmp_path, monkeypatch):
    """Have what processes of Python ask of the network written to a file, and return it."""
    (tmp_path / "listener").mkdir()
    (tmp_path / "listener" / "sitecustomize.py").write_text(LISTENER, encoding="utf-8")
    file = tmp_path / "heard"
    file.touch()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "listener"))
    monkeypatch.setenv("HEARD", str(file))
    return file


def without_network(*command):
    """Return a command so that it has no network, where that is permitted."""
    cut_off = ["unshare", "--net"]
    if not shutil.which("unshare") or subprocess.run([*cut_off, "true"], check=False).returncode:
        pytest.skip("a process cannot be cut off from the network here")
    return [*cut_off, *command]


def test_what_reads_the_data_asks_nothing_of_the_network(heard, small_folder):
    commands("check", "types", COALITION_DATA=str(small_folder))
    assert heard.read_text(encoding="utf-8") == ""
    subprocess.run([sys.executable, "-c", ASKS], stderr=subprocess.DEVNULL, check=False)
    assert "example.org" in heard.read_text(encoding="utf-8")


@pytest.mark.long
@pytest.mark.parametrize(
    "words", ["run 05 -p account essay --out", "site --out", "export --format excel"]
)
def test_commands_work_without_network_and_do_not_ask_for_it(heard, tmp_path, words):
    out = str(tmp_path / "out.xlsx")
    done = subprocess.run(
        without_network(sys.executable, "-m", "helpers", *words.split(), out),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert heard.read_text(encoding="utf-8") == ""


@pytest.mark.long
@for_root
def test_jupyterlab_tells_its_token_to_the_user_only(anywhere, heard, small_folder):
    folder = anywhere / "notebooks"
    asking(folder / "00_first.ipynb", NUMBER)
    home = anywhere / "home"
    home.mkdir(mode=0o755)
    lab = Lab(folder, small_folder, home)
    try:
        kernel = lab.ask("api/kernels", lab.token, {"name": "python3"})["id"]
        found = [path for path in below(anywhere) if path not in below(folder)]
        names = {path.name for path in found}
        assert f"kernel-{kernel}.json" in names
        assert any(name.startswith("jpserver-") for name in names)
        # The log holds what Lab prints, which only this test writes to a file.
        telling = [
            path
            for path in found
            if path.is_file() and path != lab.log and lab.token in path.read_text("utf-8", "ignore")
        ]
        assert telling
        assert others_can([*telling, *(path for path in found if path.is_socket())]) == []
        shown = Path(f"/proc/{lab.process.pid}/cmdline").read_text(encoding="utf-8")
        assert lab.token not in shown
    finally:
        lab.end()
    outside = [
        line
        for line in heard.read_text(encoding="utf-8").splitlines()
        if not any(own in line for own in ("127.0.0.1", "localhost", socket.gethostname(), "None"))
    ]
    assert outside == []
