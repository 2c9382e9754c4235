// The page that checks a published list: the reader's own browser computes, nobody else is asked.
const box = document.querySelector("[data-osn-verify]");

// A list from this server, or a file that the reader chose.
async function check(bytes) {
  const { instance } = await WebAssembly.instantiateStreaming(fetch(box.dataset.osnWasm));
  const { memory, room, check, answer_length } = instance.exports;
  const at = room(bytes.length);
  new Uint8Array(memory.buffer).set(bytes, at);
  const answer = check();
  const text = new TextDecoder().decode(new Uint8Array(memory.buffer, answer, answer_length()));
  return JSON.parse(text);
}

function show(found) {
  for (const item of box.querySelectorAll("[data-question]")) {
    const one = found.checked.find((checked) => checked.question === item.dataset.question);
    for (const state of item.querySelectorAll("[data-answer]")) {
      state.hidden = state.dataset.answer !== (one?.answer ?? "broken");
    }
    item.querySelector("[data-rank]").textContent = one?.rank ? ` (${one.rank})` : "";
  }
  const holds = found.readable && found.checked.every((one) => one.answer !== "broken");
  box.querySelector("[data-holds]").hidden = !holds;
  box.querySelector("[data-broken]").hidden = holds;
  box.querySelector("[data-list]").hidden = false;
  box.dataset.osnDone = holds ? "holds" : "broken";
}

if (box) {
  const failed = () => (box.dataset.osnDone = "failed");
  fetch(box.dataset.osnVerify)
    .then((answer) => answer.arrayBuffer())
    .then((buffer) => check(new Uint8Array(buffer)))
    .then(show, failed);
  const file = box.querySelector("input[type=file]");
  file?.addEventListener("change", async () => {
    if (file.files[0]) check(new Uint8Array(await file.files[0].arrayBuffer())).then(show, failed);
  });
}
