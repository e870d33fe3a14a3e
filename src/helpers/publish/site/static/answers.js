/* What a coder has answered, kept in the browser at once: one key for each pair of one coder in one
   account, so that windows side by side do not overwrite each other. */
"use strict";
const answers = (() => {
  const MARK = "coalition-code ";

  /** A store under names that are lists of texts. Where the browser keeps nothing, it lasts as long
      as the page, and `trouble` is called with the reason. */
  function open(trouble) {
    const memory = new Map();
    let area = null;
    const said = (error) => trouble(error?.name === "QuotaExceededError" ? "full" : "forbidden");
    try {
      area = window.localStorage;
      for (let place = 0; place < area.length; place += 1) {
        const key = area.key(place);
        if (key.startsWith(MARK)) memory.set(key, area.getItem(key));
      }
    } catch (error) {
      area = null;
      said(error);
    }
    const keyOf = (name) => MARK + JSON.stringify(name);
    const attempt = (change) => {
      try {
        if (area) change(area);
      } catch (error) {
        said(error);
      }
    };

    /** What stands under a name; null if nothing does, or nothing that can be read. */
    function read(name) {
      try {
        return JSON.parse(memory.get(keyOf(name)) ?? "null");
      } catch {
        return null;
      }
    }

    function write(name, value) {
      memory.set(keyOf(name), JSON.stringify(value));
      attempt((store) => store.setItem(keyOf(name), memory.get(keyOf(name))));
    }

    function remove(name) {
      memory.delete(keyOf(name));
      attempt((store) => store.removeItem(keyOf(name)));
    }

    /** The names that begin with others, in no order. */
    function names(...first) {
      const all = [...memory.keys()].map((key) => {
        try {
          return JSON.parse(key.slice(MARK.length));
        } catch {
          return null;
        }
      });
      return all.filter((name) => Array.isArray(name) && first.every((part, place) => name[place] === part));
    }

    /** Call a function with the name of whatever another window changes. */
    function listen(changed) {
      window.addEventListener("storage", (event) => {
        if (!event.key?.startsWith(MARK)) return;
        if (event.newValue === null) memory.delete(event.key);
        else memory.set(event.key, event.newValue);
        try {
          changed(JSON.parse(event.key.slice(MARK.length)));
        } catch {
          // A key that is not ours after all.
        }
      });
    }

    return { read, write, remove, names, listen };
  }

  return { open };
})();
