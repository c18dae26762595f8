// The theme lets the keyboard scroll what is wider than the page, but looks only once.
// What is opened later must be looked at, too: a solution, a tab, a section.
(() => {
  const lookAgain = () => window.dispatchEvent(new Event("resize"));
  document.addEventListener("toggle", lookAgain, true);
  document.addEventListener("click", (event) => {
    if (event.target.closest?.(".practice-toggle, .practice-all, .sd-tab-label")) lookAgain();
  });

  // What the keyboard can stop at has a name.
  const name = (box) => {
    const heading = box.closest("section")?.querySelector("h1, h2, h3, h4, h5");
    const text = heading?.firstChild?.textContent.trim() || document.title;
    const boxes = [...document.querySelectorAll(".pst-scrollable-table-container")];
    return `Table ${boxes.indexOf(box) + 1}: ${text}`;
  };
  const watcher = new MutationObserver((changes) => {
    for (const { target } of changes) {
      if (target.tabIndex === 0) {
        target.setAttribute("role", "region");
        target.setAttribute("aria-label", name(target));
      } else {
        target.removeAttribute("role");
        target.removeAttribute("aria-label");
      }
    }
  });
  document.addEventListener("DOMContentLoaded", () => {
    for (const box of document.querySelectorAll(".pst-scrollable-table-container")) {
      watcher.observe(box, { attributeFilter: ["tabindex"] });
    }
  });

  // On a phone the list of contents covers the page: whoever has chosen a section wants it.
  document.addEventListener("click", (event) => {
    event.target.closest?.("dialog a[href^='#']")?.closest("dialog").close();
  });

  // Print is light, and opens what is folded. Afterwards the page is as it was.
  const page = document.documentElement;
  let opened = [];
  let theme;
  window.addEventListener("beforeprint", () => {
    theme = page.dataset.theme;
    page.dataset.theme = "light";
    opened = [...document.querySelectorAll("article details:not([open])")];
    opened.forEach((details) => (details.open = true));
  });
  window.addEventListener("afterprint", () => {
    page.dataset.theme = theme;
    opened.forEach((details) => (details.open = false));
  });
})();
