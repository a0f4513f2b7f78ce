"""What is told of a study to those who run it: its state, its progress, its links."""

from __future__ import annotations

from functools import lru_cache

from soundglass.core.errors import LibraryError
from soundglass.core.types import Json
from soundglass.evaluate.study.duration import minutes
from soundglass.evaluate.study.fixed import Fixed, fixed, way
from soundglass.evaluate.study.orders import N_SLOTS
from soundglass.library.study.records import Count, StudyRecord
from soundglass.library.study.studies import Studies

_MOST_READ = 16


def study_json(studies: Studies, record: StudyRecord) -> dict[str, Json]:
    """Tell of a study.

    Parameters
    ----------
    studies : Studies
    record : StudyRecord

    Returns
    -------
    dict of str to JSON
        People and simulated participants apart, nobody by name, links as paths on a server.
    """
    counts = studies.counts(record)
    return {
        "name": record.name,
        "created": record.created.isoformat(timespec="seconds"),
        "is_open": record.is_open,
        **_of_plan(fixed(record)),
        "join": f"/study/join/{record.join_code}",
        "join_simulated": f"/study/join/{record.simulated_code}",
        "people": _count_json(counts["people"]),
        "simulated": _count_json(counts["simulated"]),
        "plan_sha256": record.plan_sha256,
    }


def studies_json(studies: Studies) -> dict[str, Json]:
    """Tell of all studies of a library, newest first, and name those that only another version can read."""
    told, unreadable = [], []
    for record in studies.all():
        try:
            told.append(study_json(studies, record))
        except LibraryError:
            unreadable.append(record.name)
    return {"studies": told, "unreadable": unreadable}


@lru_cache(_MOST_READ)
def _of_plan(study: Fixed) -> dict[str, Json]:
    """Tell what is in the plan and the wording, which are long to go through."""
    plan, instruments = study.plan, study.instruments
    return {
        "planned": plan.design.planned,
        "seed": plan.design.seed,
        "trials": plan.design.trials,
        "listen_s": plan.design.listen_s,
        "show_names": plan.design.show_names,
        "organiser": plan.design.organiser,
        "contact": plan.design.contact,
        "language": instruments.language,
        "pages": len(way(study, 0, 0)),
        "minutes": minutes(plan, instruments),
        "versions": dict(plan.versions),
        "wording_sha256": instruments.sha256,
    }


def _count_json(count: Count) -> dict[str, Json]:
    return {
        "joined": count.joined,
        "deleted": count.deleted,
        "finished": count.finished,
        "answers": count.answers,
        "orders_used": len([n for n in count.slots.values() if n]),
        "orders": N_SLOTS,
        "newest": count.newest.isoformat(timespec="seconds") if count.newest else None,
    }
