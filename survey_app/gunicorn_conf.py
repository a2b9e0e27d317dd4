"""How gunicorn serves us. Read by `pingyi serve`; may be given to gunicorn by hand as well.

Worker class gevent, because one access point with 300 phones means half-sent requests: a worker per request would stand
still for each of them, a greenlet costs nothing (figures: docs/serving.md). The application is loaded once, in the first
process, and every worker is a copy of it: that halves the start and the memory. No access log: addresses and times of voters
are written nowhere.
"""

from __future__ import annotations

import gc
import resource
from typing import Any

import gevent
from gevent import monkey

monkey.patch_all()  # before anything of ours is imported: what is loaded in the first process serves greenlets later

from survey_app import private_memory, server_log
from survey_app.body_reading import reading_bodies
from survey_app.config import ALL, JSON, OFFICE, Config
from survey_app.heartbeat import beat
from survey_app.hour_keeping import keep_hours
from survey_app.measuring import Measures, Recorder, measured
from survey_app.native_threads import give_large_pieces_back
from survey_app.warming import once_visited

_config = Config.from_environment()
# Read in the first process, whose memory and classes every worker inherits.
private_memory.keep_private()
give_large_pieces_back()
# Each connection is an open file, and the usual limit of 1,024 is less than one worker's share.
_files, _most_files = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (max(_files, min(_most_files, 8192)), _most_files))
server_log.hush_greenlets()
server_log.choose_lines(as_json=_config.log == JSON)
_measures = Measures()

bind = _config.bind
workers = _config.workers
worker_class = "survey_app.patient_worker.PatientWorker"
#: Of these `waiting_line.MOST` may be waited for; the rest are being answered.
worker_connections = 2000
preload_app = True
accesslog = None
errorlog = "-"
logger_class = server_log.QuietLogger
control_socket_disable = True  # no second door into the running server
loglevel = "warning"
timeout = 120
#: A worker told to stop while it is still loading hears nothing and is waited for this long (measured).
graceful_timeout = 10
keepalive = 5  # also the time in which a request's headers have to be complete
limit_request_line = 4094
limit_request_fields = 50
limit_request_field_size = 8190
forwarded_allow_ips = ""  # no header of a proxy is believed: nobody's address matters to us


def on_starting(_server: object) -> None:
    """Everything is loaded: the collector leaves it alone from now on, so that workers go on sharing its pages."""
    gc.freeze()
    gc.enable()


def pre_fork(_server: object, worker: Any) -> None:
    """In the first process: a row of the shared counts for the worker that is about to start."""
    worker.counted_in = _measures.take()


def child_exit(_server: object, worker: Any) -> None:
    """In the first process: the row is free again, whatever the worker ended of."""
    _measures.give_back(worker.counted_in)


def post_worker_init(worker: Any) -> None:
    """The application is loaded: from here on it meets gunicorn's own exceptions no more, and its answers are counted."""
    recorder = Recorder(_measures, worker.counted_in)
    if _config.surface in (ALL, OFFICE):  # of several servers the office's opens and closes, as its people do
        gevent.spawn(keep_hours, worker.wsgi)
        worker.wsgi = once_visited(worker.wsgi)
    worker.wsgi = measured(reading_bodies(worker.wsgi, worker.line), recorder)
    gevent.spawn(beat, recorder, worker.line)
