"""Photos and documents: what is taken, what is refused, and how it is found again."""

from __future__ import annotations

import struct

import pytest

from bot.demo.telegram_errors import Refusal
from bot.demo.telegram_files import FileStore, image_size
from bot.demo.telegram_params import Params, Upload


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", width, height)


def with_photo(data: bytes, field: str = "photo") -> Params:
    return Params(files={field: Upload("chart.png", data, "image/png")})


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (png(800, 600), (800, 600, "image/png")),
        (b"GIF89a" + struct.pack("<HH", 3, 4), (3, 4, "image/gif")),
        (
            b"\xff\xd8\xff\xe0\0\4xx\xff\xc0\0\x11\x08" + struct.pack(">HH", 30, 40),
            (40, 30, "image/jpeg"),
        ),
        (
            b"RIFF\0\0\0\0WEBPVP8X" + bytes(8) + b"\x09\0\0\x13\0\0",
            (10, 20, "image/webp"),
        ),
        (
            b"RIFF\0\0\0\0WEBPVP8 " + bytes(10) + struct.pack("<HH", 5, 6),
            (5, 6, "image/webp"),
        ),
        (b"<html>", None),
        (b"\xff\xd8\xff\xd9", None),
    ],
)
def test_image_size(data: bytes, size: tuple[int, int, str] | None) -> None:
    assert image_size(data) == size


def test_an_uploaded_photo_is_sent_again_by_its_id() -> None:
    store = FileStore()
    [sent] = store.photo(with_photo(png(8, 6)), "photo", "")
    [again] = store.photo(Params(), "photo", sent["file_id"])
    assert sent == again
    assert (sent["width"], sent["height"], sent["file_size"]) == (8, 6, 24)
    [attached] = store.photo(with_photo(png(8, 6), "a"), "photo", "attach://a")
    assert attached["file_id"] != sent["file_id"]


def test_a_photo_by_address_is_not_fetched_and_keeps_its_id() -> None:
    store = FileStore()
    [first] = store.photo(Params(), "photo", "http://127.0.0.1:1/a.jpg")
    [second] = store.photo(Params(), "photo", "http://127.0.0.1:1/a.jpg")
    assert first == second
    assert store.files[first["file_id"]].url == "http://127.0.0.1:1/a.jpg"


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"no image", "IMAGE_PROCESS_FAILED"),
        (png(9000, 2000), "PHOTO_INVALID_DIMENSIONS"),
        (png(2100, 100), "PHOTO_INVALID_DIMENSIONS"),
        (png(1, 1) + bytes(10 * 1024 * 1024), "file is too big"),
    ],
)
def test_a_bad_upload_is_refused(data: bytes, error: str) -> None:
    with pytest.raises(Refusal, match=error):
        FileStore().photo(with_photo(data), "photo", "")


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ("", "there is no photo in the request"),
        ("AgADunknown", "wrong remote file identifier specified"),
        ("http://localhost/a.jpg", "wrong file identifier/HTTP URL specified"),
        ("attach://gone", "wrong remote file identifier specified"),
        ("https://ex.com/broken.jpg", "failed to get HTTP URL content"),
    ],
)
def test_a_bad_reference_is_refused(value: str, error: str) -> None:
    store = FileStore()
    store.photo_refusals["https://ex.com/broken.jpg"] = "failed to get HTTP URL content"
    with pytest.raises(Refusal, match=error):
        store.photo(Params(), "photo", value)


def test_a_document_is_found_by_id_and_path() -> None:
    store = FileStore()
    upload = Upload("coinbell.json", b"{}", "application/json")
    document = store.document(Params(files={"document": upload}))
    assert document["file_name"] == "coinbell.json"
    again = store.document(Params({"document": document["file_id"]}))
    assert again == document
    path = store.file_json(document["file_id"])["file_path"]
    stored = store.at_path(path)
    assert stored is not None
    assert stored.data == b"{}"
    assert store.at_path(path + "x") is None


@pytest.mark.parametrize("values", [{}, {"document": "x"}])
def test_a_missing_document_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(Refusal):
        FileStore().document(Params(values))


def test_empty_unknown_and_mismatched_files_are_refused() -> None:
    store = FileStore()
    with pytest.raises(Refusal, match="file must be non-empty"):
        store.add_document("x", b"", "text/plain")
    with pytest.raises(Refusal, match="wrong file_id"):
        store.file_json("x")
    document = store.add_document("x", b"x", "text/plain")
    with pytest.raises(Refusal, match="can't use file of type Document as Photo"):
        store.photo(Params(), "photo", document["file_id"])
