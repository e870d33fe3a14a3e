"""The export command: what each format says, read back by the libraries of its users."""

import importlib
import json
import re
import tomllib
import zipfile
from datetime import date, datetime

import frictionless
import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest
import yaml
from click.testing import CliRunner

from helpers.cli import main
from helpers.data import load_cases
from helpers.dataset.codebook import Entry
from helpers.dataset.files import REPOSITORY
from helpers.dataset.schema import TABLES
from helpers.publish.export import described_columns, excel
from helpers.publish.export.collect import AUTHORS, FROM_THE_UN, OPEN, load_contents
from helpers.publish.export.formats import FORMATS
from helpers.publish.export.table_model import (
    CODE,
    DATE,
    FLAG,
    INTEGER,
    TEXT,
    Contents,
    Field,
    Scale,
    Table,
)
from helpers.publish.export.write import export, write

NAMES = {style: "out" + chosen.suffix for style, chosen in FORMATS.items()}
# What spreadsheets and readers like to take for something else.
TRICKY = ["=1+1", "+1", "-1", "@SUM(A1)", "NA", "004", "68/262", "2023-01", "TRUE", "1e5", "#N/A"]


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """Return the place of each format's export."""
    folder = tmp_path_factory.mktemp("exports")
    for style, name in NAMES.items():
        export(folder / style / name, style)
    return {style: folder / style / name for style, name in NAMES.items()}


@pytest.fixture(scope="module")
def contents():
    """Return what is exported to formats without labelled numbers."""
    return load_contents()


@pytest.fixture(scope="module")
def labelled():
    """Return what is exported to formats with them."""
    return load_contents(numbers=False)


def one_table(values, field=Field("text", "Text")):  # noqa: B008
    """Return contents with one table of one column beside the key."""
    rows = tuple((str(place), value) for place, value in enumerate(values))
    fields = (Field("key", "Key", required=True), field)
    table = Table("things", "One row per thing", fields, rows, ("key",), (), OPEN)
    return Contents(load_contents().dataset, (), (table,))


def call(*arguments):
    return CliRunner().invoke(main, ["export", *map(str, arguments)], catch_exceptions=False)


# What is exported


def test_every_column_of_the_dataset_is_described():
    described = {name: tuple(labels) for name, labels in described_columns.LABELS.items()}
    assert described == {name: TABLES[name] for name in described}
    assert {*described, "codings"} == set(TABLES)
    assert set(described_columns.TITLES) == set(described_columns.KEYS) == set(described)


def test_keys_tell_rows_apart_and_joins_find_theirs(contents):
    for table in contents.tables:
        keys = list(zip(*(table.column(name) for name in table.key), strict=True))
        assert len(set(keys)) == len(keys) == len(table.rows)
        # Where all evidence points the way of the codes, there is nothing to explain.
        assert keys or table.name == "explanations"
        for join in table.joins:
            there = zip(*(contents.table(join.table).column(name) for name in join.to), strict=True)
            here = zip(*(table.column(name) for name in join.columns), strict=True)
            assert set(here) <= set(there)


def test_no_cell_is_an_empty_text_and_required_ones_are_filled(contents):
    for table in contents.tables:
        for field, cells in table.columns():
            assert "" not in cells
            assert not (field.required and None in cells), (table.name, field.name)


def test_silence_is_never_no(contents):
    """A code is empty exactly where its status is not coded, flags of sets included."""
    wide = contents.table("codings_wide")
    with_reasons = [field for field in wide.fields if field.why]
    assert {field.kind for field in with_reasons} == {CODE, FLAG, "integer"}
    for field in with_reasons:
        status = wide.column(field.why)
        assert [cell is None for cell in wide.column(field.name)] == [s != "coded" for s in status]


def test_wide_table_holds_what_the_loader_says(contents):
    wide = contents.table("codings_wide")
    frame = pd.DataFrame(wide.rows, columns=[field.name for field in wide.fields])
    essay = frame[frame["account"] == "essay"].set_index("state")
    cases = load_cases("essay")
    assert essay.loc["IRN", ["arms_supply", "arms_supply_n", "cow", "gw"]].tolist() == [
        "weapon_systems",
        4,
        630,
        630,
    ]
    for name in cases.columns:
        expected = [None if pd.isna(value) else value for value in cases[name].astype(object)]
        assert [None if pd.isna(value) else value for value in essay[name]] == expected
    assert essay.loc["PRK", ["type", "could_be", "determined"]].tolist() == [
        "full_backer",
        "full_backer",
        1,
    ]
    assert essay.loc["IRN", "could_be"] == "military_backer;full_backer"
    assert essay.loc["IRN", ["could_be_full_backer", "could_be_hedger"]].tolist() == [1, 0]


def test_long_table_holds_every_coding_with_labels(contents):
    long = contents.table("codings_long")
    frame = pd.DataFrame(long.rows, columns=[field.name for field in long.fields])
    codings = pd.read_csv(REPOSITORY / "data" / "codings.csv", dtype=str, keep_default_na=False)
    assert frame[list(codings.columns)].fillna("").equals(codings)
    row = frame.query("account == 'essay' and state == 'KAZ' and variable == 'turns_to'").iloc[2]
    assert row[["coder", "code", "code_label"]].tolist() == [
        "adjudicated",
        "china;turkey",
        "China; Türkiye",
    ]
    assert pd.isna(row["code_n"])


def test_codebook_numbers_are_those_of_the_tables(contents):
    book = contents.table("codebook")
    numbers = {(row[0], row[2]): row[4] for row in book.rows}
    assert numbers["fate_tied", "no"] == 0
    assert numbers["arms_supply", "none"] == 1
    wide = contents.table("codings_wide")
    for field in (field for field in wide.fields if field.number_of):
        pairs = zip(wide.column(field.number_of), wide.column(field.name), strict=True)
        scale = next(f.scale.name for f in wide.fields if f.name == field.number_of)
        assert all(numbers[scale, code] == n for code, n in pairs if code)


def test_version_citation_and_licences_are_those_of_the_repository(contents):
    citation = yaml.safe_load((REPOSITORY / "CITATION.cff").read_text(encoding="utf-8"))
    assert [author["name"] for author in citation["authors"]] == [AUTHORS]
    for part in (AUTHORS, citation["title"], citation["version"], citation["date-released"][:4]):
        assert part in contents.dataset["citation"]
    readme = (REPOSITORY / "data" / "README.md").read_text(encoding="utf-8")
    (line,) = (line for line in readme.splitlines() if "non-commercial" in line)
    assert tuple(re.findall(r"`(\w+)\.csv`", line)) == FROM_THE_UN
    for name in TABLES:
        if name != "codings":
            assert (contents.table(name).licence == OPEN) is (name not in FROM_THE_UN)


# Data Package


def test_package_is_valid(exported):
    report = frictionless.validate(str(exported["datapackage"] / "datapackage.json"))
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "message"])
    assert len(report.tasks) == len(TABLES) + 3


def test_package_of_other_data_is_valid(small_folder, monkeypatch, tmp_path):
    monkeypatch.setenv("COALITION_DATA", str(small_folder))
    export(tmp_path / "out", "datapackage")
    report = frictionless.validate(str(tmp_path / "out" / "datapackage.json"))
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "message"])


def test_validation_would_see_a_wrong_code_and_a_state_that_is_not_there(exported, tmp_path):
    for path in exported["datapackage"].iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    votes = tmp_path / "un_votes.csv"
    text = votes.read_text(encoding="utf-8")
    changed = text.replace("68/262,AFG,abstain", "68/262,XXX,maybe", 1)
    votes.write_text(changed, encoding="utf-8")
    report = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert {kind for (kind,) in report.flatten(["type"])} >= {"constraint-error", "foreign-key"}


def test_package_reads_back_equal(exported, contents):
    package = frictionless.Package(str(exported["datapackage"] / "datapackage.json"))
    assert package.version == contents.dataset["version"]
    assert [resource.name for resource in package.resources] == [t.name for t in contents.tables]
    for table in contents.tables:
        rows = package.get_resource(table.name).read_rows()
        found = tuple(tuple(map(_plain, row.to_list())) for row in rows)
        assert found == table.rows, table.name


def _plain(value):
    return value.isoformat() if isinstance(value, date) else value


def test_package_states_codes_keys_and_terms(exported):
    text = (exported["datapackage"] / "datapackage.json").read_text(encoding="utf-8")
    package = json.loads(text)
    resources = {resource["name"]: resource for resource in package["resources"]}
    fields = {field["name"]: field for field in resources["codings_wide"]["schema"]["fields"]}
    assert fields["arms_supply"]["constraints"]["enum"][-1] == "weapon_systems"
    assert fields["turns_to_china"]["constraints"]["enum"] == [0, 1]
    assert resources["codings_wide"]["schema"]["primaryKey"] == ["account", "state"]
    # Older readers take an apostrophe for a quote unless told, and refuse an empty list.
    assert {resource["dialect"]["quoteChar"] for resource in resources.values()} == {'"'}
    assert [] not in [resource["schema"].get("foreignKeys") for resource in resources.values()]
    assert resources["un_votes"]["licenses"][0]["path"].startswith("https://digitallibrary.un.org")
    assert package["licenses"][0]["name"] == "CC-BY-4.0"
    assert package["citation"].endswith("[Data set].")
    assert "Türkiye" in text


def test_pandas_reads_namibia_from_the_package(exported):
    path = exported["datapackage"] / "states.csv"
    states = pd.read_csv(path, keep_default_na=False, dtype={"m49": str}).set_index("state")
    assert states.loc["NAM", "iso2"] == "NA"
    assert states.loc["AFG", "m49"] == "004"


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\n=1", "\uff1d1+1"]
)
def test_package_refuses_what_a_spreadsheet_would_run(tmp_path, text):
    with pytest.raises(ValueError, match=r"things, row 2, column text: a spreadsheet would run"):
        write(one_table(["fine", text]), tmp_path / "out", "datapackage")


# Excel


@pytest.fixture(scope="module")
def workbook(exported):
    return openpyxl.load_workbook(exported["excel"])


def test_workbook_reads_back_equal(workbook, contents):
    assert workbook.sheetnames == ["about", *(table.name for table in contents.tables)]
    for table in contents.tables:
        header, *rows = workbook[table.name].iter_rows(values_only=True)
        assert header == tuple(field.name for field in table.fields)
        assert tuple(rows) == table.rows, table.name


def test_pandas_reads_the_workbook_as_text(exported):
    as_text = {"keep_default_na": False, "dtype": {"m49": str}}
    states = pd.read_excel(exported["excel"], "states", **as_text).set_index("state")
    assert states.loc["NAM", "iso2"] == "NA"
    assert states.loc["AFG", "m49"] == "004"
    assert states.loc["CIV", "short_name"] == "Côte d'Ivoire"


def test_no_cell_is_a_formula_a_link_or_a_date(tmp_path):
    excel.write(one_table(TRICKY), tmp_path / "out.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["things"]
    cells = [cell for (cell,) in sheet.iter_rows(min_row=2, min_col=2, max_col=2)]
    assert [cell.value for cell in cells] == TRICKY
    # openpyxl guesses from the text; the file itself says what a spreadsheet will do.
    with zipfile.ZipFile(tmp_path / "out.xlsx") as archive:
        xml = archive.read("xl/worksheets/sheet2.xml").decode()
    assert "<f>" not in xml
    assert len(re.findall(r'<c r="B\d+" s="\d+" t="s">', xml)) == len(TRICKY) + 1
    assert [cell.quotePrefix for cell in cells] == [text[0] in "=+-@" for text in TRICKY]


def test_sheets_are_for_reading(workbook):
    for sheet in workbook.worksheets[1:]:
        assert sheet.freeze_panes.endswith("2")
        assert sheet.auto_filter.ref.startswith("A1:")
        widths = [column.width for column in sheet.column_dimensions.values()]
        assert all(excel.NARROWEST <= width <= excel.WIDEST + 1 for width in widths)
    about = dict(workbook["about"].iter_rows(values_only=True))
    assert about["Version"] == "2.0.0"
    assert about["Cite as"].startswith(AUTHORS)
    assert "Silence is never 'no'" in about["Missing values"]


# Stata


LETTERS = {"silent": "a", "undecided": "b", "not_read": "c", "coded": "d"}


def numbered(field, cells, letters):
    """Return cells as a Stata file must hold them."""
    if field.kind in {TEXT, DATE}:
        return [cell or "" for cell in cells]
    numbers = field.scale.numbers if field.kind == CODE else {}
    found = [cell if cell is None else numbers.get(cell, cell) for cell in cells]
    return [letter if cell is None else cell for cell, letter in zip(found, letters, strict=True)]


def letters_of(table, field):
    why = table.column(field.why) if field.why else [None] * len(table.rows)
    return ["." + LETTERS[status] if status else "." for status in why]


def test_stata_files_read_back_equal_in_pandas(exported, labelled):
    for table in labelled.tables:
        path = exported["stata"] / f"{table.name}.dta"
        found = pd.read_stata(path, convert_categoricals=False, convert_missing=True)
        assert list(found.columns) == [field.name for field in table.fields]
        for field, cells in table.columns():
            expected = numbered(field, cells, letters_of(table, field))
            values = [str(v) if isinstance(v, str) else v for v in found[field.name]]
            plain = [v if isinstance(v, str | int | np.integer) else str(v) for v in values]
            assert plain == expected, (table.name, field.name)


def test_stata_files_read_back_equal_in_readstat(exported, labelled):
    for table in labelled.tables:
        path = exported["stata"] / f"{table.name}.dta"
        found, facts = pyreadstat.read_dta(path, user_missing=True)
        assert facts.column_names_to_labels == {f.name: f.label for f in table.fields}
        for field, cells in table.columns():
            letters = [letter[1:] or None for letter in letters_of(table, field)]
            expected = numbered(field, cells, letters)
            values = [None if pd.isna(value) else value for value in found[field.name]]
            assert values == expected, (table.name, field.name)


def test_stata_labels_say_what_codes_and_missing_values_mean(exported):
    _, facts = pyreadstat.read_dta(exported["stata"] / "codings_wide.dta", user_missing=True)
    reasons = {"a": "silent", "b": "undecided", "c": "not read"}
    assert facts.variable_value_labels["fate_tied"] == {0: "no", 1: "yes", **reasons}
    assert facts.variable_value_labels["turns_to_china"] == {0: "no", 1: "yes", **reasons}
    assert facts.variable_value_labels["determined"] == {0: "no", 1: "yes"}
    assert facts.variable_value_labels["arms_supply"][4] == "weapon systems"
    assert facts.file_label == "Coalition of the Unwilling 2.0.0: codings_wide"
    assert any("[Data set]" in note for note in facts.notes)
    assert any("Silence is never 'no'" in note for note in facts.notes)
    assert facts.creation_time == datetime.fromisoformat(load_contents().dataset["released"])


def test_pandas_gives_ordered_categories(exported):
    wide = pd.read_stata(exported["stata"] / "codings_wide.dta")
    assert wide["arms_supply"].cat.categories.tolist() == [
        "none",
        "dual use",
        "munitions",
        "weapon systems",
    ]
    assert wide["arms_supply"].isna().sum() == (wide["arms_supply_status"] != "coded").sum()


def test_labels_of_one_name_say_the_same_in_all_files(exported, labelled):
    """When files are merged, Stata keeps the first of two sets of labels of one name."""
    seen = {}
    for table in labelled.tables:
        path = exported["stata"] / f"{table.name}.dta"
        _, facts = pyreadstat.read_dta(path, user_missing=True)
        for column, name in facts.variable_to_label.items():
            labels = facts.variable_value_labels[column]
            assert seen.setdefault(name, labels) == labels
    assert {"arms_supply", "member", "yes_no", "statuses", "reasons"} <= set(seen)


def test_letters_are_those_that_the_readme_names(exported, labelled):
    said = (exported["stata"] / "README.txt").read_text(encoding="utf-8")
    codes = labelled.table("codings_wide").scale("arms_supply_status").codes
    labels = {code.id: code.label for code in codes}
    for status in ("silent", "undecided", "not_read"):
        assert f".{LETTERS[status]} {labels[status]}" in said


def test_each_reason_is_a_missing_value_of_its_own(small_folder, monkeypatch, tmp_path):
    monkeypatch.setenv("COALITION_DATA", str(small_folder))
    export(tmp_path / "out", "stata")
    wide, _ = pyreadstat.read_dta(tmp_path / "out" / "codings_wide.dta", user_missing=True)
    essay = wide[wide["account"] == "essay"].set_index("state")
    assert essay.loc["KAZ", "recognises_crimea"] == "a"
    assert essay.loc["ARM", "public_stance"] == "b"
    assert essay.loc["ARM", "alliance"] == "c"
    assert essay.loc["KAZ", "turns_to_west"] == 0
    assert essay.loc["ARM", "turns_to_west"] == "c"


def test_longest_names_and_texts_and_the_greatest_numbers_come_through(tmp_path):
    """A file's names of labels are as long as its columns' may be; a long text is Stata's strL."""
    name, long = "x" * 32, "é" * 1100
    field = Field(name, "l" * 80, CODE, Scale(name, (Entry("a", "b" * 32_000),)))
    for written, cells in ((field, ["a", None]), (Field("long_text", "x"), [long, None])):
        write(one_table(cells, written), tmp_path / written.name, "stata")
    number = Field("number", "Number", INTEGER)
    write(one_table([2_147_483_620, None, -5], number), tmp_path / "number", "stata")
    _, facts = pyreadstat.read_dta(tmp_path / name / "things.dta")
    assert facts.variable_value_labels == {name: {1: "b" * 32_000}}
    assert facts.variable_to_label == {name: name}
    text = pd.read_stata(tmp_path / "long_text" / "things.dta")["long_text"].tolist()
    assert text == [long, ""]
    found = pd.read_stata(tmp_path / "number" / "things.dta", convert_missing=True)["number"]
    assert [str(value) for value in found] == ["2147483620", ".", "-5"]


@pytest.mark.parametrize(
    ("field", "cell", "message"),
    [
        (Field("x" * 33, "", INTEGER), 1, "32 letters"),
        (Field("1x", "", INTEGER), 1, "takes no name '1x'"),
        (Field("a-b", "", INTEGER), 1, "takes no name 'a-b'"),
        (Field("if", "", INTEGER), 1, "takes no name 'if'"),
        (Field("str5", "", INTEGER), 1, "takes no name 'str5'"),
        (Field("x", "", CODE, Scale("a-b", (Entry("a", "b"),))), "a", "takes no name 'a-b'"),
        (Field("x", "l" * 81), "a", "the table things: .*label is too long"),
        (Field("x", "", CODE, Scale("x", (Entry("a", "b" * 32_001),))), "a", "32000 characters"),
        (Field("x", "", INTEGER), 2_147_483_621, "the table things: .*outside the range"),
        (Field("x", "", INTEGER), 2**40, "the table things: "),
    ],
)
def test_what_stata_does_not_take_is_refused(tmp_path, field, cell, message):
    with pytest.raises(ValueError, match=message):
        write(one_table([cell], field), tmp_path / "out", "stata")


# Parquet


def test_parquet_files_read_back_equal(exported, labelled):
    for table in labelled.tables:
        found = pq.read_table(exported["parquet"] / f"{table.name}.parquet")
        assert tuple(tuple(row.values()) for row in found.to_pylist()) == table.rows, table.name
        for field in table.fields:
            described = found.schema.field(field.name)
            assert described.metadata[b"label"].decode() == field.label
            if field.kind == CODE:
                assert pa.types.is_dictionary(described.type)
                assert described.type.ordered is field.scale.ordered


def test_parquet_gives_categories_in_the_codebooks_order(exported):
    wide = pd.read_parquet(exported["parquet"] / "codings_wide.parquet")
    expected = load_cases("essay")
    essay = wide[wide["account"] == "essay"].set_index("state")
    assert essay["arms_supply"].equals(expected["arms_supply"])
    assert essay["turns_to_china"].astype("boolean").equals(expected["turns_to_china"])
    facts = pq.read_schema(exported["parquet"] / "un_votes.parquet").metadata
    assert facts[b"version"] == b"2.0.0"
    assert b"[Data set]" in facts[b"citation"]
    assert b"UN Digital Library" in facts[b"licence"]


# All formats


@pytest.mark.parametrize("style", FORMATS)
def test_the_same_data_give_the_same_bytes(exported, tmp_path, style):
    again = tmp_path / NAMES[style]
    export(again, style)
    first = exported[style]
    if again.is_file():
        assert again.read_bytes() == first.read_bytes()
        with zipfile.ZipFile(again) as archive:
            assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
        assert openpyxl.load_workbook(again).properties.created == datetime.fromisoformat(
            load_contents().dataset["released"]
        )
        return
    names = sorted(path.name for path in first.iterdir())
    assert names == sorted(path.name for path in again.iterdir())
    assert all((again / name).read_bytes() == (first / name).read_bytes() for name in names)


@pytest.mark.parametrize("style", [style for style in FORMATS if style != "excel"])
def test_a_readme_lies_beside_the_tables(exported, style):
    text = (exported[style] / "README.txt").read_text(encoding="utf-8")
    assert "Version: 2.0.0" in text
    assert f"Cite as: {AUTHORS}" in text
    assert "codings_wide: One row per account and state" in text


@pytest.mark.parametrize("style", FORMATS)
def test_a_table_may_be_empty(tmp_path, style):
    write(one_table([]), tmp_path / NAMES[style], style)
    found = {
        "datapackage": lambda: pd.read_csv(tmp_path / "out" / "things.csv"),
        "excel": lambda: pd.read_excel(tmp_path / "out.xlsx", "things"),
        "stata": lambda: pd.read_stata(tmp_path / "out" / "things.dta"),
        "parquet": lambda: pd.read_parquet(tmp_path / "out" / "things.parquet"),
    }[style]()
    assert list(found.columns) == ["key", "text"]
    assert len(found) == 0


@pytest.mark.parametrize("style", ["stata", "parquet"])
def test_tricky_texts_survive(tmp_path, style):
    write(one_table([*TRICKY, None]), tmp_path / "out", style)
    if style == "stata":
        found = pd.read_stata(tmp_path / "out" / "things.dta")["text"].tolist()
        assert found == [*TRICKY, ""]
    else:
        found = pq.read_table(tmp_path / "out" / "things.parquet")["text"].to_pylist()
        assert found == [*TRICKY, None]


@pytest.mark.parametrize("style", FORMATS)
def test_an_export_is_whole_or_not_there(tmp_path, monkeypatch, style):
    """A disk that is full at the end leaves nothing behind, a taken name neither."""
    writer = importlib.import_module(f"helpers.publish.export.{style}")
    original, out = writer.write, tmp_path / "here" / NAMES[style]

    def full(contents, draft):
        original(contents, draft)
        raise OSError(28, "No space left on device")

    def late(contents, draft):
        original(contents, draft)
        out.write_text("somebody else's", encoding="utf-8")

    monkeypatch.setattr(writer, "write", full)
    with pytest.raises(OSError, match="No space left"):
        export(out, style)
    assert list(out.parent.iterdir()) == []
    monkeypatch.setattr(writer, "write", late)
    with pytest.raises(ValueError, match="exists already"):
        export(out, style)
    assert [path.read_text(encoding="utf-8") for path in out.parent.iterdir()] == [
        "somebody else's"
    ]


# The command


@pytest.mark.parametrize("style", FORMATS)
def test_command_writes_and_says_where(tmp_path, style):
    out = tmp_path / "new" / NAMES[style]
    done = call(out, "--format", style)
    assert done.exit_code == 0, done.output
    assert done.stdout == f"Look at: {out}\n"
    assert [path.name for path in (tmp_path / "new").iterdir()] == [NAMES[style]]


def test_nothing_is_ever_replaced(tmp_path):
    theirs = tmp_path / "out" / "theirs.txt"
    theirs.parent.mkdir()
    theirs.write_text("mine", encoding="utf-8")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "nowhere")
    for taken in (theirs.parent, link):
        done = call(taken)
        assert done.exit_code == 2
        assert f"{taken} exists already; give another name, or remove it first" in done.stderr
    assert theirs.read_text(encoding="utf-8") == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "out"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["out", "--format", "spss"], "'spss' is not one of"),
        (["out.csv", "--format", "excel"], "out.csv must end in .xlsx"),
        ([], "Missing argument 'OUT'"),
    ],
)
def test_wrong_arguments_write_nothing(tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    done = call(*arguments)
    assert done.exit_code == 2
    assert message in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_export_refuses_an_unknown_format(tmp_path):
    with pytest.raises(ValueError, match=r"format 'spss' is not known; allowed: datapackage, "):
        export(tmp_path / "out", "spss")


@pytest.mark.parametrize("style", [style for style, chosen in FORMATS.items() if chosen.needs])
def test_a_missing_package_is_named_with_what_to_install(tmp_path, monkeypatch, style):
    monkeypatch.setattr("helpers.publish.export.write.find_spec", lambda name: None)
    done = call(tmp_path / NAMES[style], "--format", style)
    assert done.exit_code == 2
    assert f"needs the package {FORMATS[style].needs}" in done.stderr
    assert "pip install 'coalition-of-the-unwilling[export]'" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_wrong_data_are_not_exported(small_folder, monkeypatch, tmp_path):
    monkeypatch.setenv("COALITION_DATA", str(small_folder))
    (small_folder / "accounts.csv").write_text("account\n", encoding="utf-8")
    done = call(tmp_path / "out")
    assert done.exit_code == 1
    assert "accounts.csv" in done.stderr
    assert not (tmp_path / "out").exists()


def test_the_guide_shows_every_format():
    readme = (REPOSITORY / "docs" / "take-the-data-away.md").read_text(encoding="utf-8")
    shown = re.findall(r"^uv run coalition export (\S+) --format (\w+)", readme, re.MULTILINE)
    assert sorted(style for _, style in shown) == sorted(FORMATS)
    assert all(out.endswith(FORMATS[style].suffix) for out, style in shown)


def test_the_extra_is_what_formats_need_and_tests_have_it():
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    extra = project["project"]["optional-dependencies"]["export"]
    names = [pin.partition("==")[0] for pin in extra]
    assert names == sorted(chosen.needs for chosen in FORMATS.values() if chosen.needs)
    assert set(extra) <= set(project["dependency-groups"]["dev"])
