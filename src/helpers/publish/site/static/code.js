/* Code it yourself: one pair of state and variable after the other, kept at once, saved as a file,
   compared with the project's own codings when the coder is done. */
"use strict";
(() => {
  const { el, prose, counted, button, folded, table, swatch } = dom;
  const NOTES = ["account", "state", "variable", "coder", "note"];
  const WORTH_NAMING = 40;
  const named = (list, id) => list.find((each) => each.id === id);
  const labelOf = (list, id) => named(list, id)?.label ?? id;

  const place = document.getElementById("code");
  const trouble = el("div", { role: "alert" });
  const news = el("p", { role: "status", class: "news" });
  const screen = el("div");
  place.replaceChildren(trouble, screen, news);

  const store = answers.open((reason) => {
    const why = reason === "full" ? "This browser has no room left" : "This browser keeps nothing for this page (a private window, or a setting)";
    const said = `${why}. Your answers last only until this window is closed: save the file before you leave.`;
    if (trouble.textContent !== said) trouble.replaceChildren(el("p", { class: "care" }, said));
    window.onbeforeunload = (event) => event.preventDefault();
  });

  /* The work: who codes what, in which order */

  let work = null;

  const entryName = (pair) => [book.dataset.title, work.account.id, work.coder, pair.state, pair.variable];

  /** The kept answer to a pair; cells that are no texts are not ours. */
  function entryOf(pair) {
    const kept = store.read(entryName(pair)) ?? {}, cells = {};
    for (const column of book.codings.columns) {
      cells[column] = typeof kept.cells?.[column] === "string" ? kept.cells[column] : "";
    }
    Object.assign(cells, { account: work.account.id, coder: work.coder, state: pair.state, variable: pair.variable });
    return { cells, note: String(kept.note ?? ""), done: kept.done === true, skipped: kept.skipped === true };
  }

  /** The rows that may leave: answers that were finished and stand together. */
  function finished() {
    const rows = work.every.map((pair, line) => ({ line: line + 1, ...entryOf(pair) })).filter((row) => row.done);
    return codings.check(book, material, rows).rows;
  }

  function stageOf(pair, rows) {
    const entry = entryOf(pair);
    if (rows.some((row) => row.cells.state === pair.state && row.cells.variable === pair.variable)) return "done";
    if (entry.cells.status || entry.cells.rationale) return "begun";
    return entry.skipped ? "skipped" : "open";
  }

  /** Numbers from 0 to 1 that a text determines. */
  function drawing(text) {
    let state = parseInt(paragraphs.sha256(text).slice(0, 8), 16);
    return () => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
  }

  function shuffled(list, text) {
    const draw = drawing(text), left = [...list];
    return list.map(() => left.splice(Math.floor(draw() * left.length), 1)[0]);
  }

  /** Every pair of some states and variables. */
  function pairsOf(states, variables, order) {
    const byState = states.flatMap((state) => variables.map((variable) => ({ state, variable })));
    if (order === "state") return byState;
    return variables.flatMap((variable) => byState.filter((pair) => pair.variable === variable));
  }

  const codedIn = (account) => book.variables
    .filter((variable) => !variable.accounts?.length || variable.accounts.includes(account))
    .map((variable) => variable.id);

  /** What the link asks for, and what in it is not known. */
  function asked() {
    const given = new URLSearchParams(window.location.search);
    const unknown = [];
    const list = (name, known) => {
      const parts = (given.get(name) ?? "").split(",").filter(Boolean);
      unknown.push(...parts.filter((part) => !known.includes(part)));
      return known.filter((id) => parts.includes(id));
    };
    const ids = (entries) => entries.map((entry) => entry.id);
    return {
      account: list("account", ids(material.accounts))[0],
      states: list("states", ids(material.states)),
      variables: list("variables", ids(book.variables)),
      order: list("order", ["state", "variable"])[0],
      shuffle: list("shuffle", ["yes", "no"])[0] === "yes",
      unknown,
    };
  }

  function begin(account, coder, order) {
    const link = asked();
    const turn = (list, what) => (link.shuffle ? shuffled(list, `${coder} ${what}`) : list);
    const all = codedIn(account), states = material.states.map((state) => state.id);
    const kept = { ...store.read([book.dataset.title, account, coder]), order };
    // Those that were added stay, whatever the link says.
    const added = link.states.length && Array.isArray(kept.added) ? states.filter((id) => kept.added.includes(id) && !link.states.includes(id)) : [];
    const chosen = {
      states: link.states.length ? link.states : states,
      variables: link.variables.length ? all.filter((id) => link.variables.includes(id)) : all,
    };
    const outer = order === "state" ? "states" : "variables";
    chosen[outer] = turn(chosen[outer], outer);
    work = {
      account: named(material.accounts, account),
      coder,
      order,
      variables: chosen.variables,
      pairs: [...pairsOf(chosen.states, chosen.variables, order), ...pairsOf(added, chosen.variables, "state")],
      every: pairsOf(states, all, "state"),
      past: [],
      at: 0,
    };
    store.write([book.dataset.title, account, coder], kept);
    work.text = textPanel();
    show(firstOpen());
  }

  /** The place of the first pair that is not done; the very first where all are. */
  function firstOpen() {
    const rows = finished();
    return Math.max(work.pairs.findIndex((pair) => stageOf(pair, rows) !== "done"), 0);
  }

  /* Screens */

  /** Put a screen in place, its heading first in line for a screen reader. */
  function turnTo(...parts) {
    screen.replaceChildren(...parts.flat().filter(Boolean));
    const heading = screen.querySelector("h2");
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    place.scrollIntoView({ block: "start" });
    news.textContent = "";
  }

  const radio = (name, value, text, checked) => el("label", { class: "choice" },
    el("input", { type: "radio", name, value, checked }), el("span", {}, text));

  function startScreen() {
    const link = asked();
    const name = el("input", { type: "text", id: "coder", autocomplete: "off", maxlength: 40, "aria-describedby": "coder-hint" });
    const wrong = el("p", { role: "alert", class: "wrong" });
    const accounts = link.account ? [named(material.accounts, link.account)] : material.accounts;
    const chosen = (group, otherwise) => screen.querySelector(`input[name=${group}]:checked`)?.value ?? otherwise;
    const here = earlier();
    const go = (event) => {
      event.preventDefault();
      const coder = codings.clean(name.value), message = messageOfCoder(coder);
      wrong.textContent = message && `The pseudonym ${message}.`;
      if (message) name.focus();
      else begin(chosen("account", accounts[0].id), coder, chosen("order", link.order ?? "state"));
    };
    turnTo(
      el("h2", {}, here ? "Go on, or begin anew" : "Begin"),
      link.unknown.length ? el("p", { class: "care" }, `The link names what is not known here, and left out: ${link.unknown.join(", ")}.`) : null,
      here,
      here ? el("h3", {}, "Begin under another pseudonym") : null,
      el("form", { submit: go, novalidate: true },
        el("label", { for: "coder" }, "Your pseudonym"), name,
        el("p", { id: "coder-hint", class: "hint" }, "It stands in every row of your file. Do not take your own name."),
        wrong,
        accounts.length > 1 ? el("fieldset", {}, el("legend", {}, "What you code"),
          accounts.map((account, i) => radio("account", account.id, account.label, i === 0))) : null,
        link.order ? null : el("fieldset", {}, el("legend", {}, "Order"),
          radio("order", "state", "State after state", true), radio("order", "variable", "Variable after variable", false)),
        el("div", { class: "buttons" }, el("button", { class: "main" }, "Begin"))),
      el("h3", {}, "Go on from a file"),
      el("p", {}, "A file that you saved here, on this machine or another."),
      filePicker("Open a file of codings", opened),
    );
  }

  /** What keeps a text from being the name under which a reader codes. */
  function messageOfCoder(coder) {
    const reserved = named(material.coders, coder) ? "is the name of one of the project's coders" : "";
    return codings.messageOfName(coder) || reserved;
  }

  /** Work that lies in this browser, to go on with or to remove. */
  function earlier() {
    const names = store.names(book.dataset.title).filter((name) => name.length === 3 && named(material.accounts, name[1]));
    if (!names.length) return null;
    const line = ([dataset, account, coder]) => {
      const keys = store.names(dataset, account, coder);
      const remove = button("Remove", () => {
        if (remove.dataset.sure) {
          keys.forEach((key) => store.remove(key));
          startScreen();
        } else {
          remove.dataset.sure = "yes";
          remove.textContent = `Remove ${coder}'s answers for good`;
        }
      });
      const text = `${coder}: ${counted(keys.length - 1, "answer")}, ${labelOf(material.accounts, account)}`;
      const order = store.read([dataset, account, coder])?.order === "variable" ? "variable" : "state";
      return el("li", { class: "buttons" }, button(text, () => begin(account, coder, asked().order ?? order), { class: "main" }), remove);
    };
    return el("section", {}, el("h3", {}, "Go on with what is in this browser"), el("ul", { class: "earlier" }, names.map(line)));
  }

  function filePicker(text, take) {
    const input = el("input", {
      type: "file",
      accept: ".csv,text/csv",
      "aria-label": text,
      change: async () => {
        if (input.files.length) take(new Uint8Array(await input.files[0].arrayBuffer()), input.files[0].name);
        input.value = "";
      },
    });
    return input;
  }

  /** Take the answers of a file in; those that are here already stay, unless the coder says so. */
  function opened(bytes, name) {
    const notes = codings.parse(bytes, NOTES);
    if (notes.rows.length) return openedNotes(notes.rows);
    const { rows, problems } = codings.read(bytes, book, material);
    const first = work ? { account: work.account.id, coder: work.coder } : rows[0]?.cells;
    const mine = rows.filter(({ cells }) => cells.account === first.account && cells.coder === first.coder);
    const foreign = rows.filter((row) => !mine.includes(row)).map((row) => ({
      line: row.line, column: "coder", value: row.cells.coder,
      message: `is by ${row.cells.coder} on ${row.cells.account}; taken are rows by ${first.coder} on ${first.account}`,
    }));
    if (mine.length && !work) begin(first.account, first.coder, asked().order ?? "state");
    const before = mine.map((row) => entryOf(row.cells));
    const same = (a, b) => book.codings.columns.every((column) => a.cells[column] === b.cells[column]);
    const differing = mine.filter((row, i) => before[i].done && !same(row, before[i]));
    const put = (list) => list.forEach((row) => {
      const old = entryOf(row.cells);
      store.write(entryName(row.cells), { ...old, cells: row.cells, done: true });
    });
    put(mine.filter((row) => !differing.includes(row)));
    report(name, mine.length, [...problems, ...foreign], differing, () => {
      put(differing);
      show(firstOpen());
    });
    return undefined;
  }

  function openedNotes(rows) {
    const mine = work ? rows.filter(({ cells }) => cells.coder === work.coder && cells.account === work.account.id) : [];
    const known = mine.filter(({ cells }) => work.every.some((pair) => pair.state === cells.state && pair.variable === cells.variable));
    known.forEach(({ cells }) => store.write(entryName(cells), { ...entryOf(cells), note: cells.note }));
    if (work) show(work.at);
    news.textContent = work ? `${counted(known.length, "note")} taken in.` : "Open the codings first, then the notes.";
  }

  /** Say what came in, and line by line what did not. */
  function report(name, count, problems, differing, replace) {
    const many = problems.slice(0, WORTH_NAMING);
    const lines = many.map((each) => el("li", {},
      `${each.line ? `Line ${each.line}` : "The file"}${each.column ? `, ${each.column}` : ""}: `, prose(codings.plainly(each.message)), each.value ? ` (found ${each.value})` : ""));
    if (problems.length > many.length) lines.push(el("li", {}, `and ${problems.length - many.length} more`));
    turnTo(
      el("h2", {}, `${counted(count, "answer")} taken from ${name}`),
      problems.length ? el("p", {}, "Left out:") : null,
      problems.length ? el("ul", { class: "problems" }, lines) : null,
      differing.length ? el("p", {}, `${counted(differing.length, "answer")} in this browser ${differing.length === 1 ? "differs" : "differ"} from the file. What is in the browser stays, unless you say otherwise.`) : null,
      el("div", { class: "buttons" },
        button("Go on", () => (work ? show(firstOpen()) : startScreen()), { class: "main" }),
        differing.length ? button("Take the file's instead", replace) : null),
    );
  }

  /* One pair */

  let form = null;

  /** Show the form for a pair, by its place in the order. */
  function show(at) {
    work.at = at;
    const pair = work.pairs[at];
    form = { pair, variable: named(book.variables, pair.variable), entry: entryOf(pair), asked: false, typed: "" };
    form.root = el("div", { class: "answer-form" });
    const rows = finished();
    const here = work.pairs.filter((each) => rows.some((row) => row.cells.state === each.state && row.cells.variable === each.variable)).length;
    const scrolled = work.text.querySelector(".paragraphs").scrollTop;
    turnTo(el("div", { class: "pair", keydown: pressed },
      el("div", { class: "so-far" },
        el("label", {}, `${work.coder}: ${here} of ${work.pairs.length} done`,
          el("progress", { max: work.pairs.length, value: here })),
        el("div", { class: "buttons" }, button("All questions", overview), button("Save or open", files), button("Compare", ending))),
      el("h2", {}, named(material.states, pair.state).name, el("span", {}, form.variable.label)),
      el("p", { class: "question" }, prose(form.variable.question)),
      el("div", { class: "coding" }, work.text, form.root)));
    work.text.querySelector(".paragraphs").scrollTop = scrolled;
    fill();
  }

  // The status that has a code; whoever chooses a code need not choose it first.
  const CODED = { status: Object.keys(book.codings.filled).find((status) => book.codings.filled[status].includes("code")) };
  const filledIn = () => book.codings.filled[form.entry.cells.status] ?? [];
  const emptyIn = () => book.codings.empty[form.entry.cells.status] ?? [];
  const isSet = () => form.variable.type === "set";
  const listIn = (cell) => cell.split(codings.JOINT).filter(Boolean);
  const locators = () => listIn(form.entry.cells.locator);

  /** Keep a change at once, and remember what it replaced. */
  function change(changes, redraw = true) {
    const before = store.read(entryName(form.pair));
    if (redraw || !form.writing) work.past.push([form.pair, before]);
    form.writing = !redraw;
    const { note, ...cells } = changes;
    Object.assign(form.entry.cells, cells);
    if (note !== undefined) form.entry.note = note;
    form.entry.cells.source = form.entry.cells.locator ? work.account.text : "";
    store.write(entryName(form.pair), form.entry);
    if (redraw) fill();
    else said();
  }

  function chooseStatus(status) {
    const filled = book.codings.filled[status] ?? [];
    const gone = ["code", "scope", "confidence", "locator"].filter((column) => !filled.includes(column));
    change({ ...Object.fromEntries(gone.map((column) => [column, ""])), status });
  }

  function chooseCode(code) {
    const { status } = CODED;
    if (!isSet()) return change({ status, code });
    const held = new Set(listIn(form.entry.cells.code));
    if (!held.delete(code)) held.add(code);
    const ordered = form.variable.codes.map((each) => each.id).filter((id) => held.has(id));
    return change({ status, code: ordered.join(codings.JOINT) });
  }

  /** The confidences that the scope and the variable leave. */
  function confidences() {
    const all = book.confidences, most = all.findIndex((each) => each.id === form.variable.max_confidence);
    const last = form.entry.cells.scope === "group" ? 0 : most < 0 ? all.length - 1 : most;
    return all.slice(0, last + 1);
  }

  function chooseScope(scope) {
    const confidence = scope === "group" ? book.confidences[0].id : form.entry.cells.confidence;
    change({ scope, confidence });
  }

  function chooseLocator(locator) {
    const held = locators();
    const rest = held.filter((each) => each !== locator);
    change({ locator: (rest.length < held.length ? rest : [...held, locator]).join(codings.JOINT) });
  }

  /** A group of choices, numbered for the keyboard. */
  function choices(column, legend, entries, choose, { several = false, short = false, hint = "", offered = entries } = {}) {
    const held = several ? listIn(form.entry.cells[column]) : [form.entry.cells[column]];
    const one = (entry, i) => el("label", { class: "choice" },
      el("input", {
        type: several ? "checkbox" : "radio",
        name: column,
        value: entry.id,
        checked: held.includes(entry.id),
        disabled: !offered.includes(entry),
        change: () => choose(entry.id),
      }),
      el("kbd", { "aria-hidden": "true" }, `${i + 1}`),
      el("span", {}, short ? entry.label : swatch(entry), short ? null : el("span", { class: "rule" }, prose(entry.rule))));
    return el("fieldset", { "data-column": column }, el("legend", {}, legend),
      hint ? el("p", { class: "hint" }, hint) : null,
      el("div", { class: short ? "short" : null }, entries.map(one)),
      short ? meanings(entries) : null);
  }

  /** What entries mean that are the same for every pair. */
  const meanings = (entries) => folded("What these mean",
    el("dl", { class: "types" }, entries.flatMap((each) => [el("dt", {}, each.label), el("dd", {}, prose(each.rule))])));

  /** The paragraphs as switches, in the order of the text; those that are on say in which place. */
  function places() {
    const all = material.paragraphs[work.account.text], held = locators();
    const digits = `${all.length}`.length;
    const one = ({ locator }, i) => button(
      [el("kbd", { "aria-hidden": "true" }, `${i + 1}`.padStart(digits, "0")), locator,
        held.length > 1 && held.includes(locator) ? el("span", { class: "rank" }, ` (${held.indexOf(locator) + 1})`) : null],
      () => chooseLocator(locator),
      { "aria-pressed": `${held.includes(locator)}`, "data-locator": locator, class: "place" },
    );
    const hint = "The first that you choose must justify the code by itself.";
    return el("fieldset", { "data-column": "locator" }, el("legend", {}, "Which paragraph says so?"),
      el("p", { class: "hint" }, hint, el("span", { class: "keys" }, digits > 1 ? " Two digits choose." : "")),
      el("div", { class: "places" }, all.map(one)));
  }

  function textField(column, legend, value, take, hint) {
    const input = el("textarea", {
      id: `field-${column}`, rows: 3, "aria-describedby": `hint-${column}`, input: () => take(codings.clean(input.value)),
    });
    input.value = value;
    return el("div", { "data-column": column, class: "field" },
      el("label", { for: `field-${column}` }, legend), input, el("p", { id: `hint-${column}`, class: "hint" }, hint));
  }

  /** Draw the form as the answer stands, the focus where it was. */
  function fill() {
    const focused = document.activeElement?.closest?.(".answer-form") ? focusOf(document.activeElement) : null;
    const { cells, note } = form.entry, { variable } = form;
    const coded = filledIn().includes("code"), open = coded || !cells.status;
    const most = variable.max_confidence ? `At most ${labelOf(book.confidences, variable.max_confidence)} for this variable. ` : "";
    const group = cells.scope === "group" ? `A statement about a group is ${book.confidences[0].label}.` : "";
    form.counter = el("span", {});
    form.wrong = el("div", { role: "alert", class: "wrong" });
    form.root.replaceChildren(
      variable.border_cases.length ? folded("Border cases", el("ul", {}, variable.border_cases.map((each) => el("li", {}, prose(each))))) : "",
      folded("General rules", el("ul", {}, book.rules.map((each) => el("li", {}, `${each.id}. `, prose(each.rule))))),
      choices("status", "What does the text say on this?", book.statuses, chooseStatus, { short: true }),
      open ? choices("code", isSet() ? "Which codes? (several may hold)" : "Which code?", variable.codes, chooseCode, { several: isSet() }) : "",
      coded ? choices("scope", "Of whom does it speak?", book.scopes, chooseScope, { short: true }) : "",
      coded ? choices("confidence", "How sure is that?", book.confidences, (confidence) => change({ confidence }), { short: true, hint: most + group, offered: confidences() }) : "",
      filledIn().includes("locator") ? places() : "",
      cells.status ? textField("rationale", filledIn().includes("rationale") ? "Why, in your own words" : "Why, in your own words (if you like)",
        cells.rationale, (rationale) => change({ rationale }, false), form.counter) : "",
      folded("A note to yourself", textField("note", "Note", note, (text) => change({ note: text }, false), "It is not part of the file of codings.")),
      form.wrong,
      el("div", { class: "bar" },
        button("Back", back, { disabled: work.at === 0 }),
        button("Undo", undo, { disabled: !work.past.length }),
        button("Skip", skip),
        button("Go on", goOn, { class: "main" })),
      el("p", { class: "hint keys" }, "Press ? for the keys."),
    );
    if (note) form.root.querySelector("[data-column=note]").parentElement.open = true;
    said();
    if (focused) form.root.querySelector(focused)?.focus();
  }

  /** A selector by which a part of the form is found again after it was drawn anew. */
  function focusOf(part) {
    const column = part.closest("[data-column]")?.dataset.column;
    if (part.dataset.locator) return `[data-locator="${CSS.escape(part.dataset.locator)}"]`;
    if (part.matches("input")) return `[data-column="${column}"] input[value="${CSS.escape(part.value)}"]`;
    return column ? `[data-column="${column}"] textarea` : ".bar .main";
  }

  /** What is still wrong with the answer, as the check of the dataset says. */
  function wrongNow() {
    const rows = finished().filter((row) => !(row.cells.state === form.pair.state && row.cells.variable === form.pair.variable));
    const row = { line: 0, cells: form.entry.cells };
    return [...codings.wrongWith(book, material, row, codings.byKey([row, ...rows]))];
  }

  const MISSING = {
    status: "what the text says", code: "a code", scope: "of whom it speaks", confidence: "how sure it is",
    locator: "a paragraph", rationale: "why, in your own words",
  };

  /** Say how many words are left, and after a first attempt to go on what is missing. */
  function said() {
    const limit = book.codings.rationale_words, count = codings.words(form.entry.cells.rationale).length;
    form.counter.textContent = count > limit ? `${count - limit} words too many` : `${counted(limit - count, "word")} left`;
    form.counter.className = count > limit ? "wrong" : "";
    if (!form.asked) return;
    const found = wrongNow(), missing = new Set(found.filter(([column]) => MISSING[column] && !form.entry.cells[column]).map(([column]) => column));
    const other = found.filter(([column]) => !missing.has(column) && column !== "source" && column !== "variable");
    const required = found.some(([column]) => column === "variable") && form.entry.cells.status;
    form.wrong.replaceChildren(
      missing.size ? el("p", {}, `Still missing: ${[...missing].map((column) => MISSING[column]).join(", ")}.`) : "",
      ...other.map(([column, message]) => el("p", {}, `${column}: `, prose(codings.plainly(message)))),
      required ? requirement() : "",
    );
    for (const part of form.root.querySelectorAll("[data-column]")) {
      const lacking = found.some(([column]) => column === part.dataset.column);
      part.classList.toggle("lacking", lacking);
      part.querySelector("textarea")?.setAttribute("aria-invalid", `${lacking}`);
    }
  }

  /** What the variable requires of others of the state, with the way there. */
  function requirement() {
    const names = [...rules.restsOn(book, [form.variable.requires]).keys()];
    return el("div", {},
      el("p", {}, "This can be coded only where ", prose(form.variable.requires_in_labels), "."),
      names.map((name) => button(`Go to ${labelOf(book.variables, name)}`, () => goTo({ state: form.pair.state, variable: name }))));
  }

  /** Show a pair, also one that the link leaves out. */
  function goTo(pair) {
    const same = (each) => each.state === pair.state && each.variable === pair.variable;
    if (!work.pairs.some(same)) work.pairs.splice(work.at, 0, pair);
    show(work.pairs.findIndex(same));
  }

  function goOn() {
    form.asked = true;
    if (wrongNow().length) {
      said();
      focusGroup(groups().find((part) => part.matches(".lacking")));
      return;
    }
    work.past.push([form.pair, store.read(entryName(form.pair))]);
    store.write(entryName(form.pair), { ...form.entry, done: true, skipped: false });
    step();
  }

  function skip() {
    store.write(entryName(form.pair), { ...form.entry, skipped: true });
    step();
  }

  function step() {
    if (work.at + 1 < work.pairs.length) show(work.at + 1);
    else overview();
  }

  function back() {
    if (work.at > 0) show(work.at - 1);
  }

  function undo() {
    if (!work.past.length) return;
    const [pair, before] = work.past.pop();
    const name = entryName(pair);
    if (before) store.write(name, before);
    else store.remove(name);
    show(work.pairs.indexOf(pair));
    news.textContent = "Undone.";
  }

  /* Keys */

  const groups = () => [...form.root.querySelectorAll("[data-column]:not([data-column=note])")];

  function focusGroup(part) {
    const chosen = part?.querySelector("input:checked, [aria-pressed=true]");
    const target = chosen ?? part?.querySelector("input:enabled, textarea, [aria-pressed]");
    (target ?? form.root.querySelector(".bar .main")).focus();
  }

  /** The group that keys go to: the one with the focus, or the first without an answer. */
  function current() {
    const focused = document.activeElement.closest("[data-column]");
    return focused ?? groups().find((part) => !form.entry.cells[part.dataset.column]) ?? null;
  }

  const after = (column) => groups()[groups().findIndex((part) => part.dataset.column === column) + 1];

  function digit(number) {
    const part = current(), column = part?.dataset.column;
    if (!part || column === "rationale") return;
    if (column === "locator") {
      const buttons = [...part.querySelectorAll("[data-locator]")];
      form.typed += number;
      if (form.typed.length < `${buttons.length}`.length) return;
      const chosen = buttons[Number(form.typed) - 1];
      form.typed = "";
      chosen?.focus();
      chosen?.click();
      return;
    }
    const input = part.querySelectorAll("input")[number - 1];
    if (!input || input.disabled) return;
    input.focus();
    input.click();
    if (input.type === "radio") focusGroup(after(column));
  }

  /** Enter: the next group, or the next pair after the last one. */
  function enter() {
    const column = current()?.dataset.column;
    const next = column && document.activeElement.closest("[data-column]") ? after(column) : null;
    if (next && !(next.dataset.column === "rationale" && !filledIn().includes("rationale"))) focusGroup(next);
    else goOn();
  }

  function along(step) {
    const buttons = [...form.root.querySelectorAll("[data-locator]")];
    buttons[buttons.indexOf(document.activeElement) + step]?.focus();
  }

  const KEYS = [
    ["1 to 9", "choose in the group with the focus; where one answer is possible, the digit also moves on; two digits choose a paragraph", (key) => digit(Number(key))],
    ["Enter", "move on, only after typing or where several may be chosen (a digit has moved on already); at the end, to the next question", null],
    ["Escape", "out of a text field, so that keys choose again", null],
    ["b", "back to the question before", back],
    ["s", "skip this question", skip],
    ["u", "undo the last change", undo],
    ["n", "write a note", () => {
      const note = form.root.querySelector("[data-column=note]");
      note.parentElement.open = true;
      note.querySelector("textarea").focus();
    }],
    ["?", "list these keys", () => help()],
  ];

  /** Keys work while the focus is in the form. */
  function pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { target, key } = event, writing = target.matches("textarea, input[type=text], select");
    const stop = (act) => {
      event.preventDefault();
      act();
    };
    if (key === "Escape" && writing && target.closest(".answer-form")) stop(() => form.root.querySelector(".bar .main").focus());
    else if (key === "Enter" && target.matches("textarea") && target.closest(".answer-form")) stop(goOn);
    else if (key === "Enter" && (target.matches("input") || target.dataset.locator)) stop(enter);
    else if (!writing && target.dataset.locator && ["ArrowRight", "ArrowDown"].includes(key)) stop(() => along(1));
    else if (!writing && target.dataset.locator && ["ArrowLeft", "ArrowUp"].includes(key)) stop(() => along(-1));
    else if (!writing && /^[0-9]$/.test(key)) stop(() => digit(Number(key)));
    else if (!writing) {
      const found = KEYS.find(([name, , act]) => name === key && act);
      if (found) stop(found[2]);
    }
  }

  function help() {
    const box = el("dialog", { "aria-label": "Keys" },
      el("h3", {}, "Keys"),
      el("dl", { class: "types" }, KEYS.flatMap(([name, what]) => [el("dt", {}, el("kbd", {}, name)), el("dd", {}, what)])),
      button("Close", () => box.close(), { class: "main" }));
    box.addEventListener("close", () => box.remove());
    place.append(box);
    box.showModal();
  }

  /* The text */

  /** The reader's own copy of the text; it stays in the browser. */
  function textPanel() {
    const { source } = work.account, name = [book.dataset.title, "own text", work.account.text];
    const shown = el("div", { class: "paragraphs", tabindex: 0, role: "region", "aria-label": "The text" });
    const input = el("textarea", { id: "own-text", rows: 4 });
    const known = material.paragraphs[work.account.text];
    const take = async (text) => {
      shown.replaceChildren(el("p", {}, "Looking for the paragraphs…"));
      try {
        drawText(shown, await paragraphs.recognise(text, known), known);
      } catch (error) {
        shown.replaceChildren(el("p", { class: "wrong" }, error.message));
        return;
      }
      box.open = true;
    };
    const keep = (text) => {
      store.write(name, text);
      take(text);
    };
    const file = el("input", {
      type: "file", accept: ".txt,text/plain", "aria-label": "Open a text file",
      change: async () => { if (file.files.length) keep(await file.files[0].text()); },
    });
    const address = /^https?:\/\//.test(source.address)
      ? el("a", { href: source.address, target: "_blank", rel: "noopener noreferrer" }, source.title) : source.title;
    const own = folded("Put your own copy beside the form",
      el("p", {}, "Paste it, or open it as a text file. It never leaves this browser; its paragraphs are recognised and numbered, and a click on one fills in the answer."),
      el("label", { for: "own-text" }, "Text"), input,
      el("div", { class: "buttons" },
        button("Use this text", () => keep(input.value)), file,
        button("Forget the text", () => {
          store.remove(name);
          input.value = "";
          shown.replaceChildren();
        })));
    const box = folded("The text", el("p", {}, "Read: ", address, ` (${source.publisher}${source.date ? `, ${source.date}` : ""}).`), own, shown);
    box.className = "text-panel";
    box.open = true;
    const kept = store.read(name);
    if (typeof kept === "string") take(kept);
    else own.open = false;
    return box;
  }

  function drawText(shown, pieces, known) {
    const numbered = pieces.filter((piece) => piece.locator).length;
    const line = el("p", { class: "hint" }, `${numbered} of ${known.length} paragraphs recognised.`);
    shown.replaceChildren(line, sectionPicker(shown, known), ...pieces.map((piece) => (piece.locator ? recognised(piece) : unknownPiece(piece, known, shown, pieces))));
  }

  /** A list of the sections that leads to the first paragraph of one. */
  function sectionPicker(shown, known) {
    const sections = [...new Set(known.map((each) => each.section))];
    const select = el("select", {
      "aria-label": "Go to a section",
      change: () => {
        const there = known.filter((each) => each.section === select.value).map((each) => each.locator);
        const found = [...shown.querySelectorAll("[data-place]")].find((part) => there.includes(part.dataset.place));
        found?.scrollIntoView({ block: "start" });
        select.value = "";
      },
    }, el("option", { value: "" }, "Go to a section"), sections.map((section) => el("option", { value: section }, section)));
    return select;
  }

  const recognised = (piece) => el("div", { class: "paragraph", "data-place": piece.locator },
    button(piece.locator, () => pick(piece.locator), { class: "number" }), el("p", { click: () => pick(piece.locator) }, piece.text));

  /** A piece that no checksum knows: the reader may say which paragraph it is. */
  function unknownPiece(piece, known, shown, pieces) {
    const taken = pieces.map((each) => each.locator);
    const free = known.filter((each) => !taken.includes(each.locator));
    // A heading or a menu is shorter than half of any paragraph.
    const short = codings.words(piece.text).length < Math.min(...known.map((each) => each.words)) / 2;
    if (short || !free.length) return el("p", { class: "unknown" }, piece.text);
    const select = el("select", {
      "aria-label": "Which paragraph is this?",
      change: () => {
        piece.locator = select.value;
        drawText(shown, pieces, known);
      },
    }, el("option", { value: "" }, "no paragraph, or which?"), free.map(({ locator }) => el("option", { value: locator }, locator)));
    return el("div", { class: "paragraph" }, select, el("p", { class: "unknown" }, piece.text));
  }

  function pick(locator) {
    if (emptyIn().includes("locator")) {
      news.textContent = "A silent answer names no paragraph.";
      return;
    }
    chooseLocator(locator);
    const on = locators().includes(locator);
    news.textContent = `${locator} ${on ? "chosen" : "no longer chosen"}.`;
  }

  /* All questions, files */

  const MARKS = { done: "✓ ", begun: "… ", skipped: "↷ ", open: "" };

  function overview() {
    const rows = finished();
    const stages = work.pairs.map((pair) => stageOf(pair, rows));
    const chip = (pair, at) => button([MARKS[stages[at]], named(book.variables, pair.variable).short_label],
      () => show(at), { class: `place ${stages[at]}`, "aria-label": `${named(book.variables, pair.variable).label}: ${stages[at]}` });
    const states = [...new Set(work.pairs.map((pair) => pair.state))];
    const group = (state) => {
      const mine = work.pairs.map((pair, at) => [pair, at]).filter(([pair]) => pair.state === state);
      const n = mine.filter(([, at]) => stages[at] === "done").length;
      const box = folded(`${named(material.states, state).name}: ${n} of ${mine.length} done`,
        el("div", { class: "places" }, mine.map(([pair, at]) => chip(pair, at))));
      box.open = state === work.pairs[work.at].state;
      return box;
    };
    const all = stages.every((stage) => stage === "done");
    const first = el("div", { class: "buttons" },
      all ? null : button("Go on coding", () => show(firstOpen()), { class: "main" }),
      button("Save the codings", saveCodings, { class: all ? "main" : null, disabled: !rows.length }),
      button("Save or open", files));
    turnTo(
      el("h2", {}, all ? "All questions are answered" : "All questions"),
      all ? el("p", {}, "Save the codings now: the file is what you keep or hand in.") : null,
      all ? first : null,
      el("p", {}, "✓ done, … begun and not finished, ↷ skipped."),
      states.map(group),
      all ? null : first,
      anotherState(),
      el("div", { class: "buttons" }, button("Rename", renaming), button("Another coder", leave), button("Compare", ending)),
    );
  }

  /** The states that the link leaves out, to go on with. */
  function anotherState() {
    const left = material.states.filter(({ id }) => !work.pairs.some((pair) => pair.state === id));
    if (!left.length) return null;
    const select = el("select", { "aria-label": "Which state?" }, left.map(({ id, name }) => el("option", { value: id }, name)));
    const add = () => {
      const at = work.pairs.length;
      const name = [book.dataset.title, work.account.id, work.coder], kept = store.read(name);
      store.write(name, { ...kept, added: [...(kept.added ?? []), select.value] });
      work.pairs.push(...pairsOf([select.value], work.variables, "state"));
      show(at);
    };
    return el("div", { class: "buttons" }, select, button("Code another state", add));
  }

  function leave() {
    work = null;
    startScreen();
  }

  /** The names under which a coder's work is kept. */
  const keptBy = (coder) => store.names(book.dataset.title)
    .filter((name) => named(material.accounts, name[1]) && name[2] === coder);

  /** Keep all work of the coder under another pseudonym. */
  function rename(coder) {
    for (const name of keptBy(work.coder)) {
      const kept = store.read(name), [dataset, account, , ...pair] = name;
      store.remove(name);
      store.write([dataset, account, coder, ...pair], kept);
    }
    work.coder = coder;
  }

  function renaming() {
    const before = work.coder;
    const input = el("input", { type: "text", id: "coder", autocomplete: "off", maxlength: 40, value: before });
    const wrong = el("p", { role: "alert", class: "wrong" });
    const go = (event) => {
      event.preventDefault();
      const coder = codings.clean(input.value);
      const message = messageOfCoder(coder) || (keptBy(coder).length ? "has answers in this browser already" : "");
      wrong.textContent = message && `The pseudonym ${message}.`;
      if (message) {
        input.focus();
        return;
      }
      rename(coder);
      overview();
      news.textContent = `${before} is now ${coder}. Save the codings again, and use the new file.`;
    };
    turnTo(
      el("h2", {}, "Rename"),
      el("p", {}, "Your answers stay, and stand under the new pseudonym. A file that you saved before keeps the old one."),
      el("form", { submit: go, novalidate: true }, el("label", { for: "coder" }, "New pseudonym"), input, wrong,
        el("div", { class: "buttons" }, el("button", { class: "main" }, "Rename"), button("Back", overview))),
    );
  }

  const fileName = (what) => `${what}-${work.coder.replace(/[^\p{L}\p{N}_-]+/gu, "_")}.csv`;

  function saveCodings() {
    dom.save(fileName("codings"), codings.write(finished(), book.codings.columns));
    window.onbeforeunload = null;
    news.textContent = `Saved as ${fileName("codings")}, in your downloads.`;
  }

  function saveNotes() {
    const noted = work.every.map(entryOf).filter((entry) => entry.note);
    dom.save(fileName("notes"), codings.write(noted.map(({ cells, note }) => ({ cells: { ...cells, note } })), NOTES));
    news.textContent = `Saved as ${fileName("notes")}, in your downloads.`;
  }

  function files() {
    const rows = finished();
    const begun = work.every.filter((pair) => stageOf(pair, rows) === "begun");
    const notes = work.every.filter((pair) => entryOf(pair).note).length;
    const title = (pair) => `${named(material.states, pair.state).name}, ${named(book.variables, pair.variable).label}`;
    turnTo(
      el("h2", {}, "Save or open"),
      el("p", {}, `${counted(rows.length, "answer")} of ${work.coder} will be in the file, a table (CSV) like the project's own.`),
      begun.length ? folded(`${counted(begun.length, "answer is", "answers are")} begun and not finished, and will not be in it`,
        el("ul", {}, begun.map((pair) => el("li", {}, title(pair))))) : null,
      el("div", { class: "buttons" },
        button("Save the codings", saveCodings, { class: "main", disabled: !rows.length }),
        notes ? button(`Save ${counted(notes, "note")}`, saveNotes) : null),
      el("h3", {}, "Open"),
      el("p", {}, "Answers that you saved before come in beside those that are here; notes too."),
      filePicker("Open a file of codings or notes", opened),
      el("div", { class: "buttons" }, button("Back to coding", () => show(work.at))),
    );
  }

  /* The comparison */

  function ending() {
    const rows = finished(), n = rows.length;
    const open = async () => {
      try {
        if (typeof project === "undefined") await dom.load("../_static/project.js");
        comparison(rows);
      } catch {
        news.textContent = "The project's codings could not be loaded.";
      }
    };
    turnTo(
      el("h2", {}, "Compare with the project"),
      el("p", {}, `You have finished ${n} of ${work.pairs.length} questions. The comparison shows the project's codes for those, and its types and verdicts for every state. Whoever has seen them no longer codes blind.`),
      asked().states.length ? el("p", { class: "care" }, "If you code with a class, save and hand in your file first, and wait until all have.") : null,
      n ? null : el("p", { class: "care" }, "There is nothing to compare yet: answer a question first."),
      el("div", { class: "buttons" },
        button("Not yet, back to coding", () => show(work.at), { class: "main" }),
        button("Show me the project's codings", open, { disabled: !n })),
    );
  }

  const projectRows = (coder) => project.codings
    .map((cells, i) => ({ line: i + 1, cells: Object.fromEntries(book.codings.columns.map((column, place) => [column, cells[place]])) }))
    .filter(({ cells }) => cells.coder === coder && cells.account === work.account.id);

  function comparison(rows) {
    const theirs = material.coders.map((coder) => ({ ...coder, rows: projectRows(coder.id) }));
    const standing = named(theirs, material.standing);
    turnTo(
      el("h2", {}, "You and the project"),
      el("p", {}, "The project's codings may be wrong where you differ. Look at the paragraph, and at the reasons of both."),
      el("h3", {}, "Agreement"),
      el("p", {}, "Questions about a state on which you and a coder say the same, silence among it, of those that both have read. A set is compared member by member."),
      agreementTable(rows, theirs),
      el("h3", {}, "What follows from the codes"),
      el("p", {}, "Only your own codes count for yours: what you have not coded is missing, and could be anything."),
      typesTable(rows, standing),
      book.thesis.length ? verdictsTable(rows, standing) : null,
      el("h3", {}, "Question by question"),
      ...pairByPair(rows, theirs, comparing.byPair(standing.rows)),
      el("div", { class: "buttons" }, button("Back to coding", () => show(work.at), { class: "main" }), button("Save or open", files)),
    );
  }

  const share = (same, all) => (all ? `${Math.round((100 * same) / all)}% (${same} of ${all})` : "-");

  function agreementTable(rows, theirs) {
    const found = theirs.map((coder) => comparing.agreement(book, rows, coder.rows));
    const lines = found[0].map((each, i) => {
      const variable = named(book.variables, each.variable);
      const member = each.member ? `: ${labelOf(variable.codes, each.member)}` : "";
      return [variable.label + member, ...found.map((list) => share(list[i].n_agree, list[i].n))];
    });
    const sum = (list, key) => list.reduce((total, each) => total + each[key], 0);
    const all = ["all", ...found.map((list) => share(sum(list, "n_agree"), sum(list, "n")))];
    return table("Agreement by variable", ["variable", ...theirs.map((coder) => coder.label)], [...lines, all]);
  }

  const idsOfStates = () => material.states.map((state) => state.id);
  const namesOf = (states) => states.map((state) => named(material.states, state).name).join(", ");

  function typesTable(rows, standing) {
    const [mine, theirs] = [rows, standing.rows].map((list) => comparing.follows(book, idsOfStates(), list).states);
    const begun = idsOfStates().filter((state) => rows.some((row) => row.cells.state === state));
    const kinds = (found) => [swatch(named(book.support_types, found.type)), found.couldBe.length > 1
      ? el("span", { class: "rule" }, `could be ${found.couldBe.map((kind) => labelOf(book.support_types, kind)).join(", ")}`) : null];
    const cell = (found) => el("span", {}, kinds(found).filter(Boolean));
    return table("Support types", ["state", "by your codes", "by the project's"],
      begun.map((state) => [namesOf([state]), cell(mine[state]), cell(theirs[state])]));
  }

  function verdictsTable(rows, standing) {
    const [mine, theirs] = [rows, standing.rows].map((list) => comparing.follows(book, idsOfStates(), list).verdicts);
    const cell = (found) => `${found.verdict}${found.contradictedBy.length ? `: ${namesOf(found.contradictedBy)}` : ""}`;
    return table("Verdicts on the thesis", ["statement", "by your codes", "by the project's"],
      book.thesis.map((entry, i) => [entry.rule, cell(mine[i]), cell(theirs[i])]));
  }

  function pairByPair(rows, theirs, standing) {
    const others = theirs.map((coder) => comparing.byPair(coder.rows));
    const differs = (row) => {
      const other = standing.get(comparing.pairOf(row));
      return !other || comparing.said(row) !== comparing.said(other);
    };
    const n = rows.filter(differs).length;
    const box = el("div", {});
    const draw = (only) => box.replaceChildren(...rows.filter((row) => !only || differs(row)).map((row) => oneCompared(row, theirs, others)));
    const filter = el("label", { class: "choice" },
      el("input", { type: "checkbox", change: (event) => draw(event.target.checked) }),
      el("span", {}, `Only where you differ from the coding that stands (${n} of ${rows.length})`));
    draw(false);
    return [filter, box];
  }

  function oneCompared(row, theirs, others) {
    const variable = named(book.variables, row.cells.variable), key = comparing.pairOf(row);
    const line = (who, found) => {
      if (!found) return [who, "(not read)", "", "", ""];
      const { cells } = found;
      const codes = listIn(cells.code).map((code) => labelOf(variable.codes, code)).join(", ");
      return [who, codes || `(${labelOf(book.statuses, cells.status)})`, cells.confidence, listIn(cells.locator).join("; "), cells.rationale];
    };
    const settled = project.adjudications.find((each) => each.account === row.cells.account && `${each.state} ${each.variable}` === key);
    const title = `${namesOf([row.cells.state])}: ${variable.label}`;
    return el("section", { class: "compared" }, el("h4", {}, title),
      table(title, ["who", "code", "confidence", "where", "why"],
        [line("you", row), ...theirs.map((coder, i) => line(coder.label, others[i].get(key)))]),
      settled ? el("p", {}, `Why this one stands: ${settled.reason}`) : null);
  }

  /* Other windows */

  store.listen((name) => {
    if (!work || !form || !form.root.isConnected) return;
    if (JSON.stringify(name) !== JSON.stringify(entryName(form.pair))) return;
    form.entry = entryOf(form.pair);
    fill();
    news.textContent = "This answer was changed in another window; here is how it stands now.";
  });

  startScreen();
})();
