"""Peak memory of a training step by layers of the encoder, plain, recomputed and reversible, as a table of Markdown.

    python benchmarks/reversible-memory.py [--tokens 4096] [--layers 12,24] [--only reversible] [--width 768] [--program ./longt5]

Base size, two layers in the decoder, one text at once, Adafactor, float32 on the processor. What activations take is the peak of a step
less that of a step of 128 tokens of the same model: weights, gradients and optimizer are in both.
"""
import argparse
import json
import os
import shlex
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
WAYS = {"plain": ["--recompute", "false"], "recompute": ["--recompute"], "reversible": []}


def peak(program, width, layers, way, tokens):
    """Most memory of a step, in MiB."""
    with tempfile.TemporaryDirectory() as folder:
        config = {
            "model_type": "longt5", "encoder_attention_type": "transient-global", "vocab_size": 32128, "d_model": width,
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
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            raise SystemExit(said.decode())
        return usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tokens", type=int, default=4096)
    parser.add_argument("--layers", default="12,24")
    parser.add_argument("--only", nargs="*", default=list(WAYS))
    parser.add_argument("--width", type=int, default=768)
    parser.add_argument("--program", default=f"{HERE}/../longt5")
    arguments = parser.parse_args()
    program = shlex.split(arguments.program)
    print(f"| {arguments.tokens:,} tokens, layers | " + " | ".join(arguments.only) + " |\n|---" + "|---" * len(arguments.only) + "|", flush=True)
    for layers in arguments.layers.split(","):
        print(f"| {layers} |", end="", flush=True)
        for way in arguments.only:
            most, least = (peak(program, arguments.width, int(layers), way, tokens) for tokens in (arguments.tokens, 128))
            print(f" {most:.0f} MiB, {most - least:.0f} of them activations |", end="", flush=True)
        print()


if __name__ == "__main__":
    main()
