// A page that runs where it is read: its cells are edited and run in place. What is seen
// is told from what is stored, and a reader's changes stay in this browser.

import { markdown } from "./inpage-markdown.mjs";

const root = new URL(document.documentElement.dataset.content_root || "./", location.href);
// What became of a cell, in the words of its label.
const SAYS = {
  stored: "Stored output.",
  waiting: "Waits for its turn.",
  running: "Runs.",
  done: "From your run",
  failed: "From your run: it stopped here.",
  stale: "From your run, before a change above.",
  part: "From your run; a part of this cell cannot run in a browser",
  skipped: "Stored output: this cell needs what a browser lacks, so it was skipped.",
  answered: "Not run: your own answer above is checked instead.",
};

export function open(place) {
  return new RunnablePage(place);
}

class Stopped extends Error {}

// --- the engine --------------------------------------------------------------------------

// What the page needs of an engine, and nothing else: start, run a cell, end.
class Engine {
  constructor(onLoaded) {
    this.onLoaded = onLoaded;
    this.waiting = new Map();
    this.asked = 0;
    const script = new URL("inpage-worker.mjs", import.meta.url);
    this.worker = new Worker(script, { type: "module" });
    this.worker.onmessage = ({ data }) => this.#answer(data);
    this.worker.onerror = (event) => {
      event.preventDefault();
      for (const { reject } of this.waiting.values()) {
        reject(new Error("Python cannot be started in this browser."));
      }
    };
  }

  start(data) {
    return this.#ask({ boot: { root: new URL("inpage/", root).href, data } });
  }

  run(number, source) {
    return this.#ask({ run: { number, source } });
  }

  end() {
    this.worker.terminate();
    for (const { reject } of this.waiting.values()) reject(new Stopped());
    this.waiting.clear();
  }

  #ask(message) {
    return new Promise((resolve, reject) => {
      const id = ++this.asked;
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, ...message });
    });
  }

  #answer({ id, result, failure, detail, loaded, total }) {
    if (loaded) return this.onLoaded(loaded, total);
    const { resolve, reject } = this.waiting.get(id) ?? {};
    this.waiting.delete(id);
    if (!failure) return resolve?.(result);
    console.debug(detail);
    return reject?.(new Error(failure));
  }
}

// --- cells -------------------------------------------------------------------------------

class Cell {
  constructor(element, number) {
    this.element = element;
    this.number = number; // counted from 1, as readers do
    this.code = element.querySelector(".cell_input pre");
    this.stored = [...this.code.childNodes].map((node) => node.cloneNode(true));
    this.original = this.source;
    this.output = element.querySelector(".cell_output");
    this.storedOutput = this.output ? [...this.output.childNodes] : [];
    this.solution = element.classList.contains("tag_solution");
    this.starter = element.classList.contains("tag_starter");
    this.fresh = false; // whether the engine holds what this cell as it stands has made
    this.ran = false; // whether the output shown is of a run
    this.label = element.appendChild(document.createElement("p"));
    this.label.className = "inpage-label d-print-none";
    this.words = this.label.appendChild(document.createElement("span"));
    this.show("stored");
  }

  get source() {
    const copy = this.code.cloneNode(true); // a browser may write <br> for a new line
    for (const end of copy.querySelectorAll("br")) end.replaceWith("\n");
    return copy.textContent.trimEnd();
  }

  get edited() {
    return this.source !== this.original;
  }

  write(source) {
    this.code.replaceChildren(source);
  }

  reset() {
    this.code.replaceChildren(...this.stored.map((node) => node.cloneNode(true)));
  }

  // Show the stored output again.
  restore() {
    this.output?.replaceChildren(...this.storedOutput);
    this.ran = this.fresh = false;
    this.show("stored");
  }

  show(state, more = "") {
    this.element.dataset.inpage = state;
    const empty = !this.output?.childNodes.length;
    const quiet = empty && ["stored", "done", "stale"].includes(state);
    this.words.textContent = quiet && state !== "done" ? "" : SAYS[state] + more;
  }

  // Show what a run has made; what was skipped keeps its stored output.
  take({ outputs, seconds, failed, skipped }) {
    const time = `, ${seconds.toFixed(1)} s.`;
    if (skipped === "all" && !failed) {
      if (this.ran) this.output?.replaceChildren(...this.storedOutput);
      this.ran = false;
      return this.show(this.storedOutput.length ? "skipped" : "done", time);
    }
    if (outputs.length && !this.output) {
      this.output = document.createElement("div");
      this.output.className = "cell_output docutils container";
      this.label.before(this.output);
    }
    this.output?.replaceChildren(...rendered(outputs, this.storedOutput));
    this.ran = true;
    if (failed) return this.show("failed");
    return this.show(skipped === "part" ? "part" : "done", time);
  }
}

// --- outputs -----------------------------------------------------------------------------

function element(tag, className, ...children) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children);
  return made;
}

// Outputs look as those that are stored do; figures keep the texts that go with them.
function rendered(outputs, stored) {
  const figures = stored.flatMap((node) =>
    node.matches?.("img") ? [node] : [...(node.querySelectorAll?.("img") ?? [])]);
  return merged(outputs).map((output) => {
    if (output.output_type === "stream") return text(output.text, `stream ${output.name}`);
    if (output.output_type === "error") return failure(output);
    const { data, metadata } = output;
    if (data["image/png"]) return figure(data["image/png"], metadata, figures.shift());
    if (data["text/html"]) return html(data["text/html"]);
    if (data["text/markdown"]) return markdown(data["text/markdown"]);
    return text(data["text/plain"], "text_plain");
  });
}

// All that a cell prints stands together, as on the built page.
function merged(outputs) {
  const found = [];
  for (const output of outputs) {
    const before = found.find(({ name }) => name && name === output.name);
    if (before) before.text += output.text;
    else found.push({ ...output });
  }
  return found;
}

function text(content, kind) {
  const pre = element("pre", "", content);
  pre.tabIndex = 0;
  const box = element("div", "highlight", pre);
  return element("div", `output ${kind} highlight-myst-ansi notranslate`, box);
}

function html(content) {
  const box = element("div", "output text_html");
  box.innerHTML = content;
  for (const table of box.querySelectorAll("table")) {
    for (const cell of table.querySelectorAll("th")) {
      if (cell.textContent.trim()) cell.scope = cell.closest("thead") ? "col" : "row";
      else cell.replaceWith(element("td", ""));
    }
    const scrolls = element("div", "pst-scrollable-table-container");
    scrolls.tabIndex = 0;
    table.replaceWith(scrolls);
    scrolls.append(table);
  }
  return box;
}

function figure(content, metadata, stored) {
  const image = stored ? stored.cloneNode() : document.createElement("img");
  image.src = `data:image/png;base64,${content}`;
  image.alt = `A figure from your run. Stored was: ${stored?.alt || "none."}`;
  const { width } = metadata["image/png"] ?? {};
  image.removeAttribute("height");
  image.style.cssText = width ? `width: ${width}px; height: auto` : "";
  return image;
}

function failure({ traceback, html: box }) {
  if (box) return html(box);
  const shown = text(traceback.join("\n"), "inpage-error");
  shown.setAttribute("role", "group");
  shown.setAttribute("aria-label", "Error");
  return shown;
}

// --- the page ----------------------------------------------------------------------------

class RunnablePage {
  constructor({ bar, says, buttons, facts }) {
    Object.assign(this, { bar, says, buttons, facts });
    this.key = `inpage:${facts.document}`;
    const found = document.querySelectorAll("article div.cell:has(.cell_input pre)");
    this.cells = [...found].map((cell, i) => new Cell(cell, i + 1));
    this.engine = null;
    this.work = Promise.resolve();
    this.cells.forEach((cell) => this.#makeEditable(cell));
    this.#restoreEdits();
    bar.classList.add("inpage-open");
    this.stopButton = this.#button("Stop", () => this.stop());
    this.#button("Reset all", () => this.reset());
    this.#button("Download", () => this.download());
    this.stopButton.disabled = true;
    addEventListener("storage", ({ key }) => {
      if (key !== this.key) return;
      this.#restoreEdits();
      this.say("This page was also changed in another tab: what it changed is here, too.");
    });
  }

  say(words) {
    this.says.textContent = words;
  }

  // --- running

  // Run all cells, in a Python that knows nothing of earlier runs.
  async runAll() {
    await this.#runUntil(this.cells.length - 1, { afresh: true });
  }

  async edit() {
    this.say("Write into any cell. Ctrl+Enter runs up to it, Shift+Enter from it to the "
      + "end, Escape leaves it. Nothing is sent anywhere.");
    const [first] = this.cells;
    if (!this.cells.some(({ code }) => code === document.activeElement)) {
      first?.code.focus({ preventScroll: true });
    }
  }

  stop() {
    this.engine?.end();
    this.engine = null;
    for (const cell of this.cells) cell.fresh = false;
  }

  reset() {
    this.stop();
    for (const cell of this.cells) {
      cell.reset();
      cell.restore();
      this.#offerReset(cell);
    }
    this.#remember();
    this.say("The page is as it was. The outputs are stored ones.");
  }

  // Run what is not fresh, up to a cell; one run after the other.
  #runUntil(last, { from = last, afresh = false } = {}) {
    const before = this.work;
    this.work = before.then(() => this.#run(last, from, afresh));
    return this.work;
  }

  async #run(last, from, afresh) {
    const start = performance.now();
    let cell;
    let result = "done";
    delete this.bar.dataset.result;
    this.stopButton.disabled = false;
    this.bar.setAttribute("aria-busy", "true");
    try {
      if (afresh) this.stop();
      await this.#ready();
      for (const other of this.cells.slice(from, last + 1)) other.fresh = false;
      const due = this.cells.slice(0, last + 1).filter(({ fresh }) => !fresh);
      for (const other of due) other.show("waiting");
      for (cell of due) {
        this.say(`Cell ${cell.number} of ${last + 1} runs.`);
        if (!(await this.#runCell(cell))) {
          this.say(`Cell ${cell.number} stopped. What is below it did not run.`);
          cell.element.querySelector("details")?.setAttribute("open", "");
          result = "failed";
          return;
        }
      }
      const seconds = ((performance.now() - start) / 1000).toFixed(0);
      this.say(`Done: up to cell ${last + 1}, in ${seconds} s. `
        + "The outputs above and here are from your run, unless a label says otherwise.");
    } catch (error) {
      const stopped = error instanceof Stopped;
      result = stopped ? "stopped" : "error";
      if (!stopped) this.stop();
      this.say(stopped
        ? "Stopped. Your changes are kept; the next run starts afresh."
        : `This page stopped: ${error.message} Your changes are kept.`);
    } finally {
      for (const other of this.cells) {
        const { inpage } = other.element.dataset;
        if (inpage === "waiting" || inpage === "running") {
          other.show(other.ran ? "stale" : "stored");
        }
      }
      this.stopButton.disabled = true;
      this.bar.removeAttribute("aria-busy");
      const seconds = (performance.now() - start) / 1000;
      const { boot = "", memory = "" } = this;
      Object.assign(this.bar.dataset, { result, seconds, boot, memory });
    }
  }

  async #runCell(cell) {
    if (this.#isAnswered(cell)) {
      cell.fresh = true;
      cell.show("answered");
      return true;
    }
    cell.show("running");
    const result = await this.engine.run(cell.number, cell.source);
    this.memory = result.memory;
    cell.take(result);
    cell.fresh = !result.failed;
    return cell.fresh;
  }

  // A solution would replace what the reader wrote into the starting point before it.
  #isAnswered(cell) {
    if (!cell.solution) return false;
    const before = this.cells.slice(0, cell.number - 1).filter(({ starter }) => starter);
    return before.at(-1)?.edited ?? false;
  }

  async #ready() {
    if (this.engine) return;
    this.say("Python is being fetched.");
    const engine = new Engine((loaded, total) => {
      const [now, all] = [loaded, total].map((bytes) => (bytes / 1e6).toFixed(0));
      this.say(loaded < total ? `${now} of ${all} MB are here.` : "Python starts.");
    });
    this.engine = engine;
    for (const cell of this.cells) cell.fresh = false;
    const start = performance.now();
    const { memory } = await engine.start(Object.keys(this.facts.data));
    this.memory = memory;
    this.boot = (performance.now() - start) / 1000;
  }

  // --- editing

  #makeEditable(cell) {
    const { code } = cell;
    try {
      code.contentEditable = "plaintext-only";
    } catch {
      code.contentEditable = "true";
    }
    code.spellcheck = false;
    code.tabIndex = 0;
    code.setAttribute("role", "textbox");
    code.setAttribute("aria-multiline", "true");
    code.setAttribute("aria-label", `Code of cell ${cell.number}`);
    const index = cell.number - 1;
    code.addEventListener("input", () => this.#changed(cell));
    code.addEventListener("keydown", (event) => {
      if (event.key === "Escape") code.blur();
      if (event.key !== "Enter") return;
      if (event.ctrlKey || event.metaKey) this.#runUntil(index);
      else if (event.shiftKey) this.#runUntil(this.cells.length - 1, { from: index });
      else return;
      event.preventDefault();
    });
    const run = element("button", "inpage-run", "Run to here");
    const reset = element("button", "inpage-reset", "Reset");
    run.type = reset.type = "button";
    run.setAttribute("aria-label", `Run to here: cell ${cell.number}`);
    reset.setAttribute("aria-label", `Reset cell ${cell.number}`);
    reset.hidden = true;
    run.addEventListener("click", () => this.#runUntil(index));
    reset.addEventListener("click", () => {
      cell.reset();
      this.#changed(cell);
      code.focus();
    });
    cell.label.append(" ", run, " ", reset);
  }

  #changed(cell) {
    for (const other of this.cells.slice(cell.number - 1)) {
      other.fresh = false;
      if (other.ran) other.show("stale");
    }
    this.#offerReset(cell);
    this.#remember();
  }

  #offerReset(cell) {
    cell.label.querySelector(".inpage-reset").hidden = !cell.edited;
  }

  // --- remembering

  #remember() {
    const edits = this.cells.filter(({ edited }) => edited).map(
      ({ number, original, source }) => ({ number, original, source }));
    try {
      if (edits.length) localStorage.setItem(this.key, JSON.stringify(edits));
      else localStorage.removeItem(this.key);
    } catch {
      // They last as long as the page.
    }
  }

  #restoreEdits() {
    let edits = [];
    try {
      edits = JSON.parse(localStorage.getItem(this.key)) ?? [];
    } catch {
      // No storage, or not ours.
    }
    for (const { number, original, source } of edits) {
      const cell = this.cells[number - 1];
      if (cell?.original !== original) continue; // the book's cell is another one now
      if (cell.edited) continue; // here, too: what the reader sees stays
      cell.write(source);
      this.#offerReset(cell);
    }
  }

  // Hand the page out as a notebook with the reader's changes, without outputs of theirs.
  async download() {
    const name = this.facts.document;
    const response = await fetch(new URL(`_sources/${name}.ipynb`, root));
    if (!response.ok) throw new Error("the notebook cannot be fetched.");
    const notebook = await response.json();
    const code = notebook.cells.filter(({ cell_type: type, metadata }) =>
      type === "code" && !metadata.tags?.includes("remove-cell"));
    for (const cell of this.cells.filter(({ edited }) => edited)) {
      Object.assign(code[cell.number - 1], { source: cell.source, outputs: [] });
    }
    const link = document.createElement("a");
    const file = new Blob([JSON.stringify(notebook, null, 1)], { type: "application/json" });
    link.href = URL.createObjectURL(file);
    link.download = `${name.split("/").pop()}.ipynb`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  #button(words, work) {
    const button = element("button", "", words);
    button.type = "button";
    button.addEventListener("click", async () => {
      try {
        await work();
      } catch (error) {
        this.say(`That did not work: ${error.message}`);
      }
    });
    this.buttons.append(button, " ");
    return button;
  }
}
