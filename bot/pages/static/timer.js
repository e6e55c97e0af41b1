// Counts down what is left for the question on the page. The server decides: when the time and its grace are over, the
// page is asked for again. Nothing is submitted by itself. What it says comes from the page, in the page's language.
"use strict";
(() => {
  const timer = document.getElementById("timer");
  const words = document.getElementById("timer-words");
  const said = document.getElementById("timer-said");
  const spoken = [30, 10];
  const begun = performance.now();
  const given = Number(timer.dataset.left);
  const again = Math.max(given + Number(timer.dataset.grace) + 1, 2);
  let before = given + 1;

  const inWords = (left) => {
    const minutes = Math.floor(left / 60);
    const seconds = left % 60;
    return minutes
      ? timer.dataset.minutes.replace("{m}", minutes).replace("{s}", String(seconds).padStart(2, "0"))
      : timer.dataset.seconds.replace("{s}", seconds);
  };

  const tick = () => {
    const passed = (performance.now() - begun) / 1000;
    const left = Math.max(0, Math.ceil(given - passed));
    words.textContent = left ? timer.dataset.words.replace("{left}", inWords(left)) : timer.dataset.up;
    timer.classList.toggle("timer_soon", left <= 10);
    for (const mark of spoken) {
      if (left <= mark && before > mark) said.textContent = timer.dataset.soon.replace("{s}", left);
    }
    before = left;
    if (passed >= again) {
      clearInterval(ticking);
      location.replace(timer.dataset.again);
    }
  };

  const ticking = setInterval(tick, 500);
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  tick();
})();
