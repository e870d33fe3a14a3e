/* What codings of one account have in common, and what follows from them. Takes codebook.json and
   rows as codings.js reads them; depends on codings.js and rules.js. */
"use strict";
const comparing = (() => {
  const pairOf = (row) => `${row.cells.state} ${row.cells.variable}`;
  const byPair = (rows) => new Map(rows.map((row) => [pairOf(row), row]));

  /** A row's code, or in round brackets the status where there is none. */
  const said = ({ cells }) => (cells.status === "coded" ? cells.code : `(${cells.status})`);

  /** What a text says of one member of a set: whether it is in. */
  function memberOf(text, member) {
    if (!member || text.startsWith("(")) return text;
    return text.split(codings.JOINT).includes(member) ? "with" : "without";
  }
  const saidOf = (row, member) => memberOf(said(row), member);

  /** For each variable, and each member of a set, how many states both have read, and in how many
      they say the same; silence is a category of its own. */
  function agreement(book, mine, theirs) {
    const others = byPair(theirs);
    return book.variables.flatMap((variable) => {
      const both = mine.filter((row) => row.cells.variable === variable.id && others.has(pairOf(row)));
      const members = variable.type === "set" ? variable.codes.map((code) => code.id) : [""];
      return members.map((member) => {
        const same = both.filter((row) => saidOf(row, member) === saidOf(others.get(pairOf(row)), member));
        return { variable: variable.id, member, n: both.length, n_agree: same.length };
      });
    }).filter((each) => each.n);
  }

  /** Each state's codes, and the codes that bounds leave out. */
  function casesOf(book, states, rows) {
    return Object.fromEntries(states.map((state) => {
      const coded = rows.filter((row) => row.cells.state === state && row.cells.status === "coded");
      const codes = Object.fromEntries(coded.map(({ cells }) => [cells.variable, cells.code]));
      const places = (name) => coded.find((row) => row.cells.variable === name)?.cells.locator.split(codings.JOINT) ?? [];
      const together = ([first, ...others]) => places(first).some((place) => others.every((name) => places(name).includes(place)));
      const said = book.bounds.filter((bound) => rules.holds(bound.when, codes) && together(bound.same_passage));
      return [state, { codes, ruledOut: said.flatMap((bound) => bound.rules_out) }];
    }));
  }

  /** Types by state, and verdicts. */
  function follows(book, states, rows) {
    const cases = casesOf(book, states, rows);
    const derived = states.map((state) => [state, rules.derive(book, cases[state].codes, cases[state].ruledOut)]);
    return { states: Object.fromEntries(derived), verdicts: rules.verdicts(book, cases) };
  }

  return { pairOf, byPair, said, memberOf, agreement, casesOf, follows };
})();
