"""Controls for a notebook: change a choice or a code, and tables and figure follow in place.

The only module that knows ipywidgets. A notebook is stored without what they show, which needs a
running kernel; the mark that stands for them is the same in every run.
"""

from collections.abc import Iterable
from functools import lru_cache
from html import escape
from typing import Any

import ipywidgets as widgets
import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from helpers.analysis.what_if import Following, as_read, following, with_changes
from helpers.dataset.allowed import (
    ALL,
    account_ids,
    confidence_ids,
    ordered_variable_ids,
    region_ids,
    require,
    silence_ids,
)
from helpers.dataset.codebook import load_codebook
from helpers.dataset.loading import case_names, load_cases, load_codings, load_table
from helpers.dataset.outcomes import CODED, NOT_READ
from helpers.dataset.words import count_of, labels, names
from helpers.display.plots.figure import DPI, FAINT, INK, canvas, clean, dot, legend, type_columns
from helpers.display.plots.png import pack
from helpers.display.plots.support import bounds_text, draw_bounds
from helpers.display.tables.html import as_html
from helpers.display.tables.regions import filter_region
from helpers.display.tables.what_if import moved_table, shortest_table

NOT_LIVE = (
    "The controls are here while the notebook runs in JupyterLab. Stored, or on a page, they would "
    "be empty: below stands what the parameters give."
)
_WIDE = widgets.Layout(width="auto")
_WRAPPED = widgets.Layout(flex_flow="row wrap")


class Explorer:
    """Seven lists, and what follows from what is chosen in them, redrawn in place.

    The arguments are those that the lists begin with; ``ValueError`` names what is allowed where
    one is not.

    Examples
    --------
    >>> explorer = Explorer(state="IRN", variable="recognises_annexations", code="recognised")
    >>> explorer.now.types.loc["IRN", "type"]
    'full_backer'
    >>> explorer.code.value = "refused"
    >>> explorer.now.types.loc["IRN", "type"]
    'military_backer'
    """

    def __init__(  # noqa: PLR0913
        self,
        *,
        account: str | None = None,
        silence: str | None = None,
        min_confidence: str | None = None,
        region: str = ALL,
        state: str | None = None,
        variable: str | None = None,
        code: str | None = None,
    ):
        self.kept: dict[tuple[str, ...], tuple[pd.DataFrame, Following, dict[Any, str]]] = {}
        variables = {v.id: v.label for v in load_codebook().variables}
        accounts = load_table("accounts").set_index("account")["label"]
        self.account = _chooser("Account", account_ids(), account, accounts)
        self.silence = _chooser("Silence", silence_ids(), silence, labels("silence_readings"))
        self.min_confidence = _chooser(
            "Confidence", confidence_ids(), min_confidence, labels("confidences")
        )
        self.region = _chooser("States", _regions(region), region, {ALL: "all states"})
        self.state = _chooser("Change", case_names().index, state, case_names())
        self.variable = _chooser("Variable", ordered_variable_ids(), variable, variables)
        self.code = _chooser("Code", *self._codes(code))
        self.said, self.words, self.moved, self.shortest = (widgets.HTML() for _ in range(4))
        self.figure = widgets.Image()
        self.figure.layout = widgets.Layout(max_width="100%", object_fit="contain")
        self.update()
        for control in self.controls:
            control.observe(self._chosen, "value")

    @property
    def controls(self) -> list[widgets.Dropdown]:
        """The lists, in the order in which the keyboard reaches them."""
        choices = [self.account, self.silence, self.min_confidence, self.region]
        return [*choices, self.state, self.variable, self.code]

    def update(self) -> None:
        """Work out what follows from what is chosen, and show it where the last was shown."""
        state, variable, silence = self.state.value, self.variable.value, self.silence.value
        cases, self.before, said = self._read(
            self.account.value, silence, self.min_confidence.value
        )
        changed, self.now = cases, self.before
        # With a code that does not count, such as one below the threshold, all stays as it is.
        if self.code.value != said.get((state, variable), NOT_READ):
            codes = {variable: as_read(variable, self.code.value, silence)}
            changed = with_changes(cases, state, codes)
            self.now = following(changed)
        shown = filter_region(self.before.types, self.region.value)
        now = self.now.types.loc[shown.index]
        self.figure.value = _chart(tuple(shown.index)).png(shown, now)
        # The image can have no alternative text, and to give it a tooltip breaks it.
        words = escape(bounds_text(now, "The figure in words"))
        self.words.value = f"<details><summary>In words</summary>{words}</details>"
        self.said.value = self._sentence()
        self.moved.value = as_html(moved_table(self.before, self.now, state))
        self.shortest.value = as_html(shortest_table(changed, state))

    def _sentence(self) -> str:
        """Return what the state is now, and how many types are certain."""
        (name,), known = names([self.state.value]), labels("support_types")
        was, now = (known[x.types.loc[self.state.value, "type"]] for x in (self.before, self.now))
        said = f"{name}: {now}, " + ("as coded." if was == now else f"{was} as coded.")
        types = self.now.types
        counts = f"Certain: {count_of(list(types.index[types['determined']]), len(types))}."
        return f'<p role="status"><strong>{escape(said)}</strong> {escape(counts)}</p>'

    def _read(self, *choices: str) -> tuple[pd.DataFrame, Following, dict[Any, str]]:
        """Return the cases of a reading, what follows, and what each pair is said to be."""
        if choices not in self.kept:
            account, silence, least = choices
            cases = load_cases(account, min_confidence=least, silence=silence)
            codings = load_codings(account, min_confidence=least)
            pairs = zip(codings["state"], codings["variable"], strict=True)
            said = codings["code"].where(codings["status"] == CODED, codings["status"])
            self.kept[choices] = cases, following(cases), dict(zip(pairs, said, strict=True))
        return self.kept[choices]

    def _codes(self, chosen: str | None) -> tuple[list[str], str, dict[str, str]]:
        """Return what the variable can be made, which is chosen, and what each is called."""
        variable = load_codebook().variable(self.variable.value)
        choices = (self.account.value, self.silence.value, self.min_confidence.value)
        said = self._read(*choices)[2].get((self.state.value, variable.id), NOT_READ)
        reasons = labels("statuses") | labels("derived_statuses")
        known = reasons | {code.id: code.label for code in variable.codes}
        found = [*variable.code_ids, *(s for s in labels("statuses") if s != CODED)]
        values = found if said in found else [*found, said]
        return values, chosen or said, known | {said: f"{known[said]} (as coded)"}

    def _chosen(self, change: Any) -> None:
        if change["owner"] is not self.code:
            self._renew_codes(keep=change["owner"] not in {self.state, self.variable})
        self.update()

    def _renew_codes(self, keep: bool) -> None:
        """Offer the codes of the variable; what was chosen stays if it still can and should."""
        values, said, known = self._codes(None)
        chosen = self.code.value if keep and self.code.value in values else said
        self.code.unobserve(self._chosen, "value")
        self.code.options = [(known.get(value, value), value) for value in values]
        self.code.value = chosen
        self.code.observe(self._chosen, "value")

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        rows = [
            widgets.HBox(part, layout=_WRAPPED) for part in (self.controls[:4], self.controls[4:])
        ]
        box = widgets.VBox([*rows, self.said, self.figure, self.words, self.moved, self.shortest])
        named = ", ".join(control.description for control in self.controls)
        said = {"text/plain": f"Controls: {named}", "text/html": f"<p><em>{NOT_LIVE}</em></p>"}
        return {**box._repr_mimebundle_(), **said}


def _regions(chosen: str) -> list[str]:
    """Return the regions that hold a case, and the one that is chosen."""
    cases = pd.DataFrame(index=case_names().index)
    found = [region for region in region_ids() if len(filter_region(cases, region))]
    return [*dict.fromkeys([*found, require("region", chosen, region_ids())])]


def _chooser(what: str, values: Iterable[str], chosen: str | None, known: Any) -> widgets.Dropdown:
    """Return a list of values by their labels."""
    ids = [*values]
    name = what.lower()
    value = ids[0] if chosen is None else require(name, chosen, ids)
    options = [(str(known.get(entry, entry)), entry) for entry in ids]
    return widgets.Dropdown(description=what, options=options, value=value, layout=_WIDE)


class _Chart:
    """The figure of types and bounds of some states, of which only dots are drawn anew.

    Rows stay where they are, so that a change is a dot that moves.
    """

    def __init__(self, states: tuple[str, ...]):
        self.figure, self.axes = canvas(9.0, 1.6 + 0.32 * len(states))
        type_columns(self.axes, names(states))
        self.axes.grid(axis="x", color="#eeeeee", zorder=0)
        legend(self.axes, [dot("type", INK), dot("could be", "white"), dot("type as coded", FAINT)])
        clean(self.axes)
        self.figure.set_dpi(DPI)
        self.sheet: Any = _sheet(self.figure)
        self.sheet.draw()
        self.figure.set_layout_engine("none")
        self.ground = self.sheet.copy_from_bbox(self.figure.bbox)

    def png(self, before: pd.DataFrame, now: pd.DataFrame) -> bytes:
        """Return the figure with the types of two tables of the states as PNG bytes."""
        self.sheet.restore_region(self.ground)
        order = {kind.id: place for place, kind in enumerate(load_codebook().support_types)}
        spots = [order[kind] for kind in before["type"]]
        were = self.axes.scatter(spots, range(len(spots)), s=110, color=FAINT, edgecolor=INK)
        for artist in [were, *draw_bounds(self.axes, now)]:
            self.axes.draw_artist(artist)
            artist.remove()
        return pack(np.asarray(self.sheet.buffer_rgba()))


def _sheet(figure: Figure) -> Any:
    return FigureCanvasAgg(figure)


_chart = lru_cache(maxsize=None)(_Chart)
