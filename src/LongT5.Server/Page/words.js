// How sizes, times and progress are said.
"use strict";
const size = bytes => bytes < 1e3 ? `${bytes} bytes` : bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB`
  : `${Number((bytes / (1 << 20)).toFixed(1))} MiB`;

const count = (number, noun, several = `${noun}s`) => `${number.toLocaleString("en")} ${number === 1 ? noun : several}`;

// A name at the start stays as it is.
const sentence = words => /^[^ :]*\.[^ :]*:/.test(words) ? words : words.charAt(0).toUpperCase() + words.slice(1);

const duration = seconds => seconds < 1 ? "under 1\u00a0s" : seconds < 60 ? `${Math.round(seconds)}\u00a0s`
  : seconds < 3600 ? `${Math.round(seconds / 60)}\u00a0min` : `${(seconds / 3600).toFixed(1)}\u00a0h`;

// Where a summary is: what is done, and how much of all.
const stageOf = (name, data) => {
  if (name === "waiting") return {
    phase: "waiting",
    words: data.place > 0 ? `In the line, at place ${data.place}: other texts come first` : "Its turn has come",
  };
  const isReading = data.phase === "reading";
  const share = data.total > 0 ? data.done / data.total : 0;
  const part = data.parts ? `part ${data.part} of ${data.parts} · ` : "";
  const layer = Math.min(Math.floor(data.done) + 1, data.total);
  const step = isReading ? `layer ${layer} of ${data.total}` : count(data.done, "token");
  // Most texts end before the most tokens are written: then the time is a bound.
  const bound = data.seconds_left < 1 ? "" : isReading || data.parts ? "about " : "at most ";
  const left = data.seconds_left === undefined ? "" : ` · ${bound}${duration(data.seconds_left)} left`;
  return {
    phase: data.phase + (data.part ?? ""),
    words: `${isReading ? "Reading" : "Writing"} · ${part}${step}${left}`,
    share: ((data.parts ? data.part - 1 : 0) + (share + (isReading ? 0 : 1)) / 2) / (data.parts || 1),
  };
};
