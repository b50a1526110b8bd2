// Serves the page on which two people talk, with graphql-ws from node_modules.
// usage: node chat_page/serve.mjs [ENDPOINT], then open the address that it prints
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const CLIENT = '/node_modules/graphql-ws/dist/';
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

/** Serve the page; its address. */
export async function serve(endpoint, port = 0) {
  const server = createServer(({ url }, response) => {
    const path = normalize(new URL(url, 'http://localhost').pathname);
    const file = path.startsWith(CLIENT) ? join(FOLDER, '..', path) : join(FOLDER, path === '/' ? 'index.html' : path);
    response.setHeader('Content-Type', `${TYPES[extname(file)] ?? 'text/plain'}; charset=utf-8`);
    createReadStream(file)
      .on('error', () => response.writeHead(404).end())
      .pipe(response);
  });
  await once(server.listen(port, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${server.address().port}/?${new URLSearchParams({ api: endpoint })}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(await serve(process.argv[2] ?? 'http://localhost:8000/graphql/', 8080));
}
