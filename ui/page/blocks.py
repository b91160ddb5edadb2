"""The one Gradio component that shows HTML of ours, and hands on the clicks on it."""

from __future__ import annotations

from collections.abc import Sequence

import gradio as gr

__all__ = ["html"]


def html(value: str, *, elem_id: str, listens: Sequence[str] = (), watched: bool = False) -> gr.HTML:
    """A component that shows `value`. `listens` names the events that page.js triggers on it, each with its data.

    Where it is `watched`, page.js looks at each new value. Gradio knows an event by its name in the script.
    """
    names = ", ".join(f"'{name}'" for name in listens)
    return gr.HTML(
        value,
        elem_id=elem_id,
        elem_classes="ir",
        apply_default_css=False,
        js_on_load=f"immunorag.listen(element, trigger, {'watch' if watched else 'null'}, [{names}])",
    )
