"""What of everybody's bids is sent again after a change."""

from bulq.state.run_rows import FEW, Totals, since


def totals(count: int, wanted: str = "1 pack") -> dict[str, Totals]:
    return {str(n): Totals(wanted, "", (), 0) for n in range(count)}


def test_one_changed_row_is_sent_alone() -> None:
    sent = totals(100)
    now = totals(100) | {"7": Totals("2 packs", "", (), 0)}

    assert since(sent, now) == (sent, {"7": now["7"]})


def test_a_row_that_is_as_it_was_is_no_change_any_more() -> None:
    assert since(totals(100), totals(100)) == (totals(100), {})


def test_many_changed_rows_are_sent_with_all_others() -> None:
    now = totals(100) | totals(FEW + 1, "2 packs")

    assert since(totals(100), now) == (now, {})


def test_other_rows_replace_those_that_were_there() -> None:
    assert since(totals(3), totals(4)) == (totals(4), {})
