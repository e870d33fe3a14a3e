"""How new the evidence of codes is, where it has dates: events and roll calls.

An account that rests on events is cumulative: what was last reported holds until an event changes
it. So a code can rest on old evidence alone, and two accounts can share all of it.
"""

import pandas as pd

from helpers.dataset.checks.cells import last_day
from helpers.dataset.loading import load_table
from helpers.dataset.outcomes import CODED


def with_newest(codings: pd.DataFrame) -> pd.DataFrame:
    """Return the coded rows of `helpers.data.load_codings` that cite events or roll calls.

    ``newest`` is the date of the newest of them, as the table of events or resolutions has it.
    """
    tables = (("events", "event"), ("un_resolutions", "resolution"))
    dates = pd.concat([load_table(name).set_index(key)["date"] for name, key in tables])
    coded = codings[codings["status"] == CODED]
    cited = coded["locator"].str.split(";").explode().map(dates).dropna()
    in_order = cited.iloc[cited.map(last_day).argsort(kind="stable")]
    newest = in_order.groupby(level=0).last().astype("str")
    return coded.loc[newest.index].assign(newest=newest)


def unchanged_since(dated: pd.DataFrame, day: str) -> pd.DataFrame:
    """Return the rows of `with_newest` all of whose evidence was public by a day."""
    return dated[dated["newest"].map(last_day).astype("str") <= day]


def ended_before(account: str) -> dict[str, str]:
    """Return label and last day of the account of events that ended last before another, if any."""
    accounts = load_table("accounts").set_index("account")
    own = accounts.loc[account, "cut_off"]
    ended = accounts[(accounts["text"] == "") & (accounts["cut_off"] < own)]
    last = ended.sort_values("cut_off").tail(1)
    return dict(zip(last["label"], last["cut_off"], strict=True))


def uncited() -> pd.DataFrame:
    """Return the events that no coding cites, neither an adjudicated one nor a coder's."""
    events, codings = load_table("events"), load_table("codings")
    cited = set(codings["locator"].str.split(";").explode())
    return events[~events["event"].isin(cited)].reset_index(drop=True)
