"use strict";

// A phone's chat: what is done goes out by POST, what came is asked for every second and a half.
const phone = document.getElementById("phone");
const chat = document.getElementById("chat");
const toast = document.getElementById("toast");
const base = phone.dataset.base;
let known = "";
let asking = false;

async function refresh() {
  if (asking) return;
  asking = true;
  try {
    const response = await fetch(`${base}/chat?known=${encodeURIComponent(known)}`);
    if (response.status === 200) {
      const following = chat.scrollHeight - chat.scrollTop - chat.clientHeight < 80;
      const first = known === "";
      known = response.headers.get("X-State");
      chat.innerHTML = await response.text();
      if (following || first) chat.scrollTop = chat.scrollHeight;
    }
  } catch {
    tell("模拟器没有回应");
  } finally {
    asking = false;
  }
}

function tell(text) {
  toast.textContent = text;
  toast.hidden = false;
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => { toast.hidden = true; }, 2500);
}

async function act(action, body) {
  phone.classList.add("busy");
  const sent = fetch(`${base}/${action}`, { method: "POST", body });
  setTimeout(refresh, 60);
  try {
    const answer = await (await sent).json();
    if (answer.toast) tell(answer.toast);
    if (answer.open) window.open(answer.open, "_blank", "noreferrer");
  } catch {
    tell("没有发出去");
  }
  phone.classList.remove("busy");
  chat.scrollTop = chat.scrollHeight;
  await refresh();
}

document.addEventListener("click", (event) => {
  const toggled = event.target.closest("[data-toggle]");
  document.querySelectorAll(".sub").forEach((sub) => {
    if (!toggled || sub.previousElementSibling !== toggled) sub.hidden = true;
  });
  if (toggled) {
    const what = toggled.dataset.toggle;
    if (what === "sub") toggled.nextElementSibling.hidden = !toggled.nextElementSibling.hidden;
    else if (what === "plus") document.getElementById("plus").hidden = !document.getElementById("plus").hidden;
    else {
      document.getElementById("menu").hidden = what === "keys";
      document.getElementById("say").hidden = what !== "keys";
    }
    return;
  }
  const target = event.target.closest("[data-act]");
  if (!target) return;
  if (target.dataset.act !== "views") event.preventDefault();
  const body = new FormData();
  if (target.dataset.text !== undefined) body.append("text", target.dataset.text);
  if (target.dataset.bubble !== undefined) body.append("bubble", target.dataset.bubble);
  act(target.dataset.act, body);
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-form]");
  if (!form) return;
  event.preventDefault();
  const body = new FormData(form);
  if (form.dataset.form === "says") form.reset();
  else document.getElementById("plus").hidden = true;
  act(form.dataset.form, body);
});

refresh();
setInterval(refresh, 1500);
