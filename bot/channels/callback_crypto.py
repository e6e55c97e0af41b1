"""Signatures and ciphers of both platforms' callbacks, by hand over `cryptography`.

Source: the pages 消息加解密说明 (official accounts) and 加解密方案说明 (WeCom). AES-256-CBC, key =
base64(EncodingAESKey + "="), IV = the key's first 16 bytes; plaintext = 16 random bytes ‖ length (4 bytes, big-endian)
‖ message ‖ whom it is for, padded by PKCS#7 to 32 bytes. Whom it is for is an app id, or WeCom's receiveid.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable
from hashlib import sha1

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32


class Undecipherable(ValueError):
    """A cipher text that is not ours, or not one at all."""


def signature(*parts: str) -> str:
    """SHA-1 of the sorted parts, joined, in lower-case hex."""
    return sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def is_signed(given: str, *parts: str) -> bool:
    """Whether a signature is that of the parts; compared in constant time."""
    return hmac.compare_digest(given.encode(), signature(*parts).encode())


class AccountCipher:
    """Encrypts and decrypts for one account."""

    def __init__(self, aes_key: str, receiver: str, *also: str) -> None:
        """`receiver` is whom messages are for, and whom ours are from; `also` are others that are us too."""
        key = base64.b64decode(aes_key + "=")
        self._cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16]))
        self._receiver = receiver.encode()
        self._receivers = {self._receiver, *(one.encode() for one in also)}

    def decrypt(self, encrypted: str | bytes) -> bytes:
        """The message inside. Raises Undecipherable, also when it is meant for another account."""
        try:
            data = base64.b64decode(encrypted, validate=True)
            decryptor = self._cipher.decryptor()
            plain = decryptor.update(data) + decryptor.finalize()
        except (binascii.Error, ValueError) as error:
            raise Undecipherable("not a cipher text") from error
        if not plain or not 1 <= plain[-1] <= BLOCK or len(plain) - plain[-1] < 20:
            raise Undecipherable("wrong padding")
        plain = plain[: -plain[-1]]
        end = 20 + int.from_bytes(plain[16:20], "big")
        if plain[end:] not in self._receivers:
            raise Undecipherable("meant for another account")
        return plain[20:end]

    def encrypt(self, message: bytes, random: Callable[[int], bytes]) -> str:
        """The cipher text of a message, in base64; `random` gives that many random bytes."""
        plain = random(16) + len(message).to_bytes(4, "big") + message + self._receiver
        pad = BLOCK - len(plain) % BLOCK
        encryptor = self._cipher.encryptor()
        return base64.b64encode(encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()).decode()
