// A "third-party service" of EMQX's OCPP gateway, by npm `mqtt` alone: it shares no line with the console.
// Usage: node mqtt_service.js mqtt://HOST:PORT '{"root": "ocpp/", …}'. One JSON line for each step; ends with its input.
//   root: mountpoint ("ocpp/")        answer: true | false (only watch) | list of the actions that are answered
//   share: group of a shared subscription to the calls        delay: milliseconds before an answer
//   username, password, clientId, protocolVersion: of the connection      presence: a topic filter to watch as well
// Each line of input: {"command": {"station", "id", "action", "payload"}} or {"publish": {"topic", "payload", "options"}}.
const { createRequire } = require("module");
const mqtt = createRequire(process.env.OCPP_CONSOLE_NPM + "/")("mqtt");
const [, , url, words] = process.argv;
const options = { root: "ocpp/", answer: true, delay: 0, protocolVersion: 5, ...JSON.parse(words || "{}") };
const say = (step, value) => process.stdout.write(JSON.stringify({ step, value }) + "\n");
const now = () => new Date().toISOString().slice(0, 19) + "Z";
let transactions = 5000;

const ANSWERS = {
  BootNotification: () => ({ currentTime: now(), interval: 300, status: "Accepted" }),
  Heartbeat: () => ({ currentTime: now() }),
  StatusNotification: () => ({}),
  MeterValues: () => ({}),
  Authorize: (asked) => ({ idTagInfo: { status: asked.idTag === "BLOCKED" ? "Blocked" : "Accepted" } }),
  StartTransaction: () => ({ transactionId: ++transactions, idTagInfo: { status: "Accepted" } }),
  StopTransaction: () => ({}),
  DataTransfer: () => ({ status: "UnknownVendorId" }),
};

function answerTo(message) {
  const { UniqueId, Action, Payload } = message;
  const made = ANSWERS[Action];
  if (!made) return { MessageTypeId: 4, UniqueId, ErrorCode: "NotImplemented", ErrorDescription: "not by this service" };
  return { MessageTypeId: 3, UniqueId, Action, Payload: made(Payload || {}) };
}

function wants(action) {
  return Array.isArray(options.answer) ? options.answer.includes(action) : options.answer;
}

const { protocolVersion, username, password, clientId } = options;
const client = mqtt.connect(url, { protocolVersion, username, password, clientId, reconnectPeriod: 100, clean: true });
client.on("error", (error) => say("error", String(error.message || error)));
client.on("close", () => say("closed"));
client.on("connect", () => {
  const calls = options.root + "cp/+";
  const filters = [options.share ? `$share/${options.share}/${calls}` : calls, options.root + "cp/+/Reply"];
  if (options.presence) filters.push(options.presence);
  client.subscribe(filters, { qos: 1 }, (error, granted) => {
    if (error) say("refused", String(error.message || error));
    say("ready", (granted || []).map((each) => [each.topic, each.qos]));
  });
});

client.on("message", (topic, bytes, packet) => {
  const text = bytes.toString();
  const station = topic.slice(options.root.length).split("/")[1];
  if (!topic.startsWith(options.root + "cp/")) return say("other", { topic, text, retain: packet.retain });
  let message;
  try { message = JSON.parse(text); } catch { return say("unreadable", { topic, text }); }
  if (topic.endsWith("/Reply")) return say("reply", { station, message });
  say("call", { station, message });
  if (message.MessageTypeId !== 2 || !wants(message.Action)) return;
  const send = () => client.publish(`${options.root}cs/${station}`, JSON.stringify(answerTo(message)), { qos: 1 });
  options.delay ? setTimeout(send, options.delay) : send();
});

let rest = "";
process.stdin.on("data", (piece) => {
  const lines = (rest + piece).split("\n");
  rest = lines.pop();
  for (const line of lines) obey(JSON.parse(line));
});
process.stdin.on("end", () => client.end(true, {}, () => process.exit(0)));

function obey({ command, publish }) {
  if (command) {
    const { station, id, action, payload } = command;
    const text = JSON.stringify({ MessageTypeId: 2, UniqueId: id, Action: action, Payload: payload || {} });
    publish = { topic: `${options.root}cs/${station}`, payload: text };
  }
  const { topic, payload, options: more } = publish;
  client.publish(topic, payload, { qos: 1, ...more }, (error) => say("published", error ? String(error.message || error) : topic));
}
