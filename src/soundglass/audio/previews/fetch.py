"""A run over listed tracks: find each one's preview, fetch it, check it, cut it, and write that down."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from soundglass.audio.pool import WorkerPool
from soundglass.audio.previews.addresses import FetchError
from soundglass.audio.previews.catalogues import Catalogue
from soundglass.audio.previews.client import Answer, Client
from soundglass.audio.previews.cutter import LIMITS
from soundglass.audio.previews.pace import Pace
from soundglass.audio.previews.provenance import (
    CLIPS,
    KEPT,
    NOT_FOUND,
    NOTE,
    PREVIEWS,
    asked_for,
    name_of,
    read_record,
    write_list,
    write_record,
    write_whole,
)
from soundglass.audio.previews.wanted import Judge, Offer, Verdict, Wanted
from soundglass.core.errors import AudioError
from soundglass.core.types import Json

CUTTER = "soundglass.audio.previews.cutter"
_GIVE_UP_AFTER = 5


@dataclass(frozen=True, slots=True)
class PreviewSettings:
    """What a run makes.

    Attributes
    ----------
    seconds : float
        Length of a clip, cut from the middle of a preview.
    suffix : {".wav", ".flac"}
        Of the clips.
    again : bool
        Also ask again for what no source had.
    """

    seconds: float = 10.0
    suffix: Literal[".wav", ".flac"] = ".wav"
    again: bool = False


@dataclass(frozen=True, slots=True)
class PreviewFailure:
    """A listed track without a preview, and why."""

    row: int
    label: str
    reason: str


@dataclass(slots=True)
class PreviewSummary:
    """What a run did.

    Attributes
    ----------
    fetched, kept, repeated : int
        Previews fetched now; there already; rows that list a track again.
    not_found, failed : list of PreviewFailure
        Tracks no source has; tracks that may be had when asked again.
    """

    fetched: int = 0
    kept: int = 0
    repeated: int = 0
    not_found: list[PreviewFailure] = field(default_factory=list)
    failed: list[PreviewFailure] = field(default_factory=list)


def fetch_previews(
    tracks: Sequence[Wanted],
    folder: Path,
    catalogues: Sequence[Catalogue],
    judge: Judge,
    settings: PreviewSettings | None = None,
    *,
    client: Client | None = None,
    pace: Pace | None = None,
    progress: Callable[[int, int], None] = lambda _, __: None,
) -> PreviewSummary:
    """Fetch the previews of listed tracks and cut a clip from each.

    Previews go to ``previews/``, each with its provenance in JSON beside it, clips to ``clips/``; a table,
    ``previews.csv``, says which row has which. The provenance is also the state: what is there is not fetched
    again, whenever a run was stopped.

    Parameters
    ----------
    tracks : sequence of Wanted
    folder : Path
        Made where it is missing.
    catalogues : sequence of Catalogue
        Asked in this order until one has the track.
    judge : callable
        Says whether an offer is the track that is wanted.
    settings : PreviewSettings
    client, pace
        How things are fetched, and how often.
    progress : callable
        Told after every track how many are done, of how many.

    Raises
    ------
    AudioError
        The folder cannot be written, or nothing answers at all.
    """
    rates = {host: rate for catalogue in catalogues for host, rate in catalogue.rates.items()}
    with client or Client() as opened, WorkerPool(CUTTER, 1, limits=LIMITS) as pool:
        source = _Source(catalogues, judge, opened, pace or Pace(rates))
        run = _Run(folder, source, pool, settings or PreviewSettings())
        try:
            for done, wanted in enumerate(tracks, start=1):
                run.take(wanted)
                progress(done, len(tracks))
        finally:  # also when the user stops the run
            write_list(folder, tracks)
    return run.summary


class _Source:
    """Where previews come from."""

    def __init__(self, catalogues: Sequence[Catalogue], judge: Judge, client: Client, pace: Pace) -> None:
        self.catalogues = catalogues
        self._judge = judge
        self._client = client
        self._pace = pace

    @property
    def names(self) -> list[str]:
        return [catalogue.name for catalogue in self.catalogues]

    def judged(self, wanted: Wanted) -> Iterator[tuple[Offer, Verdict] | FetchError]:
        """Yield what each catalogue offers, judged, or why it offers nothing."""
        for catalogue in self.catalogues:
            try:
                for offer in catalogue.offers(wanted, self._json):
                    yield offer, self._judge(wanted, offer)
            except FetchError as error:
                yield error.at(catalogue.name)

    def get(self, url: str) -> Answer:
        return self._pace.insist(_host(url), lambda: self._client.get(url))

    def _json(self, url: str, checked: Callable[[Json], Json]) -> Json:
        def ask() -> Json:
            try:
                return checked(json.loads(self._client.get(url).body))
            except (ValueError, RecursionError):
                raise FetchError("answered with something other than JSON") from None

        return self._pace.insist(_host(url), ask)


class _Run:
    """One run under way."""

    def __init__(self, folder: Path, source: _Source, pool: WorkerPool, settings: PreviewSettings) -> None:
        self.summary = PreviewSummary()
        self._previews, self._clips = folder / PREVIEWS, folder / CLIPS
        self._source, self._pool, self._settings = source, pool, settings
        self._seen: set[str] = set()
        self._unanswered = 0
        for made in (self._previews, self._clips):
            try:
                made.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise AudioError(
                    f"cannot be made ({error.strerror})", path=made, remedy="Choose another folder"
                ) from error

    def take(self, wanted: Wanted) -> None:
        """Bring one track's files up to date."""
        name = name_of(wanted)
        if name in self._seen:
            self.summary.repeated += 1
            return
        self._seen.add(name)
        record = read_record(self._previews / f"{name}.json") or {}
        if record.get("status") == KEPT and self._still_there(name, record):
            self.summary.kept += 1
        elif record.get("status") == NOT_FOUND and not self._settings.again and self._asked_all(record):
            self.summary.not_found.append(_failure(wanted, record.get("reason", NOT_FOUND)))
        else:
            self._find(wanted, name)

    def _asked_all(self, record: dict[str, Json]) -> bool:
        return set(self._source.names) <= set(record.get("sources", ()))

    def _still_there(self, name: str, record: dict[str, Json]) -> bool:
        """Say whether preview and clip are there; a clip that is gone or of another length is cut anew."""
        preview = self._previews / str(record.get("file"))
        if not preview.is_file() or preview.stat().st_size != record.get("bytes"):
            return False
        clip = self._clip_path(name)
        told = record.get("clip", {})
        if clip.is_file() and (told.get("asked_s"), told.get("file")) == (self._settings.seconds, clip.name):
            return True
        try:
            record.update(self._cut(preview, name))
        except AudioError:
            return False
        write_record(self._previews / f"{name}.json", record)
        return True

    def _find(self, wanted: Wanted, name: str) -> None:
        """Take the first offer that is the track and can be had; say why where there is none."""
        failures: list[FetchError] = []
        nearest: tuple[Offer, Verdict] | None = None
        for found in self._source.judged(wanted):
            if isinstance(found, FetchError):
                failures.append(found)
                continue
            offer, verdict = found
            if not verdict.same or not offer.preview_url:
                nearest = max(filter(None, (nearest, found)), key=lambda pair: pair[1].score or 0.0)
                continue
            try:
                self._keep(wanted, name, offer, verdict)
            except FetchError as error:
                failures.append(error)
                continue
            self._unanswered = 0
            self.summary.fetched += 1
            return
        self._go_without(wanted, name, failures, nearest)

    def _go_without(
        self,
        wanted: Wanted,
        name: str,
        failures: list[FetchError],
        nearest: tuple[Offer, Verdict] | None,
    ) -> None:
        if failures:
            self.summary.failed.append(_failure(wanted, "; ".join(error.message for error in failures)))
            self._unanswered = self._unanswered + 1 if all(e.unreachable for e in failures) else 0
            if self._unanswered >= _GIVE_UP_AFTER:
                raise AudioError(
                    f"nothing answers any more ({failures[-1].message})",
                    remedy="Is there a network? What was fetched is kept; run this again to go on",
                )
            return
        self._unanswered = 0
        reason = _why_not(nearest)
        self.summary.not_found.append(_failure(wanted, reason))
        told = {"status": NOT_FOUND, "asked": asked_for(wanted), "sources": self._source.names}
        write_record(self._previews / f"{name}.json", {**told, "reason": reason})

    def _keep(self, wanted: Wanted, name: str, offer: Offer, verdict: Verdict) -> None:
        """Fetch, check, cut, and write down."""
        where = f"preview from {offer.source}"
        try:
            answer = self._source.get(offer.preview_url)
        except FetchError as error:
            raise error.at(where) from None
        part = self._previews / f"{name}.fetched"
        write_whole(part, answer.body)
        try:
            heard = self._cut(part, name)
        except AudioError as error:
            part.unlink(missing_ok=True)
            raise FetchError(error.message).at(where) from None
        preview = part.replace(part.with_suffix(heard["audio"]["suffix"]))
        write_record(
            self._previews / f"{name}.json",
            {
                "status": KEPT,
                "file": preview.name,
                "asked": asked_for(wanted),
                "source": offer.source,
                "offer": {key: value for key, value in asdict(offer).items() if value not in {"", None}},
                "score": verdict.score,
                "reason": verdict.reason,
                "url": answer.url,
                "fetched": answer.date,
                "content_type": answer.content_type,
                "bytes": len(answer.body),
                "sha256": sha256(answer.body).hexdigest(),
                **heard,
                "note": NOTE.format(source=offer.source),
            },
        )

    def _cut(self, preview: Path, name: str) -> dict[str, Json]:
        """Have a preview decoded and cut by a worker, which may die of it."""
        clip = self._clip_path(name)
        job = {"path": str(preview), "clip": str(clip), "seconds": self._settings.seconds}
        self._pool.submit(job, timeout_s=LIMITS.file_timeout_s)
        outcome = self._pool.next_outcome()
        if outcome is None or outcome.result is None:
            error = outcome.error if outcome else None
            raise AudioError(error.message if error else "gave no answer")
        heard = outcome.result
        cut = {"file": clip.name, "asked_s": self._settings.seconds, **heard.pop("clip")}
        return {"audio": heard, "clip": cut}

    def _clip_path(self, name: str) -> Path:
        return self._clips / f"{name}{self._settings.suffix}"


def _failure(wanted: Wanted, reason: str) -> PreviewFailure:
    return PreviewFailure(wanted.row, wanted.label, reason)


def _why_not(nearest: tuple[Offer, Verdict] | None) -> str:
    if nearest is None:
        return "no source knows it"
    offer, verdict = nearest
    if verdict.same:
        return f"{offer.source} knows it but has no preview"
    return f"nearest was {offer.label} ({offer.source}): {verdict.reason}"


def _host(url: str) -> str:
    return urlsplit(url).netloc
