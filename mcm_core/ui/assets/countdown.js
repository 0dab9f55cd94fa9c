// Counts down to the end of a block. It closes nothing: when the time is up it says so and waits.
// The server says how much is left, so a phone whose clock is wrong counts right.
function draw({ data, parentElement }) {
  const face = parentElement.querySelector("p");
  const until = performance.now() + data.left * 1000;
  const show = () => {
    const left = Math.ceil((until - performance.now()) / 1000);
    const seconds = String(left % 60).padStart(2, "0");
    face.textContent = left > 0 ? `${Math.floor(left / 60)}:${seconds} left` : "When you’re ready";
  };
  clearInterval(parentElement.ticking);
  face.className = data.kind;
  parentElement.ticking = setInterval(show, 1000);
  show();
  return () => clearInterval(parentElement.ticking);
}
