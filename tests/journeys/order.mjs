// Two people take an order through its life with graphql-ws; a third eye follows it live.
// usage: node order.mjs WS_URL CLIENT_TOKEN PROVIDER_TOKEN SERVICE_ID AREA_ID
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

process.on('unhandledRejection', (reason) => {
  console.error(reason instanceof Error ? reason : JSON.stringify(reason));
  process.exit(1);
});

const [url, clientToken, providerToken, service, area] = process.argv.slice(2);

const connect = (token) =>
  createClient({
    url,
    webSocketImpl: WebSocket,
    lazy: false,
    retryAttempts: 5,
    connectionParams: { authorization: `Bearer ${token}` },
  });

const run = async (client, query, variables) => {
  for await (const result of client.iterate({ query, variables })) {
    if (result.errors) throw new Error(JSON.stringify(result.errors));
    return Object.values(result.data)[0];
  }
};

const ben = connect(clientToken);
const ada = connect(providerToken);
const refused = '... on OperationInfo { messages { code message } }';

const created = await run(
  ben,
  `mutation($input: CreateOrderInput!) { createOrder(input: $input) { ${refused} ... on Order { id } } }`,
  { input: { title: 'Tap', serviceSubcategoryId: service, areaId: area } },
);
const orderId = created.id;
const seen = [];
const follow = async (after) => {
  const query = `subscription($id: ID!, $after: String) { orderEvents(orderId: $id, after: $after) {
    type cursor order { status bidCount } bid { amount { amount } } } }`;
  for await (const result of ben.iterate({ query, variables: { id: orderId, after } })) {
    if (result.errors) throw new Error(JSON.stringify(result.errors));
    seen.push(result.data.orderEvents);
    if (result.data.orderEvents.type === 'OrderStarted') return;
  }
};
const step = (client, name, kind, input, select = '') =>
  run(client, `mutation($input: ${kind}!) { ${name}(input: $input) { __typename ${refused} ${select} } }`, {
    input,
  });

const following = follow(null);
await new Promise((resolve) => setTimeout(resolve, 300));
const steps = [];
steps.push(await step(ben, 'publishOrder', 'OrderInput', { orderId }));
const bid = await step(
  ada,
  'placeBid',
  'PlaceBidInput',
  { orderId, amount: { amount: '850', currency: 'ZAR' } },
  '... on Bid { id }',
);
steps.push(bid);
steps.push(await step(ben, 'acceptBid', 'BidInput', { bidId: bid.id }));
steps.push(await step(ada, 'startOrder', 'OrderInput', { orderId }));
await following;
const live = [...seen];

// The same again from the first cursor: what was missed is replayed, in order and once.
seen.length = 0;
await follow(live[0].cursor);
console.log(JSON.stringify({ steps, live, replayed: seen }));
await ben.dispose();
await ada.dispose();
process.exit(0);
