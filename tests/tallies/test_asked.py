# ruff: noqa: E501 - a table of cases reads best with one case a line
"""What is counted is asked: by titles, sheets, sections, contents, parts; what real files got wrong stays right."""

from datetime import datetime
from typing import Any

import pytest

from analysis.tallies import Register, SentFile, read_files
from analysis.tallies.words.headings import role_of
from analysis.tallies.words.places import Gazetteer
from analysis.tallies.words.titles import claim_of_line
from tests.tallies.making import AS_OF, checked, codes, text, values, workbook, xlsx

HEAD = ["Ngày", "Đơn vị", "Trong ngày", "Lũy kế"]
ROW = ["08/09/2023", "Hội An", "210", "21.292"]
SUM, DAY = {("503", "2023-09-08"): 21292}, {("503", "2023-09-08"): 210}


def of(*lines: str) -> list[list[str]]:
    return [line.split(";") for line in lines]


def held(answer: dict[str, Any]) -> list[tuple[int, str]]:
    return [(one["row"], one["reason"]) for one in answer["held"]]


# ---- W1, W2: titles, sheets, sections, contents ----

OTHERS = (
    """
KẾT QUẢ CẤP CĂN CƯỚC CÔNG DÂN GẮN CHIP|SỐ CÔNG DÂN CHƯA KÍCH HOẠT TÀI KHOẢN ĐỊNH DANH|TIẾN ĐỘ TIÊM VẮC XIN PHÒNG COVID-19
SỐ TỔ CÔNG NGHỆ SỐ CỘNG ĐỒNG, LŨY KẾ THEO NGÀY|BẢNG 2: SỐ BỆNH NHÂN ĐANG ĐIỀU TRỊ TRONG NGÀY|SỐ CÔNG DÂN CHƯA KÍCH HOẠT (LŨY KẾ)
Số hồ sơ bị từ chối|KẾT QUẢ ĐĂNG KÝ XE MÁY|CCCD|Còn lại|KẾ HOẠCH KÍCH HOẠT TÀI KHOẢN ĐỊNH DANH ĐIỆN TỬ THÁNG 9
GIAO CHỈ TIÊU KÍCH HOẠT CHO CÁC ĐƠN VỊ|TỶ LỆ KÍCH HOẠT TÀI KHOẢN|BÁO CÁO TỶ LỆ KÍCH HOẠT|Số tài khoản bị khóa
Số đoàn viên hỗ trợ kích hoạt|Số điểm kích hoạt tài khoản|KET QUA CAP CAN CUOC CONG DAN|SO CONG DAN CHUA KICH HOAT
KẾT QUẢ XỬ LÝ VI PHẠM GIAO THÔNG|BÁO CÁO SỐ LƯỢT TRUY CẬP CỔNG DỊCH VỤ CÔNG|SỐ HỒ SƠ CĂN CƯỚC THU NHẬN|Số công dân có thẻ bảo hiểm y tế
CÔNG AN HUYỆN THĂNG BÌNH - KẾT QUẢ CẤP CĂN CƯỚC|Không kích hoạt được|Danh sách chưa kích hoạt|Tiến độ làm CCCD
Tổng số tin bài tuyên truyền kích hoạt|Số ca mắc mới trong ngày|Dự kiến kích hoạt tuần tới|Số hộ đã khảo sát
Number of patients in hospital|Rejected applications by district|Motorcycles registered, daily|Teams deployed for activation
Remaining to activate|Accounts not yet activated|Identity cards issued|Activation teams by district|Activation rate by district (%)
Planned activations, September 2023|Targets for activation|Activation plan September|Students who helped with activation
Deaths by district, cumulative|Vaccinated adults, to date|Unactivated accounts|Number of tablets lent out|Forecast of activations
Nombre de cartes d'identité délivrées|Comptes non activés|Équipes mobiles d'activation|Dossiers rejetés|Restant à activer
Taux d'activation|Prévision des activations|Nombre d'élèves mobilisés pour l'activation|Cas confirmés, cumul|Motos immatriculées
DANH SÁCH HỘ KINH DOANH ĐĂNG KÝ MỚI|KẾT QUẢ THU HỒI VŨ KHÍ, VẬT LIỆU NỔ|SỐ LƯỢT KHÁM CHỮA BỆNH BẰNG BẢO HIỂM Y TẾ
THỐNG KÊ CÔNG DÂN CÒN PHẢI KÍCH HOẠT TÀI KHOẢN ĐẾN 30/9|Số tài khoản kích hoạt bị lỗi, phải làm lại
CHỈ TIÊU KÍCH HOẠT GIAO CHO CÁC HUYỆN (738.000 ĐẾN 30/9/2023)|TỔNG HỢP SỐ ĐOÀN VIÊN THANH NIÊN RA QUÂN HỖ TRỢ|BÁO CÁO SỐ MÁY TÍNH BẢNG CẤP CHO CÁC TỔ
KẾT QUẢ GIẢI QUYẾT TẠM TRÚ, TẠM VẮNG|Số trường hợp không có điện thoại thông minh|DỰ KIẾN SỐ TÀI KHOẢN KÍCH HOẠT TUẦN TỚI
TỶ LỆ PHẦN TRĂM KÍCH HOẠT TRÊN DÂN SỐ TỪ 14 TUỔI|KẾT QUẢ TUYÊN TRUYỀN: SỐ TỜ RƠI ĐÃ PHÁT|Driving licences issued, week to date
Households still to be visited|Volunteers trained by district|Accounts awaiting activation|Accounts locked after activation
Planned activations by district, September 2023|Complaints received at activation points|Tablets handed out to teams|Births registered by district
People who refused activation|Cartes d'identité délivrées par district|Comptes restant à activer|Bénévoles formés|Objectifs d'activation par district
Réclamations reçues|Comptes refusés|Patients hospitalisés|Pourcentage de comptes activés|Ménages visités
CHỈ TIÊU GIAO KÍCH HOẠT NĂM 2023|KẾ HOẠCH 738.000 TÀI KHOẢN KÍCH HOẠT|Số công dân đang chờ kích hoạt|Comptes en attente d'activation
Goals for activation by district|Accounts to be activated next week|SỐ NGƯỜI CHƯA ĐẾN KÍCH HOẠT ĐẾN NGÀY 10/9|Activations cancelled|Thẻ BHYT cấp mới
Nombre d'équipes|Activation rate (%)|Students enrolled by school|Số đoàn viên tham gia|Tablets delivered: 1,200
KẾT QUẢ CẤP SỔ HỘ KHẨU ĐIỆN TỬ|Số cán bộ được tập huấn|Bảng tổng hợp số vụ tai nạn giao thông|Visits to service points
""".strip()
    .replace("\n", "|")
    .split("|")
)
OURS = (
    """
KẾT QUẢ KÍCH HOẠT TÀI KHOẢN ĐỊNH DANH ĐIỆN TỬ|(Số liệu tính đến 17h00 ngày 10/9/2023)|CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc|PHÒNG CẢNH SÁT QLHC VỀ TTXH|Quảng Nam, ngày 11 tháng 9 năm 2023|CÔNG AN TỈNH QUẢNG NAM
BÁO CÁO NGÀY 10/9/2023|KẾT QUẢ THỰC HIỆN ĐỀ ÁN 06 THÁNG 9|KẾT QUẢ THỰC HIỆN CHỈ TIÊU KÍCH HOẠT TÀI KHOẢN ĐỊNH DANH ĐIỆN TỬ
KẾT QUẢ KÍCH HOẠT TÀI KHOẢN ĐỊNH DANH ĐIỆN TỬ CHO CÔNG DÂN ĐÃ CÓ CCCD GẮN CHIP|KẾT QUẢ KÍCH HOẠT CỦA CÁC TỔ CÔNG NGHỆ SỐ CỘNG ĐỒNG
BÁO CÁO KẾT QUẢ, TỶ LỆ KÍCH HOẠT TÀI KHOẢN ĐỊNH DANH|Số công dân đã có CCCD kích hoạt VNeID|TIẾN ĐỘ KÍCH HOẠT VNEID SO VỚI KẾ HOẠCH
KẾT QUẢ KÍCH HOẠT (không bao gồm công dân ở nước ngoài)|(Kèm theo Kế hoạch số 215/KH-UBND ngày 1/9/2023 của UBND tỉnh)
THÁNG CAO ĐIỂM KÍCH HOẠT TÀI KHOẢN ĐỊNH DANH ĐIỆN TỬ MỨC 2|Tổ công tác Đề án 06 - Kết quả kích hoạt|Lũy kế kích hoạt đến ngày trong bảng
Đơn vị tính: người|KET QUA KICH HOAT TAI KHOAN DINH DANH DIEN TU|Kính gửi: Phòng Cảnh sát QLHC về TTXH|Số: 123/BC-CAT|TỔNG HỢP SỐ LIỆU
BÁO CÁO KẾT QUẢ RA QUÂN KÍCH HOẠT ĐỊNH DANH MỨC 2 CÓ SỰ THAM GIA CỦA HỌC SINH|Hướng dẫn: ghi số liệu vào ô vàng|Người lập biểu: Nguyễn Văn A
VNeID|Sheet1|Số người dân kích hoạt tài khoản định danh điện tử|Số lượng tài khoản đã kích hoạt thành công trên địa bàn
Biểu số 02/ĐA06|Phụ lục II|(Ban hành kèm theo Công văn số 123/CAT-PC06 ngày 1/9/2023)|TỔ CÔNG NGHỆ SỐ CỘNG ĐỒNG THÔN 3
CÔNG AN HUYỆN THĂNG BÌNH - KẾT QUẢ KÍCH HOẠT|BÁO CÁO NHANH KẾT QUẢ CHIẾN DỊCH 45 NGÀY ĐÊM KÍCH HOẠT TÀI KHOẢN
KẾT QUẢ PHỐI HỢP VỚI ĐOÀN THANH NIÊN KÍCH HOẠT TÀI KHOẢN ĐỊNH DANH|Số công dân được học sinh hỗ trợ kích hoạt tài khoản
Accounts activated by district, to date|Results of the activation drive|Progress towards the activation target|Daily e-ID account activations
Daily cumulative report by district|Activations of e-ID accounts per district|Activations by students and youth union members
Cumulative number of activated accounts|Accounts activated through mobile teams|Activated accounts (not final)|Republic of Examples, Ministry of Health
Comptes activés par les équipes mobiles|Bilan des activations de comptes d'identité numérique|Nombre de comptes activés
Résultats de la campagne d'activation|Activations cumulées par district|Suivi quotidien des comptes activés|Activations réalisées par rapport à l'objectif
Goal: 738,000 accounts|(Mục tiêu: 738.000 tài khoản)|KẾT QUẢ KÍCH HOẠT TÀI KHOẢN ĐỊNH DANH ĐIỆN TỬ (MỤC TIÊU 738.000 TRƯỚC NGÀY 30/9/2023)
TIẾN ĐỘ KÍCH HOẠT VNEID, PHẤN ĐẤU ĐẠT 738.000 TÀI KHOẢN ĐẾN 30/9|BIỂU TỔNG HỢP KẾT QUẢ KÍCH HOẠT ĐẾN 17H00 NGÀY 10/9/2023
Kết quả 15 ngày đêm cao điểm kích hoạt tài khoản định danh điện tử|SỐ TÀI KHOẢN ĐÃ KÍCH HOẠT SO VỚI CHỈ TIÊU ĐƯỢC GIAO|BÁO CÁO NGÀY (MẪU 02/ĐA06)
Công an huyện Thăng Bình - Tổ công tác Đề án 06: kết quả kích hoạt ngày 10/9|KẾT QUẢ KÍCH HOẠT TÀI KHOẢN QUA ĐỢT RA QUÂN CỦA HỌC SINH, ĐOÀN VIÊN
Số liệu kích hoạt theo Kế hoạch số 123/KH-UBND ngày 01/9/2023|Kích hoạt VNeID - mục tiêu 738.000 TK đến ngày 30/9
PHỤ LỤC SỐ LIỆU KÈM THEO BÁO CÁO SỐ 45/BC-CAT|BẢNG THEO DÕI HẰNG NGÀY|Kết quả kích hoạt tài khoản (chưa bao gồm số liệu của Nông Sơn)
Accounts activated: goal 738,000 by 30 September|Activations to date (goal: 738,000 by 30 September 2023)
Accounts activated, target 738,000 by 30/09/2023|Daily activation report for the district police
Progress of account activation towards the goal of 738,000 by 30 September|Cumulative accounts activated with help from students
Activation drive – results, week 2|Accounts activated per district versus plan|E-ID accounts activated (not including Nong Son)
Account activation: 738,000 expected by 30 September|Form B: daily return|e-ID activations, all districts, deadline 30 September
Comptes activés : objectif 738 000 d'ici le 30 septembre|Activation des comptes, objectif de 738 000 au 30 septembre 2023
Bilan quotidien des activations|Comptes activés grâce aux équipes mobiles|Progression des activations vers l'objectif
Comptes activés par commune (hors Nong Son)|Tableau de bord
Kích hoạt VNeID (chỉ tiêu: 738.000)|Chỉ tiêu 738.000, đã kích hoạt đến nay|Activation – target 85% of adults
Objectif 80 % des adultes : comptes activés|Accounts activated out of the 738,000 planned|E-ID activation (goal 738,000 by 30 Sept.)
KẾT QUẢ KÍCH HOẠT ĐẾN 10/9 (CÒN 20 NGÀY)|Comptes activés avec l'aide des élèves et des bénévoles|Accounts activated by teams, volunteers and students
KẾT QUẢ KÍCH HOẠT CỦA CÁN BỘ, CHIẾN SĨ VÀ NHÂN DÂN|District report 10 September 2023|Week 36: activated accounts (goal for the week: 50,000)
TIẾN ĐỘ THỰC HIỆN MỤC TIÊU 738.000 TÀI KHOẢN|Kết quả kích hoạt – còn 20 ngày đến hạn 30/9
BÁO CÁO TỔNG HỢP KẾT QUẢ KÍCH HOẠT THEO ĐƠN VỊ|Tiến độ kích hoạt tài khoản tuần 36
""".strip()
    .replace("\n", "|")
    .split("|")
)


@pytest.mark.parametrize("title", OTHERS)
def test_a_title_of_something_else_makes_nothing_a_tally(title: str, register: Register) -> None:
    claim = claim_of_line(title, register.vocabulary.names.lexicon, register.names)
    assert claim.verdict == "other", claim
    answer = checked(text([[title], HEAD, ROW]).encode(), register)
    assert answer["records"] == []
    assert set(held(answer)) == {(3, "other_subject")}
    said = next(one for one in answer["findings"] if one["code"] == "other_subject")
    assert claim.words[0] in said["message_en"]


@pytest.mark.parametrize("title", OURS)
def test_a_title_of_the_campaign_or_of_nothing_hurts_nobody(title: str, register: Register) -> None:
    claim = claim_of_line(title, register.vocabulary.names.lexicon, register.names)
    assert claim.verdict in ("own", "silent"), claim
    answer = checked(text([[title], HEAD, ROW]).encode(), register)
    assert (values(answer), values(answer, "activated_on_day")) == (SUM, DAY)


def test_enough_titles_are_asked() -> None:
    assert (len(OTHERS) >= 90, len(OURS) >= 90) == (True, True)


@pytest.mark.parametrize(
    "rows",
    [
        of("SỐ TỔ CÔNG NGHỆ SỐ CỘNG ĐỒNG, LŨY KẾ THEO NGÀY", "Đơn vị;08/09/2023;09/09/2023;10/09/2023", "Hội An;30;31;35"),
        of("BẢNG 2: SỐ BỆNH NHÂN ĐANG ĐIỀU TRỊ TRONG NGÀY", "Ngày;Hội An;Thăng Bình;Núi Thành", "08/09/2023;30;41;52"),
        of("KẾT QUẢ LŨY KẾ ĐẾN NGÀY 09/09/2023", "Ngày;Nội dung;Hội An;Thăng Bình", "09/09/2023;Số hồ sơ bị từ chối;12;33"),
    ],
)  # fmt: skip
def test_sheets_of_days_or_areas_are_asked_too(rows: list[list[str]], register: Register) -> None:
    answer = checked(text(rows).encode(), register)
    assert answer["records"] == []
    assert {one["reason"] for one in answer["held"]} == {"other_subject"}


def test_contents_say_row_by_row_what_is_counted(register: Register) -> None:
    rows = of(
        "SỐ LIỆU LŨY KẾ", "Ngày;Nội dung;Hội An;Thăng Bình", "09/09/2023;Số hồ sơ bị từ chối;12;33",
        "09/09/2023;Kích hoạt tài khoản;21.292;43.392", "09/09/2023;Kích hoạt trong ngày;200;300",
    )  # fmt: skip
    answer = checked(text(rows).encode(), register)
    assert values(answer) == {("503", "2023-09-09"): 21292, ("513", "2023-09-09"): 43392}
    assert values(answer, "activated_on_day") == {("503", "2023-09-09"): 200, ("513", "2023-09-09"): 300}
    assert held(answer) == [(3, "other_subject")]


def test_two_subjects_in_one_workbook_are_kept_apart(register: Register) -> None:
    sheets = {"VNeID": [HEAD, ROW], "CCCD": [HEAD, ["08/09/2023", "Hội An", "99", "60.292"]]}
    answer = checked(workbook(sheets), register, name="a.xlsx")
    assert (values(answer), {one["sheet"] for one in answer["held"]}) == (SUM, {"CCCD"})
    rows = of("Ngày;Đơn vị;Trong ngày;Lũy kế", "I. Cấp căn cước công dân;;;", "08/09/2023;Hội An;99;60.292",
              "II. Kích hoạt tài khoản định danh;;;", ";".join(ROW))  # fmt: skip
    answer = checked(text(rows).encode(), register)
    assert (values(answer), held(answer)) == (SUM, [(3, "other_subject")])


def test_a_title_of_two_things_leaves_it_to_the_headings(register: Register) -> None:
    title = ["KẾT QUẢ CẤP CCCD VÀ KÍCH HOẠT TÀI KHOẢN ĐỊNH DANH"]
    assert checked(text([title, HEAD, ROW]).encode(), register)["records"] == []
    said = ["Ngày", "Đơn vị", "Cấp CCCD", "Lũy kế kích hoạt"]
    answer = checked(text([title, said, ["08/09/2023", "Hội An", "999", "21.292"]]).encode(), register)
    assert values(answer) == SUM


def test_a_line_that_denies_the_data_denies_no_measure(register: Register) -> None:
    """The simulated files of the shipped campaign say so of themselves above their title."""
    rows = [
        ["SỐ LIỆU MÔ PHỎNG - KHÔNG PHẢI SỐ LIỆU THẬT (SIMULATED DATA)"],
        ["BÁO CÁO KẾT QUẢ KÍCH HOẠT TÀI KHOẢN"],
    ]
    assert values(checked(text([*rows, HEAD, ROW]).encode(), register)) == SUM
    rows[0] = ["Các đơn vị chưa gửi báo cáo: Hội An"]
    assert values(checked(text([*rows, HEAD, ROW]).encode(), register)) == SUM
    tab = workbook({"Còn lại": [["KẾT QUẢ KÍCH HOẠT"], HEAD, ROW]})
    assert checked(tab, register, name="a.xlsx")["records"] == []


def test_a_title_of_dossiers_makes_their_sum(register: Register) -> None:
    answer = checked(text([["KẾT QUẢ THU NHẬN HỒ SƠ ĐỊNH DANH ĐIỆN TỬ"], HEAD, ROW]).encode(), register)
    assert [(one["measure"], one["value"]) for one in answer["records"]] == [("dossiers_cumulative", 21292)]


# ---- W3: dates ----


def test_one_proof_of_the_month_first_doubts_all_that_read_both_ways(register: Register) -> None:
    rows = of("STT;Ngày;Đơn vị;Trong ngày;Lũy kế", "1;9/7/2023;Hội An;200;20000", "2;9/8/2023;Hội An;210;20210",
              "4;9/12/2023;Hội An;300;20700", "5;9/13/2023;Hội An;310;21010")  # fmt: skip
    for name, data in (("a.csv", text(rows).encode()), ("a.xlsx", xlsx(rows))):
        answer = checked(data, register, name=name)
        assert answer["records"] == []
        assert {reason for _, reason in held(answer)} == {"month_first", "date_in_future"}


def test_real_dates_beside_a_proof_of_the_month_first_are_doubted(register: Register) -> None:
    rows = [
        ["Ngày", "Đơn vị", "Lũy kế"],
        [datetime(2023, 7, 9), "Hội An", 20000],
        ["9/13/2023", "Hội An", 21010],
    ]
    answer = checked(xlsx(rows), register, name="a.xlsx")
    assert held(answer) == [(2, "month_first"), (3, "month_first")]


@pytest.mark.parametrize(
    ("one", "other", "months"),
    [("Hội An", "Hội An", []), ("Hội An", "Quế Sơn", [7]), ("", "", [7]), ("", "Hội An", [7])],
)
def test_another_file_proves_the_month_first_only_where_the_same_sender_sent_it(
    one: str, other: str, months: list[int], register: Register
) -> None:
    files = [
        SentFile(name, text(of("Ngày;Đơn vị;Lũy kế", f"{day};Hội An;20.000")).encode(), AS_OF, sender)
        for name, day, sender in (("a.csv", "9/7/2023", one), ("b.csv", "9/13/2023", other))
    ]
    assert read_files(files, register).tallies["date"].dt.month.tolist() == months


@pytest.mark.parametrize(
    ("day", "meant"),
    {
        "10/09/2023 00:00:00": "2023-09-10", "2023/09/10 15:00:00+00": "2023-09-10", "2023-09-10 23:30:00+00:00": "2023-09-11",
        "2023-09-10T00:00:00.000": "2023-09-10", "10/09/2023 17:00:00.000": "2023-09-10",
    }.items(),
)  # fmt: skip
def test_times_behind_dates(day: str, meant: str, register: Register) -> None:
    answer = checked(text([HEAD, [day, *ROW[1:]]]).encode(), register)
    assert values(answer) == {("503", meant): 21292}


def test_a_buddhist_year_is_called_one(register: Register) -> None:
    assert held(checked(text([HEAD, ["10/09/2566", *ROW[1:]]]).encode(), register)) == [(2, "buddhist_year")]


# ---- W5, W6: slid rows, parts ----


def test_cells_slid_to_the_left_are_held(register: Register) -> None:
    rows = of("Ngày;Đơn vị;Chỉ tiêu;Trong ngày;Lũy kế", "08/09/2023;Hội An;48.666;210;21.292", "09/09/2023;Hội An;108;21.400;",
              "10/09/2023;Hội An;48.666;3.041;24.441")  # fmt: skip
    answer = checked(text(rows).encode(), register)
    assert values(answer, "activated_on_day") == {("503", "2023-09-08"): 210, ("503", "2023-09-10"): 3041}
    assert {reason for _, reason in held(answer)} == {"row_slid"}


def test_a_day_that_does_not_fit_between_sums_is_held(register: Register) -> None:
    rows = [HEAD, ROW, ["09/09/2023", "Hội An", "21.400", ""], ["10/09/2023", "Hội An", "3.041", "24.441"]]
    answer = checked(text(rows).encode(), register)
    assert ("503", "2023-09-09") not in values(answer, "activated_on_day")
    assert held(answer) == [(3, "day_contradicted")]
    assert held(checked(text(rows[:3]).encode(), register)) == [(3, "sum_typed_as_day")]


@pytest.mark.parametrize(
    "heading", ["Giới tính", "Loại", "Độ tuổi", "Dose", "Sexe", "Hãng sản xuất", "Tên nhóm"]
)
def test_parts_of_an_area_are_no_whole(heading: str, register: Register) -> None:
    rows = [["Ngày", "Đơn vị", heading, "Trong ngày"], ["08/09/2023", "Hội An", "Nam", "292"],
            ["08/09/2023", "Hội An", "Nữ", "292"], ["08/09/2023", "Quế Sơn", "Nam", "111"]]  # fmt: skip
    answer = checked(text(rows).encode(), register)
    assert answer["records"] == []
    assert held(answer) == [(row, "part_of_whole") for row in (2, 3, 4)]


def test_the_row_of_all_parts_is_the_whole(register: Register) -> None:
    rows = [["Ngày", "Đơn vị", "Giới tính", "Trong ngày"], ["08/09/2023", "Hội An", "Nam", "292"],
            ["08/09/2023", "Hội An", "Nữ", "293"], ["08/09/2023", "Hội An", "Tổng", "585"]]  # fmt: skip
    answer = checked(text(rows).encode(), register)
    assert values(answer, "activated_on_day") == {("503", "2023-09-08"): 585}


def test_a_group_of_areas_and_notes_are_no_parts(register: Register) -> None:
    rows = [["Ngày", "Đơn vị", "Nhóm", "Lũy kế", "Ghi chú"], ["08/09/2023", "Hội An", "Đồng bằng", "21.292", "ra quân"],
            ["08/09/2023", "Nông Sơn", "Miền núi", "9.000", ""]]  # fmt: skip
    assert len(checked(text(rows).encode(), register)["records"]) == 2


# ---- W7, M3, M6: numbers ----


def test_a_share_of_more_than_ten_times_the_whole_is_none(register: Register) -> None:
    rows = [
        ["Ngày", "Đơn vị", "Tỷ lệ (%)"],
        ["08/09/2023", "Hội An", "43.751"],
        ["09/09/2023", "Hội An", "43751"],
    ]
    answer = checked(text(rows).encode(), register)
    assert values(answer, "rate_printed") == {("503", "2023-09-08"): 43.751}
    assert held(answer) == [(3, "rate_too_large")]
    rows[2][2] = "6l,3"
    answer = checked(text(rows).encode(), register)
    assert held(answer) == [(3, "not_a_rate")]


def test_numbers_with_one_reading_are_read(register: Register) -> None:
    rows = [HEAD, ["08/09/2023", "Hội An", "+210", "21292.0"], ["09/09/2023", "Hội An", "108.0", "21.400+"]]
    answer = checked(text(rows).encode(), register)
    assert values(answer) == {("503", "2023-09-08"): 21292, ("503", "2023-09-09"): 21400}
    assert values(answer, "activated_on_day") == {("503", "2023-09-08"): 210, ("503", "2023-09-09"): 108}
    assert {one["qualifier"] for one in answer["records"]} == {"exact", "at_least"}
    assert held(checked(text([HEAD, ["08/09/2023", "Hội An", "210", "+21.292"]]).encode(), register)) == [
        (2, "not_a_number")
    ]


def test_suppressed_counts_are_said_once_a_file(register: Register) -> None:
    rows = [
        HEAD,
        *([f"{day:02}/09/2023", "Hội An", "*", "*"] for day in range(1, 11)),
        ["11/09/2023", "Hội An", "NR", "21.292"],
    ]
    answer = checked(text(rows).encode(), register)
    assert codes(answer).count("suppressed") == 2
    assert len(answer["held"]) == 21
    shares = [
        ["Ngày", "Đơn vị", "Tỷ lệ (%)"],
        *([f"{day:02}/09/2023", "Hội An", "<.5"] for day in range(1, 4)),
    ]
    assert codes(checked(text(shares).encode(), register)).count("suppressed") == 1


@pytest.mark.parametrize(
    ("heading", "kept"),
    [(["Ngày", "Đơn vị", "Lũy kế", "Ghi chú"], False), (["Ngày", "Đơn vị", "Trong ngày", "Lũy kế"], True)],
)
def test_an_unquoted_comma_splits_no_number_in_silence(
    heading: list[str], kept: bool, register: Register
) -> None:
    answer = checked(text([heading, ["08/09/2023", "Hội An", "6", "600"]], delimiter=",").encode(), register)
    assert bool(answer["records"]) is kept
    assert [reason for _, reason in held(answer)] == ([] if kept else ["comma_thousands"])


def test_a_running_total_in_the_column_of_the_day_is_held(register: Register) -> None:
    rows = [
        ["Ngày", "Đơn vị", "Trong ngày"],
        *([f"{day:02}/09/2023", "Hội An", f"{21_000 + 150 * day}"] for day in range(1, 7)),
    ]
    answer = checked(text(rows).encode(), register)
    assert (answer["records"], {reason for _, reason in held(answer)}) == ([], {"sum_typed_as_day"})
    usual = [
        ["Ngày", "Đơn vị", "Trong ngày"],
        *([f"{day:02}/09/2023", "Hội An", f"{200 + 5 * day}"] for day in range(1, 7)),
    ]
    assert len(checked(text(usual).encode(), register)["records"]) == 6


def test_a_file_in_which_nobody_moved_is_found_in_the_first_file_of_all(register: Register) -> None:
    rows = [["Ngày", "Đơn vị", "Lũy kế"], *([f"{day:02}/09/2023", "Hội An", "21.292"] for day in (8, 9, 10))]
    assert codes(checked(text(rows).encode(), register)) == ["stood_still"]


# ---- W8, U1: names ----


@pytest.mark.parametrize(
    ("typed", "meant"),
    {
        "W.P. Putrajaya": "W.P. Putrajaya", "WP Putrajaya": "W.P. Putrajaya", "w.p.  putrajaya": "W.P. Putrajaya", "St. George": "St. George",
        "St George": "St. George", "1. Distrikt": "1. Distrikt", "Distrikt": "Distrikt", "2. Distrikt": None, "C. Valenciana": "C. Valenciana",
        "Washington, D.C.": "Washington, D.C.", "Washington DC": "Washington, D.C.", "H. Hill": "H. Hill", "X. Town": "X. Town", "Q. 5": "Q. 5",
        "P.N.G.": "P.N.G.", "PNG": "P.N.G.", "3. Selangor": "Selangor", "Tỉnh Selangor": "Selangor",
    }.items(),
)  # fmt: skip
def test_a_name_is_tried_as_written_first_and_folded_alike(
    typed: str, meant: str | None, tmp_path: Any
) -> None:
    names = [
        "W.P. Putrajaya",
        "St. George",
        "1. Distrikt",
        "Distrikt",
        "C. Valenciana",
        "Washington, D.C.",
        "H. Hill",
        "X. Town",
        "Q. 5",
        "P.N.G.",
        "Selangor",
    ]
    rows = "\n".join(f'S{at},"{name}",province' for at, name in enumerate(names))
    (tmp_path / "areas.csv").write_text(f"code,name,type\n{rows}\n", encoding="utf-8")
    places: Gazetteer = Register.load(tmp_path).places
    assert [places.areas[at].name for at in places.candidates(typed)] == ([meant] if meant else [])


def test_a_total_names_no_area_and_adds_up(register: Register) -> None:
    rows = of("Đơn vị;Ngày;Lũy kế", "Hội An;08/09/2023;21.292", "Quế Sơn;08/09/2023;20.000", "Cộng Hòa;08/09/2023;900",
              "Tổng Cọt;08/09/2023;41.292", "Tổng cộng;08/09/2023;42.192")  # fmt: skip
    answer = checked(text(rows).encode(), register)
    assert held(answer) == [(4, "area_unknown")]
    assert [one["row"] for one in answer["ignored"] if one["reason"] == "total_row"] == [5, 6]


def test_a_row_with_numbers_is_no_section(register: Register) -> None:
    rows = of(
        "Đơn vị;Ngày;Lũy kế",
        "H. Nghi Lộc, Nghệ An;08/09/2023;12.600",
        "H. Quế Sơn, Quảng Nam;08/09/2023;12.600",
    )
    answer = checked(text(rows).encode(), register)
    assert (values(answer), held(answer)) == ({("509", "2023-09-08"): 12600}, [(2, "area_unknown")])


# ---- M4: headings of several rows; W9, W4: refusals ----

FORM = of(
    "CÔNG AN TỈNH QUẢNG NAM", "KẾT QUẢ CẤP TÀI KHOẢN ĐỊNH DANH ĐIỆN TỬ NGÀY 10/9/2023", "STT;Đơn vị;Tài khoản định danh điện tử;;;",
    ";;Mức 1;;Mức 2;", ";;Trong ngày;Lũy kế;Trong ngày;Lũy kế", "1;2;3;4;5;6", ";;người;người;người;người",
    "1;Hội An;10;30.000;20;28.000",
)  # fmt: skip


def test_the_official_form(register: Register) -> None:
    two = [
        *FORM[:2],
        *of(
            "STT;Đơn vị;Tài khoản định danh điện tử;",
            ";;Mức 1;Mức 2",
            "1;2;3;4",
            ";;người;người",
            "1;Hội An;30.000;28.000",
        ),
    ]
    for rows in (FORM, two):
        for name, data in (("a.csv", text(rows).encode()), ("a.xlsx", xlsx(rows))):
            answer = checked(data, register, name=name)
            assert {(one["measure"], one["date"]): one["value"] for one in answer["records"]} == {
                ("level1_cumulative", "2023-09-10"): 30000, ("level2_cumulative", "2023-09-10"): 28000,
            }  # fmt: skip
            assert answer["held"] == []


def test_a_sound_quote_is_not_called_open(register: Register) -> None:
    sound = b'"Fecha","Provincia","Personas"\n"2021-08-01","Alpha","5"\n'
    assert codes(checked(sound, register)) == ["no_table"]
    wide = ",".join(["Zona", *(f"2021-01-{1 + at % 28:02}" for at in range(600))])
    assert codes(checked(f'{wide}\n"Alpha{"x" * 1300}",{",".join(["1"] * 600)}\n'.encode(), register)) == [
        "no_table"
    ]
    broken = text([HEAD, ROW], delimiter=",").replace("Hội An", '"Hội An').encode()
    assert codes(checked(broken, register)) == ["broken_quoting"]


# ---- Headings in English and French ----

HEADINGS = {
    "area": "State|Region|Province|County|Location|Commune|Département|District|Municipality|Ward|Région|Localité|Territory|Borough|District / Municipality|Commune/District|Name",
    "date": "Date|Day|Jour|Report date|Date du rapport|Week ending|As of",
    "activated_cumulative": "Total|Total to date|Running total|Cumul|Effectif|Cumulative|Cumulative total|Activated|Activations to date|Comptes activés|Comptes activés (cumul)|Total général|Cumul à ce jour|So far|Grand total|Total activated|Number activated|Total cumulé",
    "activated_on_day": "New|Today|Activated today|Nouveaux|Daily|New activations|Nouveaux comptes activés|Activés du jour|Journalier|Aujourd'hui",
    "rate_printed": "Taux|Rate (%)|% activated|Percentage|Taux d'activation (%)",
    "target": "Objectif|Target|Cible|Plan",
    "other": "Remaining|Restants|Population|Notes|Observations|Weekly|New this week|Not activated|Comptes non activés|Yesterday|Veille",
}  # fmt: skip
ALL_HEADINGS = [(heading, role) for role, some in HEADINGS.items() for heading in some.split("|")]


@pytest.mark.parametrize(("heading", "role"), ALL_HEADINGS)
def test_english_and_french_headings(heading: str, role: str) -> None:
    assert role_of(heading) == role


@pytest.mark.parametrize(
    "heading",
    [
        "Patients",
        "Teams",
        "Vaccinated today",
        "Number",
        "Cards issued",
        "Équipes",
        "Jour/Cumul",
        "Deaths to date",
        "Cas cumulés",
        "New cases",
    ],
)
def test_headings_of_other_things_are_none_of_ours(heading: str) -> None:
    assert role_of(heading) in ("unknown", "unclear", "other")
