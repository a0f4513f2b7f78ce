"""A worker's job: what a study found, which takes seconds that participants shall not wait."""

from __future__ import annotations

from soundglass.core.types import Json
from soundglass.evaluate.study.conditions import Population
from soundglass.evaluate.study.gathering import gather
from soundglass.evaluate.study.report.contract import results_json
from soundglass.evaluate.study.report.page import fragment
from soundglass.evaluate.study.results import analyse
from soundglass.library.study.studies import Studies


def study_results(library: str, study: str, population: Population, nonce: str) -> Json:
    """Analyse the answers of one population.

    Parameters
    ----------
    library : str
        Its URI.
    study : str
        The name of a study.
    population : {"people", "simulated"}
    nonce : str
        What the page's styles are to be marked with.

    Returns
    -------
    JSON
        ``told``, the results in the API's shape, and ``html``, for a page around them.
    """
    found = analyse(gather(Studies(library), study, population))
    return {"told": results_json(found), "html": str(fragment(found, nonce))}
