"""From where an attempt was begun on a page: enough to tell equal addresses and devices, too little to find anybody.

Kept is the network of the address (of IPv4 the /24, of IPv6 the /48), and under the installation's secret hashes of
the address and of a token that the browser keeps from person to person. Hashes are of one campaign: between two
campaigns nothing can be compared. Where a chat begins an attempt, nothing of it is known and nothing is kept.
"""

from __future__ import annotations

import hmac
import ipaddress
from dataclasses import dataclass

from sqlalchemy import insert
from sqlalchemy.orm import Session

from campaigns import tables

NETWORK_BITS = {4: 24, 6: 48}
ADDRESS_BITS = {4: 32, 6: 64}
"""Of IPv6 a subscriber has at least a /64, within which phones change their address every day (RFC 8981)."""


@dataclass(frozen=True, slots=True)
class Origin:
    """From where an attempt was begun; what is not known is empty."""

    network: str
    """As ``10.3.7.0/24``."""
    address_hash: str
    device_hash: str


def origin_of(address: str, device: str, campaign_id: int, secret: str) -> Origin:
    """The origin of a page's visitor, by their address as the web server saw it and the token of their browser.

    An address that is none, as that of a local socket, counts as not known.
    """
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return Origin("", "", _hash(secret, campaign_id, "device", device))
    if isinstance(read, ipaddress.IPv6Address):
        read = read.ipv4_mapped or read  # how a socket that hears both kinds names an IPv4 client
    known = ipaddress.ip_network((int(read), ADDRESS_BITS[read.version]), strict=False)
    network = known.supernet(new_prefix=NETWORK_BITS[read.version])
    return Origin(
        str(network), _hash(secret, campaign_id, "address", str(known)), _hash(secret, campaign_id, "device", device)
    )


def note(session: Session, attempt_id: int, campaign_id: int, origin: Origin, now: int) -> None:
    """Write down from where an attempt was begun, in the transaction that begins it."""
    session.execute(
        insert(tables.AttemptOrigin).values(
            attempt_id=attempt_id,
            campaign_id=campaign_id,
            begun_ms=now,
            network=origin.network,
            address_hash=origin.address_hash,
            device_hash=origin.device_hash,
        )
    )


def _hash(secret: str, campaign_id: int, what: str, text: str) -> str:
    if not text:
        return ""
    return hmac.digest(secret.encode(), f"lvda-origin\n{campaign_id}\n{what}\n{text}".encode(), "sha256").hex()
