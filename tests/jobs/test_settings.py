"""Settings of backups: a wrong one is refused by name, and no secret is said."""

from __future__ import annotations

import pytest

from bulq.config import WrongSettings, load
from bulq.jobs.vault import keys
from tests.jobs.conftest import KEY, OTHER_KEY


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BULQ_BACKUP_TARGET", "/backups"),
        ("BULQ_BACKUP_TARGET", "s3://"),
        ("BULQ_BACKUP_TARGET", "ftp://host/backups"),
        ("BULQ_BACKUP_KEY", "c2VjcmV0"),
        ("BULQ_BACKUP_KEY", f"{KEY},{OTHER_KEY}"),
        ("BULQ_BACKUP_KEY", "c2VjcmV0 is no base64"),
        ("BULQ_BACKUP_OLD_KEYS", f"{KEY},c2VjcmV0"),
        ("BULQ_BACKUP_HOUR", "24"),
        ("BULQ_JOBS", "maybe"),
        ("BULQ_SMTP_URL", "mail://ana:c2VjcmV0@host"),
        ("BULQ_ALERT_WEBHOOK", "c2VjcmV0"),
        ("BULQ_ALERT_EMAIL", "ana@bulq.test\nBcc: c2VjcmV0@bulq.test"),
    ],
)
def test_a_wrong_one_is_refused_by_the_name_of_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(WrongSettings) as refusal:
        load()

    assert f"  {name}: " in str(refusal.value) and "c2VjcmV0" not in str(refusal.value)


def test_keys_may_be_exchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BULQ_BACKUP_KEY", KEY)
    monkeypatch.setenv("BULQ_BACKUP_OLD_KEYS", f"{OTHER_KEY}, {KEY}")
    monkeypatch.setattr("bulq.jobs.vault.settings", load())

    assert keys() == [KEY, OTHER_KEY, KEY]
    assert KEY not in repr(load())
