// A gateway between chargers (WebSocket) and a broker (MQTT) that behaves as EMQX's OCPP gateway does, oddities included,
// by npm `ws` and `mqtt` alone: it shares no line with the console.
// Usage: node mqtt_gateway.js mqtt://HOST:PORT '{"root": "ocpp/", …}'. One JSON line for each step; ends with its input.
//   root: mountpoint ("ocpp/")       piggyback: "single" glues messages that come together into one frame, "multiple" not
//   glue: milliseconds in which messages come together (5)       presence: topic for events, `{cid}` and `{event}` in it
//   downstream: the topic filter of a charger under the root ("cs/{cid}")
// What it does as EMQX does: one MQTT client for each charger with the charger's name, which subscribes at QoS 1 and
// publishes at QoS 2, never retained; answers of chargers go to …/Reply without their Action, errors without their
// details; what it cannot read is dropped without a word to anybody, in both directions; nothing is remembered: no
// queue, no check of ids, no time-out; what is sent to an absent charger is gone; only ocpp1.6; binary ends a connection.
const { createRequire } = require("module");
const load = createRequire(process.env.OCPP_CONSOLE_NPM + "/");
const mqtt = load("mqtt");
const { WebSocketServer } = createRequire(load.resolve("mqtt"))("ws"); // the one mqtt uses; others bring older ones
const [, , url, words] = process.argv;
const options = { root: "ocpp/", piggyback: "single", glue: 5, downstream: "cs/{cid}", ...JSON.parse(words || "{}") };
const say = (step, value) => process.stdout.write(JSON.stringify({ step, value }) + "\n");
const chargers = new Map();

// [2, id, action, payload] and its two relatives as EMQX's objects; null for what EMQX drops.
function upstream(text) {
  let frame;
  try { frame = JSON.parse(text); } catch { return null; }
  if (!Array.isArray(frame)) return null;
  const [type, UniqueId] = frame;
  if (type === 2 && frame.length === 4) return { MessageTypeId: 2, UniqueId, Action: frame[2], Payload: frame[3] };
  if (type === 3 && frame.length === 3) return { MessageTypeId: 3, UniqueId, Payload: frame[2] };
  if (type === 4 && frame.length === 5) return { MessageTypeId: 4, UniqueId, ErrorCode: frame[2], ErrorDescription: frame[3] };
  return null;
}

function downstream(text) {
  let message;
  try { message = JSON.parse(text); } catch { return null; }
  if (message === null || typeof message !== "object") return null;
  const has = (...names) => names.every((name) => name in message);
  const { MessageTypeId: type, UniqueId, Action, Payload, ErrorCode, ErrorDescription } = message;
  if (type === 2 && has("UniqueId", "Action", "Payload")) return [2, UniqueId, Action, Payload];
  if (type === 3 && has("UniqueId", "Payload")) return [3, UniqueId, Payload];
  if (type === 4 && has("UniqueId", "ErrorCode", "ErrorDescription")) return [4, UniqueId, ErrorCode, ErrorDescription, {}];
  return null;
}

function deliver(charger, frame) {
  charger.waiting.push(JSON.stringify(frame));
  if (charger.waiting.length > 1) return;
  setTimeout(() => {
    const batch = charger.waiting.splice(0);
    if (options.piggyback !== "single") return batch.forEach((text) => charger.socket.send(text));
    if (batch.length > 1) say("glued", { station: charger.cid, messages: batch.length });
    charger.socket.send(batch.join(""));
  }, options.glue);
}

function tell(charger, event, more) {
  if (!options.presence) return;
  const topic = options.presence.replace("{cid}", charger.cid).replace("{event}", event);
  const about = { clientid: charger.cid, username: charger.cid, ipaddress: "127.0.0.1", protocol: "ocpp", proto_name: "OCPP", proto_ver: "1.6" };
  watcher.publish(topic, JSON.stringify({ ...about, ts: Date.now(), ...more }), { qos: 0 });
}

function attend(socket, cid) {
  const earlier = chargers.get(cid);
  if (earlier) { earlier.taken = true; earlier.socket.terminate(); earlier.client.end(true); }
  const clientId = cid;
  const client = mqtt.connect(url, { protocolVersion: 5, clientId, clean: true, reconnectPeriod: 100 });
  const charger = { cid, socket, client, waiting: [], taken: false };
  chargers.set(cid, charger);
  const early = [];
  let subscribed = false;
  const publish = (text) => {
    const message = upstream(text);
    if (!message) return say("dropped", { station: cid, from: "charger", text });
    const topic = `${options.root}cp/${cid}${message.MessageTypeId === 2 ? "" : "/Reply"}`;
    client.publish(topic, JSON.stringify(message), { qos: 2 });
  };
  client.on("connect", () => client.subscribe(options.root + options.downstream.replace("{cid}", cid), { qos: 1, rh: 0 }, () => {
    say("subscribed", cid);
    if (!subscribed) { subscribed = true; tell(charger, "connected", { connected_at: Date.now() }); }
    early.splice(0).forEach(publish);
  }));
  client.on("error", (error) => say("error", String(error.message || error)));
  client.on("message", (topic, bytes) => {
    const frame = downstream(bytes.toString());
    if (frame) deliver(charger, frame);
    else say("dropped", { station: cid, from: "service", text: bytes.toString() });
  });
  socket.on("message", (data, binary) => {
    if (binary) return socket.terminate();
    subscribed ? publish(data.toString()) : early.push(data.toString());
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    client.end(false, {}, () => say("left", cid));
    if (charger.taken) return;
    chargers.delete(cid);
    tell(charger, "disconnected", { reason: "sock_closed", disconnected_at: Date.now() });
    say("gone", cid);
  });
}

const watcher = mqtt.connect(url, { protocolVersion: 5, reconnectPeriod: 100 });
watcher.on("error", (error) => say("error", String(error.message || error)));
const handleProtocols = (offered) => (offered.has("ocpp1.6") ? "ocpp1.6" : false);
const server = new WebSocketServer({ host: "127.0.0.1", port: 0, handleProtocols, perMessageDeflate: false });
server.on("connection", (socket, request) => {
  const cid = decodeURIComponent((request.url.match(/^\/ocpp\/(.+)$/) || [])[1] || "");
  if (!cid || /[/+#]/.test(cid)) return socket.close();
  attend(socket, cid);
});
watcher.once("connect", () => say("ready", server.address().port));

// Input: {"cut": "CP1"} breaks a charger's connection without an event, as EMQX's keep-alive does.
let rest = "";
process.stdin.on("data", (piece) => {
  const lines = (rest + piece).split("\n");
  rest = lines.pop();
  for (const line of lines) {
    const charger = chargers.get(JSON.parse(line).cut);
    if (charger) { charger.taken = true; chargers.delete(charger.cid); charger.socket.terminate(); }
  }
});
process.stdin.on("end", () => {
  chargers.forEach((charger) => { charger.taken = true; charger.socket.terminate(); charger.client.end(true); });
  watcher.end(true, {}, () => process.exit(0));
});
