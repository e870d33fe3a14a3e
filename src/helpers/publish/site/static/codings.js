/* Tables of codings in a browser: read, checked row by row as helpers.dataset.checks does, written.
   Takes codebook.json and a material, which is what rows may name: accounts [{id, label, text}] whose
   text has numbered paragraphs, states [{id, name}], paragraphs {text: [{locator, words, sha256}]}.
   Depends on rules.js. A cell is text, whatever it looks like: show it by textContent only. */
"use strict";
const codings = (() => {
  const MOST_BYTES = 5_000_000;
  const MOST_ROWS = 20_000;
  const LONGEST_VALUE = 80;
  const LONGEST_NAME = 40;
  const SHORT_LIST = 15;
  const JOINT = ";";
  const KEY = ["account", "state", "variable", "coder"];
  // What Python's str.split() takes for white space, and str.isprintable() for invisible.
  const BLANK = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/u;
  const BLANK_AROUND = new RegExp(`^${BLANK.source}|${BLANK.source}$`, "u");
  const HIDDEN = /(?! )[\p{C}\p{Z}]/u;
  const RUN_BY_SPREADSHEETS = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
  const MARKED = /^'+[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

  const MARKUP = /<[a-z!/?]/i;

  const words = (text) => text.split(BLANK).filter(Boolean);
  /** A text as a cell may hold it: white space folded, without what cannot be seen. */
  const clean = (text) => words(text.replace(/\p{C}/gu, (sign) => (BLANK.test(sign) ? " " : ""))).join(" ");
  const keyOf = (row) => KEY.map((column) => row.cells[column]).join(" ");
  const short = (text) => (text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}...` : text);
  const problem = (line, column, value, message) => ({ line, column, value: short(value), message });

  /* Reading */

  /** The text of a file, or why there is none, and what is before the sign that is the reason, if one is. */
  function textOf(bytes) {
    if (bytes.length > MOST_BYTES) {
      return { message: `the file has ${bytes.length} bytes; at most ${MOST_BYTES} are read` };
    }
    if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
      return { message: "the file is UTF-16; save it as UTF-8" };
    }
    if (bytes[0] === 0x50 && bytes[1] === 0x4b) {
      return { message: "the file is a workbook or an archive; save the sheet as CSV UTF-8" };
    }
    try {
      return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
    } catch {
      // What cannot be decoded becomes this sign, which hardly a file has of its own.
      const before = new TextDecoder().decode(bytes).split("\ufffd", 1)[0];
      return { message: "not UTF-8; save the file as CSV UTF-8", before };
    }
  }

  /** The records of a CSV text with the lines on which they begin. A record whose quotes are wrong
      ends with its line, so that it takes no other along. */
  function* records(text) {
    const cell = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r\n|\r|\n|$)/y;
    const rest = /[^\r\n]*(?:\r\n|\r|\n|$)/y;
    let place = 0, line = 1;
    while (place < text.length) {
      const from = place;
      let cells = [], found;
      do {
        cell.lastIndex = place;
        found = cell.exec(text);
        if (found) {
          cells.push(found[1] === undefined ? found[2] : found[1].replaceAll('""', '"'));
          place = cell.lastIndex;
        }
      } while (found && found[3] === ",");
      if (!found) {
        rest.lastIndex = from;
        rest.exec(text);
        place = rest.lastIndex;
        cells = null;
      }
      yield { line, cells, empty: place - from <= 2 && /^[\r\n]*$/.test(text.slice(from, place)) };
      line += (text.slice(from, place).match(/\r\n|\r|\n/g) ?? []).length;
    }
  }

  /** Line and column of the sign that follows the beginning of a CSV text. */
  function placeAfter(before) {
    const found = [...records(`${before}?`)], last = found.at(-1).cells ?? [];
    const column = found.length > 1 ? found[0].cells?.[last.length - 1] : "";
    return [before.split("\n").length, column ?? ""];
  }

  /** What no cell may hold: what cannot be seen, or breaks a line. */
  function messageOfText(cell, longest) {
    if (cell.length > longest) return `${cell.length} characters; at most ${longest} are read`;
    if (/[\r\n]/.test(cell)) return "a line break inside a cell";
    if (BLANK_AROUND.test(cell)) return "white space around the value";
    const hidden = HIDDEN.exec(cell)?.[0].codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
    if (hidden) return `a character that cannot be seen, U+${hidden}; remove it`;
    return "";
  }

  /** What is wrong with a cell as it stands in a file. */
  function messageOfCell(cell, longest) {
    const run = RUN_BY_SPREADSHEETS.test(cell) ? "a spreadsheet would run it as a formula; put an apostrophe (') before it" : "";
    return messageOfText(cell, longest) || run;
  }

  function messageOfHeader(header, columns) {
    const line = header.join(",");
    for (const [sign, name] of [[";", "semicolons"], ["\t", "tabs"]]) {
      if (line === columns.join(sign)) return `the cells are separated by ${name}; save the file as CSV with commas`;
    }
    const missing = columns.filter((name) => !header.includes(name));
    const surplus = header.filter((name) => !columns.includes(name)).map(short);
    const parts = [`the header must be ${columns.join(",")}`];
    if (missing.length) parts.push(`missing: ${missing.join(", ")}`);
    if (surplus.length) parts.push(`not known: ${surplus.join(", ")}`);
    return parts.join("; ");
  }

  /** The rows of a file, each {line, cells}, and what is wrong with its form. Takes a Uint8Array or
      a text. A row of the wrong width is no row; one with a problem in a cell is among the rows. */
  function parse(content, columns, longest = 131_072) {
    const given = typeof content === "string" ? { text: content } : textOf(content);
    const refused = (message, line = 0, column = "") => ({ rows: [], problems: [problem(line, column, "", message)] });
    if (given.before !== undefined) return refused(given.message, ...placeAfter(given.before));
    if (given.message) return refused(given.message);
    const text = given.text.replace(/^\ufeff/, "");
    if (!text.trim()) return refused("the file is empty");
    if (text.includes("\0")) return refused("a NUL character", ...placeAfter(text.split("\0", 1)[0]));
    const rows = [], problems = [];
    let seen = 0;
    for (const { line, cells, empty } of records(text)) {
      seen += 1;
      if (seen === 1) {
        const header = cells ?? [];
        if (header.join("\n") !== columns.join("\n")) return refused(messageOfHeader(header, columns), 1);
      } else if (seen > MOST_ROWS + 1) {
        problems.push(problem(line, "", "", `more than ${MOST_ROWS} rows; what follows is left out`));
        break;
      } else if (!cells) {
        problems.push(problem(line, "", "", "not readable as CSV; check the quotes"));
      } else if (empty) {
        problems.push(problem(line, "", "", "an empty line; remove it"));
      } else if (cells.length !== columns.length) {
        const message = `${cells.length} cells where the header has ${columns.length}`;
        problems.push(problem(line, "", cells.join(","), message));
      } else {
        const row = { line, cells: {} };
        columns.forEach((column, place) => {
          const message = messageOfCell(cells[place], longest);
          if (message) problems.push(problem(line, column, cells[place], message));
          row.cells[column] = MARKED.test(cells[place]) ? cells[place].slice(1) : cells[place];
        });
        rows.push(row);
      }
    }
    return { rows, problems };
  }

  /* Checking: messages are those of the Python checks */

  const quoted = (text) => (text.includes("'") && !text.includes('"') ? `"${text}"` : `'${text.replace(/['\\]/g, "\\$&")}'`);

  function oneOf(allowed, where) {
    const known = new Set(allowed);
    const said = known.size <= SHORT_LIST
      ? `must be one of ${[...known].join(", ")} (${where})`
      : `must be one of the ${known.size} in ${where}`;
    return (value) => (known.has(value) ? "" : said);
  }

  function several(rule) {
    return (value) => {
      if (!value.includes(JOINT)) return rule(value);
      const members = value.split(JOINT);
      if (new Set(members).size < members.length) return `the same value twice; each stands once, joined by ${JOINT}`;
      const wrong = members.find(rule);
      return wrong === undefined ? "" : `${quoted(wrong)}: ${rule(wrong)}`;
    };
  }

  const optional = (rule) => (value) => (value ? rule(value) : "");
  /** A message in the words of a reader who has no files of the dataset. */
  const plainly = (message) => message.replaceAll("codebook.yml", "the codebook")
    .replaceAll("states.csv", "the list of states").replaceAll("paragraphs.csv for", "the paragraphs of");

  const ids = (entries) => entries.map((entry) => entry.id);

  /** What keeps a text from being a coder's name. */
  function messageOfName(name) {
    if (!name) return "must not be empty";
    if (name.length > LONGEST_NAME) return `${name.length} characters; at most ${LONGEST_NAME} are allowed`;
    return messageOfCell(name, LONGEST_NAME);
  }

  function rationaleRule(limit) {
    return (value) => {
      if (MARKUP.test(value)) return "must be plain text, no HTML: a < stands before no letter";
      const count = words(value).length;
      return count > limit ? `${count} words; at most ${limit} are allowed` : "";
    };
  }

  /** The rule of each column. */
  function rulesOf(book, material) {
    return {
      account: oneOf(ids(material.accounts), "accounts with numbered paragraphs"),
      state: oneOf(ids(material.states), "the cases in states.csv"),
      variable: oneOf(ids(book.variables), "codebook.yml"),
      coder: messageOfName,
      status: oneOf(ids(book.statuses), "codebook.yml"),
      code: () => "",
      scope: optional(oneOf(ids(book.scopes), "codebook.yml")),
      confidence: optional(oneOf(ids(book.confidences), "codebook.yml")),
      source: optional(oneOf(material.accounts.map((account) => account.text), "texts that are coded")),
      locator: () => "",
      rationale: rationaleRule(book.codings.rationale_words),
    };
  }

  function* ofStatus(book, cells) {
    const { filled, empty } = book.codings;
    for (const column of filled[cells.status] ?? []) {
      if (!cells[column]) yield [column, `must not be empty where the status is ${cells.status}`];
    }
    for (const column of empty[cells.status] ?? []) {
      if (cells[column]) yield [column, `must be empty where the status is ${cells.status}`];
    }
  }

  function* ofCode(variable, cells) {
    if (variable.accounts?.length && !variable.accounts.includes(cells.account)) {
      yield ["variable", `is coded in the account ${variable.accounts.join(", ")} only`];
    }
    if (!cells.code) return;
    const known = ids(variable.codes), rule = oneOf(known, `${variable.id} in codebook.yml`);
    const wrong = (variable.type === "set" ? several(rule) : rule)(cells.code);
    const members = cells.code.split(JOINT);
    const ordered = known.filter((code) => members.includes(code)).join(JOINT);
    if (wrong) yield ["code", wrong];
    else if (cells.code !== ordered) yield ["code", `members stand in the codebook's order: ${ordered}`];
  }

  function* ofConfidence(book, variable, cells) {
    const levels = ids(book.confidences), place = levels.indexOf(cells.confidence);
    if (place < 0) return;
    if (cells.scope === "group" && place > 0) {
      yield ["confidence", `must be ${levels[0]}: the scope is group, and a group statement is ${levels[0]}`];
    }
    const most = levels.indexOf(variable?.max_confidence);
    if (most >= 0 && place > most) {
      yield ["confidence", `must be ${levels.slice(0, most + 1).join(" or ")} for ${cells.variable}`];
    }
  }

  function* ofLocator(material, cells) {
    if (!cells.locator) return;
    const locators = cells.locator.split(JOINT);
    if (new Set(locators).size < locators.length) yield ["locator", "the same locator twice; each stands once"];
    const text = material.accounts.find((account) => account.id === cells.account)?.text;
    if (!text) return;
    if (cells.source !== text) {
      yield ["source", `must be the text that is coded: ${text}`];
      return;
    }
    const rule = oneOf(material.paragraphs[text].map((each) => each.locator), `paragraphs.csv for ${text}`);
    for (const locator of locators.filter(rule)) yield ["locator", `${quoted(locator)}: ${rule(locator)}`];
  }

  /** What a coding requires of the same coder's others of the state; `others` by their keys. */
  function* ofOthers(book, variable, cells, others) {
    if (!variable?.requires || cells.status !== "coded") return;
    const names = [...rules.restsOn(book, [variable.requires]).keys()];
    const found = names.map((name) => [name, others.get(keyOf({ cells: { ...cells, variable: name } }))]);
    const codes = Object.fromEntries(found.map(([name, other]) => [name, other?.cells.code || null]));
    if (rules.holds(variable.requires, codes)) return;
    if (found.some(([, other]) => other?.cells.status === "undecided")) return;
    const said = found.map(([name, other]) => (other
      ? `${name} is ${other.cells.code || other.cells.status} in line ${other.line}`
      : `${name} has no row`));
    const asked = `${variable.id} requires, by the same coder, that ${variable.requires_in_words}`;
    yield ["variable", `${asked}; ${said.join("; ")}`];
  }

  /** The first row for each key. */
  function byKey(rows) {
    const found = new Map();
    for (const row of rows) if (!found.has(keyOf(row))) found.set(keyOf(row), row);
    return found;
  }

  /** What is wrong with a row beside the others, as [column, message]; nothing if it may stand. */
  function* wrongWith(book, material, row, others, ruleOf = rulesOf(book, material)) {
    const { cells } = row;
    for (const [column, rule] of Object.entries(ruleOf)) {
      const message = rule(cells[column]);
      if (message) yield [column, cells[column] || message.startsWith("must not") ? message : `is empty; ${message}`];
    }
    const variable = book.variables.find((each) => each.id === cells.variable);
    yield* ofStatus(book, cells);
    if (variable) yield* ofCode(variable, cells);
    yield* ofConfidence(book, variable, cells);
    yield* ofOthers(book, variable, cells, others);
    yield* ofLocator(material, cells);
    const first = others.get(keyOf(row));
    if (first && first.line !== row.line) {
      yield [KEY.join(", "), `must be unique; ${keyOf(row)} stands already in line ${first.line}`];
    }
  }

  /** What is wrong with rows, by line. */
  function problemsOf(book, material, rows) {
    const others = byKey(rows), ruleOf = rulesOf(book, material);
    return rows.flatMap((row) => [...wrongWith(book, material, row, others, ruleOf)].map(
      ([column, message]) => problem(row.line, column, row.cells[column] ?? "", message),
    ));
  }

  /** The rows that may stand together, and what is wrong with the others. What required a row that
      is left out is left out too. */
  function check(book, material, rows, before = []) {
    let problems = [...before, ...problemsOf(book, material, rows)], kept = rows, wrong = new Set();
    const lines = (found) => new Set(found.map((each) => each.line));
    for (let found = problems; found.length;) {
      wrong = lines(found);
      kept = kept.filter((row) => !wrong.has(row.line));
      found = problemsOf(book, material, kept);
      problems = [...problems, ...found];
    }
    return { rows: kept, problems: problems.sort((a, b) => a.line - b.line) };
  }

  /** The sound rows of a file, and what is wrong with it, line by line. */
  function read(content, book, material) {
    const { rows, problems } = parse(content, book.codings.columns, book.codings.longest_cell);
    return check(book, material, rows, problems);
  }

  /* Writing */

  function written(cell) {
    // Else a spreadsheet runs the cell; the apostrophe is taken off again when it is read.
    const safe = RUN_BY_SPREADSHEETS.test(cell) || MARKED.test(cell) ? `'${cell}` : cell;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  }

  /** Rows as the text of a CSV file. The mark at its beginning tells spreadsheets that it is UTF-8. */
  function write(rows, columns) {
    const lines = rows.map(({ cells }) => columns.map((column) => written(cells[column] ?? "")).join(","));
    return `\ufeff${[columns.join(","), ...lines].join("\n")}\n`;
  }

  return { parse, problem, problemsOf, check, read, write, wrongWith, byKey, plainly, words, clean, messageOfName, messageOfCell, messageOfText, JOINT, MOST_BYTES };
})();
