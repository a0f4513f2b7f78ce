"""A study's results as one page of HTML, and as the inner part of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from soundglass.evaluate.findings import Chart
from soundglass.evaluate.report import charts
from soundglass.evaluate.report.html import templates, terms
from soundglass.evaluate.study.conclusion import conclude
from soundglass.evaluate.study.report.sections import sections
from soundglass.evaluate.study.results import Results

if TYPE_CHECKING:
    from markupsafe import Markup


def html(results: Results) -> str:
    """Write the results as a page that needs nothing beside itself; all that people wrote is escaped."""
    return templates().get_template("study.html.j2").render(**_told(results), nonce="")


def fragment(results: Results, nonce: str) -> Markup:
    """Write the results for a page around it that allows no styles in elements, as those of the web app.

    Parameters
    ----------
    nonce : str
        By which the page allows one ``style`` element.
    """
    from markupsafe import Markup

    template = templates().get_template("_study.html.j2")
    return Markup(template.render(**_told(results), nonce=nonce, draw=_plain))  # noqa: S704  (autoescaped)


def _told(results: Results) -> dict[str, object]:
    return {
        "study": results.records.study,
        "simulated": results.records.population == "simulated",
        "conclusion": conclude(results),
        "sections": sections(results),
        "terms": terms(["study"]),
        "versions": results.records.plan.versions,
    }


def _plain(chart: Chart, prefix: str) -> Markup:
    from markupsafe import Markup

    return Markup(charts.without_styles(charts.draw(chart, prefix)))  # noqa: S704  (Matplotlib escapes)
