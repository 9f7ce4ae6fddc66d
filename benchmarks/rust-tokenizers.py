"""The Rust tokenizers library on a text, beside TextBenchmark: python rust-tokenizers.py tokenizer.json TEXT"""
import os
import sys
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"

from tokenizers import Tokenizer

tokenizer, text = Tokenizer.from_file(sys.argv[1]), open(sys.argv[2], encoding="utf-8").read()
best = 1e9
for _ in range(5):
    started = time.perf_counter()
    tokenizer.encode(text)
    best = min(best, time.perf_counter() - started)
print(f"{len(text.encode()) / best / 1e6:.2f} MB/s")
