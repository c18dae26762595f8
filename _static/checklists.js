// The questions of a checklist can be ticked. The ticks stay in this browser: a question
// is known by its words, so that it keeps its tick when others are added.
document.addEventListener("DOMContentLoaded", () => {
  const lists = document.querySelectorAll("ul.checklist");
  if (!lists.length) return;
  const KEY = "checklist";

  let ticked = {};
  try {
    ticked = JSON.parse(localStorage.getItem(KEY)) || {};
  } catch {
    // No storage, or not ours: the page works without.
  }
  const boxes = [];
  const bar = document.createElement("p");
  const count = document.createElement("span");
  const clear = document.createElement("button");
  bar.className = "checklist-bar";
  count.setAttribute("role", "status");
  clear.type = "button";
  clear.textContent = "Clear all ticks";
  bar.append(count, " ", clear);
  lists[0].closest("section").before(bar);

  for (const item of document.querySelectorAll("ul.checklist > li")) {
    const text = item.textContent.trim();
    const label = document.createElement("label");
    const box = document.createElement("input");
    box.type = "checkbox";
    box.checked = Boolean(ticked[text]);
    label.append(box, " ", ...item.childNodes[0].childNodes);
    item.replaceChildren(label);
    boxes.push(box);
    box.addEventListener("change", () => {
      if (box.checked) ticked[text] = true;
      else delete ticked[text];
      save();
    });
  }
  clear.addEventListener("click", () => {
    ticked = {};
    boxes.forEach((box) => (box.checked = false));
    save();
  });
  tell();

  function save() {
    tell();
    try {
      localStorage.setItem(KEY, JSON.stringify(ticked));
    } catch {
      // They last as long as the page.
    }
  }

  function tell() {
    const done = boxes.filter((box) => box.checked).length;
    count.textContent = `${done} of ${boxes.length} ticked.`;
    clear.disabled = !done;
  }
});
