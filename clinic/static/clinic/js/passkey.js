// Asks the browser to make or to use a passkey, and sends its answer with the form. Bytes travel as base64url.

const SENTENCES = {
  NotAllowedError: "No passkey was used: it was refused, or it took too long. Try again.",
  InvalidStateError: "This passkey is already yours. Use another key.",
  SecurityError: "Passkeys do not work at this address. Open Stepwell by its own name.",
};

function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function readable(list) {
  return (list || []).map((each) => ({ ...each, id: bytes(each.id) }));
}

async function make(options) {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: readable(options.excludeCredentials),
  };
  const made = await navigator.credentials.create({ publicKey });
  return answer(made, {
    clientDataJSON: text(made.response.clientDataJSON),
    attestationObject: text(made.response.attestationObject),
  });
}

async function use(options) {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    allowCredentials: readable(options.allowCredentials),
  };
  const used = await navigator.credentials.get({ publicKey });
  return answer(used, {
    clientDataJSON: text(used.response.clientDataJSON),
    authenticatorData: text(used.response.authenticatorData),
    signature: text(used.response.signature),
  });
}

function answer(credential, response) {
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response };
}

function wire(form) {
  const act = { make, use }[form.dataset.passkey];
  const told = form.querySelector("[data-passkey-told]");
  const say = (sentence) => { told.textContent = sentence; told.hidden = false; told.classList.add("d-block"); };
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!window.PublicKeyCredential) {
      say("This browser knows no passkeys. Use a newer one, or a code.");
      return;
    }
    told.hidden = true;
    try {
      const found = await act(JSON.parse(form.dataset.options).publicKey);
      form.elements.answer.value = JSON.stringify(found);
    } catch (problem) {
      say(SENTENCES[problem.name] || "The passkey did not answer. Try again.");
      return;
    }
    form.submit();
  });
}

document.querySelectorAll("[data-passkey]").forEach(wire);
