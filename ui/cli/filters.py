"""The options by which papers are chosen, the same for every command that takes them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Annotated, Any, get_args

import typer

from ingest.papers import Filters, Source, Species, Status

__all__ = ["filtered", "typed"]

_PAPERS_OF = "Only papers"


def _repeated(metavar: str, text: str) -> Any:
    return Annotated[
        list[str] | None,
        typer.Option(metavar=metavar, help=f"{_PAPERS_OF} {text}; may be repeated.", show_default=False),
    ]


def _year(text: str) -> Any:
    option = typer.Option(metavar="YEAR", help=f"{_PAPERS_OF} of this year or {text}.", show_default=False)
    return Annotated[int | None, option]


# By the name of the option: what it takes, and the field of `Filters` that it fills.
_OPTIONS: Mapping[str, tuple[Any, str]] = {
    "cancer": (_repeated("NAME", "on this cancer, by any of its names"), "cancers"),
    "drug": (_repeated("NAME", "on this drug or class: generic, brand or code name"), "drugs"),
    "biomarker": (_repeated("NAME", "on this biomarker or assay"), "biomarkers"),
    "event": (_repeated("NAME", "on this adverse event"), "events"),
    "setting": (_repeated("NAME", "on this setting or line of therapy"), "settings"),
    "endpoint": (_repeated("NAME", "that name this endpoint"), "endpoints"),
    "method": (_repeated("NAME", "on this AI method or model"), "methods"),
    "design": (_repeated("NAME", "of this study design: meta-analysis, rct, cohort, ..."), "designs"),
    "species": (_repeated("NAME", f"that studied {', '.join(get_args(Species))}"), "species"),
    "since": (_year("later"), "since"),
    "until": (_year("earlier"), "until"),
    "source": (_repeated("|".join(get_args(Source)), "read from this"), "sources"),
    "status": (_repeated("|".join(get_args(Status)), "of this status"), "statuses"),
}


def filtered(*, retracted: bool) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command an option for each filter, in place of its parameter `filters`, which it gets as `Filters`.

    Where no status is asked for, retracted papers pass if `retracted`.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(command, eval_str=True)
        parameters = []
        for parameter in signature.parameters.values():
            if parameter.name != "filters":
                parameters.append(parameter)
                continue
            for name, (annotation, _) in _OPTIONS.items():
                parameters.append(inspect.Parameter(name, parameter.kind, default=None, annotation=annotation))

        @wraps(command)
        def run(**values: Any) -> None:
            given = {name: values.pop(name) for name in _OPTIONS}
            command(**values, filters=_filters(given, retracted))

        run.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return run

    return decorate


def typed(words: Sequence[str]) -> Filters:
    """The filters that are typed as options, outside of a command: `--since 2020 --drug nivolumab`.

    Raises BadParameter.
    """
    given: dict[str, Any] = {name: [] for name in _OPTIONS}
    for name, value in zip(words[::2], [*words[1::2], ""][: len(words[::2])], strict=True):
        option = name.removeprefix("--")
        if option not in _OPTIONS or option == name:
            known = ", ".join(f"--{one}" for one in _OPTIONS)
            raise typer.BadParameter(f"no filter is called {name!r}; known are {known}")
        if not value:
            raise typer.BadParameter(f"{name} needs a value")
        given[option].append(value)
    for name in ("since", "until"):
        years = given[name]
        if not all(year.isdecimal() for year in years):
            raise typer.BadParameter(f"--{name} takes a year, such as 2020")
        given[name] = int(years[-1]) if years else None
    return _filters(given, retracted=False)


def _filters(given: Mapping[str, Any], retracted: bool) -> Filters:
    """The filters that the options name. Raises BadParameter, or ImmunoragError for a design that is none."""
    since, until = given["since"], given["until"]
    if since is not None and until is not None and since > until:
        raise typer.BadParameter(f"--since {since} is later than --until {until}: no paper can match")
    for name, known in (("source", get_args(Source)), ("status", get_args(Status)), ("species", get_args(Species))):
        for value in given[name] or ():
            if value not in known:
                raise typer.BadParameter(f"--{name} {value!r} is not one of {', '.join(known)}")
    fields = {field: given[name] for name, (_, field) in _OPTIONS.items()}
    named: dict[str, Any] = {
        field: tuple(value) if isinstance(value, list) else value for field, value in fields.items() if value
    }
    if given["design"]:
        from ingest.study import design_named

        named["designs"] = tuple(dict.fromkeys(design_named(name) for name in given["design"]))
    if retracted and not given["status"]:
        named["statuses"] = ()
    return Filters(**named)
