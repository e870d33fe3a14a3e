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
    const found = {}, known = { ...codes };
    for (const level of book.levels) {
      const first = level.cases.find((each) => holds(each.when, known, options));
      found[level.id] = known[level.id] = first ? first.id : level.otherwise;
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

  /** The levels in groups that share no variable, each with what it rests on. */
  function independentLevels(book, options) {
    let groups = [];
    for (const level of book.levels) {
      const own = restsOn(book, level.cases.map((each) => each.when), options);
      const shares = (group) => [...group.toldApart.keys()].some((name) => own.has(name));
      const levels = [...groups.filter(shares).flatMap((group) => group.levels), level];
      const toldApart = restsOn(book, levels.flatMap((each) => each.cases.map((c) => c.when)), options);
      groups = [...groups.filter((group) => !shares(group)), { levels, toldApart }];
    }
    return groups;
  }

  /** Every type that there could be if what is missing were coded, in the codebook's order. Types
      rest on levels alone, so groups of levels are completed one by one: their ways add up, where
      those of all variables multiply. */
  function possibleTypes(book, codes, ruledOut = [], options = []) {
    let combinations = [{}];
    for (const { levels, toldApart } of independentLevels(book, options)) {
      const found = new Map();
      for (const way of completions(book, codes, toldApart, ruledOut)) {
        const own = levelCodes({ levels }, way, options);
        found.set(JSON.stringify(own), own);
      }
      combinations = combinations.flatMap((each) => [...found.values()].map((own) => ({ ...each, ...own })));
    }
    const types = new Set(combinations.map((each) => typeOf(book, each)));
    return book.support_types.map((kind) => kind.id).filter((id) => types.has(id));
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

  /** For each statement of the thesis, the answers there could be to whether one state breaks it. */
  function thesisAnswers(book, { codes, ruledOut }, options = []) {
    return book.thesis.map((entry) => possibleAnswers(book, entry.broken_when, codes, ruledOut, options));
  }

  /** The verdict on each statement of the thesis; answers: {id: thesisAnswers of a state}. */
  function verdictsFrom(book, answers) {
    return book.thesis.map((entry, place) => {
      const found = Object.entries(answers).map(([id, sets]) => [id, sets[place]]);
      const openBecauseOf = found.filter(([, set]) => set.size > 1).map(([id]) => id);
      const broken = found.filter(([, set]) => set.size === 1 && set.has(true));
      const contradictedBy = broken.map(([id]) => id);
      const verdict = contradictedBy.length ? "contradicted" : openBecauseOf.length ? "open" : "holds";
      return { id: entry.id, verdict, contradictedBy, openBecauseOf };
    });
  }

  /** The verdict on each statement of the thesis; states: {id: {codes, ruledOut}}. */
  function verdicts(book, states, options = []) {
    const answers = Object.entries(states).map(([id, one]) => [id, thesisAnswers(book, one, options)]);
    return verdictsFrom(book, Object.fromEntries(answers));
  }

  return { holds, levelCodes, typeOf, restsOn, completions, possibleTypes, possibleAnswers, derive, thesisAnswers, verdictsFrom, verdicts };
})();
if (typeof module !== "undefined") module.exports = rules;
