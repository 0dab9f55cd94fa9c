document.addEventListener("DOMContentLoaded", () => {
  document.getElementById("print")?.addEventListener("click", () => print());
});
