"""Comma-separated text as columns of text, and where in the file a row stands."""

from __future__ import annotations

import csv as python_csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import islice
from pathlib import Path

import pyarrow as pa
from pyarrow import csv

from soundglass.core.errors import CatalogueError

_HEAD_BYTES = 1 << 20
_MAX_FIELD = 1 << 28
_SHOWN = 200
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class TextFile:
    """A table on disk.

    Attributes
    ----------
    path : Path
        Plain, or compressed (``.gz``, ``.bz2``).
    encoding : str
        Of its text, as Python names it.
    """

    path: Path
    encoding: str

    def read(self) -> pa.Table:
        """Read every column as text; what is empty or stands for nothing (``NA``) is null.

        Raises
        ------
        CatalogueError
            The file is missing, not text of this encoding, empty or ragged, or names a column twice.
        """
        try:
            return self._parse(self._names())
        except FileNotFoundError:
            raise self._error("no such file", "Check the path") from None
        except (UnicodeError, LookupError):
            raise self._encoding_error() from None
        except (OSError, EOFError, python_csv.Error, pa.ArrowInvalid) as error:
            raise self._explained(error) from None

    def row_number(self, position: int) -> int:
        """Count rows as people do: from 1, the header and empty lines among them."""
        return next(islice(self._records(), position + 1, None))[0]

    def error_at(self, position: int, what: str, remedy: str) -> CatalogueError:
        """Make the error that a row has something wrong."""
        return self._error(f"row {self.row_number(position)}{what}", remedy)

    def _names(self) -> list[str]:
        with self._stream() as stream:
            head = stream.read(_HEAD_BYTES)
        if not head.strip():
            raise self._error("is empty", "Check the export")
        if b"\0" in head and "16" not in self.encoding and "32" not in self.encoding:
            raise self._encoding_error("utf-16" if head.startswith(_UTF_16_MARKS) else None)
        first = list(islice(self._records(), 2))
        if len(first) < 2:
            raise self._error("has a header but no rows", "Check the export")
        names = [name.lstrip("\ufeff").strip() for name in first[0][1]]
        name, times = Counter(filter(None, names)).most_common(1)[0] if any(names) else ("", 0)
        if times > 1:
            raise self._error(f"has {times} columns called {name!r}", "Rename all but one")
        return names

    def _parse(self, names: list[str]) -> pa.Table:
        theirs = [f"f{at}" for at in range(len(names))]
        with self._stream() as stream:
            table = csv.read_csv(
                stream,
                read_options=csv.ReadOptions(encoding=self.encoding, autogenerate_column_names=True),
                parse_options=csv.ParseOptions(newlines_in_values=True),
                convert_options=csv.ConvertOptions(
                    column_types=dict.fromkeys(theirs, pa.string()), strings_can_be_null=True
                ),
            )
        return table.rename_columns(names).slice(1)

    def _stream(self) -> pa.NativeFile:
        return pa.input_stream(str(self.path), compression="detect")

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows that are not empty, each with its number."""
        python_csv.field_size_limit(_MAX_FIELD)  # the same as Arrow takes, and more than Python's 128 KiB
        with self._stream() as stream, TextIOWrapper(stream, self.encoding, newline="") as text:
            for number, record in enumerate(python_csv.reader(text), start=1):
                if record:
                    yield number, record

    def _explained(self, error: Exception) -> CatalogueError:
        text = str(error)
        if "UTF" in text.upper() or "iconv" in text:
            return self._encoding_error()
        if "Expected" in text and "columns" in text:
            records = self._records()
            width = len(next(records)[1])
            for number, record in records:
                if len(record) != width:
                    what = f"row {number} has {len(record)} columns, the header {width}"
                    return self._error(what, "Correct the table")
        reason = "".join(c if c.isprintable() else " " for c in text.partition("\n")[0][:_SHOWN])
        return self._error(f"cannot be read as a table: {reason}", "Check the export")

    def _encoding_error(self, likely: str | None = None) -> CatalogueError:
        return self._error(
            f"is not {self.encoding} text", f"Name its encoding, as in --encoding {likely or 'latin-1'}"
        )

    def _error(self, what: str, remedy: str) -> CatalogueError:
        return CatalogueError(what, path=self.path, remedy=remedy)
