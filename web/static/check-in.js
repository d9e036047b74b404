// Asks for the location when a check-in button is pressed, and checks in whatever the answer.
"use strict";

const LOCATION_TIMEOUT_MS = 8000;

function prepareCheckIn(form) {
  const waiting = form.querySelector("[data-waiting]");
  const consent = form.querySelector("input[name=agreed_version]");
  let isSending = false;

  function isAllowed() {
    return "agreed" in form.dataset || (consent !== null && consent.checked);
  }

  function send(button) {
    if (isSending) {
      return;
    }
    isSending = true;
    // A form sent by a script leaves out the button that was pressed.
    const direction = document.createElement("input");
    direction.type = "hidden";
    direction.name = button.name;
    direction.value = button.value;
    form.append(direction);
    form.submit();
  }

  function fill(position) {
    ["latitude", "longitude", "accuracy"].forEach((name) => {
      form.elements.namedItem(name).value = position.coords[name];
    });
  }

  form.querySelectorAll("button[name=direction]").forEach((button) => {
    button.addEventListener("click", (event) => {
      if (!isAllowed() || !navigator.geolocation) {
        return;
      }
      event.preventDefault();
      waiting.hidden = false;
      form.querySelectorAll("button").forEach((each) => {
        each.disabled = true;
      });
      const giveUp = () => send(button);
      // Some browsers answer neither way while their question is left open.
      window.setTimeout(giveUp, LOCATION_TIMEOUT_MS + 2000);
      navigator.geolocation.getCurrentPosition(
        (position) => {
          fill(position);
          send(button);
        },
        giveUp,
        { enableHighAccuracy: true, timeout: LOCATION_TIMEOUT_MS, maximumAge: 0 },
      );
    });
  });

  window.addEventListener("pageshow", (event) => {
    if (event.persisted) {
      window.location.reload(); // for a fresh nonce
    }
  });
}

document.querySelectorAll("[data-check-in]").forEach(prepareCheckIn);
