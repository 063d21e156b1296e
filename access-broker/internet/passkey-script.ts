/** The one script of the access broker's own pages: it hands the passkey dialogue of the browser to a form (Web Authentication Level 3 §5.1.9, §5.1.10). */

/**
 * A form with `data-passkey` (create or get) and `data-ask` (where its options are) shows itself where the browser knows
 * passkeys, and goes off with the passkey's answer in its field `passkey`.
 */
export const passkeyScript = `
for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const alert = form.querySelector("[role=alert]");
    const button = form.querySelector("button");
    alert.textContent = "";
    button.disabled = true;
    try {
      const ask = { method: "POST", headers: { "content-type": "application/json" }, body: '{"kind":"passkey"}' };
      const answer = await fetch(form.dataset.ask, ask);
      if (!answer.ok) throw answer;
      const { create, get } = await answer.json();
      const credential = form.dataset.passkey === "create"
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(create) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(get) });
      form.elements.passkey.value = JSON.stringify(credential.toJSON());
      form.submit();
    } catch {
      alert.textContent = alert.dataset.text;
      alert.hidden = false;
      button.disabled = false;
    }
  });
}
`;
