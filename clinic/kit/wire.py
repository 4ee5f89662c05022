"""Can this request be read at all? What is no UTF-8, or breaks off, is refused before anything guesses at it."""

from collections.abc import Callable
from typing import Final
from urllib.parse import unquote_to_bytes

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

URLENCODED: Final = "application/x-www-form-urlencoded"
FORMS: Final = frozenset({URLENCODED, "multipart/form-data"})


def readable_middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """400 for another charset, for bytes that are no text in the address or in a form, and for a cut-off form."""

    def middleware(request: HttpRequest) -> HttpResponse:
        charset = (request.content_params or {}).get("charset", "utf-8")
        if charset.strip("\"' ").lower() not in {"utf-8", "utf8"}:
            raise BadRequest("another charset")
        _must_be_text(unquote_to_bytes(request.META.get("QUERY_STRING", "")))
        if request.method == "POST" and request.content_type in FORMS:
            body = request.body
            if request.content_type == URLENCODED:
                _must_be_text(unquote_to_bytes(body))
            else:
                _must_be_text(body)
                if not body.rstrip().endswith(b"--"):
                    raise BadRequest("a form without its end")
        return get_response(request)

    return middleware


def _must_be_text(raw: bytes) -> None:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest("bytes that are not UTF-8") from error
