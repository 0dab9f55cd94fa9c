// Streamlit draws our navigation as a plain box. This makes it one that a screen reader can jump to, whenever it is drawn.
document.addEventListener("DOMContentLoaded", () => {
  const name = () => {
    const box = document.querySelector(".st-key-navigation:not([role])");
    if (!box) return;
    box.setAttribute("role", "navigation");
    box.setAttribute("aria-label", "Pages");
  };
  new MutationObserver(name).observe(document.getElementById("root"), { childList: true, subtree: true });
  name();
});
