"""Errors become pages: one sentence saying what is wrong and what to do. Never a trace, never a blank page."""

from __future__ import annotations

import logging
import time
from contextlib import suppress

from flask import Flask, Response, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from survey_app.errors import UserError
from survey_app.i18n import N_, gettext
from survey_app.traces import bare

log = logging.getLogger("survey_app")

#: What a status means for the person in front of the page. Other statuses get the sentence of their hundred.
SENTENCES = {
    400: N_("发来的内容不完整或格式不对；请返回上一页，检查后再提交。"),
    403: N_("这个请求不是从本系统的页面发出的，没有执行；请打开本系统的页面，在那里操作。"),
    404: N_("没有这个页面；请检查网址，或从首页重新进入。"),
    405: N_("这个地址不能这样使用；请返回上一页，用页面上的按钮操作。"),
    408: N_("发来的内容太慢或中断了，没有接收；请检查网络，再送一次。"),
    413: N_("发来的内容太大，没有接收；请换一个小一些的文件再试。"),
    500: N_("系统出错了，您刚才的操作没有保存；请稍后再试，或告诉管理员。"),
    503: N_("数据库现在用不了，刚才的操作没有得到确认；请过几秒再试一次，还是不行就告诉管理员。"),
}
CSRF_SENTENCE = N_("页面已过期，操作没有执行；请刷新页面后再提交一次。")
UPLOAD_SENTENCE = N_("上传的文件超过 %(limit)s MB，没有接收；请减小文件后再上传。")
#: How much of a refused body is read and thrown away so that the sender gets to read the answer, and for how long.
DRAIN_BYTES = 64 * 1024 * 1024
DRAIN_SECONDS = 10
DRAIN_SILENCE = 2


def init_error_pages(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(UserError, _user_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _no_database)
    app.register_error_handler(PoolTimeoutError, _no_database)
    app.register_error_handler(Exception, _bug)


def page(sentence: str, status: int) -> Response:
    """The error page with one translated sentence."""
    return make_response(render_template("errors/error.html", sentence=sentence, status=status), status)


def _user_error(error: UserError) -> Response:
    return page(gettext(error.sentence, **error.parts), error.status)


def _csrf_error(_error: CSRFError) -> Response:
    return page(gettext(CSRF_SENTENCE), 400)


def _too_large(_error: RequestEntityTooLarge) -> Response:
    """Refuse at once, by the announced length; what is still on the way is thrown away unread by anyone, bounded.

    Closing the connection while the sender still sends would reset it, and the sender would never see the sentence.
    """
    limit = request.max_content_length or 0
    sentence = gettext(UPLOAD_SENTENCE, limit=limit // (1024 * 1024)) if limit >= 1024 * 1024 else gettext(SENTENCES[413])
    response = page(sentence, 413)
    response.headers["Connection"] = "close"
    stream, line = request.environ["wsgi.input"], request.environ.get("gunicorn.socket")

    def drain() -> None:
        left, deadline = DRAIN_BYTES, time.monotonic() + DRAIN_SECONDS
        if line is not None:
            line.settimeout(DRAIN_SILENCE)
        with suppress(TimeoutError):  # nothing more comes: the sender waits for our answer, and has it
            while left > 0 and time.monotonic() < deadline and (piece := stream.read(min(left, 64 * 1024))):
                left -= len(piece)

    response.call_on_close(drain)
    return response


def _http_error(error: HTTPException) -> Response:
    if error.response is not None:
        return make_response(error.response)
    status = error.code or 500
    sentence = SENTENCES.get(status) or SENTENCES[500 if status >= 500 else 400]
    response = page(gettext(sentence), status)
    if status == 405 and (allowed := dict(error.get_headers()).get("Allow")):
        response.headers["Allow"] = allowed
    return response


def _no_database(error: Exception) -> Response:
    """The database did not answer, or not that it keeps what was done: neither "saved" nor "not saved" would be true."""
    log.error("no database for %s\n%s", request.endpoint, bare(error))
    return page(gettext(SENTENCES[503]), 503)


def _bug(error: Exception) -> Response:
    """A mistake of ours. The log gets the endpoint instead of the address, and places in the code instead of messages."""
    log.error("error in %s\n%s", request.endpoint, bare(error))
    return page(gettext(SENTENCES[500]), 500)
