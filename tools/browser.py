"""Print the path of a Chromium or Chrome for the browser tests; get one where there is none.

Looked for in this order: the environment variable ``CHROMIUM``, the usual commands, a browser that
Playwright downloaded earlier. Failing these, Playwright is asked to download its own; failing that,
as root on Debian or Ubuntu, the package ``chromium`` is installed. Otherwise the command to type is
printed, and the exit code is 1: the tests never pass by skipping.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def installed() -> str | None:
    """Return a browser that is on this machine and starts."""
    named = os.environ.get("CHROMIUM")
    if named:
        if not works(named):
            sys.exit(f"CHROMIUM names {named!r}, which does not start")
        return named
    found = [path for command in COMMANDS if (path := shutil.which(command))] + [MAC]
    return next((path for path in [*found, playwrights_own()] if path and works(path)), None)


def works(path: str) -> bool:
    """Whether the program exists and tells its version."""
    try:
        return (
            subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False).returncode == 0
        )
    except OSError:
        return False


def playwrights_own() -> str | None:
    """Where Playwright keeps, or would keep, a browser of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install() -> str | None:
    """Try to get a browser, telling on stderr what is done."""
    print("no Chromium found; asking Playwright for one", file=sys.stderr)
    attempts = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if shutil.which("apt-get") and os.geteuid() == 0:
        attempts += [
            ["apt-get", "update", "-qq"],
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
        ]
    for command in attempts:
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(command, stdout=sys.stderr, timeout=900, check=False, env=environment)
        if browser := installed():
            return browser
        print(f"`{' '.join(command)}` did not give a browser that starts", file=sys.stderr)
    return None


if __name__ == "__main__":
    browser = installed() or install()
    if not browser:
        sys.exit(
            "The browser tests need Chromium or Chrome. Type one of these, then run `make test` again:\n"
            "  sudo apt-get install chromium            (Debian, Ubuntu)\n"
            f"  sudo {sys.executable} -m playwright install --with-deps chromium\n"
            "or name one: CHROMIUM=/path/to/chrome make test"
        )
    print(browser)
