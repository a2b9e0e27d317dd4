"""The age format written down a second time, from its specification alone (age-encryption.org/v1), on other primitives than the
program's: what our files open with if our program and its library are gone.

Only what trustees' files use: X25519 and scrypt stanzas, one recipient, payloads of one chunk. Slow and plain on purpose.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_ZERO = bytes(12)


def identity(seed: str = "") -> tuple[str, str]:
    """A key pair: (age1…, AGE-SECRET-KEY-1…); a new one, or the one of this seed."""
    private = X25519PrivateKey.from_private_bytes(hashlib.sha256(seed.encode()).digest() if seed else os.urandom(32))
    public = private.public_key().public_bytes_raw()
    return _bech32("age", public), _bech32("age-secret-key-", private.private_bytes_raw()).upper()


def lock(secret: str, passphrase: str, *, work: int = 4) -> bytes:
    """A key file under a passphrase, quick to open: 2**work steps of scrypt and not 2**18."""
    file_key, salt = os.urandom(16), os.urandom(16)
    wrap = _scrypt(passphrase, salt, work)
    body = ChaCha20Poly1305(wrap).encrypt(_ZERO, file_key, None)
    header = b"age-encryption.org/v1\n" + f"-> scrypt {_b64(salt)} {work}\n{_b64(body)}\n---".encode()
    nonce = os.urandom(16)
    payload = ChaCha20Poly1305(_hkdf(file_key, nonce, b"payload")).encrypt(_ZERO[:-1] + b"\1", secret.encode() + b"\n", None)
    return header + b" " + _b64(_mac(file_key, header)).encode() + b"\n" + nonce + payload


def seal(recipient: str, content: bytes) -> bytes:
    """An age file to a public key, not armoured."""
    file_key, ephemeral = os.urandom(16), X25519PrivateKey.generate()
    public, share = _plain_key(recipient), ephemeral.public_key().public_bytes_raw()
    wrap = _hkdf(ephemeral.exchange(X25519PublicKey.from_public_bytes(public)), share + public, b"age-encryption.org/v1/X25519")
    body = ChaCha20Poly1305(wrap).encrypt(_ZERO, file_key, None)
    header = b"age-encryption.org/v1\n" + f"-> X25519 {_b64(share)}\n{_b64(body)}\n---".encode()
    nonce = os.urandom(16)
    payload = ChaCha20Poly1305(_hkdf(file_key, nonce, b"payload")).encrypt(_ZERO[:-1] + b"\1", content, None)
    return header + b" " + _b64(_mac(file_key, header)).encode() + b"\n" + nonce + payload


def open_sealed(sealed: bytes, secret: str) -> bytes:
    """What is sealed to the public key of this private one."""
    private = X25519PrivateKey.from_private_bytes(_plain_key(secret.lower()))
    own = private.public_key().public_bytes_raw()

    def unwrap(words: list[str], body: bytes) -> bytes:
        assert words[0] == "X25519"
        share = _unb64(words[1])
        wrap = _hkdf(private.exchange(X25519PublicKey.from_public_bytes(share)), share + own, b"age-encryption.org/v1/X25519")
        return ChaCha20Poly1305(wrap).decrypt(_ZERO, body, None)

    return _open(sealed, unwrap)


def open_locked(sealed: bytes, passphrase: str) -> bytes:
    """What is locked under this passphrase."""

    def unwrap(words: list[str], body: bytes) -> bytes:
        assert words[0] == "scrypt"
        return ChaCha20Poly1305(_scrypt(passphrase, _unb64(words[1]), int(words[2]))).decrypt(_ZERO, body, None)

    return _open(sealed, unwrap)


def _open(sealed: bytes, unwrap: Callable[[list[str], bytes], bytes]) -> bytes:
    data = _unarmoured(sealed)
    head = re.match(rb"age-encryption\.org/v1\n(.*?)--- ([A-Za-z0-9+/]{43})\n", data, re.DOTALL)
    assert head is not None
    lines = head[1].decode().splitlines()
    body = lines[1 : next((at for at, line in enumerate(lines[1:], 1) if line.startswith("-> ")), len(lines))]
    file_key = unwrap(lines[0].split()[1:], _unb64("".join(body)))  # later stanzas are there to be ignored
    assert hmac.compare_digest(_mac(file_key, data[: head.start(2) - 1]), _unb64(head[2].decode()))
    nonce, payload = data[head.end() :][:16], data[head.end() + 16 :]
    assert len(payload) <= 64 * 1024 + 16
    return ChaCha20Poly1305(_hkdf(file_key, nonce, b"payload")).decrypt(_ZERO[:-1] + b"\1", payload, None)


def _unarmoured(sealed: bytes) -> bytes:
    text = re.fullmatch(rb"-----BEGIN AGE ENCRYPTED FILE-----\n(.*)-----END AGE ENCRYPTED FILE-----\s*", sealed, re.DOTALL)
    return base64.b64decode(text[1]) if text else sealed


def _scrypt(passphrase: str, salt: bytes, work: int) -> bytes:
    cost = 2**work
    label = b"age-encryption.org/v1/scrypt" + salt
    return hashlib.scrypt(passphrase.encode(), salt=label, n=cost, r=8, p=1, maxmem=1024 * cost + 2**24, dklen=32)


def _hkdf(key: bytes, salt: bytes, info: bytes) -> bytes:
    """HKDF-SHA256 (RFC 5869), 32 bytes."""
    extracted = hmac.digest(salt or bytes(32), key, "sha256")
    return hmac.digest(extracted, info + b"\1", "sha256")


def _mac(file_key: bytes, header: bytes) -> bytes:
    return hmac.digest(_hkdf(file_key, b"", b"header"), header, "sha256")


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")


def _unb64(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4))


def _plain_key(text: str) -> bytes:
    """The 32 bytes of a Bech32 text (BIP 173); its checksum is the library's to look at."""
    digits = text[text.rindex("1") + 1 : -6]
    number = 0
    for digit in digits:
        number = number << 5 | _BECH32.index(digit)
    return (number >> (len(digits) * 5 - 256)).to_bytes(32, "big")


def _bech32(prefix: str, data: bytes) -> str:
    number = int.from_bytes(data, "big") << 4  # 256 bits are 51 digits and one bit: 52 digits with four zero bits
    values = [number >> 5 * at & 31 for at in range(51, -1, -1)]
    spread = [ord(one) >> 5 for one in prefix] + [0] + [ord(one) & 31 for one in prefix]
    sum_ = _polymod([*spread, *values, 0, 0, 0, 0, 0, 0]) ^ 1
    return prefix + "1" + "".join(_BECH32[one] for one in [*values, *(sum_ >> 5 * (5 - at) & 31 for at in range(6))])


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for at, term in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= term if top >> at & 1 else 0
    return check
