// The summaries of this tab: they outlive a reload of the page, and not the tab. The oldest make room for new ones.
"use strict";
const longT5History = (() => {
  const place = "longt5";
  const read = () => {
    try {
      return JSON.parse(sessionStorage.getItem(place)) ?? [];
    } catch {
      return [];
    }
  };
  const entries = read();
  const keep = () => {
    for (let from = 0; from <= entries.length; from++) {
      try {
        return sessionStorage.setItem(place, JSON.stringify(entries.slice(from)));
      } catch {
        // There is no room for all of them: those that are left out live as long as the page is not loaded again.
      }
    }
  };
  return {
    entries,
    keep,
    find: id => entries.find(entry => entry.id === id),
    add(entry) {
      entries.push(entry);
      keep();
    },
  };
})();
