// Says in words that the page has lost its server, and that it is back. Streamlit's own words are about a terminal, and
// its dialog would lie over the ballot, which goes on without a connection (ballot.js): so it is told to show none.
window.__streamlit = { HOST_CONFIG: { blockErrorDialogs: true } };
(() => {
  const LOST = "No connection just now. What you tapped or typed is kept here, and this page goes on by itself.";
  const BACK = "Connected again.";
  const PATIENCE = 1500; // milliseconds: a page that is only being loaded, or a server that starts anew, is back sooner
  const READ = 4000, SELDOM = 10000;
  let lost = false, timer;

  const state = () => document.querySelector('[data-testid="stApp"]')?.dataset.testConnectionState;
  const say = (words) => { document.getElementById("connection").textContent = words; };
  const look = () => {
    const now = state();
    if (!now) return; // a page of ours without Streamlit's app
    if (now === "DISCONNECTED_FOREVER") loadAnew();
    if (navigator.onLine && now === "CONNECTED") return back();
    if (!lost && !timer) timer = setTimeout(() => { lost = true; timer = null; say(LOST); }, PATIENCE);
  };
  const back = () => {
    clearTimeout(timer);
    timer = null;
    if (!lost) return;
    lost = false;
    say(BACK);
    setTimeout(() => { if (!lost) say(""); }, READ);
    dispatchEvent(new Event("online")); // the browser need not have noticed: what waits for it goes out now (ballot.js)
  };
  // Streamlit has given up, or a part of its page could not be fetched and is an error on the screen from then on.
  // Everything that matters is on the server or in this tab's memory.
  const loadAnew = async () => {
    const alive = await fetch("/healthz").then((answer) => answer.ok, () => false);
    const last = Number(sessionStorage.getItem("loaded anew") ?? 0);
    if (!alive || Date.now() - last < SELDOM) return void setTimeout(loadAnew, 2 * PATIENCE);
    sessionStorage.setItem("loaded anew", String(Date.now()));
    location.reload();
  };
  addEventListener("vite:preloadError", loadAnew);
  addEventListener("online", look);
  addEventListener("offline", look);
  new MutationObserver(look).observe(document, { subtree: true, attributeFilter: ["data-test-connection-state"] });
})();
