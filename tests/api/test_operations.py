"""Changes by HTTP: done once, for whoever is signed in, from this site, and described as they are."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given
from hypothesis import Phase as Step
from hypothesis import settings as how
from hypothesis import strategies as st
from pydantic import TypeAdapter
from sqlmodel import select

from bulq import db
from bulq.api import api
from bulq.config import settings
from bulq.domain.actor import Actor
from bulq.domain.phases import Phase
from bulq.models import Operation, Purchase
from bulq.operations import DOORS
from bulq.services import accounts
from bulq.sessions import cookie_name
from bulq.views import VIEWS
from tests.api.conftest import Browser
from tests.cast import PACK, World, build, item_of
from tests.conftest import Scene
from tests.services.use_cases import USE_CASES, stage

PATIENT = (HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture)
REF = "#/components/schemas/"


@pytest.fixture
def world(scene: Scene) -> World:
    return scene(build)


def as_one(client: Any, who: Actor) -> None:
    token = db.write_now(accounts.start_session, who.id, "a browser", now=datetime.now(UTC))
    client.cookies.set(cookie_name(), token)


def operation(name: str, /, **arguments: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "name": name, "arguments": arguments}


def buying(world: World, total: int = 799) -> dict[str, Any]:
    run = world.runs[Phase.SHOPPING]
    item = db.read_now(item_of, run, world.cast.rice)
    return operation("buy", run_id=str(run), item_id=str(item), quantity=PACK, total=total, seen=0)


def bought() -> list[int]:
    return list(db.read_now(lambda session: session.scalars(select(Purchase.total).where(Purchase.total < 999)).all()))


async def test_what_is_sent_twice_is_done_once_and_answered_alike(browser: Browser, world: World) -> None:
    async with browser() as client:
        as_one(client, world.cast.ana)
        buy = buying(world)

        first, again = [await client.post("/operations", json=buy) for _ in range(2)]

        assert (first.status_code, first.content) == (200, again.content)
        assert first.json().keys() == {"id"} and first.headers["cache-control"] == "no-store"
        assert bought() == [799]


async def test_refusals_are_problems_that_programs_can_read(browser: Browser, world: World) -> None:
    async with browser() as client:
        as_one(client, world.cast.ana)
        buy = buying(world)
        await client.post("/operations", json=buy)

        taken = await client.post("/operations", json=buying(world, 798) | {"id": buy["id"]})
        overtaken = await client.post("/operations", json=buy | {"id": str(uuid4())})
        wrong = buying(world)
        wrong["arguments"] |= {"quantity": 0, "seen": PACK}
        refused = await client.post("/operations", json=wrong)

        assert (taken.status_code, taken.json()["type"]) == (409, "urn:bulq:error:operation_id_taken")
        assert (overtaken.status_code, overtaken.json()["type"]) == (409, "urn:bulq:error:bought_meanwhile")
        assert overtaken.json()["values"] == {"seen": 0, "current": PACK, "unit": "pack"}
        assert "1 pack bought by now, where you saw 0 packs" in overtaken.json()["detail"]
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "quantity")
        assert bought() == [799]


@pytest.mark.only("sqlite")
async def test_another_site_changes_nothing_nor_does_whoever_is_signed_out(browser: Browser, world: World) -> None:
    buy = buying(world)
    async with browser(origin="https://evil.example") as client:
        as_one(client, world.cast.ana)
        for headers in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
            answer = await client.post("/operations", json=buy, headers=headers)
            assert (answer.status_code, answer.json()["type"]) == (403, "urn:bulq:error:cross_site")
    async with browser() as client:
        assert (await client.post("/operations", json=buy)).status_code == 401
        as_one(client, world.cast.eva)
        assert (await client.post("/operations", json=buy)).status_code == 404
        assert (await client.post("/operations", json=buy | {"user": str(world.cast.ana.id)})).status_code == 409
    assert bought() == []


BODIES = [
    (b"", "application/json", 422),
    (b"{" * 5000, "application/json", 422),
    (b"x" * 70_000, "application/json", 413),
    (json.dumps(operation("write_note", note="x" * 60_000)).encode(), "application/json", 422),
    (json.dumps(operation("no_such_thing")).encode(), "application/json", 404),
    (json.dumps(operation("set_ready", run_id=str(uuid4()), ready="yes")).encode(), "application/json", 422),
    (json.dumps(operation("set_ready", run_id=str(uuid4()), ready=True)).encode(), "application/json", 404),
    (b'{"id": 1e400}', "application/json", 422),
    (b"{}", "text/plain", 415),
]


@pytest.mark.only("sqlite")
@pytest.mark.parametrize(("content", "kind", "status"), BODIES, ids=range(len(BODIES)))
async def test_what_no_page_sends_is_refused_briefly(
    browser: Browser, world: World, content: bytes, kind: str, status: int
) -> None:
    async with browser() as client:
        as_one(client, world.cast.ana)
        answer = await client.post("/operations", content=content, headers={"Content-Type": kind})

        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
        assert len(answer.content) < 500
    assert db.read_now(lambda session: session.scalars(select(Operation)).all()) == []


# The description


def body_schema() -> Any:
    described = api.openapi()["paths"]["/api/v1/operations"]["post"]["requestBody"]
    return described["content"]["application/json"]["schema"]


def references(schema: Any) -> Iterator[str]:
    for key, value in schema.items() if isinstance(schema, dict) else enumerate(schema):
        if key == "$ref":
            yield value
        elif isinstance(value, dict | list):
            yield from references(value)


def test_whatever_the_description_refers_to_is_there() -> None:
    components = api.openapi()["components"]["schemas"]

    assert {reference.removeprefix(REF) for reference in references(api.openapi())} <= components.keys()
    assert [each["properties"]["name"]["const"] for each in body_schema()["oneOf"]] == list(DOORS)


def test_no_two_shapes_of_the_description_have_one_name() -> None:
    components = api.openapi()["components"]["schemas"]
    schemas = [TypeAdapter(view.facts).json_schema(ref_template=REF + "{model}") for view in VIEWS]
    schemas += [door.needs.model_json_schema(ref_template=REF + "{model}") for door in DOORS.values()]

    for schema in schemas:
        for name, shape in schema.get("$defs", {}).items():
            assert components[name] == shape, f"{name} is two things"


def resolved(schema: Any) -> Any:
    if isinstance(schema, dict):
        if name := schema.get("$ref"):
            return resolved(api.openapi()["components"]["schemas"][name.removeprefix(REF)])
        return {key: resolved(value) for key, value in schema.items()}
    return [resolved(each) for each in schema] if isinstance(schema, list) else schema


def is_id(schema: Any) -> bool:
    return schema.get("format") == "uuid" or any(is_id(each) for each in schema.get("anyOf", ()))


def anything_like(schema: Any, ids: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """Values that fit what the description says of an argument."""
    if "anyOf" in schema:
        return st.one_of(*(anything_like(each, ids) for each in schema["anyOf"]))
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema.get("type"), schema.get("format"):
        case "string", "uuid":
            return ids
        case "string", "date":
            return st.dates().map(str)
        case "string", "date-time":
            return st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.isoformat())
        case "string", _:
            return st.text(st.characters(codec="utf-8"), max_size=60) | st.sampled_from(
                ["pack", "kg", "dark", "x" * 600]
            )
        case "integer", _:
            edges = (schema.get("minimum", -(2**62)), schema.get("maximum", 2**62))
            return st.sampled_from([0, 1, PACK, 3 * PACK, -1, *edges]) | st.integers(*edges)
        case "boolean", _:
            return st.booleans()
        case "array", _ if "prefixItems" in schema:
            return st.tuples(*(anything_like(each, ids) for each in schema["prefixItems"])).map(list)
        case "array", _:
            return st.lists(anything_like(schema["items"], ids), max_size=3)
        case "null", _:
            return st.none()
    raise ValueError(f"an argument of a new kind: {schema}")


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("name", sorted(DOORS))
def test_nothing_that_fits_the_description_makes_it_fail(browser: Browser, scene: Scene, name: str) -> None:
    """Ids are of what is there, mostly of a run in which the use case has its place."""
    world = scene(build)
    settings.bids_per_minute = settings.writes_per_minute = settings.api_per_minute = 100_000
    case = next(each for each in USE_CASES if each.function is DOORS[name].use_case)
    with db.reading() as session:
        ids = stage(session, world, case.phases[0]).ids
    shape = resolved(next(each for each in body_schema()["oneOf"] if each["title"] == name)["properties"]["arguments"])
    any_id = st.sampled_from([*map(str, ids.values()), str(world.runs[Phase.DISTRIBUTING]), str(uuid4())])

    def values(field: str, described: Any) -> st.SearchStrategy[Any]:
        right = ids.get(field.removesuffix("_id"))
        return st.just(str(right)) | any_id if right and is_id(described) else anything_like(described, any_id)

    drawn = {field: values(field, described) for field, described in shape["properties"].items()}
    needed = {field: each for field, each in drawn.items() if field in shape.get("required", ())}
    optional = {field: each for field, each in drawn.items() if field not in needed}
    token = db.write_now(accounts.start_session, getattr(world.cast, case.who).id, "tests", now=datetime.now(UTC))

    async def post(arguments: Any) -> int:
        async with browser() as client:
            client.cookies.set(cookie_name(), token)
            return (await client.post("/operations", json=operation(name, **arguments))).status_code

    @how(max_examples=20, deadline=None, database=None, suppress_health_check=PATIENT, phases=[Step.generate])
    @given(st.fixed_dictionaries(needed, optional=optional))
    def holds(arguments: Any) -> None:
        status = asyncio.run(post(arguments))
        assert status == 200 or 400 <= status < 500, arguments

    holds()
