"""Archives of given files, the same bytes for the same files."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile

__all__ = ["to_tar_gz", "to_zip"]


def to_zip(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name.encode("utf-8", "replace").decode())  # its date is 1980
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED, 1)
    return packed.getvalue()


def to_tar_gz(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)  # its date is 1970
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return gzip.compress(packed.getvalue(), 1, mtime=0)
