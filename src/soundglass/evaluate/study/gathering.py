"""From what a library keeps of a study to the records of one population."""

from __future__ import annotations

from soundglass.evaluate.study.conditions import Population
from soundglass.evaluate.study.fixed import fixed
from soundglass.evaluate.study.records import collect
from soundglass.evaluate.study.rows import Records
from soundglass.library.study.studies import Studies


def gather(studies: Studies, name: str | None = None, population: Population = "people") -> Records:
    """Read all that one population gave to a study.

    Parameters
    ----------
    studies : Studies
        Of a library.
    name : str, optional
        The newest study if left out.
    population : {"people", "simulated"}

    Raises
    ------
    LibraryError
        There is no such study, or another version of Soundglass made it.
    """
    study = studies.study(name)
    made = fixed(study)
    return collect(
        study.name,
        population,
        made.plan,
        made.instruments,
        studies.participants(study, population),
        studies.given(study, population),
        studies.counts(study)[population].deleted,
    )
