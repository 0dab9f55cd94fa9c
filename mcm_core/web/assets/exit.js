// The one way out of every page: press “Exit this page”, or Shift three times (the pattern of GOV.UK's component: five
// seconds between two presses, lights for the eye, words for a screen reader). It blanks the page, then puts another
// one in its place in the history, and needs no server for it.
// Other pages of ours may stand further back in this tab's history. Whoever goes back to one after leaving is sent
// on before anything is drawn; only opening an address anew brings a page again.
(() => {
  const { to } = document.currentScript.dataset;
  const PATIENCE = 5000;
  const SAY = ["", "Shift, press 2 more times to exit.", "Shift, press 1 more time to exit."];
  let pressed = 0, modified = false, timer;

  const remember = (left) => {
    try {
      if (left) sessionStorage.clear(); // also what was half-written
      left ? sessionStorage.setItem("left", "yes") : sessionStorage.removeItem("left");
    } catch { /* this browser keeps nothing for us */ }
  };
  const hasLeft = () => {
    try { return sessionStorage.getItem("left") === "yes"; } catch { return false; }
  };
  const leave = () => {
    remember(true);
    blank();
    location.replace(to);
  };
  const blank = () => {
    document.title = "Loading";
    if (!document.body) { document.documentElement.hidden = true; return; }
    for (const part of document.body.children) part.style.setProperty("display", "none", "important");
    const cover = document.createElement("p");
    cover.setAttribute("role", "alert");
    cover.style.cssText = "position: fixed; inset: 0; margin: 0; padding: 1rem; z-index: 2147483647; background: Canvas; color: CanvasText";
    document.body.append(cover);
    cover.textContent = "Loading."; // after the append, so that it is announced
  };

  const say = (words) => { document.getElementById("exit-said").textContent = words; };
  const light = () => { document.getElementById("exit").dataset.pressed = String(pressed); };
  const press = () => {
    pressed += 1;
    if (pressed === SAY.length) return leave();
    light();
    say(SAY[pressed]);
    clearTimeout(timer);
    timer = setTimeout(expire, PATIENCE);
  };
  const expire = () => {
    pressed = 0;
    light();
    say("Exit this page expired.");
    clearTimeout(timer);
    timer = setTimeout(() => say(""), PATIENCE);
  };

  addEventListener("keyup", (event) => {
    if (event.key === "Shift" && !modified) press(); // alone, not while it made a capital letter
    else if (pressed) expire();
    modified = event.shiftKey;
  }, true);
  addEventListener("click", (event) => {
    if (!event.composedPath().some((part) => part.id === "exit")) return;
    event.preventDefault();
    leave();
  }, true);
  addEventListener("pageshow", (event) => { if (event.persisted && hasLeft()) leave(); });
  const [arrival] = performance.getEntriesByType("navigation");
  if (arrival?.type !== "back_forward") remember(false);
  else if (hasLeft()) leave();
})();
