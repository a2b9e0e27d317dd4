"""Pictures side by side on one sheet, as a small PNG of few colours. What the pictures show is not known here."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Sequence

import numpy as np
from playwright.sync_api import Page

COLOURS = 32
#: Draws the pictures beside each other and keeps the most frequent colours; every other pixel gets the nearest of them.
_TILE = """async ({pictures, most, gap, tallest}) => {
  const images = await Promise.all(pictures.map(async (data) => {
    const image = new Image();
    image.src = "data:image/png;base64," + data;
    await image.decode();
    return image;
  }));
  const canvas = document.createElement("canvas");
  canvas.width = images.reduce((sum, one) => sum + one.width + gap, gap);
  canvas.height = Math.min(tallest, Math.max(...images.map((one) => one.height))) + 2 * gap;
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#808080";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  let left = gap;
  for (const one of images) { pen.drawImage(one, left, gap); left += one.width + gap; }
  pen.fillRect(0, canvas.height - gap, canvas.width, gap);
  const pixels = pen.getImageData(0, 0, canvas.width, canvas.height).data;
  const bins = new Map();
  const binOf = (at) => (pixels[at] >> 3) << 10 | (pixels[at + 1] >> 3) << 5 | pixels[at + 2] >> 3;
  for (let at = 0; at < pixels.length; at += 4) {
    const bin = binOf(at), known = bins.get(bin);
    if (known) { known[0] += 1; known[1] += pixels[at]; known[2] += pixels[at + 1]; known[3] += pixels[at + 2]; }
    else bins.set(bin, [1, pixels[at], pixels[at + 1], pixels[at + 2]]);
  }
  const colours = (sums) => sums.slice(1).map((sum) => Math.round(sum / sums[0]));
  const palette = [...bins.values()].sort((a, b) => b[0] - a[0]).slice(0, most).map(colours);
  const far = (one, other) => one.reduce((sum, part, at) => sum + (part - other[at]) ** 2, 0);
  const nearest = new Map();
  for (const [bin, sums] of bins) {
    const distances = palette.map((one) => far(one, colours(sums)));
    nearest.set(bin, distances.indexOf(Math.min(...distances)));
  }
  const places = new Uint8Array(pixels.length / 4);
  for (let at = 0; at < pixels.length; at += 4) places[at / 4] = nearest.get(binOf(at));
  const address = await new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.readAsDataURL(new Blob([places]));
  });
  return {palette, width: canvas.width, places: address.split(",")[1]};
}"""


def sheet(desk: Page, pictures: Sequence[bytes], *, tallest: int, gap: int = 8) -> bytes:
    """PNG pictures from left to right as one PNG, cut below where taller than `tallest`. `desk` is an empty page to work on."""
    coded = [base64.b64encode(one).decode() for one in pictures]
    drawn = desk.evaluate(_TILE, {"pictures": coded, "most": COLOURS, "gap": gap, "tallest": tallest})
    places = np.frombuffer(base64.b64decode(drawn["places"]), dtype=np.uint8).reshape(-1, drawn["width"])
    return _png(places, drawn["palette"])


def grey(pixels: np.ndarray) -> bytes:
    """A grey picture (height, width; 0 black to 255 white) as a PNG."""
    return _png(pixels, [[shade] * 3 for shade in range(256)])


def _png(places: np.ndarray, palette: Sequence[Sequence[int]]) -> bytes:
    """PNG of indexed colours: RFC 2083, one byte a pixel, no filter."""
    height, width = places.shape
    rows = np.zeros((height, width + 1), dtype=np.uint8)  # every row begins with its filter, 0 for none
    rows[:, 1:] = places
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", bytes(part for colour in palette for part in colour)),
        (b"IDAT", zlib.compress(rows.tobytes(), 9)),
        (b"IEND", b""),
    )
    chunks = [struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
