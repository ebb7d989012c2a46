"""Which addresses belong to the public internet.

Pure. Owns the judgement of one host; who must keep to public ones is `bot.http`'s.
"""

import ipaddress

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: IPv4 behind an IPv6-only network


def is_ip_address(host: str) -> bool:
    """Whether a host is an IP address itself, and no name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_public_address(address: str) -> bool:
    """Whether an IP address belongs to the public internet.

    False for private, loopback, link-local, shared (CGNAT), multicast, reserved and
    unspecified addresses, for IPv6 addresses that wrap such an IPv4 address (mapped, 6to4,
    Teredo, NAT64), and for what is no IP address.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return is_public_address(str(parsed.ipv4_mapped))
        if parsed in _NAT64:
            return is_public_address(str(ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)))
        wrapped = [parsed.sixtofour, *(parsed.teredo or ())]
        if parsed.is_site_local or not all(is_public_address(str(v4)) for v4 in wrapped if v4):
            return False
    return parsed.is_global and not (
        parsed.is_multicast or parsed.is_reserved or parsed.is_unspecified
    )
