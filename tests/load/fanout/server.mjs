// chatEvents by graphql-ws, ws and ioredis: without a database, and a token is checked once a socket.
import { createPublicKey, verify } from "node:crypto";
import { createServer } from "node:http";
import { buildSchema } from "graphql";
import { useServer } from "graphql-ws/use/ws";
import { Redis } from "ioredis";
import { WebSocketServer } from "ws";

const schema = buildSchema(`
  type Query { hello: String }
  type Subscription { chatEvents(roomId: ID!, after: String): ChatEvent! }
  interface ChatEvent { cursor: String! }
  type ChatMessageSent implements ChatEvent { cursor: String! message: ChatMessage }
  type ChatMessage { id: ID! number: Int! content: String! sender: User }
  type User { id: ID! }
`);

const topics = new Map();
const redis = new Redis(process.env.REDIS_URL);
redis.on("message", (topic, text) => {
  const event = { chatEvents: JSON.parse(text) };
  for (const listener of topics.get(topic) ?? []) listener.take(event);
});

class Listener {
  waiting = [];
  wanting = null;

  constructor(topic) {
    this.topic = topic;
    if (!topics.has(topic)) {
      topics.set(topic, new Set());
      redis.subscribe(topic);
    }
    topics.get(topic).add(this);
  }

  take(event) {
    if (this.wanting) {
      this.wanting({ value: event, done: false });
      this.wanting = null;
    } else {
      this.waiting.push(event);
    }
  }

  next() {
    if (this.waiting.length) {
      return Promise.resolve({ value: this.waiting.shift(), done: false });
    }
    return new Promise((resolve) => (this.wanting = resolve));
  }

  return() {
    const others = topics.get(this.topic);
    others?.delete(this);
    if (others?.size === 0) {
      topics.delete(this.topic);
      redis.unsubscribe(this.topic);
    }
    this.wanting?.({ value: undefined, done: true });
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator]() {
    return this;
  }
}

schema.getSubscriptionType().getFields().chatEvents.subscribe = (_root, { roomId }) =>
  new Listener(`${process.env.CHANNEL}:${roomId}`);

const key = createPublicKey({
  key: { kty: "OKP", crv: "Ed25519", x: process.env.PUBLIC_KEY },
  format: "jwk",
});

function admits(authorization) {
  const [head, claims, signature] = String(authorization).replace("Bearer ", "").split(".");
  const signed = Buffer.from(`${head}.${claims}`);
  if (!verify(null, signed, key, Buffer.from(signature ?? "", "base64url"))) return false;
  return JSON.parse(Buffer.from(claims, "base64url")).exp > Date.now() / 1000;
}

const http = createServer((_request, response) => response.end("ready"));
useServer(
  { schema, onConnect: ({ connectionParams }) => admits(connectionParams?.authorization) },
  new WebSocketServer({ server: http, path: "/graphql/" }),
);
process.on("SIGUSR2", () => globalThis.gc());
http.listen(Number(process.env.PORT), "127.0.0.1");
