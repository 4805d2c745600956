"""People are told, tried again, and no secret gets out."""

import json
import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from analysis.run.notify import Message, notify

MESSAGE = Message("quang_nam_2023", "failed", 30, "03: hết bộ nhớ", ("72.9% of the target",), "reports/x")


@pytest.fixture
def webhook():
    """Yield the address of a server that fails once and then takes what it is sent, and what it took."""
    taken = []

    class Handler(BaseHTTPRequestHandler):
        fails = 1

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, Handler.fails = 500 if Handler.fails else 200, 0
            if status == 200:
                taken.append(json.loads(body))  # before the answer, after which the test may look
            self.send_response(status)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/token", taken
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
                word = line.split()[0].upper()
                if word == b"DATA":
                    say("354 go on")
                    for sent in stream:
                        if sent == b".\r\n":
                            break
                        lines.append(sent.decode().rstrip())
                say("221 bye" if word == b"QUIT" else "250 ok")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listener.getsockname()[1], lines
    thread.join(timeout=5)
    listener.close()


def test_a_webhook_that_fails_is_tried_again(webhook):
    address, taken = webhook
    slept = []
    assert notify(MESSAGE, {"ANALYSIS_WEBHOOK": address}, pauses=(0, 5), sleep=slept.append) == []
    assert slept == [0, 5]
    assert taken[0]["subject"] == "[analysis] quang_nam_2023: failed (30)"
    assert taken[0]["text"] == "03: hết bộ nhớ"


def test_a_mail_has_the_state_in_its_subject_and_the_headline(mailbox):
    port, lines = mailbox
    settings = {
        "ANALYSIS_MAIL_TO": "a@example.org,b@example.org",
        "ANALYSIS_SMTP_HOST": "127.0.0.1",
        "ANALYSIS_SMTP_PORT": str(port),
    }
    assert notify(MESSAGE, settings, pauses=(0,)) == []
    assert "Subject: [analysis] quang_nam_2023: failed (30)" in lines
    assert any("72.9% of the target" in line for line in lines)


@pytest.mark.parametrize("port", ["587", "465"])
def test_a_password_goes_only_to_a_server_whose_certificate_is_good(monkeypatch, port):
    done = []

    class Server:
        def __init__(self, host, port, timeout, context=None):
            if context:
                self.starttls(context)

        def __enter__(self):
            return self

        def __exit__(self, *error):
            pass

        def starttls(self, context):
            done.append((context.verify_mode, context.check_hostname))

        def login(self, user, password):
            done.append(user)

        def send_message(self, mail):
            done.append(mail["To"])

    monkeypatch.setattr("smtplib.SMTP", Server)
    monkeypatch.setattr("smtplib.SMTP_SSL", Server)
    settings = {"ANALYSIS_MAIL_TO": "a@example.org", "ANALYSIS_SMTP_HOST": "x", "ANALYSIS_SMTP_PORT": port}
    secret = {"ANALYSIS_SMTP_USER": "u", "ANALYSIS_SMTP_PASSWORD": "p"}
    assert notify(MESSAGE, settings | secret, pauses=(0,)) == []
    assert done == [(ssl.CERT_REQUIRED, True), "u", "a@example.org"]


@pytest.mark.parametrize(
    "settings",
    [
        {"ANALYSIS_WEBHOOK": "http://127.0.0.1:9/secret-token"},
        {"ANALYSIS_WEBHOOK": "file:///etc/secret-token"},
        {"ANALYSIS_WEBHOOK": "http://[secret-token"},
        {"ANALYSIS_MAIL_TO": "a@example.org"},
        {
            "ANALYSIS_MAIL_TO": "a@example.org",
            "ANALYSIS_SMTP_HOST": "127.0.0.1",
            "ANALYSIS_SMTP_PORT": "secret-token",
        },
        {
            "ANALYSIS_MAIL_TO": "a@example.org",
            "ANALYSIS_SMTP_HOST": "127.0.0.1",
            "ANALYSIS_SMTP_PORT": "9",
            "ANALYSIS_SMTP_USER": "u",
            "ANALYSIS_SMTP_PASSWORD": "secret-token",
        },
    ],
)
def test_what_cannot_be_sent_is_one_line_without_a_secret(settings):
    said = notify(MESSAGE, settings, pauses=(0, 0), sleep=lambda _: None)
    assert len(said) == 1
    assert "not sent after 2 attempts" in said[0]
    assert "secret-token" not in said[0]


def test_nobody_to_tell_is_said():
    assert "nobody told" in notify(MESSAGE, {})[0]


def test_a_line_break_in_a_name_cannot_add_a_header():
    assert "\n" not in Message("x\nBcc: evil@example.org", "ok", 0, "").subject
