"""What variants cost and save in the engine, as tables of Markdown; each figure is of a process of its own.

    python benchmarks/variants.py kernelized [--lengths 1024,16384,262144] [--layers 12] [--only elu+1] [--program ./longt5]
    python benchmarks/variants.py pooling [--length 16384] [--strides 1,2,4,8]
    python benchmarks/variants.py favor [--features 64,256,1024,4096]

Models of base size with random weights, made in a temporary folder: in bfloat16 where time and memory are measured, of processor
seconds and seconds; in float32, with T5's orders of size, where far attention is held against exact attention.
"""
import argparse
import array
import json
import math
import os
import random
import struct
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
VOCABULARY = f"{HERE}/../models/longt5-embedded/spiece.model"
FULL, LOCAL, GLOBAL = "full", "local", "transient-global"
KINDS = {
    GLOBAL: (GLOBAL, None), LOCAL: (LOCAL, None), "elu+1": (LOCAL, {"map": "elu+1"}),
    "favor+ 64": (LOCAL, {"map": "favor+", "features": 64, "seed": 1}), FULL: (FULL, None),
}
C, H, D, F, V = 768, 12, 64, 2048, 32128


def weights(attention, kernelized, layers, decoder_layers):
    """Names and shapes, as docs/checkpoints.md has them."""
    def stack(name, count, parts):
        for i in range(count):
            for j, part in enumerate(parts):
                block = f"{name}.block.{i}.layer.{j}"
                yield f"{block}.layer_norm.weight", [C]
                if part == "DenseReluDense":
                    yield from ((f"{block}.{part}.{w}.weight", [C, F] if w == "wo" else [F, C]) for w in ("wi_0", "wi_1", "wo"))
                    continue
                yield from ((f"{block}.{part}.{w}.weight", [H * D, C]) for w in "qkvo")
                if part == "TransientGlobalSelfAttention":
                    yield f"{block}.{part}.global_input_layer_norm.weight", [C]
                if kernelized and "features" in kernelized and j == 0 and name == "encoder":
                    yield f"{block}.{part}.features", [H, kernelized["features"], D]
                if i == 0 and part != "EncDecAttention":
                    yield f"{block}.{part}.relative_attention_bias.weight", [32, H]
                    if part == "TransientGlobalSelfAttention":
                        yield f"{block}.{part}.global_relative_attention_bias.weight", [32, H]
        yield f"{name}.final_layer_norm.weight", [C]
    yield "shared.weight", [V, C]
    own = {FULL: "SelfAttention", LOCAL: "LocalSelfAttention", GLOBAL: "TransientGlobalSelfAttention"}[attention]
    yield from stack("encoder", layers, ["KernelizedSelfAttention" if kernelized else own, "DenseReluDense"])
    if decoder_layers:
        yield from stack("decoder", decoder_layers, ["SelfAttention", "EncDecAttention", "DenseReluDense"])


def make(folder, attention, kernelized=None, layers=12, decoder_layers=0, **extensions):
    """A model folder; its numbers are drawn once and repeated, as speed and memory do not depend on them."""
    if kernelized:
        extensions["kernelized"] = kernelized
    config = {"model_type": "longt5", "encoder_attention_type": attention, "vocab_size": V, "d_model": C, "d_kv": D, "d_ff": F,
              "num_layers": layers, "num_decoder_layers": max(1, decoder_layers), "num_heads": H, "feed_forward_proj": "gated-gelu",
              "decoder_start_token_id": 0, "pad_token_id": 0, "eos_token_id": 1, "tie_word_embeddings": True}
    if attention == FULL:
        config |= {"model_type": "t5"}
        del config["encoder_attention_type"]
    if extensions:
        config |= {"model_type": "longt5_extended", "extensions": extensions}
    if not decoder_layers:
        config["architectures"] = ["LongT5EncoderModel"]
    with open(f"{folder}/config.json", "w", encoding="utf-8") as file:
        json.dump(config, file)
    os.symlink(os.path.abspath(VOCABULARY), f"{folder}/spiece.model")
    dice = random.Random(1)
    normal = b"".join(struct.pack("<f", dice.gauss(0, C ** -0.5))[2:] for _ in range(1 << 16))
    header, end, shapes = {}, 0, list(weights(attention, kernelized, layers, decoder_layers))
    for name, shape in shapes:
        size = 2 * math.prod(shape)
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [end, end + size]}
        end += size
    text = json.dumps(header).encode()
    with open(f"{folder}/model.safetensors", "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for name, shape in shapes:
            count, one = math.prod(shape), struct.pack("<f", 1.0)[2:]
            file.write(one * count if len(shape) == 1 else (normal * (count // (1 << 16) + 1))[:2 * count])
    return folder


def run(command, *arguments, text=None):
    """Standard output, processor seconds, seconds and MiB at most of a process."""
    began = time.time()
    process = subprocess.Popen([*command, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    if text:
        process.stdin.write(text)
    process.stdin.close()
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(arguments)} failed")
    return said, usage.ru_utime + usage.ru_stime, time.time() - began, usage.ru_maxrss / 1024


def kernelized(command, arguments):
    lengths = [int(length) for length in arguments.lengths.split(",")]
    print(f"| tokens, {arguments.layers} layers | " + " | ".join(arguments.only or KINDS) + " |\n" + "|---" * (1 + len(arguments.only or KINDS)) + "|")
    with tempfile.TemporaryDirectory() as folder:
        for kind in arguments.only or KINDS:
            os.mkdir(f"{folder}/{kind}")
            make(f"{folder}/{kind}", *KINDS[kind], layers=arguments.layers)
        for length in lengths:
            print(f"| {length:,} |", end="", flush=True)
            for kind in arguments.only or KINDS:
                if kind == FULL and length > arguments.full:
                    print(" |", end="")
                    continue
                text = "the " * (length - 1)  # a token each, and the end
                _, cpu, real, memory = run(command, "embed", "-", "-m", f"{folder}/{kind}", "--max-input", str(length), text=text)
                print(f" {cpu:.1f} s ({real:.1f}), {memory:.0f} MiB |", end="", flush=True)
            print()


def pooling(command, arguments):
    print("| stride | cross keys and values, s | a token of one beam, ms | of four, ms | memory, MiB |\n|---|---|---|---|---|")
    for stride in (int(stride) for stride in arguments.strides.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            make(folder, LOCAL, layers=arguments.layers, decoder_layers=12, pooling={"stride": stride})
            said, *_ = run(command, "bench", "-m", folder, "--lengths", str(arguments.length), "--max-new-tokens", "32",
                           "--num-beams", "4", "--json")
            one, four = json.loads(said)["write"]
            print(f"| {stride} | {one['seconds_start']:.2f} | {1000 * one['seconds'] / 32:.0f} | {1000 * four['seconds'] / 32:.0f} | "
                  f"{four['peak_memory'] / 2**20:.0f} |", flush=True)


def attention_alone(folder, score, radius, extensions=None):
    """Two layers whose feed-forward parts add nothing; scores q . k have the standard deviation that is asked, q and k alike."""
    words, dice = 512, random.Random(7)
    config = {"model_type": "longt5", "encoder_attention_type": LOCAL, "vocab_size": words, "d_model": C, "d_kv": D, "d_ff": 8,
              "num_layers": 2, "num_decoder_layers": 1, "num_heads": H, "feed_forward_proj": "gated-gelu", "local_radius": radius,
              "decoder_start_token_id": 0, "pad_token_id": 0, "eos_token_id": 1}
    with open(f"{folder}/config.json", "w", encoding="utf-8") as file:
        json.dump(config, file)
    sizes = {"q": (score / D ** 0.5 / C) ** 0.5, "k": (score / D ** 0.5 / C) ** 0.5, "v": C ** -0.5, "o": (H * D) ** -0.5}
    tensors = {"shared.weight": ([words, C], 1), "encoder.final_layer_norm.weight": ([C], None)}
    for i in range(2):
        block = f"encoder.block.{i}.layer"
        tensors |= {f"{block}.{j}.layer_norm.weight": ([C], None) for j in (0, 1)}
        tensors |= {f"{block}.0.LocalSelfAttention.{w}.weight": ([C, C], size) for w, size in sizes.items()}
        tensors |= {f"{block}.1.DenseReluDense.{w}.weight": ([C, 8] if w == "wo" else [8, C], 0) for w in ("wi_0", "wi_1", "wo")}
    tensors["encoder.block.0.layer.0.LocalSelfAttention.relative_attention_bias.weight"] = ([32, H], 0)
    save(f"{folder}/model.safetensors", {name: (shape, "F32", array.array(
        "f", (1.0 if size is None else dice.gauss(0, size) if size else 0.0 for _ in range(math.prod(shape))))) for name, (shape, size) in tensors.items()})


def save(path, tensors):
    header, end = {}, 0
    for name, (shape, kind, values) in tensors.items():
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [end, end := end + 4 * len(values)]}
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for _, _, values in tensors.values():
            values.tofile(file)


def added(command, folder, ids):
    """What the first layer's attention adds to the states."""
    run(command, "forward", "-m", folder, "--ids", ids, "-o", f"{folder}/out.safetensors", "--hidden-states", "--force")
    with open(f"{folder}/out.safetensors", "rb") as file:
        header = json.loads(file.read(size := int.from_bytes(file.read(8), "little")))
        def read(name):
            first, end = header[name]["data_offsets"]
            file.seek(8 + size + first)
            return array.array("f", file.read(end - first))
        return [after - before for before, after in zip(read("hidden_states.0"), read("hidden_states.1"))]


def favor(command, arguments):
    """How far attention through features is from exact attention: |difference| / |exact|, of 1,024 random tokens."""
    length, radius, scores = 1024, 16, (0.25, 1, 4)
    maps = {"keys within 16 alone": None, "elu+1": ["kernelized.map=elu+1"]} | {
        f"favor+, {m} features": ["kernelized.map=favor+", f"kernelized.features={m}", "kernelized.seed=1"] for m in arguments.features.split(",")}
    print("| scores' standard deviation | " + " | ".join(str(score) for score in scores) + " |\n|---" + "|---" * len(scores) + "|")
    table = {name: [] for name in maps}
    with tempfile.TemporaryDirectory() as work:
        dice = random.Random(3)
        save(f"{work}/ids.safetensors", {"input_ids": ([1, length], "I32", array.array("i", (dice.randrange(2, 512) for _ in range(length))))})
        for score in scores:
            folder = f"{work}/{score}"
            os.mkdir(folder)
            attention_alone(folder, score, radius)
            os.mkdir(f"{folder}/exact")
            os.symlink(f"{folder}/model.safetensors", f"{folder}/exact/model.safetensors")
            with open(f"{folder}/config.json", encoding="utf-8") as file, open(f"{folder}/exact/config.json", "w", encoding="utf-8") as whole:
                json.dump(json.load(file) | {"local_radius": length - 1}, whole)
            exact = added(command, f"{folder}/exact", f"{work}/ids.safetensors")
            for number, (name, extension) in enumerate(maps.items()):
                other = folder if extension is None else f"{folder}/{number}"
                if extension is not None:
                    run(command, "convert", folder, other, "--extend", *extension)
                near = added(command, other, f"{work}/ids.safetensors")
                table[name].append(math.dist(exact, near) / math.hypot(*exact))
    for name, distances in table.items():
        print(f"| {name} | " + " | ".join(f"{one:.3f}" if one < 10 else f"{one:.0f}" for one in distances) + " |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["kernelized", "pooling", "favor"])
    parser.add_argument("--program", default=f"{HERE}/../longt5")
    parser.add_argument("--lengths", default="1024,4096,16384")
    parser.add_argument("--layers", type=int, default=1)
    parser.add_argument("--full", type=int, default=16384, help="the most tokens that full attention reads")
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--length", type=int, default=16384)
    parser.add_argument("--strides", default="1,2,4,8")
    parser.add_argument("--features", default="64,256,1024,4096")
    arguments = parser.parse_args()
    {"kernelized": kernelized, "pooling": pooling, "favor": favor}[arguments.what](arguments.program.split(), arguments)


if __name__ == "__main__":
    main()
