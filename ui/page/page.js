// What the page does without asking its server: it opens sources beside the answer, saves what is taken away, and
// hands clicks on what it shows to Gradio. It never makes HTML of a text: nodes are cloned, texts are set as texts.
"use strict";

window.immunorag = (() => {
  const STORED = "immunorag-theme";
  let opener = null; // the mark whose source is open, to give the focus back to

  const panel = () => document.getElementById("evidence-panel");

  function open(button, { focus = true } = {}) {
    const source = document.getElementById(button.dataset.opens);
    const place = panel();
    if (!source || !place) return;
    for (const other of document.querySelectorAll('[aria-expanded="true"][data-opens]'))
      other.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-expanded", "true");
    const shown = source.cloneNode(true);
    shown.hidden = false;
    shown.removeAttribute("id");
    shown.tabIndex = -1;
    place.querySelector(".shown").replaceChildren(shown);
    document.body.classList.add("source-open");
    opener = button;
    if (focus) {
      document.body.classList.add("source-asked"); // on a phone, only what was asked for covers the page
      shown.focus({ preventScroll: true });
    }
    const mark = shown.querySelector("mark");
    const scrolled = place.querySelector(".shown");
    const below = mark && mark.offsetTop + mark.offsetHeight > scrolled.clientHeight;
    scrolled.scrollTop = below ? mark.offsetTop - scrolled.clientHeight / 2 : 0;
  }

  function close() {
    document.body.classList.remove("source-open", "source-asked");
    const place = panel();
    if (place) place.querySelector(".shown").replaceChildren();
    if (opener && opener.isConnected) {
      opener.setAttribute("aria-expanded", "false");
      opener.focus();
    }
    opener = null;
  }

  // The evidence is what this page is about: where there is room, an answer comes with its first source open.
  function settled(element) {
    if (element.querySelector('[aria-busy="true"]')) return;
    const first = element.querySelector("[data-opens]");
    if (first && window.matchMedia("(min-width: 1100px)").matches) open(first, { focus: false });
  }

  function listen(element, trigger, watch, names) {
    const tell = (name, data) => names.includes(name) && trigger(name, data);
    element.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button || !element.contains(button)) return;
      const turn = Number(button.closest("[data-turn]")?.dataset.turn ?? -1);
      const told = button.dataset;
      if (told.opens) open(button);
      else if (told.take) tell("take", { turn, form: told.take });
      else if (told.again) tell("again", { turn, how: told.again });
      else if (told.drop) tell("drop", { field: told.drop, value: told.value });
      else if (told.example) tell("example", { text: told.example });
      else if (told.shelf) tell("shelf", { how: told.shelf, paper: told.paper ?? "" });
      else if (told.act) act(button, tell);
      else if (told.leaf) turnLeaf(button, tell);
      else if (told.theme) turnTheme();
    });
    if (watch) watch("value", () => settled(element));
  }

  function act(button, tell) {
    const paper = button.closest("[data-paper]").dataset.paper;
    const how = button.dataset.act;
    if (how === "remove" && !window.confirm("Remove this paper, its text and the kept copy of its file?")) return;
    tell("act", { how, paper });
  }

  // A page as printed is asked for once, and put away and shown again without asking.
  function turnLeaf(button, tell) {
    const shown = button.nextElementSibling;
    if (shown) {
      shown.hidden = !shown.hidden;
      return;
    }
    if (button.getAttribute("aria-busy") === "true") return;
    const { paper, leaf, spans } = button.dataset;
    button.setAttribute("aria-busy", "true");
    tell("leaf", { key: `${paper} ${leaf} ${spans}`, paper, page: Number(leaf), spans: JSON.parse(spans) });
  }

  function showLeaf(found) {
    if (!found) return;
    for (const button of document.querySelectorAll("#evidence-panel [data-leaf]")) {
      const { paper, leaf, spans } = button.dataset;
      if (`${paper} ${leaf} ${spans}` !== found.key || button.nextElementSibling) continue;
      button.removeAttribute("aria-busy");
      const shown = document.createElement(found.picture ? "img" : "p");
      if (found.picture) {
        shown.src = found.picture;
        shown.alt = `Page ${leaf} of the paper, with the quote marked`;
      } else {
        shown.className = "remark";
        shown.textContent = found.problem;
      }
      button.after(shown);
    }
  }

  async function save(gift) {
    if (!gift || !gift.text) return;
    if (!gift.name) {
      await navigator.clipboard.writeText(gift.text);
      say("Copied");
      return;
    }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([gift.text], { type: gift.kind }));
    link.download = gift.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    say(`Saved ${gift.name}`);
  }

  function say(text) {
    let line = document.getElementById("spoken");
    if (!line) {
      line = document.createElement("div");
      line.id = "spoken";
      line.setAttribute("role", "status");
      document.body.append(line);
    }
    line.textContent = text;
    line.classList.add("on");
    clearTimeout(say.timer);
    say.timer = setTimeout(() => line.classList.remove("on"), 2500);
  }

  function turnTheme() {
    const dark = !document.body.classList.contains("dark");
    document.body.classList.toggle("dark", dark);
    try {
      localStorage.setItem(STORED, dark ? "dark" : "light");
    } catch {
      // without storage, the choice holds until the page is left
    }
  }

  function begin() {
    let stored = null;
    try {
      stored = localStorage.getItem(STORED);
    } catch {
      // as above
    }
    if (stored) document.body.classList.toggle("dark", stored === "dark");
    document.documentElement.lang = "en";
    new MutationObserver(unlabel).observe(document.body, { childList: true, subtree: true });
  }

  // Gradio gives its field for files a label that says less than what stands in it.
  function unlabel() {
    for (const field of document.querySelectorAll(".upload-container[aria-label]")) field.removeAttribute("aria-label");
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.body.classList.contains("source-open")) close();
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
      const question = document.querySelector("#question textarea");
      if (question) {
        event.preventDefault();
        question.focus();
      }
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-close]")) close();
  });

  return { begin, listen, save, showLeaf };
})();
