// How many are in, asked for as a few words when the number on the stream has changed (live/listener.js): a run of the
// page for it costs the server twenty times as much, and twenty rooms ask four times a second. And the minutes so far.
const TICK = 5000; // milliseconds

function draw({ data, parentElement }) {
  const place = parentElement.querySelector("span");
  place.stop?.();
  const began = performance.now() - 1000 * data.age;
  let latest, stopped = false;
  const changed = async (event) => {
    const { address, now, tell, shown } = event.detail;
    if (address !== data.follows) return;
    event.preventDefault();
    latest = now;
    try {
      const answer = await fetch(data.ask, { credentials: "same-origin" });
      if (!answer.ok) throw new Error(answer.status);
      const words = await answer.text();
      if (stopped || now !== latest) return; // another vote's count stands there, or a newer number is on its way
      write(".turnout-count", words);
      shown();
    } catch {
      if (!stopped) tell(); // the page says what is wrong
    }
  };
  const tick = () => {
    const minutes = Math.floor((performance.now() - began) / 60000);
    write(".turnout-minutes", minutes < data.minutes ? data.so_far.replace("{}", minutes) : data.late);
  };
  addEventListener("mcm-changed", changed);
  const clock = setInterval(tick, TICK);
  place.stop = () => {
    stopped = true;
    removeEventListener("mcm-changed", changed);
    clearInterval(clock);
  };
  return place.stop;
}

function write(where, words) {
  for (const element of document.querySelectorAll(where)) element.textContent = words;
}
