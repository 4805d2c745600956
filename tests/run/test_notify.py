"""People are told, tried again, within a time; and no secret gets out."""

import base64
import json
import os
import socket
import subprocess
import sys
import threading
import time
from email import message_from_string
from email.policy import default
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import pairwise

import pytest

from analysis.run.notify import UNSET, Message, notify, word
from tests.conftest import PROJECT
from tests.run.house import CAMPAIGN

MESSAGE = Message("quang_nam_2023", "failed", 30, "03: hết bộ nhớ", "72,9% chỉ tiêu", ("72,9%",), "reports/x")
PLAIN = {"ANALYSIS_NOTIFY_PLAIN": "yes"}


@pytest.fixture
def webhook():
    """Yield a server that answers as the test says, one status a request, and what it took."""
    taken, answers = [], []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = answers.pop(0) if answers else 200
            if status == 200:
                taken.append(json.loads(body))  # before the answer, after which the test may look
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.end_headers()

        def do_GET(self):
            taken.append("a GET")
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"json://127.0.0.1:{server.server_port}/secret-token", answers, taken
    server.shutdown()
    server.server_close()


@pytest.fixture
def mailbox():
    """Yield the port of a minimal mail server, and the lines of the one message it took."""
    listener = socket.create_server(("127.0.0.1", 0))
    lines = []

    def serve():
        client, _ = listener.accept()
        with client, client.makefile("rwb") as stream:

            def say(text):
                stream.write(text.encode() + b"\r\n")
                stream.flush()

            say("220 here")
            for line in stream:
                kind = line.split()[0].upper()
                if kind == b"EHLO":
                    say("250-here\r\n250-AUTH PLAIN LOGIN")
                if kind == b"AUTH":
                    say("535 5.7.8 no")
                    continue
                if b"nobody@" in line:
                    say("550 5.1.1 no such user")
                    continue
                if kind == b"DATA":
                    say("354 go on")
                    for sent in stream:
                        if sent == b".\r\n":
                            break
                        lines.append(sent.decode().rstrip("\r\n"))
                say("221 bye" if kind == b"QUIT" else "250 ok")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listener.getsockname()[1], lines
    thread.join(timeout=5)
    listener.close()


def test_a_service_that_fails_is_tried_again(webhook):
    address, answers, taken = webhook
    answers.append(500)
    slept = []
    settings = PLAIN | {"ANALYSIS_NOTIFY": address}
    assert notify(MESSAGE, settings, (0, 5), slept.append, seconds=60) == []
    assert slept == [0, 5]
    assert taken[0]["title"] == "[quang_nam_2023] 72,9% chỉ tiêu (30)"
    assert "03: hết bộ nhớ" in taken[0]["message"]


@pytest.mark.parametrize(("answer", "tries"), [(404, 1), (410, 1), (429, 2)])
def test_an_address_where_nobody_is_is_tried_once_and_a_busy_one_again(webhook, answer, tries):
    address, answers, _ = webhook
    answers += [answer, answer]
    (said,) = notify(MESSAGE, PLAIN | {"ANALYSIS_NOTIFY": address}, (0, 0), lambda _: None, seconds=60)
    assert said.startswith(f"message 1 of 1 not sent after {tries} attempt")


def test_refused_credentials_are_tried_once(webhook):
    address, answers, taken = webhook
    answers += [401, 200]
    (said,) = notify(MESSAGE, PLAIN | {"ANALYSIS_NOTIFY": address}, (0, 0), lambda _: None, seconds=60)
    assert said.endswith("not sent after 1 attempt (refused the credentials)")
    assert taken == []


def test_a_redirect_is_a_failure_and_is_not_followed(webhook):
    address, answers, taken = webhook
    answers.append(302)
    (said,) = notify(MESSAGE, PLAIN | {"ANALYSIS_NOTIFY": address}, (0,), seconds=60)
    assert "not sent" in said
    assert taken == []


def test_what_is_not_encrypted_is_refused_unless_it_is_allowed(webhook):
    address, _, taken = webhook
    for one in (
        address,
        "mailto://u:secret-token@127.0.0.1/?to=a@b.org&from=c@b.org",
        f"{address}?verify=no",
    ):
        (said,) = notify(MESSAGE, {"ANALYSIS_NOTIFY": one}, (0,), seconds=60)
        assert said.endswith("(not encrypted)")
    assert taken == []


def test_a_mail_has_the_headline_in_its_subject_and_the_report_attached(mailbox, tmp_path):
    port, lines = mailbox
    (tmp_path / "report.vi.pdf").write_bytes(b"%PDF-1.7 x")
    message = Message(
        "quang_nam_2023", "published", 0, "", "73,5% chỉ tiêu; chưa chắc kịp hạn", ("542.423 tài khoản",),
        "https://example.org/r.html", tmp_path / "report.vi.pdf", "vi",
    )  # fmt: skip
    address = f"mailto://127.0.0.1:{port}/?from=a@example.org&to=b@example.org"
    assert notify(message, PLAIN | {"ANALYSIS_NOTIFY": address}, (0,), seconds=60) == []
    mail = message_from_string("\n".join(lines), policy=default)
    assert mail["Subject"] == "[quang_nam_2023] 73,5% chỉ tiêu; chưa chắc kịp hạn (0)"
    body, attached = [part for part in mail.walk() if not part.is_multipart()]
    text = (
        base64.b64decode(body.get_payload()).decode() if body["Content-Transfer-Encoding"] == "base64" else ""
    )
    text = text or body.get_content()
    assert "đã phát hành báo cáo" in text
    assert "542.423 tài khoản" in text
    assert "https://example.org/r.html" in text
    assert attached.get_filename() == "report.vi.pdf"


def test_a_mail_server_that_refuses_the_password_is_asked_once(mailbox):
    port, lines = mailbox
    address = f"mailto://u:secret-token@127.0.0.1:{port}/?from=a@example.org&to=b@example.org"
    (said,) = notify(MESSAGE, PLAIN | {"ANALYSIS_NOTIFY": address}, (0, 0), lambda _: None, seconds=60)
    assert said.endswith("not sent after 1 attempt (refused the credentials)")
    assert lines == []


def test_a_mail_to_nobody_is_sent_once(mailbox):
    address = f"mailto://127.0.0.1:{mailbox[0]}/?from=a@example.org&to=nobody@example.org"
    (said,) = notify(MESSAGE, PLAIN | {"ANALYSIS_NOTIFY": address}, (0, 0), lambda _: None, seconds=60)
    assert said.endswith("not sent after 1 attempt (refused for good)")


@pytest.mark.parametrize("greets", [True, False])
def test_a_server_that_drips_is_given_up_in_time(greets):
    """One byte a second for ever holds no run: the limit is of the attempt, not of each wait."""
    listener = socket.create_server(("127.0.0.1", 0))
    stopped = threading.Event()

    def drip():
        client, _ = listener.accept()
        with client:
            while not stopped.wait(0.3):
                try:
                    client.sendall(b"HTTP/1.1 200 OK\r\nX-A: " if greets else b"2")
                    greets and client.sendall(b"a")
                except OSError:
                    return

    threading.Thread(target=drip, daemon=True).start()
    port = listener.getsockname()[1]
    began = time.monotonic()
    (said,) = notify(MESSAGE, PLAIN | {"ANALYSIS_NOTIFY": f"json://127.0.0.1:{port}/x"}, (0,), seconds=3)
    stopped.set()
    listener.close()
    assert said.endswith("(no answer in 3 s)")
    assert time.monotonic() - began < 60  # and not for ever; a loaded machine may need a while to say so


@pytest.mark.parametrize(
    ("address", "tries"),
    [
        ("jsons://127.0.0.1:9/secret-token", "2 attempts"),
        ("mailtos://u:secret-token@127.0.0.1:9/?to=a@example.org&from=b@example.org", "2 attempts"),
        ("mailtos://u:secret-token@127.0.0.1:9/?to=a@example.org", "1 attempt"),  # nobody it is from
        ("file:///etc/secret-token", "1 attempt"),  # from here on trying again would end alike
        ("jsons://[secret-token", "1 attempt"),
        ("nothing-secret-token", "1 attempt"),
        ("json://127.0.0.1:9/secret-token", "1 attempt"),
    ],
)
def test_what_cannot_be_sent_is_one_line_without_a_secret(address, tries):
    said = notify(MESSAGE, {"ANALYSIS_NOTIFY": address}, (0, 0), lambda _: None, seconds=60)
    assert len(said) == 1
    assert f"message 1 of 1 not sent after {tries} (" in said[0]
    assert "secret-token" not in said[0]


def test_nobody_to_tell_is_said():
    assert notify(MESSAGE, {}) == [UNSET]


def test_a_line_break_in_a_name_cannot_add_a_header():
    assert "\n" not in Message("x\nBcc: evil@example.org", "ok", 0, "").subject


def test_every_state_is_said_in_every_language_and_in_english_where_nobody_translated_it():
    states = ("published", "identical", "silent", "refused", "failed", "stale", "warnings", "report")
    said = [[word(state, language) for state in states] for language in ("vi", "en", "fr")]
    assert not any(set(one) & set(other) for one, other in pairwise(said))
    assert word("silent", "pt") == "no new figures"


def test_the_run_tells_people_in_the_campaigns_language(house, webhook):
    address, _, taken = webhook
    done = subprocess.run(
        [sys.executable, "-m", "tests.run.house", str(house), "--notify"],
        cwd=PROJECT, env={**os.environ, **PLAIN, "ANALYSIS_NOTIFY": address}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 10, done.stderr
    (message,) = taken
    assert message["title"].startswith(f"[{CAMPAIGN}] ")
    assert "tệp" in message["title"]  # the small project's line in Vietnamese
    assert "Lưu ý: no file was received" in message["message"]
    assert f"reports/{CAMPAIGN}/" in message["message"]
