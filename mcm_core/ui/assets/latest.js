// What Streamlit calls in each component. It may call twice while the browser still fetches the script: the two calls
// then come in either order (Chromium promises none), and the older one is ended in the moment in which it comes. It must
// not take the newer one with it: so each begins a moment later, and the older one never.
export default function (call) {
  const place = call.parentElement;
  let begun = false;
  const soon = setTimeout(() => { begun = true; place.end = draw(call); });
  return () => {
    clearTimeout(soon);
    if (begun || !place.isConnected) place.end?.(); // gone from the page: what an earlier call began ends, too
  };
}
