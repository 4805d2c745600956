"""Boundaries of a campaign's areas, from ``areas.geojson`` where its folder has one (RFC 7946)."""

import json
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from analysis.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FILE = "areas.geojson"
MOST_BYTES = 20_000_000  # a map of one page needs a hundredth of it
MOST_POSITIONS = 200_000
_RING_LEAST = 4  # positions of a ring, the first of them again at the end

Ring: TypeAlias = "NDArray[np.float64]"  # (positions, 2): longitude, latitude in degrees, closed
Polygon = tuple[Ring, ...]  # the outer ring counter-clockwise, then holes clockwise


@dataclass(frozen=True)
class Boundaries:
    """The polygons of every area by its code, and whose they are."""

    polygons: Mapping[str, tuple[Polygon, ...]]
    attribution: str


def load_boundaries(folder: Path, codes: Collection[str]) -> Boundaries | None:
    """Load the boundaries of a campaign; ``None`` where its folder has no ``areas.geojson``.

    Each feature names its area in ``properties.code``. Whose shapes they are stands in the member
    ``metadata``, as ``attribution`` or as ``geometry_source`` and ``geometry_licence``.

    Raises
    ------
    InputError
        If the file is too large, no GeoJSON of polygons, names no source, or has other areas than the
        campaign.
    """
    path = folder / FILE
    if not path.exists():
        return None
    if path.stat().st_size > MOST_BYTES:
        raise InputError(f"{path}: larger than {MOST_BYTES // 10**6} MB; simplify the shapes")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: no JSON ({str(error)[:80]}); write a GeoJSON FeatureCollection") from None
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or not features:
        raise InputError(f"{path}: no features; write a GeoJSON FeatureCollection, one feature an area")
    shapes: dict[str, tuple[Polygon, ...]] = {}
    for number, feature in enumerate(features, start=1):
        where = f"{path}, feature {number}"
        code = _member(_member(feature, "properties"), "code")
        if not isinstance(code, str) or code not in codes:
            raise InputError(f"{where}: properties.code {str(code)[:40]!r} is no area of areas.csv")
        if code in shapes:
            raise InputError(f"{where}: area {code} for the second time; write one MultiPolygon")
        shapes[code] = _polygons(_member(feature, "geometry"), f"{where} ({code})")
    if missing := sorted(set(codes) - shapes.keys()):
        raise InputError(f"{path}: no shape for area {', '.join(missing[:5])}; add it, or take the file away")
    if sum(len(ring) for shape in shapes.values() for polygon in shape for ring in polygon) > MOST_POSITIONS:
        raise InputError(f"{path}: more than {MOST_POSITIONS} positions; simplify the shapes")
    return Boundaries(shapes, _attribution(content, path))


def _member(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _attribution(content: Mapping[str, Any], path: Path) -> str:
    about = content.get("metadata")
    parts = [_member(about, "attribution")]
    if not isinstance(parts[0], str):
        parts = [_member(about, "geometry_source"), _member(about, "geometry_licence")]
    said = "; ".join(part.strip() for part in parts if isinstance(part, str) and part.strip())
    if not said:
        raise InputError(f"{path}: does not say whose shapes it holds; write metadata.attribution")
    return said


def _polygons(geometry: Any, where: str) -> tuple[Polygon, ...]:
    kind, given = _member(geometry, "type"), _member(geometry, "coordinates")
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(given, list) or not given:
        raise InputError(f"{where}: geometry is {str(kind)[:40]!r}; a Polygon or MultiPolygon is needed")
    polygons = [given] if kind == "Polygon" else given
    if not all(isinstance(rings, list) and rings for rings in polygons):
        raise InputError(f"{where}: a polygon without a ring")
    return tuple(
        tuple(_turned(_ring(ring, where), hole=at > 0) for at, ring in enumerate(rings)) for rings in polygons
    )


def _ring(given: Any, where: str) -> Ring:
    """Read one ring; heights are dropped."""
    import numpy as np  # a tenth of a second that a campaign without a map does not need

    try:
        ring = np.array([[float(x), float(y)] for x, y, *_ in given])
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"{where}: a position is no pair of numbers") from None
    if len(ring) < _RING_LEAST or not np.array_equal(ring[0], ring[-1]):
        raise InputError(f"{where}: a ring is not closed, or has fewer than {_RING_LEAST} positions")
    inside = (np.abs(ring) <= (180.0, 90.0)).all()  # false for what is not finite, too
    if not inside:
        raise InputError(f"{where}: a position is outside longitude ±180 and latitude ±90 (EPSG:4326)")
    if math.isclose(_signed_area(ring), 0.0, abs_tol=1e-14):
        raise InputError(f"{where}: a ring has no area")
    return ring


def _turned(ring: Ring, *, hole: bool) -> Ring:
    """Turn an outer ring counter-clockwise and a hole clockwise, so that holes stay open when filled."""
    return ring[::-1] if (_signed_area(ring) > 0) == hole else ring


def _signed_area(ring: Ring) -> float:
    x, y = ring[:, 0] - ring[0, 0], ring[:, 1] - ring[0, 1]
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum() / 2)
