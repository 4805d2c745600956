"""``campaign.toml`` as it is written: its keys, the line of each, what is wrong with what one says."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from analysis.campaign.faults import Fault, nearest, perhaps

_WRITE = tomllib.loads((files(__package__) / "written.toml").read_text(encoding="utf-8"))


def read_toml(path: Path) -> tuple[dict[str, Any], tuple[Fault, ...]]:
    """Read a TOML file, arrays as tuples; with what keeps it from being read, if anything does."""
    try:
        return tuples(tomllib.loads(path.read_text(encoding="utf-8-sig"))), ()
    except FileNotFoundError:
        fault = Fault(path, None, "no such file", "a campaign is a folder with campaign.toml and areas.csv")
    except ValueError as error:  # also of a number of thousands of digits
        told = re.search(r"line (\d+)", str(error))
        what = f"not valid TOML in UTF-8: {str(error)[:160]}"
        fault = Fault(path, int(told[1]) if told else None, what, "mend that line; text stands in quotes")
    except RecursionError:
        fault = Fault(path, None, "nested too deep to be a campaign", "write it anew")
    return {}, (fault,)


def tuples(value: Any) -> Any:
    """TOML arrays become tuples, which strict immutable records ask for."""
    if isinstance(value, list):
        return tuple(tuples(item) for item in value)
    if isinstance(value, dict):
        return {key: tuples(item) for key, item in value.items()}
    return value


def complaint(path: Path, line: int | None, error: Mapping[str, Any], model: type[BaseModel]) -> Fault:
    """Turn one error of validation into a fault: the key, what was found, what to write."""
    keys = ".".join(str(part) for part in error["loc"] if part != "[key]") or "the file"
    message = error["msg"].removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        last, known = str(error["loc"][-1]), keys_at(model, error["loc"][:-1])
        return Fault(path, line, f"{keys}: unknown key {last!r}", perhaps(last, known))
    if error["type"] == "missing":
        return Fault(path, line, f"{keys}: missing", "add it")
    found = "" if isinstance(error["input"], BaseModel | Mapping) else f" (found {error['input']!r:.80})"
    write = _WRITE.get(error["type"], "write it as docs/campaign.md says")
    return Fault(path, line, f"{keys}: {message}{found}", write)


def complaints(path: Path, errors: Iterable[Mapping[str, Any]], model: type[BaseModel]) -> list[Fault]:
    """Turn the errors of ``campaign.toml`` into faults, one for a value that may be of several kinds."""
    found: list[Fault] = []
    kinds: dict[tuple[Any, ...], list[str]] = {}
    for one in _of_lists(errors):
        above, last = one["loc"][:-1], one["loc"][-1:]  # both empty where it is the campaign as a whole
        if (
            one["type"] in ("missing", "extra_forbidden")
            or not above
            or last[0] in keys_at(model, above)
            or isinstance(last[0], int)
        ):
            found.append(complaint(path, line_of(path, one["loc"]), one, model))
            continue
        key = ".".join(map(str, above))
        may_be = kinds.setdefault((key, line_of(path, one["loc"]), repr(one["input"])), [])
        may_be.append(str(one.get("ctx", {}).get("expected", one["msg"])).replace("Input should be ", ""))
    for (key, line, given), may_be in kinds.items():
        known = [name for one in may_be for name in re.findall(r"'([^']+)'", one)]
        like = nearest(given.strip("'"), known)
        write = f"write {like!r}, if that is meant" if like else f"write {', or '.join(may_be)}"
        found.append(Fault(path, line, f"{key}: {given:.80} is nothing that can stand here", write))
    return found


def _of_lists(errors: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Of a list where one value or several may stand, keep what is wrong inside it alone."""
    parts = {one["loc"][:-2] for one in errors if "tuple[" in str(one["loc"][-2:-1])}
    return [
        {**one, "loc": one["loc"][:-1]} if one["loc"][:-2] in parts else one
        for one in errors
        if one["loc"][:-1] not in parts
    ]


def keys_at(model: type[BaseModel], keys: Iterable[Any]) -> list[str]:
    """Return the keys that may stand in the table of a model that ``keys`` lead to."""
    here: type[BaseModel] | None = model
    for key in keys:
        if isinstance(key, int) or here is None or key not in here.model_fields:
            continue
        found = types_in(here.model_fields[key].annotation)
        here = next((one for one in found if issubclass(one, BaseModel)), None)
    return list(here.model_fields) if here else []


def types_in(annotation: Any) -> Iterator[type]:
    """Yield the types that an annotation names, inside tuples and unions too."""
    if isinstance(annotation, type):
        yield annotation
    for one in get_args(annotation):
        yield from types_in(one)


def line_of(path: Path, keys: Iterable[Any]) -> int | None:
    """Find the line of a key in TOML text, which the parser does not tell: the deepest part that is there."""
    try:
        changed = path.stat().st_mtime_ns
    except OSError:
        return None
    wanted = tuple(str(key) for key in keys)
    best: tuple[int, int] | None = None
    for here, number in _keys(path, changed):
        depth = len(here)
        if here == wanted[:depth] and (best is None or depth > best[0]):
            best = (depth, number)
    return best[1] if best else None


@lru_cache(maxsize=16)
def _keys(path: Path, changed: int) -> tuple[tuple[tuple[str, ...], int], ...]:
    """Every key of a TOML file with its line; ``changed`` keeps an older text from being remembered."""
    table: list[str] = []
    seen: dict[str, int] = {}
    found: list[tuple[tuple[str, ...], int]] = []
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1):
        if heading := re.match(r"\s*(\[{1,2})\s*([\w.\-]+)\s*\]", line):
            table = heading[2].split(".")
            if heading[1] == "[[":
                seen[heading[2]] = seen.get(heading[2], -1) + 1
                table = [*table, str(seen[heading[2]])]
            found.append((tuple(table), number))
        elif key := re.match(r"\s*([\w\-.]+)\s*=", line):
            found.append(((*table, *key[1].split(".")), number))
    return tuple(found)
