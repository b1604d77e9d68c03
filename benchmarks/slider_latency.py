"""How long from moving a slider to the new frame on the screen, measured in the browser.

Run after ``make book`` with ``.venv/bin/python benchmarks/slider_latency.py``. For each explorer of the
built book every stop of its first control, a slider or a row of buttons, is set in turn; the time runs from the input event to the
second animation frame after it, when the browser has painted.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
MEASURE = """async figure => {
  const first = figure.querySelector('.gx-slider input, .gx-choice');
  const moves = first.tagName === 'INPUT'
    ? [...Array(+first.max + 1).keys()].map(stop => [first, () => first.value = stop])
    : [...first.querySelectorAll('input')].map(button => [button, () => button.checked = true]);
  const times = [];
  for (let round = 0; round < 5; round++) for (const [input, move] of moves) {
    move();
    await new Promise(requestAnimationFrame);
    const start = performance.now();
    input.dispatchEvent(new Event('input', {bubbles: true}));
    const script = performance.now() - start;
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
    times.push([script, performance.now() - start]);
  }
  return times;
}"""


def main():
    browser = subprocess.run(
        [sys.executable, ROOT / "tools" / "browser.py"], capture_output=True, text=True, check=True
    )
    print("explorer                                script ms   to the screen ms   (median / worst)")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser.stdout.strip(), args=["--no-sandbox"])
        for path in sorted((ROOT / "_build/html/book").glob("*.html")):
            page = chromium.new_page()
            page.goto(f"file://{path}")
            for figure in page.query_selector_all(".gx-explorer"):
                script, screen = zip(*figure.evaluate(MEASURE), strict=True)
                name = f"{path.stem} {figure.get_attribute('id')}"
                print(
                    f"{name:<36} {statistics.median(script):>6.1f} / {max(script):<6.1f} "
                    f"{statistics.median(screen):>8.1f} / {max(screen):.1f}"
                )
            page.close()
        chromium.close()


if __name__ == "__main__":
    main()
