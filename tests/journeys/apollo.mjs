// A web app's day with Apollo Client: a query, a mutation, an upload and a subscription, cached as it does.
// usage: node apollo.mjs URL WS_URL TOKEN SERVICE_ID PHOTO_FILE
import { readFile } from 'node:fs/promises';
import { ApolloClient, ApolloLink, InMemoryCache, gql } from '@apollo/client';
import { CombinedGraphQLErrors } from '@apollo/client/errors';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import UploadHttpLink from 'apollo-upload-client/UploadHttpLink.mjs';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const [uri, wsUrl, token, service, photoFile] = process.argv.slice(2);
const authorization = `Bearer ${token}`;

const http = new UploadHttpLink({
  uri,
  headers: { authorization, 'Apollo-Require-Preflight': 'true' },
});
const socket = createClient({
  url: wsUrl,
  webSocketImpl: WebSocket,
  connectionParams: { authorization },
});
const client = new ApolloClient({
  cache: new InMemoryCache({
    possibleTypes: { Node: ['User', 'Order', 'OrderPhoto'] },
  }),
  link: ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(socket),
    http,
  ),
});

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

const photo = new File([await readFile(photoFile)], 'tap.png', { type: 'image/png' });
const uploaded = await client.mutate({
  mutation: gql`
    mutation Photo($input: AddOrderPhotoInput!) {
      addOrderPhoto(input: $input) {
        ... on OrderPhoto { id photoUrl caption }
        ... on OperationInfo { messages { code field } }
      }
    }
  `,
  variables: { input: { orderId: order.id, photo, caption: 'It drips' } },
});

const heard = new Promise((resolve, reject) => {
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
      next: ({ data, error }) => (error ? reject(error) : resolve(data.orderEvents)),
      error: reject,
    });
});
await new Promise((resolve) => setTimeout(resolve, 500));
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
const event = await heard;

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

console.log(JSON.stringify({ me: me.data.me, order, photo: uploaded.data.addOrderPhoto, event, cached, refused }));
await socket.dispose();
process.exit(0);
