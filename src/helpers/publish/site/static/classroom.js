/* What a class makes of the same pairs: how far its coders agree, as helpers.analysis.agreement says,
   and what follows from each coder's codes. Takes codebook.json, what code/material.js names and
   files; depends on codings.js, sheets.js, rules.js and comparing.js. */
"use strict";
const classroom = (() => {
  const READERS = { ".csv": codings.read, ".xlsx": sheets.read };
  const SILENT_AS = ["category", "missing"];
  const byText = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  const isOpen = (text) => text.startsWith("(");

  /** The letters and digits of a name, without case. */
  function folded(name) {
    const plain = name.normalize("NFKC").toLowerCase();
    return [...plain].filter((sign) => /[\p{L}\p{N}]/u.test(sign)).join("") || plain;
  }

  /** The sound rows of files, each {name, bytes}, and what is wrong with the others. Of coders whose
      names differ in case and signs at most, the one whose file comes first by name is read. */
  async function gather(files, book, material) {
    const owners = new Map(), rows = [], problems = [];
    for (const { name, bytes } of [...files].sort((a, b) => byText(a.name, b.name))) {
      const found = await readFile(name, bytes, book, material);
      const kept = ownNames(name, found.rows, owners, material.standing);
      rows.push(...kept.rows);
      problems.push(...[...found.problems, ...kept.problems].map((each) => ({ file: name, ...each })));
    }
    return { rows, problems };
  }

  const sameBytes = (a, b) => a.length === b.length && a.every((byte, place) => byte === b[place]);

  /** Files, each {name, bytes}, with later ones beside them, and the names of those that took the place
      of another content. Of one name among the later ones all stay, numbered. */
  function add(before, later) {
    const files = new Map(before.map((file) => [file.name, file])), names = new Set(), replaced = [];
    for (const { name, bytes } of later) {
      const free = numbered(name, names), old = files.get(free);
      names.add(free);
      if (old && !sameBytes(old.bytes, bytes)) replaced.push(free);
      files.set(free, { name: free, bytes });
    }
    return { files: [...files.values()], replaced };
  }

  function numbered(name, taken) {
    const [, stem, ending] = /^(.*?)(\.[^.]*)?$/s.exec(name);
    let free = name;
    for (let number = 2; taken.has(free); number += 1) free = `${stem} (${number})${ending ?? ""}`;
    return free;
  }

  function readFile(name, bytes, book, material) {
    const reader = READERS[/\.[^.]*$/.exec(name)?.[0].toLowerCase()];
    if (reader) return reader(bytes, book, material);
    const message = `not a file of codings; allowed: ${Object.keys(READERS).join(", ")}`;
    return { rows: [], problems: [{ line: 0, column: "", value: "", message }] };
  }

  function ownNames(file, rows, owners, standing) {
    const problems = new Map();
    const kept = rows.filter((row) => {
      const name = row.cells.coder, key = folded(name);
      if (!owners.has(key)) owners.set(key, { file, name });
      const owner = owners.get(key);
      const alike = owner.file !== file || owner.name !== name;
      let message = "";
      if (name === standing) {
        message = "is the coding that stands in the dataset and no coder's; choose another name";
      } else if (alike) {
        message = `is too like '${owner.name}' in ${owner.file}; names must differ in more than case and signs`;
      }
      if (message && !problems.has(name)) {
        problems.set(name, { line: row.line, column: "coder", value: name, message, alike });
      }
      return !message;
    });
    return { rows: kept, problems: [...problems.values()] };
  }

  /** The rows of each coder, by name. */
  function byCoder(rows) {
    const names = [...new Set(rows.map((row) => row.cells.coder))].sort(byText);
    return new Map(names.map((name) => [name, rows.filter((row) => row.cells.coder === name)]));
  }

  /** For each pair of a state and a variable, each coder's answer. */
  function answersOf(coders) {
    const found = new Map();
    for (const [coder, rows] of coders) {
      for (const row of rows) {
        const pair = comparing.pairOf(row);
        if (!found.has(pair)) found.set(pair, new Map());
        found.get(pair).set(coder, comparing.said(row));
      }
    }
    return found;
  }

  /** How often each text occurs, most frequent first. */
  function tally(texts) {
    const counts = new Map();
    for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
    return [...counts].sort((a, b) => b[1] - a[1]);
  }

  /** The percentage of pairs of coders with the same answer. */
  function percentOf(texts) {
    const same = tally(texts).reduce((sum, [, n]) => sum + n * (n - 1), 0);
    return (100 * same) / (texts.length * (texts.length - 1));
  }

  const mean = (numbers) => numbers.reduce((sum, each) => sum + each, 0) / numbers.length;

  /** Agreement by variable, member of a set and reading of silence. `percent` is null where no two
      coders have a value. */
  function byVariable(book, coders) {
    const answers = [...answersOf(coders)].map(([pair, of]) => [pair.split(" ")[1], of]);
    return book.variables.flatMap((variable) => {
      const units = answers.filter(([id]) => id === variable.id).map(([, of]) => of);
      const readBy = new Set(units.flatMap((of) => [...of.keys()]));
      if (readBy.size < 2) return [];
      const members = variable.type === "set" ? variable.codes.map((code) => code.id) : [""];
      return members.flatMap((member) => SILENT_AS.map((silentAs) => {
        const counted = units.map((of) => valuesOf(of, member, silentAs)).filter((of) => of.length > 1);
        const who = new Set(counted.flatMap((of) => of.map(([coder]) => coder)));
        const percents = counted.map((of) => percentOf(of.map(([, text]) => text)));
        const percent = percents.length ? mean(percents) : null;
        return { variable: variable.id, member, silentAs, nUnits: counted.length, nCoders: who.size, percent };
      }));
    });
  }

  function valuesOf(answers, member, silentAs) {
    const read = [...answers].filter(([, text]) => silentAs === "category" || !isOpen(text));
    if (!member) return read;
    return read.map(([coder, text]) => [coder, comparing.memberOf(text, member)]);
  }

  /** Agreement on each pair, the least agreed first; a set is compared as a whole. */
  function byPair(book, states, coders, silentAs = "category") {
    const answers = answersOf(coders);
    const found = book.variables.flatMap((variable, number) => states.flatMap((state, place) => {
      const of = valuesOf(answers.get(`${state} ${variable.id}`) ?? new Map(), "", silentAs);
      if (of.length < 2) return [];
      const texts = of.map(([, text]) => text);
      const answered = tally(texts).map(([text]) => ({
        text, coders: of.filter((each) => each[1] === text).map(([coder]) => coder),
      }));
      const percent = percentOf(texts);
      return [{ state, variable: variable.id, nCoders: of.length, percent, answers: answered, place, number }];
    }));
    return found.sort((a, b) => a.percent - b.percent || b.nCoders - a.nCoders || a.place - b.place || a.number - b.number);
  }

  /** Pairs summed up by state or variable, the least agreed first. */
  function meanBy(pairs, what) {
    const groups = new Map();
    for (const pair of pairs) groups.set(pair[what], [...(groups.get(pair[what]) ?? []), pair]);
    return [...groups].map(([id, of]) => ({
      id, nPairs: of.length, nDiffer: of.filter((pair) => pair.answers.length > 1).length,
      percent: mean(of.map((pair) => pair.percent)),
    })).sort((a, b) => a.percent - b.percent);
  }

  /** The type of each state by each coder's codes, and each coder's verdicts. */
  function follows(book, states, coders) {
    return new Map([...coders].map(([coder, rows]) => [coder, comparing.follows(book, states, rows)]));
  }

  return { SILENT_AS, folded, add, gather, byCoder, byVariable, byPair, meanBy, follows, tally };
})();
if (typeof module !== "undefined") module.exports = classroom;
