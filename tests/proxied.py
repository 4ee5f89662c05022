"""How does a test stand where a clinic's browser stands? The real proxy of deploy/, before real web servers."""

import contextlib
import http.client
import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

CHECKOUT = Path(__file__).resolve().parent.parent
NAME = "clinic.example"
SECONDS_TO_START = 60


@dataclass
class Browser:
    """Speaks to the proxy by the clinic's name, from an address of its own on this machine; keeps cookies."""

    port: int
    certificate: Path
    address: str = "127.0.0.1"
    cookies: dict[str, str] = field(default_factory=dict)

    def plain(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=60, source_address=(self.address, 0))

    def connect(self) -> ssl.SSLSocket:
        trusted = ssl.create_default_context(cafile=str(self.certificate))
        return trusted.wrap_socket(self.plain(), server_hostname=NAME)

    def ask(
        self, path: str, form: str | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], str]:
        """Status, headers and body; a form is posted."""
        asking = http.client.HTTPConnection(NAME)
        asking.sock = self.connect()
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), **(headers or {})}
        if form is not None:
            sent |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"https://{NAME}"}
        try:
            asking.request("GET" if form is None else "POST", path, form, sent)
            answer = asking.getresponse()
            for cookie in answer.headers.get_all("Set-Cookie") or []:
                name, _, value = cookie.partition(";")[0].partition("=")
                self.cookies[name] = value
            said = {name.lower(): value for name, value in answer.headers.items()}
            return answer.status, said, answer.read().decode()
        finally:
            asking.close()


@contextlib.contextmanager
def proxied(*web_servers: str) -> Iterator[tuple[Browser, int]]:
    """A browser that trusts the proxy's certificate, and the port of plain HTTP."""
    with tempfile.TemporaryDirectory(prefix="stepwell-proxy-") as name, tempfile.TemporaryFile() as log:
        folder = Path(name)
        certificate, key = certificate_of_the_clinic(folder)
        plain, secure, own = free_ports(3)
        configuration = configured(folder, {"8080": str(plain), "8443": str(secure), ":8081": f":{own}"})
        process = subprocess.Popen(
            [program(), "run", "--config", configuration],
            env={
                "HOME": name,
                "ALLOWED_HOSTS": f"{NAME}, other.example",
                "PROXY_TLS": f"{certificate} {key}",
                "WEB_SERVERS": " ".join(web_servers),
            },
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_for(process, own, log)
            yield Browser(secure, certificate), plain
        finally:
            process.terminate()
            process.wait(timeout=30)


def configured(folder: Path, ports: dict[str, str]) -> Path:
    """The file as it is deployed, on other ports."""
    configuration = (CHECKOUT / "deploy" / "Caddyfile").read_text()
    for there, here in ports.items():
        assert configuration.count(there) == 1, there
        configuration = configuration.replace(there, here)
    (folder / "Caddyfile").write_text(configuration)
    return folder / "Caddyfile"


def program() -> str:
    """Debian's; apt-packages.txt names it."""
    found = shutil.which("caddy", path=f"{os.environ['PATH']}:/usr/bin")
    assert found, "caddy is not here: install what apt-packages.txt lists"
    return found


def certificate_of_the_clinic(folder: Path) -> tuple[Path, Path]:
    """As a clinic brings its own: a file with the certificate and one with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "clinic.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "clinic.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "clinic.pem", folder / "clinic.key"


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as held:
        return [held.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1] for _ in range(count)]


def wait_for(process: subprocess.Popen[bytes], port: int, log: "tempfile._TemporaryFileWrapper[bytes]") -> None:
    """Until the address of its own health check answers."""
    patience = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < patience and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    log.seek(0)
    sys.stderr.write(log.read().decode())
    raise AssertionError("the proxy did not start; what it said is on standard error")
