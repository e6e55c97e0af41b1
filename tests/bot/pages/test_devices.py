"""From where pages begin attempts; on SQLite, since what is kept in SQL is the same everywhere."""

from __future__ import annotations

import pytest
from flask import Flask
from phone import ADDRESS, Phone
from sqlalchemy import select

from campaigns import tables
from campaigns.store import Store
from campaigns.tables import AttemptOrigin
from wsgi import TrustedProxies

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)


def origins(store: Store) -> list[AttemptOrigin]:
    with store.reading() as session:
        found = list(session.scalars(select(AttemptOrigin).order_by(AttemptOrigin.attempt_id)))
        session.expunge_all()
        return found


def forget_person(phone: Phone) -> None:
    """What unbinding, or another person's link, does to a browser's cookie."""
    phone.client.delete_cookie("lvda_h5", domain="quiz.example.gov.cn", path="/q/")


def test_an_attempt_keeps_its_network_and_a_device_that_outlives_its_person(
    app: Flask, phone: Phone, store: Store
) -> None:
    phone.open("/q/week")
    assert phone.client.get_cookie("lvda_device", domain="quiz.example.gov.cn", path="/q/") is None
    phone.begin("/q/week")
    cookie = phone.client.get_cookie("lvda_device", domain="quiz.example.gov.cn", path="/q/")
    assert cookie is not None
    assert cookie.max_age == 180 * 86_400, "as the page about personal data says"
    assert (cookie.http_only, cookie.secure, cookie.same_site) == (True, True, "Lax")
    forget_person(phone)
    phone.begin("/q/week")
    Phone(app).begin("/q/week")
    first, second, other = origins(store)
    assert first.network == "127.0.0.0/24"
    assert first.device_hash == second.device_hash != other.device_hash
    assert len(first.device_hash) == len(first.address_hash) == 64
    assert "127.0.0.1" not in (first.address_hash, first.device_hash)
    with store.reading() as session:
        begun = session.scalars(select(tables.Attempt.begun_ms).order_by(tables.Attempt.id)).all()
        assert len(set(session.scalars(select(tables.Attempt.person_id)))) == 3
    assert [one.begun_ms for one in (first, second, other)] == begun


def test_a_device_that_is_not_ours_is_a_new_one(phone: Phone, store: Store) -> None:
    phone.client.set_cookie("lvda_device", "forged", domain="quiz.example.gov.cn", path="/q/")
    phone.begin("/q/week")
    kept = phone.client.get_cookie("lvda_device", domain="quiz.example.gov.cn", path="/q/")
    assert kept is not None
    assert kept.value != "forged"
    assert origins(store)[0].device_hash


@pytest.mark.parametrize(("trusted", "network"), [(("127.0.0.0/8",), "203.0.113.0/24"), ((), "127.0.0.0/24")])
def test_a_forwarded_address_counts_where_its_proxy_is_trusted(
    app: Flask, phone: Phone, store: Store, trusted: tuple[str, ...], network: str
) -> None:
    if trusted:
        app.wsgi_app = TrustedProxies(app.wsgi_app, trusted)  # type: ignore[method-assign]
    form = phone.open("/q/week").form
    phone.client.post(form.action, data=form.fields, base_url=ADDRESS, headers={"X-Forwarded-For": "203.0.113.8"})
    assert [one.network for one in origins(store)] == [network]
