// Opens the event stream once and reruns the fragment that holds this component when the sequence number on the
// stream is not the one that the fragment was drawn with. A broken stream reconnects by itself; the first number
// after that tells whether anything was missed.
export default function ({ data, setTriggerValue, parentElement }) {
  const tell = () => setTriggerValue("changed", Date.now());
  const open = parentElement.stream;
  if (open && open.address === data.address) {
    open.drawn = data.drawn;
    open.tell = tell;
    return open.close;
  }
  if (open) open.close();
  const source = new EventSource(data.address);
  const stream = { address: data.address, drawn: data.drawn, tell };
  stream.close = () => { source.close(); delete parentElement.stream; };
  source.onmessage = (event) => {
    const now = Number(event.data);
    if (now === stream.drawn) return;
    stream.drawn = now;
    stream.tell();
  };
  parentElement.stream = stream;
  return stream.close;
}
