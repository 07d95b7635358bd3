"""What browsers are told to keep pages from: scripts that were smuggled in, frames, other sites."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from bulq.domain.phases import Phase
from tests.e2e.stage import Stage

# What the browser says of it; the stage collects it, and would let the test fail by it.
FORBIDDEN = re.compile("violates the following Content Security Policy|Content-Security-Policy")
SMUGGLE = """() => {
    const script = document.createElement("script");
    script.textContent = "window.smuggled = true";
    document.body.append(script);
    const picture = document.createElement("img");
    picture.setAttribute("onerror", "window.smuggled = true");
    picture.src = "/nowhere.png";
    document.body.append(picture);
    return new Promise((done) => setTimeout(() => done(window.smuggled === true), 300));
}"""


def test_every_page_works_with_scripts_of_its_own_alone(stage: Stage) -> None:
    cast = stage.assemble()
    run = stage.bring_to(cast, Phase.SHOPPING)
    group = f"/groups/{cast.group_id}"

    page = stage.window(cast.ana)
    for path in ("/", group, f"{group}/manage", f"/runs/{run}", f"/runs/{run}/shopping", "/notifications", "/profile"):
        answer = page.goto(path)
        assert answer is not None
        policy = answer.headers["content-security-policy"]
        scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
        assert "sha256-" in scripts and "unsafe" not in scripts
        assert "frame-ancestors 'none'" in policy
        # Only what the scripts filled in has a heading with the socket's answer beside it.
        expect(page.get_by_role("link", name="Notifications")).to_be_visible()

    for path in ("/login", "/admin", "/admin/users"):
        answer = page.request.get(path, max_redirects=0)
        assert answer.status == 200, f"{path} leads to {answer.headers.get('location')}"

    stranger = stage.window()
    for path in ("/login", "/register", "/nowhere"):
        stranger.goto(path)
        expect(stranger.get_by_role("heading", level=1)).to_be_visible()
        stranger.reload()  # answered "not modified"
        expect(stranger.get_by_role("heading", level=1)).to_be_visible()


def test_a_script_that_was_smuggled_in_does_not_run(stage: Stage) -> None:
    page = stage.window(None, "/login")

    assert page.evaluate(SMUGGLE) is False
    assert [said for said in stage.complaints if FORBIDDEN.search(said)]
    stage.complaints.clear()
