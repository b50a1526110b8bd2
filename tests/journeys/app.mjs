// What the journeys share: a web app with Apollo Client, over HTTP with uploads and over a socket with graphql-ws.
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApolloClient, ApolloLink, InMemoryCache, gql } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import { tap } from 'rxjs';
import UploadHttpLink from 'apollo-upload-client/UploadHttpLink.mjs';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const PATIENCE = 15_000;
const TYPES = { png: 'image/png', pdf: 'application/pdf' };
const TOLD_OF_MESSAGES = ['ChatMessageSent', 'ChatMessageEdited', 'ChatMessageDeleted'];
const RECEIPTS = ['ChatMessagesRead', 'ChatMessagesDelivered'];
const DONE_BY_USERS = [...RECEIPTS, 'ChatTyping', 'ChatPresence', 'ChatParticipantChanged'];
const POSSIBLE_TYPES = {
  Node: ['User', 'Order', 'OrderPhoto', 'ChatRoom', 'ChatMessage'],
  ChatHappening: [...TOLD_OF_MESSAGES, ...DONE_BY_USERS, 'ChatMessagesErased', 'ChatRoomChanged'],
  ChatMessageHappening: TOLD_OF_MESSAGES,
  ChatUserHappening: DONE_BY_USERS,
  ChatReceipt: RECEIPTS,
};

process.on('unhandledRejection', (reason) => {
  console.error(reason instanceof Error ? reason : JSON.stringify(reason));
  process.exit(1);
});

/** The socket of an app; `authorization` may be left out. */
export const socketOf = (url, authorization, options = {}) =>
  createClient({ url, webSocketImpl: WebSocket, connectionParams: { authorization }, ...options });

/** Has a subscription that is sent again, as its connection was lost, go on behind the last event. */
export const resuming = new ApolloLink((operation, forward) =>
  forward(operation).pipe(
    tap(({ data }) => {
      const [event] = Object.values(data ?? {});
      if (event?.cursor) operation.variables.after = event.cursor;
    }),
  ),
);

/** What is said in a room, the newest first: by number, for events may come in another order. */
const chatMessages = {
  keyArgs: ['roomId', 'search', 'filter'],
  merge(known, come, { readField }) {
    const number = ({ node }) => readField('number', node);
    const edges = new Map([...(known?.edges ?? []), ...come.edges].map((edge) => [number(edge), edge]));
    return { ...known, ...come, edges: [...edges.values()].sort((a, b) => number(b) - number(a)) };
  },
};

/** An Apollo Client that sends subscriptions over a socket, and all else over HTTP. */
export const apollo = (uri, authorization, socket) =>
  new ApolloClient({
    cache: new InMemoryCache({
      possibleTypes: POSSIBLE_TYPES,
      typePolicies: { Query: { fields: { chatMessages } } },
    }),
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      resuming.concat(new GraphQLWsLink(socket)),
      new UploadHttpLink({
        uri,
        headers: { ...(authorization && { authorization }), 'Apollo-Require-Preflight': 'true' },
      }),
    ),
  });

/** A file to upload. */
export const file = async (path) =>
  new File([await readFile(path)], basename(path), { type: TYPES[path.split('.').at(-1)] });

/** The nodes of a connection. */
export const nodes = (connection) => connection.edges.map(({ node }) => node);

/** An instant so many hours ahead. */
export const ahead = (hours) => new Date(Date.now() + hours * 3_600_000).toISOString();

/** What comes true within a time, asked again and again; fails past it, and says what `found` says. */
export async function until(isSo, within = PATIENCE, found = () => isSo) {
  for (const end = performance.now() + within; performance.now() < end; await sleep(20)) {
    const answer = await isSo();
    if (answer) return answer;
  }
  throw new Error(`Not so within ${within} ms: ${found()}`);
}

/** Somebody's app, signed in by a token or by nobody; by `options` its socket connects again itself. */
export class App {
  constructor({ url, wsUrl }, token, options = { retryAttempts: 0 }) {
    const authorization = token && `Bearer ${token}`;
    /** The codes by which its sockets were closed that had stood. */
    this.closings = [];
    let stood = false;
    this.socket = socketOf(wsUrl, authorization, {
      on: {
        opened: (line) => (this.line = line),
        connected: () => (stood = true),
        closed: ({ code }) => {
          if (stood) this.closings.push(code);
          stood = false;
        },
      },
      ...options,
    });
    this.client = apollo(url, authorization, this.socket);
    this.online = Promise.resolve();
  }

  /** The root field of a query, never from the cache. */
  async ask(query, variables) {
    const { data } = await this.client.query({ query: gql(query), variables, fetchPolicy: 'no-cache' });
    return Object.values(data)[0];
  }

  /** What a mutation with one input answers, be it a refusal. */
  async #mutate(name, input, select, kind) {
    const { data } = await this.client.mutate({
      mutation: gql`mutation Change($input: ${kind ?? `${name[0].toUpperCase()}${name.slice(1)}Input`}!) {
        ${name}(input: $input) { __typename ... on OperationInfo { messages { code message } } ${select} }
      }`,
      variables: { input },
      fetchPolicy: 'no-cache',
    });
    return data[name];
  }

  /** The object that a mutation answers; `kind` is its input's type, where that is not named for it. */
  async change(name, input, select = '', kind = undefined) {
    const answer = await this.#mutate(name, input, select, kind);
    if (answer.messages) throw new Error(`${name}: ${JSON.stringify(answer.messages)}`);
    return answer;
  }

  /** The code by which a mutation is refused. */
  async refused(name, input, kind = undefined) {
    const { messages } = await this.#mutate(name, input, '', kind);
    return messages?.[0].code;
  }

  /**
   * Follow a stream from its cursor `after` on; the events gather in `seen`. After a lost connection
   * it goes on behind the last one, once there is a network again.
   */
  follow(subscription, variables = {}) {
    const query = gql(subscription);
    const seen = [];
    const listen = () => {
      const again = () => this.online.then(listen);
      const after = seen.at(-1)?.cursor ?? variables.after;
      this.client.subscribe({ query, variables: { ...variables, after } }).subscribe({
        next: ({ data, error }) =>
          error ? this.#onlyIfLost(error, again) : seen.push(Object.values(data)[0]),
        error: (error) => this.#onlyIfLost(error, again),
      });
    };
    listen();
    const reaches = (type) => until(() => seen.some((event) => event.type === type));
    return { seen, reaches };
  }

  #onlyIfLost(error, again) {
    if (!this.isLost) throw error;
    again();
  }

  /** Lose the connection as in a tunnel; call what it answers for a network again. */
  lose() {
    let back;
    this.isLost = true;
    this.online = new Promise((resolve) => (back = resolve));
    this.line.terminate();
    return back;
  }
}

/** Follow a published order; `client`, whose it is, changes it until that is heard. */
export async function followOrder(app, id, client, select = '') {
  const { seen, reaches } = app.follow(
    `subscription Follow($id: ID!, $after: String) {
      orderEvents(orderId: $id, after: $after) { type cursor ${select} }
    }`,
    { id },
  );
  await until(async () => {
    await client.change('updateOrder', { id, specialRequirements: `Ring, ${performance.now()}` });
    return seen.length > 0;
  });
  const events = () => seen.filter(({ type }) => type !== 'OrderUpdated');
  return { events, reaches };
}

/** Print what a journey saw, as its test reads it, and end it. */
export function tell(saw) {
  console.log(JSON.stringify(saw));
  process.exit(0);
}
