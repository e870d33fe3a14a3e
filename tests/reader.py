"""A browser as a reader has one, with the network cut off, and a site served to it."""

import os
import shutil
import threading
from contextlib import contextmanager

import pytest
from playwright.sync_api import sync_playwright

from helpers.publish.site.serve import server

CUT_OFF = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # No name can be looked up, and no address but this machine's can be reached.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
LAPTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


@contextmanager
def chromium():
    """Offer Chromium. Where there is none the tests are skipped, but never in CI."""
    found = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if found is None:
        missing = "Chromium is not installed; .ci/run does that"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=CUT_OFF)
        yield running
        running.close()


@contextmanager
def served(folder):
    """Offer the address at which a site is served."""
    with server(folder, 0) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}/"
        running.shutdown()
        thread.join()


class Reader:
    """A window of the browser that remembers what went wrong in it."""

    def __init__(self, browser, address, viewport, scheme, **options):
        self.address = address
        self.wrong = []
        self.context = browser.new_context(viewport=viewport, color_scheme=scheme, **options)
        self.page = self.another()

    def another(self):
        """Return a further window on the same profile."""
        page = self.context.new_page()
        page.on("request", self._asked)
        page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        page.on(
            "console",
            lambda said: self.wrong.append(said.text) if said.type == "error" else None,
        )
        page.on("dialog", self._told)
        page.on("requestfailed", self._failed)
        return page

    def _asked(self, request):
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.wrong.append(f"outside: {request.url}")

    def _failed(self, request):
        # Leaving a page breaks off what it has asked for, as for its icon, which comes last.
        if request.failure != "net::ERR_ABORTED":
            self.wrong.append(f"failed: {request.url}")

    def _told(self, dialog):
        self.wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def open(self, path):
        # Idle, not only loaded: the icon comes last, and leaving a page breaks off its request.
        self.page.goto(self.address + path, wait_until="networkidle")
        return self.page
