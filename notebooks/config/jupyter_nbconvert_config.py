"""nbconvert's settings: in a page, pictures keep the text alternatives that the notebook has for them."""

from html import escape


def describe_pictures(notebook, resources):
    """Write every described picture as the element that nbconvert's own templates would, with its text."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            alt = output.get("metadata", {}).get("image/png", {}).get("alt")
            if alt and "image/png" in output.data:
                source = f"data:image/png;base64,{output.data.pop('image/png').strip()}"
                output.data["text/html"] = f'<img src="{source}" alt="{escape(alt)}">'
    return notebook, resources


c = get_config()  # Jupyter puts it there
c.HTMLExporter.preprocessors = [describe_pictures]
