"""A page of a paper as it was printed, with what is quoted from it marked."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from ingest.errors import ImmunoragError
from ingest.readers.pdf_page import page_picture
from ui.page.desk import Desk

__all__ = ["leaf"]

_MOST_QUOTES = 20


def leaf(desk: Desk, asked: Mapping[str, Any]) -> dict[str, str]:
    """The page that a browser asks for, as `picture` or as the `problem` with it, under the `key` it was asked by.

    What it names is looked up in the library; nothing that lies elsewhere is read.
    """
    key = str(asked.get("key", ""))
    try:
        paper = desk.library.paper(str(asked.get("paper", "")))
        original = desk.library.original(paper.id)
        page, quotes = int(asked["page"]), [(int(start), int(end)) for start, end in asked["spans"]][:_MOST_QUOTES]
        if original is None:
            raise ImmunoragError("the library keeps no PDF of this paper; add its file again to see its pages")
        picture = page_picture(original, page, [paper.text[start:end] for start, end in quotes])
    except ImmunoragError as error:
        return {"key": key, "problem": str(getattr(error, "reason", error))}
    except (KeyError, TypeError, ValueError):
        return {"key": key, "problem": "there is no such page"}
    return {"key": key, "picture": f"data:image/png;base64,{base64.b64encode(picture).decode()}"}
