"""The result as it lies in an archive: every released figure as a table, and one page that a person reads without our program.

Lives here: how the result looks there. May not live here: what else goes in (`services.keeping.contents`), packing and signing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from html import escape

from sqlalchemy.orm import Session

from survey_app import i18n, times
from survey_app.config import Config
from survey_app.exports import long_table
from survey_app.i18n import N_
from survey_app.models import Campaign
from survey_app.proof.round_archive import ArchiveError
from survey_app.services.keeping import archiving, contents
from survey_app.services.keeping.archiving import ArchiveMade, ArchiveProgress, ArchiveStep, untold
from survey_app.services.keeping.contents import KeptFile
from survey_app.services.publishing.publications import FILES
from survey_app.services.results import loaded as results
from survey_app.services.results.loaded import Loaded

#: The page stands alone: its looks stand in it, and it loads nothing.
_STYLE = """
body{font:16px/1.6 'Noto Sans SC','PingFang SC','Microsoft YaHei',sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem}table{border-collapse:collapse;width:100%}code{overflow-wrap:anywhere}
th,td{border:1px solid #c9d0da;padding:.3rem .6rem;text-align:start;overflow-wrap:anywhere}th{background:#f2f4f7;font-weight:600}
.wide{overflow-x:auto}.wide th,.wide td{overflow-wrap:normal;white-space:nowrap}
"""
_HOW = """
<p>装有评议程序的电脑上：<code>pingyi verify 档案.zip --key 存证单上的公钥指纹</code>。没有程序：manifest.json 写明
每个文件的 SHA-256；signature.txt 是对“pingyi/archive/v1”、换行和 manifest.json 原文的 Ed25519 签名；
bundle.zip（如果有）里有单独的核对程序。</p>
<p lang="en">With the program: <code>pingyi verify ARCHIVE.zip --key FINGERPRINT</code>. Without it: manifest.json gives the
SHA-256 of every file; signature.txt is the Ed25519 signature over “pingyi/archive/v1”, a line feed and manifest.json as it is;
bundle.zip, where there is one, holds a checker of its own.</p>
"""


def make(
    session: Session,
    config: Config,
    campaign: Campaign,
    *,
    secret: str,
    account: str,
    now: dt.datetime,
    progress: ArchiveProgress = untold,
) -> ArchiveMade:
    """The archive of a counted round, on the shelf and written down.

    Parameters
    ----------
    session, campaign
        The campaign's row is locked; the caller commits.
    config
        Where shelves stand.
    secret
        The server's secret, which opens the signing key.
    account, now
        Who does this and when.
    progress
        Told each step as it begins.

    Raises
    ------
    ArchiveError
        When it is not counted, has no ended log, or its evidence changed after the count.
    SigningKeyError
        When the log's key does not open.
    """
    log = archiving.refuse_unless_counted(session, campaign)
    loaded = results.load(session, campaign, language=i18n.language())
    if loaded.stale:
        raise ArchiveError(N_("其他材料、人数或名册在最近一次计算之后改过；请先重新计算，再归档。"))
    progress(ArchiveStep.GATHERING)
    members = contents.gather(session, config, campaign, log)
    progress(ArchiveStep.RESULT)
    if loaded.lets(FILES):
        table = long_table.to_csv(loaded)
        members["result.csv"] = KeptFile(table, "公布的每一个数，一行一个", "every released figure, a row each")
    front = _page(loaded, members, now).encode()
    members["index.html"] = KeptFile(
        front, "先看这一页：结果、这里有什么、怎么核对", "read this first: result, contents, how to check"
    )
    return archiving.seal(session, config, campaign, members, secret=secret, account=account, now=now, progress=progress)


def _page(loaded: Loaded, members: Mapping[str, KeptFile], now: dt.datetime) -> str:
    campaign = loaded.campaign
    facts = (
        ("年度或时段 / Period", campaign.period),
        ("谁在问 / Asked by", campaign.asker),
        ("为什么 / Why", campaign.purpose),
        ("结果怎么用 / What follows", campaign.asks),
        ("方案 / Scheme", f"{campaign.scheme_key} {campaign.scheme_version}"),
        ("计票 / Counted", times.moment(campaign.counted) if campaign.counted else ""),
        ("归档 / Archived", times.moment(now)),
    )
    files = sorted((name, one.holds, one.english) for name, one in members.items())
    return "".join(
        (
            '<!DOCTYPE html>\n<html lang="zh-Hans"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(campaign.title)}</title><style>{_STYLE}</style></head><body>\n<h1>{escape(campaign.title)}</h1>\n",
            _table((), [row for row in facts if row[1]]),
            "\n<h2>结果 / Result</h2>\n",
            _result(loaded),
            "\n<h2>这份档案里有什么 / What is in this archive</h2>\n",
            _table(("文件 / File", "内容", "Contents"), files, linked=True),
            "\n<h2>没有放进来的 / Left out</h2>\n",
            _table(("", ""), contents.LEFT_OUT),
            "\n<h2>怎么核对 / How to check</h2>\n",
            _HOW,
            "</body></html>\n",
        )
    )


def _result(loaded: Loaded) -> str:
    layout = loaded.scheme.layout
    keys = [*layout.columns, *layout.tiers] if loaded.lets("scores") else []
    if not keys:
        return "<p>公布计划里没有得分。 / The release plan lets no scores out.</p>"
    heads = ("单位 / Unit", "编号 / Code", "姓名或名称 / Name", *(loaded.view.title(key) for key in keys))
    rows = []
    for person in loaded.visible():
        cells = [loaded.view.cell(key, {"subject": person.code}) for key in keys]
        rows.append((person.unit_name, person.code, person.name, *(cell.text if cell.applies else "" for cell in cells)))
    return f'<div class="wide">{_table(heads, rows)}</div>'


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], *, linked: bool = False) -> str:
    """`linked`: the first column names files beside the page."""
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in heads)
    body = "".join(
        f'<tr><th scope="row">{_link(row[0]) if linked else escape(row[0])}</th>'
        + "".join(f"<td>{escape(one)}</td>" for one in row[1:])
        + "</tr>\n"
        for row in rows
    )
    return f"<table>{f'<thead><tr>{head}</tr></thead>' if any(heads) else ''}<tbody>\n{body}</tbody></table>"


def _link(name: str) -> str:
    return f'<a href="{escape(name)}">{escape(name)}</a>'
