"""How an attack may be written so that a filter does not see it, and how a reader or model reads it all the same."""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata

__all__ = ["disguised", "readings"]

_TAGS = 0xE0000  # Unicode's tag characters stand here in the order of ASCII
_ZERO_WIDTH = "\u200b"
_CYRILLIC = str.maketrans("aceopxyis", "асеорхуіѕ")
_GREEK = str.maketrans("oviABEIKMNOPTX", "ονιΑΒΕΙΚΜΝΟΡΤΧ")
_LEET = str.maketrans("oieasOIEAS", "0134501345")
_LATIN = str.maketrans("асеорхуіѕονιΑΒΕΙΚΜΝΟΡΤΧ", "aceopxyisoviABEIKMNOPTX")
_RUN = re.compile(r"[A-Za-z0-9+/]{16,}={0,2}")
_PIECES = re.compile(r"(?:[A-Za-z0-9+/]{8} ){2,}[A-Za-z0-9+/]+={0,2}")
_HEX = re.compile(r"(?:[0-9a-f]{2}){12,}")


def disguised(text: str, how: str) -> str:
    """`text` written in one of the ways that `attacks.toml` names; raises ValueError for another."""
    raw = text.encode()
    match how:
        case "plain":
            return text
        case "base64":
            return base64.b64encode(raw).decode()
        case "base64-spaced":
            whole = base64.b64encode(raw).decode()
            return " ".join(whole[start : start + 8] for start in range(0, len(whole), 8))
        case "hex":
            return raw.hex()
        case "zero-width":
            return _ZERO_WIDTH.join(text)
        case "tags":
            return "".join(chr(_TAGS + ord(letter)) for letter in text)
        case "bidi":
            return f"\u202e{text[::-1]}\u202c"
        case "homoglyphs":
            return text.translate(_CYRILLIC)
        case "greek":
            return text.translate(_GREEK)
        case "fullwidth":
            return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)
        case "spaced":
            return " ".join("-".join(word) for word in text.split())
        case "leet":
            return text.translate(_LEET)
    raise ValueError(f"no attack is written {how!r}")


def readings(text: str) -> str:
    """All that `text` may be read as, in lower case: as it looks, undisguised, and what is encoded in it decoded."""
    tags = "".join(chr(ord(one) - _TAGS) if 0xE0020 <= ord(one) <= 0xE007E else one for one in text)
    turned = "".join(
        one[::-1] if one.startswith("\u202e") else one for one in re.split("(\u202e[^\u202c]*\u202c)", tags)
    )
    seen = "".join(one for one in turned if unicodedata.category(one) != "Cf")
    plain = unicodedata.normalize("NFKC", seen).translate(_LATIN)
    forms = [plain, plain.translate(str.maketrans("01345", "oieas"))]
    forms.append(re.sub(r"(?<=\w)-(?=\w)", "", plain))
    runs = [*_RUN.findall(plain), *(run.replace(" ", "") for run in _PIECES.findall(plain))]
    forms += [_decoded(run) for run in runs] + [_unhexed(run) for run in _HEX.findall(plain)]
    return "\n".join(" ".join(form.split()) for form in forms).lower()


def _decoded(run: str) -> str:
    try:
        return base64.b64decode(run + "=" * (-len(run) % 4)).decode("utf-8", "ignore")
    except (ValueError, binascii.Error):
        return ""


def _unhexed(run: str) -> str:
    return bytes.fromhex(run[: len(run) // 2 * 2]).decode("utf-8", "ignore")
