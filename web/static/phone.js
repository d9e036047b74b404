// Refreshes the live code and the badge in place, and keeps a double tap from sending a form twice.
"use strict";

const POLL_MS = 60000;
const MOST_SHOWN = 99;

const STEP_SECONDS = 15;

function keepCodeFresh(figure) {
  const image = figure.querySelector("img");
  const bar = figure.querySelector("progress");
  const words = figure.querySelector("[data-countdown]");
  const address = image.src;
  let isStale = false;
  let nextAt = Date.now() + Number(figure.dataset.secondsLeft) * 1000;

  function fetchCode() {
    nextAt = Date.now() + STEP_SECONDS * 1000;
    image.src = `${address}&at=${Date.now()}`;
  }

  function tick() {
    if (document.hidden) {
      return;
    }
    if (Date.now() >= nextAt) {
      fetchCode();
    }
    const seconds = Math.max(0, Math.ceil((nextAt - Date.now()) / 1000));
    bar.value = seconds;
    words.textContent = isStale ? "没取到新码，正在重试…" : `${seconds} 秒后自动换新码，截图没有用`;
  }

  image.addEventListener("load", () => {
    isStale = false;
  });
  image.addEventListener("error", () => {
    isStale = true;
    nextAt = Date.now() + 3000;
  });
  document.addEventListener("visibilitychange", () => {
    // A phone that slept may show an old code; a sign-in may have ended meanwhile.
    if (!document.hidden && Date.now() >= nextAt) {
      window.location.reload();
    }
  });
  window.setInterval(tick, 250);
}

document.querySelectorAll("[data-code]").forEach(keepCodeFresh);

function keepBadgeFresh(badge) {
  function show({ unread }) {
    badge.hidden = unread === 0;
    badge.textContent = unread > MOST_SHOWN ? `${MOST_SHOWN}+` : String(unread);
    badge.setAttribute("aria-label", `${unread} 条没看过`);
  }

  async function ask() {
    const answer = await fetch("/messages/unread").catch(() => null);
    if (answer?.ok && !answer.redirected) {
      show(await answer.json());
    }
  }

  function poll() {
    ask();
    window.setInterval(ask, POLL_MS);
  }

  if (!window.EventSource) {
    poll();
    return;
  }
  const events = new EventSource("/messages/events");
  events.addEventListener("unread", (event) => show(JSON.parse(event.data)));
  events.addEventListener("error", () => {
    // Closed for good: too many connections, or a proxy that lets none through.
    if (events.readyState === EventSource.CLOSED) {
      poll();
    }
  });
}

document.querySelectorAll("[data-unread]").forEach(keepBadgeFresh);

document.querySelectorAll("form").forEach((form) => {
  form.addEventListener("submit", () => {
    // After the event, so that the pressed button's own value is still sent.
    window.setTimeout(() => {
      form.querySelectorAll("button").forEach((button) => {
        button.disabled = true;
      });
    }, 0);
  });
});

// Coming back with the "back" button shows the page as it was left: make its forms usable again.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("button[disabled]").forEach((button) => {
    button.disabled = false;
  });
});
