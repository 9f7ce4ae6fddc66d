"""The simplest server over the reference: Python's http.server, and one lock around the model.

reference_server.py FOLDER: prints its port; POST {"ids": [...], "num_beams": 1, "do_sample": false, "tokens": 64}
"""
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import torch
from transformers import LongT5ForConditionalGeneration

model = LongT5ForConditionalGeneration.from_pretrained(sys.argv[1], torch_dtype=torch.float32).eval()
lock = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with lock, torch.inference_mode():
            written = model.generate(
                torch.tensor([asked["ids"]]), num_beams=asked["num_beams"], do_sample=asked["do_sample"],
                max_new_tokens=asked["tokens"], min_new_tokens=asked["tokens"])
        body = json.dumps({"ids": written[0].tolist()}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
