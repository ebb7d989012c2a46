"""Files that were sent: bytes by file id, and what a photo must look like.

Owns storage in memory, file ids and Telegram's checks of photos. A photo given by address is not
fetched: its address is kept, and the chat page is led there.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.demo.telegram_errors import Json, bad_request
from bot.demo.telegram_links import LinkError, checked_link

if TYPE_CHECKING:
    from bot.demo.telegram_params import Params, Upload

MAX_PHOTO_BYTES = 10 * 1024 * 1024
MAX_UPLOAD_BYTES = 50 * 1024 * 1024
MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024
_MAX_SIDES = 10_000
_MAX_RATIO = 20
_LINKED_SIZE = (1280, 720)  # of a photo given by address, whose bytes nobody looked at
_JPEG_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_JPEG_MARKER = 0xFF
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_HEAD = 24  # bytes: signature, length and name of the first chunk, width, height


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file by its id: either `data`, or the `url` it was sent by."""

    id: str
    kind: str
    name: str
    content_type: str
    data: bytes = b""
    url: str = ""
    width: int = 0
    height: int = 0

    @property
    def path(self) -> str:
        """Where it is downloaded from, below `/file/bot<TOKEN>/`."""
        return f"{self.kind}s/{self.id}_{self.name}"


class FileStore:
    """All files of the server. `photo_refusals` maps an address to the error it is refused with."""

    def __init__(self) -> None:
        self.files: dict[str, StoredFile] = {}
        self.photo_refusals: dict[str, str] = {}
        self._by_url: dict[str, StoredFile] = {}

    def photo(self, params: Params, name: str, value: str) -> list[Json]:
        """The Bot API PhotoSizes for a photo parameter: upload, address or file id.

        Raises Refusal as Telegram does for a photo it cannot take.
        """
        upload = uploaded(params, name, value)
        if upload is not None:
            return [_photo_size(self._add_photo(upload))]
        if not value:
            raise bad_request("there is no photo in the request")
        if value in self.files:
            if self.files[value].kind != "photo":
                raise bad_request("can't use file of type Document as Photo")
            return [_photo_size(self.files[value])]
        return [_photo_size(self._linked_photo(value))]

    def document(self, params: Params) -> Json:
        """The Bot API Document for the `document` parameter: an upload or a file id."""
        value = params.text("document")
        upload = uploaded(params, "document", value)
        if upload is not None:
            return self.add_document(upload.name, upload.data, upload.content_type)
        if not value:
            raise bad_request("there is no document in the request")
        stored = self.files.get(value)
        if stored is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return _document_json(stored)

    def add_document(self, name: str, data: bytes, content_type: str) -> Json:
        """Keep a file and give its Bot API Document; refuses an empty or too large one."""
        if not data:
            raise bad_request("file must be non-empty")
        if len(data) > MAX_UPLOAD_BYTES:
            raise bad_request("file is too big")
        return _document_json(self._keep("document", name or "file", content_type, data))

    def file_json(self, file_id: str) -> Json:
        """The Bot API File for an id; refuses an unknown one and one too large to download."""
        stored = self.files.get(file_id)
        if stored is None:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        if len(stored.data) > MAX_DOWNLOAD_BYTES:
            raise bad_request("file is too big")
        return {**_identity(stored), "file_path": stored.path}

    def at_path(self, path: str) -> StoredFile | None:
        """The file that is downloaded from a path, if any."""
        file_id = path.partition("/")[2].partition("_")[0]
        stored = self.files.get(file_id)
        return stored if stored is not None and stored.path == path else None

    def _add_photo(self, upload: Upload) -> StoredFile:
        if len(upload.data) > MAX_PHOTO_BYTES:
            raise bad_request("file is too big")
        found = image_size(upload.data)
        if found is None:
            raise bad_request("IMAGE_PROCESS_FAILED")
        width, height, content_type = found
        if not (width and height) or width + height > _MAX_SIDES:
            raise bad_request("PHOTO_INVALID_DIMENSIONS")
        if max(width, height) > _MAX_RATIO * min(width, height):
            raise bad_request("PHOTO_INVALID_DIMENSIONS")
        name = f"file.{content_type.partition('/')[2]}"
        return self._keep("photo", name, content_type, upload.data, width=width, height=height)

    def _linked_photo(self, url: str) -> StoredFile:
        if not url.lower().startswith(("http://", "https://")):
            raise bad_request("wrong remote file identifier specified: wrong string length")
        try:
            checked = checked_link(url)
        except LinkError as error:
            raise bad_request("wrong file identifier/HTTP URL specified") from error
        if url in self.photo_refusals:
            raise bad_request(self.photo_refusals[url])
        if url not in self._by_url:
            width, height = _LINKED_SIZE
            stored = self._keep("photo", "file.jpg", "image/jpeg", b"", checked, width, height)
            self._by_url[url] = stored
        return self._by_url[url]

    def _keep(
        self,
        kind: str,
        name: str,
        content_type: str,
        data: bytes,
        url: str = "",
        width: int = 0,
        height: int = 0,
    ) -> StoredFile:
        file_id = f"AgACAgIAAxk{len(self.files) + 1:010d}"
        stored = StoredFile(file_id, kind, name, content_type, data, url, width, height)
        self.files[file_id] = stored
        return stored


def uploaded(params: Params, name: str, value: str) -> Upload | None:
    """The upload that a parameter means: named after it, or after its `attach://` reference."""
    if value.startswith("attach://"):
        upload = params.files.get(value.removeprefix("attach://"))
        if upload is None:
            raise bad_request("wrong remote file identifier specified: attached file not found")
        return upload
    return params.files.get(name)


def image_size(data: bytes) -> tuple[int, int, str] | None:
    """Width, height and content type of a PNG, GIF, WebP or JPEG image, or None."""
    if data.startswith(_PNG) and len(data) >= _PNG_HEAD:  # signature and IHDR
        width, height = struct.unpack(">II", data[16:24])
        return width, height, "image/png"
    if data[:6] in {b"GIF87a", b"GIF89a"}:
        width, height = struct.unpack("<HH", data[6:10])
        return width, height, "image/gif"
    if data[:4] == b"RIFF" and data[8:16] == b"WEBPVP8X":
        width = int.from_bytes(data[24:27], "little") + 1
        return width, int.from_bytes(data[27:30], "little") + 1, "image/webp"
    if data[:4] == b"RIFF" and data[8:16] == b"WEBPVP8 ":
        width, height = struct.unpack("<HH", data[26:30])
        return width & 0x3FFF, height & 0x3FFF, "image/webp"
    return _jpeg_size(data) if data.startswith(b"\xff\xd8") else None


def _jpeg_size(data: bytes) -> tuple[int, int, str] | None:
    pos = 2
    while pos + 9 <= len(data) and data[pos] == _JPEG_MARKER:  # every marker's first byte
        if data[pos + 1] in _JPEG_FRAMES:
            height, width = struct.unpack(">HH", data[pos + 5 : pos + 9])
            return width, height, "image/jpeg"
        pos += 2 + int.from_bytes(data[pos + 2 : pos + 4], "big")
    return None


def _identity(stored: StoredFile) -> Json:
    body: Json = {"file_id": stored.id, "file_unique_id": f"AQAD{stored.id[-10:]}"}
    if stored.data:
        body["file_size"] = len(stored.data)
    return body


def _photo_size(stored: StoredFile) -> Json:
    return {**_identity(stored), "width": stored.width, "height": stored.height}


def _document_json(stored: StoredFile) -> Json:
    return {**_identity(stored), "file_name": stored.name, "mime_type": stored.content_type}
