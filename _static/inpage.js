// The bar of a page that can run where it is read. The page's head holds what it says: what
// running costs. Nothing more is fetched until the reader asks for it; then inpage-page.mjs
// takes over.
const inpageScript = document.currentScript.src;
document.addEventListener("DOMContentLoaded", () => {
  const mark = document.querySelector('meta[name="inpage"]');
  const title = document.querySelector("article h1");
  if (!mark?.content || !title) return;
  const facts = JSON.parse(mark.content);

  const bar = document.createElement("section");
  bar.className = "inpage-bar d-print-none";
  bar.setAttribute("aria-label", "Run this page");
  const says = document.createElement("p");
  says.setAttribute("role", "status");
  const buttons = document.createElement("p");
  buttons.className = "inpage-buttons";
  bar.append(says, buttons);
  title.after(bar);

  const lacks = whatIsMissing();
  says.textContent = `The outputs on this page are stored ones. ${lacks || costs()}`;
  if (lacks) return;
  const page = once(() => import(new URL("inpage-page.mjs", inpageScript)).then(
    (script) => script.open({ bar, says, buttons, facts })));
  add("Run this page", async () => (await page()).runAll());
  add("Edit", async () => (await page()).edit());

  function add(text, work) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.addEventListener("click", () => work().catch((error) => {
      says.textContent = `This page cannot run: ${error.message}`;
    }));
    buttons.append(button, " ");
  }

  function once(work) {
    let started;
    return () => (started ??= work());
  }

  // What running this page costs, in words.
  function costs() {
    const data = Object.values(facts.data).reduce((sum, bytes) => sum + bytes, 0);
    const megabytes = Math.ceil((facts.engine + data) / 1e6);
    const parts = [`${megabytes} MB to fetch, once`];
    if (facts.seconds) parts.push(`about ${Math.ceil(facts.seconds / 5) * 5} s`);
    if (facts.memory) parts.push(`${(facts.memory / 1000).toFixed(1)} GB of memory`);
    const small = matchMedia("(max-width: 600px)").matches || navigator.deviceMemory < 4;
    return [
      `You can run it here, in your browser, and change it: ${parts.join(", ")}.`,
      small ? "That may be too much for a phone." : "",
      facts.differs ? "Some digits will differ: the libraries are other versions." : "",
      edits() ? "Your changes of an earlier visit are kept: Edit shows them." : "",
    ].filter(Boolean).join(" ");
  }

  function edits() {
    try {
      return localStorage.getItem(`inpage:${facts.document}`);
    } catch {
      return null;
    }
  }

  // One sentence on why this browser cannot run pages; nothing if it can.
  function whatIsMissing() {
    if (location.protocol === "file:") {
      return "To run it here, open it through a web server on your machine: browsers "
        + "forbid it to a page that is opened from a folder.";
    }
    // The smallest module that catches an exception as the engine does.
    const catches = new Uint8Array([
      0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0,
      10, 13, 1, 11, 0, 2, 64, 31, 64, 1, 2, 0, 11, 11, 11]);
    if (!window.WebAssembly?.validate(catches) || !window.DecompressionStream) {
      return "It cannot run here: this browser is too old. Newer ones can.";
    }
    try {
      new WebAssembly.Memory({ initial: 16384, maximum: 65536 }); // one GiB
    } catch {
      return "It cannot run here: this browser does not give a page enough memory.";
    }
    return "";
  }
});
