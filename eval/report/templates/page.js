// Filters the questions, opens the one that a link names, and all of them for paper. Texts are only ever compared.
"use strict";
{
  const form = document.getElementById("filter");
  const cards = [...document.querySelectorAll("#cards > .card")];
  const texts = new Map(cards.map((card) => [card, card.textContent.toLowerCase()]));
  const open = document.getElementById("open");

  const filter = () => {
    const wanted = new FormData(form);
    const words = wanted.get("text").toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const card of cards) {
      const fits = [...wanted].every(([name, value]) => name === "text" || !value || card.dataset[name] === value)
        && words.every((word) => texts.get(card).includes(word));
      card.hidden = !fits;
      shown += fits;
    }
    document.getElementById("shown").textContent = `${shown} of ${cards.length} questions`;
    document.getElementById("none").hidden = shown > 0;
  };

  const follow = () => {
    const card = document.getElementById(location.hash.slice(1));
    if (!cards.includes(card)) return;
    if (card.hidden) { form.reset(); filter(); }
    card.open = true;
    card.scrollIntoView({ block: "start" });
    card.querySelector("summary").focus({ preventScroll: true });
  };

  const turn = (opened) => {
    open.setAttribute("aria-pressed", opened);
    open.textContent = opened ? "Close all" : "Open all";
    for (const card of cards) card.open = opened && !card.hidden;
  };

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = cards.filter((card) => !card.hidden && !card.open);
    for (const card of closed) card.open = true;
  });
  addEventListener("afterprint", () => { for (const card of closed) card.open = false; });

  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  open.addEventListener("click", () => turn(open.getAttribute("aria-pressed") !== "true"));
  addEventListener("hashchange", follow);
  filter();
  follow();
}
