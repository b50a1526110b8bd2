// The GraphiQL page: an access token for HTTP and for the socket, a sign-in form, and the example operations.
"use strict";

const SIGN_IN = `
  mutation SignIn($input: SignInInput!) {
    signIn(input: $input) {
      __typename
      ... on AuthPayload { accessToken }
      ... on MfaRequired { challenge }
      ... on OperationInfo { messages { message } }
    }
  }`;
const VERIFY_MFA = `
  mutation VerifyMfa($input: VerifyMfaInput!) {
    verifyMfa(input: $input) {
      __typename
      ... on AuthPayload { accessToken }
      ... on OperationInfo { messages { message code } }
    }
  }`;
const WHO = "{ me { email } }";
const TOKEN_KEY = "fundi:access-token";

const page = JSON.parse(document.getElementById("page").textContent);
const element = (id) => document.getElementById(id);

// --- The token: kept for this browser tab only

let token = sessionStorage.getItem(TOKEN_KEY) ?? "";
let expiry;

const authorization = () => (token ? { Authorization: `Bearer ${token}` } : {});

function useToken(text) {
  token = text.trim().replace(/^Bearer\s+/i, "");
  sessionStorage.setItem(TOKEN_KEY, token);
  // Running subscriptions start again, as the new caller.
  socket.terminate();
  showPage();
  showStatus();
}

async function post(query, variables, headers = authorization()) {
  const response = await fetch(page.endpoint, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}

function setStatus(state, text) {
  element("status").dataset.state = state;
  element("status").textContent = text;
}

async function showStatus() {
  clearTimeout(expiry);
  element("token").value = token;
  element("sign-out").hidden = !token;
  if (!token) return setStatus("out", "Not signed in");
  const asked = token;
  const answer = await post(WHO).catch(() => ({}));
  if (asked !== token) return;
  const email = answer.data?.me?.email;
  if (!email) return setStatus("bad", answer.errors?.[0]?.message ?? "This token is not accepted");
  const left = secondsLeft(token);
  const until = new Date(Date.now() + left * 1000).toLocaleTimeString([], { timeStyle: "short" });
  setStatus("in", left ? `${email}, until ${until}` : email);
  if (left) expiry = setTimeout(() => setStatus("bad", "Token expired: sign in again"), left * 1000);
}

// Zero when the token does not say.
function secondsLeft(jwt) {
  try {
    const claims = JSON.parse(atob(jwt.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")));
    return Math.max(0, claims.exp - Date.now() / 1000) || 0;
  } catch {
    return 0;
  }
}

// --- The sign-in form: email and password first, then a code for those with a second factor

let challenge = "";

async function signIn(event) {
  event.preventDefault();
  const error = element("sign-in-error");
  const button = element("sign-in").querySelector("button[type=submit]");
  error.textContent = "";
  button.disabled = true;
  try {
    const result = await (challenge ? verifyMfa() : showPassword());
    if (result.challenge) return askForCode(result.challenge);
    useToken(result.accessToken);
    element("sign-in").hidePopover();
    askForCode("");
  } catch (problem) {
    error.textContent = problem.message;
  } finally {
    button.disabled = false;
  }
}

async function showPassword() {
  const input = { email: element("email").value, password: element("password").value };
  const answer = await post(SIGN_IN, { input }, {});
  return accepted(answer, answer.data?.signIn);
}

async function verifyMfa() {
  const answer = await post(VERIFY_MFA, { input: { challenge, code: element("code").value } }, {});
  const result = answer.data?.verifyMfa;
  element("code").value = "";
  element("code").focus();
  // Only a wrong code may be tried again.
  if (result?.messages?.some(({ code }) => code !== "invalid_code" && code !== "rate_limited")) askForCode("");
  return accepted(answer, result);
}

function accepted(answer, result) {
  if (result?.accessToken || result?.challenge) return result;
  const messages = [...(answer.errors ?? []), ...(result?.messages ?? [])].map((each) => each.message);
  throw new Error(messages.join(" ") || "The server gave no answer.");
}

// With a challenge the form asks for its code, without one for email and password.
function askForCode(text) {
  challenge = text;
  for (const part of element("sign-in").querySelectorAll("[data-step]")) {
    part.hidden = (part.dataset.step === "code") !== Boolean(challenge);
    for (const input of part.querySelectorAll("input")) input.disabled = part.hidden;
  }
  if (challenge) element("code").focus();
}

function fillFromDemoAccount() {
  const account = element("demo-account").selectedOptions[0];
  element("email").value = account.value;
  element("password").value = account.dataset.password;
}

// --- GraphiQL

const h = React.createElement;
const address = new URL(page.endpoint, location.href);
address.protocol = address.protocol.replace("http", "ws");

const socket = graphqlWs.createClient({
  url: address.href,
  connectionParams: () => (token ? { authorization: `Bearer ${token}` } : {}),
  // At once after a change of token; ever later when the server is away.
  retryWait: (retries) => new Promise((wake) => setTimeout(wake, retries ? 500 * 2 ** retries : 0)),
});
const send = GraphiQL.createFetcher({ url: page.endpoint, wsClient: socket });

// A panel that lists the examples: tabs get closed, and new examples come after a first visit.
const examplesPlugin = {
  title: "Examples",
  icon: () => h("svg", { viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", strokeWidth: 1.6, height: "1em" },
    h("path", { d: "M5 4h10l4 4v12H5zM9 12h6M9 16h6M14 4v5h5" })),
  content: ExamplesPanel,
};
const plugins = [examplesPlugin, GraphiQLPluginExplorer.explorerPlugin({ showAttribution: false })];

function ExamplesPanel() {
  const { addTab, queryEditor, variableEditor } = GraphiQL.React.useEditorContext({ nonNull: true });
  const open = ({ query, variables }) => {
    addTab();
    queryEditor.setValue(query);
    variableEditor.setValue(variables);
  };
  return h("section", { className: "examples" },
    h("h2", null, "Examples"),
    h("p", null, "Each opens in a new tab and runs as it is against the demo data."),
    page.examples.map((example) => h("button", { key: example.operation, type: "button", onClick: () => open(example) },
      example.title, h("code", null, example.operation))));
}

const root = ReactDOM.createRoot(element("graphiql"));

function showPage() {
  // A new function each time: GraphiQL then asks for the schema again, which differs by caller.
  const fetcher = (operation, options) =>
    send(operation, { ...options, headers: { ...authorization(), ...options?.headers } });
  const tabs = page.examples.map(({ query, variables }) => ({ query, variables }));
  root.render(h(GraphiQL, {
    fetcher,
    plugins,
    defaultTabs: tabs.length ? tabs : undefined,
    defaultEditorToolsVisibility: "variables",
  }, h(GraphiQL.Logo, null, "Fundi API")));
}

// On a first visit GraphiQL takes the first tab's operation from the default tabs, but its variables only from here.
function rememberFirstVariables() {
  if (localStorage.getItem("graphiql:tabState") || !page.examples.length) return;
  localStorage.setItem("graphiql:variables", page.examples[0].variables);
}

// GraphiQL names a tab by its operation; we show the example's title instead.
function titleTabs() {
  const titles = new Map(page.examples.map(({ operation, title }) => [operation, title]));
  for (const button of document.querySelectorAll(".graphiql-tab-button")) {
    const title = titles.get(button.textContent);
    if (title) {
      button.title = button.textContent;
      button.firstChild.nodeValue = title;
    }
  }
}

new MutationObserver(titleTabs).observe(element("graphiql"), { childList: true, characterData: true, subtree: true });
element("token").addEventListener("change", (event) => useToken(event.target.value));
element("sign-out").addEventListener("click", () => useToken(""));
element("sign-in").addEventListener("submit", signIn);
element("other-account").addEventListener("click", () => askForCode(""));
if (element("demo-account")) {
  element("demo-account").addEventListener("change", fillFromDemoAccount);
  fillFromDemoAccount();
}
rememberFirstVariables();
showPage();
showStatus();
