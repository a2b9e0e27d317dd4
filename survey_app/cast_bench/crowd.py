"""Beside the voters: connections that stop half-way, and people who type codes that belong to nobody, until stdin ends.

Run by its path with nothing but the standard library, as `phones`. Prints how many false codes were answered, by status.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import socket
import sys
import threading
from collections import Counter
from typing import Any
from urllib.parse import urlencode

_HEAD = "POST /office/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"


def hang(plan: dict[str, Any], number: int, over: threading.Event) -> None:
    """Send half a request, every second one half a body, and wait; hung up on, do it again."""
    half = (_HEAD + ("Content-Length: 1000\r\n\r\nname=" if number % 2 else "")).encode()
    while not over.is_set():
        with contextlib.suppress(OSError), socket.create_connection((plan["host"], plan["port"]), timeout=10) as phone:
            phone.sendall(half)
            phone.settimeout(1)
            while not over.is_set():
                with contextlib.suppress(TimeoutError):
                    if not phone.recv(65_536):
                        break


def guess(plan: dict[str, Any], over: threading.Event, told: Counter[str]) -> None:
    """Type one false code after another."""
    kinds = {"Content-Type": "application/x-www-form-urlencoded", "Accept-Language": "zh-CN"}
    marks = {f"m{slot}": mark for slot, mark in enumerate(plan["marks"])}
    while not over.is_set():
        connection = http.client.HTTPConnection(plan["host"], plan["port"], timeout=60)
        with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
            alias = random.choice(plan["aliases"])  # noqa: S311 - none of them opens anything
            body = urlencode({"stage": "send", "alias": alias, "submission": f"{random.getrandbits(128):032x}", **marks})
            connection.request("POST", plan["path"], body=body, headers=kinds)
            answer = connection.getresponse()
            answer.read()
            told[str(answer.status)] += 1


def main() -> None:
    """The plan is the first line of stdin; everything ends when stdin does."""
    plan, over, told = json.loads(sys.stdin.readline()), threading.Event(), Counter[str]()
    people = [threading.Thread(target=hang, args=(plan, number, over)) for number in range(plan["half_sent"])]
    people += [threading.Thread(target=guess, args=(plan, over, told)) for _ in range(plan["guessers"])]
    for one in people:
        one.start()
    sys.stdin.read()
    over.set()
    for one in people:
        one.join()
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
