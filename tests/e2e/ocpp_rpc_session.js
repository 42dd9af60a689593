// A full session by an independent client, npm `ocpp-rpc`, in its strict mode: it checks every answer against OCPP's
// schemas itself. Usage: node ocpp_rpc_session.js URL IDENTITY VERSION. One JSON line for each step; exit 0 when all held.
const { createRequire } = require("module");
const { RPCClient } = createRequire(process.env.OCPP_CONSOLE_NPM + "/")("ocpp-rpc");
const [, , endpoint, identity, version] = process.argv;
const say = (step, value) => console.log(JSON.stringify({ step, value }));
const now = () => new Date().toISOString();
const protocol = "ocpp" + version;
const client = new RPCClient({ endpoint, identity, protocols: [protocol], strictMode: [protocol], reconnect: false });

async function session16() {
  say("boot", await client.call("BootNotification", { chargePointVendor: "npm", chargePointModel: "ocpp-rpc" }));
  say("heartbeat", await client.call("Heartbeat", {}));
  const status = (word) => client.call("StatusNotification", { connectorId: 1, errorCode: "NoError", status: word });
  await status("Preparing");
  say("authorize", await client.call("Authorize", { idTag: "NPM-TAG" }));
  const start = await client.call("StartTransaction", { connectorId: 1, idTag: "NPM-TAG", meterStart: 1000, timestamp: now() });
  say("start", start);
  await status("Charging");
  for (const value of ["1200", "1500"]) {
    const sampledValue = [{ value, measurand: "Energy.Active.Import.Register", unit: "Wh" }];
    await client.call("MeterValues", { connectorId: 1, transactionId: start.transactionId, meterValue: [{ timestamp: now(), sampledValue }] });
  }
  say("stop", await client.call("StopTransaction", { transactionId: start.transactionId, meterStop: 1800, timestamp: now() }));
  await status("Available");
}

async function session2x() {
  say("boot", await client.call("BootNotification", { reason: "PowerUp", chargingStation: { vendorName: "npm", model: "ocpp-rpc" } }));
  say("heartbeat", await client.call("Heartbeat", {}));
  const status = (word) => client.call("StatusNotification", { timestamp: now(), connectorStatus: word, evseId: 1, connectorId: 1 });
  await status("Occupied");
  const idToken = { idToken: "NPM-TAG", type: "ISO14443" };
  say("authorize", await client.call("Authorize", { idToken }));
  const event = (eventType, triggerReason, seqNo, more) => client.call("TransactionEvent", {
    eventType, triggerReason, seqNo, timestamp: now(), transactionInfo: { transactionId: "npm-1" }, evse: { id: 1, connectorId: 1 }, ...more });
  const energy = (value) => [{ timestamp: now(), sampledValue: [{ value, measurand: "Energy.Active.Import.Register", unitOfMeasure: { unit: "Wh" } }] }];
  say("start", await event("Started", "Authorized", 0, { idToken, meterValue: energy(1000) }));
  await event("Updated", "MeterValuePeriodic", 1, { meterValue: energy(1500) });
  say("stop", await event("Ended", "StopAuthorized", 2, { meterValue: energy(1800) }));
  await status("Available");
}

client.handle(({ method, params }) => { say("command", { method, params }); return { status: "Accepted" }; });
client.connect()
  .then(version === "1.6" ? session16 : session2x)
  .then(() => { say("done", client.protocol); process.stdin.resume(); process.stdin.on("end", () => client.close().then(() => process.exit(0))); })
  .catch((error) => { say("failed", String(error && error.stack || error)); process.exit(1); });
