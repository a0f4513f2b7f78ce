from pathlib import Path

import pytest

from soundglass.core.errors import ModelError
from soundglass.models import PINNED, read_model


@pytest.mark.parametrize("name", PINNED)
def test_every_pinned_file_is_packaged_and_intact(name: str) -> None:
    assert read_model(name)


@pytest.mark.parametrize("content", [None, b"", b"not the weights"])
@pytest.mark.parametrize("name", PINNED)
def test_missing_or_altered_files_are_refused_with_the_expected_hash(
    name: str, content: bytes | None, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ModelError, match=PINNED[name]) as caught:
        read_model(name, tmp_path)
    assert caught.value.path == str(tmp_path / name)
    assert "Reinstall" in (caught.value.remedy or "")
