"""Forward and backward of every layer on small shapes, by Keras' layers and TensorFlow's differentiation, in float64.

Images are [n, h, w, c], filters [k, r, s, c], dense weights [in, out]. `dy` is the gradient of the layer's result, activation
included; `dz` the same before the activation.
"""
import keras
import numpy as np
import tensorflow as tf

import formula

SEED = 7
# No value before a relu lies nearer to the kink, and no two candidates of a pooling window nearer to each other.
MARGIN = 1e-4


class Inputs:
    """Arrays for one case, each from a stream of its own."""

    def __init__(self, case):
        self.case = case
        self.used = 0

    def __call__(self, *shape, scale=1.0):
        self.used += 1
        return formula.values(SEED, 16 * self.case + self.used, shape, scale)


def tensor(x):
    return tf.constant(x, dtype=tf.float64)


def flat(x, digits=17):
    """An array for the file; seventeen digits are all that float64 has."""
    x = x.numpy() if hasattr(x, "numpy") else np.asarray(x)
    assert x.dtype != np.float32, "something was computed in float32"
    return [float(f"{v:.{digits}g}") for v in x.reshape(-1)]


def short(x):
    """Results with ten digits, a thousand times finer than float32."""
    return flat(x, 10)


def case(op, name, sizes, inputs, expected):
    return {"op": op, "name": name, **sizes, "inputs": {k: flat(v) for k, v in inputs.items()},
            "expected": {k: short(v) for k, v in expected.items()}}


def activate(z, activation):
    """Keras' activation."""
    if activation == "relu":
        assert np.abs(z.numpy()).min() > MARGIN, "too near to the kink: change the seed"
    return getattr(keras.activations, activation if activation != "none" else "linear")(z)


def forth_and_back(layer, x, activation, draw):
    """Result of a layer with kernel and bias, a gradient for it, and the gradients of all that goes into it."""
    with tf.GradientTape() as tape:
        tape.watch(x)
        z = layer(x)
        y = activate(z, activation)
    dy = draw(*y.shape)
    dz, dx, dw, db = tape.gradient(y, [z, x, layer.kernel.value, layer.bias.value], output_gradients=tf.constant(dy))
    return y, dy, dz, dx, dw, db


def conv(index, name, n, h, w, c, k, r, s, pad, activation):
    draw = Inputs(index)
    x, filters, b = tensor(draw(n, h, w, c)), draw(k, r, s, c, scale=0.5), draw(k)
    layer = keras.layers.Conv2D(k, (r, s), padding="same" if pad else "valid")
    layer.build((n, h, w, c))
    layer.kernel.assign(filters.transpose(1, 2, 3, 0))
    layer.bias.assign(b)
    y, dy, dz, dx, dw, db = forth_and_back(layer, x, activation, draw)
    return case("conv", name, dict(n=n, h=h, w=w, c=c, k=k, r=r, s=s, pad=pad, activation=activation),
                dict(x=x, w=filters, b=b, dy=dy),
                dict(y=y, dz=dz, dx=dx, dw=dw.numpy().transpose(3, 0, 1, 2), db=db))


def dense(index, name, n, inputs, out, activation, image=None):
    """With `image` = (h, w, c), the layer stands behind Flatten."""
    draw = Inputs(index)
    x, w, b = tensor(draw(n, *(image or (inputs,)))), draw(inputs, out, scale=0.5), draw(out)
    layer = keras.layers.Dense(out)
    layer.build((n, inputs))
    layer.kernel.assign(w)
    layer.bias.assign(b)
    y, dy, dz, dx, dw, db = forth_and_back(layer, keras.layers.Flatten()(x), activation, draw)
    return case("dense", name, {"n": n, "in": inputs, "out": out, "activation": activation}, dict(x=x, w=w, b=b, dy=dy),
                dict(y=y, dz=dz, dx=dx, dw=dw, db=db))


def pool(index, name, n, h, w, c, window):
    """The values are a permutation, so that no window has two winners."""
    draw = Inputs(index)
    order = np.argsort(formula.hash32(SEED, 16 * index, n * h * w * c), kind="stable")
    x = tensor((order / 64.0 - 1).reshape(n, h, w, c))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = keras.layers.MaxPooling2D(window)(x)
    dy = draw(*y.shape)
    dx = tape.gradient(y, x, output_gradients=tf.constant(dy))
    ph, pw = h // window, w // window
    cut = x.numpy()[:, :ph * window, :pw * window].reshape(n, ph, window, pw, window, c)
    winner = cut.transpose(0, 1, 3, 5, 2, 4).reshape(n, ph, pw, c, window * window).argmax(-1)
    return case("pool", name, dict(n=n, h=h, w=w, c=c, window=window), dict(x=x, dy=dy), dict(y=y, index=winner, dx=dx))


def norm(index, name, shape, momentum, epsilon):
    draw = Inputs(index)
    c = shape[-1]
    x, gamma, beta = tensor(draw(*shape, scale=2.0)), 1 + draw(c, scale=0.5), draw(c)
    mean, var = draw(c), 1 + draw(c, scale=0.5)
    layer = keras.layers.BatchNormalization(momentum=momentum, epsilon=epsilon)
    layer.build(shape)
    layer.set_weights([gamma, beta, mean, var])
    inference = layer(x, training=False)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = layer(x, training=True)
    dy = draw(*shape)
    dx, dgamma, dbeta = tape.gradient(y, [x, layer.gamma.value, layer.beta.value], output_gradients=tf.constant(dy))
    over = x.numpy().reshape(-1, c)
    saved = dict(mean=over.mean(0), inv_std=1 / np.sqrt(over.var(0) + epsilon))
    return case("norm", name, dict(n=shape[0], pixels=int(np.prod(shape[1:-1])), c=c, momentum=momentum, epsilon=epsilon),
                dict(x=x, gamma=gamma, beta=beta, running_mean=mean, running_var=var, dy=dy),
                dict(y=y, **saved, running_mean=layer.moving_mean.value, running_var=layer.moving_variance.value,
                     inference=inference, dx=dx, dgamma=dgamma, dbeta=dbeta))


def activation(index, name, count):
    draw = Inputs(index)
    x = tensor(draw(count, scale=4.0 if name == "sigmoid" else 1.0))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = activate(x, name)
    dy = draw(count)
    dx = tape.gradient(y, x, output_gradients=tf.constant(dy))
    return case(name, f"{name}_{count}", dict(count=count), dict(x=x, dy=dy), dict(y=y, dx=dx))


def dropout(index, name, count, rate, layer, updates, seed):
    """Keras' inverted dropout with the engine's own mask."""
    draw = Inputs(index)
    x = tensor(1 + draw(count, scale=0.5))
    mask = formula.dropout_mask(count, layer, updates, formula.key_of(seed), rate)
    y = x * tf.constant(mask) / (1 - rate)
    return case("dropout", name, dict(count=count, rate=rate, layer=layer, updates=updates, seed=seed), dict(x=x),
                dict(y=y, mask=mask))


def gather(index, name, total, stride, batch, step, epoch, seed, h, w, c, shuffled, flip, pad, cutout, scale, shift):
    """Rows past the end are zeros with the label -1."""
    key = formula.key_of(seed)
    images = formula.images(SEED, 16 * index, total, (h, w, c))
    classes = formula.labels(SEED, 16 * index + 1, total, 10)
    order = formula.shuffle(total, key, epoch) if shuffled else list(range(total))
    x = np.zeros((batch, h, w, c))
    labels = np.full(batch, -1)
    for i in range(batch):
        if step * stride + i < total:
            j = order[step * stride + i]
            scaled = images[j] * scale + shift
            x[i] = formula.augment(scaled, j, epoch, key, flip, pad, cutout)
            labels[i] = classes[j]
    return case("gather", name, dict(total=total, stride=stride, batch=batch, step=step, epoch=epoch, seed=seed, h=h, w=w, c=c,
                                     shuffle=int(shuffled), flip=int(flip), pad=pad, cutout=cutout, scale=scale, shift=shift),
                dict(images=images, classes=classes), dict(x=x, labels=labels))


def cases():
    seed = 0x1234567890ABCDEF
    made = [
        (conv, "same_3x3", 2, 5, 4, 3, 4, 3, 3, 1, "none"),
        (conv, "same_3x3_relu", 3, 4, 5, 3, 5, 3, 3, 1, "relu"),
        (conv, "valid_3x3", 2, 5, 6, 2, 5, 3, 3, 0, "none"),
        (conv, "valid_3x3_relu_wide", 1, 5, 5, 16, 16, 3, 3, 0, "relu"),
        (conv, "1x1", 3, 3, 4, 5, 3, 1, 1, 0, "none"),
        (conv, "1x1_relu_wide", 2, 3, 3, 16, 32, 1, 1, 0, "relu"),
        (conv, "same_5x5_relu_one_channel", 1, 7, 6, 1, 2, 5, 5, 2, "relu"),
        (dense, "none", 5, 13, 7, "none"),
        (dense, "relu", 3, 33, 10, "relu"),
        (dense, "sigmoid", 4, 17, 9, "sigmoid"),
        (dense, "one_image", 1, 21, 10, "none"),
        (dense, "flatten", 3, 24, 5, "none", (2, 3, 4)),
        (pool, "even", 2, 4, 6, 3, 2),
        (pool, "odd", 2, 5, 7, 4, 2),
        (pool, "odd_wide", 1, 7, 5, 16, 2),
        (pool, "window_3", 2, 7, 8, 3, 3),
        (norm, "pixels", (4, 3, 3, 5), 0.99, 1e-3),
        (norm, "wide", (3, 2, 2, 16), 0.9, 1e-5),
        (norm, "features", (6, 7), 0.99, 1e-3),
        (activation, "relu", 37),
        (activation, "sigmoid", 37),
        (dropout, "quarter", 301, 0.25, 1, 0, seed),
        (dropout, "half_later", 1157, 0.5, 3, 4711, seed),
        (gather, "order", 7, 3, 3, 1, 2, seed, 3, 4, 3, True, False, 0, 0, 1 / 255, 0.0),
        (gather, "tail_in_place", 7, 4, 4, 1, 0, seed, 2, 3, 1, False, False, 0, 0, 1 / 255, 0.0),
        (gather, "augmented", 19, 8, 5, 1, 3, seed, 8, 8, 2, True, True, 2, 3, 1 / 64, -2.0),
    ]
    return [make(index, *args) for index, (make, *args) in enumerate(made)]
