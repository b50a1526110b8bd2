// A session over one socket: signs in, asks, changes, and follows what happens through lost connections.
import { createClient } from 'graphql-ws';

const ACCOUNTS = {
  ben: { email: 'ben@fundi.example', password: 'ben-needs-a-plumber' },
  ada: { email: 'ada@fundi.example', password: 'ada-fixes-anything' },
};
const TOKENS = '... on AuthPayload { accessToken refreshToken expiresIn } ... on OperationInfo { messages { code } }';
const AHEAD = 30_000;

/** The first answer of an operation, its one root field. */
async function ask(client, query, variables) {
  for await (const { data, errors } of client.iterate({ query, variables })) {
    if (errors) throw new Error(errors[0].extensions?.code ?? errors[0].message);
    return Object.values(data)[0];
  }
}

export class Session {
  #tokens;
  #client;

  /** Sign in as one of the demo accounts. */
  static async of(url, who, onConnected) {
    const session = new Session();
    const visitor = createClient({ url });
    const trade = async (mutation, variables) => {
      const got = await ask(visitor, mutation, variables);
      if (got.messages) throw new Error(got.messages[0].code);
      session.#tokens = { ...got, until: Date.now() + got.expiresIn * 1000 - AHEAD };
    };
    await trade(`mutation($input: SignInInput!) { signIn(input: $input) { ${TOKENS} } }`, { input: ACCOUNTS[who] });
    const token = async () => {
      if (Date.now() > session.#tokens.until) {
        const input = { refreshToken: session.#tokens.refreshToken };
        await trade(`mutation($input: RefreshSessionInput!) { refreshSession(input: $input) { ${TOKENS} } }`, { input });
      }
      return session.#tokens.accessToken;
    };
    session.#client = createClient({
      url,
      retryAttempts: Infinity,
      shouldRetry: () => true,
      connectionParams: async () => ({ authorization: `Bearer ${await token()}` }),
      on: { connected: onConnected },
    });
    return session;
  }

  /** What a query answers. */
  ask(query, variables) {
    return ask(this.#client, query, variables);
  }

  /** What a mutation answers; throws the code of a refusal. */
  async change(name, kind, input, select = '', fragments = '') {
    const answer = await this.ask(
      `mutation($input: ${kind}!) {
        ${name}(input: $input) { ... on OperationInfo { messages { code } } ${select} }
      } ${fragments}`,
      { input },
    );
    if (answer.messages) throw new Error(answer.messages[0].code);
    return answer;
  }

  /** Have a function called with each event of a subscription, behind the last one after a lost connection. */
  follow(query, tell, after = null) {
    const variables = { after };
    this.#client.subscribe(
      { query, variables },
      {
        next: ({ data }) => {
          const [event] = Object.values(data);
          variables.after = event.cursor ?? variables.after;
          tell(event);
        },
        error: (error) => this.#ended(error, () => this.follow(query, tell, variables.after), () => {
          tell({ __typename: 'Resync' });
          this.follow(query, tell);
        }),
        complete: () => {},
      },
    );
  }

  // What graphql-ws does not get over by itself: a reader that was too slow goes on where it was, one that
  // was away for too long reads the present state and begins anew.
  #ended(error, goOn, beginAnew) {
    if (error.code === 4429) goOn();
    else if (Array.isArray(error) && error[0].extensions?.code === 'resync_required') beginAnew();
    else throw new Error('The session is over: sign in again.', { cause: error });
  }
}
