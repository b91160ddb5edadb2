"""What of a paper may be shown to a reader or to a model: findings, and not orders, addresses, markup or hidden text.

Text of papers is untrusted. A sentence that tells its reader or a model what to do, or that holds a link, markup, text
that nobody sees or a reference of its own making, is no evidence: it is not quoted, not sent to an LLM, and vouches for
nothing. It is told by its form alone; a false finding is none of this, and is shown as its paper's.

Measured on 40 whole trial papers that the rules were not written on (14,867 sentences, repeats included): 0.07 % taken
for orders, 0.13 % speak to a reader (questionnaires and messages that were quoted), 0.20 % hold an address.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from functools import lru_cache
from typing import Literal, get_args

from ingest.sentences import sentence_spans
from rag.orders import ORDERS, PLAIN_ORDERS

__all__ = [
    "NOT_SHOWN",
    "Reason",
    "gives_orders",
    "name_shown",
    "quotable_spans",
    "shown_part",
    "unquotable",
    "withheld_part",
]

NOT_SHOWN = "[…]"  # stands where something is not shown

Reason = Literal[
    "it gives orders to its reader or to a model",
    "it holds text that nobody sees",
    "it holds encoded text",
    "it holds markup",
    "it holds an address",
    "it speaks to its reader",
    "it holds a reference of its own",
]
_REASONS: tuple[Reason, ...] = get_args(Reason)
_ORDER, _HIDDEN, _ENCODED, _MARKUP, _ADDRESS, _SPEAKS, _REFERENCE = _REASONS
_MALICIOUS = frozenset({_ORDER, _HIDDEN, _ENCODED, _MARKUP})

_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\u3164\ufeff\uffa0"
    "\U0001d173-\U0001d17a\U000e0000-\U000e007f\U000e0100-\U000e01ef]"
)
_ADDRESSES = re.compile(
    r"(?:https?|hxxps?|ftp|file|data|javascript|mailto)\s?:(?://|[^\s\d])|\bwww\s?\.|//[\w-]+\.[a-z]{2,}"
    r"|[\w.+-]+@[\w-]+\.[a-z]{2,}"
    r"|(?<![\w.@-])(?!clinicaltrials\.gov\b(?!/))(?:[a-z0-9-]+\.)+(?:com|org|net|io|gov|edu|info|biz|co|uk|de|eu|ly|xyz|app|dev|ai|"
    r"ru|cn|me|link|site|online|example|test|invalid)\b(?![a-z])"
    r"|\w(?:\[\.\]|\(dot\)|\s\[?dot\]?\s(?=com|org|net|io|example))",
    re.IGNORECASE,
)
_MARKS = re.compile(
    r"!?\[[^\[\]]*\]\([^()\s]+[^()]*\)|!\[|```|\{\{|\}\}|<\||\|>|<<\s?sys|\[/?\s?(?:INST|SYS|system|assistant|user)\s?\]"
    r"|<!--|<\s?/?\s?(?:abbr|audio|base|body|button|div|embed|form|frame|h[1-6]|head|html|iframe|img|image|input|link|meta|"
    r"object|script|source|span|style|svg|table|td|tr|video|passages?|system|user|assistant|instructions?|prompt|context)"
    r"\b[^<>]{0,400}>?|</?\s?(?:[abipu]|br|em|strong)(?:\s+\w+\s?=[^<>]*)?\s?/?>|&(?:lt|gt|#\d+|#x[0-9a-f]+);|\\(?:href|url)\b"
    r"|^#{2,6}\s|\bonerror\s?=|\bsrc\s?=|\bhref\s?=",
    re.IGNORECASE,
)
_REFERENCES = re.compile(
    r"\bdoi\b\s?[:.]?\s?(?:org)?|\b10\.\d{4,9}/\S|\bPMID\b|\barXiv\s?:\s?\d|\b(?:19|20)\d\d\s?;\s?\d+\s?(?:\(\d+\))?\s?:\s?\w?\d+",
    re.IGNORECASE,
)
_IDENTIFIER = re.compile(r"(?:doi:)?10\.\d{4,9}/[-._;()/:A-Za-z0-9]+|(?:sha256|pmid|pmcid):\w+", re.IGNORECASE)
_RUN = re.compile(r"[A-Za-z0-9+/_-]{20,}={0,2}")
_PIECES = re.compile(
    r"(?:(?=[A-Za-z0-9+/]*[a-z])(?=[A-Za-z0-9+/]*[A-Z0-9])[A-Za-z0-9+/]{4,}[\s.,-]{1,2}){2,}[A-Za-z0-9+/]{2,}={0,2}"
)
_LETTERS_APART = re.compile(r"(?:\b[A-Za-z][\s._*-]{1,3}){12,}")
_HEX = re.compile(r"(?:(?:\\x|0x|%)?[0-9a-f]{2}[\s,:]?){12,}", re.IGNORECASE)
_SPACED = re.compile(r"\b(?:\w[\s.*_-]){5,}\w\b")
_LEET = str.maketrans("01345789@$!|", "oieastbgasil")
_LEET_WORD = re.compile(r"(?<![\w-])(?=[\w@$!]*[a-z])(?=[\w@$!]*[0-9@$!])[\w@$!]{4,}")

_SPEAKING = re.compile(
    r"\b(?:you|yours?|yourself|yourselves|dear (?:readers?|reviewers?|colleagues?|friends?|users?|models?))\b"
    r"|\b(?:click|tap|scan) here\b",
    re.IGNORECASE,
)
_LOOKALIKES = str.maketrans(
    "аеорсухіјѕһԁԛԝӏАВЕКМНОРСТУХІЈЅвкмнтɑɡıοΟνΑΒΕΖΗΙΚΜΝΡΤΥΧιρυɩᴀʙᴄᴅᴇɢʜɪᴊᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡʏᴢ",
    "aeopcyxijshdqwlABEKMHOPCTYXIJSbkmhtagioOvABEZHIKMNPTYXipuiabcdeghijklmnoprtuvwyz",
)
_MIXED = re.compile(r"(?=\w*[A-Za-z])(?=\w*[\u0400-\u052f\u0530-\u058f\u13a0-\u13ff])\w{3,}")


@lru_cache(maxsize=8192)
def unquotable(sentence: str) -> Reason | None:
    """Why `sentence` may not be shown; None where it may."""
    if _UNSEEN.search(sentence) or _MIXED.search(sentence):
        return _HIDDEN
    if _encoded(sentence):
        return _ENCODED
    if _MARKS.search(sentence):
        return _MARKUP
    plain = _plainly(sentence)
    if any(order.search(spelled) for spelled in _spellings(plain) for order in ORDERS) or any(
        order.search(spelled) for spelled in (plain[::-1], plain.translate(_ROT13)) for order in PLAIN_ORDERS
    ):
        return _ORDER
    if _ADDRESSES.search(plain):
        return _ADDRESS
    if _SPEAKING.search(plain):
        return _SPEAKS
    return _REFERENCE if _REFERENCES.search(plain) else None


@lru_cache(maxsize=1024)
def gives_orders(text: str) -> Reason | None:
    """Why `text` is meant to do something to who reads it: by an order, hidden or encoded text, or markup."""
    return next(
        (why for start, end in sentence_spans(text) if (why := unquotable(text[start:end])) in _MALICIOUS), None
    )


def quotable_spans(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """The sentences of `text[start:end]` that may be shown. None of a paragraph that gives an order may."""
    stop = len(text) if end is None else end
    spans = sentence_spans(text, start, stop)
    reasons = [unquotable(text[left:right]) for left, right in spans]
    paragraphs = [_paragraph(text, left) for left, _ in spans]
    ordering = {paragraph for paragraph, why in zip(paragraphs, reasons, strict=True) if why == _ORDER}
    return [
        span
        for span, why, paragraph in zip(spans, reasons, paragraphs, strict=True)
        if why is None and paragraph not in ordering and not _straddles(text, span)
    ]


@lru_cache(maxsize=1024)
def shown_part(text: str) -> str:
    """`text` with a mark in place of each stretch that may not be shown."""
    kept = quotable_spans(text)
    if kept == sentence_spans(text):
        return text
    pieces: list[str] = []
    position = 0
    for start, end in kept:
        between = text[position:start]
        pieces += [f" {NOT_SHOWN} " if between.strip() else between, text[start:end]]
        position = end
    return "".join([*pieces, f" {NOT_SHOWN}" if text[position:].strip() else ""]).strip()


@lru_cache(maxsize=1024)
def withheld_part(text: str) -> str:
    """What `shown_part` leaves out of `text`."""
    kept = set(quotable_spans(text))
    return "\n".join(text[start:end] for start, end in sentence_spans(text) if (start, end) not in kept)


def name_shown(name: str) -> str:
    """A title, a name, a heading or an identifier as it may be shown: whole, or not at all."""
    if _IDENTIFIER.fullmatch(name) and "//" not in name and "www." not in name:
        return name
    words = re.sub(r"[_]+|(?<=\w)-(?=\w)", " ", name)
    whole = not any(why in _MALICIOUS or why == _ADDRESS for why in map(unquotable, (name, words, *_each(name))))
    return name if whole else NOT_SHOWN


def _each(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


def _paragraph(text: str, place: int) -> int:
    """Where the paragraph begins that holds `place`; every row of a table is one of its own."""
    return text.rfind("\n", 0, place) + 1


def _straddles(text: str, span: tuple[int, int]) -> bool:
    """Whether an order begins in this sentence and ends in the next: splitters cut where a full stop is put."""
    end = text.find("\n", span[1])
    behind = text[span[1] : end if end >= 0 else len(text)][:80]
    return (
        False
        if not behind.strip()
        else unquotable(f"{text[span[0] : span[1]].rstrip('.!? ')} {behind.strip()}") == _ORDER
        and (unquotable(behind.strip()) != _ORDER)
    )


def _plainly(text: str) -> str:
    """`text` as it looks: without what is unseen, in Latin letters where others only look like them."""
    seen = _UNSEEN.sub("", unicodedata.normalize("NFKC", text)).replace("\u00ad", "")
    return " ".join(seen.translate(_LOOKALIKES).replace("’", "'").split())


def _spellings(plain: str) -> set[str]:
    """`plain`, and as it reads where letters stand apart, or figures stand for letters."""
    close = _SPACED.sub(lambda match: re.sub(r"[\s.*_-]", "", match.group()), plain)
    leet = _LEET_WORD.sub(lambda match: match.group().translate(_LEET), plain)
    return {plain, close, leet, re.sub(r"[_*~`]+", " ", plain)}


_ROT13 = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "nopqrstuvwxyzabcdefghijklmNOPQRSTUVWXYZABCDEFGHIJKLM"
)


def _encoded(text: str) -> bool:
    """Whether a run of letters and figures in `text` reads as other text in Base64 or hexadecimal digits."""
    runs = [match.group() for match in _RUN.finditer(text)]
    runs += [re.sub(r"[\s.,-]", "", match.group()) for match in _PIECES.finditer(text)]
    if any(_reads(_base64(run)) for run in runs) or any(
        sum(map(str.islower, match.group())) >= 8 for match in _LETTERS_APART.finditer(text)
    ):
        return True
    digits = (re.sub(r"\\x|0x|[%\s,:]", "", match.group()) for match in _HEX.finditer(text))
    return any(_reads(_hexadecimal(run)) for run in digits)


def _base64(run: str) -> bytes:
    bare = run.rstrip("=").translate(str.maketrans("-_", "+/"))
    for cut in range(4):  # what stands before it may belong to it by accident
        try:
            decoded = base64.b64decode(bare[cut:] + "=" * (-len(bare[cut:]) % 4))
        except (ValueError, binascii.Error):
            continue
        if _reads(decoded):
            return decoded
    return b""


def _hexadecimal(run: str) -> bytes:
    try:
        return bytes.fromhex(run[: len(run) // 2 * 2])
    except ValueError:
        return b""


def _reads(decoded: bytes) -> bool:
    """Whether bytes are words: printable throughout, mostly letters, and with a blank or a long word."""
    if len(decoded) < 8 or not all(32 <= byte < 127 or byte in (9, 10, 13) for byte in decoded):
        return False
    letters = sum(chr(byte).isalpha() or byte == 32 for byte in decoded)
    return letters >= 0.6 * len(decoded)
