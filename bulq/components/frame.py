"""Small invisible parts of every page: language, title, theme, and what a reload means."""

from __future__ import annotations

import reflex as rx

from bulq.components.texts import Text

# Whoever reloads a page wants to begin anew: the server then takes the tab for another one. A browser that had put the
# page away and shows it again must not lose what was typed there.
_ANEW = """
try{if(performance.getEntriesByType("navigation")[0].type==="reload"&&!document.wasDiscarded)
sessionStorage.removeItem("token")}catch(e){}
"""

# A page begins with files that every page has. What only this one needs would wait for these, which takes seconds on a
# slow line: its own files, which React Router's manifest names, and its facts, which have the page's address.
_EARLY = """
(()=>{const path=location.pathname.replace(/\\/$/,"");
if(/^\\/(runs|groups|products|stores)\\/[^/]+(\\/shopping|\\/manage)?$/.test(path))
window.early={at:path.slice(1),answer:fetch("/api/v1"+path,{credentials:"same-origin"})};
const manifest=document.querySelector('link[rel=modulepreload][href*="/manifest-"]');
if(manifest)import(manifest.href).then(()=>{
const parts=path.split("/");
for(const route of Object.values(window.__reactRouterManifest.routes)){
const names=("/"+(route.path??"")).replace(/\\/$/,"").split("/");
if(names.length!==parts.length||!names.every((name,n)=>name===parts[n]||name.startsWith(":")))continue;
for(const href of [route.module,...route.imports]){
const link=document.createElement("link");link.rel="modulepreload";link.href=href;document.head.append(link)}}
}).catch(()=>{})})()
"""


class _PageTitle(rx.Component):
    library = "$/public/frame.js"
    tag = "PageTitle"

    title: rx.Var[str]


class _BarTitle(rx.Component):
    library = "$/public/frame.js"
    tag = "BarTitle"

    title: rx.Var[str]


class _Language(rx.Component):
    library = "$/public/i18n.js"
    tag = "Language"

    code: rx.Var[str]


class _Theme(rx.Component):
    library = "$/public/frame.js"
    tag = "Theme"

    mode: rx.Var[str]


class _Ways(rx.Component):
    library = "$/public/frame.js"
    tag = "Ways"


def ways() -> rx.Component:
    """Lets handlers lead to another page (goTo in assets/frame.js)."""
    return _Ways.create()


class _Seen(rx.Component):
    library = "$/public/notifications/seen.js"
    tag = "Seen"


def seen() -> rx.Component:
    """Marks what was told of a run as read while its page is in sight."""
    return _Seen.create()


class _SkipLink(rx.Component):
    library = "$/public/frame.js"
    tag = "SkipLink"


def skip_link(label: Text) -> rx.Component:
    """The first link of a page, seen while it has the focus."""
    return _SkipLink.create(label, class_name="skip")


class _LogInLink(rx.Component):
    library = "$/public/frame.js"
    tag = "LogInLink"


def log_in_link(label: Text, *, class_name: str) -> rx.Component:
    """Leads to the login, and from there back to this page."""
    return _LogInLink.create(label, class_name=class_name)


def page_title(title: Text) -> rx.Component:
    """Names the browser's tab after what the page shows."""
    return _PageTitle.create(title=title)


def bar_title(title: Text) -> rx.Component:
    """The page's heading once more in the bar, while the heading itself is scrolled away."""
    return _BarTitle.create(title=title)


def language(code: Text) -> rx.Component:
    """Switches the texts of the page to this language."""
    return _Language.create(code=code)


def theme(mode: Text) -> rx.Component:
    """Keeps "light", "dark" or "system" as chosen elsewhere; empty leaves what this browser has."""
    return _Theme.create(mode=mode)


def reloaded_anew() -> rx.Component:
    """For the head of the document."""
    return rx.el.script(_ANEW.replace("\n", ""))


def loaded_early() -> rx.Component:
    """For the head of the document."""
    return rx.el.script(_EARLY.replace("\n", ""))
