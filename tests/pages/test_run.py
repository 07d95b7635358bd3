"""The run page renders, with the names by which people and tools find its controls."""

from typing import Any

import pytest
import reflex as rx

from bulq.i18n import text
from bulq.pages.run.facts import PersonRow, Row, Statement
from bulq.pages.run.goods import product_row
from bulq.pages.run.handing_out import left_over_row, statement
from bulq.pages.run.page import run_page
from bulq.pages.run.side import person_row
from bulq.queries.pick_up import LeftOverFacts


def test_the_page_has_its_controls() -> None:
    shown = str(run_page().render())

    keys = (
        "run.add_product run.ready run.not_ready run.your_part run.people run.find run.show_all run.show_mine "
        "run.show_without run.shopping_list run.receipt lead.confirm lead.reopen lead.start_shopping "
        "lead.finish_shopping lead.share_fairly lead.finish_adjusting lead.complete lead.manage lead.edit lead.helpers "
        "lead.hand_over lead.export lead.cancel lead.stop_shopping lead.back_to_shopping export.download"
    )
    for key in keys.split():
        assert key in shown, key


@pytest.mark.parametrize(
    ("draw", "kind", "mark"),
    [
        (product_row, Row, "data-product"),
        (person_row, PersonRow, "data-person"),
        (statement, Statement, "data-statement"),
        (left_over_row, LeftOverFacts, "data-left-over"),
    ],
)
def test_rows_can_be_found(draw: Any, kind: type, mark: str) -> None:
    assert mark in str(draw(rx.Var("row").to(kind)).render())


def test_controls_are_called_as_agreed() -> None:
    called = {
        "Bid on Rice": text("run.bid_on", product="Rice"),
        "Retract Rice": text("run.retract", product="Rice"),
        "Interested in Rice": text("run.interested_in", product="Rice"),
        "Note for Rice": text("run.note_for", product="Rice"),
        "One more Rice": text("kit.one_more", name="Rice"),
        "One less Rice": text("kit.one_less", name="Rice"),
        "Quantity of Rice": text("kit.quantity_of", name="Rice"),
        "I'm ready": text("run.ready"),
        "Not ready after all": text("run.not_ready"),
        "Find in this run": text("run.find"),
        "All": text("run.show_all"),
        "Mine": text("run.show_mine"),
        "Without my bid": text("run.show_without"),
        "Manage run": text("lead.manage"),
        "Rice picked up by Ana": text("run.picked_up_by", product="Rice", name="Ana"),
        "All picked up by Ana": text("run.pick_all_by", name="Ana"),
    }

    assert all(name == shown for name, shown in called.items())
