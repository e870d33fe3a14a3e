"""What differs from run to run is dropped, and nothing else."""

import copy
import itertools
import json
import time

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbclient.client import _RGX_CARRIAGERETURN
from notebook_maker import code, markdown, notebook, printed, result

from helpers.regenerate.normalise import machine_paths, merge_streams, normalise, to_bytes

TIMES = {"iopub.execute_input": "2026-01-01T00:00:00Z"}


def executed(when="2026", version="3.11.7", cell_id="a1", cut=1):
    """A notebook as papermill leaves it; the arguments are what varies."""
    times = {"papermill": {"start_time": when}, "execution": TIMES | {"x": when}}
    text = "a line\nanother\n"
    outputs = [printed(text[:cut]), printed(text[cut:]), printed("w", "stderr"), result("2", 3)]
    content = notebook(
        {**markdown("# Which?"), "metadata": {"tags": [], "papermill": {"start_time": when}}},
        code("n: int = 1  # n", 1, ("parameters",)),
        code("n = 2", 2, ("injected-parameters",), id=cell_id),
        {**code("print(n)", 3), "outputs": outputs, "metadata": {"tags": [], **times}},
    )
    content["metadata"] |= {
        "papermill": {"start_time": when, "input_path": f"/home/{when}"},
        "language_info": {"name": "python", "version": version},
        "title": "kept",
    }
    content["metadata"]["kernelspec"]["display_name"] = f"Python {version}"
    return nbformat.from_dict(content)


def normalised(content):
    content = copy.deepcopy(content)
    normalise(content)
    return content


def test_two_executions_give_the_same_bytes():
    one = to_bytes(normalised(executed()))
    other = to_bytes(normalised(executed("2027", "3.13.1", "ffee", cut=7)))
    assert one == other
    assert to_bytes(executed()) != to_bytes(executed("2027"))


def test_of_widgets_only_what_stands_for_them_is_kept():
    content = executed()
    view = {"model_id": "a1", "version_major": 2, "version_minor": 0}
    shown = {"application/vnd.jupyter.widget-view+json": view, "text/plain": "Controls"}
    content["cells"][3]["outputs"][3]["data"] = nbformat.from_dict(shown)
    content["metadata"]["widgets"] = {"state": {"a1": {}}}
    found = normalised(content)
    assert found["cells"][3]["outputs"][-1]["data"] == {"text/plain": "Controls"}
    assert "widgets" not in found["metadata"]


def test_keeps_what_was_written_and_found():
    content = normalised(executed())
    assert [cell["id"] for cell in content["cells"]] == [
        *("cell-0", "cell-1", "injected-parameters", "cell-3")
    ]
    assert content["metadata"]["title"] == "kept"
    assert content["cells"][1]["metadata"] == {"tags": ["parameters"]}
    assert content["cells"][3]["metadata"] == {}
    assert content["cells"][3]["execution_count"] == 3
    assert [output.get("text") for output in content["cells"][3]["outputs"]] == [
        *("a line\nanother\n", "w", None)
    ]


def test_a_changed_number_changes_the_bytes():
    other = executed()
    other["cells"][3]["outputs"][3]["data"]["text/plain"] = "3"
    assert to_bytes(normalised(other)) != to_bytes(normalised(executed()))


def test_normalising_twice_changes_nothing():
    once = to_bytes(normalised(executed()))
    read = nbformat.reads(once.decode(), as_version=4)
    assert to_bytes(normalised(read)) == once


def test_bytes_are_what_jupyter_writes():
    content = normalised(executed())
    written = to_bytes(content)
    assert written == nbformat.writes(content).encode() + b"\n"
    assert written.endswith(b"}\n") and b"\r" not in written
    assert json.loads(written)["cells"][0]["source"] == ["# Which?"]


def test_papermills_error_marks_get_fixed_ids():
    mark = {**markdown("An exception"), "metadata": {"tags": ["papermill-error-cell-tag"]}}
    content = normalised(nbformat.from_dict(notebook({**mark, "id": "x"}, {**mark, "id": "y"})))
    assert [cell["id"] for cell in content["cells"]] == ["papermill-error-1", "papermill-error-2"]


texts = st.text(st.characters() | st.sampled_from("a\r\n"), max_size=5)
pieces = st.lists(st.tuples(st.sampled_from(["stdout", "stderr"]), texts))


@given(pieces)
def test_joining_keeps_every_text_in_order(written):
    merged = merge_streams([printed(text, name) for name, text in written])
    assert all(a["name"] != b["name"] for a, b in itertools.pairwise(merged))
    for stream in ("stdout", "stderr"):
        whole = "".join(text for name, text in written if name == stream)
        # As nbclient has it, which takes a hundred seconds for a million characters.
        shown = _RGX_CARRIAGERETURN.sub("", whole)
        assert "".join(o["text"] for o in merged if o["name"] == stream) == shown


def test_joining_reads_lists_of_lines_and_goes_on_after_other_outputs():
    outputs = [printed(["a\n", "b"]), printed("c"), result("1"), printed("d")]
    assert [output.get("text") for output in merge_streams(outputs)] == ["a\nbcd", None]


def test_what_was_printed_stands_before_errors_unless_something_is_between():
    out, err = printed("o"), printed("e", "stderr")
    assert merge_streams([dict(err), dict(out)]) == [out, err]
    assert merge_streams([dict(err), result("1"), dict(out)]) == [err, result("1"), out]


def test_a_long_line_takes_no_longer_than_a_short_one_for_each_character():
    begin = time.perf_counter()
    merge_streams([printed("x" * 5_000_000), printed("y\r" * 1_000_000)])
    assert time.perf_counter() - begin < 5


def test_half_a_pair_of_surrogates_is_written_as_an_escape():
    content = notebook({**code("x", 1), "outputs": [printed("\ud800")]})
    (cell,) = json.loads(to_bytes(nbformat.from_dict(content)))["cells"]
    assert cell["outputs"][0]["text"] == ["\ud800"]


@pytest.mark.parametrize(
    "output",
    [
        printed("saved in /home/ada/project/x.csv\n"),
        printed(["a\n", "/tmp/ipykernel_12/345.py:1: UserWarning\n"], "stderr"),
        result("PosixPath('/Users/ada/x')"),
        result("WindowsPath('C:\\\\Users\\\\ada')"),
        {**result("x"), "data": {"text/html": ["<td>\n", "/workspace/project/data</td>"]}},
        {**result("x"), "data": {"application/json": {"path": "/root/x"}}},
        {"output_type": "error", "ename": "E", "evalue": "no /opt/x", "traceback": []},
        {"output_type": "error", "ename": "E", "evalue": "", "traceback": ["/usr/lib/x.py"]},
    ],
)
def test_finds_a_path_of_this_machine(output):
    found = machine_paths(notebook(markdown("/home/ada/x"), {**code("x", 7), "outputs": [output]}))
    assert len(found) == 1
    assert found[0].startswith("cell [7] shows the path ")


@pytest.mark.parametrize(
    "text",
    [
        "https://www.example.org/home/page and //example.org/tmp/x",
        "A/RES/68/262, and/or, data/states.csv, ../usr/x, </tmp/>",
        "Region: 12/13; c: d; a:b",
        "",
    ],
)
def test_leaves_addresses_and_relative_paths_alone(text):
    picture = {**result(text), "data": {"text/plain": text, "image/png": "/tmp/x/home/ada/"}}
    cell = {**code("x", 1), "outputs": [printed(text), picture]}
    assert machine_paths(notebook(cell)) == []
