// What a page can't do without a script: speak to the authenticator. `SimpleWebAuthnBrowser` comes from /assets/webauthn.js.
const { startAuthentication, startRegistration } = globalThis.SimpleWebAuthnBrowser;

class Refused extends Error {}

async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  const told = text === "" ? {} : JSON.parse(text);
  if (answer.ok) return told;
  throw new Refused([told.detail ?? told.title, told.hint].filter(Boolean).join(". "));
}

// The link's secret stays in the fragment, which no server is sent, until it is used.
const secret = location.hash.slice(1);

const actions = {
  async "sign-in"() {
    const options = await post("/sign-in/passkey/options", {});
    await post("/sign-in/passkey", { response: await startAuthentication({ optionsJSON: options }) });
    location.assign("/");
  },
  async enrol() {
    const options = await post("/enrol/options", { secret });
    await post("/enrol", { secret, response: await startRegistration({ optionsJSON: options }) });
    location.replace("/operator");
  },
  async "add-passkey"() {
    const options = await post("/operator/passkey/options", {});
    await post("/operator/passkey", { response: await startRegistration({ optionsJSON: options }) });
    location.reload();
  },
};

const told = document.getElementById("told");
for (const button of document.querySelectorAll("button[data-passkey]")) {
  button.disabled = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    told.textContent = "Waiting for your device…";
    try {
      await actions[button.dataset.passkey]();
    } catch (error) {
      told.textContent =
        error instanceof Refused
          ? `That did not work: ${error.message}.`
          : "That did not work: the passkey was not used, or this browser has none for this server.";
      button.disabled = false;
    }
  });
}
