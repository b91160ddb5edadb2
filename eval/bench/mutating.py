"""Ways to spoil a file: each takes the bytes of a good one and a source of chance, and gives the bytes of a bad one."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from random import Random

from eval.bench.made_archives import to_tar_gz, to_zip

__all__ = ["BY_FORMAT", "EVERY_FORMAT", "Mutation", "mutations"]

Mutation = Callable[[bytes, Random], bytes]

_HUGE = 3_000_000  # bytes of what is made huge
_DEEP = 60_000  # levels of what is nested


def mutations(form: str) -> list[Mutation]:
    """What can be done to a file of this format."""
    return [*EVERY_FORMAT, *BY_FORMAT.get(form, ())]


# -- whatever the format ---------------------------------------------------------------------------------------------


def bit_flips(data: bytes, rng: Random) -> bytes:
    """1 to 200 bits turned over."""
    spoilt = bytearray(data)
    for _ in range(rng.choice((1, 5, 30, 200))):
        spoilt[rng.randrange(len(spoilt))] ^= 1 << rng.randrange(8)
    return bytes(spoilt)


def cut_off(data: bytes, rng: Random) -> bytes:
    return data[: rng.randrange(len(data))]


def beginning_lost(data: bytes, rng: Random) -> bytes:
    return data[rng.randrange(len(data)) :]


def block_lost(data: bytes, rng: Random) -> bytes:
    start, stop = _span(data, rng)
    return data[:start] + data[stop:]


def block_doubled(data: bytes, rng: Random) -> bytes:
    start, stop = _span(data, rng)
    return data[:stop] + data[start:stop] * rng.choice((1, 3, 50)) + data[stop:]


def blocks_swapped(data: bytes, rng: Random) -> bytes:
    one, two, three, four = sorted(rng.randrange(len(data) + 1) for _ in range(4))
    return data[:one] + data[three:four] + data[two:three] + data[one:two] + data[four:]


def bytes_swapped(data: bytes, rng: Random) -> bytes:
    """Each pair of bytes the other way round, as after a wrong word order, in one stretch."""
    start, stop = _span(data, rng)
    stretch = bytearray(data[start : stop - (stop - start) % 2])
    stretch[0::2], stretch[1::2] = stretch[1::2], stretch[0::2]
    return data[:start] + bytes(stretch) + data[start + len(stretch) :]


def zeros(data: bytes, rng: Random) -> bytes:
    start, stop = _span(data, rng)
    return data[:start] + bytes(stop - start) + data[stop:]


def noise(data: bytes, rng: Random) -> bytes:
    place = rng.randrange(len(data) + 1)
    return data[:place] + rng.randbytes(rng.choice((1, 20, 5_000))) + data[place:]


def other_encoding(data: bytes, rng: Random) -> bytes:
    """The characters in another encoding, with or without a mark, as if nothing had happened."""
    text = data.decode("utf-8", "surrogateescape") if rng.random() < 0.5 else data.decode("latin-1")
    encoding = rng.choice(("utf-16", "utf-16-le", "utf-32", "utf-7", "cp1252", "cp037", "utf-8-sig", "shift-jis"))
    return text.encode(encoding, "replace" if encoding not in ("utf-16", "utf-16-le", "utf-32", "utf-7") else "ignore")


def lone_bytes(data: bytes, rng: Random) -> bytes:
    """Bytes that no UTF-8 holds, and characters that few programs expect, at a hundred places."""
    odd = (b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\x00", b"\x1b[2J", "\u202e\u2066\ufeff\U000e0001".encode(), b"\r")
    spoilt = bytearray(data)
    for _ in range(100):
        place = rng.randrange(len(spoilt) + 1)
        spoilt[place:place] = rng.choice(odd)
    return bytes(spoilt)


def digits_changed(data: bytes, rng: Random) -> bytes:
    """A share of all numbers made another, huge ones among them."""
    share = rng.choice((0.002, 0.02, 0.3))
    others = (b"0", b"-1", b"99999999999999999999", b"2147483648", b"1e999", b"7")
    return re.sub(rb"\d+", lambda m: rng.choice(others) if rng.random() < share else m.group(), data)


def many_times(data: bytes, rng: Random) -> bytes:
    return data * min(rng.choice((2, 20)), max(_HUGE // len(data), 2))


def line_ends_lost(data: bytes, rng: Random) -> bytes:
    return data.replace(b"\n", rng.choice((b"", b"\r", b"\r\r\n", b"\x85", "\u2028".encode())))


def one_huge_line(data: bytes, rng: Random) -> bytes:
    """Three million bytes of one letter, or of what backtracking readers stumble over, at one place."""
    place = rng.randrange(len(data) + 1)
    filling = rng.choice((b"a", b" ", b"a ", b"(", b"[", b"- ", b"1.", b"\t", b"et al. ", b"a.b@", b"*", b"\n", b"{"))
    return data[:place] + filling * (_HUGE // len(filling)) + data[place:]


EVERY_FORMAT: tuple[Mutation, ...] = (
    bit_flips, cut_off, beginning_lost, block_lost, block_doubled, blocks_swapped, bytes_swapped, zeros, noise,
    other_encoding, lone_bytes, digits_changed, many_times, line_ends_lost, one_huge_line,
)  # fmt: skip


# -- XML -------------------------------------------------------------------------------------------------------------

_TAG = re.compile(rb"<(/?)([A-Za-z][\w-]*)([^<>]*)>")


def entity_bomb(data: bytes, rng: Random) -> bytes:
    """Entities of entities, a billion in the end, used in the text."""
    inner = b'<!ENTITY l0 "lol">' + b"".join(
        b'<!ENTITY l%d "%s">' % (level, b"&l%d;" % (level - 1) * 10) for level in range(1, 10)
    )
    return _with_doctype(data, inner, b"&l9;", rng)


def long_entity(data: bytes, rng: Random) -> bytes:
    """One long entity used often: quadratic where it is expanded."""
    return _with_doctype(data, b'<!ENTITY long "%s">' % (b"x" * 100_000), b"&long;" * 20_000, rng)


def outside_entity(data: bytes, rng: Random) -> bytes:
    """An entity that names a file or an address."""
    where = rng.choice((b"file:///etc/passwd", b"file:///dev/zero", b"http://127.0.0.1:9/x", b"/dev/stdin"))
    return _with_doctype(data, b'<!ENTITY out SYSTEM "%s">' % where, b"&out;", rng)


def nested_elements(data: bytes, rng: Random) -> bytes:
    name = rng.choice((b"sec", b"p", b"italic", b"list", b"table", b"sub-article", b"AbstractText", b"x"))
    depth = rng.choice((100, 250, 5_000, _DEEP))
    return _at_text(data, b"<%s>" % name * depth + b"deep" + b"</%s>" % name * depth, rng)


def huge_attribute(data: bytes, rng: Random) -> bytes:
    tags = [match for match in _TAG.finditer(data) if not match.group(1)]
    if not tags:
        return data
    place = rng.choice(tags).end(2)
    many = b"".join(b' a%d="%d"' % (number, number) for number in range(100_000))
    return data[:place] + rng.choice((b' huge="%s"' % (b"y" * 12_000_000), many)) + data[place:]


def huge_text(data: bytes, rng: Random) -> bytes:
    return _at_text(data, b"word " * rng.choice((100_000, 2_500_000)), rng)


def many_elements(data: bytes, rng: Random) -> bytes:
    element = rng.choice(
        (b"<xref/>", b"<p>x.</p>", b"<sec><title>t</title></sec>", b"<td>1</td>", b"<!-- -->", b"<?p?>")
    )
    return _at_text(data, element * 200_000, rng)


def tags_renamed(data: bytes, rng: Random) -> bytes:
    """Some elements called as others are, start and end alike."""
    names = sorted({match.group(2) for match in _TAG.finditer(data)})
    for name in rng.sample(names, min(3, len(names))):
        data = re.sub(rb"(</?)%s(?=[\s/>])" % re.escape(name), rb"\1" + rng.choice(names), data)
    return data


def tags_dropped(data: bytes, rng: Random) -> bytes:
    share = rng.choice((0.001, 0.01, 0.2))
    return _TAG.sub(lambda m: b"" if rng.random() < share else m.group(), data)


def tags_emptied(data: bytes, rng: Random) -> bytes:
    """All elements of some names without what they hold: no title, no year, no abstract."""
    names = sorted({match.group(2) for match in _TAG.finditer(data)})
    for name in rng.sample(names, min(4, len(names))):
        data = re.sub(rb"(?s)<%b(?:\s[^<>]*)?>.*?</%b>" % (re.escape(name), re.escape(name)), b"<%s/>" % name, data)
    return data


def wrong_declaration(data: bytes, rng: Random) -> bytes:
    named = rng.choice((b"utf-16", b"UTF-32", b"ascii", b"ebcdic-cp-us", b"nonsense", b"utf-7", b"shift_jis"))
    return b'<?xml version="1.0" encoding="%s"?>' % named + re.sub(rb"^<\?xml[^>]*\?>", b"", data)


def _with_doctype(data: bytes, inner: bytes, use: bytes, rng: Random) -> bytes:
    root = next((match for match in _TAG.finditer(data)), None)
    if root is None:
        return data
    head = re.sub(rb"(?s)<!DOCTYPE[^\[>]*(?:\[.*?\])?[^>]*>", b"", data[: root.start()])
    doctype = b"<!DOCTYPE %s [%s]>" % (root.group(2), inner)
    return head + doctype + _at_text(data[root.start() :], use, rng)


def _at_text(data: bytes, what: bytes, rng: Random) -> bytes:
    """`data` with `what` where text stands."""
    places = [match.start(1) for match in re.finditer(rb">([^<>]{5,})<", data)] or [len(data) // 2]
    place = rng.choice(places)
    return data[:place] + what + data[place:]


_XML: tuple[Mutation, ...] = (
    entity_bomb, long_entity, outside_entity, nested_elements, huge_attribute, huge_text, many_elements, tags_renamed,
    tags_dropped, tags_emptied, wrong_declaration,
)  # fmt: skip


# -- PDF -------------------------------------------------------------------------------------------------------------


def stream_bomb(data: bytes, rng: Random) -> bytes:
    """A page whose content unpacks to 400 MB, or, packed twice, to 400 MB of what unpacks to as much again."""
    kind = rng.choice((b" ", b"BT (x) Tj ET ", b"q ", b"[(a)-1(b)]TJ ", b"1 0 0 1 0 0 cm "))
    operators = b"%d " % rng.randrange(10**6) + kind * 20  # no two alike
    packer = zlib.compressobj(9)
    content = b"".join([packer.compress(operators * (1_000_000 // len(operators))) for _ in range(400)])
    content += packer.flush()
    filters = b"/FlateDecode"
    if rng.random() < 0.5:
        content, filters = zlib.compress(content, 9), b"[/FlateDecode /FlateDecode]"
    return _pdf(
        {1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>", 3: _PAGE},
        b"<</Length %d/Filter %s>>" % (len(content), filters),
        content,
    )


def circles(data: bytes, rng: Random) -> bytes:
    """A page tree, a form or an outline that holds itself, or a parent that is its own child."""
    objects = {1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>", 3: _PAGE}
    match rng.randrange(5):
        case 0:
            objects[2] = b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>"
        case 1:
            objects[2] = b"<</Type/Pages/Kids[3 0 R]/Count 1/Parent 2 0 R>>"
        case 2:
            objects[1] = b"<</Type/Catalog/Pages 2 0 R/Outlines 5 0 R>>"
            objects[5] = b"<</First 5 0 R/Last 5 0 R/Next 5 0 R/Parent 5 0 R/Title(x)>>"
        case 3:
            objects[3] = b"<</Type/Page/Parent 2 0 R/Resources<</XObject<</X 4 0 R>>>>/Contents 4 0 R>>"
            stream = b"q /X Do Q"
            head = b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 4 0 R>>>>/Length %d>>"
            return _pdf(objects, head % len(stream), stream)
        case _:
            objects[2] = b"<</Type/Pages/Kids[%s]/Count 20000>>" % (b"3 0 R " * 20_000)
    return _pdf(objects, b"<</Length 16>>", b"BT (text) Tj ET ")


def nested_objects(data: bytes, rng: Random) -> bytes:
    """Arrays or dictionaries in each other, deeper than any stack."""
    depth = rng.choice((200, _DEEP, 10 * _DEEP))
    deep = rng.choice(
        (b"[" * depth + b"]" * depth, b"<</A" * depth + b" 1" + b">>" * depth, b"(" * depth + b")" * depth)
    )
    place = rng.choice((3, 4))
    objects = {1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>", 3: _PAGE}
    if place == 3:
        objects[3] = _PAGE[:-2] + b"/Deep %s>>" % deep
    return _pdf(objects, b"<</Length %d>>" % len(deep), deep)


def names_swapped(data: bytes, rng: Random) -> bytes:
    """Some names (/Kids, /Length, /Font) in the places of others."""
    names = sorted(set(re.findall(rb"/[A-Z][A-Za-z]{2,12}", data)))
    share = rng.choice((0.01, 0.1))
    return re.sub(rb"/[A-Z][A-Za-z]{2,12}", lambda m: rng.choice(names) if rng.random() < share else m.group(), data)


def references_changed(data: bytes, rng: Random) -> bytes:
    """Some references (12 0 R) to other objects, themselves among them."""
    share = rng.choice((0.02, 0.2))
    return re.sub(
        rb"\b\d+ 0 R", lambda m: b"%d 0 R" % rng.randrange(1, 30) if rng.random() < share else m.group(), data
    )


_PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R>>"


def _pdf(objects: dict[int, bytes], head: bytes, stream: bytes) -> bytes:
    """A PDF of these objects and, as number 4, a stream."""
    out = bytearray(b"%PDF-1.5\n")
    places: dict[int, int] = {}
    for number, body in sorted({**objects, 4: head + b"\nstream\n" + stream + b"\nendstream"}.items()):
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (max(places) + 1)
    out += b"".join(b"%010d 00000 n \n" % places.get(number, 0) for number in range(1, max(places) + 1))
    return bytes(out) + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (max(places) + 1, start)


_PDF: tuple[Mutation, ...] = (stream_bomb, circles, nested_objects, names_swapped, references_changed)


# -- text and lists of records ---------------------------------------------------------------------------------------


def nested_marks(data: bytes, rng: Random) -> bytes:
    """Lists, quotes, braces, brackets or front matter inside each other."""
    depth = rng.choice((100, 5_000, _DEEP))
    marks = (b"> ", b"- ", b"#", b"[", b"(", b"{", b"**", b"`", b"<div>", b"![", b"| ", b"title: [", b"\\emph{", b"$")
    place = rng.choice([match.end() for match in re.finditer(rb"\n|\A", data)])
    return data[:place] + rng.choice(marks) * depth + b"\n" + data[place:]


def many_lines(data: bytes, rng: Random) -> bytes:
    """A line of the file, 300,000 times."""
    lines = data.splitlines(keepends=True) or [b"\n"]
    place = rng.randrange(len(lines))
    often = min(300_000, 12 * _HUGE // max(len(lines[place]), 1))
    return b"".join([*lines[:place], lines[place] * often, *lines[place:]])


def lines_shuffled(data: bytes, rng: Random) -> bytes:
    lines = data.splitlines(keepends=True)
    rng.shuffle(lines)
    return b"".join(lines)


def never_closed(data: bytes, rng: Random) -> bytes:
    """Every closing bracket, quote or end mark of one kind gone."""
    return data.replace(rng.choice((b"}", b"]", b'"', b"ER  - ", b"---", b"\n\n", b")", b"```")), b"")


_TEXT: tuple[Mutation, ...] = (nested_marks, many_lines, lines_shuffled, never_closed)


# -- gzip ------------------------------------------------------------------------------------------------------------


def gzip_bomb(data: bytes, rng: Random) -> bytes:
    """A gzip file of a gigabyte of blanks, of one record that never ends, or of elements that do."""
    import gzip

    kind = rng.choice((b" ", b"<PubmedArticle>", b"<PubmedArticle/>", b"x"))
    block = kind * (1_000_000 // len(kind))
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    try:
        head = gzip.decompress(data)[: rng.randrange(100, 3_000)]
    except (OSError, EOFError, zlib.error):
        head = b"<PubmedArticleSet>"
    return packer.compress(head) + b"".join([packer.compress(block) for _ in range(1_000)]) + packer.flush()


# -- archives --------------------------------------------------------------------------------------------------------

_NAMES = ("../../evil.xml", "/evil.xml", "..\\evil.xml", "a/" * 30_000 + "b.xml", "\x1b[31m.xml", "CON", ".", "\udcff")


def hostile_names(data: bytes, rng: Random) -> bytes:
    """An archive of the same kind whose files have names that lead elsewhere, or nowhere."""
    return _archive_like(data)({name: b"<article/>" * rng.randrange(1, 9) for name in rng.sample(_NAMES, 4)})


def archive_bomb(data: bytes, rng: Random) -> bytes:
    """An archive of the same kind that unpacks to hundreds of megabytes, in one file or in many."""
    files = rng.choice((1, 3, 300))
    block = rng.choice((b" ", b"<p>", b"\0")) * (300_000_000 // 3 // files)
    return _archive_like(data)({f"{number}.xml": b"<article>" + block for number in range(files)})


def archives_in_archives(data: bytes, rng: Random) -> bytes:
    for _ in range(rng.randrange(1, 20)):
        data = _archive_like(data)({"inner.zip": data})
    return data


def _archive_like(data: bytes) -> Callable[[dict[str, bytes]], bytes]:
    return to_zip if data.startswith(b"PK") else to_tar_gz


_ARCHIVE: tuple[Mutation, ...] = (hostile_names, archive_bomb, archives_in_archives)

BY_FORMAT: dict[str, tuple[Mutation, ...]] = {
    "pdf": _PDF,
    "jats": _XML,
    "pubmed": _XML,
    "pubmed.gz": (gzip_bomb,),
    "markdown": _TEXT,
    "nbib": _TEXT,
    "ris": _TEXT,
    "bibtex": _TEXT,
    "zip": _ARCHIVE,
    "tar.gz": _ARCHIVE,
}


def _span(data: bytes, rng: Random) -> tuple[int, int]:
    """A stretch of up to a tenth of the file."""
    start = rng.randrange(len(data))
    return start, min(start + rng.randrange(2, max(len(data) // 10, 3)), len(data))
