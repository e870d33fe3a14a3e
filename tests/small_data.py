"""A small, complete and made-up data folder for tests. None of it is evidence.

The rules of the scheme hold in it, so that a test which corrupts one cell sees
the problem of that cell. Line numbers stand beside the rows that tests name.
"""

import csv
import itertools
import re
import string
from collections import Counter
from pathlib import Path

from helpers.dataset.files import REPOSITORY
from helpers.dataset.schema import TABLES

N_MEMBERS = 193
REGIONS = {
    "KAZ": "Central Asia",
    "KGZ": "Central Asia",
    "TJK": "Central Asia",
    "TKM": "Central Asia",
    "UZB": "Central Asia",
    "SYR": "Middle East",
    "IRN": "Middle East",
    "ARM": "South Caucasus",
    "IND": "South and East Asia",
    "CHN": "South and East Asia",
    "PRK": "South and East Asia",
    "SRB": "Eastern Europe and Balkans",
    "BLR": "Eastern Europe and Balkans",
}
KIND, MADE = "a test, made up", "2026-01-31"
WHO = ("coder_1", "coder_2", "adjudicated")

Rows = dict[str, list[list[str]]]


def _state_rows() -> list[list[str]]:
    """Return 193 states: the 13 cases in lines 2 to 14, then made-up ones."""
    filler = ("Q" + "".join(pair) for pair in itertools.product(string.ascii_uppercase, repeat=2))
    codes = [*REGIONS, *itertools.islice(filler, N_MEMBERS - len(REGIONS))]
    pairs = ["".join(pair) for pair in itertools.product(string.ascii_uppercase, repeat=2)]
    # Namibia's code must survive every reader.
    iso2 = ["NA", *(pair for pair in pairs if pair != "NA")]
    return [
        [
            code,
            f"The State of {code}",
            f"State {code}",
            iso2[number],
            f"{number:03}",
            str(number + 2),
            str(number + 2),
            "Asia" if number % 2 else "Europe",
            "Eastern Asia" if number % 2 else "Eastern Europe",
            "Asia-Pacific States",
            REGIONS.get(code, ""),
            str(number % 16),
            str(number // 16),
        ]
        for number, code in enumerate(codes)
    ]


def _codings() -> list[list[str]]:
    """Return three codings each of eleven pairs of state and variable, three lines a pair."""
    silent = [""] * 6
    wire = ["un-votes;wire-one", "ES-11/1;KAZ-01", "Abstains, and sends relief."]
    pairs: list[tuple[str, str, str, list[str]]] = [
        ("essay", "KAZ", "recognises_crimea", ["silent", *silent]),  # 2-4
        ("essay", "KAZ", "realignment", _coded("seeking", "Central Asia 1")),  # 5-7
        ("essay", "KAZ", "turns_to", _coded("china;turkey", "Central Asia 1")),  # 8-10
        ("essay", "KAZ", "alliance", _coded("defence_pact", "Introduction 1")),  # 11-13
        ("essay", "KAZ", "restraints", _coded("own_security;reputation", "Central Asia 1")),  # 14
        ("essay", "KGZ", "combat_troops", _coded("none", "Central Asia 2", "group", "low")),  # 17
        (
            "essay",
            "ARM",
            "public_stance",
            ["undecided", "", "", "", "essay", "Introduction 1", "Two readings are equal."],
        ),  # 20-22
        (
            "record_2023",
            "ARM",
            "recognises_crimea",
            _coded("endorsed", "68/262", source="un-votes"),
        ),  # 23-25
        (
            "record_2023",
            "KAZ",
            "public_stance",
            ["coded", "ambivalent", "state", "medium", *wire],
        ),  # 26-28
        (
            "record_2023",
            "KAZ",
            "aid_to_ukraine",
            _coded("nonlethal", "KAZ-02;KAZ-01", source="wire-two;wire-one"),
        ),  # 29-31
        ("record_2023", "KAZ", "alliance", ["silent", *silent]),  # 32-34
    ]
    rows = [[*pair[:3], who, *pair[3]] for pair in pairs for who in WHO]
    rows[10][7] = "low"  # line 12: coder_2 is less sure; adjudications.csv settles it
    return rows


def _coded(
    code: str, locator: str, scope: str = "state", sure: str = "medium", source: str = "essay"
) -> list[str]:
    return ["coded", code, scope, sure, source, locator, "In the coder's own words."]


def _vote(resolution: str, state: str) -> str:
    special = {
        ("68/262", "ARM"): "no",
        ("ES-11/1", "KAZ"): "abstain",
        ("ES-11/1", "KGZ"): "absent",
    }
    return special.get((resolution, state), "yes")


def small_rows() -> Rows:
    """Return the cells of every table, without headers."""
    states = _state_rows()
    held = {
        "68/262": ("2014-03-27", "annexation"),
        "ES-11/1": ("2022-03-02", "war"),
        "ES-11/7": ("2025-02-24", "war"),
        "ES-11/8": ("2025-02-24", "war"),
    }
    votes = [[number, row[0], _vote(number, row[0])] for number in held for row in states]
    tally = Counter((row[0], row[2]) for row in votes)
    counts = {n: [str(tally[n, v]) for v in ("yes", "no", "abstain", "absent")] for n in held}
    web = "https://example.org/"
    return {
        "accounts": [
            ["essay", "The essay", "2023-01", "2023-01-31", "Only the essay", "essay", "no"],
            ["record_2023", "Record 2023", "2023-02-28", "2023-02-28", "Events", "", "yes"],
            ["record_2026", "Record 2026", "2026-06-25", "2026-06-25", "Events", "", "yes"],
        ],
        "states": states,
        "sources": [
            ["essay", "A paper", "An essay", "no", "2023-01", f"{web}essay", "no", "yes"],
            ["wire-one", "A wire", "One", "no", "2022-06-30", f"{web}1", "yes", "yes"],
            ["wire-two", "A wire", "Two", "yes", "2022", "", "unknown", "no"],
            ["un-votes", "A library", "Votes", "no", "", f"{web}votes", "no", "yes"],
        ],
        "paragraphs": [
            ["essay", "Introduction", "1", "60", "a" * 64],
            ["essay", "Central Asia", "1", "50", "b" * 64],
            ["essay", "Central Asia", "2", "40", "c" * 64],
        ],
        "coders": [
            [account, who, KIND, MADE, "The scheme", "One reading"]
            for account in ("essay", "record_2023")
            for who in WHO
        ],
        "codings": _codings(),
        "adjudications": [
            ["essay", "KAZ", "alliance", "confidence", "coder_1", "The membership is named."]
        ],
        "undecided": [
            ["essay", "ARM", "public_stance", who, "ambivalent", "supports"] for who in WHO
        ],
        "explanations": [
            ["record_2023", "KAZ", "aid_to_ukraine", "nonlethal", "The two events name the relief."]
        ],
        "earlier_readings": [
            ["essay", "KAZ", "alliance", "coder_1", "1", "silent", *[""] * 5],
            [
                *("essay", "KAZ", "alliance", "coder_1", "2", "coded", "defence_pact", "state"),
                *("medium", "Introduction 1", "In other words."),
            ],
            [
                *("record_2023", "KAZ", "aid_to_ukraine", "coder_1", "1", "coded", "nonlethal"),
                *("state", "low", "KAZ-01", "In other words."),
            ],
        ],
        "events": [
            [
                "KAZ-01",
                "KAZ",
                "2022-06",
                "diplomatic",
                "neutral",
                "A visit.",
                "wire-one",
                "yes",
                "reported",
            ],
            [
                "KAZ-02",
                "KAZ",
                "2022-05-01",
                "troops",
                "neutral",
                "A word.",
                "wire-two",
                "no",
                "reported",
            ],
            [
                "ARM-01",
                "ARM",
                "2023-02",
                "formal_tie",
                "toward_russia",
                "A treaty.",
                "wire-one;wire-two",
                "yes",
                "reported",
            ],
            [
                "KAZ-03",
                "KAZ",
                "2023-03",
                "economic",
                "neutral",
                "A sale.",
                "wire-one",
                "yes",
                "reported",
            ],
        ],
        "searches": [
            [
                *("record_2023", "KAZ", "alliance", "one way;another way", "A shelf", "2026-01-30"),
                *("3", "yes", "nothing_found", "KAZ-01", "Made up."),
            ]
        ],
        "claims": [
            [
                "C01",
                "Introduction",
                "1",
                "KAZ;ARM",
                "Said so.",
                "supported",
                "It is so.",
                "wire-one",
                "high",
                "yes",
            ],
            [
                "C02",
                "Central Asia",
                "2",
                "QAA",
                "Thought so.",
                "cannot_be_checked",
                "A motive.",
                "",
                "low",
                "no",
            ],
        ],
        "measures": [
            [
                "index",
                "An index",
                "A wire",
                "2023",
                "low < high",
                "Closeness",
                "record_2023",
                "type;public_stance",
                "wire-one",
                "",
            ]
        ],
        "measure_values": [
            ["index", "KAZ", "low", "1", "wire-one", ""],
            ["index", "ARM", "high", "2", "wire-one", ""],
            ["index", "KGZ", "not given", "", "wire-one", ""],
        ],
        "un_resolutions": [
            [
                number,
                day,
                f"On {number}",
                kind,
                *counts[number],
                f"A/RES/{number}",
                "un-votes",
                "",
                "A",
            ]
            for number, (day, kind) in held.items()
        ],
        "un_votes": votes,
    }


def write_table(folder: Path, table: str, rows: list[list[str]]) -> None:
    """Write one table with its header."""
    with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([list(TABLES[table]), *rows])


def write_small_data(folder: Path) -> Path:
    """Write the whole folder, with the project's own codebook but for sets of resolutions."""
    for table, rows in small_rows().items():
        write_table(folder, table, rows)
    book = (REPOSITORY / "data" / "codebook.yml").read_bytes()
    # The small data hold four resolutions only, and sets name more.
    book = re.sub(rb"(?m)^    resolutions: \[.*\]", b"    resolutions: [ES-11/1, ES-11/7]", book)
    book = re.sub(rb"(?m)^  (claims|earlier_readings): [0-9]+\n", b"", book)
    book = re.sub(rb"(?m)^seals:\n(  .*\n)+", b"", book)
    (folder / "codebook.yml").write_bytes(book)
    return folder
