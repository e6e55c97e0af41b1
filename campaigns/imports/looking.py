"""What a person sees of an uploaded file: figures, pages of questions, pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session

from campaigns.banks.storable import cleaned
from campaigns.errors import NotFound
from campaigns.imports.records import Decision, Uploaded, UploadedQuestion, as_uploaded
from campaigns.matching import folded
from campaigns.tables.imports import BankImport, BankImportPart, BankImportPicture, BankImportQuestion
from questions.model import Kind, Severity
from questions.readers.pictures import media_type

PAGE = 50


class Show(StrEnum):
    """Which questions of a file a person wants to see."""

    ALL = "all"
    DOUBTFUL = "doubtful"
    """Those with anything said about them."""
    LOOK = "look"
    UNUSABLE = "unusable"
    UNDECIDED = "undecided"
    EDITED = "edited"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class Counts:
    """Questions of a file. The second to fourth make up the first, whatever was decided."""

    read: int
    usable: int
    doubtful: int
    useless: int
    undecided: int
    edited: int
    left_out: int
    """By decision, or because they cannot be used."""
    essays: int
    """Of those that go in: kept, and never drawn."""

    @property
    def going_in(self) -> int:
        return self.read - self.left_out


@dataclass(frozen=True, slots=True)
class Page:
    rows: Sequence[UploadedQuestion]
    found: int
    number: int
    pages: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """An unfinished import, as a list shows it."""

    token: str
    title: str
    questions: int
    created_ms: int


def waiting(session: Session, by: str) -> list[Waiting]:
    """The files that a person has not finished importing, the newest first."""
    rows = session.execute(
        select(BankImport.token, BankImport.title, func.count(BankImportQuestion.ordinal), BankImport.created_ms)
        .outerjoin(BankImportQuestion, BankImportQuestion.import_id == BankImport.id)
        .where(BankImport.by == by, BankImport.ready)
        .group_by(BankImport.id)
        .order_by(BankImport.created_ms.desc(), BankImport.id.desc())
    )
    return [Waiting(*row) for row in rows]


def counts(session: Session, uploaded: Uploaded) -> Counts:
    row = BankImportQuestion
    essays = and_(row.kind == Kind.ESSAY.value, ~_shown(Show.LEFT_OUT))
    asked = (Show.LOOK, Show.UNUSABLE, Show.UNDECIDED, Show.EDITED, Show.LEFT_OUT)
    figures = [func.count().filter(_shown(show)) for show in asked]
    found = select(func.count(), func.count().filter(essays), *figures).where(row.import_id == uploaded.id)
    read, essays_kept, doubtful, useless, undecided, edited, left_out = map(int, session.execute(found).one())
    return Counts(read, read - doubtful - useless, doubtful, useless, undecided, edited, left_out, essays_kept)


def _shown(show: Show) -> ColumnElement[bool]:
    row = BankImportQuestion
    match show:
        case Show.DOUBTFUL:
            return row.severity != ""
        case Show.LOOK:
            return row.severity == Severity.WARNING.value
        case Show.UNUSABLE:
            return row.severity == Severity.ERROR.value
        case Show.UNDECIDED:
            return and_(row.severity == Severity.WARNING.value, row.decision == Decision.OPEN.value)
        case Show.EDITED:
            return row.edited.is_(True)
        case Show.LEFT_OUT:
            return or_(row.severity == Severity.ERROR.value, row.decision == Decision.LEFT_OUT.value)
        case _:
            return true()


def page(
    session: Session, uploaded: Uploaded, show: Show = Show.ALL, text: str = "", number: int = 1, size: int = PAGE
) -> Page:
    """One page of a file's questions, in the order of the file; a page number outside the pages gives the nearest."""
    row = BankImportQuestion
    wanted = [row.import_id == uploaded.id, _shown(show)]
    if sought := folded(text):
        wanted.append(row.text.contains(cleaned(sought), autoescape=True))
    found = session.scalar(select(func.count()).select_from(row).where(*wanted)) or 0
    pages = max(1, -(-found // size))
    number = min(max(number, 1), pages)
    rows = session.scalars(
        select(row).where(*wanted).order_by(row.ordinal).limit(size).offset((number - 1) * size)
    ).all()
    return Page([as_uploaded(one) for one in rows], found, number, pages)


def one(session: Session, uploaded: Uploaded, ordinal: int) -> UploadedQuestion:
    """One question of a file. Raises NotFound."""
    row = session.get(BankImportQuestion, (uploaded.id, ordinal))
    if row is None:
        raise NotFound("这份文件里没有这道题，请回到检查页面。")
    return as_uploaded(row)


def file_of(session: Session, uploaded: Uploaded) -> bytes:
    """The file itself, to be read again."""
    part = BankImportPart
    return b"".join(session.scalars(select(part.data).where(part.import_id == uploaded.id).order_by(part.ordinal)))


def picture(session: Session, uploaded: Uploaded, sha256: str) -> tuple[str, bytes]:
    """(media type, bytes) of a picture of the file. Raises NotFound."""
    row = session.get(BankImportPicture, (uploaded.id, sha256))
    if row is None:
        raise NotFound("这份文件里没有这张图片。")
    return media_type(row.data), row.data
