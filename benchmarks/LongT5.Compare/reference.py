"""The reference's side of a job: one process, one line of JSON. Needs PyTorch and transformers with LongT5.

python reference.py MODEL LENGTH NEW BEAMS THREADS
"""
import json
import os
import resource
import sys
import time

started = time.time()
model_folder, length, new, beams, threads = sys.argv[1], *map(int, sys.argv[2:6])

import torch
from transformers import AutoConfig, LongT5ForConditionalGeneration, T5ForConditionalGeneration

torch.set_num_threads(threads)
kind = T5ForConditionalGeneration if AutoConfig.from_pretrained(model_folder).model_type == "t5" else LongT5ForConditionalGeneration
model = kind.from_pretrained(model_folder).eval()

state, ids = 12345, []
for _ in range(length):
    state = (state * 1664525 + 1013904223) % 2**32
    ids.append(5 + (state >> 8) % 31000)
ids[-1] = 1
x = torch.tensor([ids])
mask = torch.ones_like(x)

with torch.inference_mode():
    clock = time.time()
    memory = model.encoder(input_ids=x, attention_mask=mask)
    encode = time.time() - clock
    clock, tokens = time.time(), []
    if new:
        tokens = model.generate(encoder_outputs=memory, attention_mask=mask, num_beams=beams, do_sample=False,
                                max_new_tokens=new, min_new_tokens=new)[0].tolist()
    decode = time.time() - clock
    states = memory.last_hidden_state[0, [0, length // 2, length - 1], :8].flatten().tolist()

print(json.dumps({"encode_s": encode, "decode_s": decode, "process_s": time.time() - started, "states": states, "tokens": tokens,
                  "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
