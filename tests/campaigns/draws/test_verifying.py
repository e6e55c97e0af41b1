from __future__ import annotations

import zipfile
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from zip_made import TAMPERINGS, in_json, packed, tampered, unpacked

from campaigns import draws
from campaigns.draws import AwardState
from campaigns.errors import Unverifiable


def test_an_honest_draw_holds(audit: bytes) -> None:
    verdict = draws.verify(audit)
    assert verdict.problems == ()
    assert (verdict.holds, verdict.held, verdict.count) == (True, True, 12)
    assert [award.state for award in verdict.awards].count(AwardState.FORFEITED) == 1


def test_a_list_without_a_draw_holds_but_is_not_held(frozen_audit: bytes) -> None:
    verdict = draws.verify(frozen_audit)
    assert (verdict.holds, verdict.held, verdict.seed, verdict.awards) == (True, False, None, ())


def test_the_hashes_are_computed_from_the_bytes(audit: bytes) -> None:
    changed = tampered(audit, "announcement.json", in_json("fallback", "另议"))
    assert draws.verify(changed).holds
    assert draws.verify(changed).announcement_hash != draws.verify(audit).announcement_hash
    assert draws.verify(changed).list_hash == draws.verify(audit).list_hash


@pytest.mark.parametrize(("name", "change", "said"), TAMPERINGS)
def test_what_was_changed_is_named(audit: bytes, name: str, change: Callable[[bytes], bytes], said: str) -> None:
    verdict = draws.verify(tampered(audit, name, change))
    assert not verdict.holds
    assert any(said in problem for problem in verdict.problems), verdict.problems


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.data())
def test_any_changed_byte_of_the_list_or_the_ranking_is_found(audit: bytes, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["entrants.tsv", "ranking.tsv"]))
    content = unpacked(audit)[name]
    place = data.draw(st.integers(0, len(content) - 1))
    changed = content[:place] + bytes([content[place] ^ data.draw(st.integers(1, 255))]) + content[place + 1 :]
    assert not holds(tampered(audit, name, lambda _: changed))


def holds(data: bytes) -> bool:
    try:
        return draws.verify(data).holds
    except Unverifiable:
        return False


def with_member(name: str, content: bytes = b"") -> Callable[[bytes], bytes]:
    return lambda data: packed([*unpacked(data).items(), (name, content)])


def without_member(name: str) -> Callable[[bytes], bytes]:
    return lambda data: packed((key, content) for key, content in unpacked(data).items() if key != name)


def flipped(data: bytes) -> bytes:
    """A byte of the list, with the checksum as it was."""
    place = data.index(b"\tU01\t")
    return data[: place + 1] + b"V" + data[place + 2 :]


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda data: b"", "zip"),
        (lambda data: b"PK\x05\x06" + b"\xff" * 18, "zip"),
        (lambda data: data[:-40], "zip"),
        (lambda data: data[: len(data) // 2], "zip"),
        (flipped, "zip"),
        (with_member("../etc/passwd"), "不齐全或有多余"),
        (with_member("/entrants.tsv"), "不齐全或有多余"),
        (without_member("verify.html"), "不齐全或有多余"),
        (without_member("ranking.tsv"), "不齐全或有多余"),
        (lambda data: packed(unpacked(data).items(), zipfile.ZIP_DEFLATED), "压缩"),
        (lambda data: tampered(data, "announcement.json", lambda _: b"{"), "JSON"),
        (lambda data: tampered(data, "announcement.json", lambda _: b"[" * 100_000), "JSON"),
        (lambda data: tampered(data, "announcement.json", lambda _: b"[]"), "缺项"),
        (lambda data: tampered(data, "announcement.json", in_json("scheme", "LVDA-DRAW-9")), "规则"),
        (lambda data: tampered(data, "announcement.json", in_json("quotas", {"U01": "2"})), "名额"),
        (lambda data: tampered(data, "announcement.json", in_json("quotas", {"U01": -1})), "名额"),
        (lambda data: tampered(data, "announcement.json", in_json("exclusions", [1])), "排除"),
        (lambda data: tampered(data, "announcement.json", in_json("formats", [])), "写法不对"),
        (lambda data: tampered(data, "announcement.json", in_json("formats", {"fog:1": 1})), "写法不对"),
        (lambda data: tampered(data, "announcement.json", in_json("tickets", {"base": "1"})), "抽奖券规则"),
        (lambda data: tampered(data, "announcement.json", in_json("excluded_by", [])), "排除原因写法不对"),
        (lambda data: tampered(data, "announcement.json", in_json("group", 1)), "奖项组"),
        (lambda data: tampered(data, "announcement.json", in_json("id", "\ud800")), "JSON"),
        (lambda data: tampered(data, "announcement.json", in_json("prizes", [{"prize": "a"}])), "奖品"),
        (
            lambda data: tampered(data, "announcement.json", in_json("prizes", [{"prize": "a", "count": 10**9}])),
            "奖品",
        ),
        (lambda data: tampered(data, "sources.json", lambda _: b"{}"), "sources.json"),
        (lambda data: tampered(data, "sources.json", in_json("values", [1])), "sources.json"),
        (lambda data: tampered(data, "awards.tsv", lambda content: content + b"6\n"), "7 项"),
        (lambda data: tampered(data, "awards.tsv", lambda content: content + b"\xff\n"), "UTF-8"),
    ],
)
def test_what_is_no_evidence_is_refused_in_one_sentence(
    audit: bytes, damage: Callable[[bytes], bytes], said: str
) -> None:
    with pytest.raises(Unverifiable, match=said):
        draws.verify(damage(audit))


def test_two_members_of_one_name_are_refused(audit: bytes) -> None:
    members = unpacked(audit)
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = packed([*((name, members[name]) for name in members if name != "sources.json"), ("awards.tsv", b"")])
    with pytest.raises(Unverifiable, match="不齐全或有多余"):
        draws.verify(twice)


@given(st.binary(max_size=200))
def test_no_bytes_make_it_stumble(data: bytes) -> None:
    with pytest.raises(Unverifiable):
        draws.verify(data)
