// The practice view of a case study: the sections after the plan stay closed until the
// reader opens them. Without JavaScript, and in print, everything is open.
document.addEventListener("DOMContentLoaded", () => {
  const plan = document.getElementById("a-plan-for-45-minutes");
  if (!plan) return;

  const parts = [];
  for (let next = plan.nextElementSibling; next; next = next.nextElementSibling) {
    if (next.matches("section")) parts.push(fold(next));
  }

  const bar = document.createElement("p");
  const all = document.createElement("button");
  bar.className = "practice-bar";
  all.type = "button";
  all.className = "practice-all";
  bar.append(all);
  plan.append(bar);
  all.addEventListener("click", () => {
    const open = parts.some((part) => !isOpen(part));
    parts.forEach((part) => show(part, open));
    remember(open);
  });

  function fold(section) {
    const heading = section.querySelector("h2");
    const body = document.createElement("div");
    body.className = "practice-body";
    body.id = `${section.id}-answer`;
    while (heading.nextSibling) body.append(heading.nextSibling);
    section.append(body);

    const button = document.createElement("button");
    button.type = "button";
    button.className = "practice-toggle";
    button.setAttribute("aria-controls", body.id);
    const link = heading.querySelector("a.headerlink");
    while (heading.firstChild && heading.firstChild !== link) {
      button.append(heading.firstChild);
    }
    heading.prepend(button);
    const part = { section, body, button };
    button.addEventListener("click", () => show(part, !isOpen(part)));
    body.addEventListener("beforematch", () => show(part, true));
    return part;
  }

  function isOpen(part) {
    return part.button.getAttribute("aria-expanded") === "true";
  }

  function show(part, open) {
    part.button.setAttribute("aria-expanded", String(open));
    // The browser's own search finds closed sections and opens them.
    if (open) part.body.removeAttribute("hidden");
    else part.body.setAttribute("hidden", "until-found");
    all.textContent = parts.every(isOpen) ? "Close all sections" : "Open all sections";
  }

  function remember(open) {
    try {
      localStorage.setItem("case-study-sections", open ? "open" : "closed");
    } catch {
      // Without storage the page starts closed.
    }
  }

  function remembered() {
    try {
      return localStorage.getItem("case-study-sections") === "open";
    } catch {
      return false;
    }
  }

  // A link into a closed section opens it.
  function openTarget() {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id && document.getElementById(id);
    const part = target && parts.find(({ section }) => section.contains(target));
    if (!part) return;
    show(part, true);
    target.scrollIntoView();
  }

  const searched = new URLSearchParams(location.search).has("highlight");
  parts.forEach((part) => show(part, searched || remembered()));
  openTarget();
  window.addEventListener("hashchange", openTarget);
  window.addEventListener("beforeprint", () => parts.forEach((p) => show(p, true)));
});
