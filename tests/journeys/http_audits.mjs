// Runs all audits of graphql-http against a server; prints how each ended as JSON.
// usage: node http_audits.mjs URL
import { auditServer } from 'graphql-http';

const results = await auditServer({ url: process.argv[2] });
console.log(
  JSON.stringify(results.map(({ id, name, status, reason = null }) => ({ id, name, status, reason }))),
);
