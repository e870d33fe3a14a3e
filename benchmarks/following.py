"""How long it takes to show what follows from another code: in a browser, and in a notebook."""

import json
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from helpers.data import case_names
from helpers.display.explore import Explorer
from helpers.publish.site import what_if
from helpers.publish.site.sphinx_sources import OWN

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
AT_ONCE = 50
"""Milliseconds that nobody notices."""
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=600000")
TIMED = """<script>window.addEventListener("load", () => {
  const times = [];
  for (const list of document.querySelectorAll("#what-if fieldset select")) {
    const own = list.value;
    for (const value of [...Array.from(list.options, (option) => option.value), own]) {
      list.value = value;
      const start = performance.now();
      list.dispatchEvent(new Event("change"));
      document.body.getBoundingClientRect();
      times.push(performance.now() - start);
    }
  }
  document.body.append(`TIMES ${JSON.stringify(times)} END`);
});</script>"""


def browser_milliseconds() -> list[float]:
    """Return what each change of one list takes on each state's page; none without Chromium."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    states = case_names().index if found else []
    return [ms for state in states for ms in _page(str(found), str(state))]


def _page(browser: str, state: str) -> list[float]:
    """Return the times of one state, measured by its page: rules, new text and layout."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "_static").mkdir()
        (folder / "states").mkdir()
        for script in ("rules.js", "whatif.js", "site.css"):
            shutil.copy(OWN / script, folder / "_static" / script)
        (folder / "_static" / what_if.DATA).write_bytes(what_if.what_if_data())
        style = '<link rel="stylesheet" href="../_static/site.css">'
        page = folder / "states" / "page.html"
        page.write_text(f"<!doctype html>{style}{what_if.section(state)}{TIMED}", encoding="utf-8")
        command = [browser, *FLAGS, f"--user-data-dir={folder / 'profile'}", "--dump-dom"]
        done = subprocess.run(
            [*command, page.as_uri()], capture_output=True, encoding="utf-8", check=True
        )
    times: list[float] = json.loads(re.findall(r"TIMES (\[.*?\]) END", done.stdout)[0])
    return times


def notebook_milliseconds() -> dict[str, list[float]]:
    """Return what each change of each list of the notebook takes of the processor, by its name.

    On a machine that others use as well that is steadier than the clock.
    """
    explorer = Explorer()
    found: dict[str, list[float]] = {}
    for control in explorer.controls:
        first = control.value
        for value in [*(value for _, value in control.options if value != first), first]:
            start = time.process_time()
            control.value = value
            took = 1000 * (time.process_time() - start)
            found.setdefault(control.description, []).append(took)
    return found


def lines() -> list[str]:
    """Return what was measured, as sentences."""
    browser, notebook = browser_milliseconds(), notebook_milliseconds()
    slowest = "; ".join(
        f"{name} {statistics.median(times):.0f} ({max(times):.0f})"
        for name, times in notebook.items()
    )
    said = [
        "- A change in the notebook's lists takes, in milliseconds of the processor, median "
        f"(slowest): {slowest}."
    ]
    if browser:
        middle, most = statistics.median(browser), max(browser)
        said.append(
            f"- A change of a code on a state's page takes {middle:.1f} ms, the slowest of "
            f"{len(browser)} {most:.1f} ms; {sum(ms > AT_ONCE for ms in browser)} take more than "
            f"{AT_ONCE} ms."
        )
    return said
