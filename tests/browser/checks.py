"""What must be true of a page, each check a function that returns what it found wrong."""

from pathlib import Path

import axe_playwright_python
import yaml

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
ROOT = Path(__file__).resolve().parents[2]
# What nobody should see of MyST outside of code.
RAW = r":{3,}\s*\{?|`{3}|\{(glue|eq|cite|ref|numref|term|doc)[\w:]*\}|^\s*:[a-z-]+:\s|\(eq:[\w-]+\)|\$\$|^%\s"


def pages():
    """Every page of the table of contents, and the search page, as addresses below the site."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    files = [toc["root"]] + [c["file"] for part in toc["parts"] for c in part["chapters"]]
    return [f"{file}.html" for file in files] + ["search.html"]


def await_tab_stops(page):
    """Wait until everything that scrolls now can be scrolled by keyboard; the theme sees to it after a pause."""
    page.wait_for_function(
        """() => {
          const scrolls = e => e.scrollWidth > e.clientWidth || e.scrollHeight > e.clientHeight;
          const boxes = 'pre, .nboutput > .output_area, .cell_output > .output, .jp-RenderedHTMLCommon, .pst-scrollable-table-container';
          return [...document.querySelectorAll(boxes)].every(e => (e.tabIndex === 0) === scrolls(e))
            && [...document.querySelectorAll("mjx-container[display='true']")]
              .every(e => e.scrollWidth <= e.clientWidth || e.tabIndex === 0);
        }""",
        timeout=60_000,
    )


def mark_twins(page):
    """Mark every text whose colours are those of three earlier ones, and return how many there are.

    Nine tenths of axe's time goes into the contrast of thousands of words in a dozen colours. A twin is
    laid out in the flow, and shares with three earlier words that are seen its colour, size and weight,
    and the background and opacity of everything around it. Its contrast is not computed again; all other
    rules see it.
    """
    return page.evaluate("""() => {
      document.querySelectorAll('[data-twin]').forEach(e => e.removeAttribute('data-twin'));
      const around = new Map([[null, '']]), seen = new Map();
      const surroundings = e => {  // null where something may lie over or under it that is not around it
        if (!around.has(e)) {
          const s = getComputedStyle(e), outer = surroundings(e.parentElement);
          const inFlow = s.float === 'none' && s.transform === 'none' && s.filter === 'none' && s.textShadow === 'none'
            && s.mixBlendMode === 'normal' && s.visibility === 'visible' && s.backgroundImage === 'none'
            && (s.position === 'static' || s.position === 'relative' && s.zIndex === 'auto'
                && [s.top, s.left, s.right, s.bottom].every(x => x === 'auto' || parseFloat(x) === 0));
          const fine = outer !== null && (inFlow || e.matches('article, :has(article)'));
          around.set(e, fine ? [outer, s.backgroundColor, s.opacity].join(';') : null);
        }
        return around.get(e);
      };
      let twins = 0;
      for (const e of document.querySelectorAll('article *')) {
        if (surroundings(e) === null) continue;
        const s = getComputedStyle(e);
        const kind = [surroundings(e), s.color, s.fontSize, s.fontWeight, e.namespaceURI].join(';');
        if (seen.get(kind) >= 3) { e.dataset.twin = ''; twins += 1; continue; }
        const own = [...e.childNodes].filter(n => n.nodeType === Node.TEXT_NODE).map(n => n.textContent).join('');
        const judged = /[A-Za-z0-9]{2}/.test(own) && e.getBoundingClientRect().width > 2
          && e.checkVisibility({checkOpacity: true, checkVisibilityCSS: true});
        if (judged) seen.set(kind, (seen.get(kind) ?? 0) + 1);
      }
      return twins;
    }""")


def lighten(page):
    """Take out what axe need not see, so that its map of the page is a fifth as large; `restore` puts it back.

    What a formula is drawn with (its box keeps its size; MathJax's glyphs are no text, and axe judges none
    of them), and the borders between words of code that are twins.
    """
    page.evaluate("""() => {
      window.taken = [];
      const formulas = [...document.querySelectorAll('mjx-container')].map(e => [e, e.getBoundingClientRect()]);
      for (const [e, {width, height}] of formulas) {
        taken.push([e, [...e.childNodes], e.getAttribute('style') ?? '']);
        e.style.cssText += `; display: inline-block; width: ${width}px; height: ${height}px`;
        e.replaceChildren();
      }
      for (const e of document.querySelectorAll('pre')) {
        const bare = e.cloneNode(true);
        bare.querySelectorAll('span[data-twin]').forEach(s => s.replaceWith(...s.childNodes));
        bare.normalize();
        taken.push([e, [...e.childNodes], e.getAttribute('style') ?? '']);
        e.replaceChildren(...bare.childNodes);
      }
    }""")


def restore(page):
    """Put back what `lighten` took."""
    page.evaluate("""() => {
      for (const [e, children, style] of taken.reverse()) {
        e.replaceChildren(...children);
        e.setAttribute('style', style);
      }
    }""")


def axe_violations(page):
    """Violations of axe-core's rules at level serious or critical."""
    mark_twins(page)
    page.evaluate(AXE)
    lighten(page)
    found = page.evaluate("""() => {
      axe.configure({rules: [{id: 'color-contrast', selector: '*:not([data-twin])'}]});
      return axe.run(document, {resultTypes: ['violations'], preload: false});
    }""")["violations"]
    restore(page)
    return [
        f"axe {v['impact']}: {v['id']}: {v['nodes'][0]['html'][:160]}"
        for v in found
        if v["impact"] in ("serious", "critical")
    ]


def unrendered_mathematics(page):
    """Formulas that MathJax left alone, or could not read."""
    return page.evaluate("""() => [
      ...[...document.querySelectorAll('.math')].filter(e => !e.querySelector('mjx-container'))
        .map(e => 'not rendered: ' + e.textContent.slice(0, 80)),
      ...[...document.querySelectorAll('mjx-merror')].map(e => 'MathJax error: ' + e.textContent),
    ]""")


def pictures_without_alternative(page):
    """Pictures and drawings that say nothing to those who do not see them."""
    return page.evaluate(r"""() => [
      ...[...document.querySelectorAll('article img')]
        .filter(e => !e.alt.trim() || /\.(png|svg|jpe?g|webp)$/.test(e.alt) || e.alt.includes('_images/'))
        .map(e => 'no alt text: ' + e.outerHTML.slice(0, 120)),
      ...[...document.querySelectorAll('.gx-view')].filter(e => !(e.getAttribute('aria-label') || '').trim())
        .map(e => 'no label: ' + e.outerHTML.slice(0, 120)),
    ]""")


def sideways_scroll(page):
    """Whether the page is wider than the window, and what sticks out."""
    return page.evaluate("""() => {
      const width = document.documentElement.clientWidth;
      if (document.documentElement.scrollWidth <= width) return [];
      const out = [...document.querySelectorAll('article *')].filter(e => e.getBoundingClientRect().right > width + 1);
      return ['wider than the window: ' + out.slice(0, 3).map(e => e.outerHTML.slice(0, 80)).join(' | ')];
    }""")


def unreached_controls(page):
    """Controls of our figures that the Tab key does not reach (of a row of buttons, one stop is enough)."""
    figures = page.evaluate("""() => [...document.querySelectorAll('.gx-explorer')].map((figure, n) => {
      figure.querySelectorAll('input[type=range], button, .gx-choice').forEach((e, k) => e.dataset.reach = `${n}:${k}`);
      figure.tabIndex = -1;
      return [figure.querySelectorAll('[data-reach]').length, figure.querySelectorAll('a, button, input, summary, [tabindex]').length];
    })""")
    faults = []
    for n, (wanted, stops) in enumerate(figures):
        page.evaluate("n => document.querySelectorAll('.gx-explorer')[n].focus()", n)
        reached = set()
        for _ in range(stops + 2):
            if len(reached) == wanted:
                break
            page.keyboard.press("Tab")
            k = page.evaluate("document.activeElement.closest('[data-reach]')?.dataset.reach ?? ''")
            if k.startswith(f"{n}:"):
                reached.add(k)
        if len(reached) < wanted:
            faults.append(
                f"{wanted - len(reached)} of {wanted} controls of figure {n} are not reached by Tab"
            )
    return faults


def dead_sliders(page):
    """Explorers in which some stop of some control does not change the figure and its sentence."""
    return page.evaluate("""() => {
      const faults = [];
      for (const figure of document.querySelectorAll('.gx-explorer')) {
        const data = JSON.parse(figure.querySelector('script').textContent);
        const state = () => figure.querySelector('.gx-view').innerHTML;
        const say = () => figure.querySelector('.gx-say').textContent;
        const move = (input, act) => { act(); input.dispatchEvent(new Event('input', {bubbles: true})); };
        for (const input of figure.querySelectorAll('input')) {
          const was = input.value, checked = figure.querySelector(`input[name="${input.name}"]:checked`);
          const stops = input.type === 'range' ? [...Array(+input.max + 1).keys()] : [input.value];
          const seen = new Set();
          for (const stop of stops) {
            move(input, () => { if (input.type === 'range') input.value = stop; else input.checked = true; });
            if (say() !== data.say[data.index[+figure.dataset.frame]]) faults.push(figure.id + ': the sentence is stale');
            if (input.type === 'range' && input.nextElementSibling.textContent !== JSON.parse(input.dataset.stops)[stop])
              faults.push(figure.id + ': the label is stale');
            seen.add(figure.dataset.frame + state());
          }
          if (input.type === 'range' && new Set([...seen].map(s => s.replace(/^\\d+/, ''))).size < 2)
            faults.push(figure.id + ': ' + input.id + ' moves nothing');
          if (input.type === 'range') move(input, () => input.value = was); else move(checked, () => checked.checked = true);
        }
      }
      return faults;
    }""")


def raw_myst(page, where):
    """Text in MyST that its reader sees as it was typed: roles, directives, options, labels, lone dollars."""
    return page.evaluate(
        r"""([where, raw]) => {
      const faults = [];
      for (const place of document.querySelectorAll(where)) {
        const copy = place.cloneNode(true);
        copy.querySelectorAll('mjx-container, script, style').forEach(e => e.remove());
        for (const code of copy.querySelectorAll('code')) {
          const before = code.previousSibling;
          if (before?.nodeType === 3 && /\{[a-z][\w:.+-]*\}$/.test(before.data)) faults.push('raw role: ' + before.data.slice(-40));
          if (/^(`{3}|:{3})/.test(code.textContent) || /language-\{/.test(code.className)) faults.push('raw directive');
          (code.closest('pre') || code).remove();
        }
        copy.querySelectorAll('pre').forEach(e => e.remove());
        const seen = copy.textContent.match(new RegExp(raw, 'm'));
        if (seen) faults.push('raw: ' + copy.textContent.slice(Math.max(0, seen.index - 30), seen.index + 50));
      }
      return faults;
    }""",
        [where, RAW],
    )
