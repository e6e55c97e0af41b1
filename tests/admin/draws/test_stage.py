from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from sqlalchemy import update
from visitors import Visitor

from campaigns import tables
from campaigns.draws.screens import screen_policy
from campaigns.staff import Role
from campaigns.store import Store


def test_the_screen_brings_its_own_policy(held_id: str, owner: Visitor, app: Flask) -> None:
    response = owner.client.get(f"/admin/draws/{held_id}/screen")
    assert response.headers["Content-Security-Policy"] == f"{screen_policy()}; frame-ancestors 'none'"
    assert "unsafe" not in screen_policy()
    assert response.headers["Cache-Control"] == "no-store"


def test_it_is_taken_away_as_a_file(held_id: str, owner: Visitor) -> None:
    response = owner.client.get(f"/admin/draws/{held_id}/screen?download=1")
    assert response.headers["Content-Disposition"] == f'attachment; filename="screen-{held_id}.html"'
    assert response.text == owner.client.get(f"/admin/draws/{held_id}/screen").text


def test_a_list_that_was_changed_is_told_in_a_sentence(held_id: str, finished: Store, owner: Visitor) -> None:
    with finished.transaction() as session:
        session.execute(update(tables.Draw).values(entrants=b"ffffffffffffffff\t-\t1\n"))
    assert "与公布的哈希不符" in owner.get(f"/admin/draws/{held_id}/screen", 422)


def test_full_names_are_for_those_who_may_see_them(
    held_id: str, finished: Store, owner: Visitor, signed_in: Callable[[Role], Visitor]
) -> None:
    address, viewer = f"/admin/draws/{held_id}/screen", signed_in(Role.VIEWER)
    for visitor in (owner, viewer):
        assert "张晓明" not in visitor.client.get(address).text
        assert "张*明" in visitor.client.get(address).text
    assert "张晓明" in owner.client.get(f"{address}?names=full").text
    viewer.get(f"{address}?names=full", 403)
    signed_in(Role.EDITOR).get(address, 403)
