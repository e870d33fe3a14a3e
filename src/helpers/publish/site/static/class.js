/* The page on which a class looks at its codings. Takes code/material.js; depends on classroom.js. */
"use strict";
(() => {
  const { el, prose, counted, button, folded, table } = dom;
  const place = document.getElementById("class");
  const FEW_PROBLEMS = 50;
  // One more than is read of a file: enough to say that it is too long.
  const ENOUGH_BYTES = 5_000_001;
  let files = [], replaced = [], found = { rows: [], problems: [] }, account = "", shown = 0, pairs = [], coders = new Map(), outcomes = [];

  const named = (entries, id) => entries.find((entry) => entry.id === id);
  const stateName = (id) => named(material.states, id).name;
  const states = () => material.states.map((state) => state.id);
  /** Names, none of them broken where a line ends. */
  const whole = (names) => names.flatMap((name, number) => [number ? ", " : "", el("span", { class: "name" }, name)]);
  const percent = (value) => (value === null ? "-" : value.toFixed(1));

  /* Files */

  /** The files of what was dropped, those inside a folder too. */
  async function dropped({ items, files }) {
    const plain = [...files], entries = [...items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    return entries.length ? (await Promise.all(entries.map(filesOf))).flat() : plain;
  }

  async function filesOf(entry) {
    if (entry.isFile) return [await new Promise((resolve, reject) => { entry.file(resolve, reject); })];
    const reader = entry.createReader(), all = [];
    for (let some = [null]; some.length;) {
      some = await new Promise((resolve, reject) => { reader.readEntries(resolve, reject); });
      all.push(...some.filter((each) => each.isFile));
    }
    return (await Promise.all(all.map(filesOf))).flat();
  }

  async function take(some) {
    const seen = some.filter((file) => !/^[.~]/.test(file.name));
    if (!seen.length) return;
    const read = await Promise.all(seen.map(async (file) => ({
      name: file.name, bytes: new Uint8Array(await file.slice(0, ENOUGH_BYTES).arrayBuffer()),
    })));
    ({ files, replaced } = classroom.add(files, read));
    found = await classroom.gather(files, book, material);
    if (!coded().some(({ id }) => id === account)) account = coded()[0]?.id ?? "";
    asTop(true);
    show();
  }

  const coded = () => material.accounts.filter(({ id }) => found.rows.some((row) => row.cells.account === id));

  /** Make the top small once there are files, so that what they say fills the screen. */
  function asTop(small) {
    place.classList.toggle("loaded", small);
    zone.querySelector("label").textContent = small ? "Drop or choose more files; they are added: " : "Drop the class's files here, or a folder of them, or choose them: ";
  }

  function startOver() {
    files = [];
    account = "";
    asTop(false);
    results.replaceChildren();
    zone.querySelector("input").focus();
  }

  function dropZone() {
    const input = el("input", {
      type: "file", id: "files", multiple: true, accept: ".csv,.xlsx",
      change: (event) => {
        take([...event.target.files]);
        event.target.value = "";
      },
    });
    const made = el("div", {
      class: "drop",
      dragover: (event) => { event.preventDefault(); made.classList.add("over"); },
      dragleave: () => made.classList.remove("over"),
      drop: async (event) => {
        event.preventDefault();
        made.classList.remove("over");
        take(await dropped(event.dataTransfer));
      },
    }, el("label", { for: "files" }), input, button("Start over", startOver, { class: "over-again" }));
    return made;
  }

  /* What came in */

  function show() {
    coders = classroom.byCoder(found.rows.filter((row) => row.cells.account === account));
    pairs = classroom.byPair(book, states(), coders);
    outcomes = [...classroom.follows(book, states(), coders)];
    shown = 0;
    const wrong = found.problems.length ? counted(found.problems.length, "problem") : "no problems";
    const said = `${counted(coders.size, "coder")} in ${counted(files.length, "file")}; ${wrong}.`;
    results.replaceChildren(
      el("p", { class: "sum", role: "status", tabindex: -1 }, said),
      ...[again(), alike(), problems(), accounts()].filter(Boolean),
      ...(pairs.length ? sections() : [el("p", { class: "care" }, "To compare, two coders must have answered the same question about the same state.")]),
    );
    results.querySelector(".sum").focus();
  }

  const listed = (names) => names.map((name) => visible(name)).join(", ");

  function again() {
    if (!replaced.length) return null;
    return el("p", { class: "care" }, `A file of the same name was here before, and the later one counts: ${listed(replaced)}. `
      + "If the two are by two coders, give one file another name and add it again.");
  }

  /** Say what helps where two coders have one pseudonym; the second is in no count. */
  function alike() {
    const left = found.problems.filter((each) => each.alike).map(({ value, file }) => `${value} in ${file}`);
    if (!left.length) return null;
    return el("p", { class: "care" }, `Left out, since another file has this pseudonym or one too like it: ${listed(left)}. `
      + "What helps: on the coding page the coder presses All questions, then Rename, and saves again; add the new file here.");
  }

  function problems() {
    if (!found.problems.length) return null;
    const some = found.problems.slice(0, FEW_PROBLEMS).map(problemText);
    const more = found.problems.length - some.length;
    if (more) some.push([`... and ${more} more`]);
    return el("details", { class: "problems" }, el("summary", {}, `${counted(found.problems.length, "problem")}: what was left out, and why`),
      el("ul", { tabindex: 0 }, some.map((text) => el("li", {}, text))));
  }

  function problemText({ file, line, column, value, message }) {
    const where = [file, line ? `line ${line}` : "", column ? `column ${column}` : ""].filter(Boolean).join(", ");
    const given = value ? ` (found ${JSON.stringify(value)})` : "";
    return [visible(`${where}: `), ...prose(visible(codings.plainly(message))), visible(given)];
  }

  /** A text without signs that turn the direction of writing: a line must read as it stands. */
  const visible = (text) => text.replace(/(?! )[\p{C}\p{Z}]/gu, (sign) => `\\u{${sign.codePointAt(0).toString(16)}}`);

  function accounts() {
    if (coded().length < 2) return null;
    const options = coded().map(({ id, label }) => el("option", { value: id, selected: id === account }, label));
    const choose = (event) => { account = event.target.value; show(); };
    return el("p", {}, el("label", { for: "account" }, "Account "), el("select", { id: "account", change: choose }, options));
  }

  const sections = () => [stage(), map(), variables(), byState(), types(), verdicts()].filter(Boolean);

  const section = (id, title, ...children) => el("section", { id, "aria-labelledby": `${id}-title` },
    el("h2", { id: `${id}-title` }, title), ...children);

  /* One question about one state, for all to see */

  function stage() {
    const step = (by) => () => { shown = (shown + by + pairs.length) % pairs.length; draw(true); };
    const options = pairs.map((pair, number) => el("option", { value: number }, `${titleOf(pair)} (${percent(pair.percent)}%)`));
    const choice = el("select", { id: "pair", change: (event) => { shown = Number(event.target.value); draw(); } }, options);
    const box = el("div", { class: "pair", "aria-live": "polite" });
    const made = section("argue", "Worth arguing about first", el("div", { class: "steps" },
      button("Previous", step(-1)), el("label", { for: "pair", class: "hidden" }, "Question"), choice, button("Next", step(1))), box);
    made.draw = () => {
      choice.value = shown;
      box.replaceChildren(...pairBox(pairs[shown]));
    };
    made.draw();
    return made;
  }

  function draw(stay = false) {
    const made = document.getElementById("argue");
    made.draw();
    if (!stay) made.scrollIntoView();
  }

  const titleOf = (pair) => `${stateName(pair.state)}: ${named(book.variables, pair.variable).label}`;

  function pairBox(pair) {
    const variable = named(book.variables, pair.variable);
    const rows = pair.answers.map((answer) => answerRow(pair, variable, answer));
    const rules = variable.codes.map((code) => el("li", {}, el("strong", {}, code.label), ": ", prose(code.rule ?? "")));
    const cases = (variable.border_cases ?? []).map((text) => el("li", {}, prose(text)));
    return [
      el("h3", {}, titleOf(pair)),
      el("p", { class: "question" }, prose(variable.question)),
      el("ul", { class: "answers" }, rows),
      el("p", {}, `${percent(pair.percent)} percent of pairs of coders agree; `
        + `number ${shown + 1} of ${pairs.length}, hardest first.`),
      folded("What the codebook says", el("ul", {}, rules), cases.length ? el("ul", {}, cases) : null),
    ];
  }

  function answerRow(pair, variable, { text, coders: who }) {
    const ids = text.split(codings.JOINT), open = text.startsWith("(");
    const entry = open ? named(book.statuses, text.slice(1, -1)) : named(variable.codes, ids[0]);
    const label = open ? entry.label : ids.map((id) => named(variable.codes, id).label).join(", ");
    const bar = el("span", { class: "bar", style: `width:${(100 * who.length) / pair.nCoders}%;background:${entry.colour}` });
    return el("li", { "data-answer": text, "data-n": who.length },
      el("strong", {}, label), el("span", { class: "track" }, bar),
      el("span", { class: "n" }, String(who.length)), el("span", { class: "who" }, whole(who)), reasons(pair, who));
  }

  /** The paragraphs that coders name and the reasons they give, folded; nothing where there are none. */
  function reasons(pair, who) {
    const key = `${pair.state} ${pair.variable}`;
    const cells = who.map((coder) => coders.get(coder).find((row) => comparing.pairOf(row) === key).cells);
    const given = cells.filter(({ locator, rationale }) => locator || rationale);
    if (!given.length) return null;
    const line = ({ coder, locator, rationale }) => el("li", {}, el("strong", {}, coder), ": ",
      [locator.replaceAll(codings.JOINT, ", "), rationale].filter(Boolean).join(": "));
    return el("details", { class: "why" }, el("summary", {}, "Paragraphs and reasons"), el("ul", {}, given.map(line)));
  }

  /* All questions about all states */

  function map() {
    const byKey = new Map(pairs.map((pair, number) => [`${pair.state} ${pair.variable}`, number]));
    const read = book.variables.filter((variable) => pairs.some((pair) => pair.variable === variable.id));
    const ordered = classroom.meanBy(pairs, "variable").map(({ id }) => named(read, id));
    const cell = (state, variable) => {
      const number = byKey.get(`${state} ${variable.id}`);
      if (number === undefined) return el("td", {}, "-");
      const pair = pairs[number], apart = Math.round(100 - pair.percent);
      const go = () => { shown = number; draw(); };
      const name = `${titleOf(pair)}: ${percent(pair.percent)} percent agree`;
      return el("td", { style: `--apart:${apart}%` }, button(pair.percent.toFixed(0), go, { "aria-label": name }));
    };
    const head = el("tr", {}, el("th", { scope: "col" }, "state"), ordered.map((v) => el("th", { scope: "col" }, v.short_label)));
    const rows = classroom.meanBy(pairs, "state").map(({ id }) => el("tr", {},
      el("th", { scope: "row" }, stateName(id)), ordered.map((variable) => cell(id, variable))));
    const box = { class: "table-box", tabindex: 0, role: "region", "aria-label": "Agreement on each question" };
    return section("map", "Where you differ", el("p", {}, "Percentage of pairs of coders who agree, silence being an answer "
      + "like others. Hardest variables to the left, hardest states above; a number opens its question."),
    el("div", box, el("table", { class: "heat" }, el("thead", {}, head), el("tbody", {}, rows))));
  }

  /* By variable, state, type */

  function marked(made, entries, names) {
    made.querySelectorAll("tbody tr").forEach((row, number) => {
      for (const name of names) row.dataset[name] = entries[number][name] ?? "";
    });
    return made;
  }

  function variables() {
    const all = classroom.byVariable(book, coders), [first, second] = classroom.SILENT_AS;
    const beside = (one) => all.find((e) => e.variable === one.variable && e.member === one.member && e.silentAs === second);
    const entries = all.filter((each) => each.silentAs === first).map((one) => ({ ...one, percentMissing: beside(one).percent, unitsMissing: beside(one).nUnits }));
    const rows = entries.map((one) => {
      const variable = named(book.variables, one.variable);
      const name = one.member ? `${variable.label}: ${named(variable.codes, one.member).label}` : variable.label;
      return [name, percent(one.percent), String(one.nUnits), String(one.nCoders), percent(one.percentMissing), String(one.unitsMissing)];
    });
    const head = ["variable", "percent", "states", "coders", "percent, both coded", "states, both coded"];
    const made = table("Agreement by variable", head, rows);
    return section("variables", "By variable", el("p", {}, "First with silence as an answer like others, then among those who "
      + "found a code. Members of a set one by one."),
    marked(made, entries, ["variable", "member", "percent", "nUnits", "nCoders", "percentMissing", "unitsMissing"]));
  }

  function byState() {
    const entries = classroom.meanBy(pairs, "state");
    const rows = entries.map((one) => [stateName(one.id), percent(one.percent), `${one.nDiffer} of ${one.nPairs}`]);
    const made = table("Agreement by state", ["state", "percent", "variables with more than one answer"], rows);
    return section("states", "By state", marked(made, entries, ["id", "percent", "nDiffer", "nPairs"]));
  }

  function spread(texts, entries) {
    return el("ul", { class: "spread" }, classroom.tally(texts.map(([, id]) => id)).map(([id, n]) => {
      const entry = named(entries, id), who = texts.filter((each) => each[1] === id).map(([coder]) => coder);
      return el("li", { "data-id": id, "data-n": n }, entry.colour ? dom.swatch({ colour: entry.colour, label: "" }) : null,
        el("strong", {}, `${entry.label ?? id} ${n}`), " ", whole(who));
    }));
  }

  function types() {
    const all = [...coders.values()].flat();
    const read = states().filter((state) => all.some((row) => row.cells.state === state));
    const others = states().length - read.length;
    const rows = read.map((state) => [stateName(state),
      spread(outcomes.map(([coder, of]) => [coder, of.states[state].type]), book.support_types)]);
    return section("types", "What follows: types", el("p", {}, "The support type that each coder's own codes give, by the "
      + "codebook's rules. What was not read stays open. "
      + (others ? `Nobody coded the other ${counted(others, "state")}.` : "All states were coded by somebody.")), table("Types", ["state", "types, and whose codes give them"], rows));
  }

  function verdicts() {
    if (!book.thesis.length) return null;
    const entries = ["contradicted", "open", "holds"].map((id) => ({ id }));
    const rows = book.thesis.map((entry, number) => [entry.rule ?? entry.id,
      spread(outcomes.map(([coder, of]) => [coder, of.verdicts[number].verdict]), entries)]);
    return section("verdicts", "What follows: the thesis", table("Verdicts", ["statement", "verdicts, and whose codes give them"], rows));
  }

  const results = el("div", { class: "results" });
  const zone = dropZone();
  asTop(false);
  place.append(zone, results);
})();
