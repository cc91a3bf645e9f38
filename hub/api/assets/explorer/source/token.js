// The bearer token: read from the form, kept in this browser tab only, never in a cookie or an address.
const KEY = "hub:token";

const form = document.getElementById("token-form");
const field = document.getElementById("token");
const status = document.getElementById("token-status");

/** Wires the form to `onChange` and returns the token this tab already holds, or "". */
export function connectTokenForm(onChange) {
  const adopt = (token) => {
    remember(token);
    onChange(token);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    adopt(bare(field.value));
  });
  form.addEventListener("reset", () => adopt(""));
  const held = window.sessionStorage.getItem(KEY) ?? "";
  field.value = held;
  say(held);
  return held;
}

/** Says under the field what the server thinks of the token, by the HTTP status of its latest answer. */
export function showAnswerStatus(httpStatus) {
  if (httpStatus === 401) show("refused", "The server does not accept this token (401).");
  else if (httpStatus < 400) show("accepted", "Token accepted.");
}

function remember(token) {
  if (token) window.sessionStorage.setItem(KEY, token);
  else window.sessionStorage.removeItem(KEY);
  field.value = token;
  say(token);
}

function say(token) {
  if (token) show("given", "Token sent with every request.");
  else show("missing", "No token yet: paste one to load the schema.");
}

function show(state, text) {
  status.dataset.state = state;
  status.textContent = text;
}

/** People paste the whole header as often as the token alone. */
function bare(pasted) {
  return pasted
    .trim()
    .replace(/^authorization:\s*/i, "")
    .replace(/^bearer\s+/i, "");
}
