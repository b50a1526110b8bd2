// One person's chat: the rooms, what is said in one of them, who is there, who writes, who has read.
import { Session } from './session.js';

const { who = 'ben', api = 'http://localhost:8000/graphql/', room: wanted } = Object.fromEntries(
  new URLSearchParams(location.search),
);
const MESSAGE = `fragment Message on ChatMessage {
  id number content isDeleted editedAt createdAt attachmentType attachmentUrl attachmentName sender { id }
}`;
const ME = 'query { me { id name } }';
const ROOMS = `query {
  chatRooms(first: 20, filter: { isOwn: true }) { edges { node {
    id title chatType lastNumber order { title } me { unreadCount }
    participants(first: 10) { edges { node { user { id name } isOnline lastSeen readNumber deliveredNumber } } }
  } } }
}`;
const MESSAGES = `query($room: ID!) {
  chatMessages(roomId: $room, first: 50) { edges { node { ...Message } } }
} ${MESSAGE}`;
const INBOX = `subscription($after: String) {
  chatInbox(after: $after) {
    __typename
    ... on ChatHappening { cursor room { id } }
    ... on ChatMessageHappening { number message { ...Message } }
    ... on ChatMessagesErased { numbers }
    ... on ChatUserHappening { user { id } }
    ... on ChatReceipt { upTo }
    ... on ChatTyping { isTyping }
    ... on ChatPresence { isOnline }
  }
} ${MESSAGE}`;
const OTHERS = { ben: 'Ada Mbatha', ada: 'Ben Jacobs' };
const SIGN_OF_LIFE = 25_000;
const TYPING_LASTS = 5_000;
const TYPING_AGAIN = 2_000;

const $ = (id) => document.getElementById(id);
const nodes = ({ edges }) => edges.map(({ node }) => node);
const rooms = new Map();
/** What is said in the open room, by number; what has none yet, by its own name. */
const messages = new Map();
const waiting = new Map();
const writing = new Map();
let open;
let heardAny = false;
let toldTypingAt = 0;

const session = await Session.of(api.replace(/^http/, 'ws'), who, () => beat());
const me = await session.ask(ME);
$('me').textContent = me.name;
session.follow(INBOX, hear);
await readRooms();
await enter(wanted && rooms.has(wanted) ? wanted : shared().id);
setInterval(beat, SIGN_OF_LIFE);
addEventListener('pagehide', () => session.change('setPresence', 'SetPresenceInput', { roomId: open, isOnline: false }));
document.addEventListener('visibilitychange', read);

/** The room in which the two talked last. */
function shared() {
  const both = (room) => [...room.parts.values()].some(({ user }) => user.name === OTHERS[who]);
  return [...rooms.values()].find(both) ?? rooms.values().next().value;
}

async function readRooms() {
  for (const room of nodes(await session.ask(ROOMS))) {
    const parts = nodes(room.participants).map((part) => [part.user.id, part]);
    rooms.set(room.id, { ...room, parts: new Map(parts), unread: room.me.unreadCount });
  }
  if (open) show();
}

async function enter(id) {
  open = id;
  messages.clear();
  waiting.clear();
  writing.clear();
  await readMessages();
  beat();
}

async function readMessages() {
  const room = open;
  const page = await session.ask(MESSAGES, { room });
  if (room !== open) return;
  for (const message of nodes(page)) messages.set(message.number, message);
  show();
  await read();
}

/** Tell that all that is shown has been read, where somebody looks. */
async function read() {
  const room = rooms.get(open);
  const last = Math.max(0, ...messages.keys());
  if (document.hidden || !room || last <= (room.parts.get(me.id)?.readNumber ?? 0)) return;
  room.unread = 0;
  await session.change('markRoomRead', 'ChatReadingInput', { roomId: open, upTo: last });
}

/** Tell those in the room that one has it open; also after each connection. */
function beat() {
  if (open) session.change('setPresence', 'SetPresenceInput', { roomId: open, isOnline: true });
}

/** Take in what happened: by numbers and the greater of two, so that hearing it twice is hearing it once. */
function hear(event) {
  const room = rooms.get(event.room?.id);
  if (event.__typename === 'Resync' || !heardAny || !room) {
    // What happened between reading and listening is read; so is a room that is new.
    heardAny = true;
    readRooms().then(readMessages);
    if (!room) return;
  }
  HEARD[event.__typename]?.(event, room, room.parts.get(event.user?.id));
  show();
}

const HEARD = {
  ChatMessageSent({ message, number }, room) {
    const known = room.lastNumber;
    room.lastNumber = Math.max(known, number);
    const isOwn = message.sender?.id === me.id;
    advance(room.parts.get(message.sender?.id), 'readNumber', number);
    if (room.id === open) {
      writing.delete(message.sender?.id);
      messages.set(number, message);
      if (number > known + 1) readMessages();
      read();
    } else if (!isOwn) {
      room.unread += 1;
      session.change('markRoomDelivered', 'ChatReadingInput', { roomId: room.id, upTo: number });
    }
  },
  ChatMessageEdited: replace,
  ChatMessageDeleted: replace,
  ChatMessagesErased({ numbers }, room) {
    if (room.id === open && numbers.some((number) => messages.has(number))) readMessages();
  },
  ChatMessagesRead: ({ upTo }, _room, part) => advance(part, 'readNumber', upTo),
  ChatMessagesDelivered: ({ upTo }, _room, part) => advance(part, 'deliveredNumber', upTo),
  ChatPresence({ isOnline }, _room, part) {
    if (part) part.isOnline = isOnline;
  },
  ChatTyping({ isTyping, user }, room) {
    if (room.id !== open || user.id === me.id) return;
    clearTimeout(writing.get(user.id));
    writing.delete(user.id);
    // The word that they stopped may be lost.
    if (isTyping) writing.set(user.id, setTimeout(() => writing.delete(user.id) && show(), TYPING_LASTS));
  },
  ChatParticipantChanged: () => readRooms(),
  ChatRoomChanged: () => readRooms(),
};

function replace({ message, number }, room) {
  if (room.id === open) messages.set(number, message);
}

function advance(part, column, number) {
  if (!part) return;
  part[column] = Math.max(part[column], number);
  if (column === 'readNumber') advance(part, 'deliveredNumber', number);
}

/** Say something, under a name of our own: shown at once, and said once if it has to be sent again. */
async function say(content) {
  const roomId = open;
  const clientId = crypto.randomUUID();
  waiting.set(clientId, { content, createdAt: new Date().toISOString(), sender: me });
  show();
  try {
    const input = { roomId, content, clientId };
    const select = '... on ChatMessage { ...Message }';
    const said = await session.change('sendMessage', 'SendMessageInput', input, select, MESSAGE);
    waiting.delete(clientId);
    if (roomId === open) messages.set(said.number, said);
  } catch (error) {
    waiting.get(clientId).refused = error.message;
  }
  show();
}

/** Tell that one writes, now and then while one does. */
function typing(isTyping) {
  if (isTyping && Date.now() - toldTypingAt < TYPING_AGAIN) return;
  toldTypingAt = isTyping ? Date.now() : 0;
  session.change('setTyping', 'SetTypingInput', { roomId: open, isTyping });
}

$('writer').addEventListener('submit', (event) => {
  event.preventDefault();
  const content = $('words').value.trim();
  $('words').value = '';
  if (content) say(content);
  toldTypingAt = 0;
});
$('words').addEventListener('input', () => typing($('words').value !== ''));
$('rooms').addEventListener('change', () => enter($('rooms').value));

function show() {
  const room = rooms.get(open);
  if (!room) return;
  const others = [...room.parts.values()].filter(({ user }) => user.id !== me.id);
  showWho(room, others);
  showRooms();
  showMessages(others);
}

function showWho(room, others) {
  const name = titleOf(room);
  const isHere = others.some(({ isOnline }) => isOnline);
  $('other').textContent = name;
  $('face').textContent = name.split(' ').map(([first]) => first).slice(0, 2).join('');
  $('face').classList.toggle('here', isHere);
  $('state').textContent = isHere ? 'online' : 'away';
  const names = others.filter(({ user }) => writing.has(user.id)).map(({ user }) => user.name);
  $('typing').textContent = names.length ? `${names.join(', ')} is writing …` : '';
}

function showRooms() {
  const options = [...rooms.values()].map(({ id, unread, order, ...room }) => {
    const about = [titleOf(room), order?.title].filter(Boolean).join(' · ');
    return new Option(unread ? `${about} (${unread})` : about, id, false, id === open);
  });
  $('rooms').replaceChildren(...options);
}

function titleOf({ title, parts }) {
  const others = [...parts.values()].filter(({ user }) => user.id !== me.id);
  return title || others.map(({ user }) => user.name).join(', ') || 'Help';
}

function showMessages(others) {
  const said = [...messages.values()].sort((a, b) => a.number - b.number);
  const list = $('messages');
  let day;
  const items = [...said, ...waiting.values()].flatMap((message) => {
    const before = day;
    day = new Date(message.createdAt).toLocaleDateString('en', { weekday: 'long', day: 'numeric', month: 'long' });
    return day === before ? [bubble(message, others)] : [headed(day), bubble(message, others)];
  });
  list.replaceChildren(...items);
  list.scrollTop = list.scrollHeight;
}

function headed(day) {
  return Object.assign(document.createElement('li'), { className: 'day', textContent: day });
}

function bubble(message, others) {
  const item = document.createElement('li');
  const isOwn = message.sender?.id === me.id;
  item.classList.toggle('own', isOwn);
  item.classList.toggle('gone', Boolean(message.isDeleted));
  item.classList.toggle('refused', Boolean(message.refused));
  if (message.attachmentUrl && message.attachmentType.startsWith('image/')) item.append(picture(message));
  item.append(message.isDeleted ? 'deleted' : message.content);
  const time = document.createElement('time');
  const at = new Date(message.createdAt);
  time.textContent = at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hour12: false });
  if (message.editedAt) time.prepend('edited ');
  item.append(time);
  if (isOwn) item.append(tick(message, others));
  return item;
}

function picture({ attachmentUrl, attachmentName }) {
  return Object.assign(new Image(), { src: new URL(attachmentUrl, api), alt: attachmentName });
}

/** What became of one's own message: waiting, sent, delivered to all, or read by all. */
function tick({ number, refused }, others) {
  const all = (column) => number && others.length && others.every((part) => part[column] >= number);
  const state = refused ?? (all('readNumber') ? 'read' : all('deliveredNumber') ? 'delivered' : number ? 'sent' : 'waiting');
  const mark = document.createElement('span');
  mark.className = 'tick';
  mark.dataset.state = mark.title = state;
  mark.textContent = { waiting: '◷', sent: '✓', delivered: '✓✓', read: '✓✓' }[state] ?? state;
  return mark;
}
