"""What a state's page needs to say what would follow from another code, in the browser.

The scripts come as files that are read from a folder as well as from the web. Without them the
page lacks the section, and nothing else.
"""

from typing import Any

from helpers.analysis.what_if import moving_variables
from helpers.dataset.allowed import silence_ids
from helpers.dataset.codebook import Codebook, load_codebook
from helpers.dataset.loading import case_names, load_cases, load_codings
from helpers.dataset.outcomes import CODED
from helpers.dataset.rules import in_words
from helpers.publish.export.codebook_json import as_json
from helpers.publish.site.markup import Html, joined, tag
from helpers.publish.site.scripts import data_script, labelled, scripts
from helpers.publish.site.support_types import account_labels

DATA = "whatif-data.js"
SCRIPTS = ("rules.js", DATA, "whatif.js")
_NEEDED = ("variables", "levels", "support_types", "flags", "bounds", "thesis", "statuses")
_FACTS = ("id", "label", "type", "group", "silence_code", "codes", "requires")


def section(state: str) -> Html:
    """Return the place of the section on a state's page, and the scripts that fill it."""
    place = tag("div", id="what-if", data_state=state)
    return joined([place, scripts(*SCRIPTS)])


def what_if_data() -> bytes:
    """Return the script with the rules, and the codes of every account."""
    content = {
        "book": _book(load_codebook()),
        "moving": moving_variables(),
        "names": {str(state): str(name) for state, name in case_names().items()},
        "accounts": {name: _account(name, label) for name, label in account_labels().items()},
    }
    return data_script(whatIfData=content)


def _book(book: Codebook) -> Any:
    """Return what is needed of the codebook as JSON, each rule in words beside it."""
    whole = as_json(book)
    plain = {name: whole[name] for name in (*_NEEDED, "groups", "silence_readings")}
    plain["variables"] = [
        {key: variable[key] for key in _FACTS if key in variable} for variable in plain["variables"]
    ]
    for level in plain["levels"]:
        level["cases"] = [case | {"rule": in_words(case["when"])} for case in level["cases"]]
    said = {entry.id: {"label": entry.label, "rule": entry.rule} for entry in book.lists["bounds"]}
    plain["bounds"] = [bound | said[bound["id"]] for bound in plain["bounds"]]
    return labelled(plain)


def _account(account: str, label: str) -> dict[str, Any]:
    """Return the codes of an account: by state what it says, or why not, variable by variable."""
    book, codings = load_codebook(), load_codings(account)
    said = codings["code"].where(codings["status"] == CODED, codings["status"])
    wide = codings.assign(said=said).pivot(index="state", columns="variable", values="said")
    names = [v.id for v in book.variables if v.is_coded_in(account) and v.id in wide]
    bounds = {silence: load_cases(account, silence=silence) for silence in silence_ids()}
    states = {}
    for state, row in wide[names].iterrows():
        ruled = {
            silence: [bound.id for bound in book.rules.bounds if cases[bound.id][str(state)]]
            for silence, cases in bounds.items()
        }
        states[str(state)] = {"said": row.fillna("").tolist(), "bounds": ruled}
    in_order = {state: states[state] for state in case_names().index if state in states}
    return {"label": label, "variables": names, "states": in_order}
