"""Writes digits.u8 from the digits that scikit-learn ships (tried with scikit-learn 1.9.1).

Run in this folder: python3 make_digits.py
The file has one record of 65 bytes per sample: the 8 x 8 image in row-major order (0..16), then the label (0..9).
"""

import numpy as np
from sklearn.datasets import load_digits

digits = load_digits()
images = digits.data.astype(np.uint8)
assert images.shape == (1797, 64) and (images == digits.data).all() and images.max() == 16
records = np.column_stack([images, digits.target.astype(np.uint8)])
records.tofile("digits.u8")
