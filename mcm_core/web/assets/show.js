// “Show the password”, which stays hidden where it could not work.
document.addEventListener("DOMContentLoaded", () => {
  const show = document.getElementById("show");
  show.hidden = false;
  show.firstElementChild.onchange = (event) => {
    document.getElementById("password").type = event.target.checked ? "text" : "password";
  };
});
