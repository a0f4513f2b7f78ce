"""What holds for the whole source tree."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "src").rglob("*.py"))


@pytest.mark.parametrize("module", MODULES, ids=lambda m: str(m.relative_to(ROOT / "src")))
def test_a_module_is_short_and_says_what_it_is_for(module: Path) -> None:
    text = module.read_text("utf-8")
    assert text.count("\n") <= 350
    tree = ast.parse(text)
    assert ast.get_docstring(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            length = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
            assert length <= 40, f"{node.name} has {length} lines"


def test_pinned_lists_name_no_index_and_hash_everything() -> None:
    for pinned in (ROOT / "requirements").glob("*.txt"):
        text = pinned.read_text("utf-8")
        assert "://" not in text
        assert "--index" not in text
        entries = re.split(r"\n(?=[a-zA-Z0-9])", text.strip())
        assert all("--hash=sha256:" in entry for entry in entries)


def test_no_module_loads_pickles() -> None:
    for module in MODULES:
        imports = [
            n
            for n in ast.walk(ast.parse(module.read_text("utf-8")))
            if isinstance(n, ast.Import | ast.ImportFrom)
        ]
        names = {a.name for n in imports for a in n.names} | {
            n.module for n in imports if isinstance(n, ast.ImportFrom)
        }
        assert not names & {"pickle", "joblib", "dill", "cloudpickle"}
