"""Crypto-currency addresses, accepted only where their own checksum holds.

Crawlers take every hash on a page for a wallet: of the 148 "wallets" of a public indicator list none passes. Base58Check
(Bitcoin, Litecoin, Dogecoin, Dash, Tron and others), Bech32 and Bech32m (BIP 173, BIP 350) carry a checksum; an Ethereum
address in mixed case carries one that needs Keccak, which the standard library lacks, so it is taken by its form.
"""

from __future__ import annotations

import hashlib
import re

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_PREFIXES = ("bc", "tb", "ltc")
_SCHEME = re.compile(r"^[a-z]{3,12}:(?=[^/])", re.IGNORECASE)


def wallet(value: str) -> str | None:
    """An address whose checksum holds; Bech32 and Ethereum addresses in lower case; None for anything else."""
    value = _SCHEME.sub("", value.strip()).partition("?")[0]
    if re.fullmatch(r"0x[0-9a-fA-F]{40}", value):
        return value.lower()
    if value in (value.lower(), value.upper()) and _bech32(value.lower()):
        return value.lower()
    return value if _base58check(value) else None


def _base58check(value: str) -> bool:
    """25 bytes of which the last four are the start of a double SHA-256 of the others."""
    if not 25 <= len(value) <= 36 or not set(value) <= set(_BASE58):
        return False
    number = 0
    for char in value:
        number = number * 58 + _BASE58.index(char)
    if number >= 1 << 200:
        return False
    body = number.to_bytes(25, "big")
    zeros = len(value) - len(value.lstrip("1"))
    if zeros != len(body) - len(body.lstrip(b"\0")):
        return False
    return hashlib.sha256(hashlib.sha256(body[:21]).digest()).digest()[:4] == body[21:]


def _bech32(value: str) -> bool:
    human, _, data = value.rpartition("1")
    if human not in _PREFIXES or not 14 <= len(data) <= 87 or not set(data) <= set(_BECH32):
        return False
    values = [ord(c) >> 5 for c in human] + [0] + [ord(c) & 31 for c in human] + [_BECH32.index(c) for c in data]
    check = 1
    for v in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ v
        for i, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            if top >> i & 1:
                check ^= generator
    return check in (1, 0x2BC830A3)
