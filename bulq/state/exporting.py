"""Taking a run away as a file: which part of it, and in which format."""

import reflex as rx

from bulq.domain.exports import What
from bulq.state.auth import AbovePage

# How the address ends for each choice of a format.
FORMATS = {
    "xlsx": "export.xlsx?what={what}",
    "pdf": "export.pdf?what={what}",
    "csv": "export.csv?what={what}",
    "semicolon": "export.csv?what={what}&separator=semicolon",
    "json": "export.json?what={what}",
}


class ExportState(AbovePage, rx.State):
    opened: bool = False
    what: str = "everything"
    kind: str = "pdf"
    file: str = "export.pdf?what=everything"

    @rx.event
    async def ask(self):
        self.opened = True

    @rx.event
    async def close(self):
        self.opened = False

    @rx.event
    async def set_what(self, what: str):
        if what in list(What):
            self.what = str(what)
            self._choose()

    @rx.event
    async def set_kind(self, kind: str):
        if (kind := str(kind)) in FORMATS:
            self.kind = kind
            self._choose()

    def _choose(self) -> None:
        self.file = FORMATS[self.kind].format(what=self.what)
