/* Filled coding sheets (.xlsx) in a browser, read as helpers.dataset.coding_sheet reads them: what is
   typed is text; no formula is calculated, no link followed. Takes codebook.json and a material whose
   `sheet` says how the sheets are laid out; depends on codings.js. */
"use strict";
const sheets = (() => {
  const END = 0x06054b50;
  const TYPED = ["status", "code", "scope", "confidence", "rationale"];
  class Refused extends Error {}

  /* The archive */

  /** The parts of a zip file: the packed bytes of each, and the size that it says to have unpacked. */
  function partsOf(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const short = (at) => view.getUint16(at, true), long = (at) => view.getUint32(at, true);
    let end = bytes.length - 22;
    while (end >= 0 && long(end) !== END) end -= 1;
    if (end < 0) throw new Refused("is no workbook that can be opened; save it as .xlsx, without a password");
    let at = long(end + 16);
    return Array.from({ length: short(end + 10) }, () => {
      const start = long(at + 42), named = at + 46, from = start + 30 + short(start + 26) + short(start + 28);
      const part = {
        name: new TextDecoder().decode(bytes.subarray(named, named + short(at + 28))),
        packed: bytes.subarray(from, from + long(at + 20)), method: short(at + 10), size: long(at + 24),
      };
      at = named + short(at + 28) + short(at + 30) + short(at + 32);
      return part;
    });
  }

  /** A part unpacked, as text; no byte more than it says to have. */
  async function textOf({ packed, method, size }) {
    const stream = new Blob([packed]).stream();
    const reader = (method ? stream.pipeThrough(new DecompressionStream("deflate-raw")) : stream).getReader();
    const pieces = [];
    for (let n = 0, piece = await reader.read(); !piece.done; piece = await reader.read()) {
      n += piece.value.length;
      if (n > size) throw new RangeError("more than it says to have");
      pieces.push(piece.value);
    }
    const text = await new Blob(pieces).text();
    if (/<!DOCTYPE|<!ENTITY/.test(text)) throw new Refused("declares entities, which no coding sheet does");
    return text;
  }

  /* The workbook */

  /** What finds the elements of a name in a text of XML. */
  function finder(text) {
    const found = new DOMParser().parseFromString(text, "application/xml");
    if (found.querySelector("parsererror")) throw new SyntaxError("no XML");
    return (name, within = found) => [...within.getElementsByTagNameNS("*", name)];
  }

  const joined = (texts) => texts.filter((each) => each.parentNode.localName !== "rPh").map((each) => each.textContent).join("");
  const decimal = (text) => (/^-?\d+$/.test(text) ? text : String(Number(text)).replace(/^-?\d+$/, "$&.0"));

  const BUILT_IN = [14, 15, 16, 17, 18, 19, 20, 21, 22, 45, 46, 47];
  const isDate = (format) => /(?<![_\\])[dmhys]/i.test(format.split(";")[0].replace(/".*?"|\[(?!hh?\]|mm?\]|ss?\])[^\]]*\]/g, ""));

  /** Of each style of cells, whether it shows a number as a date. */
  function datesOf(text) {
    const all = finder(text), formats = new Map(all("numFmt").map((each) => [each.getAttribute("numFmtId"), each.getAttribute("formatCode")]));
    const own = all("cellXfs").flatMap((each) => all("xf", each)).map((each) => each.getAttribute("numFmtId"));
    return own.map((id) => (formats.has(id) ? isDate(formats.get(id)) : BUILT_IN.includes(Number(id))));
  }

  /** The cells that hold something, by place: {text, refused}; none beyond the last column. */
  function cellsOf(text, shared, dates, last) {
    const all = finder(text);
    return new Map(all("c").flatMap((cell) => {
      const place = cell.getAttribute("r"), type = cell.getAttribute("t") ?? "n";
      const value = all("v", cell)[0]?.textContent, formula = type === "e" || all("f", cell).length > 0;
      const date = type === "d" || (type === "n" && dates[cell.getAttribute("s") ?? 0]);
      if (!(place[0] <= last && /^.\d+$/.test(place)) || !(value || formula || type === "inlineStr")) return [];
      if (type === "s" && !(value in shared)) throw new RangeError("no such text");
      const texts = { s: shared[value], b: value === "1" ? "True" : "False", inlineStr: joined(all("t", cell)), n: decimal(value) };
      const refused = formula || date ? `${formula ? "a formula" : "a date"}; only text can be read` : "";
      return [[place, { text: date ? "" : texts[type] ?? value ?? "", refused }]];
    }));
  }

  /** The cells of each sheet that is read, by its title. */
  async function opened(bytes, { largest, unread, columns }) {
    const parts = partsOf(bytes), texts = {};
    if (parts.reduce((sum, { size }) => sum + size, 0) > largest) throw new Refused(`larger than ${largest} bytes when unpacked; this is no coding sheet`);
    for (const part of parts) if (/\.(xml|rels)$/.test(part.name)) texts[part.name] = await textOf(part);
    const strings = finder(texts["xl/sharedStrings.xml"] ?? "<sst/>");
    const shared = strings("si").map((each) => joined(strings("t", each)));
    const dates = datesOf(texts["xl/styles.xml"] ?? "<styleSheet/>");
    const related = new Map(finder(texts["xl/_rels/workbook.xml.rels"])("Relationship").map((each) => [each.getAttribute("Id"), each]));
    const own = finder(texts["xl/workbook.xml"])("sheet").map((each) => [each.getAttribute("name"), related.get([...each.attributes].find((one) => one.localName === "id").value)]);
    const read = own.filter(([title, part]) => part.getAttribute("Type").endsWith("/worksheet") && !unread.includes(title));
    return new Map(read.map(([title, part]) => {
      const text = texts[new URL(part.getAttribute("Target"), "x:/xl/").pathname.slice(1)];
      if (!text) throw new Refused(`sheet ${title} is missing inside the file; save it again as .xlsx`);
      return [title, cellsOf(text, shared, dates, columns.rationale)];
    }));
  }

  /* The codings */

  const placeIn = (sheet, cell) => `sheet ${sheet}, cell ${cell}`;

  /** The rows that are filled in, where each stands, and what is wrong with others. */
  function filled(cells, book, { accounts, sheet }) {
    const { columns, instructions, head, member, tick } = sheet, { JOINT } = codings;
    const rows = [], problems = [], places = [null];
    const refuse = (title, place, value, message) => problems.push(codings.problem(0, "", value, `${placeIn(title, place)}: ${message}`));
    const said = (title, place) => {
      const cell = cells.get(title).get(place), text = codings.words(cell?.text ?? "").join(" ");
      const message = cell?.refused || codings.messageOfText(text, book.codings.longest_cell);
      if (message) refuse(title, place, text, message);
      return message ? "" : text;
    };
    const ticked = (title, keys, variable) => keys.flatMap(([row, key]) => {
      const [of, code] = key.split(member), place = `${columns.code}${row}`, text = code && of === variable ? said(title, place) : "";
      if (text && text.toLowerCase() !== tick) refuse(title, place, text, `must be ${tick}, or empty`);
      return text ? [code] : [];
    });
    const line = (title, row, keys, fixed) => {
      const before = problems.length, typed = Object.fromEntries(TYPED.map((name) => [name, said(title, `${columns[name]}${row}`)]));
      typed.code = ticked(title, keys, fixed.variable).join(JOINT) || typed.code;
      typed.locator = sheet.places.map((column) => said(title, `${column}${row}`)).filter(Boolean).join(JOINT);
      if (!Object.values(typed).some(Boolean)) return;
      if (!typed.status) refuse(title, `${columns.status}${row}`, "", "must be chosen where anything else on the line is filled in");
      if (!fixed.variable) refuse(title, `${columns.key}${row}`, "", "must name a variable");
      if (problems.length > before) return;
      const source = book.codings.filled[typed.status]?.includes("source") ? fixed.source : "";
      rows.push({ line: places.length, cells: { ...fixed, ...typed, source } });
      places.push([title, row]);
    };
    const state = (title, fixed) => {
      const numbers = [...new Set([...cells.get(title).keys()].map((place) => Number(place.slice(1))))].filter((row) => row >= head);
      const keys = numbers.sort((a, b) => a - b).map((row) => [row, said(title, `${columns.key}${row}`)]);
      const heading = keys.find(([row]) => row === head)?.[1] ?? "", place = `${columns.key}${head}`;
      if (heading !== "variable") refuse(title, place, heading, `no state's sheet: 'variable' must stand in ${place}`);
      else for (const [row, key] of keys) if (row > head && !key.includes(member)) line(title, row, keys, { ...fixed, state: title.split(" ")[0], variable: key });
    };
    const account = said(instructions, sheet.account), coder = said(instructions, sheet.pseudonym);
    const source = accounts.find(({ id }) => id === account)?.text;
    if (!coder) refuse(instructions, sheet.pseudonym, "", "must hold the coder's name or pseudonym");
    if (!source) refuse(instructions, sheet.account, account, `must be an account with a text: ${accounts.map(({ id }) => id).join(", ")}`);
    if (!problems.length) for (const title of cells.keys()) if (title !== instructions) state(title, { account, coder, source });
    return { rows, problems, places };
  }

  /** The sound rows of a filled sheet, and in which cell something is wrong. */
  async function read(bytes, book, material) {
    const { columns, instructions } = material.sheet, refused = (message) => ({ rows: [], problems: [codings.problem(0, "", "", message)] });
    if (bytes.length > codings.MOST_BYTES) return refused(`${bytes.length} bytes; at most ${codings.MOST_BYTES} are read`);
    let cells;
    try {
      cells = await opened(bytes, material.sheet);
    } catch (error) {
      return refused(error instanceof Refused ? error.message : "cannot be read as a workbook; save it as .xlsx");
    }
    if (!cells.has(instructions)) return refused(`has no sheet ${instructions}; this is no coding sheet`);
    const { rows, problems, places } = filled(cells, book, material), sound = codings.check(book, material, rows);
    const where = (line, column) => placeIn(places[line][0], `${columns[column] ?? columns.key}${places[line][1]}`);
    const placed = ({ line, column, value, message }) => codings.problem(0, "", value,
      `${where(line, column)}: ${message.replace(/\bline ([0-9]+)\b/g, (_, other) => where(Number(other)))}`);
    return { rows: sound.rows.map((row) => ({ ...row, line: 0 })), problems: [...problems, ...sound.problems.map(placed)] };
  }

  return { read };
})();
