"""What holds for every use case: it works for who may, and for nobody else, in no other phase and with no other id."""

import importlib
import inspect
import pkgutil
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlmodel import col

from bulq import services
from bulq.domain.errors import Conflict, Forbidden, NotFound
from bulq.domain.phases import Phase
from bulq.models import User
from bulq.models.base import new_id
from bulq.services.catalogue_import import preview_catalogue
from tests.cast import NOW, World, item_of, remove
from tests.services.use_cases import USE_CASES, Stage, UseCase, stage


def ids(case: object) -> str:
    return case.name if isinstance(case, UseCase) else str(case)


def ready(session: Session, world: World, case: UseCase, phase: Phase) -> Stage:
    at = stage(session, world, phase)
    if case.before:
        case.before(at)
    return at


def person(world: World, name: str):
    return getattr(world.cast, name)


RIGHT = [(case, phase) for case in USE_CASES for phase in (case.phases if case.in_run else (Phase.SHOPPING,))]
WRONG = [(case, phase) for case in USE_CASES if case.in_run for phase in Phase if phase not in case.phases]
LIMITED = [case for case in USE_CASES if case.but_not]
ADMINS = [case for case in USE_CASES if case.who == "ada" and case.function is not preview_catalogue]
IN_GROUP = [case for case in USE_CASES if case.in_group]
WITH_IDS = [(case, name) for case in USE_CASES for name in case.ids]

FOREIGN = ("group", "run", "item", "user", "payer")


def home_of(case: UseCase) -> Phase:
    return case.phases[0] if case.in_run else Phase.SHOPPING


def test_every_use_case_is_listed() -> None:
    modules = [
        importlib.import_module(f"bulq.services.{found.name}") for found in pkgutil.iter_modules(services.__path__)
    ]
    functions = [
        function
        for module in modules
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    ]

    acted_in = {function for function in functions if list(inspect.signature(function).parameters)[1:2] == ["actor"]}

    assert acted_in == {case.function for case in USE_CASES}


@pytest.mark.parametrize(("case", "phase"), RIGHT, ids=ids)
def test_it_works_for_who_may(session: Session, world: World, case: UseCase, phase: Phase) -> None:
    at = ready(session, world, case, phase)

    case.call(at, person(world, case.who))

    session.flush()


@pytest.mark.parametrize(("case", "phase"), WRONG, ids=ids)
def test_no_other_phase_has_room_for_it(session: Session, world: World, case: UseCase, phase: Phase) -> None:
    at = ready(session, world, case, phase)

    with pytest.raises((Conflict, Forbidden)) as refusal:
        case.call(at, person(world, case.who))

    # A run that has ended has no helpers of its own and asks nobody any more: that may be noticed first.
    assert refusal.value.key in ("wrong_phase", "helper_only", "nobody_asked", "not_allowed")
    assert refusal.value.key == "wrong_phase" or phase in (Phase.COMPLETED, Phase.CANCELLED)


@pytest.mark.parametrize("case", LIMITED, ids=ids)
def test_a_member_without_the_right_may_not(session: Session, world: World, case: UseCase) -> None:
    at = ready(session, world, case, home_of(case))

    with pytest.raises((Forbidden, NotFound)) as refusal:
        case.call(at, person(world, case.but_not or ""))

    assert isinstance(refusal.value, Forbidden) == case.in_group


@pytest.mark.parametrize("case", IN_GROUP, ids=ids)
def test_for_an_outsider_there_is_nothing(session: Session, world: World, case: UseCase) -> None:
    at = ready(session, world, case, home_of(case))

    with pytest.raises(NotFound) as refusal:
        case.call(at, world.cast.eva)

    assert refusal.value.key == "not_found"


@pytest.mark.parametrize("case", IN_GROUP, ids=ids)
def test_for_who_was_removed_there_is_nothing_any_more(session: Session, world: World, case: UseCase) -> None:
    at = ready(session, world, case, home_of(case))
    who = person(world, case.who)
    remove(session, world.cast, who)

    with pytest.raises(NotFound):
        case.call(at, who)


@pytest.mark.parametrize("case", ADMINS, ids=ids)
@pytest.mark.parametrize("taken", [{"is_admin": False}, {"locked_at": NOW}], ids=["demoted", "locked"])
def test_m1_for_an_admin_whose_right_was_taken_meanwhile_there_is_nothing(
    session: Session, world: World, case: UseCase, taken: dict[str, Any]
) -> None:
    """M1: Only admins get in, page and action."""
    at = ready(session, world, case, home_of(case))
    session.execute(update(User).where(col(User.id) == world.cast.ada.id).values(**taken))

    with pytest.raises(NotFound) as refusal:
        case.call(at, world.cast.ada)

    assert refusal.value.key == "not_found"


@pytest.mark.parametrize(("case", "name"), WITH_IDS, ids=ids)
def test_an_id_that_does_not_exist_is_not_found(session: Session, world: World, case: UseCase, name: str) -> None:
    at = ready(session, world, case, home_of(case))
    at.ids[name] = new_id()

    with pytest.raises(NotFound) as refusal:
        case.call(at, person(world, case.who))

    assert refusal.value.key == "not_found"


@pytest.mark.parametrize(("case", "name"), [pair for pair in WITH_IDS if pair[1] in FOREIGN], ids=ids)
def test_what_belongs_to_others_is_not_found(session: Session, world: World, case: UseCase, name: str) -> None:
    evas, run_id = world.evas, world.evas_runs[Phase.SHOPPING]
    foreign = {
        "group": evas.group_id,
        "run": run_id,
        "item": item_of(session, run_id, evas.rice),
        "user": evas.bojan.id,
        "payer": evas.bojan.id,
    }
    at = ready(session, world, case, home_of(case))
    at.ids[name] = foreign[name]

    with pytest.raises(NotFound) as refusal:
        case.call(at, person(world, case.who))

    assert refusal.value.key == "not_found"


@pytest.mark.parametrize(("case", "name"), [pair for pair in WITH_IDS if pair[1] == "item"], ids=ids)
def test_the_item_of_another_run_of_the_group_is_not_found(
    session: Session, world: World, case: UseCase, name: str
) -> None:
    at = ready(session, world, case, home_of(case))
    other = Phase.DISTRIBUTING if at.phase is Phase.COMPLETED else Phase.COMPLETED
    at.ids[name] = item_of(session, world.runs[other], world.cast.rice)

    with pytest.raises(NotFound):
        case.call(at, person(world, case.who))
