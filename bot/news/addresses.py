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
    r"trk|tracking(?:_?id)?|share(?:_?id)?|amp",
    re.IGNORECASE,
)
_DEFAULT_PORTS = {80, 443}
_PATH_SAFE = "/!$&'()*+,;=:@~-._"
_MAX_LENGTH = 2_000


def canonical_url(url: str) -> str | None:
    """The address under which an article is known, or None when `url` is no web address.

    Scheme and host in lower case, http as https, `www.` and default ports dropped, the
    fragment and parameters that only track the reader (utm_*, fbclid, gclid, ref …) dropped,
    the other parameters sorted, percent-encoding made uniform, no slash at the end. Applying
    it twice changes nothing. User and password are dropped.
    """
    try:
        parts = urlsplit(url.strip()[:_MAX_LENGTH])
        host, port = parts.hostname, parts.port
        if parts.scheme.lower() not in {"http", "https"} or not host:
            return None
        host = _canonical_host(host)
        path = quote(unquote(parts.path, errors="strict"), safe=_PATH_SAFE)
        query = _canonical_query(parts.query)
    except ValueError:
        return None
    if not host:
        return None
    shown_port = f":{port}" if port and port not in _DEFAULT_PORTS else ""
    path = re.sub(r"/{2,}", "/", path).rstrip("/")
    return f"https://{host}{shown_port}{path}{query}"


def _canonical_host(host: str) -> str:
    bare = re.sub(r"^(?:www\.)+", "", host.lower().rstrip("."))
    if ":" in bare:
        return f"[{bare}]"
    ascii_host = bare.encode("idna").decode() if not bare.isascii() else bare
    if not re.fullmatch(r"[a-z0-9._-]+", ascii_host):
        raise ValueError("no host name")
    return re.sub(r"^(?:www\.)+", "", ascii_host)


def _canonical_query(query: str) -> str:
    pairs = [
        (key, value)
        for key, value in parse_qsl(query, keep_blank_values=True)
        if not _TRACKING.fullmatch(key) and not (key == "source" and value.startswith("rss"))
    ]
    return f"?{urlencode(sorted(pairs))}" if pairs else ""
