"""What a trustee does on a machine of their own, without network, server or database: a key, an answer, a release.

Lives here: questions and files. May not live here: seals and letters (`services.sealing`).
"""

from __future__ import annotations

from pathlib import Path

import click

from survey_app.cli import asking
from survey_app.cli.new_files import refuse_unless_new, write_new
from survey_app.errors import UserError
from survey_app.i18n import N_, listed
from survey_app.i18n import gettext as _
from survey_app.printing import qr
from survey_app.services.sealing import age_files, custody, opening_notes, share_letters, trustees
from survey_app.services.sealing.opening_notes import OpeningNote
from survey_app.services.sealing.share_letters import LetterError, ShareLetter

_NEW = click.Path(path_type=Path, dir_okay=False)
_THERE = click.Path(path_type=Path, dir_okay=False, exists=True)
_KEY = click.option("--key", "key_file", type=_THERE, required=True, help="Your key file.")


@click.group()
def trustee() -> None:
    """Keep a share of an opening key under a key of your own. Works offline; touches no database.

    \b
    pingyi trustee new my-key.age --name 王五   once: hand in my-key.age.pub, keep my-key.age and its passphrase
    pingyi trustee answer share.age --key my-key.age            before approval: read out the answer
    pingyi trustee release share.age OPENING --key my-key.age --out release.age     at the opening

    Every file is in the age format (age-encryption.org/v1), so that age or rage can do the same: see docs/trustees.md.
    """


@trustee.command()
@click.argument("key_file", type=_NEW)
@click.option("--name", required=True, help="Your name, as the office writes it.")
def new(key_file: Path, name: str) -> None:
    """Make a key: KEY_FILE keeps the private part under a passphrase, KEY_FILE.pub is for the office."""
    public_file = key_file.with_name(key_file.name + ".pub")
    for path in (key_file, public_file):
        refuse_unless_new(path)
    passphrase = asking.ask_trustee(new=True)
    custody.check_passphrase(passphrase)
    recipient, secret = age_files.make_identity()
    write_new(key_file, age_files.write_key_file(secret, passphrase))
    write_new(public_file, f"{' '.join(name.split())} {recipient}\n".encode())
    click.echo(_("钥匙做好了。%(path)s 和口令都要留住：丢了哪一样，您的这一份就打不开了。", path=key_file))
    click.echo(_("交给主办单位的只有这一行（也在 %(path)s 里）：", path=public_file))
    _show(recipient)


@trustee.command()
@click.argument("key_file", type=_THERE)
def show(key_file: Path) -> None:
    """Say the public key of KEY_FILE again, with its fingerprint and a QR code."""
    _show(age_files.public_of(_secret(key_file)))


@trustee.command()
@click.argument("share_file", type=_THERE)
@_KEY
def answer(share_file: Path, key_file: Path) -> None:
    """Open SHARE_FILE, check it, and say the answer for the office. The answer says nothing of the share."""
    letter = share_letters.open_letter(_secret(key_file), _read(share_file))
    _tell(letter)
    click.echo(_("回答码，请念给或发给主办单位："))
    click.echo(trustees.answer_of(trustees.read(letter.share), bytes(letter.opening_key)))


@trustee.command()
@click.argument("share_file", type=_THERE)
@click.argument("opening")
@_KEY
@click.option("--out", type=_NEW, required=True, help="The file for the office; only this opening's key opens it.")
@click.option("--log-key", default="", help="The log key's fingerprint, 64 digits, as printed on the set-up sheet.")
def release(share_file: Path, opening: str, key_file: Path, out: Path, log_key: str) -> None:
    """Hand on the share in SHARE_FILE to OPENING: the opening's one-time key, age1… or the file that holds it.

    Do it only when the ballots are to be opened, and only after comparing the fingerprint with the screen in the room.
    """
    refuse_unless_new(out)
    note = _opening_key(opening)
    recipient, campaign = note.recipient, note.campaign
    if log_key and note.log != "".join(log_key.split()).lower():
        raise LetterError(N_("这把一次性公钥不是由这个指纹的存证密钥签的；什么也没有交付。请主办单位把公钥文件原样交来。"))
    letter = share_letters.open_letter(_secret(key_file), _read(share_file))
    if campaign and campaign != letter.campaign:
        raise LetterError(N_("一次性公钥是另一次评议的，您的密钥片属于“%(title)s”；什么也没有交付。"), title=letter.title)
    _tell(letter)
    click.echo(_("要交付给的一次性公钥的指纹："))
    click.echo(trustees.in_fours(trustees.fingerprint_of(recipient)))
    if note.log:
        click.echo(_("公钥文件由这把存证密钥签过，请与存证单上的指纹核对："))
        click.echo(trustees.in_fours(note.log))
    else:
        click.echo(_("没有人给这把公钥签过名：只有屏幕上的指纹说明它是谁的。"))
    if not click.confirm(_("和会场屏幕上的每一组都一样，而且现在就要开启？")):
        raise LetterError(N_("没有交付。指纹不一样的，请当场说出来：那把公钥可能是别人的。"))
    write_new(out, share_letters.hand_on(letter, recipient))
    click.echo(_("已写好 %(path)s，交给主办单位；只有这一次开启用得上，之后谁也打不开。", path=out))


def _secret(key_file: Path) -> str:
    content = _read(key_file)
    if not age_files.is_age(content):  # before anybody types a passphrase
        return age_files.read_key_file(content, "")
    return age_files.read_key_file(content, asking.ask_trustee())


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(age_files.MOST_BYTES + 1)
    if len(content) > age_files.MOST_BYTES:
        raise UserError(N_("%(path)s 太大，不是密钥片、钥匙或公钥文件；请换一个。"), path=path)
    return content


def _opening_key(said: str) -> OpeningNote:
    """The one-time public key, the campaign it says it is for, and whose log signed that; "" where it does not say."""
    if said.startswith("age1"):
        return OpeningNote(age_files.read_recipient(said), "", "")
    path = Path(said)
    if not path.is_file():
        raise UserError(N_("%(path)s 不是一次性公钥，也没有这个文件；请给 age1 开头的公钥，或主办单位给的公钥文件。"), path=said)
    return opening_notes.read(_read(path).decode("utf-8-sig", "replace"))


def _show(recipient: str) -> None:
    click.echo(recipient)
    click.echo(qr.terminal(recipient))
    click.echo(_("指纹，请与主办单位屏幕上的逐组核对："))
    click.echo(trustees.in_fours(trustees.fingerprint_of(recipient)))


def _tell(letter: ShareLetter) -> None:
    said = {"title": letter.title, "number": letter.number, "total": len(letter.holders), "holder": letter.holder}
    click.echo(_("“%(title)s”的第 %(number)s 份密钥片，共 %(total)s 份，保管人 %(holder)s。", **said))
    click.echo(_("%(needed)s 份就能开启；保管人是 %(names)s。", needed=letter.needed, names=listed(letter.holders)))
