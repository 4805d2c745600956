"""The colours of every form, apart from any library that draws: the index is written without one.

They keep apart for the common kinds of colour blindness and on a grey printer, and each has a contrast of at
least 4.5 to 1 on paper, so that a label may take its line's colour. A reader's dark page has a palette of its
own (`DARK`), put in the place of the light one by the page's style sheet.
"""

INK = "#16202b"  # text, targets and deadlines
MUTED = "#566270"  # axis labels, notes
RULE = "#d5dbe2"  # grid, frames
PAPER = "#ffffff"

MAIN = "#0b5c94"  # what was counted, and dashed what is expected; all areas together
MOBILISED = "#b3430b"  # areas that mobilised
OTHERS = "#5f6f80"  # areas to compare with
NEEDED = "#00705a"  # what would be needed; a plan
BANDS = {0.5: "#8fb8d6", 0.8: "#b8d2e5", 0.95: "#dce9f3"}  # intervals, innermost darkest

DARK = {
    INK: "#e9eef4", MUTED: "#a9b5c2", RULE: "#3a4653", MAIN: "#6cb4e8", MOBILISED: "#f4935a",
    OTHERS: "#a3b1bf", NEEDED: "#45c3a4",
    BANDS[0.5]: "#35648a", BANDS[0.8]: "#294d6a", BANDS[0.95]: "#203a50",
}  # fmt: skip
"""What each colour becomes on a dark page of `DARK_PAPER`; labels keep 4.5 to 1 there too."""
DARK_PAPER = "#10171f"
