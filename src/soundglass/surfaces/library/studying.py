"""What a library keeps of listening studies: made, run, closed, forgotten."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from soundglass import __version__
from soundglass.surfaces.library.opened import Opened

if TYPE_CHECKING:
    from soundglass.evaluate.study.design import Design
    from soundglass.evaluate.study.instruments.questions import Instruments
    from soundglass.library.study.records import StudyRecord
    from soundglass.library.study.studies import Studies


class Studying(Opened):
    """Listening studies."""

    @cached_property
    def studies(self) -> Studies:
        """The studies beside the library, with all their records."""
        from soundglass.library.study.studies import Studies

        return Studies(self.uri)

    def new_study(
        self,
        name: str,
        design: Design | None = None,
        instruments: Instruments | None = None,
        progress: Callable[[int, int], None] = lambda _, __: None,
    ) -> StudyRecord:
        """Make a listening study of this library and keep it.

        Parameters
        ----------
        name : str
        design : Design, optional
            What its organiser decides.
        instruments : Instruments, optional
            Its wording; English if left out.
        progress : callable
            Told how many sets of how many are made.

        Raises
        ------
        SoundglassError
            The library is too small, which says how many tracks are needed; or there is a study of this
            name.
        AudioError
            A file cannot be decoded.
        """
        from soundglass.evaluate.study.design import Design
        from soundglass.evaluate.study.instruments.loading import load
        from soundglass.evaluate.study.make import make

        self.studies.require_free(name)
        wording = instruments or load()
        plan, materials = make(*self._snapshot(), design or Design(), wording, progress, __version__)
        return self.studies.add(name, plan=plan.to_json(), instruments=wording.to_json(), materials=materials)
