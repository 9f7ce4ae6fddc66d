"""What a training step holds beside the weights, by layers of the encoder: plain, recomputed and reversible, as a table of Markdown.

    python benchmarks/reversible-memory.py [--tokens 4096] [--layers 12,24] [--only reversible] [--width 768] [--program TRAINER]
                                           [--most 12]

Base size but for a vocabulary of 8,128, two layers in the decoder, one text at once, Adafactor, float32 on the processor; for Linux.
A figure is the most that the process had during the step less what it had before: the program and the weights. The gradients, four
bytes a weight, are in it where they are all there at the peak, and stand beside it. The allocator is told to keep nothing that is free.
A step that would take more than --most GiB ends, and the table says so; other programs keep what they have.
"""
import argparse
import json
import os
import resource
import shlex
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
WAYS = {"plain": ["--recompute", "false"], "recompute": ["--recompute"], "reversible": []}
RESERVED = 6  # GiB of address space that .NET and libtorch take with a heap of 512 MiB, and hardly use
ENVIRONMENT = {"DOTNET_GCHeapHardLimit": "20000000", "MALLOC_MMAP_THRESHOLD_": "131072", "MALLOC_TRIM_THRESHOLD_": "131072"}


def of_process(number, what):
    """A line of /proc/NUMBER/status, in MiB."""
    with open(f"/proc/{number}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(what)) / 1024


def step(program, width, layers, way, tokens, most):
    """What a step holds beside the weights, and millions of weights; null where it would be more than allowed."""
    with tempfile.TemporaryDirectory() as folder:
        config = {
            "model_type": "longt5", "encoder_attention_type": "transient-global", "vocab_size": 8128, "d_model": width,
            "d_kv": 64, "d_ff": width * 8 // 3, "num_layers": layers, "num_decoder_layers": 2, "num_heads": width // 64,
            "feed_forward_proj": "gated-gelu", "decoder_start_token_id": 0, "pad_token_id": 0, "eos_token_id": 1,
        }
        if way == "reversible":
            config |= {"model_type": "longt5_extended", "extensions": {"reversible": True}}
        with open(f"{folder}/config.json", "w", encoding="utf-8") as file:
            json.dump(config, file)
        with open(f"{folder}/rows.jsonl", "w", encoding="utf-8") as file:
            for row in range(2):
                text = " ".join(f"The year {row + i} was a year of rain." for i in range(tokens // 6))
                print(json.dumps({"document": text, "summary": "It rained in every year."}), file=file)
        command = [*program, "train", "--model", f"{folder}/config.json", "--tokenizer", f"{HERE}/../models/longt5-embedded/spiece.model",
                   "--data", f"{folder}/rows.jsonl", "--input", str(tokens), "--target", "32", "--steps", "1", "--device", "cpu",
                   "--output", f"{folder}/run", *WAYS[way]]

        def limit():
            if most:
                resource.setrlimit(resource.RLIMIT_AS, (int((most + RESERVED) * 2**30),) * 2)

        said = ""
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, preexec_fn=limit,
                              env=os.environ | ENVIRONMENT) as process:
            for line in process.stderr:
                said += line
                if line.endswith("from the start\n"):
                    weights, before = float(line.split()[0]), of_process(process.pid, "VmRSS")
                    with open(f"/proc/{process.pid}/clear_refs", "w", encoding="ascii") as file:
                        file.write("5")  # the peak begins anew
                if line.startswith("step 1/1 "):
                    held = of_process(process.pid, "VmHWM") - before
        if process.returncode and most and "memory" in said:
            return None
        if process.returncode:
            raise SystemExit(said)
        return held, weights


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tokens", type=int, default=4096)
    parser.add_argument("--layers", default="12,24")
    parser.add_argument("--only", nargs="*", default=list(WAYS))
    parser.add_argument("--width", type=int, default=768)
    parser.add_argument("--program", default=f"dotnet {HERE}/../artifacts/bin/LongT5.Training/release/LongT5.Training.dll")
    parser.add_argument("--most", type=float, help="GiB that a step may take; without it, all there are")
    arguments = parser.parse_args()
    print(f"| {arguments.tokens:,} tokens, layers | " + " | ".join(arguments.only) + " |\n|---" + "|---" * len(arguments.only) + "|", flush=True)
    for layers in arguments.layers.split(","):
        print(f"| {layers} |", end="", flush=True)
        for way in arguments.only:
            done = step(shlex.split(arguments.program), arguments.width, int(layers), way, arguments.tokens, arguments.most)
            print(f" {done[0]:.0f} MiB, gradients {done[1] * 4e6 / 2**20:.0f} |" if done else f" more than {arguments.most:g} GiB |",
                  end="", flush=True)
        print()


if __name__ == "__main__":
    main()
