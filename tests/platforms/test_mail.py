"""Mail, against a small SMTP server that is really there."""

from __future__ import annotations

import email
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import policy

import pytest

from platforms import mail
from platforms.errors import Busy, Misconfigured, PlatformError, Refused, Unreachable
from platforms.outgoing import Outgoing

NOW = 1_783_126_800_000
REPORT = Outgoing("report:1", "report", "lingdao@example.gov.cn", "已有 1,024 人参加。", "每日统计", "https://x/r")


@dataclass
class Stub:
    """An SMTP server: its answers by command, and what it was handed."""

    port: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    logins: list[str] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)


@pytest.fixture
def stub() -> Iterator[Stub]:
    made = Stub()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 here")
            while line := self.rfile.readline().decode().strip():
                command = line.split()[0].upper()
                if command == "AUTH":
                    made.logins.append(line)
                if command == "EHLO":
                    self.say("250-here\r\n250 AUTH PLAIN")
                elif command == "DATA" and "DATA" not in made.answers:
                    self.say("354 go on")
                    lines = []
                    while (read := self.rfile.readline()) not in {b".\r\n", b""}:
                        lines.append(read)
                    made.mails.append(b"".join(lines))
                    self.say("250 taken")
                else:
                    self.say(made.answers.get(command, "235 in" if command == "AUTH" else "250 ok"))
                if command == "QUIT":
                    return

        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=[0.02])
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


def send(stub: Stub, outgoing: Outgoing = REPORT, user: str = "") -> None:
    server = mail.read_mail_server(f"smtp://{user}127.0.0.1:{stub.port}", "jieneng@example.gov.cn")
    mail.way(server, "节能办", lambda: NOW)(outgoing, 5.0)


def test_a_report_arrives_as_it_was_written(stub: Stub) -> None:
    send(stub)
    [data] = stub.mails
    found = email.message_from_bytes(data, policy=policy.default)
    assert found["Subject"] == "每日统计"
    assert found["From"] == "节能办 <jieneng@example.gov.cn>"
    assert found["To"] == "lingdao@example.gov.cn"
    body = found.get_body()
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == "已有 1,024 人参加。\n\nhttps://x/r\n"


def test_the_same_message_sent_again_is_known_by_its_id(stub: Stub) -> None:
    send(stub)
    send(stub)
    first, again = (email.message_from_bytes(data, policy=policy.default) for data in stub.mails)
    assert first["Message-ID"] == again["Message-ID"]


def test_a_subject_or_a_name_cannot_add_headers(stub: Stub) -> None:
    send(stub, Outgoing("k", "report", "a@example.cn", "内容", "统计\r\nBcc: other@example.cn"))
    found = email.message_from_bytes(stub.mails[0], policy=policy.default)
    assert found["Bcc"] is None


def test_it_signs_in_where_it_is_told_to(stub: Stub) -> None:
    send(stub, user="u%40x:p%3Aw@")
    assert len(stub.logins) == 1


@pytest.mark.parametrize(
    ("command", "answer", "kind"),
    [
        ("AUTH", "535 no", Misconfigured),
        ("RCPT", "550 unknown", Refused),
        ("RCPT", "451 later", Busy),
        ("MAIL", "421 busy", Busy),
        ("DATA", "554 spam", Refused),
    ],
)
def test_what_the_server_answers_says_whether_to_try_again(
    stub: Stub, command: str, answer: str, kind: type[PlatformError]
) -> None:
    stub.answers[command] = answer
    with pytest.raises(PlatformError) as refused:
        send(stub, user="u:hunter2@")
    assert type(refused.value) is kind
    assert "hunter2" not in str(refused.value)
    assert "lingdao" not in str(refused.value)


def test_a_server_that_is_not_there_is_unreachable() -> None:
    server = mail.read_mail_server("smtp://127.0.0.1:1", "a@example.cn")
    with pytest.raises(Unreachable):
        mail.way(server, "", lambda: NOW)(REPORT, 1.0)


def test_an_address_that_is_none_is_refused_before_anything_is_said(stub: Stub) -> None:
    with pytest.raises(Refused):
        send(stub, Outgoing("k", "report", "张三\r\nDATA", "内容"))
    assert stub.mails == []


@pytest.mark.parametrize("url", ["", "mail.example.cn", "http://mail.example.cn", "smtp://", "smtp://host:port"])
def test_an_address_of_a_server_that_is_wrong_is_told_without_its_password(url: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        mail.read_mail_server(url, "a@example.cn")
    assert "LVDA_SMTP_URL" in str(refused.value)


@pytest.mark.parametrize("url", ["smtp://..example:1", f"smtp://{'a' * 64}.cn:1"])
def test_a_name_that_no_server_can_have_is_told_and_not_tried_for_ever(url: str) -> None:
    with pytest.raises(Misconfigured, match="LVDA_SMTP_URL"):
        mail.way(mail.read_mail_server(url, "a@example.cn"), "", lambda: NOW)(REPORT, 1.0)


def test_a_server_shows_no_password() -> None:
    server = mail.read_mail_server("smtps://u:hunter2@mail.example.cn", "a@example.cn")
    assert (server.port, server.encrypted) == (465, True)
    assert "hunter2" not in repr(server)
    with pytest.raises(Misconfigured):
        mail.read_mail_server("smtps://mail.example.cn", "nobody")
