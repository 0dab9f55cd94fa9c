// While a vote is closed: when something has changed (live/listener.js), the picture comes first, as a piece of HTML, and
// the page, which costs the server twenty times as much, when its turn has come. Whatever has no picture goes on at once.
const LONG = 4000; // milliseconds after which an answer is not waited for
const SPREAD = 8000; // milliseconds over which phones fetch what the page will draw with, each at a moment of its own

function draw({ data, parentElement }) {
  const place = parentElement.querySelector(".early");
  place.stop?.();
  let heard, asked, turn;
  const fetched = () => data.draws.forEach((file) => import(new URL(file, location.origin)).catch(() => {}));
  const ready = setTimeout(fetched, SPREAD * Math.random());
  const changed = async (event) => {
    const { now, tell } = event.detail;
    if (now === asked) return; // the run that was asked for did not come: nothing stands in between
    event.preventDefault();
    if (now === heard) return; // its turn will come
    heard = now;
    clearTimeout(turn);
    const wait = await show(place, data.address);
    if (heard !== now) return;
    turn = setTimeout(() => { asked = now; tell(); }, wait);
  };
  addEventListener("mcm-changed", changed);
  place.stop = () => {
    removeEventListener("mcm-changed", changed);
    clearTimeout(turn);
    clearTimeout(ready);
    heard = null;
  };
  return place.stop;
}

// Milliseconds until the page should come: none at all when there is nothing to show.
async function show(place, address) {
  const given = new AbortController();
  const late = setTimeout(() => given.abort(), LONG);
  try {
    const answer = await fetch(address, { credentials: "same-origin", signal: given.signal });
    if (answer.status !== 200) return 0;
    place.innerHTML = await answer.text(); // ours, with everything in it that people wrote escaped
    return Number(answer.headers.get("Mcm-Wait")) || 0;
  } catch {
    return 0;
  } finally {
    clearTimeout(late);
  }
}
