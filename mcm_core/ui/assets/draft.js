// Keeps what somebody types in this tab until it is saved, so that it is there again when their sign-in has ended and
// they come back (WCAG 2.2.5). It is bound to the person, and goes when they sign out or press “Exit this page”.
function draw({ data, parentElement }) {
  if (data.over) return forgetWhatIsOver(data);
  if (data.kind) return forgetAllBut(data);
  const host = parentElement.getRootNode().host ?? parentElement; // a component lives in a shadow
  const place = host.closest('[class*="st-key-draft-"]');
  // A saved note's box makes room for an empty one. Streamlit may call for the old one again then: the class says which it is.
  const generation = () => Number(place?.className.match(/st-key-draft-\S*-(\d+)(\s|$)/)?.[1]);
  if (generation() !== data.generation) return;
  place.stopKeeping?.(); // it may begin anew, too, before it has ended what was there
  const boxes = () => [...place.querySelectorAll(".stTextArea textarea, .stTextInput input")];
  const name = (number) => `draft ${data.who} ${data.place} ${number}`;
  const same = (one, other) => one.trim() === other.trim(); // the server stores words without the blanks around them
  const forget = (number) => sessionStorage.removeItem(name(number));
  const keep = (box, number) => {
    if (window.mcmLeaves) return; // post.js has just emptied this tab, and the page stands for a moment longer
    const base = data.stored[number]; // what it was written upon
    if (same(box.value, base)) forget(number);
    else sessionStorage.setItem(name(number), JSON.stringify({ text: box.value, base, generation: generation() }));
  };
  const bringBack = (box, text) => {
    const kind = box.tagName === "INPUT" ? HTMLInputElement : HTMLTextAreaElement;
    Object.getOwnPropertyDescriptor(kind.prototype, "value").set.call(box, text);
    box.dispatchEvent(new Event("input", { bubbles: true })); // as if it had been typed
    box.dispatchEvent(new FocusEvent("focusout", { bubbles: true })); // sends it; in a closed fold nothing takes a real focus
  };
  const begin = (box, number) => {
    const kept = JSON.parse(sessionStorage.getItem(name(number)) ?? "null");
    const stored = data.stored[number];
    if (kept && (data.generation > kept.generation || same(kept.text, stored))) forget(number); // it was saved
    else if (!same(box.value, stored)) keep(box, number); // somebody was quicker
    else if (kept && !same(kept.base, stored)) forget(number); // it was changed elsewhere since
    else if (kept && data.generation === 0) bringBack(box, kept.text);
  };
  const begun = new WeakSet();
  let soon;
  const look = () => {
    soon = null;
    const found = boxes();
    if (generation() !== data.generation || found.length < data.stored.length) return;
    found.forEach((box, number) => {
      if (begun.has(box)) return;
      begun.add(box);
      begin(box, number);
    });
  };
  const shortly = () => { soon ??= setTimeout(look, 100); };
  const drawn = new MutationObserver(shortly); // Streamlit draws the boxes a moment later, and one of them anew at times
  drawn.observe(place, { childList: true, subtree: true });
  shortly();
  const typed = ({ target }) => {
    const number = boxes().indexOf(target);
    if (number >= 0) keep(target, number);
  };
  place.addEventListener("input", typed);
  place.stopKeeping = () => {
    drawn.disconnect();
    clearTimeout(soon);
    place.removeEventListener("input", typed);
  };
  return place.stopKeeping;
}

// A form that is put away when it is saved or given up cannot forget by itself.
function forgetWhatIsOver({ who, over }) {
  for (const [place, generation] of Object.entries(over)) {
    const beneath = (name) => [" ", "."].some((end) => name.startsWith(`draft ${who} ${place}${end}`));
    const before = (name) => JSON.parse(sessionStorage.getItem(name)).generation < generation;
    Object.keys(sessionStorage).filter((name) => beneath(name) && before(name)).forEach((name) => sessionStorage.removeItem(name));
  }
}

function forgetAllBut({ who, kind, ids }) {
  const start = `draft ${who} ${kind}.`;
  const isGone = (name) => name.startsWith(start) && !ids.includes(name.slice(start.length).split(/[. ]/)[0]);
  Object.keys(sessionStorage).filter(isGone).forEach((name) => sessionStorage.removeItem(name));
}
