"""The picture that goes with an item.

Owns the choice among the pictures that a feed offers, and what is no picture: tracking pixels,
emoji, avatars, spacers. Refuses anything but http and https.
"""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urljoin, urlsplit

_IMAGE_PATH = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?:$|[?#@!:])", re.IGNORECASE)
_NO_PICTURE = re.compile(
    r"/emoji/|/smilies/|s\.w\.org/|gravatar\.com|feedburner\.com/~|feedsportal\.com|doubleclick\.|"
    r"google-analytics\.|stats\.wordpress\.com|pixel\.wp\.com|wp-includes/|scorecardresearch|"
    r"/(?:pixel|spacer|blank|clear|1x1|tracking|transparent)\b[^/]*$|/pixel\?|/beacon\b|\.svg(?:$|\?)",
    re.IGNORECASE,
)
_IMG = re.compile(r"<img\b([^<>]{0,4000})>", re.IGNORECASE)
# Begins where a word does, or a word of thousands of letters would cost their number squared.
_ATTRIBUTE = re.compile(
    r"""(?<![a-z-])([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE
)
_SMALLEST = 32
_MOST_IMAGES = 20


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that a feed offers; its size is None where the feed does not say."""

    url: str
    width: int | None = None
    height: int | None = None


def best_picture(offered: Iterable[Picture], markup: Iterable[str], base: str) -> str | None:
    """The address of the best picture, absolute, or None.

    Pictures that the feed offers come before those inside its texts; among the offered the
    widest wins, where widths are given, else the first.
    """
    usable = [picture for picture in offered if _is_picture(picture, base)]
    if not usable:
        found = (picture for text in markup for picture in _inline_pictures(text))
        usable = list(islice((picture for picture in found if _is_picture(picture, base)), 1))
    if not usable:
        return None
    return web_address(max(usable, key=lambda picture: picture.width or 0).url, base)


def looks_like_picture(url: str, mime: str = "", medium: str = "") -> bool:
    """Whether a feed means a picture by this link: by its kind, else by the file's ending."""
    if medium or mime:
        return medium == "image" or mime.startswith("image")
    return _IMAGE_PATH.search(url) is not None


def size_of(value: object) -> int | None:
    """A width or height as a feed writes it ("640", "640px"), or None."""
    found = re.match(r"\s*(\d{1,6})", str(value or ""))
    return int(found[1]) if found else None


def web_address(url: str | None, base: str) -> str | None:
    """`url` made absolute against `base`, or None when it is no http or https address.

    Line breaks and tabs inside are dropped, blanks encoded.
    """
    bare = re.sub(r"[\t\r\n\x00-\x1f]+", "", (url or "").strip()).replace(" ", "%20")
    if not bare or len(bare) > 4_000:  # noqa: PLR2004 - longer than any server takes
        return None
    try:
        joined = urljoin(base, bare)
        parts = urlsplit(joined)
        usable = parts.scheme.lower() in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        return None
    return joined if usable else None


def _is_picture(picture: Picture, base: str) -> bool:
    small = any(size is not None and size < _SMALLEST for size in (picture.width, picture.height))
    address = web_address(picture.url, base)
    return not small and address is not None and not _NO_PICTURE.search(address)


def _inline_pictures(markup: str) -> Iterable[Picture]:
    for image in islice(_IMG.finditer(markup), _MOST_IMAGES):
        attributes = {
            name.lower(): html.unescape(double or single or bare)
            for name, double, single, bare in _ATTRIBUTE.findall(image[1])
        }
        # Pages that load pictures late keep the real address beside a placeholder.
        url = attributes.get("data-src") or attributes.get("src", "")
        yield Picture(url, size_of(attributes.get("width")), size_of(attributes.get("height")))
