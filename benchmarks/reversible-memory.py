"""Peak memory of a training step by layers, plain, recomputed and reversible: python reversible-memory.py [TOKENS [LONGT5]]"""
import json
import os
import subprocess
import sys
import tempfile

TOKENS = int(sys.argv[1]) if len(sys.argv) > 1 else 4096
LONGT5 = sys.argv[2] if len(sys.argv) > 2 else "./longt5"
VOCABULARY = os.path.join(os.path.dirname(__file__), "../models/longt5-embedded/spiece.model")


def peak(layers, reversible, *flags):
    """Most memory of two steps, in MiB."""
    with tempfile.TemporaryDirectory() as folder:
        config = {
            "model_type": "longt5", "encoder_attention_type": "transient-global", "vocab_size": 32128, "d_model": 256,
            "d_kv": 32, "d_ff": 1024, "num_layers": layers, "num_decoder_layers": 2, "num_heads": 8,
            "feed_forward_proj": "gated-gelu", "decoder_start_token_id": 0, "pad_token_id": 0, "eos_token_id": 1,
        }
        if reversible:
            config |= {"model_type": "longt5_extended", "extensions": {"reversible": True}}
        with open(f"{folder}/config.json", "w", encoding="utf-8") as file:
            json.dump(config, file)
        with open(f"{folder}/rows.jsonl", "w", encoding="utf-8") as file:
            for row in range(4):
                text = " ".join(f"The year {row + i} was a year of rain." for i in range(TOKENS))
                print(json.dumps({"document": text, "summary": "It rained in every year."}), file=file)
        command = [LONGT5, "train", "--model", f"{folder}/config.json", "--tokenizer", VOCABULARY, "--data",
                   f"{folder}/rows.jsonl", "--input", str(TOKENS), "--target", "32", "--batch", "1", "--steps", "2",
                   "--device", "cpu", "--output", f"{folder}/run", *flags]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            sys.exit(said.decode())
        return usage.ru_maxrss / 1024


print(f"| layers | plain, MiB | `--recompute` | reversible |  ({TOKENS} tokens)\n|---|---|---|---|")
for layers in (2, 12, 24):
    row = [peak(layers, False, "--recompute", "false"), peak(layers, False, "--recompute"), peak(layers, True)]
    print(f"| {layers} | " + " | ".join(f"{one:.0f}" for one in row) + " |", flush=True)
