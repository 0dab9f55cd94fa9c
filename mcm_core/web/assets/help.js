// Puts what this cohort's facilitator has written into the help panel: when the page opens, so that it is still there
// when the server is not, and whenever the panel is opened.
document.addEventListener("DOMContentLoaded", () => {
  const help = document.getElementById("help");
  const words = document.getElementById("help-words");
  const renew = async () => {
    try {
      const answer = await fetch(`/help/words${location.search}`);
      if (answer.ok) words.innerHTML = await answer.text();
    } catch { /* what stands there is still right */ }
  };
  const close = (event) => { if (help.open && !event.composedPath().includes(help)) help.open = false; };
  help.addEventListener("toggle", () => { if (help.open) renew(); });
  document.addEventListener("click", close, true);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !help.open) return;
    help.open = false;
    help.querySelector("summary").focus();
  });
  renew();
});
