// Markdown that a cell makes, as HTML: headings, lists, tables, bold, code. The texts of the
// book need no more. Everything is escaped first.

const escaped = (text) => text
  .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const inline = (text) => escaped(text)
  .replace(/(?<=\w)'/g, "’").replace(/"([^"]*)"/g, "“$1”")
  .replace(/`([^`]+)`/g, "<code>$1</code>")
  .replace(/\*\*(.+?)\*\*/g, "<strong>$1</strong>")
  .replace(/(?<![\w*])[*_](?=\S)(.+?)(?<=\S)[*_](?![\w*])/g, "<em>$1</em>")
  .replace(/\[([^\]]+)\]\((https?:[^)\s"]+)\)/g, '<a href="$2">$1</a>');

const cells = (row) => row.replace(/^\||\|\s*$/g, "").split("|").map((cell) => cell.trim());

function table([head, , ...rows]) {
  const header = cells(head).map((cell) => (
    cell ? `<th scope="col">${inline(cell)}</th>` : "<td></td>"));
  const body = rows.map(
    (row) => `<tr>${cells(row).map((cell) => `<td>${inline(cell)}</td>`).join("")}</tr>`);
  return `<div class="pst-scrollable-table-container" tabindex="0"><table class="table">`
    + `<thead><tr>${header.join("")}</tr></thead><tbody>${body.join("")}</tbody></table></div>`;
}

function block(lines) {
  const [first, second = ""] = lines;
  if (first.startsWith("#")) {
    const rest = lines.slice(1);
    const title = `<p class="rubric">${inline(first.replace(/^#+\s*/, ""))}</p>`;
    return title + (rest.length ? block(rest) : "");
  }
  if (/^\|?[\s:|-]+\|[\s:|-]*$/.test(second) && first.includes("|")) return table(lines);
  if (/^[-*] /.test(first)) {
    const items = lines.join("\n").split(/\n(?=[-*] )/);
    return `<ul>${items.map((item) => `<li>${inline(item.slice(2))}</li>`).join("")}</ul>`;
  }
  if (/^\d+\. /.test(first)) {
    const items = lines.join("\n").split(/\n(?=\d+\. )/);
    return `<ol>${items.map((item) => `<li>${inline(item.replace(/^\d+\. /, ""))}</li>`).join("")}</ol>`;
  }
  return `<p>${inline(lines.join("\n"))}</p>`;
}

export function markdown(text) {
  const made = document.createElement("div");
  made.className = "output text_markdown";
  const blocks = text.trim().split(/\n\s*\n/).map((part) => part.split("\n"));
  made.innerHTML = blocks.map(block).join("\n");
  return made;
}
