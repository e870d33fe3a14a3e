/* Elements of a page, made so that nothing in a text can become markup. */
"use strict";
const dom = (() => {
  /** An element; attributes that are functions listen to events, null and false are left out. */
  function el(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (typeof value === "function") made.addEventListener(key, value);
      else if (value === true) made.setAttribute(key, "");
      else if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value);
    }
    made.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return made;
  }

  /** Text in which backticks mark code, as the codebook writes it. */
  const prose = (text) => text.split("`").map((part, place) => (place % 2 ? el("code", {}, part) : part));

  const counted = (count, one, several = `${one}s`) => `${count} ${count === 1 ? one : several}`;

  const button = (text, click, attributes = {}) => el("button", { type: "button", click, ...attributes }, text);

  const folded = (summary, ...children) => el("details", {}, el("summary", {}, summary), ...children);

  /** A table as the site's other pages have them; a cell is a text or an element. */
  function table(label, head, rows) {
    const cell = (value, place) => (place
      ? el("td", { role: "cell", "data-label": head[place] }, value)
      : el("th", { scope: "row", role: "rowheader" }, value));
    const top = el("tr", { role: "row" }, head.map((name) => el("th", { scope: "col", role: "columnheader" }, name)));
    const body = rows.map((row) => el("tr", { role: "row" }, row.map(cell)));
    return el("div", { class: "table-box", tabindex: 0, role: "region", "aria-label": label },
      el("table", { class: "stacked", role: "table" },
        el("thead", { role: "rowgroup" }, top), el("tbody", { role: "rowgroup" }, body)));
  }

  const swatch = (entry) => el("span", { class: "whole" },
    entry.colour ? el("span", { class: "swatch", style: `background:${entry.colour}` }) : null, entry.label ?? entry.id);

  /** A script of the site's own, loaded now; works from a file too. */
  const load = (source) => new Promise((resolve, reject) => {
    document.head.append(el("script", { src: source, load: resolve, error: reject }));
  });

  /** Hand a text to the reader as a file. */
  function save(name, text, type = "text/csv;charset=utf-8") {
    const address = URL.createObjectURL(new Blob([text], { type }));
    const link = el("a", { href: address, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  }

  return { el, prose, counted, button, folded, table, swatch, load, save };
})();
