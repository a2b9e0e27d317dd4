"""A crew of other machines: Dask's executor, over TLS with certificates on both sides. An extra (`pip install pingyi[cluster]`).

Nothing but the executor is another: what is sent, counted and added up is as with processes. The workers read the ballots from
the database themselves, so that it has to be one that they reach; the key comes to them over the connection and stays in their
memory. What somebody on such a machine could see: docs/threat-model.md, "Opening on several machines".
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from survey_app.errors import UserError
from survey_app.i18n import N_
from survey_app.services.counting.crews import Executing

_SECONDS = 30


class ClusterError(UserError):
    """The cluster cannot be used as it was named."""


@dataclass(frozen=True, kw_only=True)
class Certificates:
    """Whom both sides believe, and how we show who we are: files in PEM form."""

    authority: Path
    own: Path
    key: Path


def certificates(authority: Path | None, own: Path | None, key: Path | None) -> Certificates:
    """Three files, as a command was given them. Raises ClusterError for fewer."""
    if authority is None or own is None or key is None:
        raise ClusterError(N_("多机开箱要三个证书文件：--cluster-ca、--cluster-cert、--cluster-key。"))
    return Certificates(authority=authority, own=own, key=key)


def cluster(address: str, shown: Certificates) -> Executing:
    """The crew behind this scheduler.

    Parameters
    ----------
    address
        `tls://host:port` of the scheduler; nothing without TLS is spoken to.
    shown
        Ours, and the authority that signed the scheduler's and the workers'.

    Raises
    ------
    ClusterError
        For an address without TLS, a certificate that is not there, and where the extra is not installed.
    """
    if not address.startswith("tls://"):
        raise ClusterError(N_("“%(address)s”不能用：开启密钥要传到别的机器，地址必须以 tls:// 开头。"), address=address)
    for file in (shown.authority, shown.own, shown.key):
        if not file.is_file():
            raise ClusterError(N_("没有证书文件 %(file)s；请先为调度机和每台工作机准备证书。"), file=file)
    try:
        distributed = import_module("distributed")
    except ImportError as missing:
        raise ClusterError(N_("没有安装多机开箱的部件；请运行 pip install 'pingyi[cluster]'。")) from missing

    @contextmanager
    def start() -> Iterator[Executor]:
        security = distributed.Security(
            tls_ca_file=str(shown.authority),
            tls_client_cert=str(shown.own),
            tls_client_key=str(shown.key),
            require_encryption=True,
        )
        try:
            client = distributed.Client(address, security=security, timeout=_SECONDS, set_as_default=False)
        except OSError as silent:
            raise ClusterError(N_("连不上 %(address)s；请查看调度机是否在运行、证书是否相符。"), address=address) from silent
        with client:
            yield _Cluster(client, distributed.KilledWorker)

    return Executing(start, _workers(start))


def _workers(start: Any) -> int:
    with start() as executor:
        workers: int = executor.workers
    if not workers:
        raise ClusterError(N_("集群里一台工作机也没有；请先启动工作机。"))
    return workers


class _Cluster(Executor):
    """Dask's executor with our own word for workers that died."""

    def __init__(self, client: Any, died: type[BaseException]) -> None:
        self._client, self._died = client, died
        self.workers = len(client.scheduler_info()["workers"])

    def submit(self, work: Any, /, *given: Any, **named: Any) -> Future[Any]:
        """Do it on some worker, again where it dies; under a random name, as Dask's own would be a digest of the key too."""
        asked, told = self._client.submit(work, *given, pure=False, retries=3, **named), Future[Any]()

        def tell(done: Any) -> None:
            if done.cancelled():
                told.cancel()
                return
            failure = done.exception()
            if isinstance(failure, self._died):
                told.set_exception(BrokenExecutor(str(failure)))
            elif failure is not None:
                told.set_exception(failure)
            else:
                told.set_result(done.result())

        asked.add_done_callback(tell)
        return told
