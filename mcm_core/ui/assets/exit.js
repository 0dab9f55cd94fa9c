// Leaves at once, and takes this page out of the history entry that it stands in. Works while the server is down.
export default function ({ parentElement }) {
  const leave = () => { document.documentElement.hidden = true; location.replace("https://www.bbc.co.uk/weather"); };
  parentElement.querySelector("button").onclick = leave;
}
