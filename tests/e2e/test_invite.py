"""An invitation as it travels: its preview, its QR code, and the way in by it on a slow line and a shared screen."""

from __future__ import annotations

import html
import re
import ssl
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

import httpx
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, Route, expect

from bulq.domain.phases import Phase
from bulq.models import Group, Run
from bulq.queries.people import members_of
from rehearsal.machines import Caddy
from tests.cast import Cast
from tests.e2e.entrance import PASSWORD, fill_login
from tests.e2e.pages import LIVE, dialog, press
from tests.e2e.server import Server
from tests.e2e.stage import PHONE, Stage
from tests.e2e.test_entrance import give_password

NASTY = 'Liman <b>& "Söhne" Ж'
SLOW_MS = 600


@pytest.fixture
def caddy(server: Server, tmp_path: Path) -> Iterator[Caddy]:
    caddy = Caddy(tmp_path, [server.port])
    caddy.start()
    yield caddy
    caddy.signal(15, 10)


def token_of(stage: Stage, cast: Cast) -> str:
    return stage.write(lambda session: session.get_one(Group, cast.group_id).invite_token)


def head_of(page: str) -> dict[str, str]:
    found = re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)"/?>', page)
    title = re.search("<title>(.*?)</title>", page)
    return {name: html.unescape(said) for name, said in [*found, ("title", title[1] if title else "")]}


def doors(stage: Stage, caddy: Caddy) -> list[httpx.Client]:
    """The app by itself, and behind the Caddy of the deployment."""
    tls = ssl.create_default_context(cafile=str(caddy.authority))
    return [httpx.Client(base_url=stage.server.url), httpx.Client(base_url=caddy.address, verify=tls)]


def test_the_preview_stands_in_the_html_that_the_app_and_caddy_serve(stage: Stage, caddy: Caddy) -> None:
    cast = stage.assemble()
    stage.bring_to(cast, Phase.ACTIVE)
    stage.write(lambda session: setattr(session.get_one(Group, cast.group_id), "name", NASTY))
    token = token_of(stage, cast)

    for client in doors(stage, caddy):
        page = client.get(f"/invite/{token}")
        head = head_of(page.text)
        assert page.status_code == 200 and "script-src 'self' 'sha256-" in page.headers["content-security-policy"]
        assert head["title"] == f"Join {NASTY} · Bulq" and head["og:title"] == f"Join {NASTY} on Bulq"
        assert "Metro" in head["og:description"] and "Bojan" not in page.text and "Basmati" not in page.text
        assert head["og:url"].endswith(f"{client.base_url.host}:{client.base_url.port}/invite/{token}")
        picture = client.get(httpx.URL(head["og:image"]).path)
        assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
        unknown = client.get("/invite/nonsense")
        assert (unknown.status_code, head_of(unknown.text)) == (404, {"title": ""})


def test_deep_links_are_answered_at_once_by_the_app_and_by_caddy(stage: Stage, caddy: Caddy) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    pages = (
        f"/runs/{run}",
        f"/runs/{run}/shopping",
        f"/groups/{cast.group_id}",
        f"/groups/{cast.group_id}/manage",
        f"/products/{cast.rice}",
        f"/invite/{token_of(stage, cast)}",
        *("/", "/login", "/register", "/profile", "/notifications", "/admin/users", "/admin/users/merge"),
    )

    for client in doors(stage, caddy):
        for page in pages:
            answer = client.get(page, follow_redirects=False)
            assert (answer.status_code, answer.headers["content-type"][:9]) == (200, "text/html"), page


def test_pages_for_the_signed_out_leave_no_word_in_the_console(stage: Stage) -> None:
    cast = stage.assemble()
    page, said = stage.window(path="/login"), []
    page.on("console", lambda message: said.append(f"{page.url}: {message.text}") if message.type == "error" else None)

    for path, seen in (("/login", "Log in"), ("/register", "Create an account"), ("invite", "Liman")):
        page.goto(f"/invite/{token_of(stage, cast)}" if path == "invite" else path)
        expect(page.get_by_role("heading", name=seen, level=1)).to_be_visible()
        page.wait_for_load_state("networkidle")

    assert said == []


def test_the_qr_code_and_the_shared_link_lead_to_the_invitation(stage: Stage, tmp_path: Path) -> None:
    cast = stage.assemble()
    ana = stage.window(cast.ana, f"/groups/{cast.group_id}", dark=True)
    ana.add_init_script("navigator.share = (what) => { window.shared = what; return Promise.resolve(); }")
    ana.reload()
    link = f"{stage.server.url}/invite/{token_of(stage, cast)}"

    press(ana, "Invite")
    picture = dialog(ana).get_by_role("img", name="QR code of the invite link")
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("complete", True)
    picture.screenshot(path=tmp_path / "qr.png")
    assert [code.text for code in zxingcpp.read_barcodes(Image.open(tmp_path / "qr.png"))] == [link]
    press(dialog(ana), "Share link")
    assert ana.evaluate("window.shared.url") == link

    ana.goto(f"/groups/{cast.group_id}/manage")
    expect(ana).to_have_title("Manage Liman · Bulq")
    expect(ana.get_by_role("img", name="QR code of the invite link")).to_be_visible()
    ana.get_by_role("switch", name="Joining open").uncheck()
    expect(ana.get_by_role("img", name="QR code of the invite link")).to_have_count(0)


def test_the_group_stays_in_sight_through_login_and_registration_and_double_clicks_do_it_once(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.ACTIVE)
    stage.write(lambda session: setattr(session.get_one(Run, run), "shopping_day", date(2026, 12, 5)))
    ana = stage.window(cast.ana, f"/groups/{cast.group_id}")
    guest = stage.window(path=f"/invite/{token_of(stage, cast)}", width=PHONE)
    row = guest.get_by_role("listitem").filter(has_text="Metro")
    expect(row).to_contain_text("2 products")
    expect(row.locator("[data-phase=active]")).to_be_visible()
    expect(guest).to_have_title("Join Liman · Bulq")
    joining = guest.locator("[data-joining]")

    press(guest, "Join group")
    expect(joining).to_contain_text("You are joining Liman")
    guest.reload()
    expect(joining).to_contain_text("You are joining Liman")
    guest.get_by_role("link", name="bulq").click()  # loses what the address said
    guest.get_by_role("link", name="Create an account").click()
    expect(joining).to_contain_text("You are joining Liman")
    slow(guest)
    sent = requests_to(guest, "/api/v1/account")
    for field, text in (("Name", "Zoran Živanović"), ("Username", "ana"), ("Password", PASSWORD)):
        guest.get_by_label(field, exact=True).press_sequentially(text, delay=60)
    guest.get_by_role("button", name="Create account").dblclick()
    expect(guest.get_by_label("Username")).to_be_focused()
    expect(guest.get_by_role("alert").filter(has_text="taken")).to_be_visible()
    expect(guest.get_by_label("Name", exact=True)).to_have_value("Zoran Živanović")
    guest.get_by_label("Username").fill("zoran")
    guest.get_by_role("button", name="Create account").dblclick()

    expect(guest).to_have_url(re.compile(f"/groups/{cast.group_id}$"))
    expect(ana.get_by_text("@zoran")).to_have_count(1, timeout=LIVE)
    assert len(sent) == 2


def test_what_is_typed_stays_while_the_connection_comes_and_goes(stage: Stage) -> None:
    cast = stage.assemble()
    stage.write(give_password, cast.eva)
    guest = stage.window(path=f"/login?next=%2Finvite%2F{token_of(stage, cast)}")
    guest.get_by_label("Username").fill("eva")
    guest.get_by_label("Password", exact=True).fill("not this one")

    guest.context.set_offline(True)
    press(guest, "Log in")
    expect(guest.get_by_role("alert").get_by_text("Bulq can't be reached")).to_be_focused()
    guest.context.set_offline(False)
    expect(guest.get_by_label("Username")).to_have_value("eva")
    expect(guest.locator("[data-joining]")).to_contain_text("Liman")
    sent = requests_to(guest, "/api/v1/session")
    slow(guest)
    guest.get_by_role("button", name="Log in").dblclick()
    expect(guest.get_by_text("Username or password is wrong.")).to_be_focused()
    expect(guest.get_by_label("Username")).to_have_value("eva")
    assert len(sent) == 1
    fill_login(guest, "eva")

    # Nobody asked to join: a link alone makes nobody a member.
    expect(guest).to_have_url(re.compile("/invite/"))
    expect(guest.get_by_role("button", name="Join group")).to_be_visible()
    guest.goto(f"{guest.url}?join=1")
    expect(guest.get_by_role("button", name="Join group")).to_be_visible()
    assert not is_member(stage, cast, cast.eva.id)
    guest.get_by_role("button", name="Join group").dblclick()
    expect(guest).to_have_url(re.compile(f"/groups/{cast.group_id}$"))
    assert is_member(stage, cast, cast.eva.id)


def is_member(stage: Stage, cast: Cast, user_id: UUID) -> bool:
    return user_id in {member.user_id for member in stage.write(members_of, cast.group_id)}


def slow(page: Page) -> None:
    tools = page.context.new_cdp_session(page)
    conditions = {"offline": False, "latency": SLOW_MS, "downloadThroughput": -1, "uploadThroughput": -1}
    tools.send("Network.emulateNetworkConditions", conditions)


def requests_to(page: Page, path: str) -> list[str]:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method) if request.url.endswith(path) else None)
    return sent


def test_what_is_typed_before_the_scripts_are_there_stays_and_enter_leads_nowhere(stage: Stage) -> None:
    cast = stage.assemble()
    stage.write(give_password, cast.eva)
    page = stage.window(path="/register")
    held: list[Route] = []
    page.route("**/assets/*.js", lambda route: held.append(route))
    page.goto("/login", wait_until="commit")

    page.get_by_label("Username").press_sequentially("eva", delay=20)
    page.keyboard.press("Enter")
    while held:
        held.pop().continue_()
    page.unroute_all(behavior="ignoreErrors")
    page.wait_for_load_state("networkidle")
    expect(page).to_have_url(re.compile("/login$"))
    expect(page.get_by_label("Username")).to_have_value("eva")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Log in")
    expect(page).to_have_url(f"{stage.server.url}/")


def test_a_server_that_was_away_loses_neither_the_invitation_nor_what_is_typed(frail_stage: Stage) -> None:
    """As after an idle hour: the server knows nothing any more of the page."""
    cast = frail_stage.assemble()
    guest = frail_stage.window(path=f"/invite/{token_of(frail_stage, cast)}")
    press(guest, "Join group")
    guest.get_by_role("link", name="Create an account").click()
    guest.get_by_label("Name", exact=True).fill("Zoran")
    guest.get_by_label("Username").fill("zoran")
    guest.get_by_label("Password", exact=True).fill(PASSWORD)

    frail_stage.server.stop()
    frail_stage.server.start()
    expect(guest.locator("[data-joining]")).to_contain_text("Liman")
    guest.wait_for_timeout(3000)  # the page connects again, and the server says all it knows of it
    expect(guest.get_by_label("Name", exact=True)).to_have_value("Zoran")
    press(guest, "Create account")

    expect(guest).to_have_url(re.compile(f"/groups/{cast.group_id}$"))


def test_tabs_name_store_day_and_group_and_paper_has_no_controls(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.SHOPPING)
    stage.write(lambda session: setattr(session.get_one(Run, run), "shopping_day", date(2026, 12, 5)))
    ana = stage.window(cast.ana, f"/groups/{cast.group_id}")

    for path, title in (
        (f"/groups/{cast.group_id}", "Liman · Bulq"),
        (f"/groups/{cast.group_id}/manage", "Manage Liman · Bulq"),
        (f"/runs/{run}", "Metro, Sat 5 Dec · Bulq"),
        (f"/runs/{run}/shopping", "Shopping, Metro, Sat 5 Dec · Bulq"),
        (f"/products/{cast.rice}", "Basmati rice 5 kg · Bulq"),
        (f"/stores/{cast.store_id}", "Metro · Bulq"),
    ):
        ana.goto(path)
        expect(ana).to_have_title(title)
        ana.emulate_media(media="print")
        for kept_off in (".skip", ".bar", ".foot"):
            for control in ana.locator(kept_off).all():
                expect(control).to_be_hidden()
        ana.emulate_media(media="screen")
