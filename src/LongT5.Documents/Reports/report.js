// The summary of a document beside the document: choosing a sentence shows the passages that were read for it.
// longt5Report.show(element, data) fills an element; a page with its data in the element #report-data does so itself.
"use strict";
globalThis.longt5Report = (() => {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  const make = (tag, className, ...children) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(...children);
    return element;
  };

  const button = (className, label, onclick) => {
    const element = make("button", className, label);
    element.type = "button";
    element.addEventListener("click", onclick);
    return element;
  };

  // --- The document: blocks of pieces, each of which is an element that holds characters start to end of the text.

  class Text {
    constructor(data) {
      this.text = data.text;
      this.pieces = [];
      this.read = [data, ...(data.sections ?? [])].flatMap(part => part.sentences)
        .flatMap(sentence => sentence.passages ?? []);
      this.chosen = [];
      this.level = 2;
      this.page = null;
      this.element = make("article", "report-text");
      this.element.dir = "auto";
      if (data.language) this.element.lang = data.language;
      let list = null;
      for (const block of data.blocks) {
        if (block.page && block.page !== this.page) {
          this.page = block.page;
          this.element.append(make("p", "report-page", `page ${block.page}`));
          list = null;
        }
        if (block.kind === "ListItem") {
          if (!list) this.element.append(list = make("ul"));
          list.append(this.#item(block));
        } else {
          list = null;
          this.element.append(this.#block(block));
        }
      }
    }

    #block(block) {
      switch (block.kind) {
        case "Heading":
          this.level = Math.min(block.level + 2, this.level + 1, 6);
          return this.#piece(make(`h${this.level}`), block.start, block.end);
        case "Table": return this.#table(block);
        case "Code": return this.#piece(make("pre"), block.start, block.end);
        case "Quotation": return this.#piece(make("blockquote"), block.start, block.end);
        case "Caption": return this.#piece(make("p", "report-caption"), block.start, block.end);
        case "Footnote": return this.#piece(make("p", "report-footnote"), block.start, block.end);
        default: return this.#piece(make("p"), block.start, block.end);
      }
    }

    // An item that is numbered in its own words has no bullet beside them.
    #item(block) {
      const isMarked = /^([\p{L}\p{N}]{1,4}[.)]|\(\p{L}\)|[-*•–])\s/u.test(this.text.slice(block.start, block.end));
      const item = make("li", isMarked ? "report-marked" : "");
      item.dataset.level = Math.min(block.level || 1, 5);
      return this.#piece(item, block.start, block.end);
    }

    #table(block) {
      const body = make("tbody");
      let at = block.start;
      for (const line of this.text.slice(block.start, block.end).split("\n")) {
        const row = make("tr");
        let from = at;
        for (const cell of line.split(" | ")) {
          row.append(this.#piece(make("td"), from, from + cell.length));
          from += cell.length + 3;
        }
        body.append(row);
        at += line.length + 1;
      }
      const frame = make("div", "report-table", make("table", "", body));
      frame.tabIndex = 0;
      frame.role = "group";
      frame.ariaLabel = "Table";
      return frame;
    }

    #piece(element, start, end) {
      const piece = { element, start, end };
      element.dir = "auto";
      this.pieces.push(piece);
      this.#paint(piece);
      return element;
    }

    // The words of a piece, those that were read for the summary and those that are shown set apart.
    #paint({ element, start, end }) {
      const within = ranges => ranges.filter(range => range.start < end && range.end > start);
      const [read, chosen] = [within(this.read), within(this.chosen)];
      if (read.length + chosen.length === 0) {
        element.textContent = this.text.slice(start, end);
        return;
      }
      const cuts = [start, end, ...[...read, ...chosen].flatMap(range => [range.start, range.end])]
        .filter(at => at >= start && at <= end);
      const places = [...new Set(cuts)].sort((one, other) => one - other);
      element.replaceChildren(...places.slice(1).map((to, i) => {
        const from = places[i];
        const words = this.text.slice(from, to);
        const index = this.chosen.findIndex(range => range.start <= from && range.end >= to);
        if (index >= 0) {
          const mark = make("mark", "report-shown", words);
          mark.dataset.passage = index;
          return mark;
        }
        return read.some(range => range.start <= from && range.end >= to) ? make("span", "report-read", words) : words;
      }));
    }

    show(passages) {
      const changed = [...this.chosen, ...passages];
      this.chosen = passages;
      for (const piece of this.pieces)
        if (changed.some(range => range.start < piece.end && range.end > piece.start)) this.#paint(piece);
    }

    marksOf(index) {
      return [...this.element.querySelectorAll(`mark[data-passage="${index}"]`)];
    }

    elementAt(start) {
      return (this.pieces.find(piece => piece.end > start) ?? this.pieces.at(-1))?.element;
    }
  }

  // --- The page: the summary, its sentences as buttons, and the way through the passages of the chosen one.

  const show = (root, data) => {
    const text = new Text(data);
    const label = make("span", "report-step");
    label.ariaLive = "polite";
    let chosen = null;
    let at = 0;

    const scrollTo = element => {
      const far = Math.abs(element.getBoundingClientRect().top) > 3 * innerHeight;
      element.scrollIntoView({ block: "center", behavior: far || calm.matches ? "auto" : "smooth" });
    };

    const step = to => {
      const passages = chosen.passages;
      at = (to + passages.length) % Math.max(1, passages.length);
      for (const mark of text.element.querySelectorAll(".report-now")) mark.classList.remove("report-now");
      const marks = text.marksOf(at);
      for (const mark of marks) mark.classList.add("report-now");
      const place = passages[at] && [passages[at].section, passages[at].page && `page ${passages[at].page}`]
        .filter(Boolean).join(", ");
      label.textContent = passages.length === 0 ? "No passage was read for this sentence."
        : `Passage ${at + 1} of ${passages.length}` + (place ? ` · ${place}` : "");
      if (marks[0]) scrollTo(marks[0]);
    };

    const previous = button("report-previous", "‹", () => step(at - 1));
    previous.ariaLabel = "Previous passage";
    const next = button("report-next", "›", () => step(at + 1));
    next.ariaLabel = "Next passage";
    const back = button("report-back", "Back", () => {
      const { control } = chosen;
      leave();
      control.focus({ preventScroll: true });
      scrollTo(control);
    });
    back.ariaLabel = "Back to the sentence";
    const steps = make("nav", "report-steps", label, previous, next, back);
    steps.ariaLabel = "Passages";
    steps.hidden = true;

    const leave = () => {
      chosen?.control.setAttribute("aria-pressed", "false");
      chosen = null;
      steps.hidden = true;
      text.show([]);
    };

    const choose = (sentence, control) => {
      if (chosen?.control === control) return leave();
      leave();
      chosen = { passages: sentence.passages, control };
      control.setAttribute("aria-pressed", "true");
      steps.hidden = false;
      previous.hidden = next.hidden = sentence.passages.length < 2;
      text.show(sentence.passages);
      step(0);
    };

    const listOf = sentences => make("ol", "report-sentences", ...sentences.map(sentence => make("li", "",
      sentenceOf(sentence, choose), ...notesOf(sentence, data.text))));
    const go = start => {
      leave();
      const element = text.elementAt(start);
      if (element) scrollTo(element);
    };

    const sentences = listOf(data.sentences);
    const summary = make("section", "report-summary", make("h2", "", "Summary"),
      data.sentences.length > 0 ? sentences : make("p", "report-hint", "No sentence is left."));
    summary.ariaLabel = "Summary";
    if (data.sections?.length > 0) summary.append(make("h2", "", "Section by section"),
      ...data.sections.flatMap(section => [make("h3", "", button("report-part", section.heading ?? "Beginning",
        () => go(section.start))), listOf(section.sentences)]));
    else if (data.parts?.length > 0) summary.append(make("h2", "", "Part by part"), partsOf(data.parts, go));
    const all = [...summary.querySelectorAll("button.report-sentence")];
    summary.addEventListener("keydown", event => {
      const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const now = all.indexOf(document.activeElement);
      if (!by || now < 0) return;
      all[(now + by + all.length) % all.length].focus();
      event.preventDefault();
    });
    root.addEventListener("keydown", event => {
      if (event.key === "Escape" && chosen) back.click();
    });

    if (all.length > 0) summary.firstChild.after(
      make("p", "report-hint", "Choose a sentence to see the passages that were read for it."));
    if (data.warnings?.length > 0)
      summary.append(make("ul", "report-warnings", ...data.warnings.map(warning => make("li", "", warning))));
    if (data.figures?.length > 0)
      summary.append(make("dl", "report-figures", ...data.figures.map(([name, value]) =>
        make("div", "", make("dt", "", name), make("dd", "", value)))));

    const side = make("section", "report-document", make("h2", "", "Document"), steps, text.element);
    side.ariaLabel = "Document";
    root.classList.add("report");
    root.replaceChildren(summary, side);
  };

  // A sentence with its doubts marked; one whose passages were looked for can be chosen.
  const sentenceOf = (sentence, choose) => {
    const doubts = (sentence.doubts ?? []).filter(doubt => doubt.end - doubt.start < sentence.text.length);
    const places = [...new Set([0, sentence.text.length, ...doubts.flatMap(doubt => [doubt.start, doubt.end])])]
      .sort((one, other) => one - other);
    const words = places.slice(1).map((to, i) => {
      const piece = sentence.text.slice(places[i], to);
      return doubts.some(doubt => doubt.start <= places[i] && doubt.end >= to) ? make("mark", "report-doubt", piece) : piece;
    });
    if (!sentence.passages) return make("p", "report-sentence", ...words);
    const control = button("report-sentence", "", () => choose(sentence, control));
    control.replaceChildren(...words);
    control.setAttribute("aria-pressed", "false");
    control.dir = "auto";
    return control;
  };

  // Why a sentence is doubted; and, on paper, where it comes from.
  const notesOf = (sentence, text) => {
    const notes = [];
    if (sentence.doubts?.length > 0)
      notes.push(make("ul", "report-reasons", ...sentence.doubts.map(doubt => make("li", "", doubt.reason))));
    if (sentence.passages?.length > 0)
      notes.push(make("ul", "report-quotes", ...sentence.passages.map(passage => make("li", "",
        `“${text.slice(passage.start, passage.end).replace(/\s+/g, " ")}”`,
        [passage.section, passage.page && `page ${passage.page}`].filter(Boolean).map(part => ` · ${part}`).join("")))));
    return notes;
  };

  const partsOf = (parts, go) => make("ol", "report-parts", ...parts.map((part, i) => make("li", "",
    button("report-part", part.heading || `Part ${i + 1}`, () => go(part.start)), make("p", "", part.text))));

  const given = document.getElementById("report-data");
  if (given) show(document.getElementById("report"), JSON.parse(given.textContent));
  return { show };
})();
