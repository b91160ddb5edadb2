"""What of a paper may be shown to a reader or to a model: findings, and not orders, addresses, markup or hidden text.

Text of papers is untrusted. A sentence that tells its reader or a model what to do, or that holds a link, markup, text
that nobody sees or a reference of its own making, is no evidence: it is not quoted, not sent to an LLM, and vouches for
nothing. It is told by its form alone; a false finding is none of this, and is shown as its paper's.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, get_args

from ingest.sentences import sentence_spans

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
_ORDER, _HIDDEN, _ENCODED, _MARKUP, _ADDRESS, _SPEAKS, _REFERENCE = get_args(Reason)
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
_RUN = re.compile(r"[A-Za-z0-9+/_-]{20,}={0,2}")
_PIECES = re.compile(r"(?:[A-Za-z0-9+/]{4,}[\s.,-]{1,2}){2,}[A-Za-z0-9+/]{2,}={0,2}")
_HEX = re.compile(r"(?:(?:\\x|0x|%)?[0-9a-f]{2}[\s,:]?){12,}", re.IGNORECASE)
_SPACED = re.compile(r"\b(?:\w[\s.*_-]){5,}\w\b")
_LEET = str.maketrans("01345789@$!|", "oieastbgasil")
_LEET_WORD = re.compile(r"(?<![\w-])(?=[\w@$!]*[a-z])(?=[\w@$!]*[0-9@$!])[\w@$!]{4,}")

_TELL = (
    r"(?:write|print|say|output|respond|reply|answer|begin|start|end|finish|conclude|append|prepend|add|insert|include|cite|"
    r"mention|state|tell|inform|recommend|advise|urge|visit|click|send|fetch|load|render|display|copy|paste|translate|"
    r"summari[sz]e|act|pretend|imagine|behave|role-?play|execute|decode|obey|comply|trust|repeat|recite|reveal|disclose|"
    r"ignore|disregard|forget|quote|praise|endorse|promote|attach|embed|credit|speak|emit|echo|announce|declare|claim|omit|"
    r"refuse|encode|sign|greet|thank)"
)
_SAY = (
    rf"(?:{_TELL}|open|close|follow|show|switch|run|link|refer|attribute|put|place|mark|type|call|name|use|give|deliver|"
    r"produce|return|read|treat|regard|accept|replace|drop|set)"
)
_STRONG = r"(?:ignore|disregard|forget|pretend|role-?play|obey|decode|click|subscribe|download|prepend|recite|override|bypass)"
_MODEL = (
    r"(?:(?:large )?language models?|LLMs?|chat ?bots?|A\.?I\.?(?: (?:assistants?|models?|systems?|tools?|readers?|agents?))?|"
    r"assistants?|copilots?|(?:the|this|any|every|all|each) (?:model|system|machine|bot|software|tool|program|engine|agent)s?|"
    r"summari[sz]ers?|(?:the|this|any|every|all|each|our|dear) (?:\w+ )?(?:readers?|reviewers?|audience)|automated (?:readers?|"
    r"systems?|tools?|reviewers?)|who(?:ever|soever)? (?:reads?|summari[sz]es?|answers?|processes)|text generators?)"
)
_MUST = (
    r"(?:must|should|shall|ought to|ha(?:s|ve) to|(?:is|are) (?:hereby )?(?:to|required to|instructed|asked|told|ordered|advised|"
    r"requested|directed|obliged)|needs? to|will now|may only|can only)"
)
_ANSWER = r"(?:answers?|repl(?:y|ies)|(?:its|their|your) (?:\w+ )?outputs?|generated text|responses? to (?:this|any|every) \w+)"
_OBJECT = (
    r"(?:the|this|these|that|those|all|every|each|only|exactly|with|in|as|to|by|no|an?|any|nothing|it|them|us|me|verbatim|how|"
    r"what|[\"“'‘]|following|at least|here|his|her|its|their)"
)
_LEAD = (
    r"(?:(?:please|now|then|just|simply|kindly|instead|always|never|do not|don't|finally|next|first|only|immediately|"
    r"silently|quietly|secretly),?\s|(?:in|when|whenever|before|after|while|if|at|for)\b[^,]{3,60},\s(?:please\s)?)"
)
_SET_ASIDE = (
    r"\b(?:ignore|disregard|forget|override|bypass|overrule)\b.{0,60}\b(?:instruct\w+|prompts?|rules?|directions?|directives?|"
    r"constraints?|orders?|commands?|system|previous|above|prior|preceding|earlier|passages?|context|guard ?rails?|"
    r"was (?:said|told)|safety (?:policy|policies|filters?))\b"
)
_ORDERS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # set aside what was said
        _SET_ASIDE,
        r"\b(?:instructions?|rules?|directions?|directives?|orders?|commands?|prompts?)\b.{0,40}\b(?:no longer|are|is|have been)\b"
        r".{0,20}\b(?:appl(?:y|ies)|valid|void|replaced|superseded|overridden|cancell?ed|suspended|lifted|obsolete)\b",
        # an order at the beginning of a sentence or a clause
        rf"(?:^|[:;!?\"“”(\[>*#]\s{{0,2}}|\b(?:please|now|just|simply|kindly|instead)\s){_STRONG}\b(?!\s(?:of|in|for|rates?)\b)",
        rf"^{_LEAD}*{_SAY}\s{_OBJECT}",
        rf"[:!?\"“”>*#]\s{{0,2}}{_LEAD}*{_TELL}\s{_OBJECT}",
        rf"(?:\b(?:please|kindly|don't)|(?:^|[,:;]\s)(?:do not|never|always))\s+(?:\w+ly\s)?{_SAY}\b",
        r"\bvisit\s+(?:the|our|this)\s+(?:\w+\s)?(?:web ?site|site|page|portal|link|shop|store)\b",
        # who is told to do it
        rf"\b{_MODEL}\b.{{0,50}}\b{_MUST}\b.{{0,60}}\b{_SAY}\b",
        rf"\b{_MODEL}\b.{{0,12}}[,:]\s{{0,2}}(?:please\s)?(?:\w+ly\s)?{_TELL}\b",
        rf"\b(?:note|message|instructions?|notice|memo|order|request|reminder|hint|addendum)s? (?:to|for) "
        rf"(?:the |all |any |an? )?{_MODEL}",
        rf"\b(?:the|every|any|each|this|all|final|next|first|its|their|correct|only)\s(?:\w+\s)?{_ANSWER}\b.{{0,40}}\b"
        rf"(?:{_MUST}|ends?|begins?|starts?|opens?|closes?|carr(?:y|ies))\b",
        rf"\b(?:in|at the (?:end|start|beginning|top|bottom) of|to|into|throughout|before|after|within) "
        rf"(?:the|every|any|each|its|their|your)\s(?:\w+\s)?{_ANSWER}\b(?!\s(?:of|to|from|were|was|given|by)\b)",
        # roles and their marks
        r"^\s*(?:system|assistant|developer|instructions?|new instructions?|prompt|command|admin(?:istrator)?|root|sudo)\s?"
        r"(?:message|prompt|note|override|mode)?\s?[:>\]]",
        r"\b(?:system prompt|developer (?:mode|message)|(?:god|dan|debug|maintenance|admin(?:istrator)?|sudo|root|unrestricted|"
        r"jailbreak) (?:mode|override|access)|hidden instructions?|"
        r"(?:new|updated|revised|real|actual|true|secret|urgent|special) (?:system )?(?:instructions?|prompt|directives?|orders?)"
        r"(?= (?:are|is|to|for|apply|follow|below|from|that|override)\b|\s?[:.,])|"
        r"end of (?:the )?(?:document|passages?|context|input|prompt|quoted material|excerpt)|"
        r"begin(?:ning)? (?:of )?(?:new )?(?:instructions|session|task)|"
        r"pass ?words?|pass ?phrases?|code ?words?|pass ?codes?|secret (?:word|phrase|key|code|token)|magic words?|canary|"
        r"access code|activation (?:phrase|word|code)|trigger (?:word|phrase)|safe ?word|watch ?word|shibboleth|"
        r"verification (?:token|phrase|word|string)|compliance (?:token|phrase|code|string)|api keys?|from now on|in character|"
        r"as an AI|as a (?:large )?language model|you are (?:now|no longer)|"
        r"your (?:task|role|new|instructions?|answer|reply|response|output|system|job|prompt|rules|summary))\b",
        # in other tongues
        r"\bignor(?:a|e|ez|ieren?|iere|are|ate) (?:todas|toutes?|alle|las|les|die|tutte|le|bitte|sie|todo|as)\b",
    )
)
_PLAIN_ORDERS = (re.compile(_SET_ASIDE, re.IGNORECASE), _ORDERS[13])  # what is looked for where text is written oddly
_SPEAKING = re.compile(
    r"\b(?:you|your|yours|yourself|yourselves|dear (?:readers?|reviewers?|colleagues?|friends?|users?|models?|assistants?))\b"
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
    if any(order.search(spelled) for spelled in _spellings(plain) for order in _ORDERS) or any(
        order.search(spelled) for spelled in (plain[::-1], plain.translate(_ROT13)) for order in _PLAIN_ORDERS
    ):
        return _ORDER
    if _ADDRESSES.search(plain):
        return _ADDRESS
    if _SPEAKING.search(plain):
        return _SPEAKS
    return _REFERENCE if _REFERENCES.search(plain) else None


def gives_orders(text: str) -> Reason | None:
    """Why `text` is meant to do something to who reads it: by an order, hidden or encoded text, or markup."""
    return next((why for start, end in _spans(text) if (why := unquotable(text[start:end])) in _MALICIOUS), None)


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


def withheld_part(text: str) -> str:
    """What `shown_part` leaves out of `text`."""
    kept = set(quotable_spans(text))
    return "\n".join(text[start:end] for start, end in sentence_spans(text) if (start, end) not in kept)


def name_shown(name: str) -> str:
    """A title, a name or a heading as it may be shown: whole, or not at all."""
    words = re.sub(r"[_]+|(?<=\w)-(?=\w)", " ", name)
    whole = not any(why in _MALICIOUS or why == _ADDRESS for why in map(unquotable, (name, words, *_each(name))))
    return name if whole else NOT_SHOWN


def _each(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


def _spans(text: str) -> Sequence[tuple[int, int]]:
    return sentence_spans(text)


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
    if any(_reads(_base64(run)) for run in runs):
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
    return letters >= 0.75 * len(decoded)
