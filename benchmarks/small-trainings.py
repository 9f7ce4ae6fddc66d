"""Small models of every variant, trained alike: their held-out losses as a table of Markdown.

    python benchmarks/small-trainings.py DATA WORK [--trainer COMMAND] [--steps N] [--seeds 1,2] [--at-once 2]

DATA  prose/train-00.jsonl, school.jsonl, chapters-train.jsonl, sections-val.jsonl: where models/train-embedded.sh works
WORK  a folder for the runs; one that is there and whole is not run again

The objective, the optimizer, the sources and their rates are those of models/recipe/1-quote.json, without what an extended model
cannot have: the copy circuit, salience, term frequency. Each run has one thread.
"""
import argparse
import concurrent.futures
import itertools
import json
import math
import os
import shlex
import statistics
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
MODELS = os.path.join(HERE, "..", "models")

# The first rows of each are enough for so few steps, and are read at once.
ROWS = {"prose/train-00": 60, "school": 1500, "chapters-train": 150, "sections-val": 218}

# Its feed-forward part is narrower by what a convolution adds, so that all have as many weights.
VARIANTS = {
    "plain": {},
    "convolution, kernel 31": {"d_ff": 288, "extensions": {"convolution": {"kernel": 31, "layers": 4}}},
    "pooling, stride 4": {"extensions": {"pooling": {"stride": 4}}},
    "reversible": {"extensions": {"reversible": True}},
    "kernelized, elu+1": {"encoder_attention_type": "local", "extensions": {"kernelized": {"map": "elu+1"}}},
    "plain, with a curriculum": {},
}


def config(variant):
    with open(f"{MODELS}/longt5-embedded/config.json", encoding="utf-8") as file:
        shape = json.load(file)
    shape |= {"d_model": 128, "d_kv": 32, "d_ff": 384, "num_heads": 4, "num_layers": 4, "num_decoder_layers": 2}
    del shape["task_specific_params"]
    shape |= VARIANTS[variant]
    return shape | ({"model_type": "longt5_extended"} if "extensions" in shape else {})


def curriculum(variant, steps):
    rates = {"prose": 0.62, "school": 0.3, "chapters": 0.08}
    whole = {"input": 1024, "target": 256, "batch": 2, "rates": rates}
    if not variant.endswith("curriculum"):
        return {"length": {"stages": [whole]}}
    # Short inputs are fuller: 7 of them, and not 8, are as many tokens a step.
    stages = [
        whole | {"share": 0.2, "input": 256, "target": 64, "batch": 7},
        whole | {"share": 0.3, "input": 512, "target": 128, "batch": 4},
        whole | {"share": 0.5},
    ]
    return {"length": {"stages": stages}, "difficulty": {"steps": steps // 2, "least": 0.1, "by": "rarity"}}


def options(variant, seed, work, folder, steps):
    with open(f"{MODELS}/recipe/1-quote.json", encoding="utf-8") as file:
        run = json.load(file)
    run |= {
        "output": folder, "model": f"{folder}.json", "tokenizer": f"{MODELS}/longt5-embedded/spiece.model", "copyCircuit": False,
        "salience": 0, "termFrequency": 0, "bfloat16": False, "device": "cpu", "seed": seed, "steps": steps, "logEvery": 20,
        "saveEvery": steps, "keep": "last", "curriculum": curriculum(variant, steps),
        "sources": {
            "prose": {"paths": [f"{work}/train-00.jsonl"]},
            "school": {"paths": [f"{work}/school.jsonl"]},
            "chapters": {"paths": [f"{work}/chapters-train.jsonl"], "heldOut": [f"{work}/sections-val.jsonl"]},
        },
        "evaluation": {"every": steps // 2, "examples": 128},
    }
    run["schedule"]["warmUp"] = steps // 20
    return run


def train(variant, seed, work, steps, trainer):
    """The folder of a run that is whole."""
    folder = f"{work}/{variant.replace(' ', '-').replace(',', '')}-{seed}"
    if not os.path.exists(f"{folder}/model.safetensors"):
        for name, what in ((f"{folder}.json", config(variant)), (f"{folder}-run.json", options(variant, seed, work, folder, steps))):
            with open(name, "w", encoding="utf-8") as file:
                json.dump(what, file)
        alone = os.environ | {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "DOTNET_PROCESSOR_COUNT": "1"}
        with open(f"{folder}.log", "w", encoding="utf-8") as log:
            subprocess.run([*trainer, "pretrain", f"{folder}-run.json", "--resume"], env=alone, stderr=log, check=True)
    return folder


def weights(folder):
    """How many numbers a run trained, in millions: of all tensors, the features of favor+ apart."""
    with open(f"{folder}/model.safetensors", "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    return sum(math.prod(one["shape"]) for name, one in header.items() if name != "__metadata__" and "features" not in name) / 1e6


def table(runs, seeds):
    yield "| model | weights | tokens read | " + " | ".join(f"held-out loss, seed {seed}" for seed in seeds) + " | less than plain |"
    yield "|---" * (4 + len(seeds)) + "|"
    losses, read = {}, {}
    for (variant, seed), folder in runs.items():
        with open(f"{folder}/log.jsonl", encoding="utf-8") as file:
            last = json.loads(file.readlines()[-1])
        losses[variant, seed], read[variant] = last["heldOut"]["chapters"]["loss"], last["inputTokens"] + last["targetTokens"]
    for variant in VARIANTS:
        own = [losses[variant, seed] for seed in seeds]
        gain = statistics.mean(losses["plain", seed] - losses[variant, seed] for seed in seeds)
        yield (f"| {variant} | {weights(runs[variant, seeds[0]]):.3f} M | {read[variant] / 1e6:.2f} M | "
               + " | ".join(f"{loss:.3f}" for loss in own) + (" | |" if variant == "plain" else f" | {gain:+.3f} |"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("work")
    parser.add_argument("--trainer", default=os.path.join(HERE, "..", "longt5"))
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--seeds", default="1,2")
    parser.add_argument("--at-once", type=int, default=2)
    arguments = parser.parse_args()
    work, trainer = os.path.abspath(arguments.work), shlex.split(arguments.trainer)
    os.makedirs(work, exist_ok=True)
    for name, rows in ROWS.items():
        with open(f"{arguments.data}/{name}.jsonl", encoding="utf-8") as texts:
            with open(f"{work}/{os.path.basename(name)}.jsonl", "w", encoding="utf-8") as some:
                some.writelines(itertools.islice(texts, rows))
    seeds = [int(seed) for seed in arguments.seeds.split(",")]
    with concurrent.futures.ThreadPoolExecutor(arguments.at_once) as pool:
        runs = {(variant, seed): pool.submit(train, variant, seed, work, arguments.steps, trainer) for seed in seeds for variant in VARIANTS}
    print("\n".join(table({which: run.result() for which, run in runs.items()}, seeds)))


if __name__ == "__main__":
    main()
