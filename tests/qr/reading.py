"""Seeing what was drawn or printed, with other programs than drew it."""

from io import BytesIO

import pypdfium2
import typst
import zxingcpp
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, PdfObject

MILLIMETRES_PER_POINT = 25.4 / 72
DOTS_PER_INCH = 150

DRAWING = (
    b"#set page(width:330pt,height:330pt,margin:0pt)\n#image(bytes(sys.inputs.svg),width:330pt)"
)


def draw_svg(svg: str, *, pixels: int) -> Image.Image:
    """Return the drawing as grey pixels."""
    png = typst.Compiler(ignore_system_fonts=True).compile(
        DRAWING, format="png", ppi=72 * pixels / 330, sys_inputs={"svg": svg}
    )
    assert isinstance(png, bytes)
    return Image.open(BytesIO(png)).convert("L")


def see_page(pdf: bytes, page: int = 0) -> Image.Image:
    """Return a page as an office printer would see it."""
    with pypdfium2.PdfDocument(pdf) as document:
        seen: Image.Image = document[page].render(scale=DOTS_PER_INCH / 72).to_pil()
        return seen


def read_codes(pdf: bytes, page: int = 0) -> list[str]:
    """Return what zxing-cpp reads on a page."""
    return [barcode.text for barcode in zxingcpp.read_barcodes(see_page(pdf, page))]


def read_text(pdf: bytes) -> str:
    """Return the words of all pages without blanks and line ends."""
    with pypdfium2.PdfDocument(pdf) as document:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    return "".join("".join(pages).split()).replace("\u200b", "")


def measure_pages(pdf: bytes) -> list[tuple[float, float]]:
    """Return each page's width and height in millimetres."""
    with pypdfium2.PdfDocument(pdf) as document:
        sizes = [page.get_size() for page in document]
    return [
        (round(width * MILLIMETRES_PER_POINT, 2), round(height * MILLIMETRES_PER_POINT, 2))
        for width, height in sizes
    ]


def list_fonts(pdf: bytes) -> dict[str, bool]:
    """Return the fonts the pages use, and whether each is embedded."""
    found: dict[str, bool] = {}
    for page in PdfReader(BytesIO(pdf)).pages:
        for font in _enter(page, "/Resources", "/Font").values():
            descriptor = _describe(_as_dictionary(font))
            embedded = {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor)
            found[str(descriptor["/FontName"])] = bool(embedded)
    return found


def _describe(font: DictionaryObject) -> DictionaryObject:
    """Return the descriptor of a composite font (ISO 32000-1 §9.7.6): that of its only child."""
    children = font["/DescendantFonts"]
    assert isinstance(children, ArrayObject)
    return _enter(_as_dictionary(children[0]), "/FontDescriptor")


def _enter(place: DictionaryObject, *names: str) -> DictionaryObject:
    for name in names:
        place = _as_dictionary(place.get(name, DictionaryObject()))
    return place


def _as_dictionary(found: PdfObject) -> DictionaryObject:
    resolved = found.get_object()
    assert isinstance(resolved, DictionaryObject)
    return resolved
