"""What looking after products, stores and tags looks like: tables, dialogs to edit and delete, vouching for many."""

from __future__ import annotations

from typing import Any

import reflex as rx

from bulq.components.buttons import button, glyph, link_button
from bulq.components.fields import select_field, text_field
from bulq.components.overlays import form_dialog, menu, menu_item, question
from bulq.components.surfaces import alert, chip
from bulq.components.table import Column, Filter, data_table
from bulq.components.texts import Text, t
from bulq.pages.admin.frame import admin_frame
from bulq.pages.product.fields import TAG_KINDS, content_fields, goods_fields
from bulq.state.admin.products import AdminProductsState, ProductRow
from bulq.state.admin.stores import AdminStoresState, StoreRow
from bulq.state.admin.tags import AdminTagsState, TagRow


def admin_products_page() -> rx.Component:
    S = AdminProductsState
    return _page(
        S,
        "products",
        [
            Column(t("admin_products.name"), _product_name, "name"),
            Column(t("admin_products.counted"), lambda row: row.counted),
            Column(t("product.barcode"), lambda row: _or_dash(row.barcode)),
            Column(t("curate.added_by"), lambda row: row.created_by, "created"),
            Column(t("curate.checked"), _checked),
        ],
        search=t("admin_products.search"),
        filters=[_which(t("admin_products.which"), ("no_barcode", t("admin_products.no_barcode")))],
        fields=[
            goods_fields(S),
            _text(S, "barcode", t("product.barcode"), optional=True, input_mode="numeric"),
            content_fields(S.content, S.set_content, S.content_unit, S.set_content_unit, S.errors),
        ],
    )


def admin_stores_page() -> rx.Component:
    S = AdminStoresState
    return _page(
        S,
        "stores",
        [
            Column(t("admin_stores.name"), _store_name, "name"),
            Column(t("admin_stores.chain"), lambda row: _or_dash(row.chain), "chain"),
            Column(t("curate.added_by"), lambda row: row.created_by, "created"),
            Column(t("curate.checked"), _checked),
        ],
        search=t("admin_stores.search"),
        filters=[_which(t("admin_stores.which"))],
        fields=[
            _text(S, "name", t("admin_stores.name"), error=S.errors["store"]),
            _text(S, "chain", t("admin_stores.chain"), optional=True),
            _text(S, "address", t("admin_stores.address"), optional=True),
        ],
    )


def admin_tags_page() -> rx.Component:
    S = AdminTagsState
    return _page(
        S,
        "tags",
        [
            Column(t("admin_tags.name"), lambda row: rx.el.b(row.name), "name"),
            Column(t("admin_tags.kind"), lambda row: t(rx.Var.create("admin_tags.kinds.").to(str) + row.kind), "kind"),
            Column(t("admin_tags.products"), lambda row: row.products, "products", numeric=True),
            Column(t("curate.added_by"), lambda row: row.created_by, "created"),
            Column(t("curate.checked"), _checked),
        ],
        search=t("admin_tags.search"),
        filters=[
            _which(t("admin_tags.which")),
            Filter("kind", t("admin_tags.kind"), [("", t("admin_tags.all_kinds")), *TAG_KINDS]),
        ],
        fields=[
            _text(S, "name", t("admin_tags.name")),
            select_field(
                t("admin_tags.kind"), TAG_KINDS, name="kind", value=S.kind, on_change=S.set_kind, error=S.errors["kind"]
            ),
        ],
    )


def _page(
    of: Any,
    what: str,
    columns: list[Column],
    *,
    search: Text,
    filters: list[Filter],
    fields: list[rx.Component],
) -> rx.Component:
    merge = f"/admin/{what}/merge"
    both = button(t("curate.merge_two"), icon="merge", small=True, on_click=of.merge_chosen)
    many = [
        button(t("curate.verify"), icon="badge-check", small=True, on_click=of.vouch_all("verify")),
        button(t("curate.unverify"), icon="badge-x", small=True, on_click=of.vouch_all("unverify")),
        rx.cond(of.chosen.length() == 2, both, rx.fragment()),
    ]
    return admin_frame(
        data_table(
            of,
            t(f"admin.frame.{what}"),
            columns,
            search=search,
            filters=filters,
            row_actions=lambda row: _actions(of, row, merge),
            many=many,
        ),
        _edit(of, fields),
        _delete(of),
        title=t(f"admin.frame.{what}"),
        here=f"/admin/{what}",
        actions=link_button(t("curate.duplicates"), merge, icon="merge"),
        on_undo=of.undo,
        on_wake=of.catch_up,
    )


def _which(label: Text, *more: tuple[str, Text]) -> Filter:
    return Filter(
        "which",
        label,
        [
            ("", t("curate.all")),
            ("unverified", t("curate.only_unverified")),
            ("verified", t("curate.only_verified")),
            ("unused", t("curate.only_unused")),
            *more,
        ],
    )


def _product_name(row: ProductRow) -> rx.Component:
    detail = rx.cond(row.holds != "", rx.cond(row.brand != "", f"{row.brand} · {row.holds}", row.holds), row.brand)
    return _named(row.name, detail, row.used)


def _store_name(row: StoreRow) -> rx.Component:
    return _named(row.name, row.address, row.used)


def _or_dash(value: rx.Var[str]) -> rx.Var[str]:
    return rx.cond(value != "", value, "–")


def _named(name: Text, detail: Text, used: Any) -> rx.Component:
    return rx.el.span(
        rx.el.span(
            rx.el.b(name, class_name="min-w-0"),
            rx.cond(used, rx.fragment(), chip(t("curate.unused"))),
            class_name="flex flex-wrap items-center gap-x-2 gap-y-0.5",
        ),
        rx.cond(detail != "", rx.el.span(detail, class_name="block text-muted text-[13px]"), rx.fragment()),
        class_name="block min-w-0",
    )


def _checked(row: ProductRow | StoreRow | TagRow) -> rx.Component:
    by = rx.el.span(glyph("badge-check"), rx.el.span(row.checked), class_name="inline-flex items-center gap-1.5")
    return rx.cond(row.checked != "", by, rx.el.span(t("curate.not_checked"), class_name="text-muted"))


def _actions(of: Any, row: Any, merge: str) -> rx.Component:
    vouch = rx.cond(
        row.checked != "",
        menu_item(t("curate.unverify"), icon="badge-x", on_click=of.vouch("unverify", row.id)),
        menu_item(t("curate.verify"), icon="badge-check", on_click=of.vouch("verify", row.id)),
    )
    into = rx.redirect(rx.Var.create(f"{merge}?duplicate=").to(str) + row.id.to(str))
    return menu(
        t("admin.table.more", name=row.name),
        vouch,
        menu_item(t("curate.edit"), icon="pencil", on_click=of.ask("edit", row.id)),
        menu_item(t("curate.merge"), icon="merge", on_click=into),
        menu_item(t("curate.delete"), icon="trash-2", danger=True, on_click=of.ask("delete", row.id)),
        icon="ellipsis",
        icon_only=True,
    )


def _edit(of: Any, fields: list[rx.Component]) -> rx.Component:
    return form_dialog(
        t("curate.edit_title", name=of.about),
        alert(of.alert),
        *fields,
        send=t("manage.save"),
        back=t("manage.keep"),
        open=of.dialog == "edit",
        on_submit=of.save,
        on_close=of.close,
    )


def _delete(of: Any) -> rx.Component:
    return question(
        t("curate.delete_title", name=of.about),
        alert(of.alert),
        rx.el.p(t("curate.delete_detail"), class_name="text-muted"),
        yes=t("curate.delete"),
        no=t("manage.keep"),
        open=of.dialog == "delete",
        on_yes=of.delete,
        on_close=of.close,
    )


def _text(of: Any, name: str, label: Text, *, error: Any = None, **props: Any) -> rx.Component:
    return text_field(
        label,
        name=name,
        value=getattr(of, name),
        on_change=getattr(of, f"set_{name}"),
        error=of.errors[name] if error is None else error,
        auto_complete="off",
        **props,
    )
