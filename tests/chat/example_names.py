"""A name server of tests, which knows every name in .example."""

from __future__ import annotations

import socket

from aiohttp.abc import AbstractResolver, ResolveResult

# One loopback address stands for the public internet, another for private networks.
PUBLIC, PRIVATE = "127.0.0.1", "127.0.0.2"


class ExampleNames(AbstractResolver):
    """Every name in .example is on the public address, inside.example on a private one."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if not host.endswith(".example"):
            raise OSError(f"no such name: {host}")
        address = PRIVATE if host == "inside.example" else PUBLIC
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
        ]

    async def close(self) -> None:
        """Nothing is open."""
