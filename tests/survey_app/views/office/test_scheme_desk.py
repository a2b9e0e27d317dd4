"""The scheme desk: a clerk without a word of scheme language makes a scheme, two clerks do not lose each other's work, nonsense is refused."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.models import SchemeDraft, SchemeDraftText
from tests.support.application import csrf

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
REGULATION = """中心医院中层干部年度评议办法
第一条 为客观评价中层干部，制定本办法。
一、医德医风（３０分）
1．遵守医德规范，廉洁行医（15分）
2．尊重患者，服务态度好（15分）
二、业务能力（40分）
1. 专科业务水平
2. 带教与科研
三、管理能力(30分)
（1）科室管理（20分）
（2）沟通协作（10分）
第二条 评议权重：上级评议占40%，同级评议占20%，下级占20%，服务对象占20%。
第三条 每张票评“优秀”的人数不得超过应评人数的30%。
第四条 得分90分以上为优秀，75分以上为良好，60分以上为合格，60分以下为不合格。
"""


def begin(client: FlaskClient, **fields: str) -> str:
    """Begin a draft; its address."""
    data = {"csrf_token": csrf(client), "kind": "pasted", "title": "医院评议", "scale": "四等", **fields}
    answer = client.post("/office/schemes/new", data=data)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return answer.headers["Location"].rpartition("/")[0]


@on_sqlite
def test_pages(office_client: FlaskClient, session: Session) -> None:
    address = begin(office_client, lines=REGULATION)
    for tab in ("items", "raters", "judged", "policy", "text", "phone", "trial", "regulation", "versions", "phone/0/zh-Hans"):
        answer = office_client.get(f"{address}/{tab}")
        assert answer.status_code == 200, tab
