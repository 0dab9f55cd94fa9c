// The plan is put together here and nowhere else: there is no form, and nothing is sent. A lost line takes nothing of it.
// Nor does the tab keep it, as it does elsewhere what is half typed: this page knows nobody, so whoever opens it next on
// this phone would read it, and it promises that what was written is gone when one leaves.
document.addEventListener("DOMContentLoaded", () => {
  const save = document.getElementById("save"), print_ = document.getElementById("print");
  const written = () => [...document.querySelectorAll("#plan textarea")]
    .map((box) => `${document.querySelector(`label[for="${box.id}"]`).textContent}\n${box.value.trim() || "–"}\n`)
    .join("\n");
  const empty = () => document.querySelectorAll("#plan textarea").forEach((box) => { box.value = ""; });
  empty(); // a browser that brings a page back may bring back what stood in it
  addEventListener("pageshow", (shown) => shown.persisted && empty());
  save.addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([`${document.title}\n\n${written()}`], { type: "text/plain;charset=utf-8" }));
    link.download = "my-plan.txt";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    document.getElementById("saved").textContent = "Saved among your downloads, as my-plan.txt.";
  });
  print_.addEventListener("click", () => print());
  save.hidden = print_.hidden = false;
});
