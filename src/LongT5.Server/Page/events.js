// Requests to the server that this page came from. What goes wrong is an error whose message is for people.
"use strict";
const base = location.pathname.replace(/\/?$/, "/");

class Problem extends Error {
  constructor(message, status, code) {
    super(sentence(message));
    this.status = status;
    this.code = code; // one word for programs, where there is one
  }
}

const gone = () => new Problem(
  `The server at ${location.host} does not answer. See whether it still runs, and try again.`);

const refusal = async answer => {
  if (answer.status === 401) return new Problem("The server asks for its key: load this page again to give it.", 401);
  const { detail, code } = await answer.json().catch(() => ({}));
  const later = answer.headers.get("Retry-After");
  return new Problem((detail ?? `the server answers ${answer.status} and does not say why.`)
    + (later ? ` Try again in ${later} s.` : ""), answer.status, code);
};

const get = async path => {
  const answer = await fetch(base + path).catch(() => { throw gone(); });
  if (!answer.ok) throw await refusal(answer);
  return answer.json();
};

// The events of a body as they come, each with its name and its data.
async function* eventsOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let held = "";
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    const from = Math.max(0, held.length - 1);
    held += read.value;
    for (let end = held.indexOf("\n\n", from); end >= 0; end = held.indexOf("\n\n")) {
      const lines = held.slice(0, end).split("\n");
      held = held.slice(end + 2);
      const after = start => lines.find(line => line.startsWith(start))?.slice(start.length);
      if (after("data: ")) yield [after("event: "), JSON.parse(after("data: "))];
    }
  }
}

// Posts a form or an object, tells of its events, and gives the last one: the whole.
const post = async (path, body, hear, signal) => {
  const isForm = body instanceof FormData;
  const headers = { Accept: "text/event-stream", ...(isForm ? {} : { "Content-Type": "application/json" }) };
  const lost = error => {
    throw signal.aborted || error instanceof Problem ? error : gone();
  };
  const answer = await fetch(base + path, {
    method: "POST", headers, body: isForm ? body : JSON.stringify(body), signal,
  }).catch(lost);
  if (!answer.ok) throw await refusal(answer);
  try {
    for await (const [name, data] of eventsOf(answer.body)) {
      if (name === "error") throw new Problem(data.detail, data.status);
      if (name === "done") return data;
      hear(name, data);
    }
  } catch (error) {
    lost(error);
  }
  throw new Problem("the server ended before the text was complete; try again.");
};
