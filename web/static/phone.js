// Refreshes the live code and the badge in place, and keeps a double tap from sending a form twice.
"use strict";

const POLL_MS = 60000;
const MOST_SHOWN = 99;

const STEP_SECONDS = 15;
const GRACE_MS = 2 * STEP_SECONDS * 1000; // A gate takes a code two steps after its own.
const RETRY_MS = 3000;

// A sign-in may have ended meanwhile: only a page can say so, and only with a network.
async function reloadIfSignedOut() {
  const answer = await fetch("/messages/unread").catch(() => null);
  if (answer?.redirected || answer?.status === 401) {
    window.location.reload();
  }
}

// The picture is exchanged once the next one is there: without a network it stays, first good,
// then grey, and never broken. No key is kept in the browser; see docs/decisions/0014.
function keepCodeFresh(figure) {
  let image = figure.querySelector("img");
  const bar = figure.querySelector("progress");
  const words = figure.querySelector("[data-countdown]");
  const address = image.src;
  let newest = image;
  let isMissing = false;
  let nextAt = Date.now() + Number(figure.dataset.secondsLeft) * 1000;
  let goodUntil = nextAt + GRACE_MS;

  function fetchCode() {
    nextAt = Date.now() + STEP_SECONDS * 1000;
    const next = image.cloneNode();
    newest = next;
    next.addEventListener("load", () => {
      if (next === newest) {
        image.replaceWith(next);
        image = next;
        isMissing = false;
        goodUntil = nextAt + GRACE_MS;
      }
    });
    next.addEventListener("error", () => {
      isMissing = true;
      nextAt = Math.min(nextAt, Date.now() + RETRY_MS);
      reloadIfSignedOut();
    });
    next.src = `${address}&at=${Date.now()}`;
  }

  // The page came, its picture did not.
  if (image.complete && image.naturalWidth === 0) {
    fetchCode();
  } else {
    image.addEventListener("error", fetchCode, { once: true });
  }

  function describe(seconds) {
    if (Date.now() >= goodUntil) {
      return "没有网络，这个码已经过期。连上网后自动换新码";
    }
    return isMissing ? "没取到新码，正在重试…" : `${seconds} 秒后自动换新码，截图没有用`;
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
    words.textContent = describe(seconds);
    figure.classList.toggle("stale", Date.now() >= goodUntil);
  }

  // A phone that slept shows an old code.
  document.addEventListener("visibilitychange", tick);
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

document.querySelectorAll("form:not([data-download])").forEach((form) => {
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
