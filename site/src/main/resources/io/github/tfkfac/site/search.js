"use strict";
(() => {
  const root = document.body.dataset.root;
  const field = document.getElementById("search");
  const list = document.getElementById("found");
  const SHOWN = 25;
  const AROUND = 60;
  const API_WEIGHT = 0.6;

  const entries = searchIndex.map(([title, url, text]) => ({
    title, url, text, lowerTitle: title.toLowerCase(), lowerText: text.toLowerCase(),
  }));

  /** Higher for words in titles, highest where a title begins with them; 0 if one is missing. */
  function score(entry, words) {
    let sum = 0;
    for (const word of words) {
      const inTitle = entry.lowerTitle.indexOf(word);
      if (inTitle < 0 && !entry.lowerText.includes(word)) {
        return 0;
      }
      sum += inTitle === 0 ? 4 : inTitle > 0 ? 2 : 1;
    }
    return sum * (entry.url.startsWith("api/") ? API_WEIGHT : 1) + 1 / (1 + entry.title.length);
  }

  function excerpt(entry, word) {
    const at = Math.max(0, entry.lowerText.indexOf(word) - AROUND);
    return (at > 0 ? "… " : "") + entry.text.slice(at, at + 2 * AROUND + word.length);
  }

  function show() {
    const words = field.value.toLowerCase().split(/\s+/).filter((word) => word);
    list.replaceChildren();
    if (words.length === 0) {
      return;
    }
    const found = entries
      .map((entry) => ({ entry, value: score(entry, words) }))
      .filter((hit) => hit.value > 0)
      .sort((one, other) => other.value - one.value)
      .slice(0, SHOWN);
    for (const { entry } of found) {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = root + entry.url;
      link.textContent = entry.title;
      const text = document.createElement("small");
      text.textContent = excerpt(entry, words[0]);
      item.append(link, text);
      list.append(item);
    }
    if (found.length === 0) {
      const none = document.createElement("li");
      none.textContent = "Nothing found.";
      list.append(none);
    }
  }

  field.addEventListener("input", show);
  field.value = new URLSearchParams(location.search).get("q") ?? "";
  show();
})();
