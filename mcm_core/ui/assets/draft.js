// Keeps what somebody types in this tab until it is saved, so that it is there again when their sign-in has ended and
// they come back (WCAG 2.2.5). It is bound to the person, and goes when they sign out or press “Exit this page”.
export default function ({ data, parentElement }) {
  const host = parentElement.getRootNode().host ?? parentElement; // a component lives in a shadow
  const place = host.closest('[class*="st-key-draft-"]');
  if (!place) return;
  const name = `draft ${data.who} ${data.place}`;
  const keep = (event) => {
    if (window.mcmLeaves) return; // post.js has just emptied this tab, and the page stands for a moment longer
    sessionStorage.setItem(name, JSON.stringify({ text: event.target.value, generation: data.generation }));
  };
  const kept = JSON.parse(sessionStorage.getItem(name) ?? "null");
  if (kept && data.generation > kept.generation) sessionStorage.removeItem(name); // it was saved
  const bringBack = (box) => {
    if (!kept?.text || data.generation > 0 || box.value) return;
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(box, kept.text);
    box.dispatchEvent(new Event("input", { bubbles: true })); // as if it had been typed
    box.focus();
    box.blur(); // which sends it
  };
  const wait = setInterval(() => { // Streamlit draws the box a moment later
    const box = place.querySelector("textarea");
    if (!box) return;
    clearInterval(wait);
    bringBack(box);
  }, 100);
  place.addEventListener("input", keep);
  return () => { clearInterval(wait); place.removeEventListener("input", keep); };
}
