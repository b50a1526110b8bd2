// A web app's day with Apollo Client: a query, a mutation, an upload and a subscription, cached as it does.
// usage: node apollo.mjs URL WS_URL TOKEN SERVICE_ID PHOTO_FILE
import { ApolloClient, InMemoryCache, gql } from '@apollo/client';
import { CombinedGraphQLErrors } from '@apollo/client/errors';
import { HttpLink } from '@apollo/client/link/http';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { createHash } from 'node:crypto';
import { apollo, file, socketOf, until } from './app.mjs';

const [uri, wsUrl, token, service, photoFile] = process.argv.slice(2);
const authorization = `Bearer ${token}`;
const socket = socketOf(wsUrl, authorization);
const client = apollo(uri, authorization, socket);

const me = await client.query({ query: gql`query Me { me { id name } }` });

const created = await client.mutate({
  mutation: gql`
    mutation Create($input: CreateOrderInput!) {
      createOrder(input: $input) {
        ... on Order { id title status }
        ... on OperationInfo { messages { code field } }
      }
    }
  `,
  variables: { input: { title: 'Tap', city: 'Cape Town', currency: 'ZAR', serviceSubcategoryId: service } },
});
const order = created.data.createOrder;

const uploaded = await client.mutate({
  mutation: gql`
    mutation Photo($input: AddOrderPhotoInput!) {
      addOrderPhoto(input: $input) {
        ... on OrderPhoto { id photoUrl caption }
        ... on OperationInfo { messages { code field } }
      }
    }
  `,
  variables: { input: { orderId: order.id, photo: await file(photoFile), caption: 'It drips' } },
});

await client.mutate({
  mutation: gql`
    mutation Publish($input: OrderInput!) {
      publishOrder(input: $input) {
        ... on Order { id }
        ... on OperationInfo { messages { code field } }
      }
    }
  `,
  variables: { input: { orderId: order.id } },
});
let event;
client
  .subscribe({
    query: gql`
      subscription Follow($id: ID!) {
        orderEvents(orderId: $id) { type order { id status } }
      }
    `,
    variables: { id: order.id },
  })
  .subscribe({
    next: ({ data, error }) => {
      if (error) throw error;
      event = data.orderEvents;
    },
  });
// What happens before the server listens is not told: the order changes until that is.
await until(async () => {
  await client.mutate({
    mutation: gql`
      mutation Ring($input: UpdateOrderInput!) {
        updateOrder(input: $input) { ... on Order { id } }
      }
    `,
    variables: { input: { id: order.id, specialRequirements: `Ring, ${performance.now()}` } },
  });
  return event;
});

// The subscription's order has the id of the cached one, so the cache knows the new status by now.
const cached = client.cache.readFragment({
  id: client.cache.identify({ __typename: 'Order', id: order.id }),
  fragment: gql`fragment Status on Order { title status }`,
});

const refused = await client
  .query({ query: gql`query Missing { node(id: "T3JkZXI6MQ==") { id } }` })
  .catch((error) => {
    if (!CombinedGraphQLErrors.is(error)) throw error;
    return error.errors.map(({ extensions }) => extensions.code);
  });

// Twice by its hash: the first time the server asks for the text, the second time it knows it.
const asked = [];
const byHash = new ApolloClient({
  cache: new InMemoryCache(),
  link: new PersistedQueryLink({ sha256: (text) => createHash('sha256').update(text).digest('hex') }).concat(
    new HttpLink({
      uri,
      headers: { authorization },
      fetch: (address, options) => {
        asked.push('query' in JSON.parse(options.body));
        return fetch(address, options);
      },
    }),
  ),
});
const query = gql`query Hashed { me { id name } }`;
const hashed = [];
for (let n = 0; n < 2; n += 1) {
  const { data } = await byHash.query({ query, fetchPolicy: 'no-cache' });
  hashed.push(data.me.name);
}

console.log(JSON.stringify({ hashed, asked, me: me.data.me, order, photo: uploaded.data.addOrderPhoto, event, cached, refused }));
await socket.dispose();
process.exit(0);
