"""A word to the shopper about one's own bid."""

import reflex as rx

from bulq.domain.errors import BulqError
from bulq.services import bids
from bulq.state.auth import AbovePage, act, route, uuid
from bulq.state.refusals import message
from bulq.state.run import RunState, my_bid


class NotingState(AbovePage, rx.State):
    about: str = ""
    product: str = ""
    note: str = ""
    error: str = ""

    @rx.event
    async def ask(self, product_id: str):
        run = await self.get_state(RunState)
        self.about = str(uuid(product_id))
        self.product = next((row.name for row in run.rows if row.id == self.about), "")
        mine = my_bid(run, self.about)
        self.note, self.error = mine.note if mine else "", ""

    @rx.event
    async def set_note(self, value: str):
        self.note = value

    @rx.event
    async def close(self):
        self.about = ""

    @rx.event
    async def save(self):
        run_id = route(self, "run_id")
        try:
            await act(self, bids.write_note, run_id, uuid(self.about), self.note)
        except BulqError as error:
            if error.field is None:
                raise
            self.error = message(error)
            return
        self.about = ""
