/* What follows if a code of a state changes: levels, type, bounds, verdicts, and the shortest change
   that would give another type. Needs rules.js and whatif-data.js; asks nothing of the network.
   helpers.analysis.what_if is the same in Python. */
"use strict";
const whatIf = (() => {
  const { book, accounts, moving, names } = whatIfData;
  const MOST = 2;
  const byId = (list, id) => list.find((entry) => entry.id === id);
  const codesOf = (name) => byId(book.variables, name).codes.map((code) => code.id);

  /** What an account says of a state: a code, or why there is none, by variable. */
  function saidOf(account, state) {
    const { variables, states } = accounts[account];
    return Object.fromEntries(variables.map((name, place) => [name, states[state].said[place]]));
  }

  /** Codes as the rules read them: null where one is missing. Sets are no matter of rules. */
  function codesIn(said, silence) {
    const read = (variable) => {
      if (codesOf(variable.id).includes(said[variable.id])) return said[variable.id];
      const asNo = silence === "no" && said[variable.id] === "silent";
      return asNo ? variable.silence_code : null;
    };
    const single = book.variables.filter((variable) => variable.type !== "set");
    return Object.fromEntries(single.map((variable) => [variable.id, read(variable)]));
  }

  /** One state of an account with changes {variable: code or status}, as the rules take it. A
      passage says nothing of a changed code, so a bound that rests on one no longer counts. */
  function given(account, state, silence, changes) {
    const codes = codesIn({ ...saidOf(account, state), ...changes }, silence);
    const bounds = book.bounds.filter((bound) => (
      accounts[account].states[state].bounds[silence].includes(bound.id)
      && !bound.same_passage.some((name) => name in changes)
      && rules.holds(bound.when, codes)
    ));
    return { codes, bounds, ruledOut: bounds.flatMap((bound) => bound.rules_out) };
  }

  const kept = new Map();

  /** What is worked out once for each reading. */
  function once(key, make) {
    const place = JSON.stringify(key);
    if (!kept.has(place)) kept.set(place, make());
    return kept.get(place);
  }

  /** What states as they are answer to the thesis. */
  function answersAsCoded(account, silence) {
    const answer = (state) => rules.thesisAnswers(book, given(account, state, silence, {}));
    const states = Object.keys(accounts[account].states);
    return once([account, silence], () => Object.fromEntries(states.map((id) => [id, answer(id)])));
  }

  /** All that follows for a state, and for the thesis by all states of the account. */
  function consequences(account, state, silence = "open", changes = {}) {
    const own = given(account, state, silence, changes);
    const answers = { ...answersAsCoded(account, silence), [state]: rules.thesisAnswers(book, own) };
    const found = rules.derive(book, own.codes, own.ruledOut);
    return { ...own, ...found, verdicts: rules.verdictsFrom(book, answers) };
  }

  /** Every change of one variable that some rule could notice: [variable, codes], none of them
      for a code taken away. */
  function singles(codes) {
    const told = rules.restsOn(book, book.support_types.map((kind) => kind.when));
    return moving.filter((name) => told.has(name)).flatMap((name) => {
      const groups = new Map();
      for (const code of codesOf(name)) {
        const key = told.get(name).map((set) => set.includes(code)).join();
        groups.set(key, [...(groups.get(key) ?? []), code]);
      }
      const own = codes[name] ?? null;
      const others = [...groups.values()].filter((group) => !group.includes(own));
      return [...others, ...(own === null ? [] : [[]])].map((group) => [name, group]);
    });
  }

  /** By type, every change of the fewest variables that would give it; none beyond MOST. */
  function shortestChanges(codes) {
    const typeWith = (way) => {
      const changed = Object.fromEntries(way.map(([name, group]) => [name, group[0] ?? null]));
      return rules.typeOf(book, rules.levelCodes(book, { ...codes, ...changed }));
    };
    const own = typeWith([]);
    const others = book.support_types.filter((kind) => kind.id !== own);
    const found = Object.fromEntries(others.map((kind) => [kind.id, []]));
    const each = singles(codes).map((single, place) => [place, single]);
    let ways = each.map(([place, single]) => ({ last: place, way: [single] }));
    for (let n = 1; n <= MOST; n += 1) {
      const missing = others.map((kind) => kind.id).filter((id) => !found[id].length);
      for (const { way } of ways) {
        const kind = typeWith(way);
        if (missing.includes(kind)) found[kind].push(way);
      }
      if (n === MOST) break;
      ways = ways.flatMap(({ last, way }) => each
        .filter(([place, [name]]) => place > last && !way.some(([other]) => other === name))
        .map(([place, single]) => ({ last: place, way: [...way, single] })));
    }
    return found;
  }

  /** All that follows for a state as it is. */
  const asCoded = (account, state, silence) => (
    once([account, state, silence], () => consequences(account, state, silence))
  );

  return { book, accounts, moving, names, byId, saidOf, asCoded, consequences, shortestChanges };
})();

/** Put the section into its place on a state's page. */
function showWhatIf(place) {
  const { book, accounts, moving, names, byId } = whatIf;
  const SHOWN = 3;
  const ANY_WAY = "every type that the rules give if what is missing is coded in any way";
  const state = place.dataset.state;
  const coded = Object.keys(accounts).filter((name) => state in accounts[name].states);
  const readings = book.silence_readings;
  const changesOf = Object.fromEntries(coded.map((name) => [name, {}]));
  let account = coded[0], silence = readings[0].id;

  /** An element; texts are texts, whatever they hold. */
  function make(name, attributes = {}, ...content) {
    const element = document.createElement(name);
    Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
    element.append(...content);
    return element;
  }

  /** A rule, in which backticks mark codes. */
  const prose = (text) => text.split("`").map((part, n) => (n % 2 ? make("code", {}, part) : part));
  const typeLabel = (id) => byId(book.support_types, id).label;
  const types = (ids) => ids.map(typeLabel).join(", ");
  const nameOf = (id) => names[id] ?? id;
  const short = (id) => byId(book.variables, id).label;

  function shownType(id) {
    const colour = byId(book.support_types, id).colour;
    const swatch = make("span", { class: "swatch", style: `background:${colour}` });
    return make("span", { class: "whole" }, swatch, typeLabel(id));
  }

  /** A code or a status, by its label. */
  function worded(name, value) {
    const variable = byId(book.variables, name);
    const entries = [...variable.codes, ...book.statuses];
    return value.split(";").map((id) => byId(entries, id)?.label ?? id).join(", ");
  }

  /** What a variable can be made: its codes, and every reason why there is none. */
  function choices(name) {
    const reasons = book.statuses.map((status) => status.id).filter((id) => id !== "coded");
    const said = whatIf.saidOf(account, state)[name];
    const all = [...byId(book.variables, name).codes.map((code) => code.id), ...reasons];
    return all.includes(said) || !said ? all : [...all, said];
  }

  const isSingle = (name) => byId(book.variables, name).type !== "set";

  /** Take account, silence and changes from the address; return what was wrong in it. */
  function readAddress() {
    const asked = [...new URLSearchParams(window.location.search)];
    const wrong = [];
    const take = (key, allowed) => {
      const value = asked.find(([name]) => name === key)?.[1];
      if (value === undefined || allowed.includes(value)) return value;
      wrong.push([key, value, allowed]);
      return undefined;
    };
    account = take("account", coded) ?? account;
    silence = take("silence", readings.map((reading) => reading.id)) ?? silence;
    for (const [name] of asked.filter(([key]) => !["account", "silence"].includes(key))) {
      if (!accounts[account].variables.includes(name) || !isSingle(name)) wrong.push([name]);
      else change(name, take(name, choices(name)) ?? whatIf.saidOf(account, state)[name]);
    }
    return wrong;
  }

  function writeAddress() {
    const changes = Object.entries(changesOf[account]);
    const said = [["account", account], ...changes];
    if (silence !== readings[0].id) said.splice(1, 0, ["silence", silence]);
    const plain = !changes.length && account === coded[0] && silence === readings[0].id;
    const query = plain ? "" : `?${new URLSearchParams(said)}`;
    window.history.replaceState(null, "", window.location.pathname + query + window.location.hash);
  }

  function change(name, value) {
    if (value === whatIf.saidOf(account, state)[name]) delete changesOf[account][name];
    else changesOf[account][name] = value;
  }

  const notes = make("div", { class: "what-if-notes", role: "alert" });
  const summary = make("div", { class: "what-if-summary", role: "status" });
  const fields = make("div", { class: "what-if-fields" });
  const follows = make("tbody");
  const ways = make("dl", { class: "what-if-ways" });
  const reset = make("button", { type: "button" }, "Back to the codes as they are");

  function selectOf(id, entries, chosen) {
    const select = make("select", { id });
    entries.forEach(([value, text]) => select.append(make("option", { value }, text)));
    select.value = chosen;
    return select;
  }

  const labelled = (text, select) => make("div", {}, make("label", { for: select.id }, text), select);

  /** The list of one variable; a set is only shown, since no rule reads it. */
  function field(name) {
    const said = whatIf.saidOf(account, state)[name];
    if (!isSingle(name)) {
      const text = make("p", { class: "what-if-set" }, worded(name, said));
      return make("div", {}, make("span", { class: "what-if-name" }, short(name)), text);
    }
    const entries = choices(name).map((value) => (
      [value, worded(name, value) + (value === said ? " (as coded)" : "")]
    ));
    const chosen = changesOf[account][name] ?? said;
    const select = selectOf(`what-if-${name}`, entries, chosen);
    select.addEventListener("change", () => {
      change(name, select.value);
      update();
    });
    return labelled(short(name), select);
  }

  function drawFields() {
    const groups = book.groups.map((group) => {
      const own = accounts[account].variables.filter((name) => (
        byId(book.variables, name).group === group.id
      ));
      return own.length
        ? [make("fieldset", {}, make("legend", {}, group.label), ...own.map(field))] : [];
    });
    const still = accounts[account].variables.filter((name) => !moving.includes(name)).map(short);
    const idle = `No type and no verdict rests on: ${still.join(", ")}.`;
    fields.replaceChildren(...groups.flat(), ...(still.length ? [make("p", { class: "way" }, idle)] : []));
  }

  function verdictText({ verdict, contradictedBy, openBecauseOf }) {
    const by = contradictedBy.length ? `${verdict} by ${contradictedBy.map(nameOf).join(", ")}` : verdict;
    return openBecauseOf.length ? `${by}; could be by ${openBecauseOf.map(nameOf).join(", ")}` : by;
  }

  const truth = (value) => (value === null ? "unknown" : value ? "yes" : "no");

  /** One line for each thing that follows: its name, before, now, and the rule that gives it. */
  function lines(before, now) {
    const levels = book.levels.map((level) => {
      const label = (found) => byId(level.codes, found.levels[level.id]).label;
      const held = level.cases.find((each) => each.id === now.levels[level.id]);
      const rule = held ? `if ${held.rule}` : "since no other code of the level holds for certain";
      return [level.label, label(before), label(now), `\`${label(now)}\` ${rule}`];
    });
    const rule = byId(book.support_types, now.type).rule;
    const bounds = book.bounds.map((bound) => {
      const counts = (found) => truth(found.bounds.includes(bound));
      return [bound.label, counts(before), counts(now), bound.rule];
    });
    const flags = book.flags.map((flag) => (
      [flag.label, truth(before.flags[flag.id]), truth(now.flags[flag.id]), flag.rule]
    ));
    const thesis = book.thesis.map((entry, n) => (
      [entry.rule, verdictText(before.verdicts[n]), verdictText(now.verdicts[n]), `broken if ${entry.breaks}`]
    ));
    return [
      ...levels,
      ["Type", typeLabel(before.type), typeLabel(now.type), rule],
      ["Could be", types(before.couldBe), types(now.couldBe), ANY_WAY],
      ...bounds, ...flags, ...thesis,
    ];
  }

  function drawFollows(before, now) {
    const cell = (label, ...content) => make("td", { role: "cell", "data-label": label }, ...content);
    follows.replaceChildren(...lines(before, now).map(([name, was, is, rule]) => {
      const moved = was !== is;
      const row = make("tr", { role: "row", ...(moved ? { class: "moved" } : {}) });
      row.append(
        make("th", { scope: "row", role: "rowheader" }, name),
        cell("as coded", was),
        cell("now", moved ? make("strong", {}, is) : "the same"),
        cell("by which rule", ...(moved ? prose(rule) : ["-"])),
      );
      return row;
    }));
  }

  /** A change as a button that makes it. */
  function wayButton(way) {
    const text = ([name, group]) => (
      `${short(name)}: ${group.map((code) => worded(name, code)).join(" or ") || "no code"}`
    );
    const button = make("button", { type: "button" }, way.map(text).join(", and "));
    button.addEventListener("click", () => {
      // Undecided, not silent: silence may be read as a code.
      way.forEach(([name, group]) => change(name, group[0] ?? "undecided"));
      drawFields();
      update();
      document.getElementById(`what-if-${way[0][0]}`).focus();
    });
    return make("li", {}, button);
  }

  function drawWays(codes) {
    const items = Object.entries(whatIf.shortestChanges(codes)).flatMap(([kind, found]) => {
      const few = found.slice(0, SHOWN).map(wayButton);
      const more = found.length - few.length;
      const rest = more > 0 ? [make("li", {}, `and ${more} other${more > 1 ? "s" : ""}`)] : [];
      const shown = few.length ? make("ul", {}, ...few, ...rest) : "by no change of one or two variables";
      return [make("dt", {}, shownType(kind)), make("dd", {}, shown)];
    });
    ways.replaceChildren(...items);
  }

  function drawSummary(before, now) {
    const others = (found) => types(found.couldBe.filter((id) => id !== found.type)) || "nothing else";
    const count = Object.keys(changesOf[account]).length;
    const moved = before.type !== now.type || others(before) !== others(now);
    const was = moved ? `As coded: ${typeLabel(before.type)}; could also be: ${others(before)}.`
      : count ? "Type and bounds are as coded." : "No code is changed.";
    summary.replaceChildren(
      make("p", {}, `${nameOf(state)}: `, make("strong", {}, shownType(now.type)), `; could also be: ${others(now)}.`),
      make("p", {}, `${count ? `${count} code${count > 1 ? "s" : ""} changed. ` : ""}${was}`),
    );
    place.dataset.type = now.type;
    place.dataset.couldBe = now.couldBe.join(";");
  }

  function update() {
    const changes = changesOf[account];
    const before = whatIf.asCoded(account, state, silence);
    const now = whatIf.consequences(account, state, silence, changes);
    drawSummary(before, now);
    drawFollows(before, now);
    drawWays(now.codes);
    reset.disabled = !Object.keys(changes).length;
    fields.querySelectorAll("select").forEach((select) => {
      select.parentElement.classList.toggle("changed", select.id.slice("what-if-".length) in changes);
    });
    writeAddress();
  }

  function drawNotes(wrong) {
    notes.replaceChildren(...wrong.map(([name, value, allowed]) => make("p", { class: "care" },
      "Ignored in the address: ", make("code", {}, name), ...(allowed
        ? [" cannot be ", make("code", {}, value || "empty"), `; allowed: ${allowed.join(", ")}.`]
        : [" is no variable that can be changed here."]))));
  }

  /** Lead to the section from the top of the page, and list it beside the page's others. */
  function addToContents() {
    document.querySelector("p.way")?.append(" / ", make("a", { href: "#what-if" }, "What if a code were another?"));
    const before = document.querySelector('.page-toc a[href="#codes"]')?.closest("li");
    if (!before) return;
    const entry = before.cloneNode(true);
    entry.querySelectorAll("ul").forEach((list) => list.remove());
    const to = entry.querySelector("a");
    to.setAttribute("href", "#what-if");
    to.textContent = "What if";
    to.classList.remove("active");
    before.after(entry);
  }

  const wrong = readAddress();
  const accountList = selectOf("what-if-account", coded.map((name) => [name, accounts[name].label]), account);
  const silenceList = selectOf("what-if-silence", readings.map((reading) => [reading.id, reading.label]), silence);
  accountList.addEventListener("change", () => { account = accountList.value; drawFields(); update(); });
  silenceList.addEventListener("change", () => { silence = silenceList.value; update(); });
  reset.addEventListener("click", () => {
    changesOf[account] = {};
    drawFields();
    update();
    accountList.focus();
  });
  const heads = ["what follows", "as coded", "now", "by which rule"].map((text) => (
    make("th", { scope: "col", role: "columnheader" }, text)
  ));
  const table = make("table", { class: "stacked", role: "table" },
    make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, ...heads)), follows);
  follows.setAttribute("role", "rowgroup");
  place.append(
    make("h2", {}, "What if"),
    make("p", {}, "Change a code and see at once what follows by the rules of the codebook, all other codes staying as they are. Nothing is kept but the address, which holds the changes and can be sent to somebody."),
    notes,
    make("div", { class: "what-if-fields" }, make("div", { class: "what-if-choice" },
      labelled("Account", accountList), labelled("Silence", silenceList), reset)),
    summary,
    fields,
    make("h3", {}, "What follows"),
    make("div", { class: "table-box", tabindex: 0, role: "region", "aria-label": "What follows" }, table),
    make("h3", {}, "The shortest change to each other type"),
    make("p", {}, "From the codes as they stand above: each button makes a change of the fewest variables, one or two, that gives the type. Codes joined by \"or\" do the same."),
    ways,
  );
  addToContents();
  drawFields();
  update();
  drawNotes(wrong);
  if (Object.keys(changesOf[account]).length && !window.location.hash) place.scrollIntoView();
}

document.querySelectorAll("#what-if").forEach(showWhatIf);
