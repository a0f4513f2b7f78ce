from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from preview_host import Host, Reply, redirect
from soundglass.audio.previews.addresses import FetchError, Gate
from soundglass.audio.previews.client import Bounds, Client


@pytest.fixture
def host() -> Iterator[Host]:
    opened = Host()
    yield opened
    opened.close()


def fetch(host: Host, path: str, **bounds: float) -> bytes:
    with host.client(**bounds) as client:
        return client.get(host.url + path).body


def test_what_is_there_comes_with_what_the_host_says_of_it(host: Host) -> None:
    host.replies["/a"] = Reply(body=b"music", headers={"Content-Type": "audio/mpeg"})
    with host.client() as client:
        answer = client.get(f"{host.url}/a")
    assert (answer.body, answer.content_type) == (b"music", "audio/mpeg")
    assert answer.date == "Fri, 13 Feb 2026 12:00:00 GMT"
    assert answer.url == f"{host.url}/a"


def test_redirects_are_followed_three_times(host: Host) -> None:
    host.replies |= {f"/{n}": redirect(f"/{n + 1}") for n in range(4)}
    host.replies["/4"] = Reply(body=b"at last")
    assert fetch(host, "/1") == b"at last"
    with pytest.raises(FetchError, match="redirects more than 3 times"):
        fetch(host, "/0")
    assert host.asked == ["/1", "/2", "/3", "/4", "/0", "/1", "/2", "/3"]


def test_a_loop_of_redirects_ends(host: Host) -> None:
    host.replies["/round"] = redirect("/round")
    with pytest.raises(FetchError, match="redirects more than 3 times"):
        fetch(host, "/round")


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        ("http://169.254.169.254/latest/meta-data/", "not on the public internet"),
        ("http://127.0.0.1:1/", "not on the public internet"),
        ("http://[::1]/", "not on the public internet"),
        ("http://[::ffff:127.0.0.1]/", "not on the public internet"),
        ("http://2130706433/", "not on the public internet"),
        ("http://localhost:22/", "not on the public internet"),
        ("file:///etc/passwd", "only https is fetched"),
        ("http://me:secret@127.0.0.1/", "user name or password"),
    ],
)
def test_no_redirect_leads_inside(host: Host, to: str, reason: str) -> None:
    host.replies["/out"] = redirect(to)
    with pytest.raises(FetchError, match=reason) as caught:
        fetch(host, "/out")
    assert not caught.value.may_pass


def test_what_was_checked_is_what_is_connected_to(host: Host) -> None:
    """A name that resolves to something else the next time (DNS rebinding) gains nothing."""
    asked = []

    def rebinding(_name: str, _port: int) -> list[str]:
        asked.append(_name)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    host.replies["/a"] = Reply(body=b"music")
    gate = Gate(frozenset({("127.0.0.1", host.port)}), plain_http=True, resolve=rebinding)
    with Client(gate) as client:
        assert client.get(f"http://no-such-name.invalid:{host.port}/a").body == b"music"
    assert asked == ["no-such-name.invalid"]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Make a certificate of our own for a name of our own."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not there to make a certificate")
    folder = tmp_path_factory.mktemp("certificate")
    cert, key = folder / "cert.pem", folder / "key.pem"
    asked = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    named = ["-subj", "/CN=previews.example", "-addext", "subjectAltName=DNS:previews.example"]
    subprocess.run([*asked, *named, "-out", cert, "-keyout", key], check=True, capture_output=True)
    return cert, key


def test_https_proves_the_name_not_the_address(certificate: tuple[Path, Path]) -> None:
    secured = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    secured.load_cert_chain(*certificate)
    host = Host(secured)
    host.replies["/a"] = Reply(body=b"music")
    gate = Gate(frozenset({("127.0.0.1", host.port)}), resolve=lambda _host, _port: ["127.0.0.1"])
    trust = ssl.create_default_context(cafile=str(certificate[0]))
    try:
        with Client(gate, trust=trust) as client:
            assert client.get(f"https://previews.example:{host.port}/a").body == b"music"
            with pytest.raises(FetchError, match="cannot be reached"):
                client.get(f"https://other.example:{host.port}/a")
        with Client(gate) as client, pytest.raises(FetchError, match="cannot be reached"):
            client.get(f"https://previews.example:{host.port}/a")
    finally:
        host.close()
    assert host.asked == ["/a"]


def test_the_next_address_is_tried_where_one_is_silent(host: Host) -> None:
    host.replies["/a"] = Reply(body=b"music")
    both = frozenset({("127.0.0.1", host.port), ("127.0.0.2", host.port)})
    gate = Gate(both, plain_http=True, resolve=lambda _host, _port: ["127.0.0.2", "127.0.0.1"])
    with Client(gate) as client:
        assert client.get(f"http://two.invalid:{host.port}/a").body == b"music"


def test_without_an_allowance_this_machine_is_never_asked(host: Host) -> None:
    with Client(Gate(plain_http=True)) as client, pytest.raises(FetchError, match="not on the public"):
        client.get(f"{host.url}/a")
    assert host.asked == []


def test_too_many_bytes_end_it_whatever_was_claimed(host: Host) -> None:
    host.replies |= {
        "/honest": Reply(body=b"x" * 2000),
        "/silent": Reply(body=b"x" * 2000, claims=-1),
        "/vast": Reply(body=b"", claims=10**15),
        "/exact": Reply(body=b"x" * 1000),
    }
    for path in ("/honest", "/silent", "/vast"):
        with pytest.raises(FetchError, match=r"larger than 0\.001 MB"):
            fetch(host, path, max_bytes=1000)
    assert len(fetch(host, "/exact", max_bytes=1000)) == 1000


def test_what_ends_before_its_claimed_length_is_cut_off(host: Host) -> None:
    host.replies["/cut"] = Reply(body=b"x" * 100, claims=200)
    with pytest.raises(FetchError, match="cut off") as caught:
        fetch(host, "/cut")
    assert caught.value.may_pass


def test_a_trickle_ends_with_the_time_of_the_whole(host: Host) -> None:
    """Each single byte comes in time; it is the sum that counts, of the head as of the body."""
    host.replies["/drip"] = Reply(body=b"x" * 1000, pause_s=0.02)
    with pytest.raises(FetchError, match=r"longer than 0\.3 s") as caught:
        fetch(host, "/drip", max_s=0.3)
    assert caught.value.may_pass


def test_packed_content_is_not_unpacked(host: Host) -> None:
    import gzip

    host.replies["/bomb"] = Reply(body=gzip.compress(b"0" * 10**7), headers={"Content-Encoding": "gzip"})
    with pytest.raises(FetchError, match="compressed"):
        fetch(host, "/bomb")


@pytest.mark.parametrize(
    ("status", "may_pass"), [(404, False), (403, False), (429, True), (500, True), (503, True)]
)
def test_a_refusal_says_whether_it_may_pass(host: Host, status: int, may_pass: bool) -> None:
    host.replies["/a"] = Reply(status)
    with pytest.raises(FetchError, match=f"answered {status}") as caught:
        fetch(host, "/a")
    assert caught.value.may_pass is may_pass
    assert caught.value.wait_s is None


def test_retry_after_is_read_in_seconds_and_as_a_date(host: Host) -> None:
    host.replies |= {
        "/seconds": Reply(429, headers={"Retry-After": "7"}),
        "/past": Reply(429, headers={"Retry-After": "Fri, 13 Feb 2015 12:00:00 GMT"}),
        "/nonsense": Reply(429, headers={"Retry-After": "soon"}),
    }
    waits = {}
    for path in host.replies:
        with pytest.raises(FetchError) as caught:
            fetch(host, path)
        waits[path] = caught.value.wait_s
    assert waits == {"/seconds": 7.0, "/past": 0.0, "/nonsense": None}


def test_a_host_that_is_not_there_is_unreachable(host: Host) -> None:
    gate = Gate(frozenset({("127.0.0.1", 1)}), plain_http=True)
    with Client(gate, Bounds(max_s=2.0)) as client, pytest.raises(FetchError, match="reached") as caught:
        client.get("http://127.0.0.1:1/")
    assert caught.value.unreachable
    assert caught.value.may_pass
