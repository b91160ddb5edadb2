"""The page's look: a Gradio theme of its own, a stylesheet and a script. Nothing is fetched from elsewhere.

What comes from papers is set in a serif, what is ours in a sans: readers see at a glance who speaks.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import gradio as gr

__all__ = ["head", "theme"]

_TEAL = gr.themes.Color(
    c50="#eef6f5", c100="#d6eae8", c200="#add5d1", c300="#7fbcb6", c400="#4f9e97", c500="#2b837c", c600="#1a6b66",
    c700="#155853", c800="#134744", c900="#103b39", c950="#082625", name="teal of ours",
)  # fmt: skip
_PAPER = gr.themes.Color(
    c50="#faf9f6", c100="#f3f1ec", c200="#e6e3db", c300="#d2cec3", c400="#a29e93", c500="#767268", c600="#5c5950",
    c700="#45433d", c800="#2a2a27", c900="#1d1e1d", c950="#151615", name="paper of ours",
)  # fmt: skip
_SANS = ("IBM Plex Sans", "system-ui", "-apple-system", "Segoe UI", "sans-serif")


def theme() -> gr.themes.Base:
    """The theme. Its fonts are those that lie in Gradio's own folder."""
    base = gr.themes.Base(
        primary_hue=_TEAL,
        secondary_hue=_TEAL,
        neutral_hue=_PAPER,
        radius_size=gr.themes.sizes.radius_md,
        font=(gr.themes.LocalFont(_SANS[0], weights=(400, 700)), *_SANS[1:]),
        font_mono=("ui-monospace", "SFMono-Regular", "Menlo", "monospace"),
    )
    return base.set(
        body_background_fill="*neutral_50",
        body_background_fill_dark="*neutral_950",
        body_text_color="*neutral_900",
        body_text_color_dark="*neutral_100",
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_400",
        background_fill_primary="white",
        background_fill_primary_dark="*neutral_900",
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_border_width="0px",
        block_label_text_color="*neutral_600",
        block_label_text_color_dark="*neutral_300",
        block_title_text_color="*neutral_700",
        block_title_text_color_dark="*neutral_200",
        block_info_text_color="*neutral_600",
        block_info_text_color_dark="*neutral_300",
        block_shadow="none",
        input_background_fill="white",
        input_background_fill_dark="*neutral_900",
        input_border_color="*neutral_300",
        input_border_color_dark="*neutral_700",
        input_border_color_focus="*primary_600",
        input_border_color_focus_dark="*primary_300",
        input_border_width="1px",
        input_placeholder_color="*neutral_500",
        input_placeholder_color_dark="*neutral_400",
        input_shadow="none",
        input_shadow_focus="none",
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        button_primary_background_fill_dark="*primary_300",
        button_primary_background_fill_hover_dark="*primary_200",
        button_primary_text_color="white",
        button_primary_text_color_dark="*neutral_950",
        button_secondary_background_fill="transparent",
        button_secondary_background_fill_dark="transparent",
        button_secondary_background_fill_hover="*neutral_100",
        button_secondary_background_fill_hover_dark="*neutral_800",
        button_secondary_border_color="*neutral_300",
        button_secondary_border_color_dark="*neutral_700",
        button_border_width="1px",
        link_text_color="*primary_700",
        link_text_color_dark="*primary_300",
        link_text_color_hover="*primary_600",
        link_text_color_hover_dark="*primary_200",
        link_text_color_visited="*primary_700",
        link_text_color_visited_dark="*primary_300",
        loader_color="*primary_600",
        loader_color_dark="*primary_300",
    )


@cache
def head() -> str:
    """The stylesheet and the script, for the head of the page: what Gradio is given as `css` reaches no further than
    its own container, and ours speaks of the body, too."""
    folder = files("ui.page")
    style, script = ((folder / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    return f"<style>{style}</style><script>{script}</script>"
