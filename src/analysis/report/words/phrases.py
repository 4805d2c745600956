"""Every fixed wording of the report, in both languages; braces take numbers by their key.

``{total}`` is a number as it is written, ``{total.unit}`` its unit, ``{extra.low}`` and ``{extra.high}`` the ends of
its interval, ``{extra.level}`` the interval's probability, ``{total.day}`` the day it is true of.
"""

from analysis.campaign import Text

PHRASES: dict[str, Text] = {
    # ---- the frame ----
    "weekly_report": Text(vi="Báo cáo tuần {week}", en="Weekly report {week}"),
    "as_of": Text(vi="Tính đến {instant} ({zone})", en="As of {instant} ({zone})"),
    "simulated_banner": Text(
        vi="SỐ LIỆU MÔ PHỎNG. Số liệu hằng ngày của từng địa bàn trong báo cáo này là mô phỏng, không phải số liệu thật.",
        en="SIMULATED DATA. The daily figures by area in this report are simulated; they are not real counts.",
    ),
    "simulated_word": Text(vi="mô phỏng", en="simulated"),
    "simulated_mark": Text(vi="Số liệu mô phỏng", en="Simulated data"),
    "real_mark": Text(vi="Số liệu thật, như đã công bố", en="Real data, as published"),
    "other_language": Text(vi="English version", en="Bản tiếng Việt"),
    "tables_file": Text(vi="Bảng số liệu (Excel)", en="Tables (Excel)"),
    "summary_file": Text(vi="Số liệu chính (JSON)", en="Headline numbers (JSON)"),
    "skip": Text(vi="Đến nội dung chính", en="Skip to the content"),
    "contents": Text(vi="Nội dung", en="Contents"),
    "page": Text(vi="Trang", en="Page"),
    "source": Text(vi="Nguồn", en="Source"),
    # ---- three questions on the first screen ----
    "ask_where": Text(vi="Đang ở đâu?", en="Where do we stand?"),
    "ask_make_it": Text(vi="Có kịp hạn không?", en="Will we make it?"),
    "ask_worked": Text(vi="Huy động có hiệu quả không?", en="Did mobilising work?"),
    "share_verdict": Text(vi="{share} chỉ tiêu", en="{share} of the target"),
    "extra_big": Text(vi="{extra}", en="{extra}"),
    "observational": Text(
        vi="Đây là so sánh quan sát: địa bàn huy động không được chọn ngẫu nhiên và khác các địa bàn khác từ trước.",
        en="This is an observational comparison: mobilised areas were not drawn by lot and differed beforehand.",
    ),
    "method_text": Text(
        vi="Báo cáo được lập từ các tệp số liệu đã nhận đến thời điểm nêu trên, qua bốn bước: làm sạch, so sánh, dự báo, "
        "báo cáo. Mỗi con số có thể lần ngược về tệp và dòng của nó.",
        en="The report is made from the tally files received by the instant above in four steps: clean, compare, "
        "forecast, report. Every number can be traced to its file and row.",
    ),
    "provenance_text": Text(
        vi="Nguồn gốc (mã băm của đầu vào, phiên bản, cam kết mã nguồn) nằm trong provenance.json cạnh báo cáo này.",
        en="Provenance (hashes of the inputs, versions, commit of the code) is in provenance.json beside this report.",
    ),
    "where_big": Text(vi="{share}", en="{share}"),
    "where_small": Text(vi="của chỉ tiêu {target} {target.unit}", en="of the target of {target} {target.unit}"),
    "where_line": Text(
        vi="{total} {total.unit} đến hết ngày {total.day}. Bảy ngày qua thêm {week.bare}, {change_words}.",
        en="{total} {total.unit} by the end of {total.day}. The last seven days added {week.bare}, {change_words}.",
    ),
    "change_more": Text(
        vi="nhiều hơn bảy ngày trước đó {change.bare} ({change_share})",
        en="{change.bare} more than the seven days before ({change_share})",
    ),
    "change_less": Text(
        vi="ít hơn bảy ngày trước đó {change.bare} ({change_share})",
        en="{change.bare} fewer than the seven days before ({change_share})",
    ),
    "change_same": Text(vi="bằng bảy ngày trước đó", en="the same as the seven days before"),
    "change_unknown": Text(
        vi="bảy ngày trước đó chưa có số liệu", en="with nothing known of the seven days before"
    ),
    "make_it_small": Text(
        vi="xác suất đạt chỉ tiêu chậm nhất ngày {deadline}", en="probability of reaching the target by {deadline}"
    ),
    "pace_line": Text(
        vi="Cần {pace_needed} {pace.unit} mỗi ngày; bảy ngày qua đạt {pace} mỗi ngày.",
        en="It takes {pace_needed} {pace.unit} a day; the last seven days brought {pace} a day.",
    ),
    "pace_over": Text(
        vi="Hạn đã qua. Bảy ngày qua đạt {pace} {pace.unit} mỗi ngày.",
        en="The deadline has passed. The last seven days brought {pace} {pace.unit} a day.",
    ),
    "completion_line": Text(
        vi="Ngày hoàn thành trung vị: {completion}; khoảng 80%: {completion.low} đến {completion.high}.",
        en="Median completion date: {completion}; 80% range: {completion.low} to {completion.high}.",
    ),
    "completion_beyond": Text(
        vi="Khả năng không hoàn thành trước ngày {horizon_end}: {beyond_horizon}.",
        en="Probability of not completing before {horizon_end}: {beyond_horizon}.",
    ),
    "met_line": Text(vi="Đã đạt chỉ tiêu.", en="The target has been reached."),
    "worked_small": Text(
        vi="{extra.unit} tăng thêm tại {mobilised} địa bàn huy động, {window}",
        en="extra {extra.unit} in {mobilised} mobilised areas, {window}",
    ),
    "interval_line": Text(
        vi="Khoảng tin cậy {extra.level}: {extra.low} đến {extra.high}; {p_words}.",
        en="{extra.level} interval: {extra.low} to {extra.high}; {p_words}.",
    ),
    "no_interval_line": Text(
        vi="Không có khoảng tin cậy hữu hạn; {p_words}.", en="There is no bounded interval; {p_words}."
    ),
    "p_words": Text(
        vi="p = {extra_p}, nhỏ nhất có thể có với thiết kế này là {extra_p_min}",
        en="p = {extra_p}, the smallest this design can give being {extra_p_min}",
    ),
    "nobody_mobilised": Text(
        vi="Chưa có địa bàn nào huy động.", en="No area has mobilised yet."
    ),
    "effect_unknown": Text(vi="chưa ước lượng được", en="not estimated"),
    # ---- likelihood: what may be said of a probability ----
    "surely_yes": Text(vi="Gần như chắc chắn kịp", en="Almost certainly"),
    "very_likely": Text(vi="Rất có thể kịp", en="Very likely"),
    "likely": Text(vi="Có thể kịp", en="Likely"),
    "even": Text(vi="Chưa rõ: khả năng kịp và không kịp gần ngang nhau", en="Open: about as likely as not"),
    "unlikely": Text(vi="Khó kịp", en="Unlikely"),
    "very_unlikely": Text(vi="Rất khó kịp", en="Very unlikely"),
    "surely_no": Text(vi="Gần như chắc chắn không kịp", en="Almost certainly not"),
    "met": Text(vi="Đã đạt", en="Already reached"),
    "missed": Text(vi="Đã quá hạn, chưa đạt", en="The deadline passed without it"),
    # ---- evidence: what may be said of an estimate ----
    "strong_gain": Text(vi="Có, bằng chứng mạnh", en="Yes, with strong evidence"),
    "gain": Text(vi="Có, bằng chứng khá", en="Yes, with moderate evidence"),
    "strong_loss": Text(vi="Không: kết quả giảm, bằng chứng mạnh", en="No: it fell, with strong evidence"),
    "loss": Text(vi="Không: kết quả giảm, bằng chứng khá", en="No: it fell, with moderate evidence"),
    "cannot_tell": Text(vi="Chưa thể kết luận", en="Cannot tell"),
    "too_few": Text(
        vi="Chưa thể kết luận: quá ít địa bàn", en="Cannot tell: too few areas"
    ),
    "nothing_to_compare": Text(vi="Không có gì để so sánh", en="Nothing to compare"),
    # ---- the state of the data ----
    "data_line": Text(
        vi="{reported}/{areas} địa bàn có số liệu ngày {reported.day}; {files} tệp; {held} ô bị giữ lại chờ xem xét; "
        "{warnings} cảnh báo.",
        en="{reported} of {areas} areas have figures for {reported.day}; {files} files; {held} cells held back for a "
        "look; {warnings} warnings.",
    ),
    # ---- sections ----
    "section_areas": Text(vi="Từng địa bàn", en="Area by area"),
    "section_worked": Text(vi="Huy động có hiệu quả không?", en="Did mobilising work?"),
    "section_make_it": Text(vi="Có kịp hạn không?", en="Will we make it?"),
    "section_published": Text(
        vi="Những gì số liệu công bố cho biết", en="What the published figures alone can tell"
    ),
    "section_data": Text(vi="Chất lượng số liệu", en="Data quality"),
    "section_method": Text(vi="Phương pháp và nguồn gốc", en="Method and provenance"),
    # ---- figures ----
    "tiles_caption": Text(
        vi="Tỷ lệ so với chỉ tiêu của từng địa bàn, {day}. ▲: địa bàn đã huy động.",
        en="Share of target by area, {day}. ▲: mobilised area.",
    ),
    "tiles_alt": Text(
        vi="Bản đồ ô của {areas} địa bàn theo tỷ lệ so với chỉ tiêu. Cao nhất: {best} ({best_share}); thấp nhất: "
        "{worst} ({worst_share}). Số liệu nằm trong bảng bên cạnh.",
        en="Tile map of {areas} areas by share of target. Highest: {best} ({best_share}); lowest: {worst} "
        "({worst_share}). The numbers are in the table beside it.",
    ),
    "course_caption": Text(
        vi="Lũy kế đến {day} và dự báo: đường đứt là trung vị; các dải chứa 50%, 80% và 95% khả năng.",
        en="Cumulative count to {day} and forecast: the dashed line is the median; bands hold 50%, 80% and 95%.",
    ),
    "course_alt": Text(
        vi="Lũy kế {total} ngày {total.day}, chỉ tiêu {target}, hạn {deadline}. {completion_words}",
        en="Cumulative count {total} on {total.day}, target {target}, deadline {deadline}. {completion_words}",
    ),
    "dates_caption": Text(
        vi="Xác suất đã đạt chỉ tiêu vào từng ngày.", en="Probability of having reached the target by each day."
    ),
    "dates_alt": Text(
        vi="Xác suất đã đạt chỉ tiêu theo ngày: {probability} vào hạn {deadline}. {completion_words}",
        en="Probability of having reached the target by day: {probability} at the deadline {deadline}. "
        "{completion_words}",
    ),
    "groups_caption": Text(
        vi="Số mới mỗi ngày trên 1.000 người chưa thực hiện: địa bàn huy động (▲) và các địa bàn khác. "
        "Vạch đứng: ngày đầu huy động.",
        en="New a day per 1,000 people still to go: mobilised areas (▲) and the others. Upright line: first day of "
        "mobilising.",
    ),
    "groups_alt": Text(
        vi="Tốc độ mỗi ngày của hai nhóm. Ngày {first_push}: địa bàn huy động {treated}, các địa bàn khác {others} trên "
        "1.000 người chưa thực hiện.",
        en="Daily rate of the two groups. On {first_push}: mobilised areas {treated}, the others {others} per 1,000 "
        "people still to go.",
    ),
    "estimates_caption": Text(
        vi="Ước lượng số tăng thêm và khoảng tin cậy theo từng khoảng thời gian.",
        en="Estimated extra and its interval, by window.",
    ),
    "today": Text(vi="hôm nay", en="today"),
    "target_word": Text(vi="chỉ tiêu", en="target"),
    "deadline_word": Text(vi="hạn", en="deadline"),
    "mobilised_word": Text(vi="đã huy động", en="mobilised"),
    "others_word": Text(vi="các địa bàn khác", en="other areas"),
    "median_word": Text(vi="trung vị", en="median"),
    "per_thousand": Text(vi="mới mỗi ngày trên 1.000 người chưa thực hiện", en="new a day per 1,000 still to go"),
    "cumulative_word": Text(vi="lũy kế, {unit}", en="cumulative, {unit}"),
    # ---- windows of an effect, as effects.csv names them ----
    "window_day": Text(vi="trong ngày huy động", en="on the day of the push"),
    "window_days": Text(
        vi="từ ngày huy động đến hết ngày thứ {last}", en="from the push to day {last} after it"
    ),
}
