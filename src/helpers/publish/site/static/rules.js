/* The evaluator of helpers.dataset.rules in a browser: what a codebook's rules make of codes, with
   missing (null) as a third value. Takes codebook.json; depends on nothing. */
"use strict";
const rules = (() => {
  /** True, false, or null where a missing code would decide. */
  function holds(condition, codes, options = []) {
    if ("test" in condition) {
      const code = codes[condition.test] ?? null;
      return code === null ? null : condition.codes.includes(code);
    }
    if ("any" in condition) {
      const found = condition.any.map((part) => holds(part, codes, options));
      return found.includes(true) ? true : found.includes(null) ? null : false;
    }
    if ("all" in condition) {
      const found = condition.all.map((part) => holds(part, codes, options));
      return found.includes(false) ? false : found.includes(null) ? null : true;
    }
    if ("not" in condition) {
      const inner = holds(condition.not, codes, options);
      return inner === null ? null : !inner;
    }
    if ("coded" in condition) return condition.coded.every((name) => (codes[name] ?? null) !== null);
    return options.includes(condition.option);
  }

  /** The code of each level. */
  function levelCodes(book, codes, options = []) {
    const found = {};
    for (const level of book.levels) {
      const known = { ...codes, ...found };
      const first = level.cases.find((each) => holds(each.when, known, options));
      found[level.id] = first ? first.id : level.otherwise;
    }
    return found;
  }

  const typeOf = (book, levels) => book.support_types.find((kind) => holds(kind.when, levels)).id;

  /** The names that a condition tests, with the codes accepted; nothing behind idle options. */
  function tests(condition, options) {
    if ("test" in condition) return [[condition.test, condition.codes]];
    if ("coded" in condition) return condition.coded.map((name) => [name, []]);
    if ("not" in condition) return tests(condition.not, options);
    const asks = (part) => "option" in part || "option" in (part.not ?? {});
    const idle = (part) => asks(part) && !holds(part, {}, options);
    if (condition.all?.some(idle)) return [];
    return (condition.any ?? condition.all ?? []).flatMap((part) => tests(part, options));
  }

  /** For each variable that conditions rest on, the sets of codes that they tell apart. */
  function restsOn(book, conditions, options = []) {
    const levels = new Map(book.levels.map((level) => [level.id, level.cases.map((c) => c.when)]));
    const found = new Map();
    const waiting = [...conditions];
    while (waiting.length) {
      for (const [name, accepted] of tests(waiting.pop(), options)) {
        if (levels.has(name)) waiting.push(...levels.get(name));
        else found.set(name, [...(found.get(name) ?? []), accepted]);
      }
    }
    return found;
  }

  /** Every way of coding what is missing; one code stands for all that nothing tells apart. */
  function completions(book, codes, toldApart, ruledOut = []) {
    let ways = [{ ...codes }];
    for (const [name, sets] of toldApart) {
      if ((codes[name] ?? null) !== null) continue;
      const classes = new Map();
      for (const { id } of book.variables.find((variable) => variable.id === name).codes) {
        if (ruledOut.some(([variable, code]) => variable === name && code === id)) continue;
        classes.set(sets.map((set) => set.includes(id)).join(), id);
      }
      ways = ways.flatMap((way) => [...classes.values()].map((id) => ({ ...way, [name]: id })));
    }
    return ways;
  }

  /** Every type that there could be if what is missing were coded, in the codebook's order. */
  function possibleTypes(book, codes, ruledOut = [], options = []) {
    const toldApart = restsOn(book, book.support_types.map((kind) => kind.when), options);
    const found = new Set();
    for (const way of completions(book, codes, toldApart, ruledOut)) {
      found.add(typeOf(book, levelCodes(book, way, options)));
    }
    return book.support_types.map((kind) => kind.id).filter((id) => found.has(id));
  }

  /** The answers that a condition could have if what is missing were coded. */
  function possibleAnswers(book, condition, codes, ruledOut = [], options = []) {
    const ways = completions(book, codes, restsOn(book, [condition], options), ruledOut);
    const answer = (way) => holds(condition, { ...way, ...levelCodes(book, way, options) }, options);
    return new Set(ways.map(answer));
  }

  /** Levels, type, bounds and flags of one state. */
  function derive(book, codes, ruledOut = [], options = []) {
    const levels = levelCodes(book, codes, options);
    const known = { ...codes, ...levels };
    const flags = book.flags.map((flag) => [flag.id, holds(flag.when, known, options)]);
    const couldBe = possibleTypes(book, codes, ruledOut, options);
    return { levels, type: typeOf(book, levels), couldBe, flags: Object.fromEntries(flags) };
  }

  /** The verdict on each statement of the thesis; states: {id: {codes, ruledOut}}. */
  function verdicts(book, states, options = []) {
    return book.thesis.map((entry) => {
      const contradictedBy = [], openBecauseOf = [];
      for (const [id, { codes, ruledOut }] of Object.entries(states)) {
        const found = possibleAnswers(book, entry.broken_when, codes, ruledOut, options);
        if (found.size > 1) openBecauseOf.push(id);
        else if (found.has(true)) contradictedBy.push(id);
      }
      const verdict = contradictedBy.length ? "contradicted" : openBecauseOf.length ? "open" : "holds";
      return { id: entry.id, verdict, contradictedBy, openBecauseOf };
    });
  }

  return { holds, levelCodes, typeOf, restsOn, completions, possibleTypes, possibleAnswers, derive, verdicts };
})();
if (typeof module !== "undefined") module.exports = rules;
