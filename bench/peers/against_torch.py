#!/usr/bin/env python3
"""Training throughput of jengine's host device and of PyTorch on the same CPU, in turn: A B A B.

    pip install torch numpy
    python3 bench/peers/against_torch.py --threads 1

Both train the same nets at the same batch on 50,000 random pictures with Adam, in float32, with the same number of threads. A PyTorch
step gathers its batch from the set in memory, goes forward, back and updates, in channels-last layout and with the fused Adam: what a
careful user writes. Prints one JSON line for each net and batch: medians over rounds, the spread, and the ratio.
"""
import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import time

import torch
from torch import nn

JENGINE = pathlib.Path(__file__).resolve().parents[2] / "cifar" / "jengine"
CASES = [("lr", 128), ("mlp", 128), ("mlp", 32), ("cnn", 128), ("cnn", 32), ("deep-cnn", 128)]


def lr():
    return [nn.Flatten(), nn.Linear(3072, 10)]


def mlp():
    return [nn.Flatten(), nn.Linear(3072, 128), nn.Sigmoid(), nn.Linear(128, 128), nn.Sigmoid(), nn.Linear(128, 10)]


def cnn():
    return [nn.Conv2d(3, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
            nn.Linear(2304, 10)]


def deep_cnn():
    layers, channels = [], 3
    for width in (32, 64, 128):
        layers += [nn.Conv2d(channels, width, 3, padding="same"), nn.ReLU(), nn.Conv2d(width, width, 1), nn.ReLU(), nn.MaxPool2d(2),
                   nn.BatchNorm2d(width, eps=1e-3, momentum=0.01), nn.Dropout(0.25)]
        channels = width
    return layers + [nn.Flatten(), nn.Linear(2048, 256), nn.ReLU(), nn.Dropout(0.5), nn.Linear(256, 10)]


NETS = {"lr": lr, "mlp": mlp, "cnn": cnn, "deep-cnn": deep_cnn}


class Torch:
    """One net and batch, ready to step; the pictures are shared."""

    def __init__(self, net, batch, images, labels, compiled):
        torch.manual_seed(0)
        model = nn.Sequential(*NETS[net]()).to(memory_format=torch.channels_last)
        self.optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-7, fused=True)
        self.forward = torch.compile(model) if compiled else model
        self.batch, self.images, self.labels = batch, images, labels
        self.loss = nn.CrossEntropyLoss()
        self.order, self.at = torch.randperm(len(images)), 0

    def step(self):
        if self.at + self.batch > len(self.order):
            self.at = 0
        pick = self.order[self.at:self.at + self.batch]
        self.at += self.batch
        loss = self.loss(self.forward(self.images[pick]), self.labels[pick])
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()

    def images_per_second(self, seconds):
        """Median over windows of half a second, after as long a time of warming up."""
        self.run(seconds)
        return statistics.median(self.run(0.5) for _ in range(max(1, round(seconds * 2))))

    def run(self, seconds):
        start, done = time.perf_counter(), 0
        while time.perf_counter() - start < seconds or done == 0:
            self.step()
            done += self.batch
        return done / (time.perf_counter() - start)


def jengine(net, batch, threads, seconds):
    out = subprocess.run([JENGINE, "bench", "--nets", net, "--batches", str(batch), "--precisions", "fp32", "--device", "host", "--threads",
                          str(threads), "--seconds", str(seconds), "--json"], check=True, capture_output=True, text=True).stdout
    line = json.loads(out.strip().splitlines()[-1])
    return line["images_per_second"], line["jengine"], line["commit"]


def cpu():
    for line in open("/proc/cpuinfo", encoding="ascii", errors="replace") if platform.system() == "Linux" else []:
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def torch_turn(net, batch, a):
    """In a process of its own, as jengine's turn is: memory that lay idle meanwhile would be slow at first."""
    keep = {"MALLOC_MMAP_THRESHOLD_": str(1 << 30), "MALLOC_TRIM_THRESHOLD_": str(1 << 32)} if a.keep_memory else {}
    out = subprocess.run([sys.executable, __file__, "--turn", f"{net}:{batch}", "--threads", str(a.threads), "--seconds", str(a.seconds)]
                         + (["--compile"] if a.compile else []), check=True, capture_output=True, text=True,
                         env={**os.environ, **keep}).stdout
    return float(out.strip().splitlines()[-1])


def take_turn(net, batch, a):
    torch.set_num_threads(a.threads)
    torch.manual_seed(1)
    images = torch.randint(0, 256, (50_000, 3, 32, 32), dtype=torch.uint8).float().div_(255).contiguous(memory_format=torch.channels_last)
    labels = torch.randint(0, 10, (50_000,))
    print(Torch(net, int(batch), images, labels, a.compile).images_per_second(a.seconds))


def compare(net, batch, a):
    ours, theirs = [], []
    for _ in range(a.rounds):
        rate, version, commit = jengine(net, batch, a.threads, a.seconds)
        ours.append(rate)
        theirs.append(torch_turn(net, batch, a))
    ratios = [o / t for o, t in zip(ours, theirs)]
    print(json.dumps({
        "net": net, "batch": batch, "precision": "fp32", "threads": a.threads, "rounds": a.rounds,
        "jengine": round(statistics.median(ours)), "jengine_range": [round(min(ours)), round(max(ours))],
        "torch": round(statistics.median(theirs)), "torch_range": [round(min(theirs)), round(max(theirs))],
        "ratio": round(statistics.median(ratios), 2), "ratio_range": [round(min(ratios), 2), round(max(ratios), 2)],
        "mode": "compile" if a.compile else "eager", "torch_keeps_memory": a.keep_memory, "torch_version": torch.__version__, "jengine_version": version, "commit": commit,
        "cpu": cpu(), "date": time.strftime("%Y-%m-%d")}), flush=True)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--rounds", type=int, default=3, help="how often each of the two has its turn")
    p.add_argument("--seconds", type=float, default=4, help="measured seconds a turn")
    p.add_argument("--nets", default=",".join(NETS), help="which nets, with commas")
    p.add_argument("--compile", action="store_true", help="torch.compile instead of eager")
    p.add_argument("--keep-memory", action="store_true", help="tell PyTorch's allocator (glibc's) to keep what it is given back; as it"
                   " comes, and by the sizes freed before, it may fault each step's tensors in anew, which costs cnn a third")
    p.add_argument("--turn", help=argparse.SUPPRESS)
    a = p.parse_args()
    if a.turn:
        take_turn(*a.turn.split(":"), a)
        return
    for net, batch in CASES:
        if net in a.nets.split(","):
            compare(net, batch, a)


if __name__ == "__main__":
    main()
