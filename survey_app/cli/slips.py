"""Making slips on a machine without the database: a PDF to print, and a file of digests for the server."""

from __future__ import annotations

import os
from pathlib import Path

import click

from survey_app.errors import UserError
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.native_threads import native_pool
from survey_app.printing import SlipSheet, slips_pdf
from survey_app.services.sealing.tokens import secret_text
from survey_app.services.slips import offline


@click.command("slips")
@click.argument("order", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.argument("pdf", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("digests", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--count", required=True, type=int, help="How many slips, at most 2000.")
@click.option("--meeting", required=True, help="The meeting, printed on every slip.")
def slips(order: Path, pdf: Path, digests: Path, count: int, meeting: str) -> None:
    """Make slips for ORDER (from the office's print page) on a machine without network: print PDF, hand the server DIGESTS.

    Print PDF and delete it; whoever has it can use every slip. DIGESTS holds no code and may travel openly.
    """
    for path in (pdf, digests):
        if path.exists():
            raise UserError(N_("%(path)s 已经存在，没有覆盖；请换一个文件名。"), path=path)
    said = offline.read_order(order.read_bytes())
    with native_pool() as pool, click.progressbar(length=count, label=_("制作凭条")) as bar:
        codes, registered = offline.make(
            said, count=count, meeting=meeting, progress=lambda done, _count: bar.update(done - bar.pos), pool=pool
        )
    sheet = SlipSheet(
        title=said.title,
        meeting=" ".join(meeting.split()),
        unit=said.unit,
        group=said.group,
        address=said.address,
        until=said.until,
        exposed=said.exposed,
    )
    printed = slips_pdf(sheet, [(f"{said.address}#{secret_text(secret)}", str(alias)) for secret, alias in codes])
    for path, content in ((pdf, printed), (digests, registered)):
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
    told = _("已做好 %(n)s 张。请打印 %(pdf)s 后删除它；把 %(digests)s 交给主办单位登记。", n=count, pdf=pdf, digests=digests)
    click.echo(told)
