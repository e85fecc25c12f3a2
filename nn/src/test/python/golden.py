#!/usr/bin/env python3
"""Makes the golden numbers that the tests in org.jengine.nn.golden compare the engine with.

    pip install -r nn/src/test/python/requirements.txt
    python nn/src/test/python/golden.py

writes nn/src/test/resources/golden/*.json, in float64 on one thread, in about a minute. Each file states the versions that made
it and the hash of these scripts; a test fails when scripts and numbers differ. `--search N` looks for hash seeds (see training.py).
"""
import argparse
import hashlib
import json
import os
import pathlib
import platform
import sys

sys.dont_write_bytecode = True
# Keras promotes float64 to float32 on its other backends, even where floatx is float64.
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)
tf.config.experimental.enable_op_determinism()
tf.get_logger().setLevel("ERROR")
keras.config.set_floatx("float64")

import formula  # noqa: E402
import layers  # noqa: E402
import optimizers  # noqa: E402
import training  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE.parent / "resources" / "golden"


def script_hash():
    """SHA-256 over the scripts in the order of their names, carriage returns left out."""
    digest = hashlib.sha256()
    for file in sorted(HERE.glob("*.py"), key=lambda f: f.name):
        digest.update(file.name.encode())
        digest.update(file.read_bytes().replace(b"\r", b""))
    return digest.hexdigest()


def made_by():
    return {"script": "nn/src/test/python/golden.py", "scripts_sha256": script_hash(), "float": keras.config.floatx(),
            "python": platform.python_version(), "keras": keras.__version__, "tensorflow": tf.__version__, "numpy": np.__version__}


def write(name, **parts):
    """One line per case or tensor, so that a change shows where it is."""
    lines = ['"made_by": ' + json.dumps(made_by())]
    for key, value in parts.items():
        if key in ("cases", "tensors"):
            rows = ",\n".join(json.dumps(v, allow_nan=False) for v in value)
            lines.append(f'"{key}": [\n{rows}\n]')
        else:
            lines.append(f'"{key}": ' + json.dumps(value, allow_nan=False))
    OUT.mkdir(parents=True, exist_ok=True)
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    json.loads(text)
    (OUT / f"{name}.json").write_text(text)
    print(f"{name}.json {len(text):,} bytes", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--search", type=int, metavar="N", help="try N hash seeds for each run and print the best; writes nothing")
    parser.add_argument("--runs", default=",".join(training.RUNS), help="which runs, separated by commas")
    options = parser.parse_args()
    formula.check()
    if options.search:
        for name in options.runs.split(","):
            print(name, training.search(name, options.search), flush=True)
        return
    write("formula", cases=formula.cases())
    write("layers", cases=layers.cases())
    write("optimizers", cases=optimizers.cases())
    write("schedules", cases=optimizers.schedules())
    write("losses", cases=optimizers.losses())
    for name in options.runs.split(","):
        write(f"train-{name}", **training.golden(name))


if __name__ == "__main__":
    main()
