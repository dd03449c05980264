"""A webhook leads out, not in."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.webhooks import addresses
from xinheng.core.webhooks.addresses import Fault, Target

HTTPS = Target("https", "example.org", 443)
INNER = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1%eth0",
    "fc00::1",
    "ff02::1",
    "::ffff:10.0.0.1",
    "2002:7f00:1::",
    "64:ff9b::7f00:1",
]


class TestParse:
    def test_takes_a_url_apart(self):
        assert addresses.parse("https://hooks.example.org/a?b=1") == Target(
            "https", "hooks.example.org", 443
        )
        assert addresses.parse("http://[::1]:8080/") == Target("http", "::1", 8080)

    @pytest.mark.parametrize(
        "url",
        [
            "",
            "example.org",
            "ftp://example.org",
            "https://",
            "https://user@example.org/",
            "https://example.org/#x",
            "https://example.org:99999/",
            "https://例子.示例/",
            "https://example.org/\n",
            "https://[::1/",
            "https://example.org/" + "x" * 500,
        ],
    )
    def test_refuses_what_is_none(self, url):
        assert addresses.parse(url) is Fault.FORM

    @given(st.text())
    def test_never_breaks(self, url):
        assert addresses.parse(url) is not None


class TestFindFault:
    def test_lets_a_public_address_pass(self):
        assert addresses.find_fault(HTTPS, ["93.184.216.34", "2606:2800::1"]) is None

    @pytest.mark.parametrize("address", INNER)
    def test_refuses_an_inner_address(self, address):
        assert addresses.find_fault(HTTPS, [address]) is Fault.INNER
        assert addresses.find_fault(HTTPS, ["93.184.216.34", address]) is Fault.INNER

    def test_lets_an_inner_address_pass_where_its_network_is_allowed(self):
        allowed = [ipaddress.ip_network("10.0.0.0/8")]

        assert addresses.find_fault(HTTPS, ["10.1.2.3"], allowed=allowed) is None
        assert addresses.find_fault(HTTPS, ["127.0.0.1"], allowed=allowed) is (
            Fault.INNER
        )

    def test_asks_for_https_outside_allowed_networks(self):
        plain = Target("http", "example.org", 80)
        allowed = [ipaddress.ip_network("10.0.0.0/8")]

        assert addresses.find_fault(plain, ["93.184.216.34"], allowed=allowed) is (
            Fault.NOT_HTTPS
        )
        assert addresses.find_fault(plain, ["10.0.0.1"], allowed=allowed) is None

    def test_refuses_a_name_that_leads_nowhere(self):
        assert addresses.find_fault(HTTPS, []) is Fault.UNKNOWN_HOST

    @given(st.ip_addresses())
    def test_lets_nothing_pass_that_is_not_public(self, address):
        fault = addresses.find_fault(HTTPS, [str(address)])

        if not address.is_global:
            assert fault is Fault.INNER
