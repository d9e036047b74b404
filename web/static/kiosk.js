// Signs the kiosk out when nobody touches it, and takes what a card reader types.
"use strict";

const WARN_SECONDS = 15;

function leaveWhenIdle(banner) {
  const left = banner.querySelector("[data-idle-left]");
  const allowed = Number(banner.dataset.idle) * 1000;
  let touchedAt = Date.now();

  function touch() {
    touchedAt = Date.now();
    banner.hidden = true;
  }

  for (const kind of ["pointerdown", "keydown", "scroll"]) {
    window.addEventListener(kind, touch, { passive: true });
  }
  window.setInterval(() => {
    const seconds = Math.ceil((touchedAt + allowed - Date.now()) / 1000);
    if (seconds <= 0) {
      // The start page ends the sign-in.
      window.location.replace("/kiosk");
      return;
    }
    banner.hidden = seconds > WARN_SECONDS;
    left.textContent = String(seconds);
  }, 250);
}

document.querySelectorAll("[data-idle]").forEach(leaveWhenIdle);

// A reader ends the card's text with Enter: on to the PIN, nothing is sent yet.
document.querySelectorAll("[data-card-form]").forEach((form) => {
  form.elements.card.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      form.elements.pin.focus();
    }
  });
});
