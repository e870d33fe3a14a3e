/* Tables that can be sorted and searched, and light pages on paper. Without this script they are
   plain tables. */
"use strict";

const FEW = 30;

/** Compare cells: numbers as numbers, where both are. */
function compare(a, b) {
  const x = Number(a), y = Number(b);
  if (a !== "" && b !== "" && !Number.isNaN(x) && !Number.isNaN(y)) return x - y;
  return a.localeCompare(b, "en", { numeric: true });
}

/** Sort the rows by a column; empty cells stay last either way. */
function sortBy(table, column, down) {
  const body = table.tBodies[0];
  const rows = Array.from(body.rows, (row) => [row.cells[column].textContent.trim(), row]);
  const blank = (text) => text === "" || text === "-";
  rows.sort(([a], [b]) => blank(a) - blank(b) || (blank(a) ? 0 : compare(a, b) * (down ? -1 : 1)));
  body.append(...rows.map(([, row]) => row));
}

function makeSortable(table) {
  const heads = Array.from(table.tHead.rows[0].cells);
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      sortBy(table, column, down);
    });
  });
}

/** Put a search field above a table; it shows the rows that hold every word. */
function makeSearchable(box, table) {
  const rows = Array.from(table.tBodies[0].rows);
  const texts = rows.map((row) => Array.from(row.cells, (c) => c.textContent).join(" ").toLowerCase());
  const tools = document.createElement("div");
  tools.className = "table-tools";
  const label = document.createElement("label");
  const input = document.createElement("input");
  input.type = "search";
  label.append("Search this table", input);
  const count = document.createElement("p");
  count.setAttribute("role", "status");
  const filter = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, place) => {
      row.hidden = !words.every((word) => texts[place].includes(word));
      shown += !row.hidden;
    });
    count.textContent = `${shown} of ${rows.length} rows`;
  };
  input.addEventListener("input", filter);
  filter();
  tools.append(label, count);
  box.before(tools);
}

document.querySelectorAll(".table-box").forEach((box) => {
  const table = box.querySelector("table");
  if (!table || !table.classList.contains("sortable")) return;
  makeSortable(table);
  if (table.tBodies[0].rows.length <= FEW) return;
  box.classList.add("tall");
  makeSearchable(box, table);
});

/** Text of a page with spaces between its blocks and cells, which run together otherwise. */
function readable(html) {
  const main = new DOMParser().parseFromString(html, "text/html").querySelector("[role=main] article");
  main.querySelectorAll("script, style, .headerlink, h1, .way").forEach((part) => part.remove());
  main.querySelectorAll("th, td, p, li, pre, h2, h3, dt, dd, summary").forEach((part) => part.append(" "));
  main.querySelectorAll("br").forEach((part) => part.replaceWith("; "));
  return main.textContent.replace(/\s+/g, " ").trim();
}

/** Show where a page speaks of what was searched for. Sphinx looks for the words' stems only, which
    need not occur ("suppli" for "supply"); here they stand in for a word that does not. */
function excerpt(html) {
  const text = readable(html), low = text.toLowerCase();
  const asked = new URLSearchParams(window.location.search).get("q") ?? "";
  const stemmer = new Stemmer();
  const places = asked.toLowerCase().split(/\s+/).filter(Boolean).map((word) => (
    low.includes(word) ? low.indexOf(word) : low.indexOf(stemmer.stemWord(word))
  ));
  const found = places.filter((place) => place >= 0);
  const from = found.length ? Math.max(Math.min(...found) - 90, 0) : 0;
  const shown = document.createElement("p");
  shown.className = "context";
  // Whole words only, at both ends.
  const piece = text.slice(from, from + 240).replace(/\s\S*$/, "");
  shown.textContent = from ? `… ${piece.replace(/^\S*\s/, "")} …` : `${piece} …`;
  return shown;
}

/* Paper is white, whatever the screen is. */
let screenTheme;
window.addEventListener("beforeprint", () => {
  screenTheme = document.documentElement.dataset.theme;
  document.documentElement.dataset.theme = "light";
});
window.addEventListener("afterprint", () => {
  document.documentElement.dataset.theme = screenTheme;
});

if (typeof Search !== "undefined") Search.makeSearchSummary = excerpt;
