#!/usr/bin/env bash
# Makes the tables of docs/results.md: the embedded model, and systems that need no model, on data at hand.
#
#   models/evaluate-embedded.sh DATA WORK [LIMIT]
#
# DATA   openstax/, scitldr/, squality/, qmsum/, fairytaleqa/, pubmedqa/ as their authors publish them
# WORK   a folder for predictions and results; an interrupted run goes on when the command is repeated
# LIMIT  examples of each set, drawn by seed 1; all of them by default
#
# MODEL names another model, ROUGE another profile. The tables go to standard output and to WORK/results.md. Needs jq.
set -euo pipefail
data=$(realpath "$1"); mkdir -p "$2"; work=$(realpath "$2")
here=$(cd "$(dirname "$0")" && pwd)
model=${MODEL:-$here/longt5-embedded}
sample=(); [ -z "${3:-}" ] || sample=(--limit "$3" --sample-seed 1)

evaluate() { # FOLDER ARGUMENTS: the result is WORK/FOLDER/results.json
  local folder=$1; shift
  echo "$folder" >&2
  "$here/../longt5" evaluate "$@" "${sample[@]}" --rouge "${ROUGE:-huggingface}" -o "$work/$folder" >/dev/null
}

decimals='def n: . * 10 | round / 10 | tostring | if test("[.]") then . else . + ".0" end;
  def signed: if . >= 0 then "+" + n else n end;
  def span: "\(.mean | n) (\(.low | n) to \(.high | n))";
  def difference: .difference | "\(.mean | signed) (\(.low | signed) to \(.high | signed))";'

row() { # DATA SYSTEM FOLDER
  jq -r --arg data "$1" --arg system "$2" "$decimals"'.scores as $s
    | "| \($data) | \($system) | \($s.words | round) | \($s.rouge1.mean | n) | \($s.rouge2.mean | n) | \(($s.rougeL // $s.rougeLsum).mean | n) | \($s.novel_4_grams | n)% | \($s.copied_sentences | round)% | \($s.second_half | round)% |"' "$work/$3/results.json"
}

pair() { # DATA RIVAL FOLDER
  jq -r --arg data "$1" --arg rival "$2" "$decimals"'.against[$rival] as $a
    | "| \($data) | \($rival) | \($a.rouge1 | difference) | \($a.rouge2 | difference) | \($a.rougeL // $a.rougeLsum | difference) |"' "$work/$3/results.json"
}

labels() { # SYSTEM FOLDER
  jq -r --arg system "$1" "$decimals"'"| \($system) | \(.scores.accuracy | span) | \(.scores.macro_f1 | n) |"' "$work/$2/results.json"
}

set_of() { # NAME TITLE TASK PATH SPLIT LENGTHS
  local name=$1 title=$2 what=(--task "$3" --data "$data/$4" --split "$5")
  for length in $6; do
    local asked=(); [ "$length" = default ] || asked=(--length "$length")
    evaluate "$name-$length" -m "$model" "${what[@]}" "${asked[@]}" --against lead-as-long --against lead-3
    row "$title" "embedded model$([ "$length" = default ] || echo ", --length $length")" "$name-$length" >>"$work/rows"
    for rival in lead-as-long lead-3; do
      pair "$title$([ "$length" = default ] || echo ", --length $length")" "$rival" "$name-$length" >>"$work/pairs"
    done
  done
  for baseline in lead-3 lead-to-length oracle; do
    evaluate "$name-$baseline" --baseline "$baseline" "${what[@]}"
    row "$title" "$baseline" "$name-$baseline" >>"$work/rows"
  done
}

rm -f "$work/rows" "$work/pairs"
set_of sections "OpenStax sections" openstax openstax/sections-val.jsonl validation "default long"
set_of chapters "OpenStax chapters" openstax openstax/chapters-val.jsonl validation "default long"
set_of scitldr "SciTLDR" scitldr scitldr validation "default short"
set_of squality "SQuALITY, questions" squality squality validation "default"
set_of qmsum "QMSum, queries" qmsum qmsum validation "default"
set_of fairytaleqa "FairytaleQA, questions" fairytaleqa fairytaleqa validation "default"
set_of pubmedqa_long "PubMedQA, conclusions" pubmedqa_long pubmedqa test "default"
evaluate pubmedqa -m "$model" --task pubmedqa --data "$data/pubmedqa" --split test
evaluate pubmedqa-lead-3 --baseline lead-3 --task pubmedqa --data "$data/pubmedqa" --split test

{
  echo "| data | system | words | ROUGE-1 | ROUGE-2 | ROUGE-L | new 4-grams | copied sentences | of the second half |"
  echo "|---|---|---|---|---|---|---|---|---|"
  cat "$work/rows"
  echo
  echo "| the embedded model on | less | ROUGE-1 | ROUGE-2 | ROUGE-L |"
  echo "|---|---|---|---|---|"
  cat "$work/pairs"
  echo
  echo "| PubMedQA | accuracy | macro-F1 |"
  echo "|---|---|---|"
  labels "embedded model" pubmedqa
  labels lead-3 pubmedqa-lead-3
} | tee "$work/results.md"
