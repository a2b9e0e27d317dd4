"""Files in the age format (age-encryption.org/v1): shares sealed to trustees' own keys, and such a key under a passphrase.

Lives here: the one door to the library. May not live here: what is sealed (`share_letters`), who may ask for it.

The format has a public specification, several programs and its own test vectors, so that a trustee needs no program of ours: with
stock `age` a key is made, a share opened and handed on (docs/trustees.md), also in ten years. A key is X25519; a passphrase goes
through scrypt, its work measured on the machine that makes the key.
"""

from __future__ import annotations

import re
import unicodedata

import pyrage

from survey_app.errors import UserError
from survey_app.i18n import N_
from survey_app.services.sealing import custody

MOST_BYTES = 16 * 1024
_ARMOUR = re.compile(rb"-----BEGIN AGE ENCRYPTED FILE-----.*?-----END AGE ENCRYPTED FILE-----", re.DOTALL)
_MAGIC = b"age-encryption.org/v1"
_SECRET = re.compile(r"AGE-SECRET-KEY-[0-9A-Z]+", re.IGNORECASE)
_RECIPIENT = re.compile(r"age1[02-9ac-hj-np-z]{58}")


class AgeError(UserError):
    """A key or file that cannot be used: what it is instead, and which one is wanted."""

    status = 422


class PrivateKeyShownError(AgeError):
    """Somebody sent a private key where a public one belongs. It is burnt, and not repeated to anybody."""


class NotForThisKeyError(AgeError):
    """A good file, sealed to another key."""


def read_recipient(text: str) -> str:
    """The public key in this text, as age writes it; a line `# public key: …` of a key file's head is read too.

    Raises AgeError for anything else, PrivateKeyShownError for a private key.
    """
    if _SECRET.search(text):
        raise PrivateKeyShownError(
            N_("这里收到的是私钥，不是公钥；私钥谁也不能给，这一把请作废，让保管人重新做一把，只交 age1 开头的那一行。")
        )
    found = _RECIPIENT.findall(unicodedata.normalize("NFKC", text).strip().lower())
    try:
        (only,) = set(found)
        return str(pyrage.x25519.Recipient.from_str(only))
    except (ValueError, pyrage.RecipientError) as wrong:
        raise AgeError(
            N_("这不是一把 age 公钥：应当是 age1 开头的 62 个字符，抄错一个也不行；请照保管人给的那一行再贴一次。")
        ) from wrong


def make_identity() -> tuple[str, str]:
    """A new key pair: (public key `age1…`, private key `AGE-SECRET-KEY-1…`)."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity.to_public()), str(identity)


def public_of(secret: str) -> str:
    """The public key of a private one. Raises AgeError."""
    return str(_identity(secret).to_public())


def seal_to(recipient: str, content: bytes) -> bytes:
    """The content in an armoured age file that only the recipient's private key opens. Raises AgeError for a key that is none."""
    try:
        return bytes(pyrage.encrypt(content, [pyrage.x25519.Recipient.from_str(recipient)], armored=True))
    except (pyrage.RecipientError, pyrage.EncryptError) as wrong:
        raise AgeError(N_("这把公钥不能用来封存；请保管人重新做一把。")) from wrong


def open_with(secret: str, sealed: bytes) -> bytes:
    """The content of an age file. Raises NotForThisKeyError, and AgeError for what is no such file or was altered."""
    identity = _identity(secret)
    try:
        return bytes(pyrage.decrypt(sealed, [identity]))
    except pyrage.DecryptError as wrong:
        if str(wrong) == "No matching keys found" and is_age(sealed):
            raise NotForThisKeyError(N_("这个文件不是封给这把钥匙的")) from wrong
        raise AgeError(N_("这不是一个完好的 age 文件")) from wrong


def write_key_file(secret: str, passphrase: str) -> bytes:
    """The private key's file: an age file under the passphrase, which stock age reads as well. Raises WeakPassphraseError."""
    custody.check_passphrase(passphrase)
    lines = f"# public key: {public_of(secret)}\n{secret}\n"
    return bytes(pyrage.passphrase.encrypt(lines.encode("ascii"), custody.plain_phrase(passphrase), armored=True))


def read_key_file(content: bytes, passphrase: str) -> str:
    """The private key in a key file. Raises AgeError: no key file, or not this passphrase."""
    if not is_age(content):
        raise AgeError(N_("这不是带口令的钥匙文件；请给 pingyi trustee new 或 age -p 做出的那个文件。"))
    secret = _under(content, custody.plain_phrase(passphrase), passphrase)
    found = _SECRET.findall(secret)
    if len(found) != 1:
        raise AgeError(N_("这个文件打开了，里面没有一把 age 私钥；请给您自己的钥匙文件。"))
    return str(_identity(found[0]))


def is_age(content: bytes) -> bool:
    """Whether this says that it is an age file, armoured or not."""
    return content.startswith(_MAGIC) or _ARMOUR.search(content) is not None


def pieces(content: bytes) -> list[bytes]:
    """The age files in this: several pasted one after the other, or one that is not armoured."""
    return [content] if content.startswith(_MAGIC) else [one + b"\n" for one in _ARMOUR.findall(content.replace(b"\r\n", b"\n"))]


def _under(content: bytes, *phrases: str) -> str:
    """What a file under one of these phrases holds: as this program locks it, or as typed, which is what age itself does."""
    why = ""
    for phrase in dict.fromkeys(phrases):
        try:
            return bytes(pyrage.passphrase.decrypt(content, phrase)).decode("ascii", "replace")
        except pyrage.DecryptError as wrong:
            why = str(wrong)
    if why == "Decryption failed":
        raise AgeError(N_("口令不对，钥匙文件没有打开；请核对大小写和空格后再输入一次。"))
    if "work" in why:
        raise AgeError(N_("这个钥匙文件是在快得多的机器上做的，这台机器打不开；请换一台机器。"))
    raise AgeError(N_("这个钥匙文件不是用口令锁的，或已损坏；请找做钥匙时存下的那个文件，或它的备份。"))


def _identity(secret: str) -> pyrage.x25519.Identity:
    try:
        return pyrage.x25519.Identity.from_str(secret.strip().upper())
    except pyrage.IdentityError as wrong:
        raise AgeError(N_("这不是一把 age 私钥；请给您自己的钥匙文件。")) from wrong
