"""The files behind the orders of the demo data: one plan, and one picture."""

from io import BytesIO

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

from kernel.storage import private_storage

PLAN = "orders/demo-plan.pdf"
PICTURE = "progress/demo-picture.jpg"


def keep_files() -> None:
    """Put the files of the demo data where private files are kept, unless they are there."""
    for name, content in ((PLAN, plan()), (PICTURE, _picture())):
        if not private_storage().exists(name):
            private_storage().save(name, ContentFile(content))


def plan() -> bytes:
    """A page of PDF with a line of text."""
    text = b"BT /F1 24 Tf 72 720 Td (The plan of the house) Tj ET"
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(text), text),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body, starts = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        starts.append(len(body))
        body += b"%d 0 obj%s\nendobj\n" % (number, part)
    rows = b"".join(b"%010d 00000 n \n" % start for start in starts)
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(parts) + 1, rows)
    end = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, len(body))
    return body + table + end


def _picture() -> bytes:
    page, output = Image.new("RGB", (400, 300), "lightgrey"), BytesIO()
    ImageDraw.Draw(page).text((40, 40), "The work, half done", fill="black")
    page.save(output, "JPEG")
    return output.getvalue()
