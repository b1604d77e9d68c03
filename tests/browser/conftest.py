"""A server for the built book, and a browser that tells everything that goes wrong."""

import functools
import http.server
import os
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def site():
    if not (SITE / "index.html").exists():
        pytest.fail("the book is not built: run `make book` first")
    return SITE


@pytest.fixture(scope="session")
def serve():
    """Serve a folder on this machine; returns its address."""
    servers = []

    def start(folder):
        handler = functools.partial(QuietHandler, directory=str(folder))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def address(site, serve):
    return serve(site)


@pytest.fixture(scope="session")
def browser():
    path = os.environ.get("CHROMIUM")
    if not path:
        pytest.fail("CHROMIUM is not set: run `make browser`, which finds or gets a browser")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


def watch(page):
    """Append everything that goes wrong in a page to ``page.faults``."""
    page.faults = faults = []
    page.on("console", lambda m: faults.append(f"console {m.type}: {m.text}") if m.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(f"script error: {error}"))
    page.on("response", lambda r: faults.append(f"{r.status}: {r.url}") if r.status >= 400 else None)
    return page


@pytest.fixture
def open_page(browser):
    """Open an address in a fresh context; everything that goes wrong is appended to ``page.faults``."""
    contexts = []

    def open_(url, *, width=1280, scheme="light", script=True, wait=True):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=script
        )
        contexts.append(context)
        page = watch(context.new_page())
        page.wanted = []  # the address of everything that the page asked for
        origin = "{0.scheme}://{0.netloc}/".format(urlsplit(url))

        def on_request(route):
            wanted = route.request.url
            page.wanted.append(wanted)
            if wanted.startswith((origin, "data:", "blob:")):
                route.continue_()
            else:
                page.faults.append(f"request to another host: {wanted}")
                route.abort()

        page.route("**/*", on_request)
        page.goto(url)
        if script and wait:
            page.wait_for_function(
                "!window.MathJax || (window.MathJax.startup && window.MathJax.startup.promise)",
                timeout=20_000,
            )
            page.evaluate("window.MathJax ? window.MathJax.startup.promise : null")
            page.wait_for_function("document.documentElement.dataset.theme != 'auto'", timeout=20_000)
        return page

    yield open_
    for context in contexts:
        context.close()
