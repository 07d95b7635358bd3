"""Assembles the app: pages, API, what runs beside them. Decides nothing."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal

import reflex as rx
from reflex.utils.exec import is_prod_mode

from bulq import alone, announcing, ending, events, log, looking, metrics, origins, rooms, wire
from bulq.api import api
from bulq.components.frame import loaded_early, reloaded_anew
from bulq.config import Environment, settings
from bulq.deep_links import DeepLinks
from bulq.headers import SecurityHeaders
from bulq.jobs.schedule import jobs_inside
from bulq.pages import PAGES
from bulq.pages.styleguide import styleguide_page
from bulq.sockets import LARGEST, Sockets
from bulq.state.auth import person_at
from bulq.state.refusals import event_of, refused
from bulq.state.sliding import keep_sliding
from bulq.watching import Watch, watch_databases

app = rx.App(
    stylesheets=["/bulq.css"],
    reset_style=False,
    toaster=None,
    api_transformer=[api, Sockets, SecurityHeaders, DeepLinks, Watch],
    backend_exception_handler=refused,
    frontend_exception_handler=events.page_failed,
    html_lang="en",
    head_components=[
        reloaded_anew(),
        loaded_early(),
        rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml"),
    ],
)
assert app.sio is not None
wire.send_by_orjson(app.sio)
app.sio.register_namespace(looking.Looking(rooms.here))
rooms.here.send_by(wire.sender(app.sio, looking.NAME))
sockets = app.sio.eio
# Reflex knows only lists of addresses, and takes an empty one for leave to all.
sockets.cors_allowed_origins = origins.socket_guard(any_port=not is_prod_mode())
sockets.max_http_buffer_size = LARGEST
# Reflex's own connection messages, for which connection_banner() stands in.
app.app_wraps.pop((5, "Overlay"))

for page, route, title, on_load in PAGES:
    app.add_page(page, route=route, title=f"{title} · Bulq", on_load=on_load)
if settings.env is not Environment.PRODUCTION:
    app.add_page(styleguide_page, route="/styleguide", title="Styleguide · Bulq")


def collect_garbage_rarely() -> None:
    """What is loaded by now stays until the process ends: the garbage collector need not walk through it again.

    With 500 viewers of one run, its walks were most of the time that the slowest of them waited for a bid.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


async def begin() -> None:
    """What each process does once, before it answers."""
    log.configure()
    collect_garbage_rarely()
    try:
        alone.hold(settings.database_url)
    except alone.InUse as reason:  # with `reflex run`; scripts/serve.py asks before it starts anything
        logging.getLogger(__name__).error("%s", reason)
        os.kill(os.getpid(), signal.SIGINT)
    watch_databases()
    events.Events(app, event_of, person_at).guard()
    metrics.count_sockets(app.event_namespace)
    ending.end_gently(sockets)


async def keep_rooms_up() -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(announcing.keep_up(rooms.here.heard))
        await rooms.here.keep_up()


async def do_jobs() -> None:
    await jobs_inside()


app.register_lifespan_task(begin)
app.register_lifespan_task(keep_rooms_up)
app.register_lifespan_task(do_jobs)
app.register_lifespan_task(keep_sliding)
