"""Five steps of every optimiser on thirteen elements at the rates of a schedule, by Keras' classes in float64.

Keras' update is checked here against the formulas written out once more, since those are what the kernels state.
"""
import math

import keras
import numpy as np
import tensorflow as tf

import formula
from layers import flat, short

SEED = 11
COUNT = 13
STEPS = 5


def one_cycle(rise, steps):
    """Keras has none: from 1/25 up to 1 over the first share, down to 1/10,000, both along a cosine."""
    def between(a, b, share):
        return b + (a - b) * 0.5 * (1 + math.cos(math.pi * share))

    def factor(step):
        at = step / steps
        return between(1 / 25, 1, at / rise) if at < rise else between(1, 1e-4, (at - rise) / (1 - rise))
    return factor


def drops(count, gamma, steps):
    """Keras wants the last step of each stretch; the stretches are equal shares of the run."""
    last = [math.ceil(steps * i / (count + 1)) - 1 for i in range(1, count + 1)]
    return keras.optimizers.schedules.PiecewiseConstantDecay(last, [np.float64(gamma ** i) for i in range(count + 1)])


def factors(schedule, steps):
    """The factor on the rate for each update of a run, by the words that the command line takes."""
    s = keras.optimizers.schedules
    word, *numbers = schedule.split(":")
    numbers = [np.float64(v) for v in numbers]
    factor = {
        "constant": lambda: lambda step: 1.0,
        "decay": lambda: s.InverseTimeDecay(np.float64(1), 1, numbers[0]),
        "step": lambda: drops(int(numbers[0]), numbers[1], steps),
        "cosine": lambda: s.CosineDecay(np.float64(1), steps),
        "one-cycle": lambda: one_cycle(float(numbers[0]), steps),
    }[word]()
    return [float(factor(step)) for step in range(steps)]


def schedules():
    """Runs of five updates, and of six."""
    made = ["constant", "decay:0.25", "step:2:0.1", "step:1:0.5", "cosine", "one-cycle:0.3"]
    return [{"name": text, "updates": steps, "factors": factors(text, steps)} for text in made for steps in (STEPS, STEPS + 1)]


def adam(w, g, state, lr, t, beta1, beta2, epsilon, decay):
    w = w - lr * decay * w
    m = state.get("m", 0) * beta1 + g * (1 - beta1)
    v = state.get("v", 0) * beta2 + g * g * (1 - beta2)
    return w - lr * math.sqrt(1 - beta2 ** t) / (1 - beta1 ** t) * m / (np.sqrt(v) + epsilon), {"m": m, "v": v}


def sgd(w, g, state, lr, t, momentum, nesterov, decay):
    w = w - lr * decay * w
    velocity = momentum * state.get("velocity", 0) - lr * g
    return w + (momentum * velocity - lr * g if nesterov else velocity), {"velocity": velocity}


def rmsprop(w, g, state, lr, t, rho, epsilon, decay):
    w = w - lr * decay * w
    square = rho * state.get("square", 0) + (1 - rho) * g * g
    return w - lr * g / np.sqrt(square + epsilon), {"square": square}


def keras_optimizer(kind, rate, sizes):
    """The numbers as numpy's: on their way into a tensor Keras rounds Python's to float32, whatever the variables are."""
    sizes = {k: v if isinstance(v, bool) else np.float64(v) for k, v in sizes.items()}
    decay = sizes["decay"] or None
    if kind == "adam":
        return keras.optimizers.Adam(rate, sizes["beta1"], sizes["beta2"], sizes["epsilon"], weight_decay=decay)
    if kind == "sgd":
        return keras.optimizers.SGD(rate, sizes["momentum"], sizes["nesterov"], weight_decay=decay)
    return keras.optimizers.RMSprop(rate, sizes["rho"], epsilon=sizes["epsilon"], weight_decay=decay)


def case(index, kind, name, rate, schedule, **sizes):
    rates = [rate * f for f in factors(schedule, STEPS)]
    start = formula.values(SEED, 8 * index, (COUNT,))
    # Gradients of very different sizes; one element never moves by itself, one gets a gradient of 0 once.
    scale = 2.0 ** (np.arange(COUNT) % 7 - 4)
    gradients = formula.values(SEED, 8 * index + 1, (STEPS, COUNT)) * scale
    gradients[:, 5] = 0
    gradients[2, 3] = 0
    variable = keras.Variable(start, dtype="float64")
    optimizer = keras_optimizer(kind, rate, sizes)
    optimizer.build([variable])
    w, state = start, {}
    after = []
    for step in range(STEPS):
        optimizer.learning_rate = rates[step]
        optimizer.apply([tf.constant(gradients[step])], [variable])
        after.append(variable.numpy().copy())
        w, state = globals()[kind](w, gradients[step], state, rates[step], step + 1, **sizes)
        assert np.abs(w - after[-1]).max() < 1e-13, "Keras and the written-out formula differ"
    return {"kind": kind, "name": name, "rate": rate, "schedule": schedule, **sizes, "start": flat(start),
            "gradients": [flat(g) for g in gradients], "rates": flat(rates), "after": [short(a) for a in after],
            "state": {k: short(v) for k, v in state.items()}}


def cases():
    plain = dict(beta1=0.9, beta2=0.999, epsilon=1e-7)
    made = [
        ("adam", "adam", 1e-3, "constant", dict(**plain, decay=0.0)),
        ("adam", "adam_decay", 1e-3, "cosine", dict(**plain, decay=0.004)),
        ("adam", "adam_betas", 1e-2, "step:2:0.1", dict(beta1=0.8, beta2=0.95, epsilon=1e-3, decay=0.0)),
        ("sgd", "sgd", 0.1, "constant", dict(momentum=0.0, nesterov=False, decay=0.0)),
        ("sgd", "sgd_momentum", 0.1, "one-cycle:0.3", dict(momentum=0.9, nesterov=False, decay=0.0)),
        ("sgd", "sgd_nesterov", 0.1, "decay:0.25", dict(momentum=0.9, nesterov=True, decay=0.0)),
        ("sgd", "sgd_nesterov_decay", 0.05, "cosine", dict(momentum=0.85, nesterov=True, decay=0.02)),
        ("rmsprop", "rmsprop", 1e-3, "decay:0.25", dict(rho=0.9, epsilon=1e-7, decay=0.0)),
        ("rmsprop", "rmsprop_decay", 1e-2, "step:2:0.1", dict(rho=0.95, epsilon=1e-3, decay=0.01)),
    ]
    return [case(index, kind, name, rate, schedule, **sizes) for index, (kind, name, rate, schedule, sizes) in enumerate(made)]


def losses():
    """Softmax and cross-entropy of a batch of which the last rows may lie past the end of the data."""
    made = [("plain", 5, 5, 0.0, 3.0), ("smoothed", 5, 5, 0.1, 3.0), ("tail", 8, 3, 0.0, 3.0), ("tail_smoothed", 8, 3, 0.2, 3.0),
            ("far", 4, 4, 0.0, 60.0), ("one", 1, 1, 0.1, 3.0)]
    out = []
    for index, (name, batch, valid, smoothing, scale) in enumerate(made):
        logits = formula.values(SEED, 500 + 2 * index, (batch, 10), scale)
        labels = formula.labels(SEED, formula.VALUES + 501 + 2 * index, batch, 10)
        labels[0] = logits[0].argmax()
        x = tf.constant(logits)
        target = tf.constant(np.eye(10)[labels[:valid]])
        loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=smoothing, reduction="sum")
        with tf.GradientTape() as tape:
            tape.watch(x)
            total = loss(target, x[:valid])
            mean = total / valid
        dlogits = tf.convert_to_tensor(tape.gradient(mean, x))
        plain = keras.losses.CategoricalCrossentropy(from_logits=True, reduction="sum")(target, x[:valid])
        out.append({"name": name, "batch": batch, "valid": valid, "classes": 10, "smoothing": smoothing, "logits": flat(logits),
                    "labels": [int(v) for v in labels], "dlogits": short(dlogits), "loss_sum": short(total)[0],
                    "plain_loss_sum": short(plain)[0], "right": int((logits.argmax(1) == labels)[:valid].sum()),
                    "probabilities": short(keras.ops.softmax(x))})
    return out
