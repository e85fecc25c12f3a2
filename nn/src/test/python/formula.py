"""The closed formulas that the golden runs share with the Java tests, so that neither weights nor images need storing.

Written from the papers and from the text of the Java classes, not from their results: `Philox`, `Shuffle`, `Dropout` and `Gather`
are pinned by this second version of them, `Formula.java` in the golden tests by the numbers that come out of `hash32`.
"""
import numpy as np

MASK = 0xFFFFFFFF

# What a hash is drawn for. Weight tensors take their index in the net, from 0.
IMAGES = 1000
LABELS = 1001
VALIDATION_IMAGES = 1002
VALIDATION_LABELS = 1003
VALUES = 2000
SAMPLES = 3000


def mix(x):
    """32 bits to 32 bits, each depending on all (multiply and xor-shift, the constants of `lowbias32`)."""
    x = np.asarray(x, dtype=np.uint64) & MASK
    x ^= x >> np.uint64(16)
    x = x * np.uint64(0x7FEB352D) & np.uint64(MASK)
    x ^= x >> np.uint64(15)
    x = x * np.uint64(0x846CA68B) & np.uint64(MASK)
    return x ^ x >> np.uint64(16)


def hash32(seed, stream, count):
    """`count` hashes of one stream: mix(mix(mix(seed) + stream) + i), sums modulo 2^32."""
    start = mix(mix(seed) + np.uint64(stream))
    return mix(start + np.arange(count, dtype=np.uint64))


def uniform(seed, stream, count):
    """Multiples of 2^-24 in [0, 1), plus 2^-25: never 0, never 1, exact in float64."""
    return (hash32(seed, stream, count) >> np.uint64(8)) * 2.0 ** -24 + 2.0 ** -25


def values(seed, index, shape, scale=1.0):
    """Inputs for a small case: multiples of 2^-10 in [-scale, scale], exact in float32 and short in decimal."""
    u = uniform(seed, VALUES + index, int(np.prod(shape)))
    return np.round((2 * u - 1) * scale * 1024).reshape(shape) / 1024


def glorot(seed, index, shape, fan_in, fan_out):
    """Glorot-uniform weights of the tensor with that index, rounded to float32, given as float64."""
    limit = np.sqrt(6.0 / (fan_in + fan_out))
    return ((2 * uniform(seed, index, int(np.prod(shape))) - 1) * limit).astype(np.float32).astype(np.float64).reshape(shape)


def images(seed, stream, count, shape):
    """Bytes: the low eight bits of the hash."""
    return (hash32(seed, stream, count * int(np.prod(shape))) & np.uint64(0xFF)).astype(np.uint8).reshape((count, *shape))


def labels(seed, stream, count, classes):
    return (hash32(seed, stream, count) % np.uint64(classes)).astype(np.int64)


def philox(counter, key):
    """Philox 4x32-10 (Salmon, Moraes, Dror, Shaw, SC 2011): four words from a counter of four and a key of two."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        p0 = 0xD2511F53 * c0
        p1 = 0xCD9E8D57 * c2
        c0, c1, c2, c3 = p1 >> 32 ^ c1 ^ k0, p1 & MASK, p0 >> 32 ^ c3 ^ k1, p0 & MASK
        k0 = k0 + 0x9E3779B9 & MASK
        k1 = k1 + 0xBB67AE85 & MASK
    return c0, c1, c2, c3


def key_of(seed):
    """A run's seed as a Philox key: low word, high word."""
    return seed & MASK, seed >> 32 & MASK


def shuffle(n, key, epoch):
    """The epoch's order: a Feistel network of eight rounds over the smallest even number of bits (at least two) that holds n."""
    half = 1
    while 1 << 2 * half < n:
        half += 1
    mask = (1 << half) - 1
    keys = [*philox((0, epoch, 1, 0), key), *philox((1, epoch, 1, 0), key)]

    def once(x):
        left, right = x >> half, x & mask
        for k in keys:
            f = (right ^ k) * 0x9E3779B1 & MASK
            f = (f ^ f >> 15) * 0x85EBCA6B & MASK
            left, right = right, left ^ f >> 16 & mask
        return left << half | right

    def walk(x):
        x = once(x)
        while x >= n:
            x = once(x)
        return x

    order = [walk(i) for i in range(n)]
    assert sorted(order) == list(range(n))
    return order


def dropout_mask(count, layer, updates, key, rate):
    """1 where an element is kept. Of each 1,024 elements, number i has 16 bits of Philox block i % 128: half i / 128, low halves first."""
    bits = []
    for group in range((count + 1023) // 1024):
        words = [philox((128 * group + block, updates, 0x100 + layer, 0), key) for block in range(128)]
        bits += [words[i % 128][i // 256] >> 16 * (i // 128 % 2) & 0xFFFF for i in range(1024)]
    return np.where(np.array(bits[:count]) < round(rate * 65536), 0.0, 1.0)


def augment(image, index, epoch, key, flip, pad, cutout):
    """Crop of the zero-padded image, mirrored by chance, then a square blanked; `image` is [h, w, c], already scaled."""
    h, w, _ = image.shape
    word = philox((index, epoch, 2, 0), key)
    dy = (word[1] & 0xFFFF) * (2 * pad + 1) >> 16
    dx = (word[1] >> 16) * (2 * pad + 1) >> 16
    out = np.pad(image, ((pad, pad), (pad, pad), (0, 0)))[dy:dy + h, dx:dx + w].copy()
    if flip and word[0] & 1:
        out = out[:, ::-1].copy()
    if cutout:
        top = ((word[2] & 0xFFFF) * h >> 16) - cutout // 2
        left = ((word[2] >> 16) * w >> 16) - cutout // 2
        out[max(top, 0):max(top + cutout, 0), max(left, 0):max(left + cutout, 0)] = 0
    return out


def check():
    """The known answers of the Random123 library."""
    assert philox((0, 0, 0, 0), (0, 0)) == (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)
    assert philox((MASK,) * 4, (MASK, MASK)) == (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)
    assert philox((0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0)) == (
        0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1)


def cases():
    """Samples of the formulas themselves, so that a difference from their Java twin shows before a net is trained with it."""
    seed = 0x1234567890ABCDEF
    return [
        {"name": "hash", "seed": 3, "stream": 17, "values": [int(v) for v in hash32(3, 17, 16)]},
        {"name": "glorot", "seed": 3, "stream": 2, "fan_in": 27, "fan_out": 288,
         "values": [float(v) for v in glorot(3, 2, (16,), 27, 288)]},
        *({"name": "shuffle", "seed": seed, "epoch": epoch, "values": shuffle(n, key_of(seed), epoch)}
          for n, epoch in ((1, 0), (3, 1), (19, 0), (19, 1), (300, 7))),
        {"name": "philox", "counter": [1, 2, 3, 4], "key": [5, 6], "values": list(philox((1, 2, 3, 4), (5, 6)))},
    ]
