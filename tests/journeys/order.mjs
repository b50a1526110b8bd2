// Two people take an order through its life with graphql-ws; a third eye follows it live.
// usage: node order.mjs WS_URL CLIENT_TOKEN PROVIDER_TOKEN SERVICE_ID AREA_ID
import { socketOf } from './app.mjs';

const [url, clientToken, providerToken, service, area] = process.argv.slice(2);

const connect = (token) => socketOf(url, `Bearer ${token}`, { lazy: false, retryAttempts: 5 });

const run = async (client, query, variables) => {
  for await (const result of client.iterate({ query, variables })) {
    if (result.errors) throw new Error(JSON.stringify(result.errors));
    return Object.values(result.data)[0];
  }
};

const ben = connect(clientToken);
const ada = connect(providerToken);
const step = async (client, name, kind, input, select = '') => {
  const answer = await run(
    client,
    `mutation($input: ${kind}!) { ${name}(input: $input) {
      __typename ... on OperationInfo { messages { code message } } ${select} } }`,
    { input },
  );
  if (answer.messages) throw new Error(`${name}: ${JSON.stringify(answer.messages)}`);
  return answer;
};

const wanted = { title: 'Tap', serviceSubcategoryId: service, areaId: area };
const { id: orderId } = await step(ben, 'createOrder', 'CreateOrderInput', wanted, '... on Order { id }');
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

const following = follow(null);
await new Promise((resolve) => setTimeout(resolve, 300));
await step(ben, 'publishOrder', 'OrderInput', { orderId });
const amount = { amount: '850', currency: 'ZAR' };
const bid = await step(ada, 'placeBid', 'PlaceBidInput', { orderId, amount }, '... on Bid { id }');
await step(ben, 'acceptBid', 'BidInput', { bidId: bid.id });
await step(ada, 'startOrder', 'OrderInput', { orderId });
await following;
const live = [...seen];

// The same again from the first cursor: what was missed is replayed, in order and once.
seen.length = 0;
await follow(live[0].cursor);
console.log(JSON.stringify({ live, replayed: seen }));
await ben.dispose();
await ada.dispose();
process.exit(0);
