"""Where winners want their prizes (领奖登记): taken down sealed, and read by the prize desk alone.

What was sent is on record with carrier and number: the same conditional UPDATE as handing out at the desk (`redeeming`)
sees to it that nobody gets theirs twice.
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Row, and_, case, func, select, update
from sqlalchemy.orm import Session, aliased

from campaigns import audit, people
from campaigns.clock import in_words
from campaigns.errors import ClaimRefused, NotFound, Refused
from campaigns.phones import MOBILE, digits
from campaigns.privacy import Seal, shown
from campaigns.store import insertion
from campaigns.tables import Award, Campaign, Claim, Person, Prize, PrizeGroup, Unit

LONGEST_NAME = 50
SHORTEST_ADDRESS, LONGEST_ADDRESS = 6, 200
LONGEST_SHIPMENT = 100


@dataclass(frozen=True, slots=True)
class ClaimText:
    """What a winner told; empty where they need not."""

    name: str = ""
    phone: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """A claim of a live award, in full: for the prize desk alone."""

    award_id: int
    prize: str
    group: str
    winner: str
    """Whom it was awarded to, masked."""
    unit: str
    way: str
    """``pickup`` or ``post``."""
    text: ClaimText | None
    """None: it was sealed under another secret than this one, and cannot be read."""
    claimed_ms: int
    redeemed_ms: int | None
    redeemed_by: str
    shipment: str


@dataclass(frozen=True, slots=True)
class ClaimCounts:
    """Of the live awards of a campaign that are handed out at all."""

    waiting: int
    """Claimed by post, and not sent."""
    done: int
    """Claimed by post, and sent or handed out."""
    pickup: int
    """Claimed, to be collected."""
    unclaimed: int
    """Neither claimed nor handed out, though they are to be sent by post."""


def claim(
    session: Session,
    award_id: int,
    person_id: int,
    way: str,
    name: str,
    phone: str,
    address: str,
    seal: Seal,
    now: int,
) -> None:
    """Take down where a person wants their prize, in place of what they told before; `seal` is of `privacy.CLAIMS`.

    `way` is how the award's group is collected: ``post`` needs a name, a mobile number and an address, ``pickup`` needs
    none of them. Raises NotFound for an award that is not theirs, and ClaimRefused with a sentence by field, or about
    the ``award``: it was forfeited, handed out or sent already, or the deadline passed without a claim.
    """
    row = _held(session, award_id, person_id)
    if refusal := _closed(row, now):
        raise ClaimRefused({"award": refusal})
    if way != row.collecting:
        offered = {"post": "邮寄", "pickup": "到领奖地点领取"}.get(row.collecting, "不用登记")
        raise ClaimRefused({"award": f"这份奖品的领取方式是{offered}，请刷新页面再填。"})
    text = ClaimText(_line(name), digits(unicodedata.normalize("NFKC", phone).strip()), _line(address))
    if faults := _faults(text, way):
        raise ClaimRefused(faults)
    if way == "pickup":
        text = ClaimText(text.name, text.phone)
    kept = {"way": way, "sealed": seal.seal(json.dumps(asdict(text), ensure_ascii=False)), "claimed_ms": now}
    session.execute(
        insertion(session.connection(), Claim)
        .values(award_id=award_id, shipment="", **kept)
        .on_conflict_do_update(index_elements=[Claim.award_id], set_=kept)
    )


def claims_of(
    session: Session,
    slug: str,
    seal: Seal,
    *,
    way: str | None = None,
    waiting: bool | None = None,
    most: int | None = None,
    skipped: int = 0,
) -> list[ClaimLine]:
    """The claims of a campaign's live awards, in the order in which they came; `seal` is of `privacy.CLAIMS`.

    Perhaps only those of one `way`, or only those that still wait (or do not) to be sent or handed out.
    """
    origin = aliased(Person)
    query = (
        select(
            Award.id,
            Award.prize,
            Award.entrant,
            Award.redeemed_ms,
            Award.redeemed_by,
            PrizeGroup.name.label("group"),
            Person.name,
            Unit.name.label("unit"),
            Claim,
        )
        .join(Claim, Claim.award_id == Award.id)
        .join(Campaign, Campaign.id == Award.campaign_id)
        .join(Prize, Prize.id == Award.prize_id)
        .join(PrizeGroup, PrizeGroup.id == Prize.group_id)
        .join(origin, origin.id == Award.person_id)
        .join(Person, Person.id == func.coalesce(origin.merged_into_id, origin.id))
        .outerjoin(Unit, Unit.id == Person.unit_id)
        .where(Campaign.slug == slug, Award.state == "awarded")
        .order_by(Claim.claimed_ms, Award.id)
        .offset(skipped)
        .limit(most)
    )
    if way is not None:
        query = query.where(Claim.way == way)
    if waiting is not None:
        query = query.where(Award.redeemed_ms.is_(None) if waiting else Award.redeemed_ms.is_not(None))
    return [_line_of(row, seal) for row in session.execute(query)]


def count_claims(session: Session, slug: str) -> ClaimCounts:
    """How many claims of a campaign there are of each kind."""
    waits = Award.redeemed_ms.is_(None)
    cases = (
        and_(Claim.way == "post", waits),
        and_(Claim.way == "post", Award.redeemed_ms.is_not(None)),
        Claim.way == "pickup",
        and_(PrizeGroup.collecting == "post", Claim.award_id.is_(None), waits),
    )
    row = session.execute(
        select(*(func.count(case((one, 1))) for one in cases))
        .select_from(Award)
        .join(Campaign, Campaign.id == Award.campaign_id)
        .join(Prize, Prize.id == Award.prize_id)
        .join(PrizeGroup, PrizeGroup.id == Prize.group_id)
        .outerjoin(Claim, Claim.award_id == Award.id)
        .where(Campaign.slug == slug, Award.state == "awarded")
    ).one()
    return ClaimCounts(*tuple(row))


def campaigns_with_awards(session: Session) -> list[tuple[str, str]]:
    """Slug and name of the campaigns that somebody won something in, the latest first."""
    won = select(Award.id).where(Award.campaign_id == Campaign.id, Award.state == "awarded").exists()
    query = select(Campaign.slug, Campaign.name).where(won).order_by(Campaign.opens_ms.desc(), Campaign.id.desc())
    return [(row.slug, row.name) for row in session.execute(query)]


def ship(session: Session, award_id: int, shipment: str, by: str, now: int, *, claimed_ms: int | None = None) -> None:
    """Put on record that a prize was posted, with carrier and number as its winner will read them.

    `claimed_ms` is of the claim as the sender read it. Raises NotFound; Refused where there is no address or another
    one by now, or nothing to be read in `shipment`, or the prize was forfeited, handed out or sent already: the
    sentence says when and by whom.
    """
    shipment = _shipment(shipment)
    _posted(session, award_id)
    sent = session.execute(
        update(Award)
        .where(Award.id == award_id, Award.state == "awarded", Award.redeemed_ms.is_(None))
        .values(redeemed_ms=now, redeemed_by=by, changed_ms=now)
        .returning(Award.id)
    ).one_or_none()
    if sent is None:
        raise Refused(_gone(session, award_id))
    told = session.scalars(
        update(Claim).where(Claim.award_id == award_id).values(shipment=shipment).returning(Claim.claimed_ms)
    ).one()  # nobody changes the claim of an award that we hold
    if claimed_ms not in (None, told):
        raise Refused("收件信息在您打开列表以后改过：请刷新，按新的地址寄，再登记单号。")
    audit.record(session, by, "award.shipped", f"award:{award_id}", now)


def correct_shipment(session: Session, award_id: int, shipment: str, by: str, now: int) -> None:
    """Mend carrier or number of what was posted. Raises NotFound, and Refused for what was not posted."""
    shipment = _shipment(shipment)
    _posted(session, award_id)
    mended = update(Claim).where(Claim.award_id == award_id, Claim.shipment != "").values(shipment=shipment)
    if session.execute(mended.returning(Claim.award_id)).one_or_none() is None:
        raise Refused("这份奖品还没有寄出，没有单号可以更正。")
    audit.record(session, by, "award.shipment_corrected", f"award:{award_id}", now)


def _held(session: Session, award_id: int, person_id: int) -> Row[*tuple[Any, ...]]:
    """A person's award, which stays as it is until the transaction ends. Raises NotFound."""
    row = session.execute(
        select(
            Award.state,
            Award.redeemed_ms,
            Award.claim_until_ms,
            PrizeGroup.collecting,
            select(Claim.award_id).where(Claim.award_id == Award.id).exists().label("claimed"),
        )
        .join(Prize, Prize.id == Award.prize_id)
        .join(PrizeGroup, PrizeGroup.id == Prize.group_id)
        .where(Award.id == award_id, Award.person_id.in_(people.selves(session, person_id)))
        .with_for_update(of=Award)
    ).one_or_none()
    if row is None:
        raise NotFound("没有这份奖品，请从活动的奖品页面进入。")
    return row


def _closed(row: Row[*tuple[Any, ...]], now: int) -> str:
    """Why nothing can be taken down any more; empty: it can."""
    if row.state != "awarded":
        return "这份奖品已经作废，不能再登记。"
    if row.redeemed_ms is not None:
        return "这份奖品已经发放，不能再改登记；有疑问请联系主办单位。"
    if row.claim_until_ms is not None and row.claim_until_ms <= now and not row.claimed:
        return "已经过了领奖期限，不能再登记，请联系主办单位。"
    return ""


def _faults(text: ClaimText, way: str) -> dict[str, str]:
    faults = {}
    post = way == "post"
    if post and not text.name:
        faults["name"] = "请填写收件人姓名。"
    elif len(text.name) > LONGEST_NAME:
        faults["name"] = f"姓名最多 {LONGEST_NAME} 个字。"
    if post and not text.phone:
        faults["phone"] = "请填写手机号，快递员要用它联系您。"
    elif text.phone and not MOBILE.fullmatch(text.phone):
        faults["phone"] = "手机号应当是 11 位数字，请核对。"
    if post and len(text.address) < SHORTEST_ADDRESS:
        faults["address"] = "请填写完整的收件地址：省、市、区县、街道和门牌号。"
    elif post and len(text.address) > LONGEST_ADDRESS:
        faults["address"] = f"地址最多 {LONGEST_ADDRESS} 个字，请写短一些。"
    return faults


def _line(text: str) -> str:
    """On one line, without what cannot be seen."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def _line_of(row: Row[*tuple[Any, ...]], seal: Seal) -> ClaimLine:
    return ClaimLine(
        award_id=row.id,
        prize=row.prize,
        group=row.group,
        winner=shown(row.name, row.entrant),
        unit=row.unit or "",
        way=row.Claim.way,
        text=_opened(seal, row.Claim.sealed),
        claimed_ms=row.Claim.claimed_ms,
        redeemed_ms=row.redeemed_ms,
        redeemed_by=row.redeemed_by,
        shipment=row.Claim.shipment,
    )


def _opened(seal: Seal, sealed: str | None) -> ClaimText | None:
    text = seal.open(sealed)
    return ClaimText(**json.loads(text)) if text else None


def _shipment(text: str) -> str:
    shipment = _line(text)
    if not shipment:
        raise Refused("请填写快递公司和单号。")
    if len(shipment) > LONGEST_SHIPMENT:
        raise Refused(f"快递公司和单号最多 {LONGEST_SHIPMENT} 个字。")
    return shipment


def _posted(session: Session, award_id: int) -> None:
    """Raises NotFound where there is no such award, Refused where it is not claimed by post."""
    found = session.execute(
        select(Award.id, Claim.way).outerjoin(Claim, Claim.award_id == Award.id).where(Award.id == award_id)
    ).one_or_none()
    if found is None:
        raise NotFound("没有这份奖品，请刷新列表。")
    if found.way != "post":
        raise Refused("这份奖品没有登记邮寄地址，不能寄出。")


def _gone(session: Session, award_id: int) -> str:
    """Why a prize cannot be sent any more."""
    row = session.execute(
        select(Award.state, Award.reason, Award.redeemed_ms, Award.redeemed_by, Campaign.timezone, Claim.shipment)
        .join(Campaign, Campaign.id == Award.campaign_id)
        .join(Claim, Claim.award_id == Award.id)
        .where(Award.id == award_id)
    ).one()
    if row.state != "awarded":
        return f"这份奖品已经作废（{row.reason}），不要寄出。"
    deed = f"寄出（{row.shipment}）" if row.shipment else "发放"
    return f"这份奖品已由 {row.redeemed_by} 于 {in_words(row.redeemed_ms, row.timezone)} {deed}，不要再寄。"
