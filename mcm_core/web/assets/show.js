// “Show the password” and “Put it into the field”, which stay hidden where they could not work.
document.addEventListener("DOMContentLoaded", () => {
  const show = document.getElementById("show");
  const password = document.getElementById("password");
  const take = document.getElementById("take");
  const seen = (yes) => { password.type = yes ? "text" : "password"; };
  show.hidden = take.hidden = false;
  show.firstElementChild.onchange = (event) => seen(event.target.checked);
  take.onclick = () => {
    password.value = document.getElementById("suggested").textContent;
    seen(show.firstElementChild.checked = true);
    password.focus();
  };
});
