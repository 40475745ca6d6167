// Prints what happens to calls, and goes on where it was when the connection breaks. Standard library only.
//   GATEWAY_TOKEN=… node examples/live-monitor.mjs
const { GATEWAY_URL = 'http://localhost:3000', GATEWAY_TOKEN = '' } = process.env;
let last = '';
for (;;) {
  try {
    const headers = { authorization: `Bearer ${GATEWAY_TOKEN}`, ...(last ? { 'last-event-id': last } : {}) };
    const response = await fetch(`${GATEWAY_URL}/events?name=call.*`, { headers });
    if ([400, 401, 403].includes(response.status)) {
      console.error((await response.json()).detail);
      process.exit(1);
    }
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    let rest = '';
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      const messages = (rest + chunk).split('\n\n');
      rest = messages.pop();
      for (const message of messages) {
        last = /^id: (.*)$/m.exec(message)?.[1] ?? last;
        const event = JSON.parse(/^data: (.*)$/m.exec(message)?.[1] ?? 'null');
        if (event) console.log(event.at ?? '', event.name, event.call ?? '', event.fields?.disposition ?? '');
      }
    }
  } catch (error) {
    console.error(error.message);
  }
  await new Promise((resolve) => setTimeout(resolve, 1_000));
}
