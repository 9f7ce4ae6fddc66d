// The page: a document is dropped, chosen or pasted, read while one looks on, and shown beside its summary.
"use strict";
(() => {
  const [start, work, result] = ["start", "work", "result"].map(id => document.getElementById(id));
  const at = id => document.getElementById(id);
  const named = (tag, textContent, className = "") =>
    Object.assign(document.createElement(tag), { textContent, className });
  const rightWay = (...elements) => elements.map(element => Object.assign(element, { dir: "auto" }));

  let served = { models: [], max_document_bytes: Infinity, max_json_bytes: Infinity };
  let source = null; // what is to be read: {name, file} or {name, text}
  let running = null; // what stops the reading that goes on
  let shown = null; // the entry of the history that is looked at

  // --- Where one is: the start, what goes on, or a summary. The address says it, so that Back leads back.

  const say = words => { at("live").textContent = words; };

  const complain = (words, where = "problem") => { at(where).textContent = words; };

  const show = (section, title) => {
    for (const one of [start, work, result]) one.hidden = one !== section;
    document.title = title ? `${title} · LongT5` : "LongT5";
    scrollTo(0, 0);
  };

  const go = (hash, focus = true) => {
    if (location.hash.slice(1) === hash) route(focus);
    else location.hash = hash;
  };

  const showLinks = () => {
    const entries = longT5History.entries.length;
    at("to-history").hidden = !start.hidden || entries === 0;
    at("to-history").textContent = `${count(entries, "summary", "summaries")} in this tab`;
    at("to-work").hidden = !running || !work.hidden;
  };

  const route = (focus = true) => {
    const hash = location.hash.slice(1);
    const entry = longT5History.find(hash);
    if (entry) showResult(entry);
    else if (hash === "now" && running) show(work, at("work-title").textContent);
    else showStart();
    showLinks();
    if (focus) document.querySelector("main > section:not([hidden]) h1").focus({ preventScroll: true });
  };

  // --- The start.

  const showStart = () => {
    show(start);
    at("empty").hidden = at("paste").hidden = source !== null;
    at("chosen").hidden = source === null;
    if (source) at("chosen-name").textContent = source.name + (source.file ? ` · ${size(source.file.size)}` : "");
    at("history").hidden = longT5History.entries.length === 0;
    at("entries").replaceChildren(...[...longT5History.entries].reverse().map(entry => {
      const link = Object.assign(named("a", entry.title), { href: `#${entry.id}` });
      const item = named("li", "");
      item.append(...rightWay(link, named("p", entry.summary, "page-first")), named("p", about(entry), "page-soft"));
      return item;
    }));
  };

  const about = entry => [entry.name === entry.title ? null : entry.name, entry.pages && count(entry.pages, "page"),
    entry.model, entry.length, entry.doubts && count(entry.doubts, "doubt")].filter(Boolean).join(" · ");

  const isBusy = () => {
    if (running) complain("One document is read at a time: stop it, or wait for its end.");
    return running !== null;
  };

  const take = files => {
    if (isBusy()) return;
    if (files.length !== 1) return complain(`One document is read at a time, and these are ${files.length}.`);
    const [file] = files;
    at("password").value = "";
    at("password-field").hidden = true;
    if (file.size > served.max_document_bytes)
      return complain(`${file.name} has ${size(file.size)}, and this server takes ${size(served.max_document_bytes)}.`);
    read({ name: file.name, file });
  };

  const takeText = () => {
    const text = at("text").value;
    if (!text.trim()) return complain("There is no text yet: paste one, or drop a document.");
    const bytes = new Blob([text]).size;
    if (bytes > served.max_json_bytes)
      return complain(
        `The text has ${size(bytes)}, and this server takes ${size(served.max_json_bytes)}: drop it as a file.`);
    read({ name: `“${text.trim().split(/\s+/).slice(0, 8).join(" ")} …”`, text });
  };

  // --- Reading.

  const choice = () => ({
    model: at("model").value,
    length: document.querySelector("[name=length]:checked").value,
  });

  const read = async from => {
    source = from;
    const { model, length } = choice();
    const report = ["data", "html", "markdown"];
    let body = { model, length, report, text: from.text };
    if (from.file) {
      const password = at("password").value;
      const members = { model, length, report: JSON.stringify(report), password, document: from.file };
      body = new FormData();
      for (const [name, value] of Object.entries(members)) if (value) body.append(name, value);
    }
    running = new AbortController();
    complain("");
    at("work-title").textContent = from.name;
    at("to-work").textContent = `Reading ${from.name}`;
    at("work-about").textContent = `${model} · ${length}`;
    at("said").textContent = "";
    at("bar").removeAttribute("value");
    at("stage").textContent = from.file ? "Opening the document" : "Sending the text";
    say(`Reading ${from.name}`);
    go("now");
    try {
      const whole = await post("api/summarize", body, hear, running.signal);
      const entry = entryOf(whole, from, length);
      longT5History.add(entry);
      finish(entry.id);
      const doubts = entry.doubts ? `, ${count(entry.doubts, "doubt")}` : "";
      say(`The summary is ready: ${count(whole.sentences.length, "sentence")}${doubts}.`);
    } catch (error) {
      const isLocked = error.code === "password";
      const words = running.signal.aborted ? "Stopped. Nothing is read any more." : !isLocked ? error.message
        : `${from.name} is protected by ${at("password").value ? "another password" : "a password: type it below"}.`;
      finish("");
      say("");
      at("password-field").hidden &&= !isLocked;
      complain(words);
    }
  };

  // What is over is not gone back to; who looks at something else meanwhile goes on looking at it.
  const finish = hash => {
    running = null;
    if (location.hash === "#now") {
      history.replaceState(null, "", `#${hash}`);
      return route();
    }
    if (!start.hidden) showStart();
    showLinks();
  };

  let phase = "";
  const hear = (name, data) => {
    if (name === "text") {
      at("said").append(data.text);
      return;
    }
    const stage = stageOf(name, data);
    at("stage").textContent = stage.words;
    if (stage.share === undefined) at("bar").removeAttribute("value");
    else at("bar").value = stage.share;
    if (stage.phase !== phase) say(stage.words);
    phase = stage.phase;
  };

  const entryOf = (whole, from, length) => ({
    id: whole.id,
    name: from.name,
    title: whole.document?.title || from.name,
    pages: whole.document?.pages,
    model: whole.model,
    length,
    summary: whole.summary,
    doubts: whole.doubts.length,
    report: whole.report,
    answers: [],
  });

  // --- A summary.

  const showResult = entry => {
    shown = entry;
    complain("");
    show(result, entry.title);
    at("result-title").textContent = entry.title;
    at("result-about").textContent = about(entry);
    longt5Report.show(at("report"), entry.report.data);
    const answering = served.models.filter(model => model.answers).map(model => model.name);
    at("asking").hidden = answering.length === 0;
    at("answerer").replaceChildren(...answering.map(name => named("option", name)));
    at("answerer").hidden = answering.length < 2;
    if (answering.includes(entry.model)) at("answerer").value = entry.model;
    at("differently").hidden = !source;
    at("answers").replaceChildren(...entry.answers.flatMap(one => answered(one.question, one.answer, one.warnings)));
    complain("", "question-problem");
  };

  const answered = (question, answer, warnings = []) => [
    ...rightWay(named("dt", question), named("dd", answer)),
    ...warnings.map(warning => named("dd", sentence(warning), "page-warning"))];

  const put = async question => {
    const [entry, model] = [shown, at("answerer").value];
    const [asked, answer] = answered(question, "");
    at("answers").prepend(asked, answer);
    at("put").disabled = true;
    complain("", "question-problem");
    answer.textContent = "…";
    const stop = new AbortController();
    addEventListener("hashchange", () => stop.abort(), { once: true });
    try {
      let text = "";
      const whole = await post("api/answer", { model, question, text: entry.report.data.text }, (name, data) => {
        answer.textContent = name === "text" ? text += data.text : text || `${stageOf(name, data).words} …`;
      }, stop.signal);
      entry.answers.unshift({ question, answer: whole.answer, warnings: whole.warnings });
      longT5History.keep();
      answer.after(...answered("", "", whole.warnings).slice(2));
      answer.textContent = whole.answer;
      at("question").value = "";
      say(`Answer: ${whole.answer}`);
    } catch (error) {
      asked.remove();
      answer.remove();
      if (!stop.signal.aborted) complain(error.message, "question-problem");
    }
    at("put").disabled = false;
  };

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(shown.summary);
    } catch {
      // Only pages of this machine and those over TLS may use the clipboard so; the old way is left to the others.
      const area = named("textarea", shown.summary);
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    say("The summary is copied.");
    at("copy").textContent = "Copied";
    setTimeout(() => { at("copy").textContent = "Copy"; }, 2000);
  };

  const save = (ending, type, text) => {
    const name = /^“/.test(shown.name) ? "summary" : `${shown.name.replace(/\.[^.]*$/, "")}-summary`;
    const link = Object.assign(document.createElement("a"), {
      href: URL.createObjectURL(new Blob([text], { type })),
      download: name + ending,
    });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    say(`Saved as ${link.download}`);
  };

  // --- What the hands do.

  at("ask").addEventListener("submit", event => {
    event.preventDefault();
    if (isBusy()) return;
    if (source) read(source);
    else takeText();
  });
  at("file").addEventListener("change", event => {
    if (event.target.files.length > 0) take(event.target.files);
    event.target.value = "";
  });
  at("forget").addEventListener("click", () => {
    source = null;
    complain("");
    showStart();
    at("file").focus();
  });
  at("stop").addEventListener("click", () => running?.abort());
  at("copy").addEventListener("click", copy);
  at("save-html").addEventListener("click", () => save(".html", "text/html", shown.report.html));
  at("save-markdown").addEventListener("click", () => save(".md", "text/markdown", shown.report.markdown));
  at("differently").addEventListener("click", () => go(""));
  at("new").addEventListener("click", () => {
    source = null;
    go("");
  });
  at("question-form").addEventListener("submit", event => {
    event.preventDefault();
    const question = at("question").value.trim();
    if (question && !at("put").disabled) put(question);
  });

  const hasFiles = event => event.dataTransfer?.types.includes("Files");
  addEventListener("dragover", event => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    document.body.classList.add("page-over");
  });
  addEventListener("dragleave", event => {
    if (!event.relatedTarget) document.body.classList.remove("page-over");
  });
  addEventListener("drop", event => {
    document.body.classList.remove("page-over");
    if (!hasFiles(event)) return;
    event.preventDefault();
    if (start.hidden && !running) go("", false);
    take(event.dataTransfer.files);
  });
  addEventListener("paste", event => {
    const files = event.clipboardData?.files ?? [];
    const isTyping = event.target.closest?.("input, textarea");
    if (files.length > 0) {
      event.preventDefault();
      take(files);
    } else if (!isTyping && !start.hidden && !source) {
      at("text").value = event.clipboardData.getData("text/plain");
      at("read-text").focus();
    }
  });
  addEventListener("hashchange", route);

  // --- The beginning: what is served here.

  route(false);
  get("api/models").then(said => {
    served = said;
    at("model").replaceChildren(...served.models.map(model => named("option", model.name)));
    const kinds = served.reads_documents
      ? "PDF, Word, slides, EPUB, HTML, Markdown, LaTeX, e-mail, subtitles or text" : "Plain text";
    at("kinds").textContent = `${kinds}, up to ${size(served.max_document_bytes)}`;
    if (!result.hidden) showResult(shown);
  }).catch(error => complain(error.message));
})();
