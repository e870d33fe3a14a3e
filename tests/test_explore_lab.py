"""The notebook of lists in JupyterLab, moved by keyboard in a browser."""

import os
import re
import shutil
import sys

import pytest
from test_regenerate_lab import Lab

from helpers.dataset.files import REPOSITORY

try:
    from playwright.sync_api import expect
    from reader import chromium
except ModuleNotFoundError:
    if os.environ.get("CI"):
        raise
    pytest.skip("the dependency group browser is not installed", allow_module_level=True)

NAME = "10_explore.ipynb"
PATIENCE = 120_000


@pytest.mark.skipif(sys.platform == "win32", reason="kernels cannot be forked there")
def test_lists_are_moved_by_keyboard(tmp_path):
    (tmp_path / "notebooks").mkdir()
    shutil.copy(REPOSITORY / "notebooks" / NAME, tmp_path / "notebooks" / NAME)
    lab = Lab(tmp_path / "notebooks", REPOSITORY / "data", tmp_path)
    try:
        with chromium() as browser:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.set_default_timeout(PATIENCE)
            expect.set_options(timeout=PATIENCE)
            page.goto(f"{lab.address}/lab/tree/{NAME}?token={lab.token}")
            page.locator(".jp-Notebook h1").first.wait_for()
            # Nothing is stored that would be empty; a sentence stands in its place.
            stored = (tmp_path / "notebooks" / NAME).read_text(encoding="utf-8")
            assert "widget-view" not in stored
            # Cells that are run before the kernel has answered may stay as they are.
            page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').wait_for()
            page.get_by_role("menuitem", name="Run", exact=True).click()
            page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
            # JupyterLab follows the run to the last cell, and renders only what is near the window.
            last = page.locator(".jp-CodeCell .jp-InputPrompt").last
            expect(last).to_have_text(re.compile(r"\[\d+\]:"))
            page.locator(".jp-WindowedPanel-outer").evaluate("panel => panel.scrollTo(0, 0)")
            code = page.get_by_label("Code", exact=True)
            code.wait_for()
            code.scroll_into_view_if_needed()
            said = page.get_by_role("status").filter(has_text="as coded")
            expect(said).to_contain_text("Iran: full backer, military backer as coded.")
            figure = page.locator("img.widget-image")
            first = figure.get_attribute("src")
            figure.evaluate("image => { image.dataset.kept = 'yes'; }")
            code.focus()
            page.keyboard.press("Home")
            expect(said).to_contain_text("Iran: military backer, as coded.")
            expect(figure).not_to_have_attribute("src", first)
            # The same image with another source: nothing was taken away and put back.
            expect(figure).to_have_attribute("data-kept", "yes")
            page.keyboard.press("Shift+Tab")
            page.keyboard.press("Home")
            expect(said).to_contain_text("Iran: military backer, as coded.")
            expect(code.locator("option:checked")).to_have_text("refused (as coded)")
            if os.environ.get("SHOTS"):
                for scheme in ("light", "dark"):
                    page.screenshot(path=f"{os.environ['SHOTS']}/lab-{scheme}.png")
    finally:
        lab.end()
