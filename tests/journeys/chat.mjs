// Ben and Ada talk about an order, on several devices, through lost networks and a server that goes.
// usage: node chat.mjs WORLD, where that is JSON: url, wsUrl, tokens, orders, goodbye and a photo.
// The server is replaced by another one as soon as somebody says `goodbye`.
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { createClient as createStreams } from 'graphql-sse';
import { setTimeout as sleep } from 'node:timers/promises';
import { App, file, nodes, tell, until } from './app.mjs';
import { Tunnel } from './tunnel.mjs';

const world = JSON.parse(process.argv[2]);
const tunnel = await Tunnel.to(world);
// Without shouldRetry, graphql-ws gives up where nobody answers.
const patience = { retryAttempts: Infinity, shouldRetry: () => true, retryWait: () => sleep(100) };
const ben = new App(world, world.tokens.ben, patience);
const ada = new App(tunnel.world, world.tokens.ada, patience);
const cleo = new App(world, world.tokens.cleo, patience);
const saw = {};

const HAPPENINGS = `
  __typename
  ... on ChatHappening { cursor room { id } }
  ... on ChatMessageHappening {
    number
    message { id number content isDeleted sender { id } attachmentType attachmentUrl }
  }
  ... on ChatUserHappening { user { name } }
  ... on ChatReceipt { upTo }
  ... on ChatTyping { isTyping }
  ... on ChatPresence { isOnline }
  ... on ChatRoomChanged { type }
`;
const EVENTS = `subscription Room($room: ID!, $after: String) {
  chatEvents(roomId: $room, after: $after) { ${HAPPENINGS} }
}`;
const INBOX = `subscription Inbox($after: String) { chatInbox(after: $after) { ${HAPPENINGS} } }`;

// A room for an order is one, whoever of the two opens it; nobody else may.
const open = (app, orderId) =>
  app.change('openChatRoom', { chatType: 'ORDER', orderId }, '... on ChatRoom { id lastNumber }');
const { id: room } = await open(ben, world.orders[0]);
saw.sameRoom = (await open(ada, world.orders[0])).id === room;
saw.stranger = await cleo.refused('openChatRoom', { chatType: 'ORDER', orderId: world.orders[0] });

/** Follow a room by Server-Sent Events, one response for each subscription, resumed by the client itself. */
function followByStream({ url }, token) {
  const streams = createStreams({
    url,
    headers: { authorization: `Bearer ${token}` },
    retryAttempts: Infinity,
    retry: () => sleep(100),
  });
  const seen = [];
  const variables = { room, after: null };
  streams.subscribe(
    { query: EVENTS, variables },
    {
      next: ({ data }) => {
        seen.push(data.chatEvents);
        variables.after = data.chatEvents.cursor ?? variables.after;
      },
      error: (error) => Promise.reject(error),
      complete: () => Promise.reject(new Error('The stream ended.')),
    },
  );
  return { seen };
}

/** Follow a room by the multipart responses of Apollo's own link, asked for anew where one breaks off. */
function followByParts({ url }, token) {
  const link = new HttpLink({ uri: url, headers: { authorization: `Bearer ${token}` } });
  const client = new ApolloClient({ cache: new InMemoryCache(), link });
  const seen = [];
  const listen = (after = null) =>
    client
      .subscribe({ query: gql(EVENTS), variables: { room, after }, fetchPolicy: 'no-cache' })
      .subscribe(({ data, error }) => {
        if (data) seen.push(data.chatEvents);
        const last = seen.findLast(({ cursor }) => cursor)?.cursor;
        if (error) sleep(100).then(() => listen(last));
      });
  listen();
  return { seen };
}

const onPhones = [ben.follow(EVENTS, { room }), ada.follow(EVENTS, { room })];
const onTablet = followByStream(tunnel.world, world.tokens.ada);
const onKiosk = followByParts(world, world.tokens.ben);
const inbox = ada.follow(INBOX);
const [bens, adas] = onPhones;

// Typing is told as it happens, so that it shows who listens by now.
const types = (event) => event.__typename === 'ChatTyping';
await until(async () => {
  await ada.change('setTyping', { roomId: room });
  return [...onPhones, onTablet, onKiosk, inbox].every(({ seen }) => seen.some(types));
});
saw.typing = bens.seen.find(types).user.name;

let names = 0;
const say = (app, content, more = {}) =>
  app.change(
    'sendMessage',
    { roomId: room, content, clientId: `own-${(names += 1)}`, ...more },
    '... on ChatMessage { id number version }',
  );

// Said twice under one name, as an app does that got no answer, it is said once.
const twice = { clientId: 'own-hello' };
const hello = await say(ben, 'Hello Ada', twice);
saw.again = (await say(ben, 'Hello Ada', twice)).id === hello.id;
await say(ada, 'Hello Ben');
// What both say at the same moment has numbers without a gap, whoever is first.
await Promise.all([1, 2, 3, 4].flatMap((each) => [say(ben, `Ben ${each}`), say(ada, `Ada ${each}`)]));

// How far they have got.
const mark = (app, action, upTo) => app.change(action, { roomId: room, upTo }, '', 'ChatReadingInput');
const { number: newest } = await say(ben, 'Are you coming?');
await mark(ada, 'markRoomDelivered', newest);
await mark(ada, 'markRoomRead', newest);
const reached = (followed, type) => until(() => followed.seen.find(({ __typename }) => __typename === type));
const delivered = await reached(bens, 'ChatMessagesDelivered');
const read = await reached(bens, 'ChatMessagesRead');
saw.receipts = [delivered, read].map(({ user, upTo }) => [user.name, upTo]);
await ada.change('setPresence', { roomId: room });
saw.presence = (await reached(bens, 'ChatPresence')).isOnline;
const { lastMessage, participants } = await ben.ask(
  `query Room($id: ID!) { chatRoom(id: $id) {
    lastMessage { number }
    participants { edges { node { user { name } isOnline readNumber } } }
  } }`,
  { id: room },
);
saw.room = [lastMessage.number, nodes(participants).map(({ user, isOnline }) => [user.name, isOnline]).sort()];

// A picture, by an address that the other one can open.
const shown = await say(ben, 'It drips here', { file: await file(world.photo) });
const { message } = await until(() => adas.seen.find(({ number }) => number === shown.number));
const picture = await fetch(new URL(message.attachmentUrl, world.url));
saw.picture = [message.attachmentType, picture.status, Buffer.from(await picture.arrayBuffer()).toString('hex', 0, 3)];

// Ada's devices lose the network: what was said meanwhile comes when there is one again.
tunnel.cut();
const wrong = await say(ben, 'Bring a ladder');
await ben.change('editMessage', { messageId: wrong.id, content: 'Bring two ladders' });
const hasty = await say(ben, 'And a dog');
await ben.change('deleteMessage', { messageId: hasty.id }, '', 'ChatMessageInput');
await say(ben, 'Are you there?');
tunnel.mend();
const told = ({ seen }) => seen.filter(({ cursor }) => cursor).map(({ cursor }) => cursor);
const devices = { bens, adas, onTablet, onKiosk };
const alike = () => Object.values(devices).every((each) => told(each).join() === told(bens).join());
/** What each device was told, for whoever looks for what is missing. */
const differing = () => Object.entries(devices).map(([name, each]) => `${name}: ${told(each)}`).join('\n');
await until(alike, undefined, differing);
await say(ada, 'There was a tunnel');

// A room that is opened meanwhile comes into the inbox, with what is said there.
const { id: other } = await open(ben, world.orders[1]);
await say(ben, 'About the other job', { roomId: other });
const ofOther = await until(() => {
  const found = inbox.seen.filter((event) => event.room.id === other);
  return found.length === 2 && found;
});
saw.inbox = ofOther.map(({ type, message }) => type ?? message.content);

// The server goes and another one comes; what is said in between is sent until it is answered.
await say(ben, world.goodbye);
await until(() => ben.closings.length === 1 && ada.closings.length === 2);
const insist = (app, content) => {
  const named = { clientId: `own-${content}` };
  return until(() => say(app, content, named).catch(() => null), 60_000);
};
await insist(ada, 'You were away');
await insist(ben, 'I am back');
const isLast = ({ message }) => message?.content === 'I am back';
await until(() => [bens, inbox].every(({ seen }) => seen.some(isLast)), 30_000);
await until(alike, undefined, differing);
saw.closings = { ben: ben.closings, ada: ada.closings };

// All devices know the same, each thing once, by numbers without a gap.
const key = ({ __typename, number, upTo }) => [__typename, number ?? upTo].join(' ');
const events = bens.seen.filter(({ cursor }) => cursor).map(key);
const sent = bens.seen.filter(({ __typename }) => __typename === 'ChatMessageSent');
saw.events = events.filter((each) => !each.startsWith('ChatMessageSent'));
saw.numbers = sent.map(({ number }) => number).sort((a, b) => a - b);
saw.inboxCaughtUp = told(bens).every((cursor) => told(inbox).includes(cursor));
saw.once = [bens, inbox].map((followed) => new Set(told(followed)).size === told(followed).length);

// Ben's app keeps what it shows in Apollo's cache: pages and events together, by their numbers.
const MESSAGES = gql`query Messages($room: ID!, $after: String) {
  chatMessages(roomId: $room, first: 10, after: $after) {
    edges { node { id number content isDeleted } } pageInfo { endCursor hasNextPage }
  }
}`;
const page = { query: MESSAGES, variables: { room } };
const list = ben.client.watchQuery(page);
const { data: top } = await list.refetch();
await list.fetchMore({ variables: { after: top.chatMessages.pageInfo.endCursor } });
await say(ada, 'Good night');
const { message: last } = await until(() => bens.seen.find((event) => event.message?.content === 'Good night'));
ben.client.cache.updateQuery(page, ({ chatMessages }) => ({
  chatMessages: { ...chatMessages, edges: [{ __typename: 'ChatMessageEdge', node: last }] },
}));
saw.cached = nodes(ben.client.readQuery(page).chatMessages).map(({ number, content }) => [number, content]);
tell(saw);
