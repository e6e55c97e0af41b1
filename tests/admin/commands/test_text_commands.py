"""``lvda sms`` and ``lvda mail``: what they write, post and refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click import Group
from click.testing import CliRunner, Result
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from admin.commands.texts import mail, sms
from campaigns import tables
from campaigns.errors import Refused
from campaigns.store import open_store
from platforms.errors import Misconfigured, Unreachable
from settings import Settings

TEXT = "{单位}{姓名}您好：答题今天 17 时截止。"
GATEWAY = 'url = "https://sms.example.cn/"\n[json]\np = "{phone}"\nt = "{text}"\n'


@pytest.fixture
def officers(tmp_path: Path) -> str:
    path = tmp_path / "officers.csv"
    path.write_text("单位,姓名,手机\n水务局,=张三,13800138000\n财政局,李四,138\n教育局,王五,13900139000\n")
    return str(path)


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    described = tmp_path / "sms.toml"
    described.write_text(GATEWAY)
    return Settings(
        database_url=sqlite_url,
        redis_url="none",
        data_dir=tmp_path / "var",
        sms_file=str(described),
        _env_file=None,
    )


def run(group: Group, settings: Settings, *arguments: str) -> Result:
    return CliRunner().invoke(group, arguments, obj=settings, catch_exceptions=False)


def posted(settings: Settings) -> list[tuple[str, str, dict[str, str]]]:
    store = open_store(settings.sql_url)
    row = tables.OutboxMessage
    with store.reading() as session:
        found = [tuple(one) for one in session.execute(select(row.way, row.recipient, row.values).order_by(row.id))]
    store.close()
    return found  # type: ignore[return-value]


def test_an_export_holds_each_text_ready_to_send_and_no_formula(settings: Settings, officers: str) -> None:
    out = Path(officers).with_name("texts.xlsx")
    done = run(sms, settings, "export", officers, "--text", TEXT, "-o", str(out))
    rows = CalamineWorkbook.from_path(str(out)).get_sheet_by_index(0).to_python()
    assert rows == [
        ["手机", "姓名", "单位", "短信内容", "计费条数"],
        ["13800138000", "=张三", "水务局", "水务局=张三您好：答题今天 17 时截止。", 1.0],
        ["13900139000", "王五", "教育局", "教育局王五您好：答题今天 17 时截止。", 1.0],
    ]
    assert "2 人，计费 2 条" in done.stdout
    assert "第3行" in done.stderr


def test_an_export_into_a_folder_that_is_not_there_fails_as_every_other_file_does(
    settings: Settings, officers: str, tmp_path: Path
) -> None:
    with pytest.raises(FileNotFoundError) as failed:
        run(sms, settings, "export", officers, "--text", TEXT, "-o", str(tmp_path / "none" / "texts.xlsx"))
    assert str(failed.value.filename).endswith("texts.xlsx")


def test_what_is_sent_waits_in_the_outbox_once_however_often_it_is_asked_for(settings: Settings, officers: str) -> None:
    assert "2 条已交给发件箱" in run(sms, settings, "send", officers, "--text", TEXT).stdout
    assert "2 条以前已经交付" in run(sms, settings, "send", officers, "--text", TEXT).stdout
    assert [(way, recipient) for way, recipient, _ in posted(settings)] == [
        ("sms", "13800138000"),
        ("sms", "13900139000"),
    ]
    run(sms, settings, "send", officers, "--text", TEXT, "--again", "周五")
    assert len(posted(settings)) == 4


def test_a_dry_run_sends_nothing(settings: Settings, officers: str) -> None:
    told = json.loads(run(sms, settings, "send", officers, "--text", TEXT, "--dry-run", "--json").stdout)
    assert told == {"people": 2, "messages": 2}
    assert posted(settings) == []


def test_without_a_gateway_nothing_is_sent_and_the_way_out_is_told(settings: Settings, officers: str) -> None:
    with pytest.raises(Refused, match="lvda sms export"):
        run(sms, settings.model_copy(update={"sms_file": ""}), "send", officers, "--text", TEXT)
    Path(settings.sms_file).write_text("url = 1")
    with pytest.raises(Misconfigured, match="url"):
        run(sms, settings, "send", officers, "--text", TEXT)


def test_a_mail_server_is_tried_at_once(settings: Settings) -> None:
    with pytest.raises(Misconfigured, match="LVDA_SMTP_URL"):
        run(mail, settings, "test", "a@example.cn")
    dead = Settings(smtp_url="smtp://127.0.0.1:1", mail_from="a@example.cn", _env_file=None)  # type: ignore[arg-type]
    with pytest.raises(Unreachable):
        run(mail, dead, "test", "a@example.cn")
