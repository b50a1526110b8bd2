"""Cloudinary: signed uploads and deletions, and the delivery of what was uploaded."""

import hashlib
import re
import time
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import uuid4

from PIL import Image

from tests.support.fakes.base import Answer, Fake, Request

CALL = re.compile(r"/v1_1/(?P<cloud>[^/]+)/(?P<kind>image|raw|auto)/(?P<action>upload|destroy)")
DELIVERY = re.compile(r"/(?P<cloud>[^/]+)/(?P<kind>image|raw)/upload/(v\d+/)?(?P<name>.+)")
#: These are never part of what is signed.
UNSIGNED = {"file", "cloud_name", "resource_type", "api_key", "signature"}
SIGNATURE_SECONDS = 3600


@dataclass(frozen=True)
class Asset:
    """A file that was uploaded; a picture's format ends its address, but is not in its id."""

    kind: str
    public_id: str
    version: int
    body: bytes
    format: str

    @property
    def path(self) -> str:
        """Where it is delivered, below the cloud's address."""
        ending = f".{self.format}" if self.format else ""
        return f"{self.kind}/upload/v{self.version}/{self.public_id}{ending}"


class Cloudinary(Fake):
    """Cloudinary's API and its delivery at one address, for one account.

    It converts nothing: a picture is delivered as it was uploaded, whatever ending is asked for.
    """

    cloud = "fundi-cloud"
    key = "123456789012345"
    secret = "cloudinary-secret"

    def __init__(self) -> None:
        super().__init__()
        self.assets: dict[tuple[str, str], Asset] = {}

    @property
    def url(self) -> str:
        """What Cloudinary tells its customers to put into CLOUDINARY_URL."""
        return f"cloudinary://{self.key}:{self.secret}@{self.cloud}"

    def answer(self, request: Request) -> Answer:
        """Upload, destroy or deliver."""
        if request.method in ("GET", "HEAD"):
            return self._deliver(request.path)
        call = CALL.fullmatch(request.path)
        if not call or call["cloud"] != self.cloud:
            return _refused(404, "Unknown path")
        fields, file = _form(request)
        if refusal := self._refusal(fields):
            return _refused(401, refusal)
        if call["action"] == "destroy":
            gone = self.assets.pop((call["kind"], fields.get("public_id", "")), None)
            return Answer.of_json({"result": "ok" if gone else "not found"})
        if file is None:
            return _refused(400, "Missing required parameter - file")
        return self._upload(call["kind"], fields, file)

    def _refusal(self, fields: dict[str, str]) -> str | None:
        """What is wrong with a signature."""
        if fields.get("api_key") != self.key:
            return "Unknown API key"
        signed = {name: text for name, text in fields.items() if name not in UNSIGNED and text}
        text = "&".join(f"{name}={signed[name]}" for name in sorted(signed))
        if fields.get("signature") != hashlib.sha1((text + self.secret).encode()).hexdigest():
            return f"Invalid Signature {fields.get('signature')}. String to sign - '{text}'."
        if abs(time.time() - int(fields.get("timestamp", 0))) > SIGNATURE_SECONDS:
            return "Stale request - the timestamp is too far from the present time."
        return None

    def _upload(self, kind: str, fields: dict[str, str], file: bytes) -> Answer:
        format = "" if kind == "raw" else _format(file)
        if kind == "image" and not format:
            return _refused(400, "Invalid image file")
        kind = "image" if format else "raw"
        public_id = fields.get("public_id") or uuid4().hex[:20]
        before = self.assets.get((kind, public_id))
        kept = before is not None and fields.get("overwrite") == "false"
        asset = before if kept else Asset(kind, public_id, int(time.time()), file, format)
        assert asset is not None
        self.assets[kind, public_id] = asset
        return Answer.of_json(self._described(asset) | ({"existing": True} if kept else {}))

    def _described(self, asset: Asset) -> dict[str, Any]:
        return {
            "asset_id": uuid4().hex,
            "public_id": asset.public_id,
            "version": asset.version,
            "resource_type": asset.kind,
            "type": "upload",
            "bytes": len(asset.body),
            "etag": hashlib.md5(asset.body, usedforsecurity=False).hexdigest(),
            "secure_url": f"{self.address}/{self.cloud}/{asset.path}",
        } | ({"format": asset.format} if asset.format else {})

    def _deliver(self, path: str) -> Answer:
        found = DELIVERY.fullmatch(path)
        if not found or found["cloud"] != self.cloud:
            return Answer(404)
        kind, name = found["kind"], found["name"]
        public_id = name if kind == "raw" else name.rpartition(".")[0] or name
        asset = self.assets.get((kind, public_id))
        if asset is None:
            return Answer(404, headers={"X-Cld-Error": f"Resource not found - {public_id}"})
        content_type = f"image/{asset.format}" if asset.format else "application/octet-stream"
        return Answer(200, asset.body, {"Content-Type": content_type})


def _form(request: Request) -> tuple[dict[str, str], bytes | None]:
    """The fields and the file of a form, sent as multipart/form-data if it has a file."""
    kind, _, boundary = request.headers["Content-Type"].partition("; boundary=")
    if kind != "multipart/form-data":
        return request.form(), None
    fields: dict[str, str] = {}
    file = None
    for part in request.body.split(b"--" + boundary.encode())[1:-1]:
        head, _, content = part.removesuffix(b"\r\n").partition(b"\r\n\r\n")
        name = head.decode().partition(' name="')[2].partition('"')[0]
        if name == "file":
            file = content
        else:
            fields[name] = content.decode()
    return fields, file


def _format(file: bytes) -> str:
    """A picture's format as Cloudinary names it, or nothing for what is no picture."""
    try:
        with Image.open(BytesIO(file)) as picture:
            return str(picture.format).lower().replace("jpeg", "jpg")
    except OSError:
        return ""


def _refused(status: int, message: str) -> Answer:
    return Answer.of_json({"error": {"message": message}}, status, X_Cld_Error=message)
