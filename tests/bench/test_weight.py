import gzip

from bench.weight import weight


def test_a_first_visit_fetches_each_file_once_and_what_it_names(tmp_path):
    files = {
        "page.css": b'@font-face { src: url("font.woff2") } .a { background: url(font.woff2) }',
        "font.woff2": b"f" * 700,
        "first.js": b'import { two } from "./second.js";\n',
        "second.js": b'import "./first.js";\n' + b"s" * 400,
        "never.js": b"n" * 9000,
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    body = b'<link href="/static/page.css"><script src="/static/first.js"></script><a href="/static/gone.js">'

    found = weight(body, tmp_path)

    fetched = sum(len(content) for name, content in files.items() if name != "never.js")
    assert found.raw == len(body)
    assert found.first_visit == found.compressed + fetched


def test_a_file_counts_as_small_as_it_is_served(tmp_path):
    (tmp_path / "page.css").write_bytes(b"a" * 5000)
    (tmp_path / "page.css.gz").write_bytes(b"z" * 60)
    (tmp_path / "page.css.br").write_bytes(b"b" * 40)
    body = b'<link href="/static/page.css">'

    found = weight(body, tmp_path)

    assert found.first_visit == found.compressed + 40


def test_a_page_is_weighed_as_a_proxy_sends_it(tmp_path):
    body = b"<p>the same words</p>" * 500

    found = weight(body, tmp_path)

    assert found.raw == len(body)
    assert found.compressed == len(gzip.compress(body, 6))
