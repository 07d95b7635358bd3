"""What a page asks for when it is opened: once, early, and nothing twice."""

from __future__ import annotations

from playwright.sync_api import Request, Route, WebSocket, expect

from bulq.domain.phases import Phase
from bulq.services import bids
from tests.cast import PACK
from tests.e2e.pages import wanted_is
from tests.e2e.stage import Stage

RICE = "Basmati rice 5 kg"


def test_a_page_asks_at_once_for_its_own_files_and_facts(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    page = stage.window(cast.ana)
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    page.on("request", note)
    page.goto(f"/runs/{run}")
    wanted_is(page, RICE, "10 packs")

    assert sum(address.endswith(f"/api/v1/runs/{run}") for address in asked) == 1
    early = page.locator("link[rel=modulepreload]").evaluate_all("links => links.map(link => link.href)")
    own = [address for address in early if "_runs_.__run_id_._index" in address]
    assert len(own) == 1 and asked.count(own[0]) == 1


def test_built_files_stay_with_the_browser_and_pages_are_asked_for_again(stage: Stage) -> None:
    page = stage.window(None, "/login")
    script = page.locator("link[rel=modulepreload]").first.get_attribute("href") or ""

    assert page.request.get(script).headers["cache-control"] == "public, max-age=31536000, immutable"
    assert page.request.get("/login").headers["cache-control"] == "no-cache"


def test_facts_that_come_late_are_not_taken_for_the_newest(stage: Stage) -> None:
    """The answer was made before somebody bid, and arrives after the socket has told of the bid's edition."""
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    page = stage.window(cast.ana)
    asked = 0
    told: list[str] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: told.append(str(frame)))

    def answer_late(route: Route) -> None:
        nonlocal asked
        asked += 1
        answer = route.fetch()
        if asked == 1:
            stage.do(bids.place_bid, cast.bojan, run, cast.rice, 6 * PACK)
            while not any("/live,[" in frame and f"runs/{run}" in frame for frame in told):
                page.wait_for_timeout(50)
        route.fulfill(response=answer)

    page.on("websocket", listen)
    page.route(f"**/api/v1/runs/{run}", answer_late)
    page.goto(f"/runs/{run}")

    wanted_is(page, RICE, "13 packs", timeout=10_000)
    expect(page.get_by_role("alert")).to_have_count(0)
    assert asked == 2
