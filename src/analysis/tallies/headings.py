"""What a heading says that its column holds, in the words that teams use."""

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from analysis.campaign import vocabulary
from analysis.tallies.places import bare, plain

Measure = str
"""The code of a measure."""
Role = Literal["index", "area", "code", "date", "target", "other", "unknown", "unnamed", "unclear"] | Measure
"""What a column holds: ``other`` is known to be no tally, ``unclear`` a count of one thing or another."""

MEASURES: tuple[Measure, ...] = tuple(one.code for one in vocabulary("eid").measures)

_EXACT: Mapping[str, Role] = {
    "stt": "index", "tt": "index", "so tt": "index", "no": "index", "so thu tu": "index", "#": "index",
    "don vi": "area", "dia ban": "area", "dia phuong": "area", "ten don vi": "area", "ten dia ban": "area",
    "ten dia phuong": "area", "don vi bao cao": "area", "huyen": "area", "quan huyen": "area", "xa": "area",
    "huyen thi xa thanh pho": "area", "huyen tx tp": "area", "xa phuong thi tran": "area", "cong an": "area",
    "xa phuong": "area", "don vi hanh chinh": "area", "area": "area", "district": "area", "unit": "area",
    "cac don vi": "area", "cong an cac don vi": "area", "cong an don vi": "area", "don vi dia ban": "area",
    "ten huyen": "area", "huyen thi thanh pho": "area", "noi dung don vi": "area", "name": "area",
    "ma": "code", "ma don vi": "code", "ma dvhc": "code", "ma huyen": "code", "ma dia ban": "code",
    "ma so": "code", "code": "code", "area code": "code", "ma xa": "code", "district code": "code",
    "ngay": "date", "ngay bao cao": "date", "date": "date", "ngay thang": "date", "ngay thang nam": "date",
    "ngay so lieu": "date", "thoi diem": "date", "tinh den ngay": "date", "ngay thuc hien": "date",
    "thoi gian": "date", "day": "date",
    "ghi chu": "other", "note": "other", "notes": "other", "xep hang": "other", "xep thu": "other",
    "dan so": "other", "population": "other", "eligible": "other", "nguoi bao cao": "other", "thu": "other",
    "target": "target", "rate": "rate_printed", "%": "rate_printed",
    **{measure.replace("_", " "): measure for measure in MEASURES},
}  # fmt: skip
_AREAS = re.compile(r"\b(?:don vi|dia ban|dia phuong|huyen|xa|phuong|cong an|dvhc)\b(?! tinh\b)")
_AREA_WORDS = {
    "ten", "cac", "don", "vi", "dia", "ban", "phuong", "huyen", "thi", "xa", "thanh", "pho", "tran",
    "tp", "tx", "tt", "h", "quan", "cong", "an", "ca", "thuoc", "hanh", "chinh", "dvhc", "bao", "cao",
    "gui", "cap", "va", "so", "co", "danh", "sach",
}  # fmt: skip
_ACCENTED = {
    plain(words)
    for words in (
        "đơn vị", "địa bàn", "địa phương", "tên đơn vị", "ngày", "chỉ tiêu", "trong ngày", "lũy kế", "luỹ kế",
        "tỷ lệ", "tỉ lệ", "tỷ lệ (%)", "tỷ lệ %", "mã", "mã đơn vị", "kích hoạt", "mức 1", "mức 2", "hồ sơ",
        "ghi chú", "tổng cộng", "tổng", "toàn tỉnh", "cộng",
    )
}  # fmt: skip
_DAILY = re.compile(r"\b(?:trong ngay|phat sinh|hom nay|moi|on day|daily)\b")
_BY_DAY = re.compile(r"\b(?:hang ngay|tung ngay|theo ngay)\b")
_RUNNING = re.compile(r"\b(?:luy ke|luy tien|cong don|tinh den|den nay|den ngay|den het|cumulative)\b")
_ALL = re.compile(r"\b(?:tong|cong|dat|total)\b")
_RATIO = re.compile(r"\b(?:ty le|ti le|rate|ty trong)\b|%")
_NO_TALLY = re.compile(
    r"\b(?:con lai|con thieu|thieu|chua|so voi|tang|giam|chenh lech|du dieu kien|dan so|binh quan|khong"
    r"|that bai|loi|huy|tuan|thang|hom qua|truoc|nhan khau|tuoi|gio)\b"
)
_LEVEL1 = re.compile(r"\bmuc (?:do )?(?:1|i)\b|\blevel ?1\b")
_LEVEL2 = re.compile(r"\bmuc (?:do )?(?:2|ii)\b|\blevel ?2\b")
_DOSSIERS = re.compile(r"\b(?:ho so|thu nhan|tao lap|dossiers?)\b")
_ACTIVATED = re.compile(r"\b(?:kich hoat|activated)\b")
_TARGET = re.compile(r"\b(?:chi tieu|target|ke hoach)\b")
_TALLY_PHRASES = """
tổng số chung cộng dồn số lượng số liệu kết quả đã được đạt có của từng các toàn trên trong địa bàn tỉnh huyện
xã phường công dân người nhân dân cá nhân trường hợp lượt tài khoản tk định danh điện tử đđđt gd mức độ i ii
vneid vnid ứng dụng kích hoạt thành công hoàn thành xong thực hiện thu nhận tạo lập cấp phát phê duyệt hồ sơ
lũy kế lũy tiến tích lũy tính đến đến nay đến hết ngày trong ngày hằng ngày theo ngày phát sinh mới hôm nay
thời điểm báo cáo từ đầu chiến dịch đợt cao điểm năm theo đề án và ở là do về
a account accounts activated activation activations app at by cumulative daily date day dossier dossiers e id
level new number of on the to total up
"""
_TALLY_WORDS = frozenset(bare(_TALLY_PHRASES).split())
"""Words that may stand in the heading of a tally. Any other may say that it counts something else."""
_NUMBER = re.compile(r"\d+h?")
_THOUSANDS = re.compile(r"\b(?:nghin|ngan|trieu|1[. ]?000)\s+(?:nguoi|tai khoan|ho so|cong dan)\b")


def role_of(heading: str, default: Measure | None = "activated_cumulative") -> Role:
    """Return what a column so headed holds; ``default`` is what "kích hoạt" alone counts."""
    words = words_of(heading)
    if not words:
        return "unnamed"
    if words in _EXACT:
        return _EXACT[words]
    if _AREAS.search(words) and set(words.split()) <= _AREA_WORDS:
        return "area"
    if _RATIO.search(words):
        return "rate_printed" if not re.search(r"\b(?:muc|ho so)\b", words) else "other"
    if _NO_TALLY.search(words):
        return "other"
    if _TARGET.search(words):
        return "target"
    subjects = [name for name, found in _SUBJECTS.items() if found.search(words)]
    daily, running = _manner(words)
    if len(subjects) > 1 or (daily and running):
        return "unclear"
    together = bool(_ALL.search(words))
    role = _measure_of(subjects[0] if subjects else None, daily, running, together, default)
    return "unclear" if role in MEASURES and _is_strange(words) else role


def _is_strange(words: str) -> bool:
    """Whether a heading has a word that is none of a tally's: "số tổ kích hoạt" counts teams."""
    return any(not _NUMBER.fullmatch(word) and word not in _TALLY_WORDS for word in words.split())


_SUBJECTS = {
    "activated": _ACTIVATED,
    "level1_cumulative": _LEVEL1,
    "level2_cumulative": _LEVEL2,
    "dossiers_cumulative": _DOSSIERS,
}


def _measure_of(
    subject: str | None, daily: bool, running: bool, together: bool, default: Measure | None
) -> Role:
    """Return what is counted; ``together`` where a word such as "tổng" stands, alone of nobody knows what."""
    if subject in MEASURES:
        return "other" if daily else subject
    if daily:
        return "activated_on_day"
    if running:
        return "activated_cumulative"
    if subject == "activated" and together:
        return "activated_cumulative"
    if subject == "activated":
        return default or "unclear"
    return "unclear" if together else "unknown"


def is_heading_word(cell: str) -> bool:
    """Whether a cell is, accents and all, a word that stands in headings."""
    return plain(cell).strip(" :.") in _ACCENTED


def says_thousands(lines: Sequence[str]) -> bool:
    """Whether a title says that the numbers are in thousands: then no number is what it looks like."""
    return any(_THOUSANDS.search(words_of(line)) for line in lines)


def words_of(heading: str) -> str:
    """Return the words of a heading in plain letters, punctuation gone."""
    return " ".join(re.sub(r"[^a-z0-9%#]+", " ", bare(heading)).split())


def _manner(words: str) -> tuple[bool, bool]:
    """Return whether words say "of the day", and whether they say "cumulative".

    "Theo ngày" beside "lũy kế" says how the sheet is laid out: a running sum, given for each day.
    """
    running = bool(_RUNNING.search(words))
    return bool(_DAILY.search(words)) or (bool(_BY_DAY.search(words)) and not running), running


def default_measure(words: str) -> Measure | None:
    """Return what a bare "kích hoạt" counts: as titles say, the sum if silent, None if they say both."""
    daily, running = _manner(words_of(words))
    if daily and running:
        return None
    return "activated_on_day" if daily else "activated_cumulative"


def wide_measure(words: str) -> Role:
    """Return what the columns of a sheet with one column a day count, by its title.

    "Theo ngày" alone says no more than the columns do.
    """
    daily, running = _manner(re.sub(r"\btheo ngay\b", "", words_of(words)))
    if daily == running:
        return "unclear"
    return "activated_on_day" if daily else "activated_cumulative"
