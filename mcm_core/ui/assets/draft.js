// Keeps what somebody types in this tab until it is saved, so that it is there again when their sign-in has ended and
// they come back (WCAG 2.2.5). It is bound to the person, and goes when they sign out or press “Exit this page”.
export default function ({ data, parentElement }) {
  const host = parentElement.getRootNode().host ?? parentElement; // a component lives in a shadow
  const place = host.closest('[class*="st-key-draft-"]');
  // A saved note's box makes room for an empty one. Streamlit may call for the old one again then: the class says which it is.
  const generation = () => Number(place?.className.match(/st-key-draft-\S*-(\d+)(\s|$)/)?.[1]);
  if (generation() !== data.generation) return;
  place.stopKeeping?.(); // it may begin anew, too, before it has ended what was there
  const name = `draft ${data.who} ${data.place}`;
  const kept = () => JSON.parse(sessionStorage.getItem(name) ?? "null");
  const keep = (event) => {
    if (window.mcmLeaves) return; // post.js has just emptied this tab, and the page stands for a moment longer
    sessionStorage.setItem(name, JSON.stringify({ text: event.target.value, generation: generation() }));
  };
  if (data.generation > kept()?.generation) sessionStorage.removeItem(name); // it was saved
  const bringBack = (box, text) => {
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(box, text);
    box.dispatchEvent(new Event("input", { bubbles: true })); // as if it had been typed
    box.focus();
    box.blur(); // which sends it
  };
  const wait = setInterval(() => { // Streamlit draws the box a moment later
    const box = place.querySelector("textarea");
    if (!box) return;
    clearInterval(wait);
    if (generation() !== data.generation) return;
    const text = kept()?.text;
    if (box.value) keep({ target: box }); // somebody was quicker
    else if (text && data.generation === 0) bringBack(box, text);
  }, 100);
  place.addEventListener("input", keep);
  place.stopKeeping = () => { clearInterval(wait); place.removeEventListener("input", keep); };
  return place.stopKeeping;
}
