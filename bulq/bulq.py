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
from bulq.pages.admin_audit import admin_audit_page
from bulq.pages.admin_catalogue import admin_products_page, admin_stores_page, admin_tags_page
from bulq.pages.admin_catalogue_file import admin_catalogue_page
from bulq.pages.admin_dashboard import admin_dashboard_page
from bulq.pages.admin_groups import admin_group_page, admin_groups_page
from bulq.pages.admin_settings import admin_settings_page
from bulq.pages.admin_users import admin_users_page
from bulq.pages.group.invite import invite_page
from bulq.pages.group.manage import manage_page
from bulq.pages.group.page import group_page
from bulq.pages.home.page import home_page
from bulq.pages.layout import not_found_page
from bulq.pages.login import login_page
from bulq.pages.merge import merge_products_page, merge_stores_page, merge_tags_page, merge_users_page
from bulq.pages.notifications.page import notifications_page
from bulq.pages.product.page import product_page
from bulq.pages.profile import profile_page
from bulq.pages.register import register_page
from bulq.pages.reset import reset_page
from bulq.pages.run.page import run_page
from bulq.pages.scan import scan_page
from bulq.pages.search import ON_LOAD as SEARCH_ON_LOAD
from bulq.pages.search import search_page
from bulq.pages.shopping.page import shopping_page
from bulq.pages.store.page import store_page
from bulq.pages.store_list import store_list_page
from bulq.pages.styleguide import styleguide_page
from bulq.sockets import LARGEST, Sockets
from bulq.state.admin_dashboard import DashboardState
from bulq.state.admin_groups import AdminGroupsState, AdminGroupState
from bulq.state.admin_products import AdminProductsState
from bulq.state.admin_settings import AdminSettingsState
from bulq.state.admin_stores import AdminStoresState
from bulq.state.admin_tags import AdminTagsState
from bulq.state.admin_users import UsersState
from bulq.state.audit import AuditState
from bulq.state.auth import AuthState, person_at
from bulq.state.catalogue_file import CatalogueFileState
from bulq.state.merging import MergeProductsState, MergeStoresState, MergeTagsState, MergeUsersState
from bulq.state.profile import ProfileState
from bulq.state.refusals import event_of, refused
from bulq.state.scan import ScanState
from bulq.state.sliding import keep_sliding
from bulq.state.store_list import StoreListState
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

# Page, address, title in the tab, what loads it. Everything but the first three, an invitation and a link for a new
# password needs a session.
PAGES = (
    (login_page, "/login", "Log in", []),
    (register_page, "/register", "Create an account", []),
    (not_found_page, "404", "Not found", [AuthState.glance]),
    (invite_page, "/invite/[token]", "Invitation", [AuthState.glance]),
    (home_page, "/", "Home", [AuthState.load]),
    (group_page, "/groups/[group_id]", "Group", [AuthState.load]),
    (manage_page, "/groups/[group_id]/manage", "Manage group", [AuthState.load]),
    (run_page, "/runs/[run_id]", "Run", [AuthState.load]),
    (shopping_page, "/runs/[run_id]/shopping", "Shopping", [AuthState.load]),
    (product_page, "/products/[product_id]", "Product", [AuthState.load]),
    (store_page, "/stores/[store_id]", "Store", [AuthState.load]),
    (store_list_page, "/stores/[store_id]/list", "Import a price list", [AuthState.load, StoreListState.open]),
    (scan_page, "/scan", "Scan a barcode", [AuthState.load, ScanState.open]),
    (notifications_page, "/notifications", "Notifications", [AuthState.load]),
    (profile_page, "/profile", "Profile", [AuthState.load, ProfileState.open]),
    (search_page, "/search", "Search", SEARCH_ON_LOAD),
    (reset_page, "/reset/[token]", "New password", []),
    (admin_dashboard_page, "/admin", "Administration", [AuthState.load, DashboardState.open]),
    (admin_users_page, "/admin/users", "Users", [AuthState.load, UsersState.open]),
    (merge_users_page, "/admin/users/merge", "Merge accounts", [AuthState.load, MergeUsersState.open]),
    (admin_products_page, "/admin/products", "Products", [AuthState.load, AdminProductsState.open]),
    (merge_products_page, "/admin/products/merge", "Merge products", [AuthState.load, MergeProductsState.open]),
    (admin_stores_page, "/admin/stores", "Stores", [AuthState.load, AdminStoresState.open]),
    (merge_stores_page, "/admin/stores/merge", "Merge stores", [AuthState.load, MergeStoresState.open]),
    (admin_tags_page, "/admin/tags", "Tags", [AuthState.load, AdminTagsState.open]),
    (merge_tags_page, "/admin/tags/merge", "Merge tags", [AuthState.load, MergeTagsState.open]),
    (admin_groups_page, "/admin/groups", "Groups", [AuthState.load, AdminGroupsState.open]),
    (admin_group_page, "/admin/groups/[group_id]", "Group", [AuthState.load, AdminGroupState.open]),
    (admin_settings_page, "/admin/settings", "Settings", [AuthState.load, AdminSettingsState.open]),
    (admin_catalogue_page, "/admin/catalogue", "Import and export", [AuthState.load, CatalogueFileState.open]),
    (admin_audit_page, "/admin/audit", "Audit log", [AuthState.load, AuditState.open]),
)
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
