"""JupyterLab on copies: what is copied when, and a real server with warm kernels."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner
from jupyter_client.blocking import BlockingKernelClient
from kernel_runner import PATIENCE, wait_for
from notebook_maker import code, markdown, printed, write

from helpers.cli import main
from helpers.regenerate.lab import (
    FIRST,
    copied_data,
    lab_arguments,
    refuse_root,
    show_data,
    working_copies,
)

WARM = "import sys; print('seaborn' in sys.modules)"


@pytest.fixture
def notebooks(tmp_path):
    folder = tmp_path / "notebooks"
    write(folder / FIRST, markdown("# Who?"), code("1 + 1"))
    write(folder / "01_next.ipynb", markdown("# Why?"), code("2 + 2"))
    return folder


def change(path, source="3 + 3", outputs=()):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][1].update(source=source, outputs=list(outputs))
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path.read_bytes()


def test_copies_what_is_not_there_yet(notebooks, tmp_path):
    assert working_copies(notebooks, tmp_path / "lab") == []
    for original in notebooks.iterdir():
        assert (tmp_path / "lab" / original.name).read_bytes() == original.read_bytes()


def test_renews_copies_that_were_only_run(notebooks, tmp_path):
    working_copies(notebooks, tmp_path / "lab")
    ran = change(tmp_path / "lab" / FIRST, "1 + 1", [printed("2")])
    assert working_copies(notebooks, tmp_path / "lab") == []
    assert (tmp_path / "lab" / FIRST).read_bytes() == ran
    new = change(notebooks / FIRST, "1 + 2")
    assert working_copies(notebooks, tmp_path / "lab") == []
    assert (tmp_path / "lab" / FIRST).read_bytes() == new


@pytest.mark.parametrize("content", [None, b"not a notebook"])
def test_keeps_copies_that_were_changed(notebooks, tmp_path, content):
    working_copies(notebooks, tmp_path / "lab")
    copy = tmp_path / "lab" / FIRST
    mine = change(copy)
    if content:
        mine = content
        copy.write_bytes(mine)
    # The notebook is what it was: nothing to say.
    assert working_copies(notebooks, tmp_path / "lab") == []
    change(notebooks / FIRST, "1 + 2")
    for _ in range(2):
        assert working_copies(notebooks, tmp_path / "lab") == [FIRST]
        assert copy.read_bytes() == mine
    copy.rename(copy.with_name("mine.ipynb"))
    assert working_copies(notebooks, tmp_path / "lab") == []
    assert copy.read_bytes() == (notebooks / FIRST).read_bytes()


def test_always_asks_for_a_token(tmp_path):
    arguments = lab_arguments(tmp_path, tmp_path, "secret", ["--port=1"])
    assert "--IdentityProvider.token=secret" in arguments
    assert arguments[-1] == "--port=1"


def test_opens_the_first_notebook(tmp_path):
    def opened(root, folder):
        arguments = lab_arguments(root, folder, "secret", [])
        assert f"--ServerApp.root_dir={root}" in arguments
        (page,) = [a for a in arguments if a.startswith("--LabApp.default_url=")]
        return page.partition("=")[2]

    folder = tmp_path / "notebooks"
    folder.mkdir()
    assert opened(folder, folder) == "/lab"
    assert opened(tmp_path, folder) == "/lab/tree/notebooks"
    (folder / FIRST).touch()
    assert opened(folder, folder) == f"/lab/tree/{FIRST}"
    assert opened(tmp_path, folder) == f"/lab/tree/notebooks/{FIRST}"


def test_leads_to_the_data_themselves(tmp_path):
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "table.csv").write_text(name, encoding="utf-8")
    folder = tmp_path / "lab"
    folder.mkdir()
    for name in ("one", "other"):
        assert show_data(folder, tmp_path / name) == ""
        assert (folder / "data" / "table.csv").read_text(encoding="utf-8") == name
    # Something of the user's own stays as it is, and it is said where the data are.
    (folder / "data").unlink()
    (folder / "data").mkdir()
    assert str(tmp_path / "one") in show_data(folder, tmp_path / "one")
    assert not (folder / "data").is_symlink()


def test_keeps_copies_of_tables_that_were_changed(tmp_path):
    data, folder = tmp_path / "installed", tmp_path / "lab"
    data.mkdir()
    folder.mkdir()
    names = ["changed.csv", "read.csv"]
    for name in names:
        (data / name).write_text("old", encoding="utf-8")
    assert copied_data(folder, data) == []
    mine = folder / "data" / "changed.csv"
    mine.write_text("mine", encoding="utf-8")
    for name in names:
        (data / name).write_text("new", encoding="utf-8")
    assert copied_data(folder, data) == ["changed.csv"]
    assert mine.read_text(encoding="utf-8") == "mine"
    assert (folder / "data" / "read.csv").read_text(encoding="utf-8") == "new"


def test_says_what_to_do_as_root(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    refuse_root(["--port=1", "--allow-root"])
    refuse_root(["--ServerApp.allow_root=True"])
    done = CliRunner().invoke(main, ["lab", "--no-browser"])
    assert done.exit_code == 2
    assert "coalition lab --allow-root" in done.output
    assert "Token" not in done.output
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    refuse_root([])


class Lab:
    """A running ``coalition lab``."""

    def __init__(self, notebooks, data, home, *options):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        folders = {
            f"JUPYTER_{name}_DIR": str(home / name) for name in ("CONFIG", "DATA", "RUNTIME")
        }
        command = [sys.executable, "-c", "from helpers.cli import main; main()", "lab", *options]
        jupyter = ["--no-browser", "--allow-root", f"--ServerApp.port={port}"]
        self.log = home / "log"
        with self.log.open("w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [*command, *jupyter],
                env={
                    **os.environ,
                    "COALITION_NOTEBOOKS": str(notebooks),
                    "COALITION_DATA": str(data),
                    **folders,
                },
                stdout=log,
                stderr=log,
            )
        self.runtime = home / "RUNTIME"
        wait_for(lambda: self.answers() or self.process.poll() is not None)
        self.token = re.findall(r"^Token.*: (\w+)$", self.said(), re.MULTILINE)[0]

    def answers(self):
        """Tell whether it listens, which it says a moment before it does."""
        try:
            self.ask("login")
        except urllib.error.HTTPError:
            return True
        except (urllib.error.URLError, ValueError) as problem:
            return isinstance(problem, ValueError)

    def said(self):
        return self.log.read_text(encoding="utf-8")

    def ask(self, path, token="", content=None, method=None):
        data = None if content is None else json.dumps(content).encode()
        headers = {"Authorization": f"token {token}"} if token else {}
        request = urllib.request.Request(f"{self.address}/{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.loads(answer.read() or b"null")

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE)


def run_in(file):
    """Run code in the kernel that a connection file is about."""
    client = BlockingKernelClient(connection_file=str(file))
    client.load_connection_file()
    client.start_channels()
    client.wait_for_ready(timeout=PATIENCE)
    said = []
    client.execute_interactive(WARM, output_hook=said.append, timeout=PATIENCE)
    client.stop_channels()
    return "".join(m["content"]["text"] for m in said if m["msg_type"] == "stream")


@pytest.mark.skipif(sys.platform == "win32", reason="kernels cannot be forked there")
def test_opens_copies_with_warm_kernels(notebooks, small_folder, tmp_path):
    lab = Lab(notebooks, small_folder, tmp_path)
    try:
        with pytest.raises(urllib.error.HTTPError) as error:
            lab.ask("api/contents")
        assert error.value.code == 403
        listed = lab.ask("api/contents", lab.token)["content"]
        assert {entry["name"] for entry in listed} == {FIRST, "01_next.ipynb", "data"}
        saved = {**lab.ask(f"api/contents/{FIRST}", lab.token), "format": "json"}
        saved["content"]["cells"][1]["source"] = "changed"
        before = (notebooks / FIRST).read_bytes()
        lab.ask(f"api/contents/{FIRST}", lab.token, saved, "PUT")
        assert "changed" in (tmp_path / "lab" / FIRST).read_text(encoding="utf-8")
        assert (notebooks / FIRST).read_bytes() == before
        kernel = lab.ask("api/kernels", lab.token, {"name": "python3"})["id"]
        file = lab.runtime / f"kernel-{kernel}.json"
        assert run_in(file) == "True\n"
        lab.ask(f"api/kernels/{kernel}/restart", lab.token, {})
        assert run_in(file) == "True\n"
        sockets = Path(json.loads(file.read_text(encoding="utf-8"))["ip"]).parent
    finally:
        lab.end()
    assert not file.exists()
    assert not sockets.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right of their own there")
def test_an_edit_reaches_the_real_tables(notebooks, small_folder, tmp_path):
    lab = Lab(notebooks, small_folder, tmp_path)
    try:
        table = lab.ask("api/contents/data/codings.csv", lab.token)
        table["content"] += "added\n"
        lab.ask("api/contents/data/codings.csv", lab.token, table, "PUT")
        assert (small_folder / "codings.csv").read_text(encoding="utf-8") == table["content"]
        lab.ask("api/contents/data/codebook.yml", lab.token)
        settings = lab.ask(
            "lab/api/settings/@jupyterlab/apputils-extension:notification", lab.token
        )
        assert settings["schema"]["properties"]["fetchNews"]["default"] == "false"
    finally:
        lab.end()
    assert "Extension Manager is 'readonly'" in lab.said()
    assert (tmp_path / "lab" / "data").is_symlink()


def test_edits_the_notebooks_themselves_when_told_to(notebooks, small_folder, tmp_path):
    lab = Lab(notebooks, small_folder, tmp_path, "--edit")
    try:
        path = f"api/contents/notebooks/{FIRST}"
        saved = {**lab.ask(path, lab.token), "format": "json"}
        saved["content"]["cells"][1]["source"] = "changed"
        lab.ask(path, lab.token, saved, "PUT")
        listed = lab.ask("api/contents/", lab.token)["content"]
        assert "codings.csv" in {entry["name"] for entry in listed}
    finally:
        lab.end()
    assert "changed" in (notebooks / FIRST).read_text(encoding="utf-8")
    assert not (tmp_path / "lab").exists()
