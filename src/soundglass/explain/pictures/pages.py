"""How templates become pages, for every page: escaped, with the look that all of them share beside."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment


def environment(package: str, folder: str) -> Environment:
    """Make the environment of the templates in a package's folder; ``page.css`` is found as well.

    All that is filled in is escaped, and a name that is not there is an error.
    """
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=ChoiceLoader(
            [PackageLoader(package, folder), PackageLoader("soundglass.explain", "pictures")]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
