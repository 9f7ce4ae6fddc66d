#!/usr/bin/env bash
# Makes models/longt5-embedded from texts: vocabulary, training, export.
#
#   models/train-embedded.sh DATA WORK [FLAGS]
#
# DATA   corpora/mix150.tar.xz, openstax/, squality/ as models/longt5-embedded/README.md names them
# WORK   a folder for everything on the way; an interrupted run goes on when the command is repeated
# FLAGS  of the trainer; --bfloat16 false where neither a GPU nor the processor multiplies it
#
# Needs Debian's sentencepiece, jq and xz-utils, beside the .NET SDK.
set -euo pipefail
data=$(realpath "$1"); mkdir -p "$2"; work=$(realpath "$2")
here=$(cd "$(dirname "$0")" && pwd)
shift 2

cd "$work"
if [ ! -s spiece.model ]; then
  mkdir -p prose
  tar -xJf "$data/corpora/mix150.tar.xz" -C prose
  xz -dc "$data/openstax/plain.jsonl.xz" > school.jsonl
  cp "$data/openstax/"{sections-train,sections-val,chapters-train}.jsonl .

  # 8,000 pieces with T5's first three ids and its normaliser; every fifth paragraph of the books is enough.
  {
    jq -r .text prose/train-0*.jsonl | awk 'NF && NR % 5 == 0'
    jq -r '.document, .summary' sections-train.jsonl | awk NF
    jq -r .document "$data/squality/train.jsonl" | awk NF
    jq -r '(.source | join(" ")), (.target | join(" "))' "$data/scitldr/train.jsonl" | awk NF
  } | awk 'length < 4000' > text.txt
  spm_train --input=text.txt --model_prefix=spiece --model_type=unigram --vocab_size=8000 \
    --pad_id=0 --eos_id=1 --unk_id=2 --bos_id=-1 --normalization_rule_name=nmt_nfkc \
    --character_coverage=0.99985 --required_chars='~@`…•^|\#$%&*_{}[]<>–—‘’“”°×é' \
    --input_sentence_size=200000 --shuffle_input_sentence=false --num_threads=2 --max_sentence_length=4000 --minloglevel=1
fi

cp "$here/longt5-embedded/config.json" config.json
last=
for run in "$here"/recipe/*.json; do
  last=$(basename "$run" .json)
  [ -s "$last/model.safetensors" ] || "$here/../longt5" pretrain "$run" --resume --plot "$last.svg" "$@"
done

# What an earlier call made stays until this one's is whole.
rm -rf longt5-embedded.new
"$here/../longt5" convert "$last" longt5-embedded.new --dtype bf16
cp "$here/longt5-embedded/"*.json longt5-embedded.new/
rm -rf longt5-embedded
mv longt5-embedded.new longt5-embedded
