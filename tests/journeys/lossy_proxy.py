"""What if an answer gets lost on the way back? A proxy on this machine that loses requests and answers by a plan."""

import contextlib
import itertools
import socket
import threading
from collections.abc import Callable, Iterator

PASS, LOSE_REQUEST, LOSE_ANSWER = "pass", "lose the request", "lose the answer"


@contextlib.contextmanager
def lossy(host: str, port: int, fate_of: Callable[[int], str]) -> Iterator[int]:
    """Serve on a port of its own; `fate_of` says for the n-th connection what becomes of it."""
    numbers = itertools.count()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ended = threading.Event()
        thread = threading.Thread(target=_accept, args=(listener, (host, port), fate_of, numbers, ended), daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            ended.set()
            with contextlib.suppress(OSError):
                socket.create_connection(listener.getsockname()).close()
            thread.join(timeout=10)


def _accept(listener, address, fate_of, numbers, ended) -> None:
    while not ended.is_set():
        tablet, _ = listener.accept()
        if ended.is_set():
            tablet.close()
            return
        threading.Thread(target=_carry, args=(tablet, address, fate_of(next(numbers))), daemon=True).start()


def _carry(tablet: socket.socket, address: tuple[str, int], fate: str) -> None:
    with tablet:
        request = _whole_message(tablet)
        if fate != LOSE_REQUEST:
            answer = b""
            # A server that is just being started again answers nothing, and the tablet hears nothing.
            with contextlib.suppress(ConnectionError), socket.create_connection(address) as server:
                server.sendall(request)
                answer = _until_closed(server)
            if fate == PASS:
                tablet.sendall(answer)
        # Closing alone would leave the tablet waiting.
        with contextlib.suppress(OSError):
            tablet.shutdown(socket.SHUT_RDWR)


def _whole_message(connection: socket.socket) -> bytes:
    """Head and body; the length is said by the sender."""
    got = b""
    while b"\r\n\r\n" not in got:
        got += connection.recv(65_536)
    head, _, body = got.partition(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
    )
    while len(body) < length:
        body += connection.recv(65_536)
    return head + b"\r\n\r\n" + body


def _until_closed(connection: socket.socket) -> bytes:
    got = b""
    while piece := connection.recv(65_536):
        got += piece
    return got
