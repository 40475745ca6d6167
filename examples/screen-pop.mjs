// Prints who calls whom when a phone rings. Run: WEBHOOK_SECRET=whsec_… node examples/screen-pop.mjs
import { createServer } from 'node:http';
import { Webhook } from 'standardwebhooks';

const webhook = new Webhook(process.env.WEBHOOK_SECRET ?? '');
const seen = new Set();

const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  let message;
  try {
    message = webhook.verify(body, request.headers);
  } catch {
    response.writeHead(401).end();
    return;
  }
  response.writeHead(204).end();

  // A message can come twice; its id is the same then.
  const id = request.headers['webhook-id'];
  if (seen.has(id)) return;
  seen.add(id);
  if (seen.size > 10_000) seen.delete(seen.values().next().value);

  const { type, data } = message;
  const known = ({ name, number, endpoint }) => name ?? number ?? endpoint ?? 'unknown';
  if (type === 'call.ringing') console.log(`${known(data.fields.from)} calls ${known(data.fields.to)}`);
});
server.listen(Number(process.env.PORT ?? 8080), () => console.log(`listening on ${server.address().port}`));
