// The reading room, filtered in the page. What a system is about stands in its classes.
// The choice stands in the address, so that it can be sent to somebody.
document.addEventListener("DOMContentLoaded", () => {
  const systems = [...document.querySelectorAll("section.system")];
  if (!systems.length) return;
  const FILTERS = {
    chapter: "about-chapter-",
    question: "about-question-",
    industry: "industry-",
    kind: "kind-",
  };

  const industries = [...document.querySelectorAll("section.room-industry")];
  const bar = document.createElement("form");
  const count = document.createElement("span");
  const clear = document.createElement("button");
  bar.className = "room-bar";
  bar.setAttribute("role", "search");
  bar.setAttribute("aria-label", "Filter the systems");
  count.setAttribute("role", "status");
  clear.type = "reset";
  clear.textContent = "Show all";
  const asked = new URLSearchParams(location.search);
  const selects = Object.entries(FILTERS).map(([name, prefix]) => {
    const select = document.createElement("select");
    const label = document.createElement("label");
    select.name = name;
    select.append(new Option("all", ""));
    for (const value of valuesOf(prefix)) {
      select.append(new Option(value.replaceAll("-", " "), value));
    }
    select.value = asked.get(name) || "";
    if (select.selectedIndex < 0) select.value = "";
    label.append(`${name[0].toUpperCase()}${name.slice(1)} `, select);
    bar.append(label, " ");
    return select;
  });
  bar.append(clear, " ", count);
  industries[0].before(bar);
  bar.addEventListener("change", () => show(true));
  bar.addEventListener("submit", (event) => event.preventDefault());
  bar.addEventListener("reset", () => setTimeout(() => show(true)));
  show(false);

  function valuesOf(prefix) {
    const found = systems.flatMap((system) => [...system.classList])
      .filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length));
    return [...new Set(found)].sort((a, b) => a - b || a.localeCompare(b));
  }

  function show(store) {
    const chosen = selects.filter((select) => select.value);
    const wanted = chosen.map((select) => FILTERS[select.name] + select.value);
    for (const system of systems) {
      system.hidden = !wanted.every((name) => system.classList.contains(name));
    }
    for (const industry of industries) {
      industry.hidden = !industry.querySelector("section.system:not([hidden])");
    }
    const left = systems.filter((system) => !system.hidden).length;
    count.textContent = `${left} of ${systems.length} systems.`;
    clear.disabled = !chosen.length;
    if (!store) return;
    const query = new URLSearchParams(chosen.map((s) => [s.name, s.value])).toString();
    history.replaceState(null, "", `${location.pathname}${query ? `?${query}` : ""}`);
  }
});
