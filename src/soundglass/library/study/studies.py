"""All that is kept of listening studies, in one object."""

from __future__ import annotations

from soundglass.library.study.answering import Answering
from soundglass.library.study.joining import Joining
from soundglass.library.study.shelf import Shelf


class Studies(Shelf, Joining, Answering):
    """The listening studies of a library: plans, materials, participants and every answer.

    They lie in a file of their own, apart from what a user keeps. A method returns when what it did is on
    the disk; what it was told when the process or the machine dies is kept whole or not at all.

    Parameters
    ----------
    uri : str
        Of the library.
    """
