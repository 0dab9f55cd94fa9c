// Opens the event stream once and reruns the fragment that holds this component when the sequence number on the
// stream is not the one that the fragment was drawn with. The number comes with every beat, so a change that got lost
// is seen with the next one. A stream that is silent or refused is opened anew, and the fragment runs once for it.
const SILENT = 75000; // milliseconds without a beat (bus.BEAT) before a stream counts as dead
const LOST = 10000; // after which a run that was asked for and did not come is asked for again
const TIMES = 3;
const AGAIN = 18000; // before a dead one is tried again; no page asks more often

function draw({ data, setTriggerValue, parentElement }) {
  const tell = () => setTriggerValue("changed", Date.now());
  const known = parentElement.stream;
  if (known && known.address === data.address) {
    known.drawn = data.drawn;
    known.tell = tell;
    return known.close;
  }
  if (known) known.close();
  const stream = { address: data.address, drawn: data.drawn, tell };
  let source, silence, again, told, times, at = 0;
  // Something on the page may have a quicker way to show what is new, and asks for the run itself (ui/assets/early.js)
  // or needs none (turnout.js).
  const offer = (now) => {
    const shown = () => { stream.drawn = now; };
    const detail = { now, address: stream.address, tell: () => stream.tell(), shown };
    if (dispatchEvent(new CustomEvent("mcm-changed", { cancelable: true, detail }))) stream.tell();
  };
  const hear = (now) => {
    clearTimeout(again);
    if (now === stream.drawn) return;
    if (now !== told || Date.now() - at >= LOST) {
      [told, at, times] = [now, Date.now(), now === told ? times + 1 : 1];
      offer(now);
    }
    if (times < TIMES) again = setTimeout(() => hear(now), LOST); // then with the beats
  };
  const open = () => {
    source = new EventSource(data.address);
    source.onmessage = (event) => {
      listen();
      hear(Number(event.data));
    };
    source.onerror = () => { if (source.readyState === EventSource.CLOSED) wait(AGAIN); };
    listen();
  };
  const listen = () => wait(SILENT);
  const wait = (long) => {
    clearTimeout(silence);
    silence = setTimeout(() => { source.close(); stream.tell(); open(); }, long * (0.9 + 0.2 * Math.random()));
  };
  stream.close = () => { clearTimeout(silence); clearTimeout(again); source.close(); delete parentElement.stream; };
  open();
  parentElement.stream = stream;
  return stream.close;
}
