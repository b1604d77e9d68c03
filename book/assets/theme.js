// Small repairs to the theme's markup that axe-core asks for; tests/test_browser.py sees that they hold.
document.addEventListener("DOMContentLoaded", () => {
  const all = (selector, repair) => document.querySelectorAll(selector).forEach(repair);
  all(".search-button-field", e => e.setAttribute("aria-label", e.textContent.replace(/\s+/g, " ").trim()));
  all(".theme-switch-button i[title]", e => e.removeAttribute("title"));
  all("details > summary[aria-label]", e => e.removeAttribute("aria-label"));
  all("#pst-primary-sidebar", e => { e.setAttribute("role", "region"); e.setAttribute("aria-label", "Book navigation"); });
  all(".citation-list, .citation[role]", e => e.removeAttribute("role"));
});
window.addEventListener("load", () => document.querySelectorAll(".theme-switch-button svg").forEach(e => {
  e.querySelector("title")?.remove();
  e.removeAttribute("role");
  e.removeAttribute("aria-labelledby");
  e.setAttribute("aria-hidden", "true");
}));
// A formula wider than the page scrolls; then the keyboard must be able to scroll it too.
function reachWideFormulas() {
  for (const formula of document.querySelectorAll("mjx-container[display='true']")) {
    if (formula.scrollWidth > formula.clientWidth) formula.tabIndex = 0;
    else formula.removeAttribute("tabindex");
  }
}
window.addEventListener("load", () => window.MathJax?.startup?.promise?.then(reachWideFormulas));
window.addEventListener("resize", reachWideFormulas);
// Opened as a file, the search may not fetch excerpts; it lists its hits all the same.
if (location.protocol === "file:" && typeof DOCUMENTATION_OPTIONS !== "undefined") {
  DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
}
