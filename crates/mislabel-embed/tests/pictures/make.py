#!/usr/bin/env python3
"""Makes the pictures in this folder, and beside each what Pillow reads in it: upright, as RGB, in NAME.expected.png.

usage: make.py          in this folder; needs Pillow 13 and NumPy 2
"""

import io

import numpy
from PIL import Image, ImageOps


def scene(width=48, height=32):
    """Colors that change everywhere, so that no turn and no channel looks like another."""
    y, x = numpy.mgrid[0:height, 0:width]
    red = 255 * x / (width - 1)
    green = 255 * y / (height - 1)
    blue = 127 + 120 * numpy.sin(x / 5.0) * numpy.cos(y / 4.0)
    return Image.fromarray(numpy.stack([red, green, blue], -1).astype(numpy.uint8))


def write(name, image, expected=None, **options):
    image.save(name, **options)
    if expected is None:
        expected = ImageOps.exif_transpose(Image.open(name)).convert("RGB")
    expected.save(name + ".expected.png", optimize=True)


picture = scene()
gray = picture.convert("L")
alpha = Image.linear_gradient("L").resize(picture.size)

for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    write(f"exif{orientation}.jpg", picture, exif=exif, quality=95)
exif = Image.Exif()
exif[0x0112] = 6
write("exif6.png", picture, exif=exif)
write("cmyk.jpg", picture.convert("CMYK"), quality=95)
write("gray.jpg", gray, quality=95)
write("progressive.jpg", picture, quality=95, progressive=True)
write("gray_alpha.png", Image.merge("LA", (gray, alpha)))
write("alpha.png", Image.merge("RGBA", (*picture.split(), alpha)))
write("palette.png", picture.quantize(32), transparency=3)
write("one_bit.png", gray.convert("1"))
wide = numpy.asarray(gray, dtype=numpy.uint16) * 257
# Pillow clips 16 bits at 255; the picture before it was widened is what is expected.
write("sixteen_bits.png", Image.fromarray(wide), expected=gray.convert("RGB"))
write("animated.gif", picture.quantize(64), save_all=True, append_images=[picture.transpose(Image.Transpose.ROTATE_180).quantize(64)])
write("animated.webp", picture, save_all=True, append_images=[picture.transpose(Image.Transpose.ROTATE_180)], lossless=True)
write("lossy.webp", picture, quality=90)
write("plain.bmp", picture)
write("plain.ppm", picture)
write("tiny.png", picture.resize((3, 3)))
write("strip.png", picture.resize((400, 6)))

# Two thirds of a JPEG file, with a whole thumbnail before the picture: cut in the midst of the pixels.
thumbnail = io.BytesIO()
picture.resize((12, 8)).save(thumbnail, "JPEG")
whole = io.BytesIO()
scene(192, 128).save(whole, "JPEG", quality=95, exif=b"Exif\0\0" + thumbnail.getvalue())
open("truncated.jpg", "wb").write(whole.getvalue()[: len(whole.getvalue()) * 2 // 3])
