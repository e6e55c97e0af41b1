from __future__ import annotations

import io
import json
import zipfile

from draw_made import AFTER, SALT, SOURCES, VALUES, freeze, make_finished
from zip_made import unpacked

from campaigns import draws
from campaigns.draws import pseudonym
from campaigns.store import Store


def test_the_same_draw_gives_the_same_bytes(sqlite_store: Store, held_id: str, audit: bytes) -> None:
    with sqlite_store.reading() as session:
        assert draws.audit_zip(session, held_id) == audit


def test_the_members_are_stored_in_one_order(audit: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(audit)) as archive:
        infos = archive.infolist()
    assert [info.filename for info in infos] == [
        "entrants.tsv",
        "announcement.json",
        "sources.json",
        "ranking.tsv",
        "awards.tsv",
        "verify.html",
    ]
    assert {(info.compress_type, info.date_time) for info in infos} == {(zipfile.ZIP_STORED, (1980, 1, 1, 0, 0, 0))}


def test_before_the_draw_there_is_what_is_known_by_then(frozen_audit: bytes) -> None:
    assert list(unpacked(frozen_audit)) == ["entrants.tsv", "announcement.json", "verify.html"]


def test_values_that_wait_for_confirmation_are_no_evidence_yet(store: Store) -> None:
    make_finished(store, two_person=True)
    draw_id = freeze(store).id
    with store.transaction() as session:
        draws.hold(session, draw_id, VALUES, "wang", AFTER)
    with store.reading() as session:
        assert "sources.json" not in unpacked(draws.audit_zip(session, draw_id))


def test_the_announcement_holds_what_was_published(audit: bytes) -> None:
    announcement = json.loads(unpacked(audit)["announcement.json"])
    assert announcement["id"].endswith("-D1")
    assert announcement["count"] == 12
    assert announcement["prizes"] == [{"prize": "一等奖", "count": 1}, {"prize": "二等奖", "count": 3}]
    assert announcement["quotas"] == {"U01": 2, "U02": 2}
    assert announcement["exclusions"] == [pseudonym(SALT, 5)]
    assert announcement["sources"] == list(SOURCES)
    assert announcement["frozen_at"] == "2026-07-05T10:00:00Z"
    assert announcement["fallback"]


def test_the_sources_say_who_entered_what_and_when(audit: bytes) -> None:
    sources = json.loads(unpacked(audit)["sources.json"])
    assert sources["values"] == [
        {"source": source, "value": f"{source}:{value}", "entered_at": "2026-07-05T10:00:01Z", "entered_by": "wang"}
        for source, value in VALUES.items()
    ]


def test_the_ranking_and_the_awards_are_tables_with_a_header(audit: bytes) -> None:
    members = unpacked(audit)
    ranking = [line.split("\t") for line in members["ranking.tsv"].decode().splitlines()]
    awards = [line.split("\t") for line in members["awards.tsv"].decode().splitlines()]
    assert ranking[0] == ["rank", "entrant", "key"]
    assert [row[2] for row in ranking[1:]] == sorted(row[2] for row in ranking[1:])
    assert awards[0] == ["sequence", "prize", "entrant", "rank", "state", "replaces", "reason"]
    assert awards[2][4:] == ["forfeited", "", "逾期未领"]
    assert awards[5][:2] + awards[5][4:] == ["5", "二等奖", "awarded", "2", ""]


def test_the_tag_changes_with_the_evidence(sqlite_store: Store, held_id: str) -> None:
    with sqlite_store.reading() as session:
        before = draws.find(session, held_id)
    with sqlite_store.transaction() as session:
        draws.forfeit(session, held_id, 1, "弃奖", AFTER)
    with sqlite_store.reading() as session:
        after = draws.find(session, held_id)
        assert draws.audit_tag(draws.find(session, held_id)) == draws.audit_tag(after)
    assert draws.audit_tag(before) != draws.audit_tag(after)
