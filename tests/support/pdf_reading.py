"""Reading printed sheets as people and phones do: rendered pages, decoded codes, extracted text."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
import zxingcpp
from pyzbar import pyzbar

DPI = 200


def pages(pdf: bytes, dpi: int = DPI) -> Iterator[np.ndarray]:
    """Every page rendered in grey, 0 black to 255 white, shape (height, width)."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        for page in document:
            bitmap = page.render(scale=dpi / 72, grayscale=True)
            pixels = np.array(bitmap.to_numpy())
            yield np.ascontiguousarray(pixels if pixels.ndim == 2 else pixels[:, :, 0])
    finally:
        document.close()


def read_qr_from_pdf(pdf: bytes) -> list[str]:
    """The text of every QR code of the document, page by page, from top to bottom and left to right (ZXing)."""
    found: list[str] = []
    for image in pages(pdf):
        # Model 2 only: the whole family holds Micro QR too, whose weak check lets a piece of a code pass for "698".
        codes = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2))
        # Codes of one row of slips stand within a few pixels of one height: compare heights in steps of 10 mm.
        step = DPI / 2.54
        codes.sort(key=lambda code: (round(code.position.top_left.y / step), code.position.top_left.x))
        found += [code.text for code in codes]
    return found


def read_qr_with_zbar(pdf: bytes) -> list[str]:
    """The same with the other reader (ZBar), without repeats, in no particular order.

    ZBar misses about one code in 500 at a given size and reads it at another, as a hand-held phone would: two sizes.
    """
    found: dict[str, None] = {}
    for dpi in (DPI, 300):
        for image in pages(pdf, dpi):
            height, width = image.shape
            codes = pyzbar.decode((image.tobytes(), width, height), symbols=[pyzbar.ZBarSymbol.QRCODE])
            found |= dict.fromkeys(code.data.decode("utf-8") for code in codes)
    return list(found)


def text_of(pdf: bytes) -> str:
    """All text as a reader's copy command gives it, pages separated by form feeds."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\f".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def page_count(pdf: bytes) -> int:
    """How many pages the document has."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return len(document)
    finally:
        document.close()


def raster_images(pdf: bytes) -> int:
    """How many pictures made of pixels the document holds, also inside form objects."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return sum(1 for page in document for thing in page.get_objects(max_depth=15) if thing.type == pdfium.FPDF_PAGEOBJ_IMAGE)
    finally:
        document.close()


def text_boxes(pdf: bytes, page: int = 0) -> list[tuple[str, float, float, float, float]]:
    """Every character of a page that is not blank, with its box (left, bottom, right, top) in points."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        text = document[page].get_textpage()
        boxes = []
        for index in range(text.count_chars()):
            character = chr(pdfium.FPDFText_GetUnicode(text, index))
            if not character.isspace():
                boxes.append((character, *text.get_charbox(index)))
        return boxes
    finally:
        document.close()


def missing_glyphs(pdf: bytes) -> list[str]:
    """Characters drawn with the font's "no such glyph" box, or whose character is not known to the document."""
    document = pypdfium2.PdfDocument(pdf)
    missing = []
    try:
        for page in document:
            text = page.get_textpage()
            for index in range(text.count_chars()):
                code = pdfium.FPDFText_GetUnicode(text, index)
                if code in (0, 0xFFFD, 0xFFFE) or pdfium.FPDFText_HasUnicodeMapError(text, index) == 1:
                    missing.append(chr(code))
        return missing
    finally:
        document.close()


def font_names(pdf: bytes) -> set[str]:
    """The base names of the fonts used by the document's text."""
    document = pypdfium2.PdfDocument(pdf)
    names = set()
    try:
        for page in document:
            text = page.get_textpage()
            for index in range(text.count_chars()):
                buffer = ctypes.create_string_buffer(256)
                flags = ctypes.c_int()
                if pdfium.FPDFText_GetFontInfo(text, index, buffer, 256, ctypes.byref(flags)):
                    names.add(buffer.value.decode("utf-8"))
        return names
    finally:
        document.close()
