"""nbconvert's settings: in a page, pictures keep the text alternatives that the notebook has for them.

On paper, where nobody can scroll, the page lies on its side, tables are set small enough for it, and long
lines of code are broken.
"""

from html import escape

PAPER = """<style>@media print {
  @page { size: A4 landscape }
  .highlight pre { white-space: pre-wrap }
  .jp-RenderedHTMLCommon table { font-size: 8pt }
  .jp-RenderedHTMLCommon :is(td, th) { padding: 1px 3px }
}</style>"""


def describe_pictures(notebook, resources):
    """Write every described picture as the element that nbconvert's own templates would, with its text."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            alt = output.get("metadata", {}).get("image/png", {}).get("alt")
            if alt and "image/png" in output.data:
                source = f"data:image/png;base64,{output.data.pop('image/png').strip()}"
                output.data["text/html"] = f'<img src="{source}" alt="{escape(alt)}">'
    return notebook, resources


def fit_on_paper(notebook, resources):
    """Give the tables of a page the style that they have on paper."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "<table" in output.get("data", {}).get("text/html", ""):
                output.data["text/html"] = PAPER + output.data["text/html"]
                return notebook, resources  # once for the whole page
    return notebook, resources


c = get_config()  # Jupyter puts it there
c.HTMLExporter.preprocessors = [describe_pictures, fit_on_paper]
