from __future__ import annotations

import pytest

from campaigns.origins import origin_of

SECRET = "a secret of the tests"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.3.7.9", "10.3.7.0/24"),
        ("::ffff:10.3.7.9", "10.3.7.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("", ""),
        ("a socket", ""),
    ],
)
def test_of_an_address_its_network_is_kept(address: str, network: str) -> None:
    origin = origin_of(address, "", 1, SECRET)
    assert origin.network == network
    assert bool(origin.address_hash) == bool(network)
    assert origin.device_hash == ""
    assert address == "" or address not in origin.address_hash


def test_equal_addresses_are_told_and_others_are_not_equal() -> None:
    one, other = origin_of("10.3.7.9", "token", 1, SECRET), origin_of("10.3.7.10", "token", 1, SECRET)
    assert one == origin_of("10.3.7.9", "token", 1, SECRET) == origin_of("::ffff:10.3.7.9", "token", 1, SECRET)
    assert one.network == other.network
    assert one.address_hash != other.address_hash
    assert one.device_hash == other.device_hash


def test_a_phone_that_changes_the_lower_half_of_its_address_is_the_same() -> None:
    assert origin_of("2001:db8:1:2::3", "", 1, SECRET) == origin_of("2001:db8:1:2:ffff::4", "", 1, SECRET)


def test_nothing_can_be_compared_between_campaigns_or_installations() -> None:
    here = origin_of("10.3.7.9", "token", 1, SECRET)
    for elsewhere in (origin_of("10.3.7.9", "token", 2, SECRET), origin_of("10.3.7.9", "token", 1, "another")):
        assert here.address_hash != elsewhere.address_hash
        assert here.device_hash != elsewhere.device_hash
