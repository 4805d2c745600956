"""Photograph the first screen of the sample report for the README; the picture says what it is of."""

import hashlib
import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import sync_playwright

PROJECT = Path(__file__).resolve().parents[2]
PAGE = PROJECT / "reports" / "sample" / "report.en.html"
PICTURE = PROJECT / "docs" / "images" / "report.png"
SIZE = {"width": 1280, "height": 800}


def main() -> None:
    """Take the picture with the machine's own browser; without one say so and leave it as it is."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        sys.exit("no chromium here; docs/images/report.png is left as it is and no longer fits the sample")
    with sync_playwright() as tools:
        window = tools.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = window.new_page(viewport=SIZE, color_scheme="light")
        page.goto(PAGE.as_uri())
        shot = page.screenshot()
        window.close()
    about = PngInfo()
    about.add_text("Source", f"sha256 {hashlib.sha256(PAGE.read_bytes()).hexdigest()}")
    Image.open(io.BytesIO(shot)).save(PICTURE, optimize=True, pnginfo=about)
    print(PICTURE.relative_to(PROJECT))


if __name__ == "__main__":
    main()
