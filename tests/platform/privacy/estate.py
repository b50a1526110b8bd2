"""Web, worker and beat as in production, with services outside that are fakes."""

import base64
import secrets
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote, urlsplit, urlunsplit

import httpx

from server.valkey import Valkey
from tests.platform.privacy.canaries import Canaries
from tests.support.fakes.base import Answer, Fake, Request
from tests.support.fakes.firebase import Firebase
from tests.support.fakes.panacea import Panacea
from tests.support.fakes.s3 import S3
from tests.support.house import kill_children
from tests.support.server import PROBE, Process, Server, environment


class Postmark(Fake):
    """A provider of mail, as its API is documented."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def answer(self, request: Request) -> Answer:
        """Take a mail."""
        mail = request.json()
        (mail,) = mail if isinstance(mail, list) else [mail]
        self.texts.append(mail["TextBody"])
        taken = {"ErrorCode": 0, "Message": "OK", "MessageID": "1", "To": mail["To"]}
        return Answer.of_json(taken)


class Estate:
    """What runs, what it was told, and what it wrote."""

    def __init__(self, valkey: Valkey, folder: Path, canaries: Canaries) -> None:
        self.canaries, self.folder = canaries, folder
        self._stack = ExitStack()
        self.postmark, self.panacea = Postmark(), Panacea()
        self.firebase, self.s3 = Firebase(), S3()
        self.panacea.password = canaries.word("password at the text message gateway")
        self.redis_url = valkey.url
        canaries.note("password of Redis", urlsplit(valkey.url).password or "")
        self.processes: list[Process] = []

    def settings(self) -> dict[str, str]:
        """The environment of a production."""
        made, env = self.canaries, environment()
        key = base64.b64encode(secrets.token_bytes(32)).decode()
        url = urlsplit(env["DATABASE_URL"])
        password = made.word("password of the database")
        user = url.username or "fundi"
        host = url.netloc.rpartition("@")[2]
        return {
            "ENVIRONMENT": "production",
            "LOG_LEVEL": "DEBUG",
            "ALLOWED_HOSTS": "127.0.0.1",
            "MEDIA_ROOT": str(self.folder / "media"),
            "SECRET_KEY": made.word("SECRET_KEY") + secrets.token_urlsafe(30),
            "ENCRYPTION_KEYS": f"2026:{made.note('key of encrypted columns', key)}",
            "METRICS_TOKEN": made.word("METRICS_TOKEN") + secrets.token_urlsafe(30),
            "DATABASE_URL": urlunsplit(url._replace(netloc=f"{user}:{quote(password)}@{host}")),
            "REDIS_URL": self.redis_url,
            "SMS_GATEWAY": "panacea",
            "PANACEA_URL": self.panacea.address,
            "PANACEA_USERNAME": self.panacea.username,
            "PANACEA_PASSWORD": self.panacea.password,
            "EMAIL_GATEWAY": "postmark",
            "ANYMAIL_POSTMARK_API_URL": f"{self.postmark.address}/",
            "ANYMAIL_POSTMARK_SERVER_TOKEN": made.word("token at the provider of mail"),
            "DEFAULT_FROM_EMAIL": "Fundi <fundi@example.org>",
            "FIREBASE_PROJECT_ID": self.firebase.project,
            "FIREBASE_KEYS_URL": self.firebase.url,
            "PRIVATE_STORAGE": "s3",
            "S3_PRIVATE_BUCKET": "private",
            "S3_ENDPOINT_URL": self.s3.address,
            "S3_REGION": "af-south-1",
            "S3_ACCESS_KEY": made.word("access key of S3"),
            "S3_SECRET_KEY": made.word("secret key of S3"),
            "CODE_RESEND_SECONDS": "0",
            "STATEMENT_TIMEOUT": "2s",
            "TRUSTED_PROXIES": "1",
            **{f"RATE_{name}_ACCOUNT": "100/60" for name in ("SIGN_IN", "RESET", "CODE")},
        }

    def __enter__(self) -> Self:
        for fake in (self.postmark, self.panacea, self.firebase, self.s3):
            self._stack.enter_context(fake)
        self._stack.callback(self._end)
        self.env = self.settings()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def start(self, *, with_worker: bool = True) -> None:
        """Start them; the web process takes requests, and the worker is coming."""
        if with_worker:
            self._celery("worker", "--pool", "solo", "--without-gossip", "--without-mingle")
            self._celery("beat", "--schedule", str(self.folder / "beat"), "--pidfile=")
        self.web = Server(log=self.folder / "web.log", application=PROBE, env=self.env)
        self.processes.append(self.web)

    def logs(self) -> dict[str, str]:
        """What each process wrote."""
        return {path.name: path.read_text() for path in sorted(self.folder.glob("*.log"))}

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """The answer to a request that came by the proxy."""
        headers = {"X-Forwarded-Proto": "https"} | options.pop("headers", {})
        url = f"http://127.0.0.1:{self.web.port}{path}"
        return httpx.request(method, url, headers=headers, timeout=30, **options)

    def _celery(self, *command: str) -> None:
        words = ("celery", "-A", "server.celery", *command, "-l", "debug")
        log = self.folder / f"{command[0]}.log"
        self.processes.append(Process(*words, env=environment(**self.env), log=log))

    def _end(self) -> None:
        for process in self.processes:
            kill_children(process)
            process.kill()
