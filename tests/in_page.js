// What the tests ask a page that is open in a browser; `in_page` in support.py calls these.

const all = (selector) => [...document.querySelectorAll(selector)];
const start = (e) => e.outerHTML.slice(0, 120);
const inSight = (e) => {
  const { width, height } = e.getBoundingClientRect();
  return e.checkVisibility({ visibilityProperty: true }) && width > 0 && height > 0;
};

// --- layout ------------------------------------------------------------------------------

// What makes the page wider than the screen; null if it is not.
function tooWide() {
  const html = document.documentElement;
  if (html.scrollWidth <= innerWidth + 1) return null;
  const free = (e) => {
    const style = getComputedStyle(e);
    return e === document.body
      || (style.overflowX === "visible" && style.position !== "fixed" && free(e.parentElement));
  };
  const wide = all("body *").filter(
    (e) => e.getBoundingClientRect().right > innerWidth + 1 && free(e.parentElement));
  return `${html.scrollWidth} pixels: ${wide.length ? start(wide.at(-1)) : ""}`;
}

// Pictures of the text whose height over width, as shown, is not that of their file.
function distorted() {
  return all("article img, section img").flatMap((image) => {
    const style = getComputedStyle(image);
    const length = (name) => parseFloat(style[name]);
    const width = image.clientWidth - length("paddingLeft") - length("paddingRight");
    const height = image.clientHeight - length("paddingTop") - length("paddingBottom");
    const shown = height / width;
    const drawn = image.naturalHeight / image.naturalWidth;
    return Math.abs(shown / drawn - 1) > 0.01 ? [`${image.src} ${shown}`] : [];
  });
}

// --- colours -----------------------------------------------------------------------------

// For each way in which text looks here the first element that looks so: the same colours,
// size and weight, in a link or not, before the same layers.
function looks() {
  const ownText = (e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
  const layersOf = new Map([[null, []]]);
  const layers = (e) => {
    if (!layersOf.has(e)) {
      const below = layers(e.parentElement);
      const { backgroundColor, backgroundImage, opacity } = getComputedStyle(e);
      const plain = /^rgba\(.*, 0\)$/.test(backgroundColor) && backgroundImage === "none";
      layersOf.set(e, plain && opacity === "1"
        ? below : [...below, [backgroundColor, backgroundImage, opacity]]);
    }
    return layersOf.get(e);
  };
  const look = (e) => {
    const s = getComputedStyle(e);
    return [s.color, s.fontSize, s.fontWeight, s.textShadow, s.textDecoration];
  };
  const found = new Map();
  for (const e of all("body *")) {
    if (!e.matches("input, select, textarea") && !ownText(e)) continue;
    if (!e.checkVisibility({ visibilityProperty: true })) continue;
    const ours = !!e.closest("article") && !e.closest(".headerlink, .sd-card");
    const link = e.closest("a[href]");
    const around = link ? look(link.parentElement) : "";
    const key = JSON.stringify([ours, look(e), layers(e), around, link && look(link)]);
    if (!found.has(key)) found.set(key, { e, link, ours, layers: layers(e) });
  }
  return [...found.values()];
}

// Texts with less contrast to what is behind them than 4.5, the minimum of WCAG 2.
function lowContrast() {
  const numbers = (color) => color.match(/[\d.]+/g).map(Number);
  const luminance = (rgb) => rgb.slice(0, 3)
    .map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const over = (below, color) => {
    const [r, g, b, a = 1] = numbers(color);
    return [r, g, b].map((v, i) => v * a + below[i] * (1 - a));
  };
  return looks().filter(({ ours }) => ours).flatMap(({ e, layers }) => {
    const behind = layers.map(([color]) => color).reduce(over, [255, 255, 255]);
    const colors = [over(behind, getComputedStyle(e).color), behind];
    const [low, high] = colors.map(luminance).sort((a, b) => a - b);
    const ratio = (high + 0.05) / (low + 0.05);
    return ratio < 4.5 ? [`${ratio.toFixed(2)} in ${start(e)}`] : [];
  });
}

// --- axe-core ----------------------------------------------------------------------------

// Mark one element of each look, for the theme that is on.
function markLooks() {
  const { theme } = document.documentElement.dataset;
  for (const { e, link } of looks()) {
    for (const one of [e, link]) if (one) one.dataset[`look${theme}`] = "";
  }
}

// Words of code are most of a page, and all that rules could see in them is their colour.
// Those without a mark of theirs become plain text.
function dropUnmarkedWords() {
  for (const word of all(".highlight pre span")) {
    const { length } = word.attributes;
    const plain = length === 0 || (length === 1 && word.hasAttribute("class"));
    if (plain && !word.firstElementChild) word.replaceWith(...word.childNodes);
  }
}

// Violations as [rule, target, html]. With `marked`, colours of marked elements only.
async function axeFindings(options, marked) {
  if (marked) {
    const mark = `[data-look${document.documentElement.dataset.theme}]`;
    axe.configure({
      rules: [
        { id: "color-contrast", selector: mark },
        { id: "link-in-text-block", selector: `a[href]${mark}` },
      ],
    });
  }
  // Preloading would fetch style sheets by addresses that are not the page's.
  const chosen = { resultTypes: ["violations"], preload: false, ...options };
  const { violations } = await axe.run(document, chosen);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, html }) => [id, target.flat().join(" "), html.slice(0, 160)]));
}

// --- structure ---------------------------------------------------------------------------

function structure() {
  const problems = [];
  let level = 0;
  // The theme repeats the first heading for print, and our print style hides it again.
  for (const heading of all("main :is(h1, h2, h3, h4, h5, h6)")) {
    if (heading.closest("#jb-print-docs-body, .bd-sidebar")) continue;
    const found = Number(heading.tagName[1]);
    if (found > level + 1) problems.push(`'${heading.textContent}' is h${found} after h${level}`);
    level = found;
  }
  all("article table:not(.indextable)").forEach((table, i) => {
    const headers = [...table.querySelectorAll("th")];
    if (!headers.length) problems.push(`table ${i + 1} has no header cell`);
    for (const cell of headers) {
      if (!["col", "row"].includes(cell.getAttribute("scope"))) {
        problems.push(`table ${i + 1}: ${start(cell)} says not what it heads`);
      }
      if (!cell.textContent.trim()) problems.push(`table ${i + 1}: a header cell is empty`);
    }
  });
  for (const fold of all("article summary[aria-label]")) {
    problems.push(`'${fold.ariaLabel}' hides the written name of a fold`);
  }
  return problems;
}

// --- contents ----------------------------------------------------------------------------

function contents() {
  const problems = [];
  if (document.querySelector("article :is(mjx-merror, [data-mjx-error])")) {
    problems.push("has an error in its mathematics");
  }
  for (const image of document.images) {
    if (!image.naturalWidth) problems.push(`does not show ${image.src}`);
  }
  // Where the script knows no icon, it leaves the <i> or draws a flashing mark.
  for (const icon of all("i[class*=fa-], svg.svg-inline--fa:has(animate)")) {
    problems.push(`does not draw the icon ${start(icon)}`);
  }
  return problems;
}

// The addresses of the page and of all that it fetched, from a cache or not.
function fetched() {
  const entries = ["navigation", "resource"].flatMap((kind) => performance.getEntriesByType(kind));
  return entries.map(({ name }) => name.replace(/[?#].*$/, ""));
}

// --- interactions ------------------------------------------------------------------------

function openEverything() {
  all(".practice-toggle[aria-expanded=false]").forEach((button) => button.click());
  all("details").forEach((details) => (details.open = true));
}

// The next stop of the keyboard is the first of the page, wherever a link has led.
function startAtTheTop() {
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
  scrollTo(0, 0);
}

// Note at each stop of the keyboard whether a reader would see where it is.
function watchStops() {
  window.stops = [];
  document.addEventListener("focusin", ({ target }) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(target);
    const outlined = outlineStyle !== "none" && parseFloat(outlineWidth) > 0;
    stops.push({ target, seen: outlined || boxShadow !== "none" });
  });
}

const atTheEnd = () => stops.some(({ target }) => target.closest("footer"));

function problemsOfStops() {
  const reached = new Set(stops.map(({ target }) => target));
  const scrolls = (e) => inSight(e) && e.scrollWidth > e.clientWidth + 1;
  const boxes = all("article :is(pre, .pst-scrollable-table-container)").filter(scrolls);
  return [
    ...(reached.size > 20 ? [] : [`only ${reached.size} stops`]),
    ...stops.filter(({ seen }) => !seen).map(({ target }) => `no visible focus: ${start(target)}`),
    ...boxes.filter((e) => !reached.has(e)).map((e) => `scrolls, cannot be reached: ${start(e)}`),
  ];
}

function problemsOnPaper() {
  const others = all(".bd-sidebar-primary, .bd-sidebar-secondary, .bd-header-article, .copybtn, "
    + ".prev-next-area, .page-actions, .practice-bar, .headerlink");
  const parts = all("article :is(pre, table, img, details > p)");
  const hidden = parts.filter((e) => !e.checkVisibility({ contentVisibilityAuto: true }));
  const cut = parts.filter((e) => !e.matches("p") && e.checkVisibility()).filter(
    (e) => e.getBoundingClientRect().right > innerWidth + 1 || e.scrollWidth > e.clientWidth + 1);
  return [
    ...others.filter(inSight).map((e) => `has no place on paper: ${start(e)}`),
    ...hidden.map((e) => `hidden on paper: ${start(e)}`),
    ...cut.map((e) => `cut on paper: ${start(e)}`),
  ];
}
