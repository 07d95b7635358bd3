"""What each view depends on: the topics under which a change of what it shows is announced.

Whoever shows a view watches its topics, and reads it again when one of them is announced.
tests/services/test_topics.py compares them with what every use case changes.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from bulq.changes import CATALOGUE, STORES, group, product, run, store, user

Id = UUID | str


def header_topics(viewer_id: Id) -> frozenset[str]:
    """Also of whether the viewer is signed in at all, on which every page of theirs depends."""
    return frozenset({user(viewer_id)})


def run_topics(run_id: Id, group_id: Id) -> frozenset[str]:
    """Of a run's page, its shopping list, its statements and what its dialogs ask."""
    return frozenset({run(run_id), group(group_id), STORES})


def run_tags_topics(run_id: Id, group_id: Id) -> frozenset[str]:
    return run_topics(run_id, group_id) | {CATALOGUE}


def group_topics(group_id: Id) -> frozenset[str]:
    """Of a group's page and of where it is looked after."""
    return frozenset({group(group_id), STORES})


def own_topics(viewer_id: Id, group_ids: Collection[Id]) -> frozenset[str]:
    """Of what brings together all groups of the viewer: home, notifications, profile."""
    return frozenset({user(viewer_id), STORES, *map(group, group_ids)})


def product_topics(product_id: Id, viewer_id: Id) -> frozenset[str]:
    """Of a product's page, with its tags and other names."""
    return frozenset({product(product_id), user(viewer_id), CATALOGUE, STORES})


def store_topics(store_id: Id, viewer_id: Id, group_ids: Collection[Id]) -> frozenset[str]:
    """Of a store's page, which shows the runs that the viewer's groups make to it."""
    return own_topics(viewer_id, group_ids) | {store(store_id), CATALOGUE}


def payment_code_topics(group_id: Id, payee_id: Id, viewer_id: Id) -> frozenset[str]:
    """Of how the viewer pays somebody: what both owe in the group, and where the payee wants to be paid."""
    return frozenset({group(group_id), user(payee_id), user(viewer_id)})
