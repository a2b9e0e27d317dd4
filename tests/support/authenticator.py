"""A passkey in software: answers a page's request as a browser with an authenticator does (WebAuthn level 2, 5 and 6)."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

#: Flags of authenticator data: somebody was there, somebody proved who they are, a new key is in it.
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """One key. `origin`: where the browser says it is; `uses`: the counter it sends with the next answer."""

    origin: str
    credential: bytes = b"a credential's own name of 32 b."
    uses: int = 1
    flags: int = PRESENT | VERIFIED
    handle: bytes = b""
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, options: Mapping[str, Any], **changed: str) -> str:
        """What `navigator.credentials.create` gives, as JSON."""
        self.handle = plain(options["user"]["id"])
        point = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}  # RFC 9053, ES256
        named = bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential + cbor2.dumps(cose)
        data = self._data(changed.get("rp", options["rp"]["id"]), self.flags | ATTESTED) + named
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options["challenge"])
        return self._answer({"clientDataJSON": coded(client), "attestationObject": coded(attested)})

    def answer(self, options: Mapping[str, Any], **changed: str) -> str:
        """What `navigator.credentials.get` gives, as JSON."""
        data = self._data(changed.get("rp", options["rpId"]), self.flags)
        client = self._client(changed.get("kind", "webauthn.get"), options["challenge"])
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        told = {"clientDataJSON": client, "authenticatorData": data, "signature": signature, "userHandle": self.handle}
        return self._answer({name: coded(value) for name, value in told.items()})

    def _data(self, party: str, flags: int) -> bytes:
        data = hashlib.sha256(party.encode()).digest() + bytes([flags]) + self.uses.to_bytes(4, "big")
        self.uses += 1
        return data

    def _client(self, kind: str, challenge: str) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(told).encode()

    def _answer(self, response: dict[str, str]) -> str:
        name = coded(self.credential)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}})


def coded(data: bytes) -> str:
    """Bytes as the browser writes them."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def plain(text: str) -> bytes:
    """And back."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
