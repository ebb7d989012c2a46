"""What makes two addresses the same article.

Owns the canonical form of a URL, by which an article is known whoever links to it and from
wherever. It is for comparing: readers are given the address as its source wrote it.
"""

import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

_TRACKING = re.compile(
    r"utm_.*|.*clid|msclkid|g?braid|wbraid|mc_[ce]id|_hs(?:enc|mi)|hsctatracking|mkt_tok|igsh(?:id)?|"
    r"ref|ref_(?:src|source|url)|referr?er|referral|cmp(?:id)?|ncid|smid|sref|sh|s_cid|icid|"
    r"spm|guccounter|guce_.*|_ga|_gl|vero_.*|oly_.*|wt\.mc_id|at_.*|pk_.*|mtm_.*|piwik_.*|"
    r"trk|tracking(?:_?id)?|share(?:_?id)?|amp|__twitter_impression|ns_(?:campaign|mchannel|source|"
    r"linkname)|soc_(?:src|trk)|tpcc|ftag|taid|wprov|dicbo|hss_channel|rdt_cid|epik|_openstat|"
    r"mibextid|sfnsn|xtor|cx_.*|feed_item_type",
    re.IGNORECASE,
)
# What a reader's device was given instead of the page itself.
_DEVICE_HOST = re.compile(r"(?:www|m|mobile|amp)\.(?=[^.]+\.[^.])")
_AMP_CACHE = re.compile(
    r"(?:google\.[a-z.]{2,6}/amp|[a-z0-9-]+\.cdn\.ampproject\.org/[cvwa])/s/(?=[^/]+\.[^/])"
)
_INDEX = re.compile(r"(?:index|default)\.(?:html?|php|aspx?)", re.IGNORECASE)
_TRACKING_PAIRS = {("source", "rss"), ("from", "rss"), ("outputType", "amp"), ("output", "amp")}
_DEFAULT_PORTS = {80, 443}
_PATH_SAFE = "/!$&'()*+,;=:@~-._"
_MAX_LENGTH = 2_000
_BEYOND_THE_SITE = re.compile(r"//.*[/?]")


def canonical_url(url: str) -> str | None:
    """The address under which an article is known, or None when `url` is no web address.

    Scheme and host in lower case, http as https, `www.` and default ports dropped, the
    fragment and parameters that only track the reader (utm_*, fbclid, gclid, ref …) dropped,
    the other parameters sorted, percent-encoding made uniform, no slash and no index.html at
    the end. Pages for phones and AMP pages, cached ones too, are known as the page itself.
    Applying it twice changes nothing. User and password are dropped.
    """
    try:
        parts = urlsplit(url.strip()[:_MAX_LENGTH])
        host, port = parts.hostname, parts.port
        if parts.scheme.lower() not in {"http", "https"} or not host:
            return None
        if cached := _AMP_CACHE.match(f"{host.lower().removeprefix('www.')}{parts.path}"):
            rest = cached.string[cached.end() :]
            return canonical_url(f"https://{rest}{'?' if parts.query else ''}{parts.query}")
        host = _canonical_host(host)
        path = quote(unquote(parts.path, errors="strict"), safe=_PATH_SAFE)
        query = _canonical_query(parts.query)
    except ValueError:
        return None
    if not host:
        return None
    shown_port = f":{port}" if port and port not in _DEFAULT_PORTS else ""
    return f"https://{host}{shown_port}{_canonical_path(path)}{query}"


def article_address(url: str | None) -> str | None:
    """The canonical address, or None where it is a site's front page: that is no article's.

    Some feeds give it with every item.
    """
    found = canonical_url(url) if url else None
    return found if found is not None and _BEYOND_THE_SITE.search(found) else None


def _canonical_host(host: str) -> str:
    bare = host.lower().rstrip(".")
    if ":" in bare:
        return f"[{bare}]"
    ascii_host = bare.encode("idna").decode() if not bare.isascii() else bare
    if not re.fullmatch(r"[a-z0-9._-]+", ascii_host):
        raise ValueError("no host name")
    while _DEVICE_HOST.match(ascii_host):
        ascii_host = ascii_host.partition(".")[2]
    return re.sub(r"^(?:www\.)+", "", ascii_host)


def _canonical_path(path: str) -> str:
    segments = [segment for segment in path.split("/") if segment]
    while segments:
        last = segments[-1]
        if _INDEX.fullmatch(last) or (last == "amp" and _is_slug(segments[-2:-1])):
            segments.pop()
        elif segments[0] == "amp" and _is_slug(segments[1:][-1:]):
            segments.pop(0)
        elif last.endswith((".amp", ".amp.html")) and _is_slug([last]):
            segments[-1] = last.removesuffix(".html").removesuffix(".amp")
        else:
            break
    return "".join(f"/{segment}" for segment in segments)


def _is_slug(segments: list[str]) -> bool:
    """Whether this names an article: /price/amp is about the coin of that name."""
    return any("-" in segment or re.search(r"\d", segment) for segment in segments)


def _canonical_query(query: str) -> str:
    pairs = [
        (key, value)
        for key, value in parse_qsl(query, keep_blank_values=True)
        if not _TRACKING.fullmatch(key) and (key, value[:3].lower()) not in _TRACKING_PAIRS
    ]
    return f"?{urlencode(sorted(pairs))}" if pairs else ""
