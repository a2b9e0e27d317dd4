"""Lists of a pasted regulation whose numbering or points do not come out: they are read as meant, and what differs is told."""

from __future__ import annotations

from flask.testing import FlaskClient

from questionnaires.authoring.outline import Outline
from questionnaires.authoring.pasted import read_pasted
from tests.survey_app.views.office.test_scheme_desk import begin, on_sqlite


def test_a_list_that_changes_its_manner_of_numbering_goes_on_and_one_that_starts_anew_stands_below() -> None:
    goes_on = "一、能力（60分）\n1. 业务水平（30分）\n（2）科室管理（30分）"
    found = read_pasted(goes_on, Outline(title="评议", version="1"))
    assert [(one.title, one.indicator, str(one.weight)) for one in found.items] == [
        ("业务水平", "能力", "30"),
        ("科室管理", "能力", "30"),
    ]
    assert found.uneven == ()
    anew = "一、能力（60分）\n1. 业务水平（60分）\n（1）门诊（20分）\n（2）手术（40分）"
    found = read_pasted(anew, Outline(title="评议", version="1"))
    assert [(one.title, one.indicator) for one in found.items] == [("门诊", "业务水平"), ("手术", "业务水平")]
    assert found.uneven == ()


@on_sqlite
def test_points_that_do_not_come_to_what_the_regulation_says_above_them_are_told(office_client: FlaskClient) -> None:
    uneven = "一、能力（60分）\n1. 业务水平（30分）\n2. 科室管理（20分）\n二、医德（40%）\n1. 廉洁（10分）\n2. 尊重（10分）"
    address = begin(office_client, lines=uneven)
    page = office_client.get(f"{address}/items").get_data(as_text=True)
    assert "“能力”写着 60 分，下面各项合计 50 分" in page
    assert "“医德”写着" not in page  # a share in percent is no sum of points
