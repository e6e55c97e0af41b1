"""Mail by SMTP: reports, and what else an office reads at a desk (RFC 5321; STARTTLS: RFC 3207)."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formataddr, formatdate
from hashlib import sha256
from urllib.parse import unquote, urlsplit

from platforms.errors import Busy, Misconfigured, Refused, Unreachable
from platforms.outgoing import Outgoing, Way

ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}", re.ASCII)
_AWAY = "邮件服务器没有回答，稍后再试。"
_HERE = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class MailServer:
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    encrypted: bool
    """From the first byte (``smtps``); otherwise by STARTTLS, without which nothing is said to another machine."""
    sender: str


def read_mail_server(url: str, sender: str) -> MailServer:
    """From ``smtps://user:password@host:465`` or ``smtp://…:587``. Raises Misconfigured, never telling a value."""
    try:
        found = urlsplit(url)
        port = found.port
    except ValueError:
        found, port = urlsplit(""), None
    if found.scheme not in {"smtp", "smtps"} or not found.hostname:
        raise Misconfigured("LVDA_SMTP_URL 应当像 smtps://用户:密码@mail.example.gov.cn:465。")
    if not ADDRESS.fullmatch(sender):
        raise Misconfigured("LVDA_MAIL_FROM 应当是发件邮箱，像 jieneng@example.gov.cn。")
    encrypted = found.scheme == "smtps"
    user, password = unquote(found.username or ""), unquote(found.password or "")
    return MailServer(found.hostname, port or (465 if encrypted else 587), user, password, encrypted, sender)


def way(server: MailServer, name: str, clock: Callable[[], int]) -> Way:
    """The way by this server; `name` is what the sender is called."""

    def send(outgoing: Outgoing, seconds: float) -> None:
        if not ADDRESS.fullmatch(outgoing.recipient):
            raise Refused("收件邮箱不对：请核对后重发。")
        _send(server, _message(server, name, outgoing, clock()), seconds)

    return send


def _message(server: MailServer, name: str, outgoing: Outgoing, now: int) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = " ".join(outgoing.title.split()) or outgoing.text.strip().splitlines()[0][:60]
    message["From"] = formataddr((name, server.sender))
    message["To"] = outgoing.recipient
    message["Date"] = formatdate(now / 1_000)
    domain = server.sender.rpartition("@")[2]
    message["Message-ID"] = f"<{sha256(outgoing.key.encode()).hexdigest()[:32]}@{domain}>"  # a reader shows it once
    message.set_content(f"{outgoing.text}\n\n{outgoing.url}".strip() + "\n")
    return message


def _send(server: MailServer, message: EmailMessage, seconds: float) -> None:
    try:
        smtp = _connected(server, seconds)
        try:
            if server.user:
                smtp.login(server.user, server.password)
            smtp.send_message(message)
        finally:
            with suppress(OSError, smtplib.SMTPException):  # taken is taken, however it says goodbye
                smtp.quit()
    except smtplib.SMTPAuthenticationError as error:
        raise Misconfigured("邮件服务器不认用户或密码：请核对 LVDA_SMTP_URL。", error.smtp_code) from error
    except smtplib.SMTPNotSupportedError as error:
        raise Misconfigured("邮件服务器不支持加密或登录：请核对 LVDA_SMTP_URL，或改用 smtps://。") from error
    except smtplib.SMTPRecipientsRefused as error:
        code = next((code for code, _ in error.recipients.values()), 0)
        raise _refused(code, "收件邮箱") from error
    except smtplib.SMTPResponseException as error:
        raise _refused(error.smtp_code, "这封邮件") from error
    except UnicodeError as error:
        raise Misconfigured("LVDA_SMTP_URL 的服务器名、用户或密码里有不能用的字符：请核对。") from error
    except (OSError, smtplib.SMTPException) as error:
        raise Unreachable(_AWAY) from error


def _connected(server: MailServer, seconds: float) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.encrypted:
        return smtplib.SMTP_SSL(server.host, server.port, timeout=seconds, context=context)
    smtp = smtplib.SMTP(server.host, server.port, timeout=seconds)
    try:
        if server.host not in _HERE:
            smtp.starttls(context=context)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _refused(code: int, what: str) -> Refused | Busy:
    """4yz: try again; 5yz: never (RFC 5321, 4.2.1)."""
    if 400 <= code < 500:
        return Busy(f"邮件服务器暂时不收{what}，稍后再试。", code)
    return Refused(f"邮件服务器不收{what}（{code}）：请核对邮箱地址，或问管理员。", code)
