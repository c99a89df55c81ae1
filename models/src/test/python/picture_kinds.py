"""Pictures of many kinds as Pillow writes them, with the pixels that Pillow reads.

Usage: python picture_kinds.py FILE. Writes a line of JSON for each picture: its name, its file, and, if
Pillow decodes it, width, height and RGB bytes after ImageOps.exif_transpose. Written with Pillow 12.3.
"""
import base64
import gzip
import io
import json
import struct
import sys
import warnings
import zlib

import numpy as np
from PIL import Image, ImageOps

WIDTH, HEIGHT = 28, 20

# Pillow reads them; whether a JPEG file without its end can be read depends on its size.
REJECTED = ("webp.jpg", "without-end.jpg")

warnings.simplefilter("ignore")


def picture():
    coarse = np.random.default_rng(1).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((WIDTH, HEIGHT), Image.BICUBIC)


def encoded(image, form, **options):
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def exif_segment(number, order, kind):
    """An EXIF segment of a JPEG file with the orientation as SHORT (3) or LONG (4)."""
    value = {3: "HH", 4: "I"}[kind]
    entry = struct.pack(order + "HHI" + value, 0x112, kind, 1, number, *[0] * (len(value) - 1))
    tiff = {"<": b"II", ">": b"MM"}[order] + struct.pack(order + "HIH", 42, 8, 1) + entry + bytes(4)
    content = b"Exif\0\0" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(content) + 2) + content


def chunk(kind, content):
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


def files():
    rgb = picture()
    ramp = Image.fromarray(np.tile(np.linspace(0, 255, WIDTH).astype(np.uint8), (HEIGHT, 1)))
    rgba = rgb.copy()
    rgba.putalpha(ramp)
    gray_alpha = rgb.convert("L")
    gray_alpha.putalpha(ramp)
    palette = rgb.quantize(16)
    turned = Image.Exif()
    turned[0x112] = 6
    jpeg = encoded(rgb, "JPEG", quality=95)
    png = encoded(rgb, "PNG")
    other = rgb.rotate(180)

    yield "progressive.jpg", encoded(rgb, "JPEG", progressive=True)
    for name, sampling in (("444", 0), ("422", 1), ("420", 2)):
        yield f"chroma-{name}.jpg", encoded(rgb, "JPEG", subsampling=sampling)
    yield "gray.jpg", encoded(rgb.convert("L"), "JPEG")
    yield "cmyk.jpg", encoded(rgb.convert("CMYK"), "JPEG")
    yield "cmyk-turned.jpg", encoded(rgb.convert("CMYK"), "JPEG", exif=turned)
    yield "rgb-without-transform.jpg", encoded(rgb, "JPEG", keep_rgb=True)
    yield "damaged-profile.jpg", encoded(rgb, "JPEG", icc_profile=b"no profile" * 20)
    yield "bytes-behind-the-end.jpg", jpeg + b"more" * 9
    yield "two-pictures.mpo", encoded(rgb, "MPO", save_all=True, append_images=[other])
    yield "two-frames.gif", encoded(rgb, "GIF", save_all=True, append_images=[other])
    yield "alpha.png", encoded(rgba, "PNG")
    yield "gray-alpha.png", encoded(gray_alpha, "PNG")
    yield "palette.png", encoded(palette, "PNG")
    yield "palette-one-transparent.png", encoded(palette, "PNG", transparency=3)
    yield "palette-alphas.png", encoded(palette, "PNG", transparency=bytes(range(0, 160, 10)))
    yield "black-and-white.png", encoded(rgb.convert("1"), "PNG")
    yield "gray-16-bit.png", encoded(
        Image.fromarray(np.asarray(rgb)[..., 0].astype(np.uint16) * 257), "PNG"
    )
    yield "gamma.png", png[:33] + chunk(b"gAMA", struct.pack(">I", 100000)) + png[33:]
    for form, name in (("GIF", "gif.jpg"), ("BMP", "bmp.png"), ("TIFF", "tiff.jpg")):
        yield name, encoded(rgb, form)
    yield "jpeg.png", jpeg
    yield "png.jpg", png
    for number in (0, 6, 9):
        for order, byte_order in (("<", "little"), (">", "big")):
            for kind in (3, 4):
                segment = exif_segment(number, order, kind)
                yield f"exif-{number}-{byte_order}-{kind}.jpg", jpeg[:2] + segment + jpeg[2:]
    two = exif_segment(8, "<", 3) + exif_segment(3, "<", 3)
    yield "two-exif-segments.jpg", jpeg[:2] + two + jpeg[2:]
    yield "turned.png", encoded(rgb, "PNG", exif=turned)
    yield "webp.jpg", encoded(rgb, "WEBP")
    yield "empty.jpg", b""
    yield "half.jpg", jpeg[: len(jpeg) // 2]
    yield "header.jpg", jpeg[:40]
    yield "without-end.jpg", jpeg[:-2]
    yield "half.png", png[: len(png) // 2]
    yield "damaged.png", png[:60] + bytes([png[60] ^ 255]) + png[61:]
    yield "page.jpg", b"\n<html>404</html>"


def line(name, content):
    entry = {"name": name, "file": base64.b64encode(content).decode()}
    if name in REJECTED:
        return json.dumps(entry)
    try:
        image = ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
        if image.mode == "I;16":
            image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
        pixels = image.convert("RGB").tobytes()
        entry |= {"width": image.width, "height": image.height, "rgb": base64.b64encode(pixels).decode()}
    except (OSError, SyntaxError):
        pass
    return json.dumps(entry)


def main():
    with open(sys.argv[1], "wb") as out, gzip.GzipFile("", "wb", fileobj=out, mtime=0) as packed:
        for name, content in files():
            packed.write((line(name, content) + "\n").encode())


if __name__ == "__main__":
    main()
