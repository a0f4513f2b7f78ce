"""Delimited text is read as text, and its rows are counted as people count them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soundglass.core.errors import CatalogueError
from soundglass.library.delimited import TextFile


def save(tmp_path: Path, text: str, encoding: str = "utf-8") -> TextFile:
    path = tmp_path / "table.csv"
    path.write_bytes(text.encode(encoding))
    return TextFile(path, encoding)


def test_everything_is_text(tmp_path: Path) -> None:
    table = save(tmp_path, "a,b,c\n007,1e3,True\n,NA,2020-01-01\n").read()
    assert table.to_pylist() == [
        {"a": "007", "b": "1e3", "c": "True"},
        {"a": None, "b": None, "c": "2020-01-01"},
    ]


def test_rows_are_counted_with_the_header_empty_rows_and_line_breaks(tmp_path: Path) -> None:
    text = save(tmp_path, 'a,"b\nb"\n1,"x\ny"\n\n\n2,z\n\n3,z\n')
    assert text.read()["a"].to_pylist() == ["1", "2", "3"]
    assert [text.row_number(position) for position in range(3)] == [2, 5, 7]


def test_an_error_names_file_and_row(tmp_path: Path) -> None:
    text = save(tmp_path, "a\n\n1\n")
    error = text.error_at(0, " is wrong", "Mend it")
    assert isinstance(error, CatalogueError)
    assert str(error) == f"{text.path}: row 3 is wrong. Mend it"


def test_a_field_may_be_long(tmp_path: Path) -> None:
    text = save(tmp_path, f"a,b\n1,{'x' * 300_000}\n2,y\n")
    assert text.read()["b"].to_pylist() == ["x" * 300_000, "y"]
    assert text.row_number(1) == 3


_FIELDS = st.text(
    st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=("Cs",)), max_size=8
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.lists(st.tuples(_FIELDS, _FIELDS), min_size=1, max_size=6))
def test_what_is_written_with_quotes_is_read_back(tmp_path: Path, rows: list[tuple[str, str]]) -> None:
    def quoted(row: tuple[str, str]) -> str:
        return ",".join(f'"{field.replace(chr(34), chr(34) * 2)}"' for field in ("k", *row))

    text = save(tmp_path, "\n".join(["key,a,b", *map(quoted, rows)]) + "\n")
    table = text.read()
    blank = {"", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN"}
    blank |= {"N/A", "NA", "NULL", "NaN", "n/a", "nan", "null"}
    expected = [tuple(None if field in blank else field for field in row) for row in rows]
    assert list(zip(table["a"].to_pylist(), table["b"].to_pylist(), strict=True)) == expected


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "cp1252", "shift-jis"])
def test_other_encodings(tmp_path: Path, encoding: str) -> None:
    word = "日本" if encoding == "shift-jis" else "Über"
    assert save(tmp_path, f"a,b\n{word},2\n", encoding).read()["a"].to_pylist() == [word]
