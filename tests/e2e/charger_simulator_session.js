// npm `charger-simulator`, hurried up: it never boots by itself, sends MeterValues in the shape of OCPP 1.5 and answers
// commands it does not know with a null error code. Usage: node charger_simulator_session.js URL IDENTITY
const { createRequire } = require("module");
const load = createRequire(process.env.OCPP_CONSOLE_NPM + "/");
const { ChargerSimulator } = load("charger-simulator/dist/ChargerSimulator.js");
const [, , centralSystemEndpoint, chargerIdentity] = process.argv;
const simulator = new ChargerSimulator({
  centralSystemEndpoint, chargerIdentity, startDelayMs: 10, stopDelayMs: 10, meterValuesIntervalSec: 0.05,
});
simulator.start()
  .then(() => simulator.centralSystem.StatusNotification({ connectorId: "1", errorCode: "NoError", status: "Preparing" }))
  .then(() => console.log(JSON.stringify({ step: "connected" })))
  .catch((error) => { console.log(JSON.stringify({ step: "failed", value: String(error) })); process.exit(1); });
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
