// Streamlit's page can fall over when a part of it and the whole are drawn at once ("Cannot set a node at a delta
// path", streamlit#15084 and #16281): the screen turns blank. Everything that matters is on the server, so load it anew.
function draw() {
  if (window.guarded) return;
  window.guarded = true;
  const blank = () => !document.getElementById("root")?.childElementCount;
  const reload = () => {
    const last = Number(sessionStorage.getItem("reloaded") ?? 0);
    if (!blank() || Date.now() - last < 3000) return;
    sessionStorage.setItem("reloaded", String(Date.now()));
    location.reload();
  };
  window.addEventListener("error", () => setTimeout(reload, 250));
}
