"""The JSON shape of a study's results (contract version 1)."""

from __future__ import annotations

from dataclasses import asdict

from soundglass.core.contract import CONTRACT_VERSION, finite
from soundglass.core.types import Json
from soundglass.evaluate.report.contract import section_json
from soundglass.evaluate.study.conclusion import Conclusion, Finding, conclude
from soundglass.evaluate.study.design import Design
from soundglass.evaluate.study.report.sections import sections
from soundglass.evaluate.study.results import Results


def results_json(results: Results) -> dict[str, Json]:
    """Give what a study found; a number that is not known is ``null``, one with an interval an object."""
    records = results.records
    return {
        "contract": CONTRACT_VERSION,
        "study": records.study,
        "population": records.population,
        "versions": dict(records.plan.versions),
        "plan_sha256": records.plan.sha256,
        "wording_sha256": records.instruments.sha256,
        "design": _design_json(records.plan.design),
        "participants": {
            "joined": len(records.people) + records.deleted,
            "deleted": records.deleted,
            "left_out": dict(results.left_out),
            "counted": results.n,
        },
        "conclusion": _conclusion_json(conclude(results)),
        "sections": [section_json(section) for section in sections(results)],
    }


def _design_json(design: Design) -> dict[str, Json]:
    """Give what was decided before; who organises the study and how to reach them stays out."""
    told = {
        name: list(value) if isinstance(value, tuple) else value for name, value in asdict(design).items()
    }
    return {name: value for name, value in told.items() if name not in {"organiser", "contact"}}


def _conclusion_json(conclusion: Conclusion) -> dict[str, Json]:
    return {
        "headline": conclusion.headline,
        "rule": conclusion.rule,
        "points": [
            {
                "title": point.title,
                "text": point.text,
                "findings": [_finding_json(one) for one in point.findings],
            }
            for point in conclusion.points
        ],
    }


def _finding_json(finding: Finding) -> dict[str, Json]:
    comparison = finding.comparison
    found = {
        name: {of: finite(number) for of, number in value.items()}
        if isinstance(value, dict)
        else finite(value)
        for name, value in asdict(comparison.found).items()
    }
    return {
        "measure": comparison.measure.id,
        "one": comparison.pair.one,
        "other": comparison.pair.other,
        "verdict": finding.verdict,
        "needed": finding.needed,
        **found,
    }
