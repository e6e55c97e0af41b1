from __future__ import annotations

import hashlib
import hmac

from campaigns.draws import pseudonym


def test_a_pseudonym_is_the_beginning_of_a_keyed_hash() -> None:
    keyed = hmac.new(b"salt", b"entrant\n7", hashlib.sha256).hexdigest()
    assert pseudonym("salt", 7) == keyed[:16]


def test_pseudonyms_of_another_campaign_tell_nothing_of_this_one() -> None:
    assert len({pseudonym("one", 7), pseudonym("other", 7), pseudonym("one", 8)}) == 3
