"""Every component in every state, for those who build pages; only in development."""

import reflex as rx

from bulq.components.buttons import Look, button, copy_button, icon_button, link, link_button
from bulq.components.choices import checkbox, radio_group, switch
from bulq.components.combobox import combobox
from bulq.components.fields import select_field, text_area, text_field
from bulq.components.frame import theme
from bulq.components.operation_forms import form_password
from bulq.components.overlays import dialog, dialog_actions, menu, menu_item
from bulq.components.phases import phase_chip, phase_steps
from bulq.components.share import share_button
from bulq.components.stepper import stepper
from bulq.components.surfaces import (
    Tone,
    avatar,
    card,
    chip,
    empty_state,
    kv,
    notice,
    pager,
    pill,
    progress,
    skeleton_rows,
)
from bulq.components.texts import t
from bulq.components.times import countdown, time_ago
from bulq.pages.layout import missing, page_frame
from bulq.state.options import Option
from bulq.state.toasts import toast

LOOKS: tuple[Look, ...] = ("primary", "ghost", "soft", "plain", "danger")
TONES: tuple[Tone, ...] = ("plain", "good", "warn", "bad", "info")
PHASES = ("planning", "active", "confirmed", "shopping", "adjusting", "distributing", "completed", "cancelled")
GOODS = ("Basmati rice 5 kg", "Tomatoes", "Dishwasher tablets 120", "Olive oil 3 L", "Oat milk 1 L", "Ајвар 720 g")
COUNTS = (0, 1, 2, 5)


class StyleguideState(rx.State):
    """A stand-in for pages: remembers what was done."""

    open: str = ""
    said: str = "nothing yet"
    amount: int = 2000
    kilos: int = 1500
    revision: int = 0
    found: list[Option] = []
    query: str = ""
    on: bool = True
    theme: str = ""
    page: int = 2
    returns: int = 0
    counts: list[int] = list(COUNTS)

    @rx.event
    async def show(self, which: str):
        self.open = which

    @rx.event
    async def say(self, what: str):
        self.said = what

    @rx.event
    async def take(self, quantity: str):
        self.said = f"quantity {quantity}"
        try:
            self.amount = round(float(quantity.replace(",", ".")) * 1000)
        except ValueError:
            self.revision += 1
            return toast(f"“{quantity}” is not a quantity", "error")

    @rx.event
    async def weigh(self, quantity: str):
        self.said = f"refused {quantity}"
        self.revision += 1
        return toast("Only 1.5 kg were left", "error")

    @rx.event
    async def search(self, text: str):
        self.query = text
        names = [name for name in GOODS if text.lower() in name.lower()]
        self.found = [Option(name, name, "799.00") for name in names]

    @rx.event
    async def flip(self, on: bool):
        self.on = on

    @rx.event
    async def turn(self, step: int):
        self.page = min(9, max(1, self.page + step))

    @rx.event
    async def choose_theme(self, theme: str):
        self.theme = theme

    @rx.event
    async def tell(self):
        return toast("Bid on Tomatoes retracted", undo="tomatoes")

    @rx.event
    async def warn(self):
        return toast("Bidding is closed", "error")

    @rx.event
    async def undo(self, what: str):
        self.said = f"undone {what}"

    @rx.event
    async def came_back(self):
        self.returns += 1


S = StyleguideState


def styleguide_page() -> rx.Component:
    return page_frame(
        phase_steps("active"),
        rx.el.div(
            rx.el.div(_buttons(), _fields(), _choosing(), _rows(), _nothing(), class_name="grid gap-4"),
            rx.el.aside(_part(), _marks(), _times(), _messages(), _phases()),
            class_name="cols mt-5",
        ),
        _dialogs(),
        theme(S.theme),
        title="Metro Cash & Carry",
        for_all=True,
        crumb=[("Liman neighbours", "/"), ("Metro, 28 Nov", "/styleguide")],
        beside=rx.fragment(phase_chip("active"), rx.el.span("Shopping Sat 28 Nov", class_name="text-muted")),
        actions=_menu(),
        foot=rx.fragment(
            rx.el.div(rx.el.div("Your part, estimated", class_name="text-muted text-sm"), rx.el.b("RSD 3,947.00")),
            button("I'm ready", look="primary"),
        ),
        on_undo=S.undo,
        on_wake=S.came_back,
    )


def _menu() -> rx.Component:
    return menu(
        "Manage run",
        menu_item("Edit run", icon="pencil", on_click=S.show("dialog")),
        menu_item("Helpers", icon="users", on_click=S.say("helpers")),
        menu_item("Hand over", icon="arrow-right-left", on_click=S.say("hand over"), disabled=True),
        menu_item("Cancel run", icon="ban", on_click=S.show("sheet"), danger=True),
    )


def _buttons() -> rx.Component:
    rows = [
        rx.el.div(
            *[button(look.capitalize(), look=look) for look in LOOKS],
            *[button(f"Small {look}", look=look, small=True) for look in LOOKS],
            *[button(f"Busy {look}", look=look, busy=S.on, on_click=S.say("busy")) for look in LOOKS],
            *[button(f"Off {look}", look=look, disabled=True) for look in LOOKS],
            class_name="flex flex-wrap gap-2",
        ),
        rx.el.div(
            button("With icon", icon="shopping-cart", look="primary"),
            link_button("Link button", "/login", icon="arrow-right"),
            icon_button("Edit note", "pencil"),
            icon_button("Off", "pencil", disabled=True),
            copy_button("Copy link", "http://localhost/invite/abc"),
            share_button("Share", title="Liman neighbours", url="/invite/abc"),
            link("A link", "/login"),
            class_name="flex flex-wrap items-center gap-2 mt-4",
        ),
    ]
    return card(*rows, title="Buttons", note=S.said)


def _fields() -> rx.Component:
    return card(
        rx.el.div(
            text_field("Group name", name="group", value=S.query, on_change=S.say, hint="Any script, 2 to 100 letters"),
            text_field("Store", name="store", value="M", error="At least 2 letters"),
            text_field("Shopping day", name="day", type="date", optional=True),
            select_field("Currency", [("RSD", "RSD, Serbian dinar"), ("EUR", "EUR, Euro")], name="currency"),
            form_password("Password", "password", auto_complete="off", hint="At least 10 characters"),
            text_field("Invite link", name="invite", value="http://localhost/invite/abc", read_only=True),
            text_field("Off", name="off", value="can't change", disabled=True),
            combobox(
                "Add a product",
                S.found,
                field_id="add",
                on_change=S.search,
                on_select=S.say,
                on_create=S.say,
                create="Create “{text}”",
                placeholder="Rice, oil, …",
            ),
            text_area("Note", name="note", placeholder="Ripe ones, please", class_name="wide:col-span-2"),
            class_name="grid gap-4 wide:grid-cols-2",
        ),
        title="Fields",
    )


def _choosing() -> rx.Component:
    themes = [("light", "Light"), ("dark", "Dark"), ("system", "System", "As this device is set")]
    return card(
        switch(
            "Joining open", checked=S.on, on_change=S.flip, field_id="joining", detail="Anyone with the link can join"
        ),
        switch("Switched off", checked=False, on_change=S.flip, field_id="never", disabled=True),
        checkbox("Rice picked up by Ana", checked=S.on, on_change=S.flip, field_id="picked"),
        checkbox("In a shop, with one thumb", checked=S.on, on_change=S.flip, field_id="bought", big=True),
        radio_group("Theme", themes, name="theme", value=S.theme, on_change=S.choose_theme),
        title="Choosing",
    )


def _row(name: str, brand: str, *control: rx.Component) -> rx.Component:
    return rx.el.article(
        rx.el.div(
            rx.el.b(name),
            " ",
            rx.el.span(brand, class_name="text-faint"),
            rx.el.div("799.00 · 159.80/kg", class_name="text-muted text-[13px] num"),
            rx.el.div(
                pill("Ana Marić", "2", mine=True),
                pill("Bojan", "4"),
                pill("Mila", "3"),
                class_name="flex flex-wrap gap-1.5 mt-2",
            ),
            class_name="min-w-0",
        ),
        *control,
        class_name="flex flex-wrap justify-between items-center gap-3 p-4 border-b border-line last:border-0",
    )


def _rows() -> rx.Component:
    return card(
        _row("Basmati rice 5 kg", "Daawat", stepper("Basmati rice", S.amount, on_quantity=S.take, revision=S.revision)),
        _row(
            "Tomatoes",
            "loose",
            stepper("Tomatoes", S.kilos, step=100, unit="kg", on_quantity=S.weigh, revision=S.revision),
        ),
        _row("Off", "", stepper("Olive oil", 0, on_quantity=S.take, disabled=True)),
        _row("Dishwasher tablets", "Finish", button("Bid", look="soft", name="Bid on Dishwasher tablets")),
        pager(S.page, 9, on_page=S.turn),
        title="Products",
        note="4 · est. RSD 19,452.00",
        action=button("New run", small=True, icon="plus"),
        padded=False,
    )


def _nothing() -> rx.Component:
    return rx.fragment(
        card(skeleton_rows(2), title="Loading", padded=False),
        card(empty_state("No runs yet", "Start one and tell the others.", action=button("New run", look="primary"))),
        card(missing()),
    )


def _part() -> rx.Component:
    return card(
        kv("Basmati rice 5 kg × 2", "1,598.00"),
        kv("Dishwasher tablets × 1", "2,349.00"),
        kv("Estimated", "RSD 3,947.00", total=True, data_statement="ana"),
        button("I'm ready", look="primary", class_name="w-full mt-3"),
        title="Your part",
    )


def _marks() -> rx.Component:
    return card(
        rx.el.div(*[chip(tone, tone) for tone in TONES], class_name="flex flex-wrap gap-2"),
        rx.el.div(
            avatar("Ana Marić"), avatar("Бојан Илић", big=True), avatar("", big=True), class_name="flex gap-2 my-3"
        ),
        rx.el.p("5 of 6", class_name="num"),
        progress("5 of 6", 5, 6),
        rx.foreach(S.counts, lambda count: rx.el.p(t("frame.unread", count=count), class_name="num")),
        title="Marks",
    )


def _times() -> rx.Component:
    return card(
        rx.el.p(
            "Bought ",
            time_ago("2026-01-05T10:00:00+01:00"),
            ", closes in ",
            countdown("2030-11-28T18:00:00Z", ended="closed"),
        ),
        rx.el.p("Bids ", countdown("2020-11-28T18:00:00Z", ended="closed")),
        rx.el.p("Reconnected: ", rx.el.span(S.returns, id="returns"), class_name="num"),
        title="Times",
    )


def _messages() -> rx.Component:
    return card(
        rx.el.div(
            button("Toast", on_click=S.tell),
            button("Error", on_click=S.warn),
            *[notice(f"A {tone} notice", tone) for tone in TONES[1:]],
            class_name="grid gap-2",
        ),
        title="Messages",
    )


def _phases() -> rx.Component:
    return card(rx.el.div(*[phase_chip(phase) for phase in PHASES], class_name="flex flex-wrap gap-2"), title="Phases")


def _dialogs() -> rx.Component:
    return rx.fragment(
        dialog(
            "New group",
            text_field("Group name", name="name", field_id="new-name"),
            select_field("Currency", [("RSD", "RSD"), ("EUR", "EUR")], name="money", field_id="new-currency"),
            dialog_actions(button("Not now", on_click=S.show("")), button("Create group", look="primary")),
            open=S.open == "dialog",
            on_close=S.show(""),
        ),
        dialog(
            "Cancel run?",
            rx.el.p("All four participants are told. This can't be undone.", class_name="text-muted"),
            text_area("Reason", name="reason", optional=True),
            dialog_actions(button("Keep it", on_click=S.show("")), button("Cancel run", look="danger")),
            open=S.open == "sheet",
            on_close=S.show(""),
        ),
    )
