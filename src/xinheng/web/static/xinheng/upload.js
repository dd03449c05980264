// Shows how much of a file has been sent. Without this script the form works as it is.
"use strict";

(() => {
  const form = document.querySelector("form[data-upload]");
  const panel = document.getElementById("sending");
  if (!form || !panel) return;
  const bar = panel.querySelector("progress");
  const said = panel.querySelector("[data-said]");
  const cancel = panel.querySelector("button");
  const button = form.querySelector("button.button");

  function show(isSending) {
    panel.hidden = !isSending;
    button.disabled = isSending;
  }

  function tell(sent, total) {
    const percent = total ? Math.floor((sent / total) * 100) : 0;
    bar.value = percent;
    // A screen reader hears every tenth percent, not every one.
    const heard = `${panel.dataset.sent} ${percent - (percent % 10)}%`;
    if (said.textContent !== heard) said.textContent = heard;
  }

  form.addEventListener("submit", (event) => {
    const file = form.querySelector("input[type=file]").files[0];
    if (!file) return; // the server says what is missing
    event.preventDefault();
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.upload.addEventListener("progress", (sent) => tell(sent.loaded, sent.total));
    request.addEventListener("load", () => {
      if (request.status < 400 && request.responseURL !== form.action) {
        window.location.assign(request.responseURL);
        return;
      }
      // Something is wrong with the file: the page says what, as it does without script.
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      const main = page.getElementById("main");
      show(false);
      if (!main || !main.querySelector(".error-summary")) {
        failed();
        return;
      }
      document.title = page.title;
      document.getElementById("main").replaceWith(document.adoptNode(main));
      document.getElementById("errors").focus();
    });
    request.addEventListener("error", () => failed());
    cancel.addEventListener("click", () => request.abort(), { once: true });
    request.addEventListener("abort", () => {
      show(false);
      button.focus();
    });
    function failed() {
      show(false);
      const message = document.getElementById("sending-failed");
      message.hidden = false;
      message.focus();
    }
    document.getElementById("sending-failed").hidden = true;
    tell(0, file.size);
    show(true);
    request.send(new FormData(form));
  });
})();
